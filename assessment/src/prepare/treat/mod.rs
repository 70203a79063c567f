//! Treatment: values with outliers are brought nearer together before a cohort rule (section 4.1 of the method).
//!
//! What a treatment does to a value is fitted on the cohort of the rule and is a [`Map`]: a value of its own, with which
//! any other value is treated the same way, and most can be turned back. Several treatments of a leaf follow each other,
//! each fitted on what the one before left.
//!
//! **Adding a treatment:** write its file with `fit`, add its arm to [`fit`], name its source; what it does to a value is
//! one of the maps in `map.rs`, or a new one with `exact`, `apply` and `invert`.

mod box_cox;
mod log;
mod map;
mod sample;
mod shape;
mod two_stage;
mod winsorise;

use std::collections::BTreeMap;

use citygauge_indicators::{Cohort, Fault, IndicatorSet, NodeIndex, Period, Treatment};
use dashu_ratio::RBig;
use polars::prelude::*;

use super::{Preparation, Prepared, of_period};
use crate::exact::Failure;
use crate::exact::leaf::Cells;
use crate::measure::Measured;
use crate::normalise::Raw;
use crate::numbers::extent;
use crate::observations::Observations;
pub(crate) use map::Map;
use sample::Sample;

/// A treatment as it was fitted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Applied {
    /// The word of the method; of `two_stage` that of the stage that was taken.
    pub method: &'static str,
    pub map: Map,
    /// How many values of the cohort were moved, where the method moves single ones.
    pub moved: usize,
}

/// What fitting a treatment gives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fitted {
    /// The values stay as they are.
    Untouched,
    Applied(Applied),
    /// All values are the same, so that the treatment has no scale; they stay as they are, with a warning.
    Constant,
}

fn fit(treatment: &Treatment, sample: &Sample) -> Fitted {
    match treatment {
        Treatment::Winsorise { at_most, skewness, kurtosis } => winsorise::fit(sample, *at_most, *skewness, *kurtosis),
        Treatment::Log { variant } => log::fit(sample, *variant),
        Treatment::BoxCox { lambda } => box_cox::fit(sample, *lambda),
        Treatment::TwoStage { first, second, skewness, kurtosis } => two_stage::fit(sample, first, second, *skewness, *kurtosis),
    }
}

/// A treated leaf: what was fitted, and the columns with their warnings by slice.
pub(crate) struct Treated {
    pub applied: BTreeMap<Option<Period>, Vec<Applied>>,
    pub columns: Vec<(usize, Prepared)>,
    pub warnings: Vec<(usize, Fault)>,
}

/// Treats a leaf in every period.
pub(crate) fn leaf(
    set: &IndicatorSet,
    observations: &Observations,
    measured: &[Measured],
    preparation: &Preparation,
    node: NodeIndex,
) -> Treated {
    let leaf = set.nodes()[node].leaf().expect("only leaves are treated");
    let all: Vec<usize> = (0..measured.len()).collect();
    // The period that the fit holds for, the slices that it is fitted on, and those that it is applied to.
    let groups: Vec<(Option<Period>, Vec<usize>, Vec<usize>)> = match leaf.scoring.cohort() {
        Some(Cohort::Period) => all.iter().map(|&at| (Some(observations.slices[at].period), vec![at], vec![at])).collect(),
        Some(Cohort::Base(base)) => {
            // A base period without data refuses the assessment when the rule is fitted.
            let base = base.parse().ok().and_then(|base| observations.slice_of(base));
            vec![(None, base.into_iter().collect(), all)]
        }
        _ => vec![(None, all.clone(), all)],
    };
    let mut treated = Treated { applied: BTreeMap::new(), columns: Vec::new(), warnings: Vec::new() };
    for (period, fitted_on, applied_to) in groups {
        let columns = applied_to.into_iter().map(|at| (at, Column::of(&measured[at], node))).collect();
        let mut group = Group { set, observations, preparation, node, columns, applied: Vec::new() };
        for treatment in &leaf.treatment {
            let fitted = fit(treatment, &group.sample(&fitted_on));
            match fitted {
                Fitted::Untouched => {}
                Fitted::Applied(step) => group.apply(step, &mut treated.warnings),
                Fitted::Constant => group.warn_of_constant(&mut treated.warnings),
            }
        }
        if !group.applied.is_empty() {
            let made = group.columns.into_iter().map(|(at, column)| (at, column.prepared(&measured[at], node)));
            treated.columns.extend(made);
        }
        treated.applied.insert(period, group.applied);
    }
    treated
}

