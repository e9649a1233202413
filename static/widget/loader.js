/**
 * Loader: one script tag on a site, one button, and behind it the chat in a frame.
 *
 * It adds one element to the page and one name, window.Supportbot: open(), close(), ask(text),
 * identify(token), on(event, callback); before the script has run, an array of such calls.
 * The frame is made on first opening and lives on our origin, out of the page's reach.
 * Whatever goes wrong in here, the page does not notice.
 */
(() => {
  // The button's name where "Chat" is another word. How many are unread the frame says, in its language.
  const WORDS = { ar: "المحادثة", fa: "گفت‌وگو", he: "צ׳אט", hi: "चैट", ja: "チャット", pl: "Czat", ru: "Чат", tr: "Sohbet", zh: "聊天" };

  const STYLE = `
:host{all:initial;position:fixed;z-index:2147483000;inset-block-end:var(--off,20px);color-scheme:light dark;font:600 16px/1 system-ui,sans-serif}
button{position:relative;display:flex;gap:8px;align-items:center;min-width:56px;height:56px;padding:0 15px;border:1px solid #fff4;border-radius:var(--round,28px);background:var(--accent,#1f54c0);color:var(--on-accent,#fff);font:inherit;cursor:pointer;box-shadow:0 4px 16px #0004}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #1f54c0}
button::before{content:"";width:20px;height:14px;margin:2px;border:2px solid;border-radius:6px 6px 6px 0;background:linear-gradient(currentColor 2px,#0000 0)4px 4px/12px 5px repeat-y}
i{position:absolute;inset:-4px -4px auto auto;padding:4px 6px;border-radius:28px;background:#a8231b;color:#fff;font:inherit;font-size:13px}
#panel{position:fixed;inset-inline:inherit;inset-block-end:calc(var(--off,20px) + 72px);width:min(400px,100vw - 40px);height:min(660px,100vh - 128px);border:1px solid #8886;border-radius:20px;background:Canvas;overflow:hidden;box-shadow:0 4px 16px #0004}
[hidden]{display:none!important}
iframe{width:100%;height:100%;border:0}
@media(max-width:640px){#panel{inset:0;width:100%;height:var(--visible,100dvh);border:0;border-radius:0}}`;

  /** Let nothing escape into the page. */
  const safely = (deed) => (...values) => {
    try {
      return deed(...values);
    } catch (error) {
      console.warn("Supportbot:", error);
    }
  };

  const make = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    node.append(...children);
    return node;
  };

  /** The site's place for the button, and its colour with black or white on it, by luminance. */
  const dress = ({ style }, { color, radius, offset, position, theme }) => {
    const off = Math.min(64, offset ?? 20) + "px";
    if (theme) style.colorScheme = theme;
    style.setProperty("--off", off);
    style.insetInline = position === "start" ? off + " auto" : "auto " + off;
    if (radius) style.setProperty("--round", Math.min(28, radius) + "px");
    const hex = /^#?([0-9a-f]{6})$/i.exec(color);
    if (!hex) return;
    const [red, green, blue] = [0, 2, 4].map((at) => (parseInt(hex[1].slice(at, at + 2), 16) / 255) ** 2.2);
    style.setProperty("--accent", "#" + hex[1]);
    style.setProperty("--on-accent", 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179 ? "#fff" : "#000");
  };

  const start = () => {
    const queue = window.Supportbot || [];
    if (!Array.isArray(queue)) return;
    const { assistant, locale, label } = script.dataset;
    if (!assistant) throw "data-assistant is missing";
    const { origin } = new URL(script.src);
    const page = document.documentElement;
    const language = !locale || locale === "auto" ? page.lang || navigator.language : locale;
    const title = label || WORDS[language.slice(0, 2)] || "Chat";
    const small = matchMedia("(max-width:640px)");
    const key = "supportbot.unread:" + assistant;
    const host = make("div");
    const root = host.attachShadow({ mode: "open" });
    const panel = make("div", { id: "panel", role: "dialog", "aria-label": title, hidden: "" });
    const badge = make("i", { hidden: "" });
    const launcher = make("button", { id: "launcher", type: "button", "aria-controls": "panel" }, label || "", badge);
    const listeners = new Set();
    let frame;
    let waiting = [];
    let number = "";
    let words = "";
    let spoken;
    let overflow = null;

    const tell = (supportbot, text) => {
      const message = { supportbot, text, page: { url: location.href.split("#")[0], title: document.title } };
      if (waiting) waiting.push(message);
      else frame.contentWindow.postMessage(message, origin);
    };

    const emit = (event, detail) => {
      for (const [name, call] of listeners) if (name === event) safely(call)(detail);
    };

    /** Name the button. */
    const name = () => {
      launcher.ariaExpanded = !panel.hidden;
      launcher.ariaLabel = title + (words && ", " + words);
      badge.hidden = !words;
      badge.textContent = number;
    };

    /** Take what is unread: a number and its words, or nothing ("2 2 unread messages"). */
    const count = (unread) => {
      const before = number;
      [, number, words] = /^(\d*) ?(.*)/.exec(unread);
      if (+number !== +before) emit("unread", { count: +number });
      name();
    };

    /**
     * On a phone the panel is the page: what is behind it neither scrolls nor takes the focus. Until the chat
     * has spoken, the button stays: nothing else would close it if it cannot be loaded.
     */
    const lock = () => {
      const on = small.matches && !panel.hidden;
      launcher.hidden = on && spoken;
      if (on === (overflow !== null)) return;
      [overflow, page.style.overflow] = on ? [page.style.overflow, "hidden"] : [null, overflow];
      panel.ariaModal = on;
      for (const edge of panel.querySelectorAll("span")) edge.tabIndex = on ? 0 : -1;
    };

    const makeFrame = () => {
      if (frame) return;
      tell("hello");
      frame = make("iframe", { src: `${origin}/widget/v1/${assistant}/?${new URLSearchParams(script.dataset)}`, title, allow: "clipboard-write" });
      frame.onload = () => {
        // A customer may load the frame again.
        if (!waiting) tell("open");
        for (const message of waiting) frame.contentWindow.postMessage(message, origin);
        waiting = "";
      };
      panel.append(make("span"), frame, make("span"));
    };

    const show = (shown) => {
      if (shown === !panel.hidden) return;
      makeFrame();
      panel.hidden = !shown;
      lock();
      name();
      (shown ? frame : launcher).focus();
      tell(shown ? "open" : "close");
      emit(shown ? "open" : "close");
    };

    /** What one tab has read is read in all; a chat that goes on is loaded again before it is opened. */
    const memory = (value) => {
      try {
        if (value !== undefined) localStorage.setItem(key, value);
        return localStorage.getItem(key);
      } catch {}
    };

    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    root.append(panel, launcher);
    dress(host, script.dataset);
    launcher.onclick = safely(() => show(panel.hidden));
    host.addEventListener("keydown", safely((event) => event.key === "Escape" && show(false)));
    small.onchange = safely(lock);
    panel.addEventListener("focusin", safely(({ target }) => target !== frame && tell("focus")));
    visualViewport.addEventListener("resize", () => host.style.setProperty("--visible", visualViewport.height + "px"));
    addEventListener("storage", safely((event) => event.key === key && count(event.newValue || "")));
    addEventListener("message", safely(({ source, origin: from, data }) => {
      if (!frame || source !== frame.contentWindow || from !== origin || !data) return;
      spoken = true;
      lock();
      if (data.supportbot === "close") show(false);
      if (data.supportbot === "event") emit(data.event, data.detail);
      if (data.supportbot === "unread") {
        count(data.text);
        memory(data.text);
      }
    }));
    document.body.append(host);

    const api = {
      open: () => show(true),
      close: () => show(false),
      ask: (text) => {
        show(true);
        tell("ask", text);
      },
      identify: (token) => tell("identify", token),
      on: (event, call) => {
        const entry = [event, call];
        listeners.add(entry);
        return () => listeners.delete(entry);
      },
    };
    for (const deed in api) api[deed] = safely(api[deed]);
    api.push = safely(([deed, ...values]) => api[deed](...values));
    window.Supportbot = api;
    for (const call of queue) api.push(call);

    const told = memory() || "";
    count(told);
    if (told) setTimeout(safely(makeFrame), 1e3);
  };

  const script = document.currentScript;
  if (document.body) safely(start)();
  else addEventListener("DOMContentLoaded", safely(start));
})();
