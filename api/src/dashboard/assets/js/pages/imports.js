// Bringing files in: drop one, and have it looked through or kept; and what was brought in so far.

import { html, reactive, ref } from '../view.js';
import { address, all, beyond, get, send } from '../api.js';
import { bytes, count, moment, NOTHING, textOf } from '../format.js';
import { useLoad } from '../load.js';
import { go, pathOf } from '../router.js';
import { t, tOr } from '../text.js';
import { choice } from '../parts/choices.js';
import { link, offered } from '../parts/links.js';
import { stateMark } from '../parts/marks.js';
import { problemView, waiting } from '../parts/problem.js';
import { SortedTable } from '../parts/table.js';

/** Media types by the ending of a file's name: browsers do not know all of them, and Windows gives CSV another. */
const TYPES = {
  csv: 'text/csv',
  txt: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
};

export const ImportsPage = {
  setup() {
    const form = reactive({
      file: null,
      kind: 'observations',
      mode: 'validate',
      onFault: 'reject_all',
      set: '',
      period: '',
      mapping: '',
    });
    const work = reactive({ isBusy: false, problem: null });
    const isOver = ref(false);
    const lists = useLoad(
      () => '',
      async (signal) => {
        const [sets, mappings] = await Promise.all([
          beyond(() => all('/indicator-sets', { state: 'published' }, { signal })),
          beyond(() => all('/mappings', {}, { signal })),
        ]);
        if (form.set === '' && sets?.length > 0) form.set = `${sets[0].code}@${sets[0].version}`;
        return { sets: sets ?? [], mappings: mappings ?? [] };
      },
    );
    const former = useLoad(
      () => '',
      (signal) => get('/imports', { limit: 50 }, { signal }),
    );

    const drop = (event) => {
      event.preventDefault();
      isOver.value = false;
      [form.file] = event.dataTransfer.files;
    };
    const submit = async (event) => {
      event.preventDefault();
      if (!form.file) return;
      Object.assign(work, { isBusy: true, problem: null });
      try {
        const ofObservations = form.kind === 'observations';
        const [setCode, setVersion] = form.set.split('@');
        const ending = form.file.name.split('.').at(-1).toLowerCase();
        const answer = await send(
          'POST',
          address('/imports', {
            kind: form.kind,
            mode: form.mode,
            on_fault: form.onFault,
            file_name: form.file.name,
            mapping: form.mapping,
            ...(ofObservations ? { set_code: setCode, set_version: setVersion, period: form.period.trim() } : {}),
          }),
          { body: form.file, headers: { 'Content-Type': TYPES[ending] ?? 'application/octet-stream' } },
        );
        const made = await answer.json();
        go(pathOf('imports', made.id));
      } catch (problem) {
        work.problem = problem;
      } finally {
        work.isBusy = false;
      }
    };

    const columns = () => [
      {
        key: 'file',
        title: t('import.file'),
        isHeader: true,
        by: (one) => one.file_name ?? one.id,
        cell: (one) => link(pathOf('imports', one.id), one.file_name ?? one.id),
      },
      { key: 'kind', title: t('import.kind'), by: (one) => one.kind, cell: (one) => tOr(`import.kind.${one.kind}`, one.kind) },
      { key: 'mode', title: t('import.mode'), by: (one) => one.mode, cell: (one) => tOr(`import.mode.${one.mode}`, one.mode) },
      { key: 'state', title: t('state'), by: (one) => one.state, cell: (one) => stateMark(one.state) },
      {
        key: 'accepted',
        title: t('import.accepted'),
        isNumber: true,
        by: (one) => one.accepted,
        cell: (one) => count(one.accepted),
      },
      {
        key: 'rejected',
        title: t('import.rejected'),
        isNumber: true,
        by: (one) => one.rejected,
        cell: (one) => count(one.rejected),
      },
      {
        key: 'faults',
        title: t('faults'),
        isNumber: true,
        by: (one) => one.faults.total,
        cell: (one) => count(one.faults.total),
      },
      { key: 'at', title: t('created'), by: (one) => one.created_at, cell: (one) => moment(one.created_at) },
    ];

    const upload = () => html`
      <form class="card import" onSubmit=${submit}>
        <div class=${isOver.value ? 'drop over' : 'drop'} onDragover=${(event) => {
          event.preventDefault();
          isOver.value = true;
        }}
          onDragleave=${() => {
            isOver.value = false;
          }} onDrop=${drop}>
          <label>${t('import.drop')}
            <input type="file" accept=".csv,.txt,.xlsx,.json,.ndjson,.parquet" onChange=${(event) => {
              [form.file] = event.target.files;
            }} />
          </label>
          <p class="chosen" aria-live="polite">${form.file ? `${form.file.name} · ${bytes(form.file.size)}`
            : t('import.no_file')}</p>
        </div>
        <div class="toolbar">
          ${choice(
            t('import.kind'),
            form.kind,
            ['observations', 'cities'].map((kind) => [kind, t(`import.kind.${kind}`)]),
            (kind) => {
              form.kind = kind;
            },
          )}
          ${
            form.kind === 'observations' && lists.value
              ? choice(
                  t('set'),
                  form.set,
                  lists.value.sets.map((one) => [
                    `${one.code}@${one.version}`,
                    `${textOf(one.title, one.code)} @ ${one.version}`,
                  ]),
                  (set) => {
                    form.set = set;
                  },
                )
              : null
          }
          ${
            form.kind === 'observations'
              ? html`<label class="choice">${t('import.period')}<input value=${form.period} placeholder="2026" onInput=${(
                  event,
                ) => {
                  form.period = event.target.value;
                }} /></label>`
              : null
          }
          ${
            lists.value?.mappings.length > 0
              ? choice(
                  t('import.mapping'),
                  form.mapping,
                  [['', NOTHING], ...lists.value.mappings.map((one) => [one.code, one.code])],
                  (mapping) => {
                    form.mapping = mapping;
                  },
                )
              : null
          }
          ${choice(
            t('import.mode'),
            form.mode,
            ['validate', 'commit'].map((mode) => [mode, t(`import.mode.${mode}`)]),
            (mode) => {
              form.mode = mode;
            },
          )}
          ${choice(
            t('import.on_fault'),
            form.onFault,
            ['reject_all', 'skip_rows'].map((one) => [one, t(`import.on_fault.${one}`)]),
            (one) => {
              form.onFault = one;
            },
          )}
        </div>
        <button type="submit" disabled=${!form.file || work.isBusy}
          aria-busy=${work.isBusy ? 'true' : undefined}>${t(`import.do.${form.mode}`)}</button>
        ${problemView(work.problem)}
      </form>`;

    return () => html`
      <h1 tabindex="-1">${t('nav.imports')}</h1>
      <p class="subtitle">${t('imports.hint')}</p>
      ${problemView(lists.problem)}
      ${offered(upload)}
      <section><h2>${t('imports.former')}</h2>
        ${problemView(former.problem)}
        ${
          former.value
            ? former.value.items.length === 0
              ? html`<p class="none">${t('imports.none')}</p>`
              : html`<${SortedTable} caption=${t('imports.former')} columns=${columns()} rows=${former.value.items}
                rowKey=${(one) => one.id} isCaptionHidden=${true} />`
            : waiting(former)
        }
      </section>`;
  },
};
