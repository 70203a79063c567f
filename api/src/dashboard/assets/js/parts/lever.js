// A data item whose value can be supposed: a slider with its number, or its options.

import { html } from '../view.js';
import { raw, textOf, unitOf } from '../format.js';
import { t } from '../text.js';

/** A number with as many digits as there is room for. */
const short = (value) => (typeof value === 'number' ? Number(value.toPrecision(7)) : '');

/** `changes` has what is supposed, by item; what it does not have is as it was. */
export const LeverView = {
  props: { lever: Object, changes: Map, onMove: Function },
  setup(props) {
    const isChanged = () => props.changes.has(props.lever.item);
    const now = () => (isChanged() ? props.changes.get(props.lever.item) : props.lever.value);
    const title = () => textOf(props.lever.title, props.lever.item);
    const move = (value) => props.onMove(props.lever, value);

    const number = () => html`
      <input type="range" aria-label=${title()} min=${props.lever.min} max=${props.lever.max} step=${props.lever.step}
        value=${now() ?? props.lever.min} onInput=${(event) => move(event.target.valueAsNumber)} />
      <input type="number" aria-label=${t('what_if.number', { item: title() })} step="any" value=${short(now())}
        placeholder=${t('value.none')}
        onChange=${(event) => move(Number.isNaN(event.target.valueAsNumber) ? props.lever.value
          : event.target.valueAsNumber)} />`;
    const options = () => {
      const { kind, value: own, options: codes } = props.lever;
      const known =
        kind === 'boolean'
          ? [
              ['true', t('yes')],
              ['false', t('no')],
            ]
          : codes.map((one) => [one, one]);
      const read = (text) => (text === '' ? own : kind === 'boolean' ? text === 'true' : text);
      return html`
        <select aria-label=${title()} value=${now() === null ? '' : String(now())}
          onChange=${(event) => move(read(event.target.value))}>
          ${own === null ? html`<option value="">${t('value.none')}</option>` : null}
          ${known.map(([one, text]) => html`<option key=${one} value=${one}>${text}</option>`)}
        </select>`;
    };
    return () => html`
      <div class=${isChanged() ? 'lever changed' : 'lever'}>
        <div class="lever-title"><span>${title()} <span class="code">${unitOf(props.lever.unit)}</span></span>
          ${
            isChanged()
              ? html`<button type="button" class="plain" onClick=${() => move(props.lever.value)}
            aria-label=${t('what_if.undo', { item: title() })}>${t('what_if.was', { value: props.lever.value === null
              ? t('value.none') : raw(props.lever.value) })}</button>`
              : null
          }
        </div>
        <div class="lever-inputs">${props.lever.kind === 'number' ? number() : options()}</div>
      </div>`;
  },
};
