/**
 * App: from the page's settings, and the words of the page that embeds it, to a running chat.
 *
 * One module serves the full page and the widget's frame. The browser has already refused
 * every page that `frame-ancestors` does not name, so whoever speaks first as our parent is
 * allowed; from then on only its origin is heard, and only its origin is spoken to.
 */

import { Chat } from "./chat.js";
import { chooseLocale, directionOf, loadSpeaker } from "./messages.js";
import { followKeyboard } from "./shell.js";

const MOST_CHARACTERS = 4000;
const SPEAK_WITHIN = 1_000;
const LIMITS = { page_url: 1000, page_title: 200 };

/** Cut a text to characters the server counts alike, without what it cannot store. */
const short = (text, most) => [...String(text ?? "").replaceAll("\0", "").toWellFormed()].slice(0, most).join("");

/**
 * Listen to the embedding page; `handlers` maps its words to calls with what came along. Words that come
 * before `deliver()` wait for it.
 */
function listenToHost(handlers) {
  let host = null;
  let waiting = [];
  let speak;
  const spoken = new Promise((resolve) => (speak = resolve));
  const place = {};
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || source === window || typeof data?.supportbot !== "string") return;
    host ??= origin;
    if (origin !== host) return;
    if (data.page) {
      place.origin = origin;
      place.page_url = short(data.page.url, LIMITS.page_url);
      place.page_title = short(data.page.title, LIMITS.page_title);
    }
    // How the chat looks is for the assistant's settings to say; only their own preview may try.
    if (Object.hasOwn(handlers, data.supportbot) && (data.supportbot !== "theme" || origin === location.origin)) {
      const deed = () => handlers[data.supportbot](data);
      if (waiting) waiting.push(deed);
      else deed();
    }
    speak();
  });
  return {
    /** Where the chat is shown: {origin, page_url, page_title}, or nothing on a page of its own. */
    place,
    /** Settle once the embedding page has spoken, or is not going to. */
    spoken: Promise.race([spoken, new Promise((resolve) => setTimeout(resolve, window.parent === window ? 0 : SPEAK_WITHIN))]),
    /** Act on everything that was said so far, and from now on at once. */
    deliver() {
      const deeds = waiting ?? [];
      waiting = null;
      for (const deed of deeds) deed();
    },
    /** Tell the embedding page a word; before it has spoken there is nobody to tell. */
    tell(word, details = {}) {
      if (host) window.parent.postMessage({ supportbot: word, ...details }, host);
    },
  };
}

/** Read the page's settings and start the chat in it. */
async function start() {
  const root = document.documentElement;
  const page = document.body.dataset;
  let chat = null;
  const host = listenToHost({
    open: () => chat.setHidden(false),
    close: () => chat.setHidden(true),
    focus: () => chat.focus(),
    ask: ({ text }) => typeof text === "string" && text.trim() && chat.ask(text.trim().slice(0, MOST_CHARACTERS)),
    identify: ({ text }) => chat.identify(text),
    theme: ({ theme }) => chat.dress(theme ?? {}),
  });
  followKeyboard(root);
  const locale = chooseLocale([page.locale, ...navigator.languages, page.language]);
  root.lang = locale;
  root.dir = directionOf(locale);
  chat = new Chat(page, locale, await loadSpeaker(locale), host);
  chat.build(document.getElementById("chat"));
  chat.dress(page);
  await host.spoken;
  chat.connect();
  host.deliver();
}

start();
