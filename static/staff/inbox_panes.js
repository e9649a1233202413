/* The panes: fetch what is new, and put it where it belongs without disturbing whoever writes. */

const GAP = 800; // ms between two looks at the list; a busy day must not cost more
const SEEN = "supportbot-inbox-seen";
const MOST_SEEN = 500;
const { htmx } = window;
const byId = (id) => document.getElementById(id);

/** Return the conversation that is open, or null. */
export const talk = () => document.querySelector("#conversation .talk");

/* htmx lets one request of an element wait for the other and forgets all but the last that wait: each has its own. */
let looking = false;
let again = false;
let refreshing = null;
let refreshed = 0;

/** Fetch what came after the last event and note that this page shows; one look at a time. */
export async function look() {
  const open = talk();
  if (!open) return;
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  const reached = byId("reached");
  const asked = new URLSearchParams({ after: reached.value, note: reached.dataset.note, asked: open.dataset.asked });
  try {
    const place = { source: "#transcript", target: "#transcript", swap: "beforeend" };
    await htmx.ajax("GET", `${open.dataset.news}?${asked}`, place);
  } catch {
    again = false; // connection.js says so; the next bell or the clock tries again
  }
  looking = false;
  if (again) {
    again = false;
    await look();
  }
}

/** Fetch queues and rows soon; bells that ring meanwhile are one. */
export function refresh() {
  refreshing ??= setTimeout(() => {
    refreshing = null;
    refreshed = Date.now();
    const rows = byId("rows");
    if (!rows) return;
    const address = `${byId("inbox").dataset.rows}?${rows.dataset.again}`;
    htmx.ajax("GET", address, { source: "#rows", target: "#rows", swap: "none" }).catch(() => {});
  }, Math.max(50, refreshed + GAP - Date.now()));
}

/** Return a copy of a part of the page without what only this browser knows. */
function bare(part) {
  const copy = part.cloneNode(true);
  for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
  for (const link of copy.querySelectorAll(".row-link")) {
    link.removeAttribute("aria-current");
    link.removeAttribute("data-seen");
  }
  copy.querySelector("#alerts")?.remove();
  return copy;
}

/** Leave a part alone that has not changed, that somebody writes in, or that has a menu open. */
function keepStill(event) {
  const { target, fragment } = event.detail;
  const focused = document.activeElement;
  const isBusy = target.querySelector("details[open]") || (target.contains(focused) && focused.matches("input, textarea, select"));
  const fresh = fragment.firstElementChild;
  if (isBusy || (fresh && bare(fresh).isEqualNode(bare(target)))) event.detail.shouldSwap = false;
}

function seen() {
  try {
    return JSON.parse(localStorage.getItem(SEEN)) ?? {};
  } catch {
    return {};
  }
}

function remember(id, seq) {
  const all = Object.entries({ ...seen(), [id]: seq });
  try {
    localStorage.setItem(SEEN, JSON.stringify(Object.fromEntries(all.slice(-MOST_SEEN))));
  } catch {
    // A full or forbidden storage costs the marks, nothing else.
  }
}

/** Mark which row is open and which this browser has seen; drop what came twice; stay at the end. */
function settle() {
  const open = talk();
  const root = byId("inbox");
  root.classList.toggle("is-open", Boolean(open));
  if (open) remember(open.dataset.conversation, Number(byId("reached").value));
  const known = seen();
  for (const link of document.querySelectorAll("#rows .row-link")) {
    if (link.dataset.id === open?.dataset.conversation) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    link.toggleAttribute("data-seen", (known[link.dataset.id] ?? -1) >= Number(link.dataset.seq));
  }
  const there = new Set();
  for (const entry of document.querySelectorAll("#transcript > li[id]")) {
    if (there.has(entry.id)) entry.remove();
    there.add(entry.id);
  }
  for (const part of document.querySelectorAll("#composer .needs-script")) part.hidden = false;
}

/** Let `changed` be called whenever a pane has changed, with whether another conversation was opened. */
export function watchPanes(changed) {
  let scroll = null;
  let isAtEnd = true;
  const toEnd = () => {
    scroll = byId("talk-scroll");
    if (scroll) scroll.scrollTop = scroll.scrollHeight;
  };
  document.body.addEventListener("htmx:oobBeforeSwap", keepStill);
  document.body.addEventListener("htmx:beforeSwap", () => {
    scroll = byId("talk-scroll");
    isAtEnd = !scroll || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const isOther = event.detail.target?.id === "conversation";
    settle();
    changed(isOther);
    if (isOther || isAtEnd) toEnd();
  });
  settle();
  toEnd();
}
