// The tree of nodes of a city as a table: opened and closed by level, each score with the way to its explanation.

import { computed, html, reactive } from '../view.js';
import { count, fixed, isNumber, measured, percent } from '../format.js';
import { t } from '../text.js';
import { nodeLink } from './links.js';
import { coverageMark, scoreBar } from './marks.js';
import { scrolled } from './table.js';

export const NodeTable = {
  props: { id: String, period: String, nodes: Array, percents: Set, fullMark: Number, onExplain: Function },
  setup(props) {
    const open = reactive(new Set(['TOTAL']));
    const parents = computed(() => new Set(props.nodes.map((node) => node.parent)));
    const byCode = computed(() => new Map(props.nodes.map((node) => [node.node, node])));
    const isShown = (node) => {
      for (let parent = node.parent; parent; parent = byCode.value.get(parent)?.parent) if (!open.has(parent)) return false;
      return true;
    };
    const titleOf = (node) => (node.depth === 0 ? t('total') : node.title);
    const toggle = (code) => (open.has(code) ? open.delete(code) : open.add(code));
    const openAll = () => parents.value.forEach((code) => code && open.add(code));
    const closeAll = () => {
      open.clear();
      open.add('TOTAL');
    };
    const row = (node) => {
      const isParent = parents.value.has(node.node);
      return html`
        <tr key=${node.node} class=${`depth-${Math.min(node.depth, 5)}`}>
          <th scope="row">
            ${
              isParent && node.depth > 0
                ? html`
              <button type="button" class="twist" aria-expanded=${String(open.has(node.node))}
                aria-label=${t('tree.toggle', { node: node.title })}
                onClick=${() => toggle(node.node)}>${open.has(node.node) ? '▾' : '▸'}</button>`
                : html`<span class="twist"></span>`
            }
            ${nodeLink(props.id, node.node, titleOf(node), props.period)} <span class="code">${node.node}</span>
          </th>
          <td class="with-bar">${scoreBar(node.score, undefined, props.fullMark)}</td>
          <td class="number">${count(node.rank)}</td>
          <td class="number">${coverageMark(node.coverage)}</td>
          <td class="number">${fixed(node.points)}</td>
          <td class="number">${percent(node.share)}</td>
          <td class="number">${isNumber(node.value) ? measured(node.value, node.unit, props.percents.has(node.node)) : ''}
            ${node.imputed ? html` <span class="mark warning">${t('imputed')}</span>` : null}</td>
          <td><button type="button" class="plain" aria-label=${t('explain.of', { node: node.title })}
            onClick=${() => props.onExplain(node.node)}>${t('explain')}</button></td>
        </tr>`;
    };
    return () => html`
      <div class="toolbar">
        <button type="button" class="plain" onClick=${openAll}>${t('tree.open')}</button>
        <button type="button" class="plain" onClick=${closeAll}>${t('tree.close')}</button>
      </div>
      ${scrolled(
        t('card.nodes'),
        html`
        <table class="tree">
          <caption class="unseen">${t('card.nodes')}</caption>
          <thead><tr><th scope="col">${t('node')}</th><th scope="col">${t('score')}</th><th scope="col"
            class="number">${t('rank')}</th>
            <th scope="col" class="number">${t('coverage')}</th><th scope="col" class="number">${t('points')}</th><th
              scope="col" class="number">${t('share')}</th>
            <th scope="col" class="number">${t('value')}</th><th scope="col"><span class="unseen">${t('explain')}</span></th>
              </tr></thead>
          <tbody>${props.nodes.filter(isShown).map(row)}</tbody>
        </table>`,
      )}`;
  },
};
