// Lists of terms: the parameters of a rule, where a node comes from, and any other pairs of a word and what it is.

import { html } from '../view.js';
import { raw } from '../format.js';
import { t, tOr } from '../text.js';

/** A list of terms; what there is none of is left out. @param {[unknown, unknown][]} pairs */
export function terms(pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return known.length === 0
    ? null
    : html`<dl class="terms">${known.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`;
}

/** The parameters of a rule as the set gives them. */
export function ruleTerms(rule) {
  const shown = (value) => (typeof value === 'object' ? html`<code>${JSON.stringify(value)}</code>` : raw(value));
  const { rule: name, ...parameters } = rule;
  return terms([
    [t('rule'), html`${tOr(`rule.${name}`, name)} <code>${name}</code>`],
    ...Object.entries(parameters).map(([parameter, value]) => [html`<code>${parameter}</code>`, shown(value)]),
  ]);
}

/** Where name, weight and formula of a node come from. */
export function provenanceTerms(provenance) {
  return terms(
    Object.entries(provenance).map(([name, value]) => [
      tOr(`provenance.${name}`, name),
      name === 'source' ? value : tOr(`confidence.${value}`, String(value)),
    ]),
  );
}
