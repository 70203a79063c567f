//! What is fitted on the cohort: an explicit value, kept with the result, with which one city can be scored
//! again without its cohort.

use std::collections::BTreeMap;

use citygauge_indicators::{Cohort, Constant, Fault, Faults, IndicatorSet, NodeIndex, Period, Scoring};
use dashu_ratio::RBig;

use crate::error::Result;
use crate::exact::leaf::Cells;
use crate::measure::Measured;
use crate::normalise::cohort;
use crate::normalise::cohort::line::End;
use crate::numbers::Extent;
use crate::observations::Observations;

/// The smallest and largest raw value of a leaf in the cities and periods that its rule names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fit {
    /// The smallest raw value, as a double.
    pub smallest: f64,
    /// The largest raw value, as a double.
    pub largest: f64,
    /// The smallest raw value, exactly.
    pub exact_smallest: RBig,
    /// The largest raw value, exactly.
    pub exact_largest: RBig,
    /// How far the doubles may lie from the exact values.
    pub bound: f64,
    /// The raw value of the reference city, for the rule that has one.
    pub reference: Option<End>,
}

impl Fit {
    /// The worst raw value: the smallest, or the largest where less is better.
    pub(crate) fn worst(&self, rising: bool) -> End {
        let (value, exact) = if rising { (self.smallest, &self.exact_smallest) } else { (self.largest, &self.exact_largest) };
        End { value, exact: exact.clone(), bound: self.bound }
    }

    /// The best raw value.
    pub(crate) fn best(&self, rising: bool) -> End {
        self.worst(!rising)
    }
}

/// The fits of every leaf with a cohort rule: per period, or one for all periods under `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fitted {
    leaves: BTreeMap<NodeIndex, BTreeMap<Option<Period>, Fit>>,
}

/// One fitted parameter, for people and files.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The code of the leaf.
    pub node: String,
    /// The period it holds for; all periods where there is none.
    pub period: Option<Period>,
    /// The smallest raw value of the cohort.
    pub smallest: f64,
    /// The largest raw value of the cohort.
    pub largest: f64,
    /// The raw value of the reference city, for the rule that has one.
    pub reference: Option<f64>,
}

impl Fitted {
    /// Fits every cohort rule of a set.
    pub(crate) fn from_cohort(set: &IndicatorSet, observations: &Observations, measured: &[Measured]) -> Result<Self> {
        let mut fitted = Self::default();
        let mut faults = Faults::default();
        for (node, leaf) in set.leaves() {
            let Some(cohort) = leaf.scoring.cohort() else { continue };
            let all: Vec<usize> = (0..observations.slices.len()).collect();
            let groups: Vec<(Option<Period>, Vec<usize>)> = match cohort {
                Cohort::Period => all.iter().map(|&at| (Some(observations.slices[at].period), vec![at])).collect(),
                Cohort::Pooled => vec![(None, all)],
                Cohort::Base(base) => {
                    let base: Period = base.parse()?;
                    match observations.slice_of(base) {
                        Some(at) => vec![(None, vec![at])],
                        None => {
                            faults.push(no_base(&set.nodes()[node].code, base));
                            continue;
                        }
                    }
                }
            };
            for (period, slices) in groups {
                // A base period is named although its fit holds for all periods.
                let named = match cohort {
                    Cohort::Base(_) => slices.first().map(|&at| observations.slices[at].period),
                    _ => period,
                };
                let Some(mut fit) = fit(set, observations, measured, node, &slices) else { continue };
                if let Scoring::ReferenceDistance { city, .. } = &leaf.scoring {
                    fit.reference = reference(set, observations, measured, node, city, &slices);
                    if fit.reference.is_none() {
                        faults.push(no_reference(&set.nodes()[node].code, named, city));
                    }
                }
                let line = cohort::line(leaf, &fit, set.full_mark());
                if line.is_some_and(|line| line.is_degenerate()) && cohort::constant(&leaf.scoring) == Constant::Refuse {
                    faults.push(constant(&set.nodes()[node].code, named, &leaf.scoring, &fit));
                }
                fitted.leaves.entry(node).or_default().insert(period, fit);
            }
        }
        if faults.is_empty() { Ok(fitted) } else { Err(faults.into()) }
    }

    /// The fit of a leaf that holds in a period.
    pub(crate) fn of(&self, node: NodeIndex, period: Period) -> Option<&Fit> {
        let fits = self.leaves.get(&node)?;
        fits.get(&Some(period)).or_else(|| fits.get(&None))
    }

    /// Every fitted parameter, by node and period.
    #[must_use]
    pub fn parameters(&self, set: &IndicatorSet) -> Vec<Parameter> {
        let all = self.leaves.iter().flat_map(|(&node, fits)| fits.iter().map(move |(period, fit)| (node, period, fit)));
        all.map(|(node, &period, fit)| Parameter {
            node: set.nodes()[node].code.clone(),
            period,
            smallest: fit.smallest,
            largest: fit.largest,
            reference: fit.reference.as_ref().map(|end| end.value),
        })
        .collect()
    }
}

