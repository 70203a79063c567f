//! `borda`: how many of the cohort are worse.
//!
//! Source: COINr's `n_borda`, the rank less one, equal values having the least of their ranks; J.-C. de Borda, "Memoire
//! sur les elections au scrutin" (1781). Direction `lower` counts the greater values.
//!
//! Example: 10, 20, 20 and 40 have 0, 1, 1 and 3.

use std::sync::Arc;

use dashu_ratio::RBig;

use super::standing::{Place, Score};

/// How many are worse.
pub(super) fn of() -> Score {
    let double = |Place { worse, .. }: Place| worse as f64;
    Score { double: Arc::new(double), exact: Box::new(|place| RBig::from(place.worse)), bound: 0.0, needs_two: false }
}
