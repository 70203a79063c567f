//! The values that a rule is fitted on.

use std::sync::Arc;

use citygauge_indicators::{IndicatorSet, NodeIndex};
use dashu_ratio::RBig;
use polars::prelude::Float64Chunked;

use crate::exact::leaf::Cells;
use crate::measure::Measured;
use crate::normalise::number;
use crate::observations::Observations;
use crate::prepare::Preparation;

/// What the values come from: it stays with the fit, so that they can be made exactly when a decision needs it.
#[derive(Debug)]
pub(crate) struct Origin {
    pub set: IndicatorSet,
    pub observations: Observations,
    pub preparation: Arc<Preparation>,
}

/// The values of a leaf in the cities and periods that its rule names: doubles, and each exactly where it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Members {
    origin: Arc<Origin>,
    node: NodeIndex,
    /// The slices, each with its column.
    columns: Vec<(usize, Float64Chunked)>,
    /// How far a double may lie from its exact value.
    pub bound: f64,
    /// Whether each double stands for its own decimal.
    pub is_decimal: bool,
}

impl Members {
    pub(super) fn new(origin: &Arc<Origin>, measured: &[Measured], node: NodeIndex, slices: &[usize]) -> Self {
        let raw = || slices.iter().map(|&at| measured[at].to_score(node).1).filter(|raw| raw.extent.is_some());
        Self {
            origin: Arc::clone(origin),
            node,
            columns: slices.iter().map(|&at| (at, measured[at].to_score(node).0.clone())).collect(),
            bound: raw().map(|raw| raw.bound).fold(0.0, f64::max),
            is_decimal: raw().all(|raw| raw.is_decimal),
        }
    }

    /// The columns of doubles.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &Float64Chunked> {
        self.columns.iter().map(|(_, column)| column)
    }

    /// Every double with its slice and row.
    pub(crate) fn doubles(&self) -> impl Iterator<Item = (f64, Place)> {
        self.columns.iter().flat_map(|(at, column)| {
            column.iter().enumerate().filter_map(|(row, value)| Some((value?, Place { at: *at as u32, row: row as u32 })))
        })
    }

    /// The value at a place, exactly.
    pub(crate) fn exact(&self, value: f64, place: Place) -> RBig {
        let Origin { set, observations, preparation } = &*self.origin;
        let exact = if self.is_decimal {
            None
        } else {
            preparation.value(Cells::new(set, observations, place.at as usize), self.node, place.row as usize)
        };
        exact.unwrap_or_else(|| number(value))
    }

    /// Every value, exactly.
    pub(crate) fn all_exact(&self) -> Vec<RBig> {
        self.doubles().map(|(value, place)| self.exact(value, place)).collect()
    }
}

/// Where a value stands: its slice and its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    at: u32,
    row: u32,
}
