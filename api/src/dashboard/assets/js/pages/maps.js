// Maps: geometry that the operator uploads, each with the approval number (审图号) under which it may be shown.

import { html, reactive } from '../view.js';
import { address, all, segment, send } from '../api.js';
import { textOf } from '../format.js';
import { useLoad } from '../load.js';
import { t } from '../text.js';
import { offered } from '../parts/links.js';
import { problemView, waiting } from '../parts/problem.js';
import { SortedTable } from '../parts/table.js';

/** The property that most files name the code by. */
const USUAL_KEY = 'adcode';

export const MapsPage = {
  setup() {
    const maps = useLoad(
      () => '',
      (signal) => all('/maps', {}, { signal }),
    );
    const form = reactive({ code: '', approval: '', key: USUAL_KEY, zh: '', en: '', file: null, properties: [] });
    const work = reactive({ isBusy: false, problem: null, said: '' });

    /** Reads which properties the features have, so that the key is chosen and not guessed. */
    const choose = async (event) => {
      Object.assign(form, { file: event.target.files[0] ?? null, properties: [] });
      work.problem = null;
      if (!form.file) return;
      try {
        const shapes = JSON.parse(await form.file.text());
        form.properties = Object.keys(shapes.features?.[0]?.properties ?? {});
        if (!form.properties.includes(form.key) && form.properties.length > 0) [form.key] = form.properties;
      } catch (error) {
        work.problem = new Error(t('maps.unreadable', { reason: error.message }));
      }
    };
    const submit = async (event) => {
      event.preventDefault();
      Object.assign(work, { isBusy: true, problem: null, said: '' });
      try {
        await send(
          'PUT',
          address(`/maps/${segment(form.code.trim())}`, {
            approval_number: form.approval.trim(),
            key: form.key.trim(),
            title_zh: form.zh.trim(),
            title_en: form.en.trim(),
          }),
          { body: form.file, headers: { 'Content-Type': 'application/geo+json' } },
        );
        work.said = t('maps.kept');
        await maps.reload();
      } catch (problem) {
        work.problem = problem;
      } finally {
        work.isBusy = false;
      }
    };
    const field = (name, label, hint, isRequired = true) => html`
      <label>${label}<input required=${isRequired} value=${form[name]} onInput=${(event) => {
        form[name] = event.target.value;
      }} />
        ${hint ? html`<small>${hint}</small>` : null}</label>`;
    const columns = () => [
      {
        key: 'title',
        title: t('map'),
        isHeader: true,
        by: (one) => textOf(one.title, one.code),
        cell: (one) => textOf(one.title, one.code),
      },
      { key: 'code', title: t('code'), by: (one) => one.code, cell: (one) => html`<code>${one.code}</code>` },
      { key: 'approval', title: t('map.approval'), cell: (one) => one.approval_number },
      { key: 'key', title: t('map.key'), cell: (one) => html`<code>${one.key}</code>` },
    ];
    const upload = () => html`
      <section><h2>${t('maps.upload')}</h2>
        <form class="card" onSubmit=${submit}>
          <label>${t('maps.file')}<input type="file" required accept=".json,.geojson" onChange=${choose} /></label>
          <div class="grid">${field('code', t('code'), t('maps.code_hint'))}${field('approval', t('map.approval'),
            t('maps.approval_hint'))}</div>
          <div class="grid">${field('zh', t('editor.title_zh'), '', false)}${field('en', t('editor.title_en'), '', false)}</div>
          <label>${t('map.key')}
            <input required list="map-properties" value=${form.key} onInput=${(event) => {
              form.key = event.target.value;
            }} />
            <datalist id="map-properties">${form.properties.map((name) => html`<option key=${name} value=${name}></option>`)}
              </datalist>
            <small>${t('maps.key_hint')}</small>
          </label>
          <button type="submit" disabled=${!form.file || work.isBusy}
            aria-busy=${work.isBusy ? 'true' : undefined}>${t('maps.do')}</button>
          <span role="status"> ${work.said}</span>
          ${problemView(work.problem)}
        </form>
      </section>`;

    return () => html`
      <h1 tabindex="-1">${t('nav.maps')}</h1>
      <p class="subtitle">${t('maps.hint')}</p>
      ${problemView(maps.problem)}
      ${waiting(maps)}
      ${
        maps.value
          ? maps.value.length === 0
            ? html`<p class="none">${t('maps.none')}</p>`
            : html`<${SortedTable} caption=${t('nav.maps')} columns=${columns()} rows=${maps.value} rowKey=${(one) => one.code}
              isCaptionHidden=${true} />`
          : null
      }
      ${offered(upload)}`;
  },
};
