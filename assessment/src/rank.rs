//! Ranks: competition ranks (1 2 2 4), highest score first, per period within the cohort (section 4.7).
//!
//! Scores are equal when they are equal after rounding half-up to ten decimals. Doubles that lie further apart than
//! that and their bounds differ and are in order; only where neighbours are closer, their rounded scores are compared,
//! made exactly where the double does not decide the rounding.

use citygauge_indicators::exact::{rational, round};
use citygauge_indicators::{Arithmetic, IndicatorSet, NodeIndex, RoundingMode};
use dashu_ratio::RBig;
use polars::prelude::{Float64Chunked, UInt32Chunked};

use crate::round::{number, scale, tells_decimals};
use crate::tree::Tree;

/// The decimals that decide a tie.
pub(crate) const TIE_PLACES: u32 = 10;

/// The rank of every node in every row; null without a score. `exact` gives the published score of a node in a row.
pub(crate) fn ranks(set: &IndicatorSet, tree: &Tree, exact: impl Fn(NodeIndex, usize) -> Option<RBig>) -> Vec<UInt32Chunked> {
    let of_node = |node: NodeIndex| {
        // What was rounded to ten places or fewer is its own key.
        let places = set.nodes()[node].places.filter(|_| set.document().arithmetic == Arithmetic::Scores);
        let is_key =
            places.is_some_and(|places| places.places <= TIE_PLACES && tells_decimals(tree.largest[node], places.places));
        if is_key {
            return competition(&tree.scores[node], 0.0, |_, score| rational(score));
        }
        let bound = tree.bounds[node];
        competition(&tree.scores[node], bound, |row, score| match number(score, bound, scale(TIE_PLACES)) {
            (key, false) => rational(key),
            (_, true) => exact(node, row).map(|score| round(&score, TIE_PLACES, RoundingMode::HalfUp)),
        })
    };
    (0..set.nodes().len()).map(of_node).collect()
}

/// The rank of one row among all scores that lie within `bound` of the exact ones; `exact` gives the score of a row.
pub(crate) fn place(scores: &Float64Chunked, bound: f64, row: usize, exact: impl Fn(usize) -> Option<RBig>) -> Option<u32> {
    let own = scores.get(row)?;
    let key = |row: usize, score: f64| match number(score, bound, scale(TIE_PLACES)) {
        (key, false) => rational(key),
        (_, true) => exact(row).map(|score| round(&score, TIE_PLACES, RoundingMode::HalfUp)),
    };
    let mut own_key = None;
    let better = scores.iter().enumerate().filter(|&(other, score)| match score {
        Some(score) if other != row => {
            let close = 10f64.powi(-(TIE_PLACES as i32)) + 2.0 * bound + (own.abs() + score.abs()) * f64::EPSILON;
            if (score - own).abs() > close {
                score > own
            } else {
                key(other, score) > *own_key.get_or_insert_with(|| key(row, own))
            }
        }
        _ => false,
    });
    Some(better.count() as u32 + 1)
}

/// Competition ranks of scores that lie within `bound` of the exact ones; `key` rounds the score of a row exactly.
fn competition(scores: &Float64Chunked, bound: f64, key: impl Fn(usize, f64) -> Option<RBig>) -> UInt32Chunked {
    let present = scores.iter().enumerate().filter_map(|(row, score)| Some((row, score?)));
    let mut order: Vec<(usize, f64)> = present.collect();
    order.sort_unstable_by(|(_, one), (_, other)| other.total_cmp(one));
    let mut ranks: Vec<Option<u32>> = vec![None; scores.len()];
    let apart = |one: f64, other: f64| {
        // The last terms stand for the rounding of this comparison.
        one - other > 10f64.powi(-(TIE_PLACES as i32)) + 2.0 * bound + (one.abs() + other.abs()) * f64::EPSILON
    };
    let mut before = 0;
    for close in order.chunk_by(|(_, one), (_, other)| !apart(*one, *other)) {
        // Who stands alone needs no key.
        let key_of = |row, score| if close.len() > 1 { key(row, score) } else { None };
        let mut keys: Vec<(usize, Option<RBig>)> = close.iter().map(|&(row, score)| (row, key_of(row, score))).collect();
        keys.sort_by(|(_, one), (_, other)| other.cmp(one));
        let mut first = 0;
        for place in 0..keys.len() {
            if keys[place].1 != keys[first].1 {
                first = place;
            }
            ranks[keys[place].0] = Some((before + first) as u32 + 1);
        }
        before += close.len();
    }
    ranks.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(scores: &[Option<f64>], bound: f64, key: impl Fn(usize, f64) -> f64) -> Vec<Option<u32>> {
        let key = |row, score| rational(key(row, score));
        competition(&scores.iter().copied().collect(), bound, key).iter().collect()
    }

    #[test]
    fn equal_scores_share_a_rank_and_the_next_is_left_out() {
        let scores = [Some(80.0), None, Some(95.5), Some(80.0), Some(12.0)];
        assert_eq!(ranked(&scores, 0.0, |_, score| score), [Some(2), None, Some(1), Some(2), Some(4)]);
    }

    #[test]
    fn only_neighbours_closer_than_ten_decimals_are_looked_at() {
        let scores = [Some(50.0), Some(50.000_000_000_04), Some(50.000_000_000_3), Some(50.1)];
        let looked = std::cell::RefCell::new(Vec::new());
        let ranks = ranked(&scores, 1e-13, |row, score| {
            looked.borrow_mut().push(row);
            number(score, 0.0, scale(TIE_PLACES)).0
        });
        assert_eq!(ranks, [Some(3), Some(3), Some(2), Some(1)]);
        let mut looked = looked.into_inner();
        looked.sort_unstable();
        assert_eq!(looked, [0, 1]);
    }

    #[test]
    fn what_is_close_is_ordered_by_its_rounded_score_and_not_by_its_double() {
        let exact = [70.123_456_789_1, 70.123_456_789_2];
        let ranks = ranked(&[Some(70.123_456_789_15), Some(70.123_456_789_149_9)], 1e-10, |row, _| exact[row]);
        assert_eq!(ranks, [Some(2), Some(1)]);
    }
}