/// A column under treatment.
struct Column {
    values: Vec<Option<f64>>,
    /// How far any of them may lie from its exact value.
    bound: f64,
    is_decimal: bool,
}

impl Column {
    fn of(measured: &Measured, node: NodeIndex) -> Self {
        let (values, raw) = measured.to_score(node);
        Self { values: values.iter().collect(), bound: raw.bound, is_decimal: raw.is_decimal }
    }

    fn prepared(self, measured: &Measured, node: NodeIndex) -> Prepared {
        let values: Float64Chunked = self.values.into_iter().collect();
        let raw = Raw { is_decimal: self.is_decimal, ..Raw::new(extent(&values), self.bound) };
        let imputed = measured.prepared.get(&node).and_then(|prepared| prepared.imputed.clone());
        Prepared { values, raw, imputed }
    }
}

/// A leaf in the periods that share one fit.
struct Group<'a> {
    set: &'a IndicatorSet,
    observations: &'a Observations,
    preparation: &'a Preparation,
    node: NodeIndex,
    columns: BTreeMap<usize, Column>,
    applied: Vec<Applied>,
}

impl Group<'_> {
    fn cells(&self, at: usize) -> Cells<'_> {
        Cells::new(self.set, self.observations, at)
    }

    /// A value as the treatments so far have left it, exactly.
    fn exact(&self, at: usize, row: usize) -> Option<RBig> {
        let start = self.preparation.start(self.cells(at), self.node, row)?;
        self.applied.iter().try_fold(start, |value, step| step.map.exact(&value).ok())
    }

    /// The values of some slices.
    fn sample(&self, slices: &[usize]) -> Sample<'_> {
        let mut places = Vec::new();
        let mut doubles = Vec::new();
        let (mut bound, mut is_decimal) = (0.0_f64, true);
        for at in slices {
            let Some(column) = self.columns.get(at) else { continue };
            (bound, is_decimal) = (bound.max(column.bound), is_decimal && column.is_decimal);
            for (row, value) in column.values.iter().enumerate() {
                if let Some(value) = value {
                    places.push((*at, row));
                    doubles.push(*value);
                }
            }
        }
        let exact = move |place: usize| {
            let (at, row) = places[place];
            self.exact(at, row).expect("a value that has a double has an exact one")
        };
        Sample::new(doubles, bound, is_decimal, exact)
    }

    /// Treats every value; what is outside the domain of the treatment is missing, with a warning.
    fn apply(&mut self, step: Applied, warnings: &mut Vec<(usize, Fault)>) {
        let mut columns = std::mem::take(&mut self.columns);
        for (&at, column) in &mut columns {
            let mut greatest = 0.0_f64;
            for (row, cell) in column.values.iter_mut().enumerate() {
                let Some(value) = *cell else { continue };
                let exact = || self.exact(at, row).ok_or(Failure::Domain);
                *cell = match step.map.apply(value, column.bound, column.is_decimal, exact) {
                    Ok((value, bound)) => {
                        greatest = greatest.max(bound);
                        Some(value)
                    }
                    Err(failure) => {
                        let cells = Cells::new(self.set, self.observations, at);
                        let code = &self.set.nodes()[self.node].code;
                        warnings.push((at, cells.located(outside(step.method, failure), code, row)));
                        None
                    }
                };
            }
            column.bound = greatest;
            column.is_decimal &= step.map.keeps_decimals();
        }
        self.columns = columns;
        self.applied.push(step);
    }

    fn warn_of_constant(&self, warnings: &mut Vec<(usize, Fault)>) {
        for (&at, column) in &self.columns {
            if column.values.iter().any(Option::is_some) {
                warnings.push((at, of_period(self.cells(at), self.node, constant())));
            }
        }
    }
}

fn outside(method: &str, failure: Failure) -> Fault {
    let code = match failure {
        Failure::Overflow => "treatment.overflow",
        _ => "treatment.domain",
    };
    Fault::warning(
        code,
        format!("取值超出“{method}”处理的定义域或数值范围，按缺失处理"),
        format!("the value is outside of what '{method}' is defined for, or leaves the range of numbers; it counts as missing"),
    )
    .hint(
        "改用 ct 等会平移取值的变体，或移除该处理",
        "use a variant that shifts the values, such as ct, or leave the treatment out",
    )
}

fn constant() -> Fault {
    Fault::warning(
        "treatment.constant",
        "参评城市取值全部相同，处理没有尺度，取值保持不变",
        "the cohort's values are all the same, which gives the treatment no scale; they stay as they are",
    )
    .hint("核对数据，或移除该处理", "look at the data, or leave the treatment out")
}
