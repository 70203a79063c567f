//! The mixed-integer programme over what is still open, solved by branch and bound over linear relaxations.
//!
//! A job has a variable per year that says whether it has begun *by* that year: a branch then decides much, and a dependency
//! is a plain inequality of two variables.

use microlp::{ComparisonOp, OptimizationDirection, SolveOptions, Variable};

use super::domains::Domains;
use super::problem::Problem;

/// What the greatest worth of a job is scaled to: the solver's tolerances are absolute.
const SCALE: f64 = 100.0;

/// What the programme gave.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Solved {
    pub starts: Option<Vec<Option<usize>>>,
    /// No schedule that is open is worth more.
    pub bound: f64,
    /// Whether it is the best of those that are open, or none of them is feasible.
    pub is_proven: bool,
    pub nodes: u64,
}

/// A job in the programme: the years in which it may still begin, and whether it has begun by each of them.
struct Begun {
    years: Vec<usize>,
    by: Vec<Variable>,
}

impl Begun {
    /// What depends on the year in which the job begins, as a sum over the variables.
    fn sum(&self, of_year: impl Fn(usize) -> f64) -> impl Iterator<Item = (Variable, f64)> {
        let next = |place: usize| self.years.get(place + 1).map_or(0.0, |year| of_year(*year));
        let terms = self.by.iter().enumerate().map(|(place, by)| (*by, of_year(self.years[place]) - next(place)));
        terms.filter(|(_, factor)| *factor != 0.0).collect::<Vec<_>>().into_iter()
    }

    /// The variable that says whether it has begun by a year.
    fn by(&self, year: Option<usize>) -> Option<Variable> {
        let place = self.years.iter().rposition(|begun| Some(*begun) <= year)?;
        Some(self.by[place])
    }
}

/// The best of what is open; `known` is a schedule to begin with.
pub(super) fn solve(problem: &Problem, domains: &Domains, known: Option<&[Option<usize>]>, nodes: u64) -> Solved {
    let mut programme = microlp::Problem::new(OptimizationDirection::Maximize);
    let never = problem.never();
    let greatest = problem.jobs.iter().flat_map(|job| &job.worth).map(|worth| worth.abs());
    let greatest = greatest.chain(problem.shared.iter().map(|shared| shared.room)).fold(0.0, f64::max);
    let scale = if greatest > 0.0 { SCALE / greatest } else { 1.0 };
    let mut begun: Vec<Begun> = Vec::with_capacity(problem.jobs.len());
    for (job, it) in problem.jobs.iter().enumerate() {
        let years: Vec<usize> = domains.open(job).filter(|choice| *choice != never).collect();
        let worth = |place: usize| years.get(place).map_or(0.0, |year| it.worth[*year]);
        let by: Vec<Variable> =
            (0..years.len()).map(|place| programme.add_binary_var((worth(place) - worth(place + 1)) * scale)).collect();
        for pair in by.windows(2) {
            programme.add_constraint([(pair[0], 1.0), (pair[1], -1.0)], ComparisonOp::Le, 0.0);
        }
        if let (Some(last), true) = (by.last(), domains.0[job] & (1 << never) == 0) {
            programme.add_constraint([(*last, 1.0)], ComparisonOp::Eq, 1.0);
        }
        begun.push(Begun { years, by });
    }
    for (job, it) in problem.jobs.iter().enumerate() {
        for &needs in &it.after {
            for (year, by) in begun[job].years.iter().zip(&begun[job].by) {
                let ended = begun[needs].by(year.checked_sub(problem.jobs[needs].duration));
                let terms = [(*by, 1.0)].into_iter().chain(ended.map(|ended| (ended, -1.0)));
                programme.add_constraint(terms.collect::<Vec<_>>(), ComparisonOp::Le, 0.0);
            }
        }
    }
    for group in &problem.exclusive {
        let done = group.iter().filter_map(|job| Some((*begun[*job].by.last()?, 1.0)));
        programme.add_constraint(done.collect::<Vec<_>>(), ComparisonOp::Le, 1.0);
    }
    for limit in &problem.limits {
        let unit = if limit.amount > 0.0 { limit.amount } else { 1.0 };
        let costs = begun.iter().enumerate().flat_map(|(job, it)| it.sum(move |year| problem.cost(job, year, limit) / unit));
        programme.add_constraint(costs.collect::<Vec<_>>(), ComparisonOp::Le, limit.amount / unit);
    }
    let mut fixed = 0.0;
    for shared in &problem.shared {
        let parts = shared.clipped();
        for (year, &count) in problem.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            let ended = |job: usize| begun[job].by((year + 1).checked_sub(problem.jobs[job].duration));
            let ended: Vec<(Variable, f64)> = parts.iter().filter_map(|&(job, part)| Some((ended(job)?, -part))).collect();
            if ended.is_empty() {
                fixed += count * shared.room.min(shared.spare);
                continue;
            }
            let gain = programme.add_var(count * scale, (f64::NEG_INFINITY, shared.room));
            let terms = [(gain, 1.0)].into_iter().chain(ended);
            programme.add_constraint(terms.collect::<Vec<_>>(), ComparisonOp::Le, shared.spare);
        }
    }
    let mut options = SolveOptions::default();
    options.node_limit = Some(nodes);
    options.warm_start = known.map(|known| {
        let value = |start: Option<usize>, year: usize| f64::from(u8::from(start.is_some_and(|start| start <= year)));
        let of_job = |(it, start): (&Begun, &Option<usize>)| {
            it.years.iter().zip(&it.by).map(|(year, by)| (*by, value(*start, *year))).collect::<Vec<_>>()
        };
        begun.iter().zip(known).flat_map(of_job).collect()
    });
    match programme.solve_with(options) {
        Ok(outcome) => {
            let starts = outcome.solution().map(|solution| {
                let start =
                    |it: &Begun| it.by.iter().position(|by| solution.var_value_raw(*by) > 0.5).map(|place| it.years[place]);
                begun.iter().map(start).collect()
            });
            let stats = outcome.stats();
            let bound = stats.best_bound.map_or(f64::INFINITY, |bound| bound / scale + fixed);
            Solved { starts, bound, is_proven: outcome.is_optimal(), nodes: stats.nodes_solved }
        }
        // Of what is open nothing is feasible.
        Err(microlp::Error::Infeasible) => Solved { starts: None, bound: f64::NEG_INFINITY, is_proven: true, nodes: 0 },
        Err(_) => Solved { starts: None, bound: f64::INFINITY, is_proven: false, nodes: 0 },
    }
}
