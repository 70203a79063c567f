//! Rules that look at the whole cohort (4.2), as COINr defines them: direction `lower` turns the sign of every value
//! first, and what is given on 0..1 is multiplied by the full mark. A standard deviation has 50 digits.

use citygauge_indicators::{Cohort, Constant, Direction, Leaf, Period, Scoring, Ties};
use num_traits::{One, Zero};

use super::Refusal;
use super::irrational::sqrt;
use super::measure::Data;
use super::number::{Exact, decimal, whole};
use super::rules::{Raw, half_of};

/// The leaf has no value in the base period of its rule.
pub const BASE_PERIOD: &str = "scoring.base_period";
/// The divisor of a rule is zero, and the rule refuses that.
pub const CONSTANT: &str = "scoring.constant";
/// The reference city has no value.
pub const NO_REFERENCE: &str = "scoring.no_reference";

/// The values that a rule looks at, their signs turned where less is better.
struct Seen {
    values: Vec<Exact>,
    /// The reference city's value, of the latest period in which it has one.
    reference: Option<Exact>,
}

/// The scores of a leaf, row by row; refusals are added to `refusals`.
pub fn scores(
    data: &Data,
    node: &str,
    leaf: &Leaf,
    raw: &[Option<Raw>],
    full_mark: &Exact,
    refusals: &mut Vec<Refusal>,
) -> Vec<Option<Exact>> {
    let cohort = leaf.scoring.cohort().expect("a rule that looks at the cohort");
    let base: Option<Period> = match cohort {
        Cohort::Base(period) => Some(period.parse().expect("the check reads the base period")),
        Cohort::Period | Cohort::Pooled => None,
    };
    let mut refuse = |code: &'static str, period: Option<Period>| {
        let refusal = Refusal { code, period: period.map(|period| period.to_string()), node: node.to_owned() };
        if !refusals.contains(&refusal) {
            refusals.push(refusal);
        }
    };
    if base.is_some_and(|base| !data.periods().contains(&base)) {
        refuse(BASE_PERIOD, base);
        return vec![None; raw.len()];
    }
    let turned = |value: &Exact| if leaf.direction == Direction::Lower { -value.clone() } else { value.clone() };
    let mut scores = Vec::new();
    for (row, own) in data.rows.iter().zip(raw) {
        let fitted_on = match cohort {
            Cohort::Period => Some(row.period),
            Cohort::Pooled => None,
            Cohort::Base(_) => base,
        };
        let mut seen = Seen { values: Vec::new(), reference: None };
        let mut latest = None;
        for (other, value) in data.rows.iter().zip(raw) {
            let Some(Raw::Number(value)) = value else { continue };
            if fitted_on.is_some_and(|period| other.period != period) {
                continue;
            }
            seen.values.push(turned(value));
            if matches!(&leaf.scoring, Scoring::ReferenceDistance { city, .. } if *city == other.city)
                && latest.is_none_or(|latest| latest < other.period)
            {
                latest = Some(other.period);
                seen.reference = Some(turned(value));
            }
        }
        if seen.values.is_empty() {
            let has_values = raw.iter().any(|own| matches!(own, Some(Raw::Number(_))));
            if base.is_some() && has_values {
                refuse(BASE_PERIOD, base);
            }
            scores.push(None);
            continue;
        }
        if matches!(leaf.scoring, Scoring::ReferenceDistance { .. }) && seen.reference.is_none() {
            refuse(NO_REFERENCE, fitted_on);
            scores.push(None);
            continue;
        }
        let x = match own {
            Some(Raw::Number(value)) => Some(turned(value)),
            _ => None,
        };
        // Any value tells whether the divisor is zero.
        let divides = score(leaf, &seen, &seen.values[0], full_mark, &turned).is_some();
        let constant = constant(&leaf.scoring);
        if !divides && constant == Constant::Refuse {
            refuse(CONSTANT, fitted_on);
        }
        scores.push(x.and_then(|x| match (divides, constant) {
            (true, _) => score(leaf, &seen, &x, full_mark, &turned),
            (false, Constant::Refuse | Constant::Missing) => None,
            (false, Constant::Half) => Some(half_of(full_mark)),
            (false, Constant::Full) => Some(full_mark.clone()),
        }));
    }
    scores
}

/// The score of a value; `None` where the rule would divide by zero.
fn score(leaf: &Leaf, seen: &Seen, x: &Exact, full_mark: &Exact, turned: &dyn Fn(&Exact) -> Exact) -> Option<Exact> {
    let min = seen.values.iter().min().expect("it has values");
    let max = seen.values.iter().max().expect("it has values");
    let over = |numerator: Exact, divisor: Exact| if divisor.is_zero() { None } else { Some(numerator / divisor) };
    let capped = |share: Exact, cap: bool| if cap && share > Exact::one() { Exact::one() } else { share };
    let worse = || seen.values.iter().filter(|value| *value < x).count();
    let equal = || seen.values.iter().filter(|value| *value == x).count();
    match &leaf.scoring {
        Scoring::MinMax { range, .. } => {
            let [low, high] = range.map_or([Exact::zero(), full_mark.clone()], |range| range.map(decimal));
            Some(over(x - min, max - min)? * (high - &low) + low)
        }
        Scoring::MaxDistance { .. } => Some((Exact::one() - over(max - x, max - min)?) * full_mark),
        Scoring::MaxFraction { .. } => Some(over(x.clone(), max.clone())? * full_mark),
        Scoring::TargetDistance { target, cap, .. } => {
            let target = turned(&decimal(*target));
            let share = Exact::one() - over(&target - x, &target - min)?;
            Some(capped(share, *cap) * full_mark)
        }
        Scoring::ReferenceDistance { cap, .. } => {
            let reference = seen.reference.as_ref().expect("a missing reference is refused");
            let share = Exact::one() - over(reference - x, reference - min)?;
            Some(capped(share, *cap) * full_mark)
        }
        Scoring::ZScore { mean, sd, .. } => {
            let count = whole(seen.values.len());
            let average = seen.values.iter().sum::<Exact>() / &count;
            let squares: Exact = seen.values.iter().map(|value| (value - &average) * (value - &average)).sum();
            let variance = over(squares, count - Exact::one())?;
            let deviation = sqrt(&variance).expect("squares are not negative");
            Some(over(x - average, deviation)? * decimal(*sd) + decimal(*mean))
        }
        Scoring::Rank { ties, .. } => {
            let (worse, equal) = (worse(), equal());
            Some(match ties {
                Ties::Min => whole(worse + 1),
                // Equal values take the ranks from worse + 1 to worse + equal.
                Ties::Mean => whole(2 * worse + 1 + equal) / whole(2),
            })
        }
        Scoring::Borda { .. } => Some(whole(worse())),
        Scoring::PercentileRank { .. } => {
            let share = over(whole(worse()), whole(seen.values.len() - 1))?;
            Some(capped(share, true) * full_mark)
        }
        other => panic!("the rule '{}' is not one of the reference scorer", other.word()),
    }
}

fn constant(scoring: &Scoring) -> Constant {
    match scoring {
        Scoring::MinMax { constant, .. }
        | Scoring::ZScore { constant, .. }
        | Scoring::PercentileRank { constant, .. }
        | Scoring::MaxDistance { constant, .. }
        | Scoring::MaxFraction { constant, .. }
        | Scoring::TargetDistance { constant, .. }
        | Scoring::ReferenceDistance { constant, .. } => *constant,
        // They never divide.
        Scoring::Rank { .. } | Scoring::Borda { .. } => Constant::Missing,
        other => panic!("the rule '{}' is not one of the reference scorer", other.word()),
    }
}
