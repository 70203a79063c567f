//! The choice of starts as a mixed-integer programme.
//!
//! A job has a variable per year that says whether it has begun *by* that year: a branch then decides much, and a dependency
//! is a plain inequality of two variables.

use highs::{Col, HighsModelStatus, HighsSolutionStatus, HighsStatus, Model, RowProblem, Sense, SolvedModel};

use super::Effort;
use super::problem::{Limit, Problem};

/// What the greatest worth of a job is scaled to: the solver's tolerances are absolute.
const SCALE: f64 = 100.0;

/// The threads of a search: as many on every machine, since the solver takes another way with another number of them.
const THREADS: i32 = 2;

/// The programme of a problem.
pub(super) struct Programme<'p> {
    problem: &'p Problem,
    rows: RowProblem,
    begun: Vec<Begun>,
    /// What the worth is multiplied with.
    scale: f64,
    /// What is gained whatever is chosen.
    fixed: f64,
}

/// What the solver gave.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Solved {
    pub starts: Option<Vec<Option<usize>>>,
    /// No schedule is worth more.
    pub bound: f64,
    /// Whether the search came to its end: it is the best to the gap that was asked for, or none is feasible.
    pub is_proven: bool,
}

/// A job in the programme: the years in which it may begin, and whether it has begun by each of them.
struct Begun {
    years: Vec<usize>,
    by: Vec<Col>,
}

impl Begun {
    /// What depends on the year in which the job begins, as a sum over the variables.
    fn sum(&self, of_year: impl Fn(usize) -> f64) -> Vec<(Col, f64)> {
        let next = |place: usize| self.years.get(place + 1).map_or(0.0, |year| of_year(*year));
        let terms = self.by.iter().enumerate().map(|(place, by)| (*by, of_year(self.years[place]) - next(place)));
        terms.filter(|(_, factor)| *factor != 0.0).collect()
    }

    /// The variable that says whether it has begun by a year.
    fn by(&self, year: Option<usize>) -> Option<Col> {
        let place = self.years.iter().rposition(|begun| Some(*begun) <= year)?;
        Some(self.by[place])
    }
}

impl<'p> Programme<'p> {
    pub fn new(problem: &'p Problem) -> Self {
        let greatest = problem.jobs.iter().flat_map(|job| &job.worth).map(|worth| worth.abs());
        let greatest = greatest.chain(problem.shared.iter().map(|shared| shared.room)).fold(0.0, f64::max);
        let scale = if greatest > 0.0 { SCALE / greatest } else { 1.0 };
        let mut programme = Self { problem, rows: RowProblem::default(), begun: Vec::new(), scale, fixed: 0.0 };
        programme.jobs();
        programme.order();
        programme.groups();
        programme.limits();
        programme.shared();
        programme
    }

    /// A job that has begun by a year has begun by the next.
    fn jobs(&mut self) {
        for (job, it) in self.problem.jobs.iter().enumerate() {
            let can_be_paid = |limit: &Limit, start: usize| self.problem.cost(job, start, limit) <= limit.bound();
            let can_begin = |start: &usize| self.problem.limits.iter().all(|limit| can_be_paid(limit, *start));
            let years: Vec<usize> = it.starts.iter().copied().filter(can_begin).collect();
            let worth = |place: usize| years.get(place).map_or(0.0, |year| it.worth[*year]);
            let mut by = Vec::with_capacity(years.len());
            for place in 0..years.len() {
                let factor = (worth(place) - worth(place + 1)) * self.scale;
                by.push(self.rows.add_integer_column(factor, 0..=1));
            }
            for pair in by.windows(2) {
                self.rows.add_row(..=0, [(pair[0], 1.0), (pair[1], -1.0)]);
            }
            if it.must {
                self.rows.add_row(1.., by.last().map(|last| (*last, 1.0)));
            }
            self.begun.push(Begun { years, by });
        }
    }

    /// A job has begun by a year only where everything that it depends on ended before.
    fn order(&mut self) {
        for (job, it) in self.problem.jobs.iter().enumerate() {
            for &needs in &it.after {
                for (year, by) in self.begun[job].years.iter().zip(&self.begun[job].by) {
                    let ended = self.begun[needs].by(year.checked_sub(self.problem.jobs[needs].duration));
                    self.rows.add_row(..=0, [(*by, 1.0)].into_iter().chain(ended.map(|ended| (ended, -1.0))));
                }
            }
        }
    }

    /// Of a group one job at most is done.
    fn groups(&mut self) {
        for group in &self.problem.exclusive {
            let done = group.iter().filter_map(|job| Some((*self.begun[*job].by.last()?, 1.0)));
            self.rows.add_row(..=1, done);
        }
    }

