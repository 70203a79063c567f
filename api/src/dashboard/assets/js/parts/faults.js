// Faults: where each is, what is wrong, and how to mend it; as a table, or as a list beside the text they are in.

import { html } from '../view.js';
import { t, tOr } from '../text.js';
import { scrolled } from './table.js';

/** Where a fault is, in the words of a reader. */
function placeOf(fault) {
  const named = (key, value) => (value === undefined || value === null || value === '' ? [] : [t(key, { value })]);
  return [
    ...named('fault.sheet', fault.sheet),
    ...named('fault.row', fault.row),
    ...named('fault.column', fault.column),
    ...named('fault.city', fault.city),
    ...named('fault.period', fault.period),
    ...named('fault.item', fault.node_or_item),
  ].join(' · ');
}

/**
 * @param {object[]} faults
 * @param {string} caption
 */
export function faultTable(faults, caption) {
  return scrolled(
    caption,
    html`
    <table class="faults">
      <caption>${caption}</caption>
      <thead><tr>
        <th scope="col">${t('fault.severity')}</th><th scope="col">${t('fault.place')}</th>
        <th scope="col">${t('fault.message')}</th><th scope="col">${t('fault.hint')}</th>
      </tr></thead>
      <tbody>${faults.map(
        (fault) => html`
        <tr>
          <td><span class=${`mark ${fault.severity}`}>${tOr(`severity.${fault.severity}`, fault.severity)}</span></td>
          <td>${placeOf(fault)}
            ${fault.pointer ? html` <code>${fault.pointer}</code>` : null}
          </td>
          <td>${fault.message}${fault.value ? html` <code class="found">${fault.value}</code>` : null}
            ${' '}<span class="code">${fault.code}</span></td>
          <td>${[fault.hint, fault.expected].filter(Boolean).join(' ')}</td>
        </tr>`,
      )}</tbody>
    </table>`,
  );
}

/**
 * A list for a narrow column; the pointer of a fault leads to its place.
 * @param {object[]} faults
 * @param {(fault: object) => void} goTo
 */
export function faultList(faults, goTo) {
  return html`
    <ul class="fault-list">${faults.map(
      (fault) => html`
      <li>
        <span class=${`mark ${fault.severity}`}>${tOr(`severity.${fault.severity}`, fault.severity)}</span>
        ${' '}<button type="button" class="plain" onClick=${() => goTo(fault)}><code>${fault.pointer || '/'}</code></button>
        <p>${fault.message} <span class="code">${fault.code}</span></p>
        ${fault.hint || fault.expected ? html`<p class="hint">${[fault.hint, fault.expected].filter(Boolean).join(' ')}
          </p>` : null}
      </li>`,
    )}
    </ul>`;
}
