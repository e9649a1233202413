/** Words and looks: catalogues that agree, colours that can be read, tokens that cannot be guessed. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { chooseLocale, directionOf, loadSpeaker, speaker } from "../../static/widget/messages.js";
import { makeId, makeToken } from "../../static/widget/storage.js";
import { luminance, readColour, textOn } from "../../static/widget/theme.js";

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

test("words on any colour reach 4.5 to 1", () => {
  for (let shade = 0; shade < 0xffffff; shade += 9_973) {
    const colour = readColour(shade.toString(16).padStart(6, "0"));
    const [low, high] = [luminance(colour), luminance(textOn(colour))].sort((a, b) => a - b);
    assert.ok((high + 0.05) / (low + 0.05) >= 4.5, colour);
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
