// The explain drawer: how a score came about, from the total down to the raw value, its source and the files that support it.

import { computed, html, nextTick, ref, watch } from '../view.js';
import { explanationOf } from '../assessment.js';
import { fixed, isNumber, percent, raw, textOf, unitOf } from '../format.js';
import { useLoad } from '../load.js';
import { t, tOr } from '../text.js';
import { ItemRecord } from './item-record.js';
import { problemView, waiting } from './problem.js';
import { scrolled } from './table.js';
import { provenanceTerms, ruleTerms, terms } from './terms.js';

/**
 * The drawer. It is open while `node` names one; `outline` gives the way up to the root.
 */
export const ExplainDrawer = {
  props: {
    id: String,
    city: String,
    name: String,
    period: String,
    node: String,
    outline: Array,
    warnings: Array,
    onGo: Function,
    onClose: Function,
  },
  setup(props) {
    const dialog = ref(null);
    const heading = ref(null);
    const explained = useLoad(
      () => [props.id, props.city, props.period, props.node],
      async () => {
        if (!props.node) return null;
        const answer = await explanationOf(props.id, props.city, { node: props.node, period: props.period, depth: 1 });
        return answer ?? { none: true };
      },
    );
    watch(
      () => props.node,
      async (node) => {
        await nextTick();
        if (node && !dialog.value.open) dialog.value.showModal();
        if (!node && dialog.value.open) dialog.value.close();
        if (node) heading.value?.focus();
      },
    );
    const way = computed(() => {
      const byCode = new Map(props.outline.map((node) => [node.code, node]));
      const steps = [];
      for (let node = byCode.get(props.node); node; node = byCode.get(node.parent)) steps.unshift(node);
      return steps;
    });

    const operations = (node) =>
      node.operations.length === 0
        ? null
        : html`
      <h3>${t('explain.operations')}</h3>
      <ol class="operations">${node.operations.map(
        (step) => html`
        <li><span>${step.text}</span>${isNumber(step.result) ? html` <strong class="figure">= ${raw(step.result)}
          </strong>` : null}</li>`,
      )}</ol>`;

    const leaf = (node) => {
      const { leaf: one } = node;
      if (!one) return null;
      return html`
        <h3>${t('explain.measure')}</h3>
        ${terms([
          [t('formula'), one.formula ? html`<code>${one.formula}</code>` : null],
          [
            t('value'),
            isNumber(node.value) ? `${raw(node.value)} ${unitOf(one.unit)}` : html`<span class="none">${t('value.none')}</span>`,
          ],
          [t('explain.prepared'), isNumber(one.prepared) ? raw(one.prepared) : null],
          [t('direction'), tOr(`direction.${one.direction}`, one.direction)],
        ])}
        ${ruleTerms(one.rule)}
        ${
          one.fitted
            ? html`<h4>${t('explain.fitted')}</h4>${terms(
                Object.entries(one.fitted).map(([name, value]) => [
                  html`<code>${name}</code>`,
                  typeof value === 'object' ? JSON.stringify(value) : raw(value),
                ]),
              )}`
            : null
        }
        <h3>${t('items')}</h3>
        ${one.items.map((item) => html`<${ItemRecord} key=${item.item + item.period} city=${props.city} item=${item} />`)}`;
    };

    const children = (node) =>
      node.children.length === 0
        ? null
        : html`
      <h3>${t('explain.children')}</h3>
      ${scrolled(
        t('explain.children'),
        html`
        <table>
          <caption class="unseen">${t('explain.children')}</caption>
          <thead><tr><th scope="col">${t('node')}</th><th scope="col" class="number">${t('score')}</th>
            <th scope="col" class="number">${t('weight.normalised')}</th><th scope="col" class="number">${t('points')}</th></tr>
              </thead>
          <tbody>${node.children.map(
            (child) => html`
            <tr>
              <th scope="row"><button type="button" class="plain"
                onClick=${() => props.onGo(child.node)}>${textOf(child.title, child.node)}</button>
                ${child.filling ? html`<span class="code"> ${t('explain.filling')} ${tOr(`filling.${child.filling.rule}`,
                  child.filling.rule)}</span>` : null}
                ${child.applies ? null : html`<span class="code"> ${t('explain.not_applicable')}</span>`}</th>
              <td class="number">${isNumber(child.score) ? fixed(child.score) : html`<span class="none">${t('score.none')}
                </span>`}</td>
              <td class="number">${percent(child.normalised_weight)}</td>
              <td class="number">${fixed(child.points)}</td>
            </tr>`,
          )}</tbody>
        </table>`,
      )}`;

    const provenance = (node) =>
      node.provenance ? html`<h3>${t('provenance')}</h3>${provenanceTerms(node.provenance)}` : null;

    const content = () => {
      if (explained.problem) return problemView(explained.problem);
      if (!explained.value) return waiting(explained);
      if (explained.value.none) return html`<p>${t('not_for_you')}</p>`;
      const { node } = explained.value;
      const own = (props.warnings ?? []).filter((warning) => warning.node_or_item === node.node);
      return html`
        ${terms([
          [
            t('score'),
            isNumber(node.score)
              ? html`<strong>${fixed(node.score)}</strong>`
              : html`<span class="none">${t('score.none')}</span>`,
          ],
          [t('mark'), isNumber(node.mark) ? raw(node.mark) : null],
          [
            t('explain.unrounded'),
            isNumber(node.unrounded) && node.unrounded !== (node.mark ?? node.score) ? String(node.unrounded) : null,
          ],
          [t('explain.rounding'), node.rounding],
          [t('points'), isNumber(node.points) ? fixed(node.points) : null],
          [t('weight'), `${raw(node.weight)} (${tOr(`weight_of.${node.weight_of}`, node.weight_of)})`],
          [t('share'), percent(node.share)],
          [t('coverage'), percent(node.coverage)],
          [t('rank'), isNumber(node.rank) ? raw(node.rank) : null],
        ])}
        ${node.imputed ? html`<p><span class="mark warning">${t('explain.imputed')}</span></p>` : null}
        ${own.length > 0 ? html`<ul class="warnings">${own.map((warning) => html`<li><span
          class="mark warning">${t('severity.warning')}</span> ${warning.message}</li>`)}</ul>` : null}
        ${operations(node)} ${leaf(node)} ${children(node)} ${provenance(node)}`;
    };

    return () => html`
      <dialog ref=${dialog} class="drawer" aria-labelledby="explain-title" onClose=${props.onClose}
        onClick=${(event) => {
          if (event.target === dialog.value) dialog.value.close();
        }}>
        <div class="drawer-body">
          <div class="drawer-head">
            <div>
              <p class="subtitle">${props.name} · ${props.period}</p>
              <h2 id="explain-title" ref=${heading} tabindex="-1">${way.value.at(-1)?.title ?? props.node}</h2>
            </div>
            <button type="button" class="secondary" onClick=${() => dialog.value.close()}>${t('close')}</button>
          </div>
          ${
            way.value.length > 1
              ? html`
            <nav class="crumbs" aria-label=${t('explain.way')}><ol>${way.value.slice(0, -1).map(
              (node) => html`
              <li key=${node.code}><button type="button" class="plain" onClick=${() => props.onGo(node.code)}>${node.title}
                </button></li>`,
            )}</ol></nav>`
              : null
          }
          ${props.node ? content() : null}
        </div>
      </dialog>`;
  },
};