    /// What is spent within each limit; and, where each year has its own, in all years together: that says nothing new, but
    /// the solver sees more of how little fits.
    fn limits(&mut self) {
        let limits = &self.problem.limits;
        let last = self.problem.years.saturating_sub(1);
        let each_year = limits.len() > 1 && limits.iter().enumerate().all(|(year, limit)| (limit.from, limit.to) == (year, year));
        let whole = Limit { from: 0, to: last, amount: limits.iter().map(Limit::bound).sum() };
        for limit in limits.iter().chain((each_year && limits.len() == last + 1).then_some(&whole)) {
            let unit = if limit.amount > 0.0 { limit.amount } else { 1.0 };
            let begun = self.begun.iter().enumerate();
            let costs = begun.flat_map(|(job, it)| it.sum(|year| self.problem.cost(job, year, limit) / unit));
            self.rows.add_row(..=limit.amount / unit, costs.collect::<Vec<_>>());
        }
    }

    /// What is shared is gained as far as the finished jobs bring it, and up to the room.
    fn shared(&mut self) {
        for shared in &self.problem.shared {
            let parts = shared.clipped();
            for (year, &count) in self.problem.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                let ended = |job: usize| self.begun[job].by((year + 1).checked_sub(self.problem.jobs[job].duration));
                let ended: Vec<(Col, f64)> = parts.iter().filter_map(|&(job, part)| Some((ended(job)?, -part))).collect();
                if ended.is_empty() {
                    self.fixed += count * shared.room.min(shared.spare);
                    continue;
                }
                let least = shared.spare - ended.iter().map(|(_, part)| part.max(0.0)).sum::<f64>();
                let gain = self.rows.add_column(count * self.scale, least.min(shared.room)..=shared.room);
                self.rows.add_row(..=shared.spare, [(gain, 1.0)].into_iter().chain(ended));
            }
        }
    }

    /// Forbids what these jobs do within a limit to be done together: it costs more than there is.
    pub fn forbid(&mut self, starts: &[Option<usize>], limit: &Limit) {
        let begun = starts.iter().enumerate().filter_map(|(job, start)| Some((job, (*start)?)));
        let paid = begun.filter(|(job, start)| self.problem.cost(*job, *start, limit) > 0.0);
        let paid: Vec<(usize, usize)> = paid.collect();
        let chosen = paid.iter().flat_map(|(job, start)| self.begun[*job].sum(|year| f64::from(u8::from(year == *start))));
        self.rows.add_row(..=paid.len() as f64 - 1.0, chosen.collect::<Vec<_>>());
    }

    /// The best schedule, or the best that is found with so much effort.
    pub fn solve(&self, effort: Effort) -> Solved {
        if self.rows.num_cols() == 0 {
            let nothing = vec![None; self.problem.jobs.len()];
            let starts = self.problem.is_kept_by(&nothing).then_some(nothing);
            return Solved { bound: starts.as_ref().map_or(f64::NEG_INFINITY, |_| self.fixed), starts, is_proven: true };
        }
        match self.run(effort) {
            Ok(solved) => self.read(&solved),
            Err(_) => Solved { starts: None, bound: f64::INFINITY, is_proven: false },
        }
    }

    fn run(&self, effort: Effort) -> Result<SolvedModel, HighsStatus> {
        let mut model = Model::try_new(self.rows.clone())?;
        model.set_sense(Sense::Maximise);
        // The tolerances stay as they are: with 1e-9 the solver has run on past every limit of nodes and time.
        model.set_option("threads", THREADS);
        model.set_option("mip_rel_gap", effort.gap);
        model.set_option("mip_max_nodes", i32::try_from(effort.nodes).unwrap_or(i32::MAX));
        model.set_option("time_limit", effort.seconds);
        model.try_solve()
    }

    fn read(&self, solved: &SolvedModel) -> Solved {
        let status = solved.status();
        if matches!(status, HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible) {
            return Solved { starts: None, bound: f64::NEG_INFINITY, is_proven: true };
        }
        let starts = (solved.primal_solution_status() == HighsSolutionStatus::Feasible).then(|| {
            let solution = solved.get_solution();
            let start =
                |it: &Begun| it.by.iter().position(|by| solution.columns()[by.index()] > 0.5).map(|place| it.years[place]);
            self.begun.iter().map(start).collect()
        });
        let bound = solved.double_info_value(c"mip_dual_bound").map_or(f64::INFINITY, |bound| bound / self.scale + self.fixed);
        Solved { starts, bound, is_proven: status == HighsModelStatus::Optimal }
    }
}
