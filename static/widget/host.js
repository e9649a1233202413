/**
 * Host: the few words exchanged with the page that embeds the widget.
 *
 * The browser has already refused every page that `frame-ancestors` does not name,
 * so whoever speaks first as our parent is allowed; from then on only its origin
 * is heard, and only its origin is spoken to.
 */

/** Listen to the embedding page; `handlers` maps its words (open, close, ask, focus) to calls. */
export function listenToHost(handlers) {
  let host = null;
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || source === window || typeof data?.supportbot !== "string") return;
    host ??= origin;
    if (origin === host && Object.hasOwn(handlers, data.supportbot)) handlers[data.supportbot](data);
  });
  return {
    /** Tell the embedding page a word; before it has spoken there is nobody to tell. */
    tell(word, details = {}) {
      if (host) window.parent.postMessage({ supportbot: word, ...details }, host);
    },
  };
}
