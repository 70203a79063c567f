// A data item in the explain drawer: its value, its source and quality, every value it ever had, and the files that support it.

import { html, ref } from '../view.js';
import { address, download, get, optional, segment } from '../api.js';
import { bytes, isNumber, moment, NOTHING, raw, textOf, unitOf } from '../format.js';
import { useLoad } from '../load.js';
import { t, tOr } from '../text.js';
import { problemView, waiting } from './problem.js';
import { scrolled } from './table.js';
import { terms } from './terms.js';

/** A data item as it was read; opened, it shows what is recorded of it. */
export const ItemRecord = {
  props: { city: String, item: Object },
  setup(props) {
    const isOpen = ref(false);
    const record = useLoad(
      () => [isOpen.value, props.city, props.item.item, props.item.period],
      async (signal) => {
        if (!isOpen.value) return null;
        // Without a status nothing was ever reported.
        if (!props.item.status) return { history: null, evidence: null };
        const path = `/observations/${segment(props.city)}/${segment(props.item.period)}/${segment(props.item.item)}`;
        const [history, evidence] = await Promise.all([
          optional(get(`${path}/history`, {}, { signal })),
          optional(get(`${path}/evidence`, {}, { signal })),
        ]);
        return { history: history?.items ?? null, evidence: evidence?.items ?? null };
      },
    );
    const problem = ref(null);
    const open = async (file) => {
      try {
        await download(address(`/evidence/${segment(file.id)}`), file.file_name);
      } catch (error) {
        problem.value = error;
      }
    };

    const historyTable = (history) =>
      scrolled(
        t('observation.history'),
        html`
      <table>
        <caption>${t('observation.history')}</caption>
        <thead><tr><th scope="col">${t('observation.recorded')}</th><th scope="col" class="number">${t('value')}</th>
          <th scope="col">${t('observation.status')}</th><th scope="col">${t('observation.source')}</th></tr></thead>
        <tbody>${history.map(
          (one) => html`
          <tr><th scope="row">${moment(one.recorded_at)}<span class="code"> ${one.recorded_by}</span></th><td
            class="number">${raw(one.value)}</td>
            <td>${tOr(`observation.status.${one.status}`, one.status)}</td><td>${one.source ?? NOTHING}</td></tr>`,
        )}</tbody>
      </table>`,
      );

    const content = () => {
      if (record.problem) return problemView(record.problem);
      if (!record.value) return waiting(record);
      const { history, evidence } = record.value;
      const now = history?.[0];
      return html`
        ${history === null ? html`<p class="hint">${t('observation.none')}</p>` : null}
        ${
          now
            ? terms([
                [t('observation.source'), now.source],
                [t('observation.note'), now.note],
                [t('observation.quality'), now.quality ? tOr(`quality.${now.quality}`, now.quality) : null],
                [t('observation.method'), now.method],
                [t('observation.provider'), now.provider ? tOr(`provider.${now.provider}`, now.provider) : null],
                [t('observation.as_of'), now.as_of],
                [t('observation.sample'), isNumber(now.sample_size) ? raw(now.sample_size) : null],
                [t('observation.margin'), isNumber(now.margin) ? `± ${raw(now.margin)}` : null],
              ])
            : null
        }
        ${history && history.length > 0 ? historyTable(history) : null}
        <h4>${t('evidence')}</h4>
        ${
          evidence && evidence.length > 0
            ? html`<ul>${evidence.map(
                (file) => html`
          <li><button type="button" class="plain" onClick=${() => open(file)}>${file.title ?? file.file_name}</button>
            <span class="code"> ${file.file_name} · ${bytes(file.bytes)} · SHA-256 ${file.digest.slice(0, 12)}…</span>
            ${file.withdrawn_at ? html` <span class="mark warning">${t('evidence.withdrawn')}</span>` : null}</li>`,
              )}</ul>`
            : html`<p class="none">${t('evidence.none')}</p>`
        }
        ${problemView(problem.value)}`;
    };
    return () => html`
      <details class="item" onToggle=${(event) => {
        isOpen.value = event.target.open;
      }}>
        <summary>
          <span>${textOf(props.item.title, props.item.item)} <span class="code">${props.item.item}</span></span>
          <strong class="figure">${
            props.item.value === null || props.item.value === undefined
              ? html`<span class="none">${props.item.status ? tOr(`observation.status.${props.item.status}`, props.item.status)
                : t('value.none')}
                </span>`
              : `${raw(props.item.value)} ${unitOf(props.item.unit)}`
          }</strong>
        </summary>
        ${isOpen.value ? content() : null}
      </details>`;
  },
};
