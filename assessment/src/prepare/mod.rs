//! Preparation: what is done to raw values between measuring and scoring. What is missing is imputed (`impute`), then
//! outliers are treated (`treat`).
//!
//! What is fitted on the cohort is a value of its own, kept with the result, from which any cell can be prepared again
//! exactly. A leaf that is neither imputed nor treated has no prepared column: its raw one is used as it is.

pub(crate) mod impute;
pub(crate) mod told;
pub(crate) mod treat;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use citygauge_indicators::{Fault, Imputation, IndicatorSet, Leaf, NodeIndex, Period};
use dashu_ratio::RBig;
use polars::prelude::*;

use crate::error::Result;
use crate::exact::leaf::Cells;
use crate::measure::Measured;
use crate::normalise::Raw;
use crate::observations::Observations;
use crate::parallel::in_parallel;
use impute::{Imputed, Statistics};
use treat::Applied;

/// The values of a leaf that its rule scores, where they are not the raw ones.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub values: Float64Chunked,
    /// What is known of the column.
    pub raw: Raw,
    /// Where the value was imputed; absent where none was.
    pub imputed: Option<BooleanChunked>,
}

/// What the preparation of a cohort was fitted to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Preparation {
    statistics: BTreeMap<Period, Statistics>,
    /// Per period, or one for all periods under `None`.
    treated: BTreeMap<NodeIndex, BTreeMap<Option<Period>, Vec<Applied>>>,
}

/// Whether a leaf is scored on other values than its raw ones.
pub(crate) fn is_prepared(leaf: &Leaf) -> bool {
    leaf.imputation != Imputation::None || !leaf.treatment.is_empty()
}

impl Preparation {
    /// Prepares every leaf of a set that asks for it: adds its prepared columns to what was measured.
    pub(crate) fn of_cohort(
        set: &IndicatorSet,
        observations: &Observations,
        measured: &mut [Measured],
        threads: Option<NonZeroUsize>,
    ) -> Result<Self> {
        let mut preparation = Self::default();
        if !set.leaves().any(|(_, leaf)| is_prepared(leaf)) {
            return Ok(preparation);
        }
        let fitted = in_parallel(threads, measured.len(), |at| Ok(impute::fit(set, observations, &measured[at], at)))?;
        preparation.statistics = observations.periods().zip(fitted).collect();
        let imputed = in_parallel(threads, measured.len(), |at| {
            Ok(impute::columns(Cells::new(set, observations, at), &measured[at], &preparation))
        })?;
        for (of_period, (columns, warnings)) in measured.iter_mut().zip(imputed) {
            of_period.prepared = columns;
            of_period.warnings.extend(warnings);
        }
        let treated: Vec<NodeIndex> = set.leaves().filter(|(_, leaf)| !leaf.treatment.is_empty()).map(|(node, _)| node).collect();
        let made = in_parallel(threads, treated.len(), |place| {
            Ok(treat::leaf(set, observations, measured, &preparation, treated[place]))
        })?;
        for (node, treated) in treated.into_iter().zip(made) {
            preparation.treated.insert(node, treated.applied);
            for (at, column) in treated.columns {
                measured[at].prepared.insert(node, column);
            }
            for (at, warning) in treated.warnings {
                measured[at].warnings.push(warning);
            }
        }
        Ok(preparation)
    }

    /// The value of a leaf that its rule scores.
    pub(crate) fn value(&self, cells: Cells, node: NodeIndex, row: usize) -> Option<RBig> {
        let start = self.start(cells, node, row)?;
        let mut applied = self.applied(node, cells.slice.period).iter();
        applied.try_fold(start, |value, step| step.map.exact(&value).ok())
    }

    /// The raw value, or what was imputed in its place.
    pub(crate) fn start(&self, cells: Cells, node: NodeIndex, row: usize) -> Option<RBig> {
        cells.value(node, row).0.or_else(|| self.imputed(cells, node, row).map(|imputed| imputed.value))
    }

    /// What is imputed for a cell without a raw value; nothing where it does not apply, and where there is no donor.
    pub(crate) fn imputed(&self, cells: Cells, node: NodeIndex, row: usize) -> Option<Imputed> {
        impute::exact(cells, node, row, self.statistics.get(&cells.slice.period)?)
    }

    /// The treatments of a leaf that hold in a period, in their order.
    pub(crate) fn applied(&self, node: NodeIndex, period: Period) -> &[Applied] {
        let treated = self.treated.get(&node);
        let applied = treated.and_then(|fits| fits.get(&Some(period)).or_else(|| fits.get(&None)));
        applied.map_or(&[], Vec::as_slice)
    }

    /// The raw value that is prepared to `value`; `None` where none is.
    pub(crate) fn invert(&self, node: NodeIndex, period: Period, value: RBig) -> Option<RBig> {
        self.applied(node, period).iter().rev().try_fold(value, |value, step| step.map.invert(&value))
    }

    /// Every treatment that was applied, by node and period.
    pub(crate) fn treatments(&self) -> impl Iterator<Item = (NodeIndex, Option<Period>, &Applied)> {
        let of_leaf = |(&node, fits)| (node, fits);
        self.treated.iter().map(of_leaf).flat_map(|(node, fits): (NodeIndex, &BTreeMap<Option<Period>, Vec<Applied>>)| {
            fits.iter().flat_map(move |(&period, applied)| applied.iter().map(move |step| (node, period, step)))
        })
    }
}

/// A warning about a leaf in a whole period.
fn of_period(cells: Cells, node: NodeIndex, fault: Fault) -> Fault {
    fault.of(cells.set.nodes()[node].code.clone()).period(cells.slice.period.to_string())
}
