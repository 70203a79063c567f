//! What is fitted on the cohort: an explicit value, kept with the result, with which one city can be scored
//! again without its cohort.

use std::collections::BTreeMap;

use citygauge_indicators::{Cohort, Constant, Fault, Faults, IndicatorSet, NodeIndex, Period, Scoring};
use dashu_ratio::RBig;

use crate::error::Result;
use crate::exact::leaf::Cells;
use crate::measure::Measured;
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
}

impl Fit {
    /// Whether all values are the same, so that a cohort rule would divide by zero.
    pub(crate) fn is_constant(&self) -> bool {
        self.exact_smallest == self.exact_largest
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
                if let Some(fit) = fit(set, observations, measured, node, &slices) {
                    if fit.is_constant() && refuses(&leaf.scoring) {
                        faults.push(constant(&set.nodes()[node].code, named, fit.smallest));
                    }
                    fitted.leaves.entry(node).or_default().insert(period, fit);
                }
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
        })
        .collect()
    }
}

fn refuses(scoring: &Scoring) -> bool {
    matches!(scoring, Scoring::MinMax { constant: Constant::Refuse, .. })
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

fn constant(node: &str, period: Option<Period>, value: f64) -> Fault {
    let fault = Fault::error(
        "scoring.constant",
        format!("“{node}”在所有参评城市取值相同，无法归一化"),
        format!("'{node}' is the same in every city of the cohort and cannot be normalised"),
    )
    .of(node)
    .value(value.to_string())
    .hint(
        "为该规则指定 constant: missing、half 或 full，或移除该指标",
        "give the rule constant: missing, half or full, or leave the indicator out",
    );
    match period {
        Some(period) => fault.period(period.to_string()),
        None => fault,
    }
}
