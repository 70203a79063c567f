// The options of the charts that more than one page shows.

import { html } from '../view.js';
import { fixed, isNumber, NOTHING } from '../format.js';
import { t } from '../text.js';
import { axis, Chart } from './chart.js';
import { distinct, ordered, surface } from './colours.js';

/** A score with two decimals for a tip, or that there is none. */
const tip = (value) => (isNumber(value) ? fixed(value) : t('score.none'));

const MARKS = ['circle', 'triangle', 'diamond', 'rect', 'roundRect', 'pin'];
const LINES = ['solid', 'dashed', 'dotted', 'solid', 'dashed', 'dotted'];

/**
 * Series over the same nodes as a radar; fewer than three nodes make no shape, so bars stand in for it. One that is `isLive` follows
 * somebody's hand at once, without moving there.
 * @param {{title: string}[]} nodes
 * @param {{name: string, values: (number|null)[]}[]} series
 */
export function radar(label, nodes, series, { fullMark = 100, height = 360, isLive = false } = {}) {
  const table = {
    heads: [t('node'), ...series.map((one) => one.name)],
    rows: nodes.map((node, place) => [node.title, ...series.map((one) => tip(one.values[place]))]),
  };
  // A radar has no way to leave a gap, and would draw what is missing as zero: such nodes are left out of it, by name.
  const isWhole = nodes.map((_, place) => series.every((one) => isNumber(one.values[place])));
  const drawn = nodes.filter((_, place) => isWhole[place]);
  const left = nodes.filter((_, place) => !isWhole[place]);
  const known = series.map((one) => ({ ...one, values: one.values.filter((_, place) => isWhole[place]) }));
  const option = drawn.length < 3 ? () => bars(nodes, series, fullMark) : () => shape(drawn, known, fullMark);
  const still = isLive ? () => ({ ...option(), animationDurationUpdate: 0 }) : option;
  const key = drawn.map((node) => node.title).join('|');
  return html`
    <${Chart} key=${key} label=${label} option=${still} height=${height} table=${table} isWhole=${!isLive} />
    ${
      left.length > 0 && drawn.length >= 3
        ? html`<p class="hint">${t('radar.left_out', { nodes: left.map((node) => node.title).join(', ') })}</p>`
        : null
    }`;
}

/** How many lines the names around a radar may have, and how wide they may be in Latin letters: many names leave no room below. */
const FEW_NAMES = { lines: 3, width: 14 };
const MANY_NAMES = { lines: 1, width: 19 };

