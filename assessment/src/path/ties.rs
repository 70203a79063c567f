//! Ties: of columns that do the same for every row per unit of effort, the first in the order of the set is filled first.

use super::programme::{Affine, Programme};

/// How far ratios may lie apart that are the same but for the last digits of doubles.
const SAME: f64 = 1e-12;

/// Moves what columns do to the first among those that do the same; neither a row nor the objective changes.
pub(super) fn to_the_first(programme: &Programme, objective: &Affine, columns: &[usize], values: &mut [f64]) {
    let of = |affine: &Affine, column: usize| affine.terms.get(&column).copied().unwrap_or(0.0);
    // Per unit of effort, what a column does to each row.
    let profile = |column: usize| -> Option<Vec<(usize, f64)>> {
        let effort = of(objective, column);
        let rows = programme.rows().enumerate().map(|(row, sum)| (row, of(sum, column)));
        (effort > 0.0).then(|| rows.filter(|(_, does)| *does != 0.0).map(|(row, does)| (row, does / effort)).collect())
    };
    let profiles: Vec<Option<Vec<(usize, f64)>>> = columns.iter().map(|&column| profile(column)).collect();
    let same = |one: &[(usize, f64)], other: &[(usize, f64)]| {
        let close = |(a, b): (&(usize, f64), &(usize, f64))| a.0 == b.0 && (a.1 - b.1).abs() <= SAME * a.1.abs().max(b.1.abs());
        one.len() == other.len() && one.iter().zip(other).all(close)
    };
    for first in 0..columns.len() {
        for later in first + 1..columns.len() {
            let (Some(one), Some(other)) = (&profiles[first], &profiles[later]) else { continue };
            let (to, from) = (columns[first], columns[later]);
            if one.is_empty() || values[to] >= 1.0 || values[from] <= 0.0 || !same(one, other) {
                continue;
            }
            let (gains, costs) = (of(objective, to), of(objective, from));
            let (room, there) = ((1.0 - values[to]) * gains, values[from] * costs);
            if there <= room {
                values[to] += there / gains;
                values[from] = 0.0;
            } else {
                values[to] = 1.0;
                values[from] -= room / costs;
            }
        }
    }
}
