// The editor of a draft: its JSON with line numbers, or a form for titles and weights over the same text. The service checks while one
// writes; a fault leads to its place.

import { computed, html, nextTick, onMounted, ref, watch } from '../view.js';
import { getTagged, Problem, segment, sendJson } from '../api.js';
import { count, textOf } from '../format.js';
import { JsonFault, lineOf, nearestPlace, placesOf } from '../json-places.js';
import { latestOnly, whenQuiet } from '../latest.js';
import { useLoad } from '../load.js';
import { go, pathOf } from '../router.js';
import { t } from '../text.js';
import { viewOf, viewSwitch } from '../parts/choices.js';
import { faultList } from '../parts/faults.js';
import { crumbs } from '../parts/links.js';
import { stateMark } from '../parts/marks.js';
import { problemView, waiting } from '../parts/problem.js';
import { scrolled } from '../parts/table.js';

/** How long nothing is typed before the service is asked. */
const QUIET_MS = 400;

export const SetEditorPage = {
  props: { code: String, version: String },
  setup(props) {
    const path = `/indicator-sets/${segment(props.code)}/versions/${segment(props.version)}`;
    const text = ref('');
    const etag = ref('');
    const check = ref(null);
    const problem = ref(null);
    const said = ref('');
    const isChanged = ref(false);
    const wanted = ref(null);

    const found = useLoad(
      () => path,
      async (signal) => {
        const { value, etag: tag } = await getTagged(path, {}, { signal });
        // What is being written is not thrown away because the language changed.
        if (!isChanged.value) {
          text.value = JSON.stringify(value.document, null, 2);
          etag.value = tag;
        }
        return value;
      },
      { keeps: true },
    );

    const parsed = computed(() => {
      try {
        return { places: placesOf(text.value), value: JSON.parse(text.value), fault: null };
      } catch (error) {
        const offset = error instanceof JsonFault ? error.offset : 0;
        return { places: null, value: null, fault: { offset, ...lineOf(text.value, offset) } };
      }
    });

    const ask = latestOnly(async () => {
      if (parsed.value.fault) {
        check.value = null;
        return;
      }
      try {
        check.value = await sendJson('POST', '/indicator-sets/check', parsed.value.value);
        problem.value = null;
      } catch (error) {
        check.value = null;
        // A document of another shape is refused whole; its faults have places like those of a check.
        if (error instanceof Problem && error.errors.length > 0) check.value = { ok: false, faults: error.errors };
        else problem.value = error;
      }
    });
    const askSoon = whenQuiet(ask, QUIET_MS);
    watch(text, () => askSoon());

    const write = (next) => {
      text.value = next;
      isChanged.value = true;
      said.value = '';
    };
    /** Puts a value in the place of another one and leaves the rest of the text as it is. */
    const replace = (pointer, value) => {
      const place = parsed.value.places?.get(pointer);
      if (place) write(text.value.slice(0, place.start) + JSON.stringify(value) + text.value.slice(place.end));
    };
    const goTo = (fault) => {
      const place = parsed.value.places
        ? nearestPlace(parsed.value.places, fault.pointer ?? '')
        : { start: fault.offset ?? 0, end: (fault.offset ?? 0) + 1 };
      if (place) wanted.value = { ...place };
    };

    const save = async () => {
      problem.value = null;
      try {
        await sendJson('PUT', path, parsed.value.value, { headers: { 'If-Match': etag.value } });
        isChanged.value = false;
        said.value = t('editor.saved');
        await found.reload();
        return true;
      } catch (error) {
        problem.value = error;
        return false;
      }
    };
    const publish = async () => {
      if (isChanged.value && !(await save())) return;
      try {
        await sendJson('POST', `${path}/publish`, undefined, { headers: { 'If-Match': etag.value } });
        go(pathOf('sets', props.code, props.version));
      } catch (error) {
        problem.value = error;
      }
    };

    const verdict = () => {
      if (parsed.value.fault) {
        const { line, column } = parsed.value.fault;
        return html`<p class="mark error">${t('editor.no_json', { line, column })}
          <button type="button" class="plain" onClick=${() => goTo(parsed.value.fault)}>${t('editor.go')}</button></p>`;
      }
      if (!check.value) return html`<p class="hint">${t('editor.checking')}</p>`;
      if (check.value.faults.length === 0) return html`<p><span class="mark good">✓</span> ${t('editor.good')}</p>`;
      return html`<p>${check.value.ok ? t('editor.warned', { n: count(check.value.faults.length) }) : t('editor.faulty',
        { n: count(check.value.faults.length) })}</p>
        ${faultList(check.value.faults, goTo)}`;
    };

    const nodeRow = (node, place) => {
      const pointer = `/nodes/${place}`;
      const field = (key, label, value, isNumber) => {
        const own = `${pointer}/${key}`;
        if (!parsed.value.places.has(own)) return html`<span class="none">${t('editor.absent')}</span>`;
        return html`<input aria-label=${`${node.code}: ${label}`} type=${isNumber ? 'number' : 'text'} step="any" value=${value}
          onChange=${(event) => replace(own, isNumber ? event.target.valueAsNumber : event.target.value)} />`;
      };
      return html`
        <tr key=${place}>
          <th scope="row"><button type="button" class="plain" onClick=${() => goTo({ pointer })}><code>${node.code}</code>
            </button></th>
          <td>${field('title/zh', t('editor.title_zh'), node.title?.zh)}</td>
            <td>${field('title/en', t('editor.title_en'), node.title?.en)}</td>
          <td class="number">${field('weight', t('weight'), node.weight, true)}</td>
        </tr>`;
    };
    const form = () =>
      parsed.value.value?.nodes
        ? scrolled(
            t('editor.form'),
            html`
      <table class="form"><caption class="unseen">${t('editor.form')}</caption>
        <thead><tr><th scope="col">${t('node')}</th><th scope="col">${t('editor.title_zh')}</th><th
          scope="col">${t('editor.title_en')}</th><th scope="col">${t('weight')}</th></tr></thead>
        <tbody>${parsed.value.value.nodes.map(nodeRow)}</tbody>
      </table>`,
          )
        : html`<p class="hint">${t('editor.form_needs_json')}</p>`;

    const views = () => [
      ['json', t('editor.json')],
      ['form', t('editor.form')],
    ];
    watch(wanted, () => {
      // A place is shown in the text, whichever view is open.
      if (wanted.value && viewOf(views()) !== 'json') go(pathOf('sets', props.code, props.version, 'edit'), { view: 'json' });
    });

    return () => {
      const name = `${props.code} @ ${props.version}`;
      if (found.problem) return html`<h1 tabindex="-1">${name}</h1>${problemView(found.problem)}`;
      if (!found.value) return html`<h1 tabindex="-1">${name}</h1>${waiting(found)}`;
      const isDraft = found.value.state === 'draft';
      return html`
        ${crumbs(
          [
            ['/sets', t('nav.sets')],
            [pathOf('sets', props.code, props.version), name],
            [null, t('set.edit')],
          ],
          t('crumbs'),
        )}
        <h1 tabindex="-1">${t('editor.of', { set: textOf(found.value.title, props.code) })}</h1>
        <p class="subtitle">${stateMark(found.value.state)} · <code>${name}
          </code>${isChanged.value ? ` · ${t('editor.unsaved')}` : ''}</p>
        ${isDraft ? null : html`<p class="problem">${t('editor.no_draft')}</p>`}
        ${problemView(problem.value)}
        <div class="toolbar">
          <button type="button" disabled=${!isDraft || !isChanged.value || Boolean(parsed.value.fault)}
            onClick=${save}>${t('editor.save')}</button>
          <button type="button" class="secondary"
            disabled=${!isDraft || Boolean(parsed.value.fault) || check.value?.ok === false}
              onClick=${publish}>${t('set.publish')}</button>
          <span role="status">${said.value}</span>
        </div>
        ${viewSwitch(t('views'), views())}
        <div class="split editor">
          <section aria-label=${t('set.edit')}>${
            viewOf(views()) === 'json'
              ? html`<${JsonText} text=${text.value} wanted=${wanted.value} onWrite=${write} isFixed=${!isDraft} />`
              : form()
          }</section>
          <section aria-label=${t('faults')} aria-live="polite"><h2>${t('editor.check')}</h2>${verdict()}</section>
        </div>`;
    };
  },
};

