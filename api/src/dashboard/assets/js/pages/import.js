// An import: how far it is, every fault with its place and its hint, and how scores would change.

import { computed, html, ref } from '../view.js';
import { get, jobDone, segment } from '../api.js';
import { bytes, count, fixed, moment, signed } from '../format.js';
import { useLoad } from '../load.js';
import { go } from '../router.js';
import { isEmbedded } from '../session.js';
import { t, tOr } from '../text.js';
import { faultTable } from '../parts/faults.js';
import { Files, tableFiles } from '../parts/files.js';
import { crumbs, offered } from '../parts/links.js';
import { changeMark, figure, stateMark } from '../parts/marks.js';
import { problemView } from '../parts/problem.js';
import { SortedTable } from '../parts/table.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** How many faults the page shows; the files hold all of them. */
const SHOWN_FAULTS = 500;

/** How long is waited until an import is looked at again. */
const AGAIN_MS = 2_000;

const isUnderWay = (one) => one.state === 'queued' || one.state === 'running';

/** Looks at an import until it has ended. */
async function looked(path, signal) {
  while (isUnderWay(await get(path, {}, { signal }))) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
}

export const ImportPage = {
  props: { id: String },
  setup(props) {
    const path = `/imports/${segment(props.id)}`;
    const progress = ref(0);
    const ended = (first, signal) => {
      // An embedded view reads its import, and no job.
      if (isEmbedded) return looked(path, signal);
      const tell = (job) => {
        progress.value = job.progress;
      };
      return jobDone(first.job, tell, { signal });
    };
    const found = useLoad(
      () => props.id,
      async (signal) => {
        const first = await get(path, {}, { signal });
        if (isUnderWay(first)) await ended(first, signal);
        const [own, faults] = await Promise.all([
          get(path, {}, { signal }),
          get(`${path}/faults`, { limit: SHOWN_FAULTS }, { signal }),
        ]);
        return { own, faults };
      },
    );
    const title = computed(() => found.value?.own.file_name ?? props.id);

    const changes = ({ score_changes: changed }) => {
      if (!changed) return null;
      return html`
        <section><h2>${t('import.changes')}</h2>
          ${changed.faults.length > 0 ? faultTable(changed.faults, t('faults')) : null}
          ${
            changed.items.length > 0
              ? html`
            <${SortedTable} caption=${t('import.changes')} isCaptionHidden=${true} rows=${changed.items}
              rowKey=${(row) => row.city + row.period} columns=${[
              { key: 'city', title: t('city'), isHeader: true, by: (row) => row.city, cell: (row) => row.city },
              { key: 'period', title: t('period'), by: (row) => row.period, cell: (row) => row.period },
              {
                key: 'before',
                title: t('import.before'),
                isNumber: true,
                by: (row) => row.before?.score,
                cell: (row) => fixed(row.before?.score),
              },
              {
                key: 'after',
                title: t('import.after'),
                isNumber: true,
                by: (row) => row.after?.score,
                cell: (row) => fixed(row.after?.score),
              },
              {
                key: 'change',
                title: t('change'),
                isNumber: true,
                cell: (row) => (row.before && row.after ? changeMark(row.after.score - row.before.score) : signed(null)),
              },
            ]} />`
              : html`<p class="none">${t('import.no_changes')}</p>`
          }
          ${changed.total > changed.items.length || changed.others > 0 ? html`<p
            class="hint">${t('import.more_changes', { total: count(changed.total), others: count(changed.others) })}</p>` : null}
        </section>`;
    };

    return () => {
      const heading = html`${crumbs(
        [
          ['/imports', t('nav.imports')],
          [null, title.value],
        ],
        t('crumbs'),
      )}<h1 tabindex="-1">${title.value}</h1>`;
      if (found.problem) return html`${heading}${problemView(found.problem)}`;
      if (!found.value) {
        return html`${heading}<label class="progress">${t('import.running')}<progress max="1" value=${progress.value}></progress>
          </label>`;
      }
      const { own, faults } = found.value;
      const isGood = own.state === 'succeeded' && own.faults.total === 0;
      return html`
        ${heading}
        <p class="subtitle">${stateMark(own.state)} · ${tOr(`import.kind.${own.kind}`,
          own.kind)} · ${tOr(`import.mode.${own.mode}`, own.mode)} · ${bytes(own.bytes)}${own.encoding ? ` · ${own.encoding}`
            : ''} · ${moment(own.created_at)}</p>
        <p role="status">${isGood ? t(own.mode === 'validate' ? 'import.good.validate' : 'import.good.commit')
          : t('import.not_good', { n: count(own.faults.total) })}</p>
        <dl class="figures">
          ${figure(t('import.accepted'), count(own.accepted))}${figure(t('import.unchanged'), count(own.unchanged))}
          ${figure(t('import.rejected'), count(own.rejected))}${figure(t('faults'), count(own.faults.total))}
          ${own.warnings ? figure(t('warnings'), count(own.warnings.total)) : null}
        </dl>
        ${
          faults.items.length > 0
            ? html`
          <section><h2>${t('faults')}</h2>
            ${faultTable(faults.items, t('faults.of_file'))}
            ${faults.next ? html`<p class="hint">${t('faults.more', { n: count(SHOWN_FAULTS) })}</p>` : null}
            <${Files} files=${[
              ...tableFiles(`${path}/faults`, {}, ['csv', 'xlsx']),
              ...(own.media_type === XLSX ? [{ label: t('import.annotated'), path: `${path}/annotated.xlsx` }] : []),
            ]} />
          </section>`
            : null
        }
        ${changes(own)}
        ${offered(
          () => html`<p><button type="button" class="secondary" onClick=${() => go('/imports')}>${t('import.next')}</button></p>`,
        )}`;
    };
  },
};
