// The indicator sets that the service keeps, and those that ship with it.

import { html, ref } from '../view.js';
import { all, get, segment, sendJson } from '../api.js';
import { count, moment, textOf } from '../format.js';
import { useLoad } from '../load.js';
import { go, pathOf } from '../router.js';
import { t } from '../text.js';
import { link, offered } from '../parts/links.js';
import { stateMark } from '../parts/marks.js';
import { problemView, waiting } from '../parts/problem.js';
import { SortedTable } from '../parts/table.js';

export const SetsPage = {
  setup() {
    const sets = useLoad(
      () => '',
      (signal) => all('/indicator-sets', {}, { signal }),
    );
    const catalog = useLoad(
      () => '',
      async (signal) => (await get('/indicator-sets/catalog', {}, { signal })).items,
    );
    const problem = ref(null);

    /** Makes a draft of a ready set, to be changed and published. */
    const adopt = async (code) => {
      try {
        const document = await get(`/indicator-sets/catalog/${segment(code)}`);
        const made = await sendJson('POST', '/indicator-sets', document);
        go(pathOf('sets', made.code, made.version));
      } catch (error) {
        problem.value = error;
      }
    };
    const columns = () => [
      {
        key: 'title',
        title: t('set'),
        isHeader: true,
        class: 'wide',
        by: (one) => textOf(one.title, one.code),
        cell: (one) => link(pathOf('sets', one.code, one.version), textOf(one.title, one.code)),
      },
      { key: 'code', title: t('code'), by: (one) => one.code, cell: (one) => html`<code>${one.code}</code>` },
      { key: 'version', title: t('version'), by: (one) => one.version, cell: (one) => one.version },
      { key: 'state', title: t('state'), by: (one) => one.state, cell: (one) => stateMark(one.state) },
      { key: 'updated', title: t('updated'), by: (one) => one.updated_at, cell: (one) => moment(one.updated_at) },
    ];
    const ready = () => [
      {
        key: 'title',
        title: t('set'),
        isHeader: true,
        class: 'wide',
        by: (one) => textOf(one.title, one.code),
        cell: (one) => textOf(one.title, one.code),
      },
      { key: 'code', title: t('code'), by: (one) => one.code, cell: (one) => html`<code>${one.code}</code>` },
      { key: 'nodes', title: t('nodes'), isNumber: true, by: (one) => one.nodes, cell: (one) => count(one.nodes) },
      { key: 'items', title: t('items'), isNumber: true, by: (one) => one.items, cell: (one) => count(one.items) },
      {
        key: 'adopt',
        title: '',
        cell: (one) =>
          sets.value?.some((known) => known.code === one.code && known.version === one.version)
            ? html`<span class="none">${t('sets.there')}</span>`
            : offered(
                () => html`<button type="button" class="plain" onClick=${() => adopt(one.code)}
              aria-label=${t('sets.adopt_one', { set: textOf(one.title, one.code) })}>${t('sets.adopt')}</button>`,
              ),
      },
    ];
    return () => html`
      <h1 tabindex="-1">${t('nav.sets')}</h1>
      <p class="subtitle">${t('sets.hint')}</p>
      ${problemView(sets.problem)}
      ${waiting(sets)}
      ${
        sets.value
          ? sets.value.length === 0
            ? html`<p class="none">${t('sets.none')}</p>`
            : html`<${SortedTable} caption=${t('nav.sets')} columns=${columns()} rows=${sets.value}
              rowKey=${(one) => `${one.code}@${one.version}`} isCaptionHidden=${true} />`
          : null
      }
      <section><h2>${t('sets.catalog')}</h2>
        ${problemView(problem.value)}
        ${catalog.value ? html`<${SortedTable} caption=${t('sets.catalog')} columns=${ready()} rows=${catalog.value}
          rowKey=${(one) => one.code} isCaptionHidden=${true} />` : null}
      </section>`;
  },
};
