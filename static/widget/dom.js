/**
 * DOM: elements made from plain values, never from HTML strings.
 *
 * Every view builds its nodes here, so text from documents or customers can only
 * ever become a text node or an attribute we named.
 */

const SVG = "http://www.w3.org/2000/svg";

/** Set attributes; `on…` keys are listeners, booleans toggle, null and undefined are skipped. */
function assign(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Make an element with attributes and children: nodes, strings, or nothing. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  assign(node, attributes);
  node.append(...children.flat(Infinity).filter((child) => child instanceof Node || (typeof child === "string" && child)));
  return node;
}

// Own drawings on a 24 × 24 grid, stroked with the current colour.
const ICONS = {
  send: ["M12 19V5", "M5.5 11.5 12 5l6.5 6.5"],
  stop: ["M7.5 7.5h9v9h-9z"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  renew: ["M12 5v14", "M5 12h14"],
  copy: ["M9 9h10v11H9z", "M15 9V4H5v11h4"],
  check: ["M5 12.5 10 17.5 19 7"],
  up: ["M8 11v9H4v-9z", "M8 11l3.5-7c1.6 0 2.5 1.1 2.2 2.6L13 10h5.4c1.2 0 2 1.1 1.7 2.2l-1.6 6.3c-.2.9-1 1.5-1.9 1.5H8"],
  down: ["M16 13V4h4v9z", "M16 13l-3.5 7c-1.6 0-2.5-1.1-2.2-2.6L11 14H5.6c-1.2 0-2-1.1-1.7-2.2l1.6-6.3C5.7 4.6 6.5 4 7.4 4H16"],
  later: ["M12 5v14", "M5.5 12.5 12 19l6.5-6.5"],
  page: ["M6 3.5h8l4 4v13H6z", "M14 3.5v4h4", "M9 12h6", "M9 16h6"],
  unfound: ["M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z", "M15.5 15.5 20 20", "M8 10.5h5"],
  menu: [6, 12, 18].map((at) => `M12 ${at - 1}a1 1 0 1 0 0 2 1 1 0 0 0 0-2z`),
  person: ["M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M4.5 20c.6-3.6 3.7-5 7.5-5s6.9 1.4 7.5 5"],
  bin: ["M5 7h14", "M10 4h4", "M7 7l1 13h8l1-13", "M10.5 11v5", "M13.5 11v5"],
  clip: ["M19 11.5 11.5 19a4.6 4.6 0 0 1-6.5-6.5L13 4.5a3.1 3.1 0 0 1 4.4 4.4L9.7 16.5a1.5 1.5 0 0 1-2.2-2.2L14 8"],
  open: ["M10 5H5v14h14v-5", "M14 4h6v6", "M20 4l-9 9"],
};

/** Draw the icon `name`; it is decoration, the control around it carries the label. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  assign(svg, { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" });
  for (const d of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** Make a button that shows an icon and is named by `label`. */
export function iconButton(name, label, attributes = {}) {
  return element("button", { type: "button", class: "icon-button", "aria-label": label, title: label, ...attributes }, icon(name));
}