/// The raw value of the reference city in the latest of some periods in which it has one.
fn reference(
    set: &IndicatorSet,
    observations: &Observations,
    measured: &[Measured],
    node: NodeIndex,
    city: &str,
    slices: &[usize],
) -> Option<End> {
    let place = observations.cities.iter().position(|known| known.code == city)?;
    slices.iter().rev().find_map(|&at| {
        let row = observations.slices[at].row_of(place)?;
        let value = measured[at].values[&node].get(row)?;
        let exact = Cells::new(set, observations, at).value(node, row).0?;
        Some(End { value, exact, bound: measured[at].raw[&node].bound })
    })
}

/// Smallest and largest over some periods. The doubles name the candidates; among those that lie within the bound of
/// the extreme, the exact values decide.
fn fit(set: &IndicatorSet, observations: &Observations, measured: &[Measured], node: NodeIndex, slices: &[usize]) -> Option<Fit> {
    let column = |at: usize| &measured[at].values[&node];
    let mut range: Option<(f64, f64)> = None;
    let mut bound: f64 = 0.0;
    let mut is_decimal = true;
    for &at in slices {
        if let Some(Extent { smallest: low, largest: high }) = measured[at].raw[&node].extent {
            range = Some(range.map_or((low, high), |(smallest, largest)| (smallest.min(low), largest.max(high))));
            let raw = measured[at].raw[&node];
            bound = bound.max(raw.bound);
            is_decimal &= raw.is_decimal;
        }
    }
    let (smallest, largest) = range?;
    let exactly = |extreme: f64, choose: fn(RBig, RBig) -> RBig| {
        if is_decimal {
            return crate::normalise::number(extreme);
        }
        let candidates = slices.iter().flat_map(|&at| {
            let near = column(at).iter().enumerate();
            let cells = Cells::new(set, observations, at);
            let rows: Vec<usize> = near
                .filter(|(_, value)| value.is_some_and(|value| (value - extreme).abs() <= 2.0 * bound))
                .map(|(row, _)| row)
                .collect();
            rows.into_iter().filter_map(move |row| cells.value(node, row).0).collect::<Vec<_>>()
        });
        candidates.reduce(choose).unwrap_or_else(|| crate::normalise::number(extreme))
    };
    Some(Fit {
        smallest,
        largest,
        exact_smallest: exactly(smallest, RBig::min),
        exact_largest: exactly(largest, RBig::max),
        bound,
        reference: None,
    })
}

fn no_base(node: &str, base: Period) -> Fault {
    Fault::error(
        "scoring.base_period",
        format!("“{node}”的基期 {base} 没有数据"),
        format!("there are no data in {base}, the base period of '{node}'"),
    )
    .of(node)
    .period(base.to_string())
    .hint("补充基期数据，或改用 period", "add the data of the base period, or use 'period'")
}

fn no_reference(node: &str, period: Option<Period>, city: &str) -> Fault {
    let fault = Fault::error(
        "scoring.no_reference",
        format!("参照城市“{city}”没有“{node}”的取值"),
        format!("the reference city '{city}' has no value for '{node}'"),
    )
    .of(node)
    .value(city)
    .hint("补充该城市的数据，或改用其他参照城市", "add the data of that city, or name another one");
    in_period(fault, period)
}

fn constant(node: &str, period: Option<Period>, scoring: &Scoring, fit: &Fit) -> Fault {
    let (zh, en) = match scoring {
        Scoring::MinMax { .. } | Scoring::MaxDistance { .. } => (
            format!("“{node}”在所有参评城市取值相同，无法归一化"),
            format!("'{node}' is the same in every city of the cohort and cannot be normalised"),
        ),
        Scoring::MaxFraction { .. } => (
            format!("“{node}”在参评城市中的最优值为 0，无法作为除数"),
            format!("the best value of '{node}' in the cohort is 0 and cannot divide"),
        ),
        Scoring::TargetDistance { .. } => (
            format!("“{node}”的目标值等于参评城市的最差值，无法归一化"),
            format!("the target of '{node}' is the worst value of the cohort, which leaves no distance"),
        ),
        _ => (
            format!("参照城市在“{node}”上就是参评城市的最差值，无法归一化"),
            format!("the reference city has the worst value of the cohort in '{node}', which leaves no distance"),
        ),
    };
    let fault = Fault::error("scoring.constant", zh, en).of(node).value(fit.smallest.to_string()).hint(
        "为该规则指定 constant: missing、half 或 full，或移除该指标",
        "give the rule constant: missing, half or full, or leave the indicator out",
    );
    in_period(fault, period)
}

fn in_period(fault: Fault, period: Option<Period>) -> Fault {
    match period {
        Some(period) => fault.period(period.to_string()),
        None => fault,
    }
}
