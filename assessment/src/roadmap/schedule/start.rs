//! Schedules to begin with: good ones found early let the bounds rule out more.

use super::domains::Domains;
use super::problem::Problem;

/// Places the jobs one by one, what is worth most after its prices first, each where it is worth most and still fits.
pub(super) fn greedy(
    problem: &Problem,
    domains: &Domains,
    chosen: &[usize],
    reduced: impl Fn(usize, usize) -> f64,
) -> Option<Vec<Option<usize>>> {
    let mut left = domains.clone();
    let never = problem.never();
    let regret = |job: usize| {
        let best = reduced(job, chosen[job]);
        let second = left.open(job).filter(|choice| *choice != chosen[job]).map(|choice| reduced(job, choice));
        best - second.fold(f64::NEG_INFINITY, f64::max)
    };
    let mut jobs: Vec<(usize, f64)> = (0..problem.jobs.len()).map(|job| (job, regret(job))).collect();
    jobs.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    for (job, _) in jobs {
        let mut choices: Vec<usize> = left.open(job).collect();
        choices.sort_by(|one, other| reduced(job, *other).total_cmp(&reduced(job, *one)).then(one.cmp(other)));
        let placed = choices.into_iter().find_map(|choice| {
            let mut tried = left.clone();
            tried.0[job] = 1 << choice;
            tried.propagate(problem).then_some(tried)
        });
        left = placed?;
    }
    let starts = (0..problem.jobs.len()).map(|job| left.open(job).next().filter(|start| *start != never));
    Some(starts.collect())
}

/// Moves, adds, drops and exchanges jobs while the schedule gains by it.
pub(super) fn improved(problem: &Problem, mut starts: Vec<Option<usize>>) -> Vec<Option<usize>> {
    let mut value = problem.value(&starts);
    let choices = |job: usize| problem.jobs[job].starts.iter().copied().map(Some).chain([None]);
    let better = |starts: &[Option<usize>], value: f64| problem.value(starts) > value + 1e-12 && problem.is_kept_by(starts);
    loop {
        let before = value;
        for job in 0..starts.len() {
            for choice in choices(job) {
                let old = std::mem::replace(&mut starts[job], choice);
                if old != choice && better(&starts, value) {
                    value = problem.value(&starts);
                } else {
                    starts[job] = old;
                }
            }
        }
        if value > before {
            continue;
        }
        'pairs: for one in 0..starts.len() {
            for other in 0..starts.len() {
                if one == other {
                    continue;
                }
                let (of_one, of_other) = (starts[one], starts[other]);
                for (first, second) in choices(one).flat_map(|first| choices(other).map(move |second| (first, second))) {
                    if first == of_one || second == of_other {
                        continue;
                    }
                    (starts[one], starts[other]) = (first, second);
                    if better(&starts, value) {
                        value = problem.value(&starts);
                        break 'pairs;
                    }
                }
                (starts[one], starts[other]) = (of_one, of_other);
            }
        }
        if value <= before {
            return starts;
        }
    }
}
