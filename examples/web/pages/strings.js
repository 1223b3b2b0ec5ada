// The words of the pages, one file a language. t('hold.left', { n: 2 }) fills {n}; an entry with
// several forms ({"one": .., "other": ..}) chooses by {n} as the language counts.

const languages = ['en', 'ko'];
const key = 'seathold.language';
let words = {};
let plural = new Intl.PluralRules('en');
let chosen = 'en';

function preferred() {
  const wanted = [localStorage.getItem(key), ...navigator.languages];
  return wanted.map((tag) => tag?.slice(0, 2)).find((tag) => languages.includes(tag)) ?? 'en';
}

export async function useLanguage(language = preferred()) {
  const response = await fetch(`./strings.${language}.json`);
  words = await response.json();
  plural = new Intl.PluralRules(language);
  chosen = language;
  document.documentElement.lang = language;
}

export function rememberLanguage(language) {
  localStorage.setItem(key, language);
}

export function language() {
  return chosen;
}

// Numbers and dates as in the reader's country, where the browser names one for this language.
export function locale() {
  return navigator.languages.find((tag) => tag.startsWith(chosen)) ?? chosen;
}

export function hasText(name) {
  return name in words;
}

export function t(name, values = {}) {
  const entry = words[name];
  if (entry === undefined) return name;
  const text = typeof entry === 'string' ? entry : (entry[plural.select(values.n)] ?? entry.other);
  return text.replace(/\{(\w+)\}/g, (whole, field) => values[field] ?? whole);
}
