// Numbers, moments and texts as a reader of the chosen language writes them. What is not there is a dash, never a zero.

import { preferences } from './preferences.js';

/** Stands where there is nothing. */
export const NOTHING = '–';

const locale = () => (preferences.lang === 'zh' ? 'zh-CN' : 'en-GB');

/** Whether there is a number. */
export function isNumber(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A number with so many decimals. */
export function fixed(value, places = 2) {
  if (!isNumber(value)) return NOTHING;
  // What rounds to zero has no sign.
  const shown = Number(value.toFixed(places)) === 0 ? 0 : value;
  return shown.toLocaleString(locale(), { minimumFractionDigits: places, maximumFractionDigits: places });
}

/** A score, as the ranking writes it where it says so, else with two decimals. */
export function score(value, shown) {
  return shown ?? fixed(value, 2);
}

/** A raw value: numbers with up to six significant digits, everything else as it is. */
export function raw(value) {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value !== 'number') return String(value);
  return value.toLocaleString(locale(), { maximumSignificantDigits: 6 });
}

/** A whole number. */
export function count(value) {
  return isNumber(value) ? value.toLocaleString(locale()) : NOTHING;
}

/** A part of one, in per cent. */
export function percent(value, places = 1) {
  return isNumber(value) ? `${fixed(value * 100, places)} %` : NOTHING;
}

/** A change, always with its sign. */
export function signed(value, places = 2) {
  if (!isNumber(value)) return NOTHING;
  // A true minus is as wide as a plus.
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  return sign + fixed(Math.abs(value), places);
}

/** A moment, to the minute, in the time of the reader. */
export function moment(value) {
  if (!value) return NOTHING;
  return new Date(value).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });
}

/** One text of a pair; the other language where there is only that. */
export function textOf(text, otherwise = '') {
  if (!text) return otherwise;
  const [own, other] = preferences.lang === 'zh' ? [text.zh, text.en] : [text.en, text.zh];
  return own || other || otherwise;
}

/** The title of something that has `title_zh` and `title_en`. */
export function titleOf(thing) {
  return textOf({ zh: thing.title_zh, en: thing.title_en }, thing.code);
}

/** A unit as people write it: plain numbers have none, and notes in braces are words. */
export function unitOf(unit) {
  if (!unit || unit === '1') return '';
  return unit.replace(/\{([^}]*)\}/g, '$1');
}

/** A raw value with its unit, in per cent where the set wants it shown so. */
export function measured(value, unit, isPercent = false) {
  if (!isNumber(value)) return NOTHING;
  if (isPercent) return percent(value, 2);
  return `${raw(value)} ${unitOf(unit)}`.trim();
}

/** A size in bytes. */
export function bytes(value) {
  if (!isNumber(value)) return NOTHING;
  if (value < 1024) return `${value} B`;
  return value < 1024 * 1024 ? `${fixed(value / 1024, 1)} KiB` : `${fixed(value / 1024 / 1024, 1)} MiB`;
}

/** Sorts texts as the language does, Chinese by pinyin. */
export function compareTexts(one, other) {
  return one.localeCompare(other, locale(), { numeric: true });
}

/** The value in the middle; `null` of none. */
export function median(values) {
  return quantile(values, 0.5);
}

/** A quantile of type 7, as the service's statistics have it; `null` of none. */
export function quantile(values, part) {
  const sorted = values.filter(isNumber).sort((one, other) => one - other);
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) * part;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}
