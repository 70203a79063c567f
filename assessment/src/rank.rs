//! Ranks: competition ranks (1 2 2 4), highest score first, per period within the cohort (section 4.7).
//!
//! Scores are equal when they are equal after rounding half-up to ten decimals; a score whose double lies so near to
//! such a half that it does not decide is rounded exactly.

use citygauge_indicators::exact::round;
use citygauge_indicators::{IndicatorSet, NodeIndex, RoundingMode};
use dashu_ratio::RBig;
use polars::prelude::*;

use crate::columns;
use crate::error::Result;
use crate::measure::collect;
use crate::tree::Tree;

/// The decimals that decide a tie.
pub(crate) const TIE_PLACES: u32 = 10;

/// The rank of every node in every row; null without a score.
pub(crate) fn ranks(set: &IndicatorSet, tree: &Tree, exact: impl Fn(NodeIndex, usize) -> Option<RBig>) -> Result<DataFrame> {
    let mut plan = Vec::new();
    for node in 0..set.nodes().len() {
        let (key, doubt) = crate::round::expression(col(columns::score(node)), lit(tree.bounds[node]), TIE_PLACES);
        plan.push(key.cast(DataType::Float64).alias(columns::score(node)));
        // What was rounded to ten places or fewer is its own key.
        let rounded = set.nodes()[node].places.is_some_and(|places| places.places <= TIE_PLACES)
            && set.document().arithmetic == citygauge_indicators::Arithmetic::Scores;
        if !rounded {
            plan.push(doubt.fill_null(lit(false)).alias(columns::doubt(node)));
        }
    }
    let mut keys = collect(tree.frame.clone().lazy().select(plan))?;
    for node in 0..set.nodes().len() {
        if keys.column(&columns::doubt(node)).is_ok() {
            let name = columns::score(node);
            crate::tree::repair(&mut keys, columns::doubt(node), &[name], |row| {
                vec![exact(node, row).map(|score| round(&score, TIE_PLACES, RoundingMode::HalfUp))]
            })?;
        }
    }
    let options = RankOptions { method: RankMethod::Min, descending: true };
    let ranks: Vec<Expr> =
        (0..set.nodes().len()).map(|node| col(columns::score(node)).rank(options, None).cast(DataType::UInt32)).collect();
    collect(keys.lazy().select(ranks))
}
