//! The Lagrangian bound: every condition that ties jobs together gets a price, and each job then chooses for itself.
//!
//! For any prices from 0 the sum of what the jobs choose is at least what the best schedule is worth, so a bound holds
//! whatever the prices are; subgradient steps (Held, Wolfe and Crowder, "Validation of subgradient optimization",
//! Mathematical Programming 6 (1974), 62-88) only make it tighter. At its best it is the bound of the linear relaxation
//! in which dependencies are written year by year.

use super::domains::Domains;
use super::problem::Problem;

/// A condition with a price: `slack + sum of the entries of what is chosen >= 0`.
#[derive(Debug)]
struct Tie {
    slack: f64,
    /// Job, choice and what it adds.
    entries: Vec<(usize, usize, f64)>,
    /// The greatest price; a price beyond it would only loosen the bound.
    ceiling: f64,
    /// What prices and violations are measured in.
    scale: f64,
}

/// The conditions that tie jobs together.
#[derive(Debug)]
pub(super) struct Ties {
    ties: Vec<Tie>,
    /// What is gained without any choice, when nothing is paid for.
    base: f64,
    /// What each choice of each job is worth by itself, job by job.
    worth: Vec<f64>,
    /// The choices of a job: the years and "not at all".
    width: usize,
    /// For each choice of each job the conditions that it enters, with what it adds there.
    entered: Vec<Vec<(u32, f64)>>,
}

/// The bound at some prices.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    /// No schedule is worth more.
    pub value: f64,
    /// What each choice is worth after its prices, job by job.
    pub reduced: Vec<f64>,
    /// What each job chooses.
    pub chosen: Vec<usize>,
}

impl Ties {
    pub fn new(problem: &Problem) -> Self {
        let width = problem.years + 1;
        let mut ties = Vec::new();
        let starts = |job: usize| problem.jobs[job].starts.iter().copied();
        for limit in &problem.limits {
            let costs = (0..problem.jobs.len()).flat_map(|job| starts(job).map(move |start| (job, start)));
            let entries = costs.map(|(job, start)| (job, start, -problem.cost(job, start, limit)));
            let entries = entries.filter(|entry| entry.2 < 0.0).collect();
            ties.push(Tie { slack: limit.bound(), entries, ceiling: f64::INFINITY, scale: limit.amount.max(1e-9) });
        }
        for (job, needs) in problem.jobs.iter().enumerate().flat_map(|(job, it)| it.after.iter().map(move |needs| (job, *needs)))
        {
            let duration = problem.jobs[needs].duration;
            for year in 0..problem.years {
                let ended = starts(needs).filter(|start| start + duration <= year).map(|start| (needs, start, 1.0));
                let begun = starts(job).filter(|start| *start <= year).map(|start| (job, start, -1.0));
                let entries = ended.chain(begun).collect();
                ties.push(Tie { slack: 0.0, entries, ceiling: f64::INFINITY, scale: 1.0 });
            }
        }
        for group in &problem.exclusive {
            let entries = group.iter().flat_map(|job| starts(*job).map(|start| (*job, start, -1.0))).collect();
            ties.push(Tie { slack: 1.0, entries, ceiling: f64::INFINITY, scale: 1.0 });
        }
        // min(room, spare + sum) is the least of room + price * (spare + sum - room) over prices from 0 to 1; here the price
        // is that of not counting the sum: count * (spare + sum) - price * (spare + sum - room), price from 0 to count.
        let mut base = 0.0;
        let mut worth = vec![0.0; problem.jobs.len() * width];
        for (job, it) in problem.jobs.iter().enumerate() {
            for &start in &it.starts {
                worth[job * width + start] = it.worth[start];
            }
        }
        for shared in &problem.shared {
            let parts = shared.clipped();
            for (year, &count) in problem.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                base += count * shared.spare;
                let mut entries = Vec::new();
                for &(job, part) in &parts {
                    let ended = starts(job).filter(|start| start + problem.jobs[job].duration <= year + 1);
                    for start in ended {
                        worth[job * width + start] += count * part;
                        entries.push((job, start, -part));
                    }
                }
                let scale = parts.iter().map(|(_, part)| part.abs()).fold(1e-9, f64::max);
                ties.push(Tie { slack: shared.room - shared.spare, entries, ceiling: count, scale });
            }
        }
        let mut entered = vec![Vec::new(); worth.len()];
        for (place, tie) in (0..).zip(&ties) {
            for &(job, choice, entry) in &tie.entries {
                entered[job * width + choice].push((place, entry));
            }
        }
        Self { ties, base, worth, width, entered }
    }

    /// How many prices there are.
    pub fn len(&self) -> usize {
        self.ties.len()
    }

    /// The bound over what is open, at these prices.
    pub fn bound(&self, domains: &Domains, prices: &[f64]) -> Bound {
        let mut reduced = self.worth.clone();
        let mut value = self.base + self.ties.iter().zip(prices).map(|(tie, price)| price * tie.slack).sum::<f64>();
        let jobs = domains.0.len();
        let mut chosen = Vec::with_capacity(jobs);
        for job in 0..jobs {
            for choice in domains.open(job) {
                let entered = &self.entered[job * self.width + choice];
                reduced[job * self.width + choice] +=
                    entered.iter().map(|&(tie, entry)| prices[tie as usize] * entry).sum::<f64>();
            }
            let own = &reduced[job * self.width..(job + 1) * self.width];
            let best = domains.open(job).reduce(|best, next| if own[next] > own[best] { next } else { best });
            let best = best.unwrap_or(self.width - 1);
            value += own[best];
            chosen.push(best);
        }
        Bound { value, reduced, chosen }
    }

    /// By how much the choices violate each condition (below 0) or keep it, in the scale of the condition.
    fn slacks(&self, chosen: &[usize]) -> Vec<f64> {
        let mut slacks: Vec<f64> = self.ties.iter().map(|tie| tie.slack).collect();
        for (job, choice) in chosen.iter().enumerate() {
            for &(tie, entry) in &self.entered[job * self.width + choice] {
                slacks[tie as usize] += entry;
            }
        }
        slacks.iter_mut().zip(&self.ties).for_each(|(slack, tie)| *slack /= tie.scale);
        slacks
    }

    /// Moves the prices one step towards a bound of `aim`; `false` where there is no way to go.
    pub fn step(&self, prices: &mut [f64], bound: &Bound, aim: f64, length: f64) -> bool {
        let mut slacks = self.slacks(&bound.chosen);
        for ((slack, tie), price) in slacks.iter_mut().zip(&self.ties).zip(prices.iter()) {
            // A price at its end does not move further.
            if (*slack > 0.0 && *price <= 0.0) || (*slack < 0.0 && *price >= tie.ceiling) {
                *slack = 0.0;
            }
        }
        let norm: f64 = slacks.iter().map(|slack| slack * slack).sum();
        if norm <= 0.0 {
            return false;
        }
        let step = length * (bound.value - aim).max(0.0) / norm;
        for ((price, slack), tie) in prices.iter_mut().zip(&slacks).zip(&self.ties) {
            *price = (*price - step * slack / tie.scale).clamp(0.0, tie.ceiling);
        }
        true
    }

    /// The choices of a job in what a bound gives for all.
    pub fn of<'b>(&self, bound: &'b Bound, job: usize) -> &'b [f64] {
        &bound.reduced[job * self.width..(job + 1) * self.width]
    }
}
