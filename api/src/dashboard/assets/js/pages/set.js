// A version of an indicator set: its tree with weights, formulas and rules, its data items and its levels.

import { computed, html, reactive, ref } from '../view.js';
import { getTagged, segment, sendJson } from '../api.js';
import { levelsOf, outlineOfSet, ROOT } from '../assessment.js';
import { count, fixed, isNumber, moment, raw, textOf, unitOf } from '../format.js';
import { useLoad } from '../load.js';
import { go, pathOf } from '../router.js';
import { t, tOr } from '../text.js';
import { ruleTerms } from '../parts/terms.js';
import { faultTable } from '../parts/faults.js';
import { Files } from '../parts/files.js';
import { crumbs, link, offered } from '../parts/links.js';
import { levelMark, stateMark } from '../parts/marks.js';
import { basisNotice } from '../parts/notices.js';
import { problemView, waiting } from '../parts/problem.js';
import { SortedTable } from '../parts/table.js';

/** The engines for which the service writes the set as a query. */
const WAREHOUSES = [
  ['duckdb', 'DuckDB'],
  ['postgres', 'PostgreSQL'],
  ['spark', 'Spark'],
];

export const SetPage = {
  props: { code: String, version: String },
  setup(props) {
    const path = `/indicator-sets/${segment(props.code)}/versions/${segment(props.version)}`;
    const found = useLoad(
      () => path,
      async (signal) => (await getTagged(path, {}, { signal })).value,
    );
    const problem = ref(null);
    const form = reactive({ version: '' });
    const filter = ref('');
    const document = computed(() => found.value?.document);
    const outline = computed(() => (document.value ? outlineOfSet(document.value) : []));
    const nodes = computed(() => new Map((document.value?.nodes ?? []).map((node) => [node.code, node])));

    const attempt = async (work) => {
      problem.value = null;
      try {
        await work();
      } catch (error) {
        problem.value = error;
      }
    };
    const publish = () =>
      attempt(async () => {
        await sendJson('POST', `${path}/publish`);
        await found.reload();
      });
    const copy = (event) => {
      event.preventDefault();
      return attempt(async () => {
        const made = await sendJson('POST', '/indicator-sets', { ...document.value, version: form.version.trim() });
        go(pathOf('sets', made.code, made.version, 'edit'));
      });
    };

    const nodeView = (node) => {
      const own = nodes.value.get(node.code);
      const below = outline.value.filter((one) => one.parent === node.code);
      const indicator = own?.indicator;
      return html`
        <li key=${node.code}>
          <details open=${node.depth === 0 || filter.value !== ''}>
            <summary>${node.title} <span class="code">${node.code}</span>
              ${own ? html`<span class="figure">${t('weight')} ${raw(own.weight ?? 1)}<span
                class="code"> ${tOr(`weight_of.${own.weight_of ?? 'siblings'}`, '')}</span></span>` : null}</summary>
            ${textOf(own?.note) ? html`<p class="hint">${textOf(own.note)}</p>` : null}
            ${
              indicator
                ? html`
              <dl class="terms">
                ${indicator.formula ? html`<dt>${t('formula')}</dt><dd><code>${indicator.formula}</code></dd>` : null}
                ${unitOf(indicator.unit) ? html`<dt>${t('unit')}</dt><dd>${unitOf(indicator.unit)}</dd>` : null}
                ${indicator.direction ? html`<dt>${t('direction')}</dt>
                  <dd>${tOr(`direction.${indicator.direction}`, indicator.direction)}</dd>` : null}
              </dl>
              ${ruleTerms(indicator.scoring)}`
                : null
            }
            ${
              own?.provenance
                ? html`<p class="hint">${t('provenance')}: ${Object.entries(own.provenance)
                    .map(
                      ([name, value]) =>
                        `${tOr(`provenance.${name}`, name)}: ${name === 'source' ? value : tOr(`confidence.${value}`,
                          String(value))}`,
                    )
                    .join(' · ')}</p>`
                : null
            }
            ${below.length > 0 ? html`<ul>${below.filter(isShown).map(nodeView)}</ul>` : null}
          </details>
        </li>`;
    };
    /** With a filter a branch is shown where it, or something below it, fits. */
    const isShown = (node) => {
      const wanted = filter.value.trim().toLowerCase();
      if (wanted === '' || `${node.title} ${node.code}`.toLowerCase().includes(wanted)) return true;
      return outline.value.some((one) => one.parent === node.code && isShown(one));
    };

    const rangeOf = ({ min, max }) => {
      if (!isNumber(min) && !isNumber(max)) return '';
      if (!isNumber(max)) return `≥ ${raw(min)}`;
      return isNumber(min) ? `${raw(min)} … ${raw(max)}` : `≤ ${raw(max)}`;
    };
    const items = () => [
      {
        key: 'title',
        title: t('item'),
        isHeader: true,
        class: 'wide',
        by: (item) => textOf(item.title, item.code),
        cell: (item) => html`${textOf(item.title, item.code)} <span class="code">${item.code}</span>`,
      },
      {
        key: 'kind',
        title: t('item.kind'),
        by: (item) => item.kind ?? 'amount',
        cell: (item) => tOr(`item.kind.${item.kind ?? 'amount'}`, item.kind ?? 'amount'),
      },
      { key: 'unit', title: t('unit'), by: (item) => item.unit, cell: (item) => unitOf(item.unit) },
      { key: 'range', title: t('item.range'), isNumber: true, cell: rangeOf },
      {
        key: 'department',
        title: t('department'),
        by: (item) => textOf(item.department),
        cell: (item) => textOf(item.department),
      },
      {
        key: 'provider',
        title: t('observation.provider'),
        by: (item) => item.provider ?? 'city',
        cell: (item) => tOr(`provider.${item.provider ?? 'city'}`, item.provider ?? 'city'),
      },
    ];

    const draftTools = () => html`
      ${link(pathOf('sets', props.code, props.version, 'edit'), t('set.edit'))}
      <button type="button" onClick=${publish}>${t('set.publish')}</button>`;
    const copyTool = () => html`
      <form class="inline" onSubmit=${copy}>
        <label class="choice">${t('set.copy_version')}<input required value=${form.version} onInput=${(event) => {
          form.version = event.target.value;
        }} /></label>
        <button type="submit" class="secondary">${t('set.copy')}</button>
      </form>`;

    return () => {
      if (found.problem) return html`<h1 tabindex="-1">${props.code} @ ${props.version}</h1>${problemView(found.problem)}`;
      if (!found.value) return html`<h1 tabindex="-1">${props.code} @ ${props.version}</h1>${waiting(found)}`;
      const own = found.value;
      const levels = levelsOf(document.value);
      const isDraft = own.state === 'draft';
      return html`
        ${crumbs(
          [
            ['/sets', t('nav.sets')],
            [null, `${props.code} @ ${props.version}`],
          ],
          t('crumbs'),
        )}
        <h1 tabindex="-1">${textOf(own.title, props.code)}</h1>
        <p class="subtitle">${stateMark(own.state)} · <code>${props.code} @ ${props.version}
          </code> · ${t('nodes')}: ${count(document.value.nodes.length)} · ${t('items')}: ${count(document.value.items.length)} · ${moment(own.published_at ?? own.updated_at)}</p>
        ${basisNotice(document.value.basis)}
        ${problemView(problem.value)}
        ${offered(() => html`<div class="toolbar">${isDraft ? draftTools() : copyTool()}</div>`)}
        ${
          levels.length > 0
            ? html`<section><h2>${t('levels')}</h2><ul class="level-counts">${levels.map(
                (level) => html`
          <li key=${level.code}>${levelMark(level.code, levels)} ${level.from === null ? '' : t('level.from',
            { from: fixed(level.from, 0) })}</li>`,
              )}</ul></section>`
            : null
        }
        <section><h2>${t('set.tree')}</h2>
          <div class="toolbar"><label class="choice">${t('filter')}<input type="search" value=${filter.value} onInput=${(
            event,
          ) => {
            filter.value = event.target.value;
          }} /></label></div>
          <ul class="set-tree">${outline.value.filter((node) => node.code === ROOT).map(nodeView)}</ul>
        </section>
        <section><h2>${t('items')}</h2>
          <${SortedTable} caption=${t('items')} columns=${items()} rows=${document.value.items} rowKey=${(item) => item.code}
            isCaptionHidden=${true} />
        </section>
        ${own.warnings.length > 0 ? html`<section><h2>${t('warnings')}</h2>${faultTable(own.warnings, t('warnings'))}
          </section>` : null}
        <${Files} files=${[
          { label: 'JSON', path, query: { format: 'json' }, name: `${props.code}-${props.version}.json` },
          { label: 'XLSX', path, query: { format: 'xlsx' } },
          ...WAREHOUSES.map(([dialect, name]) => ({ label: `SQL (${name})`, path: `${path}/sql`, query: { dialect } })),
        ]} />`;
    };
  },
};
