// An interactive chart and its twin, a table with the same numbers. ECharts is loaded when the first chart is to be seen.

import { html, onBeforeUnmount, onMounted, ref, watch } from '../view.js';
import { isDark } from '../preferences.js';
import { t } from '../text.js';
import { distinct, surface } from './colours.js';
import { scrolled } from './table.js';

let library = null;

/** ECharts, loaded once. */
export function echarts() {
  library ??= import('../../vendor/echarts/echarts.esm.min.js');
  return library;
}

/** What every chart has in common. Texts in tips are drawn, not parsed, as the content security policy wants it. */
function common() {
  const { text, quiet, line, ground } = surface();
  return {
    color: distinct(),
    backgroundColor: 'transparent',
    textStyle: { color: text, fontFamily: 'system-ui, "Noto Sans CJK SC", sans-serif' },
    aria: { enabled: true, decal: { show: true } },
    animationDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 250,
    legend: { textStyle: { color: text }, inactiveColor: quiet, type: 'scroll', bottom: 0 },
    tooltip: {
      renderMode: 'richText',
      confine: true,
      backgroundColor: ground,
      borderColor: line,
      textStyle: { color: text },
    },
  };
}

/** Lines and words of an axis. */
export function axis(more = {}) {
  const { quiet, line } = surface();
  return {
    axisLine: { lineStyle: { color: line } },
    axisTick: { lineStyle: { color: line } },
    axisLabel: { color: quiet, ...more.axisLabel },
    splitLine: { lineStyle: { color: line }, ...more.splitLine },
    nameTextStyle: { color: quiet },
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'axisLabel' && name !== 'splitLine')),
  };
}

/** The option of a chart over what all have in common; parts that both name are merged one level deep. */
function over(option) {
  const base = common();
  const merged = { ...base, ...option };
  for (const part of ['legend', 'tooltip', 'aria']) {
    if (option[part] && !Array.isArray(option[part])) merged[part] = { ...base[part], ...option[part] };
  }
  return merged;
}

/**
 * A chart. `option` is a function, so that it is made anew with the colours of the theme; `table` is `{heads, rows}`, the numbers
 * behind it, where the page has no better table already.
 */
export const Chart = {
  props: {
    label: String,
    option: Function,
    height: { type: Number, default: 320 },
    table: Object,
    onPick: Function,
    isWhole: Boolean,
  },
  setup(props) {
    const holder = ref(null);
    let chart = null;
    let resized = null;
    let isGone = false;

    const draw = () => {
      if (!chart) return;
      // A chart that is redrawn while somebody drags keeps its parts, so that they move instead of blinking.
      chart.setOption(over(props.option()), { notMerge: props.isWhole, lazyUpdate: !props.isWhole });
      holder.value.setAttribute('aria-label', props.label);
    };

    onMounted(async () => {
      const { init } = await echarts();
      if (isGone || !holder.value) return;
      chart = init(holder.value, null, { renderer: 'canvas' });
      chart.on('click', (event) => props.onPick?.(event));
      draw();
      resized = new ResizeObserver(() => chart.resize());
      resized.observe(holder.value);
    });
    watch(
      () => [props.option, isDark(), props.height],
      () => {
        if (!chart) return;
        chart.resize({ height: props.height });
        draw();
      },
      { flush: 'post' },
    );
    onBeforeUnmount(() => {
      isGone = true;
      resized?.disconnect();
      chart?.dispose();
    });

    return () => html`
      <figure class="chart">
        <div ref=${holder} role="img" aria-label=${props.label} class="plot" style=${{ height: `${props.height}px` }}></div>
        ${
          props.table
            ? html`
          <details class="twin">
            <summary>${t('chart.table')}</summary>
            ${scrolled(
              props.label,
              html`
              <table>
                <caption>${props.label}</caption>
                <thead><tr>${props.table.heads.map(
                  (head, column) => html`
                  <th scope="col" class=${column === 0 ? undefined : 'number'}>${head}</th>`,
                )}</tr></thead>
                <tbody>${props.table.rows.map(
                  (row) => html`
                  <tr>${row.map((cell, column) =>
                    column === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="number">${cell}</td>`,
                  )}</tr>`,
                )}</tbody>
              </table>`,
            )}
          </details>`
            : null
        }
      </figure>`;
  },
};
