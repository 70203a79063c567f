//! `rank`: the place in the cohort, the worst having 1 and the best the greatest number.
//!
//! Source: COINr's `n_rank`; *Handbook on Constructing Composite Indicators* (OECD and JRC, 2008), step 5, ranking.
//! Equal values have the least of the ranks that they take together, or with `ties` `mean` their mean.
//! Direction `lower` gives the greatest number to the smallest value.
//!
//! Example: 10, 20, 20 and 40 have 1, 2, 2 and 4, with `ties` `mean` 1, 2.5, 2.5 and 4.

use std::sync::Arc;

use citygauge_indicators::Ties;

use super::super::number;
use super::standing::{Place, Score};

/// One more than how many are worse, and half of how many others are equal where the ranks of equals are shared.
pub(super) fn of(ties: Ties) -> Score {
    let rank = move |Place { worse, equal, .. }: Place| {
        let shared = match ties {
            Ties::Min => 0.0,
            Ties::Mean => equal.saturating_sub(1) as f64 / 2.0,
        };
        worse as f64 + 1.0 + shared
    };
    // Whole numbers and halves of them are doubles.
    Score { double: Arc::new(rank), exact: Box::new(move |place| number(rank(place))), bound: 0.0, needs_two: false }
}
