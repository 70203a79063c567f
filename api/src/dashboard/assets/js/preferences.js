// Language and theme: what the address says, else what was chosen before, else what the browser or the system wants.

import { reactive } from './view.js';

const LANGUAGE = 'citygauge.lang';
const THEME = 'citygauge.theme';

const asked = new URLSearchParams(location.search);

/** Storage may be forbidden, as in a sandboxed frame; then a choice lasts as long as the page. */
function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // See `remembered`.
  }
}

function firstLanguage() {
  const wanted = asked.get('lang') ?? remembered(LANGUAGE) ?? navigator.language ?? 'en';
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function firstTheme() {
  const wanted = asked.get('theme') ?? remembered(THEME);
  return wanted === 'light' || wanted === 'dark' ? wanted : 'system';
}

const system = matchMedia('(prefers-color-scheme: dark)');

/** @type {{lang: 'zh'|'en', theme: 'system'|'light'|'dark', systemIsDark: boolean}} */
export const preferences = reactive({ lang: firstLanguage(), theme: firstTheme(), systemIsDark: system.matches });

/** Whether the page is dark now. */
export function isDark() {
  return preferences.theme === 'dark' || (preferences.theme === 'system' && preferences.systemIsDark);
}

/** Puts language and theme on the document, where style sheets and screen readers look. */
export function applyPreferences() {
  const root = document.documentElement;
  root.lang = preferences.lang === 'zh' ? 'zh-CN' : 'en';
  root.setAttribute('data-theme', isDark() ? 'dark' : 'light');
}

/** @param {'zh'|'en'} lang */
export function chooseLanguage(lang) {
  preferences.lang = lang;
  remember(LANGUAGE, lang);
  applyPreferences();
}

/** @param {'system'|'light'|'dark'} theme */
export function chooseTheme(theme) {
  preferences.theme = theme;
  remember(THEME, theme);
  applyPreferences();
}

system.addEventListener('change', (event) => {
  preferences.systemIsDark = event.matches;
  applyPreferences();
});
