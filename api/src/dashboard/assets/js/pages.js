// The pages by their paths. Each is loaded when it is first opened.

const exported = (name) => (module) => module[name];

/**
 * A pattern's `:name` is handed to the page as a property; the first pattern that fits counts.
 * @type {[string, () => Promise<object>][]}
 */
const PAGES = [
  ['', () => import('./pages/home.js').then(exported('Home'))],
  ['assessments/:id', () => import('./pages/assessment.js').then(exported('AssessmentPage'))],
  ['assessments/:id/compare', () => import('./pages/compare.js').then(exported('ComparePage'))],
  ['assessments/:id/nodes/:node', () => import('./pages/node.js').then(exported('NodePage'))],
  ['assessments/:id/cities/:city', () => import('./pages/city.js').then(exported('CityPage'))],
  ['assessments/:id/cities/:city/what-if', () => import('./pages/what-if.js').then(exported('WhatIfPage'))],
  ['rounds', () => import('./pages/rounds.js').then(exported('RoundsPage'))],
  ['rounds/:code', () => import('./pages/round.js').then(exported('RoundPage'))],
  ['gap-analyses/:id', () => import('./pages/gap-analysis.js').then(exported('GapAnalysisPage'))],
  ['goal-plans', () => import('./pages/goal-plans.js').then(exported('GoalPlansPage'))],
  ['goal-plans/:code', () => import('./pages/goal-plan.js').then(exported('GoalPlanPage'))],
  ['roadmaps/:id', () => import('./pages/roadmap.js').then(exported('RoadmapPage'))],
  ['imports', () => import('./pages/imports.js').then(exported('ImportsPage'))],
  ['imports/:id', () => import('./pages/import.js').then(exported('ImportPage'))],
  ['sets', () => import('./pages/sets.js').then(exported('SetsPage'))],
  ['sets/:code/:version', () => import('./pages/set.js').then(exported('SetPage'))],
  ['sets/:code/:version/edit', () => import('./pages/set-editor.js').then(exported('SetEditorPage'))],
  ['maps', () => import('./pages/maps.js').then(exported('MapsPage'))],
];

/**
 * The page of a path.
 * @param {string[]} segments
 * @returns {{load: () => Promise<object>, props: Record<string, string>}|null}
 */
export function pageOf(segments) {
  for (const [pattern, load] of PAGES) {
    const parts = pattern === '' ? [] : pattern.split('/');
    if (parts.length !== segments.length) continue;
    if (!parts.every((part, place) => part.startsWith(':') || part === segments[place])) continue;
    const named = parts.flatMap((part, place) => (part.startsWith(':') ? [[part.slice(1), segments[place]]] : []));
    return { load, props: Object.fromEntries(named) };
  }
  return null;
}
