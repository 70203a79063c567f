// Tables: wide ones scroll in a region of their own that the keyboard reaches, and columns can be sorted by.

import { computed, html, ref } from '../view.js';
import { compareTexts } from '../format.js';
import { t } from '../text.js';

/** Puts a table into a region that scrolls sideways, so that the page does not. */
export function scrolled(label, table) {
  return html`<div class="scrolled" role="region" aria-label=${label} tabindex="0">${table}</div>`;
}

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {string} title
 * @property {(row: any) => unknown} [by] what is sorted by; a column without it cannot be sorted by
 * @property {(row: any) => unknown} cell what is shown
 * @property {boolean} [isNumber] set flush right
 * @property {boolean} [isHeader] names the row
 * @property {string} [class]
 */

/** Sorts rows; what has no value stands last in either direction. */
export function sorted(rows, by, isDescending) {
  const isMissing = (value) => value === null || value === undefined;
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one), by(other)];
    if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
    const order = typeof a === 'number' ? a - b : compareTexts(String(a), String(b));
    return isDescending ? -order : order;
  });
}

/** A table that is sorted by the heads of its columns. */
export const SortedTable = {
  props: {
    caption: String,
    columns: Array,
    rows: Array,
    rowKey: Function,
    rowClass: Function,
    sortedBy: { type: String, default: '' },
    isDescending: Boolean,
    isCaptionHidden: Boolean,
  },
  setup(props) {
    const by = ref(props.sortedBy);
    const isDescending = ref(props.isDescending);
    const shown = computed(() => {
      const column = props.columns.find((one) => one.key === by.value);
      return column?.by ? sorted(props.rows, column.by, isDescending.value) : props.rows;
    });
    const sortBy = (column) => {
      if (by.value === column.key) isDescending.value = !isDescending.value;
      else [by.value, isDescending.value] = [column.key, false];
    };
    const direction = (column) => {
      if (by.value !== column.key) return column.by ? 'none' : undefined;
      return isDescending.value ? 'descending' : 'ascending';
    };
    const head = (column) => html`
      <th scope="col" key=${column.key} class=${column.isNumber ? 'number' : column.class} aria-sort=${direction(column)}>
        ${
          column.by
            ? html`<button type="button" class="sort" onClick=${() => sortBy(column)} title=${t('table.sort')}>${column.title}
              </button>`
            : column.title
        }
      </th>`;
    const cell = (column, row) => {
      const kind = [column.isNumber ? 'number' : '', column.class ?? ''].join(' ').trim() || undefined;
      return column.isHeader
        ? html`<th scope="row" key=${column.key} class=${kind}>${column.cell(row)}</th>`
        : html`<td key=${column.key} class=${kind}>${column.cell(row)}</td>`;
    };
    return () =>
      scrolled(
        props.caption,
        html`
      <table class="sorted">
        <caption class=${props.isCaptionHidden ? 'unseen' : undefined}>${props.caption}</caption>
        <thead><tr>${props.columns.map(head)}</tr></thead>
        <tbody>${shown.value.map(
          (row) => html`
          <tr key=${props.rowKey(row)} class=${props.rowClass?.(row)}>${props.columns.map((column) => cell(column, row))}</tr>`,
        )}
        </tbody>
      </table>`,
      );
  },
};
