// How a node of a city moves: over the periods of its assessment, or over the editions of a benchmark, with the breaks between sets.

import { all, beyond, optional, segment } from './api.js';
import { scoresOf } from './assessment.js';

/**
 * The points of a node of a city in the order of time. Where a benchmark holds the assessment, its editions stand in place of the
 * periods, because it knows where the set changed.
 * @returns {Promise<{benchmark: string|null, points: {period: string, score: number|null, rank: number|null, isBreak: boolean, note: string|null}[]}>}
 */
export async function pointsOf(id, city, node) {
  const benchmarks = await beyond(() => all('/benchmarks'));
  const benchmark = benchmarks?.find((one) => one.editions.some((edition) => edition.assessment === id));
  if (benchmark) {
    const rows = await optional(all(`/benchmarks/${segment(benchmark.code)}/series`, { node, city }));
    if (rows && rows.length > 0) {
      return {
        benchmark: benchmark.code,
        points: rows.map((row) => ({
          period: row.period,
          score: row.score ?? null,
          rank: row.rank ?? null,
          isBreak: row.is_break,
          note: row.note ?? null,
        })),
      };
    }
  }
  const rows = await scoresOf(id, { node, city });
  return {
    benchmark: null,
    points: rows.map((row) => ({
      period: row.period,
      score: row.score ?? null,
      rank: row.rank ?? null,
      isBreak: false,
      note: null,
    })),
  };
}
