/**
 * Theme: a site's own colour, corners, letters and sign, with words that stay readable.
 *
 * Black or white, whichever contrasts more, reaches at least 4.58:1 on any colour
 * (the worst case is a relative luminance of 0.179), so no colour needs refusing; what
 * a colour outlines or marks is moved towards black or white until it reaches 3:1.
 */

const HEX = /^#?([0-9a-f]{6})$/i;
const PICTURE = /^data:image\/(?:png|jpeg|webp);base64,[a-z0-9+/]+=*$/i;
const FONTS = {
  serif: 'Charter, Georgia, serif',
  rounded: 'ui-rounded, Nunito, system-ui, sans-serif',
  mono: "var(--font-code)",
};
// The lightest and the darkest ground that words of ours stand on.
const GROUNDS = ["#f5f6f8", "#1f2227"];
const UI_CONTRAST = 3;

/** Return "#rrggbb" for a six-digit colour with or without "#", or null for anything else. */
export function readColour(text) {
  const match = HEX.exec(text ?? "");
  return match ? `#${match[1].toLowerCase()}` : null;
}

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** Return the relative luminance (WCAG 2) of "#rrggbb", 0 to 1. */
export function luminance(colour) {
  const [red, green, blue] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Return the contrast (WCAG 2) of two colours, 1 to 21. */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Return black or white, whichever is easier to read on `colour`. */
export function textOn(colour) {
  return contrast(colour, "#ffffff") >= contrast(colour, "#000000") ? "#ffffff" : "#000000";
}

/** Return `colour`, or what is next to it on the way to black or white, that can be seen on `ground`. */
export function seenOn(colour, ground) {
  const goal = textOn(ground) === "#ffffff" ? 255 : 0;
  for (let step = 0; step <= 20; step += 1) {
    const mixed = channels(colour).map((channel) => Math.round(channel + ((goal - channel) * step) / 20));
    const next = `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
    if (contrast(next, ground) >= UI_CONTRAST) return next;
  }
  return textOn(ground);
}

/** Dress the page in what is valid of {color, scheme, radius, font, logo}; the rest stays ours. */
export function applyTheme(root, { color, scheme, radius, font, logo }) {
  const accent = readColour(color);
  set(root, "--accent", accent);
  set(root, "--on-accent", accent && textOn(accent));
  set(root, "--accent-edge", accent && `light-dark(${GROUNDS.map((ground) => seenOn(accent, ground)).join(", ")})`);
  const corner = /^\d{1,2}$/.test(radius ?? "") ? Math.min(24, Number(radius)) : null;
  set(root, "--radius", corner === null ? null : `${corner}px`);
  set(root, "--radius-lg", corner === null ? null : `${Math.round(corner * 1.5)}px`);
  set(root, "--radius-sm", corner === null ? null : `${Math.round(corner / 2)}px`);
  set(root, "--font", Object.hasOwn(FONTS, font ?? "") ? FONTS[font] : null);
  root.dataset.theme = scheme === "light" || scheme === "dark" ? scheme : "auto";
  return PICTURE.test(logo ?? "") && logo.length < 30_000 ? logo : "";
}

function set(root, name, value) {
  if (value) root.style.setProperty(name, value);
  else root.style.removeProperty(name);
}
