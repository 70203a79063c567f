// Links to files. They are fetched with the key and then kept, because a plain link sends none.

import { html, reactive } from '../view.js';
import { address, download } from '../api.js';
import { t } from '../text.js';
import { problemView } from './problem.js';

/**
 * A row of files of one resource.
 * `files` is a list of `{label, path, query, name}`.
 */
export const Files = {
  props: { files: Array, label: String },
  setup(props) {
    const state = reactive({ problem: null, busy: '' });
    const fetchFile = async (file) => {
      Object.assign(state, { problem: null, busy: file.label });
      try {
        await download(address(file.path, file.query), file.name);
      } catch (problem) {
        state.problem = problem;
      } finally {
        state.busy = '';
      }
    };
    return () => html`
      <div class="files">
        <span class="files-label">${props.label ?? t('files')}</span>
        ${props.files.map(
          (file) => html`
          <button type="button" class="plain" key=${file.label} aria-busy=${state.busy === file.label ? 'true' : undefined}
            onClick=${() => fetchFile(file)}>${file.label}</button>`,
        )}
        ${problemView(state.problem)}
      </div>`;
  },
};

/** The files of a table that comes in every form. */
export function tableFiles(path, query, forms = ['csv', 'xlsx', 'json', 'parquet']) {
  return forms.map((format) => ({ label: format.toUpperCase(), path, query: { ...query, format } }));
}
