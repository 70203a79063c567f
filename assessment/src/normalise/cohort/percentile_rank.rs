//! `percentile_rank`: the share of the other cities that are worse.
//!
//! Source: COINr's `n_prank`, (rank - 1) / (n - 1), times the full mark, equal values having the least of their ranks.
//! Direction `lower` counts the greater values. Frozen on a base period it counts the base's values, still over n - 1 and
//! at most all of them, so that who is beyond the base's best has the full mark too.
//!
//! Example: 10, 20, 20 and 40 score 0, 33.33, 33.33 and 100.

use std::sync::Arc;

use dashu_ratio::RBig;

use super::super::number;
use super::standing::{Place, Score};
use crate::quantity::EPSILON;

/// The worse over the others, times the full mark; a single city has no others.
pub(super) fn of(full_mark: f64) -> Score {
    let double = move |Place { worse, count, .. }: Place| {
        let others = count - 1;
        worse.min(others) as f64 / others as f64 * full_mark
    };
    let exact = move |Place { worse, count, .. }: Place| {
        let others = count - 1;
        RBig::from(worse.min(others)) / RBig::from(others) * number(full_mark)
    };
    Score { double: Arc::new(double), exact: Box::new(exact), bound: 2.0 * EPSILON * full_mark, needs_two: true }
}