/** A name cut into lines; the table beside the chart has it whole. A Chinese character is as wide as two letters. */
function lined(name, { lines: most, width: widest }) {
  const lines = [''];
  let width = 0;
  // A Chinese name may be cut anywhere, one in letters between words.
  for (const piece of name.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) ?? []) {
    const size = /[\u2e80-\uffef]/.test(piece) ? 2 : piece.trimEnd().length;
    if (width > 0 && width + size > widest) {
      if (lines.length === most) return `${lines.join('\n').trimEnd()}…`;
      lines.push('');
      width = 0;
    }
    lines[lines.length - 1] += piece;
    width += size + (piece.length - piece.trimEnd().length);
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

function shape(nodes, series, fullMark) {
  const { quiet, line, text } = surface();
  return {
    radar: {
      indicator: nodes.map((node) => ({ name: lined(node.title, nodes.length > 10 ? MANY_NAMES : FEW_NAMES), max: fullMark })),
      radius: '64%',
      center: ['50%', '46%'],
      axisName: { color: text, fontSize: 11, lineHeight: 13 },
      splitLine: { lineStyle: { color: line } },
      axisLine: { lineStyle: { color: line } },
      splitArea: { show: false },
    },
    legend: { data: series.map((one) => one.name) },
    tooltip: { trigger: 'item' },
    series: [
      {
        type: 'radar',
        data: series.map((one, place) => ({
          name: one.name,
          value: one.values,
          symbol: MARKS[place % MARKS.length],
          symbolSize: 6,
          lineStyle: { type: LINES[place % LINES.length], width: place === 0 ? 2.5 : 1.5, color: distinct()[place % 6] },
          itemStyle: { color: distinct()[place % 6] },
          areaStyle: place === 0 ? { opacity: 0.12, color: distinct()[0] } : undefined,
        })),
        label: { color: quiet },
      },
    ],
  };
}

function bars(nodes, series, fullMark) {
  return {
    grid: { left: 8, right: 16, top: 16, bottom: 40, containLabel: true },
    xAxis: axis({ type: 'value', max: fullMark }),
    yAxis: axis({ type: 'category', data: nodes.map((node) => node.title), inverse: true }),
    tooltip: { trigger: 'axis' },
    series: series.map((one) => ({ type: 'bar', name: one.name, data: one.values })),
  };
}

/**
 * Lines over periods. A break is where the set changed: the line is interrupted there, and a mark says so.
 * @param {string[]} periods
 * @param {{name: string, values: (number|null)[], breaks?: boolean[]}[]} series
 */
export function trend(label, periods, series, { height = 280, isRank = false } = {}) {
  const broken = periods.filter((_, place) => series.some((one) => one.breaks?.[place]));
  const table = {
    heads: [t('period'), ...series.map((one) => one.name), ...(broken.length > 0 ? [t('trend.break')] : [])],
    rows: periods.map((period, place) => [
      period,
      ...series.map((one) => (isNumber(one.values[place]) ? fixed(one.values[place], isRank ? 0 : 2) : NOTHING)),
      ...(broken.length > 0 ? [broken.includes(period) ? t('trend.break') : ''] : []),
    ]),
  };
  const option = () => ({
    grid: { left: 8, right: 24, top: 24, bottom: 40, containLabel: true },
    xAxis: axis({ type: 'category', data: periods, boundaryGap: periods.length === 1 }),
    yAxis: axis({ type: 'value', scale: true, inverse: isRank, minInterval: isRank ? 1 : undefined }),
    legend: { data: series.map((one) => one.name) },
    tooltip: { trigger: 'axis', valueFormatter: (value) => (isRank ? String(value ?? NOTHING) : tip(value)) },
    series: series.flatMap((one, place) => lineOf(one, place, periods, place === 0 ? broken : [])),
  });
  return html`<${Chart} label=${label} option=${option} height=${height} table=${table} />`;
}

/** A line, cut into a piece per stretch of editions that can be compared. */
function lineOf(one, place, periods, broken) {
  const { quiet } = surface();
  const colour = distinct()[place % 6];
  const starts = [0, ...periods.flatMap((_, at) => (at > 0 && one.breaks?.[at] ? [at] : []))];
  return starts.map((start, piece) => ({
    type: 'line',
    name: one.name,
    connectNulls: false,
    symbol: MARKS[place % MARKS.length],
    symbolSize: 7,
    lineStyle: { type: LINES[place % LINES.length], color: colour },
    itemStyle: { color: colour },
    data: one.values.map((value, at) => (at >= start && at < (starts[piece + 1] ?? periods.length) ? value : null)),
    markLine:
      piece === 0 && broken.length > 0
        ? {
            symbol: 'none',
            lineStyle: { type: 'dashed', color: quiet },
            label: { color: quiet, formatter: t('trend.break') },
            data: broken.map((period) => ({ xAxis: period })),
          }
        : undefined,
  }));
}

/**
 * How many cities lie in each class of scores.
 * @param {number[]} values
 * @param {{name: string, value: number}|null} own a city to mark
 */
export function distribution(label, values, { own = null, fullMark = 100, height = 260 } = {}) {
  const known = values.filter(isNumber);
  const width = fullMark / 10;
  const classes = Array.from({ length: 10 }, (_, place) => ({ from: place * width, to: (place + 1) * width, count: 0 }));
  for (const value of known) classes[Math.min(9, Math.max(0, Math.floor(value / width)))].count += 1;
  const names = classes.map((one) => `${fixed(one.from, 0)}–${fixed(one.to, 0)}`);
  const ownClass = own && isNumber(own.value) ? Math.min(9, Math.max(0, Math.floor(own.value / width))) : -1;
  const option = () => ({
    aria: { enabled: true, decal: { show: false } },
    grid: { left: 8, right: 16, top: 28, bottom: 28, containLabel: true },
    xAxis: axis({ type: 'category', data: names, name: t('score'), nameLocation: 'middle', nameGap: 28 }),
    yAxis: axis({ type: 'value', minInterval: 1, name: t('cities') }),
    tooltip: { trigger: 'axis' },
    legend: { show: false },
    series: [
      {
        type: 'bar',
        name: t('cities'),
        barCategoryGap: '8%',
        data: classes.map((one, place) => ({
          value: one.count,
          itemStyle: { color: place === ownClass ? distinct()[1] : ordered()[3] },
          label:
            place === ownClass ? { show: true, position: 'top', formatter: own.name, color: surface().text } : { show: false },
        })),
      },
    ],
  });
  const table = { heads: [t('score'), t('cities')], rows: classes.map((one, place) => [names[place], String(one.count)]) };
  return html`<${Chart} label=${label} option=${option} height=${height} table=${table} />`;
}
