//! The rule `min_max` (4.2): the smallest and largest raw value of a cohort onto a range.

use citygauge_indicators::{Cohort, Constant, Direction, Leaf, Period, Scoring};
use num_traits::Zero;

use super::Refusal;
use super::measure::{Data, Measured};
use super::number::{Exact, decimal};
use super::rules::{Raw, half_of, linear};

/// The base period of a rule is none of the data.
pub const BASE_PERIOD: &str = "scoring.base_period";
/// All values of a cohort are the same, and the rule refuses that.
pub const CONSTANT: &str = "scoring.constant";

/// The scores of a leaf under `min_max`, row by row; refusals are added to `refusals`.
pub fn min_max(
    data: &Data,
    node: &str,
    leaf: &Leaf,
    measured: &[Measured],
    full_mark: &Exact,
    refusals: &mut Vec<Refusal>,
) -> Vec<Option<Exact>> {
    let Scoring::MinMax { range, cohort, constant } = &leaf.scoring else { panic!("'{}' is not min_max", leaf.scoring.word()) };
    let (worst, best) = match range {
        Some([low, high]) => (decimal(*low), decimal(*high)),
        None => (Exact::zero(), full_mark.clone()),
    };
    let base: Option<Period> = match cohort {
        Cohort::Base(period) => Some(period.parse().expect("the check reads the base period")),
        Cohort::Period | Cohort::Pooled => None,
    };
    if base.is_some_and(|base| !data.periods().contains(&base)) {
        refusals.push(Refusal { code: BASE_PERIOD, period: base.map(|base| base.to_string()), node: node.to_owned() });
        return vec![None; measured.len()];
    }
    let mut scores = Vec::new();
    for (row, own) in data.rows.iter().zip(measured) {
        let fitted_on = match cohort {
            Cohort::Period => Some(row.period),
            Cohort::Pooled => None,
            Cohort::Base(_) => base,
        };
        let mut values: Vec<&Exact> = Vec::new();
        for (other, measured) in data.rows.iter().zip(measured) {
            if fitted_on.is_none_or(|period| other.period == period)
                && let Some(Raw::Number(value)) = &measured.raw
            {
                values.push(value);
            }
        }
        let (Some(low), Some(high)) = (values.iter().min(), values.iter().max()) else {
            scores.push(None);
            continue;
        };
        if low == high && *constant == Constant::Refuse {
            let refusal = Refusal { code: CONSTANT, period: fitted_on.map(|period| period.to_string()), node: node.to_owned() };
            if !refusals.contains(&refusal) {
                refusals.push(refusal);
            }
        }
        let Some(Raw::Number(x)) = &own.raw else {
            scores.push(None);
            continue;
        };
        scores.push(match (low == high, constant) {
            (true, Constant::Refuse | Constant::Missing) => None,
            (true, Constant::Half) => Some(half_of(full_mark)),
            (true, Constant::Full) => Some(full_mark.clone()),
            (false, _) => {
                let attained = if leaf.direction == Direction::Lower { linear(x, high, low) } else { linear(x, low, high) };
                Some(&worst + attained * (&best - &worst))
            }
        });
    }
    scores
}
