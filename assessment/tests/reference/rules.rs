//! The scoring rules that look at one city alone (4.2): a raw value to a score.

use citygauge_indicators::{BenchmarkBand, Edge, Scoring, Step};
use num_traits::Zero;

use super::number::{Exact, decimal, whole};

/// The raw value of a leaf.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    /// A number; a boolean is 1 or 0.
    Number(Exact),
    /// An option of a choice.
    Option(String),
}

/// The score of a raw value under a rule that needs no cohort.
pub fn score(rule: &Scoring, raw: &Raw, full_mark: &Exact) -> Exact {
    match (rule, raw) {
        (Scoring::Choice { scores }, Raw::Option(option)) => score_of_option(scores, option),
        (Scoring::Choice { scores }, Raw::Number(number)) => {
            score_of_option(scores, if number.is_zero() { "false" } else { "true" })
        }
        (_, Raw::Option(option)) => panic!("the check lets no choice such as {option} come to the rule '{}'", rule.word()),
        (Scoring::Ratio { cap }, Raw::Number(x)) => clamp(x.clone(), Exact::zero(), decimal(*cap)) * full_mark,
        (Scoring::Goalposts { worst, best, clamp: clamped }, Raw::Number(x)) => {
            let score = linear(x, &decimal(*worst), &decimal(*best)) * full_mark;
            if *clamped { clamp(score, Exact::zero(), full_mark.clone()) } else { score }
        }
        (Scoring::Piecewise { points }, Raw::Number(x)) => piecewise(points, x),
        (Scoring::Steps { steps, edge, otherwise }, Raw::Number(x)) => {
            score_of_step(steps, *edge, x).unwrap_or_else(|| decimal(*otherwise))
        }
        (Scoring::BenchmarkShare { benchmark, bands }, Raw::Number(x)) => score_of_band(bands, &(x / decimal(*benchmark))),
        (Scoring::Survey { scale: [low, high] }, Raw::Number(x)) => {
            clamp(linear(x, &decimal(*low), &decimal(*high)) * full_mark, Exact::zero(), full_mark.clone())
        }
        (Scoring::Scaled { range: [low, high] }, Raw::Number(x)) => linear(x, &decimal(*low), &decimal(*high)) * full_mark,
        // The raw value of a checklist is the share of its points that hold.
        (Scoring::Checklist { .. }, Raw::Number(share)) => share * full_mark,
        (rule, _) => panic!("the rule '{}' is not one of the reference scorer", rule.word()),
    }
}

/// How far `x` has come from `from` to `to`.
pub fn linear(x: &Exact, from: &Exact, to: &Exact) -> Exact {
    (x - from) / (to - from)
}

/// `value`, or the limit that it lies beyond.
pub fn clamp(value: Exact, least: Exact, greatest: Exact) -> Exact {
    if value < least {
        least
    } else if value > greatest {
        greatest
    } else {
        value
    }
}

fn score_of_option(scores: &[(String, f64)], option: &str) -> Exact {
    let (_, score) = scores.iter().find(|(scored, _)| scored == option).expect("the check asks for a score of every option");
    decimal(*score)
}

/// Linear between the points, flat outside.
fn piecewise(points: &[[f64; 2]], x: &Exact) -> Exact {
    let points: Vec<(Exact, Exact)> = points.iter().map(|[x, score]| (decimal(*x), decimal(*score))).collect();
    let (first, last) = (&points[0], &points[points.len() - 1]);
    if *x <= first.0 {
        return first.1.clone();
    }
    for pair in points.windows(2) {
        let ((from, score_from), (to, score_to)) = (&pair[0], &pair[1]);
        if x <= to {
            return score_from + linear(x, from, to) * (score_to - score_from);
        }
    }
    last.1.clone()
}

/// The score of the last step that `x` has reached (`lower_inclusive`) or passed (`upper_inclusive`).
fn score_of_step(steps: &[Step], edge: Edge, x: &Exact) -> Option<Exact> {
    let reached = |step: &&Step| match edge {
        Edge::LowerInclusive => decimal(step.from) <= *x,
        Edge::UpperInclusive => decimal(step.from) < *x,
    };
    steps.iter().rfind(reached).map(|step| decimal(step.score))
}

/// The score of the last band that a share has reached; the first has no lower limit.
fn score_of_band(bands: &[BenchmarkBand], share: &Exact) -> Exact {
    let reached = |band: &&BenchmarkBand| band.from.is_none_or(|from| decimal(from) <= *share);
    decimal(bands.iter().rfind(reached).expect("the first band has no lower limit").score)
}

/// The score that `half` and `full` give to a cohort whose values are all the same.
pub fn half_of(full_mark: &Exact) -> Exact {
    full_mark / whole(2)
}
