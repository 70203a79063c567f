//! The best schedule, checked by what the problem says and not by what the solver takes for equal.

use std::time::Instant;

use super::problem::Problem;
use super::programme::Programme;

/// Two schedules whose worth differs by no more than this, relative to the greater and to 1, count as equal.
pub(crate) const EQUAL: f64 = 1e-6;

/// So many schedules may be forbidden because the solver took them for paid.
const CORRECTIONS: usize = 20;

/// How much a search may work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// The nodes of the branch and bound at most, from 1.
    pub nodes: u32,
    /// It ends after so many seconds, whatever it has shown, so that no document holds the service for long.
    pub seconds: f64,
    /// It ends where no schedule can be better by more than this part of its worth.
    pub gap: f64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// The best schedule, where there is one.
    pub starts: Option<Vec<Option<usize>>>,
    /// What it is worth; below every number where there is none.
    pub value: f64,
    /// No schedule is worth more.
    pub bound: f64,
    /// Whether no schedule is worth more than this one to [`EQUAL`], or there is none.
    pub is_proven: bool,
}

/// The best schedule, or the best that is found with so much effort.
pub(crate) fn best(problem: &Problem, effort: Effort) -> Found {
    let mut programme = Programme::new(problem);
    let start = Instant::now();
    for _ in 0..CORRECTIONS {
        let left = (effort.seconds - start.elapsed().as_secs_f64()).max(0.0);
        let solved = programme.solve(Effort { seconds: left, ..effort });
        let Some(starts) = solved.starts else {
            return Found { starts: None, value: f64::NEG_INFINITY, bound: solved.bound, is_proven: solved.is_proven };
        };
        // The solver takes for paid what exceeds a budget by no more than a millionth.
        if let Some(exceeded) = problem.exceeded(&starts) {
            programme.forbid(&starts, exceeded);
            continue;
        }
        let value = problem.value(&starts);
        let bound = solved.bound.max(value);
        let is_proven = solved.is_proven && bound - value <= EQUAL * value.abs().max(1.0);
        return Found { starts: Some(starts), value, bound: if is_proven { value } else { bound }, is_proven };
    }
    Found { starts: None, value: f64::NEG_INFINITY, bound: f64::INFINITY, is_proven: false }
}
