/**
 * Messages: the words of the chat, one catalogue per language.
 *
 * A catalogue maps keys to text with {names} to fill in; a text that depends on a
 * number is an object of plural forms. To add a language, add its module in
 * `locales/` with the keys of `en.js` and name it here.
 */

const LOCALES = ["en", "ar", "de", "es", "fa", "fr", "he", "hi", "it", "ja", "nl", "pl", "pt", "ru", "tr", "zh"];

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

/** Return the first of the wanted locales ("de-AT" counts as "de") that has a catalogue, else "en". */
export function chooseLocale(wanted) {
  const bases = wanted.filter(Boolean).map((locale) => locale.toLowerCase().split(/[-_]/)[0]);
  return bases.find((base) => LOCALES.includes(base)) ?? "en";
}

/** Return the writing direction of a locale. */
export function directionOf(locale) {
  return RIGHT_TO_LEFT.has(locale) ? "rtl" : "ltr";
}

/** Make the function that says `key` in one catalogue's language, with `values` filled in. */
export function speaker(catalogue, locale) {
  const plural = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (key, values = {}) => {
    const entry = catalogue[key];
    const text = typeof entry === "object" ? (entry[plural.select(values.count)] ?? entry.other) : entry;
    return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? numbers.format(values[name]) : values[name]));
  };
}

/** Load the speaker of `locale`. */
export async function loadSpeaker(locale) {
  return speaker((await import(`./locales/${locale}.js`)).default, locale);
}
