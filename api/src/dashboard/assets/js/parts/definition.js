// What a node is: its weight, how it is measured and scored, what it reads, and where all that comes from.

import { html } from '../view.js';
import { percent, raw, textOf, unitOf } from '../format.js';
import { t, tOr } from '../text.js';
import { provenanceTerms, ruleTerms, terms } from './terms.js';

/** The data items that an indicator reads, by its formula or its list. */
function itemsOf(indicator, items) {
  const words = indicator.formula?.match(/`[^`]+`|[A-Za-z_][A-Za-z0-9_]*/g) ?? [];
  const named = new Set([...words.map((word) => word.replaceAll('`', '')), ...Object.keys(indicator.scoring.items ?? {})]);
  return items.filter((item) => named.has(item.code));
}

/** A word, or a word with parameters. */
const method = (value) => html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`;

/** A data item in one line, with its note below. */
function itemView(item) {
  const facts = [unitOf(item.unit), textOf(item.department)].filter(Boolean).map((fact) => ` · ${fact}`);
  const note = textOf(item.note);
  return html`
    <li key=${item.code}>${textOf(item.title, item.code)} <span class="code">${item.code}</span>${facts}
      ${note ? html`<br /><span class="hint">${note}</span>` : null}</li>`;
}

/**
 * The definition of a node, as far as the reader may see it.
 * @param {object} of
 * @param {object|undefined} of.node as the set has it; absent where the set is not to be seen
 * @param {object|null} of.weight its weight in the period
 * @param {string|null|undefined} of.unit
 * @param {object[]} of.items the data items of the set
 * @param {[string, object][]} of.children codes and links of the nodes below
 */
export function definitionView({ node, weight, unit, items, children }) {
  const indicator = node?.indicator;
  const read = indicator ? itemsOf(indicator, items) : [];
  const scale = node?.weight_of ?? 'siblings';
  const direction = indicator?.direction;
  return html`
    ${terms([
      [t('weight'), node ? `${raw(node.weight ?? 1)} (${tOr(`weight_of.${scale}`, scale)})` : null],
      [t('weight.normalised'), weight ? percent(weight.normalised_weight) : null],
      [t('share'), weight ? percent(weight.share) : null],
      [t('weight.method'), weight && weight.method !== 'given' ? weight.method : null],
      [t('class'), node?.class],
      [t('unit'), unitOf(unit)],
      [t('direction'), direction ? tOr(`direction.${direction}`, direction) : null],
      [t('formula'), indicator?.formula ? html`<code>${indicator.formula}</code>` : null],
      [t('aggregation'), node?.aggregation ? method(node.aggregation) : null],
      [t('note'), textOf(node?.note)],
    ])}
    ${indicator ? html`<h3>${t('rule')}</h3>${ruleTerms(indicator.scoring)}` : null}
    ${read.length > 0 ? html`<h3>${t('items')}</h3><ul>${read.map(itemView)}</ul>` : null}
    ${children.length > 0 ? html`<h3>${t('children')}</h3><ul>${children.map(([code, link]) => html`
      <li key=${code}>${link} <span class="code">${code}</span></li>`)}</ul>` : null}
    ${node?.provenance ? html`<h3>${t('provenance')}</h3>${provenanceTerms(node.provenance)}` : null}`;
}
