/**
 * Loader: one script tag on a site, one button, and behind it the chat in a frame.
 *
 * It adds one element to the page and one name, window.Supportbot: open(), close(),
 * ask(text). The frame is made on first opening and lives on our origin, out of the
 * page's reach. Whatever goes wrong in here, the page does not notice.
 */
(() => {
  "use strict";

  const WORDS = {
    en: ["Open chat", "Close chat", "unread"],
    de: ["Chat öffnen", "Chat schließen", "ungelesen"],
    es: ["Abrir chat", "Cerrar chat", "sin leer"],
  };

  const STYLE = `
:host{all:initial;position:fixed;z-index:2147483000;inset-block-end:20px;inset-inline-end:20px;color-scheme:light dark;font:600 16px/1 system-ui,sans-serif}
:host([data-position=start]){inset-inline:20px auto}
:host([data-theme=light]){color-scheme:light}
:host([data-theme=dark]){color-scheme:dark}
button{position:relative;display:flex;gap:8px;align-items:center;min-width:56px;height:56px;padding:0 15px;border:1px solid #fff4;border-radius:28px;background:var(--accent,#1f54c0);color:var(--on-accent,#fff);font:inherit;cursor:pointer;box-shadow:0 4px 16px #0004}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #1f54c0}
svg{width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}
i{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-width:10px;padding:4px 6px;border-radius:11px;background:#a8231b;color:#fff;font:inherit;font-size:13px}
#panel{position:absolute;inset-block-end:72px;inset-inline-end:0;width:min(400px,100vw - 40px);height:min(660px,100vh - 128px);border:1px solid #8886;border-radius:20px;background:Canvas;overflow:hidden;box-shadow:0 8px 40px #0004}
:host([data-position=start]) #panel{inset-inline:0 auto}
[hidden]{display:none!important}
iframe{width:100%;height:100%;border:0}
@media(max-width:640px){#panel{position:fixed;inset:0;width:100%;height:var(--visible,100dvh);border:0;border-radius:0}#panel:not([hidden])~button{display:none}}`;

  /** Let nothing escape into the page. */
  const safely = (deed) => (value) => {
    try {
      deed(value);
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

  const draw = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    return node;
  };

  /** Black or white on the site's own colour, by luminance. */
  const dress = (host, colour) => {
    const hex = /^#?([0-9a-f]{6})$/i.exec(colour);
    if (!hex) return;
    const [red, green, blue] = [0, 2, 4].map((at) => (parseInt(hex[1].slice(at, at + 2), 16) / 255) ** 2.2);
    host.style.setProperty("--accent", "#" + hex[1]);
    host.style.setProperty("--on-accent", 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179 ? "#fff" : "#000");
  };

  const start = () => {
    if (window.Supportbot) return;
    const { assistant, locale, position, theme, color, label } = script.dataset;
    if (!assistant) return console.warn("Supportbot: add data-assistant with your assistant's key to the script tag.");
    const { origin } = new URL(script.src);
    const page = document.documentElement;
    const language = !locale || locale === "auto" ? page.lang || navigator.language : locale;
    const words = WORDS[language.slice(0, 2)] || WORDS.en;
    const small = matchMedia("(max-width:640px)");
    const host = make("div", { "data-position": position, "data-theme": theme });
    const root = host.attachShadow({ mode: "open" });
    const panel = make("div", { id: "panel", role: "dialog", "aria-label": label || "Chat", hidden: "" });
    const badge = make("i", { hidden: "" });
    const icon = draw("svg", { viewBox: "0 0 24 24", "aria-hidden": true });
    const launcher = make("button", { id: "launcher", type: "button", "aria-controls": "panel" }, icon, label || "", badge);
    let frame = null;
    let waiting = [];
    let unread = 0;
    let overflow = null;

    const tell = (supportbot, text) => {
      const message = { supportbot, text };
      if (waiting) waiting.push(message);
      else frame.contentWindow.postMessage(message, origin);
    };

    const name = () => {
      launcher.setAttribute("aria-expanded", !panel.hidden);
      launcher.setAttribute("aria-label", (panel.hidden ? label || words[0] : words[1]) + (unread ? `, ${unread} ${words[2]}` : ""));
      badge.hidden = !unread;
      badge.textContent = unread;
    };

    /** On a phone the panel is the page: what is behind it neither scrolls nor takes the focus. */
    const lock = () => {
      const on = small.matches && !panel.hidden;
      if (on === (overflow !== null)) return;
      const before = overflow;
      overflow = on ? page.style.overflow : null;
      page.style.overflow = on ? "hidden" : before;
      panel.setAttribute("aria-modal", on);
      for (const edge of panel.querySelectorAll("span")) edge.tabIndex = on ? 0 : -1;
    };

    const makeFrame = () => {
      const query = new URLSearchParams({ locale: locale || "", theme: theme || "", color: color || "" });
      const edge = () => {
        const node = make("span", { tabindex: -1 });
        node.onfocus = () => tell("focus");
        return node;
      };
      frame = make("iframe", { src: `${origin}/widget/v1/${encodeURIComponent(assistant)}/?${query}`, title: label || "Chat", allow: "clipboard-write" });
      frame.onload = () => {
        const messages = waiting || [];
        waiting = null;
        for (const message of messages) tell(message.supportbot, message.text);
      };
      panel.append(edge(), frame, edge());
    };

    const show = (shown) => {
      if (shown === !panel.hidden) return;
      if (!frame) makeFrame();
      panel.hidden = !shown;
      lock();
      name();
      (shown ? frame : launcher).focus();
      tell(shown ? "open" : "close");
    };

    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    root.append(panel, launcher);
    icon.append(draw("path", { d: "M4 5h16v11H11l-4.5 4V16H4zM8 9h8M8 12h5" }));
    dress(host, color);
    name();
    launcher.onclick = safely(() => show(panel.hidden));
    host.onkeydown = safely(({ key }) => key === "Escape" && show(false));
    small.onchange = safely(lock);
    visualViewport.addEventListener("resize", () => host.style.setProperty("--visible", visualViewport.height + "px"));
    addEventListener("message", safely((event) => {
      if (!frame || event.source !== frame.contentWindow || event.origin !== origin || !event.data) return;
      if (event.data.supportbot === "close") show(false);
      if (event.data.supportbot === "unread") {
        unread = Number(event.data.count) || 0;
        name();
      }
    }));
    document.body.append(host);
    window.Supportbot = {
      open: safely(() => show(true)),
      close: safely(() => show(false)),
      ask: safely((text) => {
        show(true);
        tell("ask", String(text));
      }),
    };
  };

  const script = document.currentScript;
  if (document.body) safely(start)();
  else addEventListener("DOMContentLoaded", safely(start));
})();
