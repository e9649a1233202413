/** Words and looks: catalogues that agree, colours that can be read, tokens that cannot be guessed. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { chooseLocale, directionOf, loadSpeaker, speaker } from "../../static/widget/messages.js";
import { makeId, makeToken } from "../../static/widget/storage.js";
import { contrast, readColour, seenOn, textOn } from "../../static/widget/theme.js";

const WIDGET = new URL("../../static/widget/", import.meta.url);
const LOCALES = readdirSync(new URL("locales/", WIDGET)).map((name) => name.replace(".js", ""));
const catalogue = async (locale) => (await import(new URL(`locales/${locale}.js`, WIDGET))).default;
const gaps = (entry) => [...new Set((typeof entry === "object" ? Object.values(entry).join() : entry).match(/\{\w+\}/g) ?? [])].sort();

test("every catalogue says everything, with the same gaps to fill", async () => {
  const english = await catalogue("en");
  for (const locale of LOCALES) {
    const words = await catalogue(locale);
    assert.deepEqual(Object.keys(words), Object.keys(english), locale);
    for (const key of Object.keys(english)) assert.deepEqual(gaps(words[key]), gaps(english[key]), `${locale} ${key}`);
    assert.equal((await loadSpeaker(locale))("composer.label"), words["composer.label"]);
  }
});

test("every word the modules say is in the catalogue", async () => {
  const english = await catalogue("en");
  const sources = readdirSync(WIDGET).filter((name) => name.endsWith(".js")).map((name) => readFileSync(new URL(name, WIDGET), "utf8")).join();

  const said = [...sources.matchAll(/say\("([\w.]+)"/g)].map(([, key]) => key);

  assert.ok(said.length > 20);
  assert.deepEqual(said.filter((key) => !(key in english)), []);
});

test("every number has its form in every language", async () => {
  for (const locale of LOCALES) {
    const words = await catalogue(locale);
    const needed = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    for (const [key, entry] of Object.entries(words)) {
      if (typeof entry !== "object") continue;
      assert.ok("other" in entry, `${locale} ${key}`);
      assert.deepEqual(Object.keys(entry).filter((form) => !needed.includes(form) && form !== "one"), [], `${locale} ${key}`);
    }
    const say = await loadSpeaker(locale);
    for (const count of [0, 1, 2, 3, 5, 11, 21, 100]) assert.match(say("unread", { count }), /\S/);
  }
  assert.equal((await loadSpeaker("ru"))("sources", { count: 3 }), "3 источника");
  assert.equal((await loadSpeaker("pl"))("sources", { count: 5 }), "5 źródeł");
});

test("sixteen languages, and a loader that knows where Chat is another word", () => {
  const loader = readFileSync(new URL("loader.js", WIDGET), "utf8");
  const named = [.../WORDS = \{(.*)\}/.exec(loader)[1].matchAll(/(\w\w): "/g)].map(([, locale]) => locale);

  assert.equal(LOCALES.length, 16);
  for (const locale of ["ar", "he", "fa", "zh", "ja", "hi", "de"]) assert.ok(LOCALES.includes(locale));
  assert.deepEqual(named.filter((locale) => !LOCALES.includes(locale)), []);
  for (const locale of LOCALES) assert.equal(chooseLocale([locale]), locale);
});

test("the first wish with a catalogue decides", () => {
  assert.equal(chooseLocale(["", "sv-SE", "de-AT", "es"]), "de");
  assert.equal(chooseLocale(["xx", undefined, "constructor"]), "en");
  assert.equal(directionOf("ar"), "rtl");
});

test("numbers choose their plural and their separators", async () => {
  const say = speaker(await catalogue("de"), "de");

  assert.equal(say("sources", { count: 1 }), "1 Quelle");
  assert.equal(say("sources", { count: 1234 }), "1.234 Quellen");
});

/** A thousand colours, the same in every run: mulberry32. */
function* colours(seed = 20260101) {
  for (let count = 0; count < 1_000; count += 1) {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield readColour(((mixed ^ (mixed >>> 14)) & 0xffffff).toString(16).padStart(6, "0"));
  }
}

test("words on any colour reach 4.5 to 1, and what it outlines 3 to 1 on every ground", () => {
  for (const colour of colours()) {
    assert.ok(contrast(colour, textOn(colour)) >= 4.5, colour);
    for (const ground of ["#f5f6f8", "#ffffff", "#1f2227", "#15171b"]) {
      assert.ok(contrast(seenOn(colour, ground === "#ffffff" ? "#f5f6f8" : ground === "#15171b" ? "#1f2227" : ground), ground) >= 3, `${colour} on ${ground}`);
    }
  }
});

test("the loader's button is as readable as the chat", () => {
  const loader = readFileSync(new URL("loader.js", WIDGET), "utf8");
  const [, weights] = /"--on-accent", (.*) \? "#fff" : "#000"/.exec(loader);
  assert.equal(weights, "0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179");
  for (const colour of colours(7)) {
    const [red, green, blue] = [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
    const text = 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179 ? "#ffffff" : "#000000";
    assert.ok(contrast(colour, text) >= 4.5, colour);
  }
});

test("what is no colour is not used", () => {
  for (const text of ["", null, "red", "#fff", "#12345g", "ffffff;x", "#ffffff "]) assert.equal(readColour(text), null);
});

test("tokens are 43 base64url characters and identifiers are version 4", () => {
  const tokens = new Set(Array.from({ length: 200 }, () => makeToken()));

  assert.equal(tokens.size, 200);
  for (const token of tokens) assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.match(makeId(), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
