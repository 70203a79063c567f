// Small marks that repeat: a level, a bar, a coverage, a change. Colour never says anything that words do not.

import { html } from '../view.js';
import { LOW_COVERAGE } from '../assessment.js';
import { fixed, isNumber, percent, score, signed } from '../format.js';
import { t, tOr } from '../text.js';
import { stepOf } from './colours.js';

/**
 * A maturity level with its title.
 * @param {string|null|undefined} code
 * @param {{code: string, title: string}[]} levels lowest first
 */
export function levelMark(code, levels) {
  if (!code) return html`<span class="none">${t('level.none')}</span>`;
  const place = levels.findIndex((level) => level.code === code);
  const step = place < 0 ? '' : ` step-${stepOf(place, levels.length)}`;
  return html`<span class=${`level${step}`}>${place < 0 ? code : levels[place].title}</span>`;
}

/** A score with a bar; hatched where there is none. */
export function scoreBar(value, shown, fullMark = 100) {
  if (!isNumber(value)) return html`<span class="bar missing"></span><span class="none">${t('score.none')}</span>`;
  const width = `${Math.max(0, Math.min(100, (value / fullMark) * 100))}%`;
  return html`<span class="bar" aria-hidden="true"><span style=${{ width }}></span></span><span
    class="figure">${score(value, shown)}</span>`;
}

/** A coverage; a low one says so. */
export function coverageMark(value) {
  if (!isNumber(value)) return percent(value);
  const isLow = value < LOW_COVERAGE;
  return html`${percent(value)}${isLow ? html` <span class="mark warning">${t('coverage.low')}</span>` : null}`;
}

/** A change, with an arrow that screen readers pass over because the sign says the same. */
export function changeMark(value, places = 2) {
  if (!isNumber(value)) return html`<span class="none">${signed(value)}</span>`;
  const [arrow, kind] = value > 0 ? ['▲', 'up'] : value < 0 ? ['▼', 'down'] : ['■', 'same'];
  return html`<span class=${`change ${kind}`}><span aria-hidden="true">${arrow} </span>${signed(value, places)}</span>`;
}

/** How far the score could lie if what is missing were the least or the most. */
export function rangeOf(row) {
  if (!isNumber(row.low) || !isNumber(row.high) || row.low === row.high) return null;
  return `${fixed(row.low)} – ${fixed(row.high)}`;
}

/** The state of a piece of work, a round, a submission or a set. */
export function stateMark(state) {
  return html`<span class=${`state ${state}`}>${tOr(`state.${state}`, state)}</span>`;
}

/** A term with what it is: for figures at the head of a page. */
export function figure(term, value, note) {
  return html`<div class="figure-card"><dt>${term}</dt><dd>${value}${note ? html`<span class="note-line">${note}</span>` : null}
    </dd></div>`;
}
