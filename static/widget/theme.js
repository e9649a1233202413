/**
 * Theme: a site's own colour, with text on it that stays readable.
 *
 * Black or white, whichever contrasts more, reaches at least 4.58:1 on any colour
 * (the worst case is a relative luminance of 0.179), so no colour needs refusing.
 */

const HEX = /^#?([0-9a-f]{6})$/i;

/** Return "#rrggbb" for a six-digit colour with or without "#", or null for anything else. */
export function readColour(text) {
  const match = HEX.exec(text ?? "");
  return match ? `#${match[1].toLowerCase()}` : null;
}

/** Return the relative luminance (WCAG 2) of "#rrggbb", 0 to 1. */
export function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Return black or white, whichever is easier to read on `colour`. */
export function textOn(colour) {
  const light = luminance(colour);
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

/** Dress the page in the embedding site's colour and scheme, where it named valid ones. */
export function applyTheme(root, { color, theme }) {
  const accent = readColour(color);
  if (accent) {
    root.style.setProperty("--accent", accent);
    root.style.setProperty("--on-accent", textOn(accent));
  }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
}