/** A text with line numbers beside it. `wanted` is the place that is to be selected and seen. */
const JsonText = {
  props: { text: String, wanted: Object, onWrite: Function, isFixed: Boolean },
  setup(props) {
    const area = ref(null);
    const gutter = ref(null);
    const lines = computed(() => Array.from({ length: props.text.split('\n').length }, (_, place) => place + 1).join('\n'));
    const follow = () => {
      gutter.value.scrollTop = area.value.scrollTop;
    };
    const show = async () => {
      if (!props.wanted) return;
      await nextTick();
      const { start, end } = props.wanted;
      const field = area.value;
      field.focus();
      field.setSelectionRange(start, end);
      const { line } = lineOf(props.text, start);
      const height = field.scrollHeight / props.text.split('\n').length;
      field.scrollTop = Math.max(0, (line - 5) * height);
      follow();
    };
    onMounted(show);
    watch(() => props.wanted, show);
    return () => html`
      <div class="json-text">
        <pre ref=${gutter} class="gutter" aria-hidden="true">${lines.value}</pre>
        <textarea ref=${area} spellcheck="false" wrap="off" aria-label=${t('editor.json')} value=${props.text}
          readonly=${props.isFixed}
          onInput=${(event) => props.onWrite(event.target.value)} onScroll=${follow}></textarea>
      </div>`;
  },
};
