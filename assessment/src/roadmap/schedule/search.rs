//! The best schedule: good schedules first, then what bounds rule out goes, and what is left is solved to its proof.

use super::bound::Ties;
use super::domains::Domains;
use super::problem::Problem;
use super::{programme, start};

/// Two schedules whose worth differs by no more than this, relative to the greater and to 1, count as equal.
pub(crate) const EQUAL: f64 = 1e-6;

/// Steps towards a tighter bound.
const STEPS: usize = 1500;

/// After so many steps a schedule is built from the prices.
const BUILD_EVERY: usize = 50;

/// The nodes of a first look, whose schedule lets the bounds rule out more.
const FIRST_LOOK: u64 = 500;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// The best schedule, where there is one.
    pub starts: Option<Vec<Option<usize>>>,
    /// What it is worth; below every number where there is none.
    pub value: f64,
    /// No schedule is worth more.
    pub bound: f64,
    /// Whether the search came to its end: the schedule is the best, or there is none.
    pub is_proven: bool,
    /// The nodes that were solved.
    pub nodes: u64,
}

/// The best schedule, or the best that was found before `limit` nodes were solved.
pub(crate) fn best(problem: &Problem, limit: u64) -> Found {
    let ties = Ties::new(problem);
    let mut search = Search { problem, ties, starts: None, value: f64::NEG_INFINITY, bound: f64::INFINITY };
    let mut domains = Domains::new(problem);
    if !domains.propagate(problem) {
        return search.found(true, 0);
    }
    let mut nodes = 0;
    for round in [FIRST_LOOK.min(limit), limit] {
        if !search.tighten(&mut domains) {
            // Nothing is left that is worth more than what is known.
            return search.found(true, nodes);
        }
        let solved = programme::solve(problem, &domains, search.starts.as_deref(), round.saturating_sub(nodes));
        nodes += solved.nodes;
        if let Some(starts) = solved.starts {
            search.take(starts);
        }
        search.bound = search.bound.min(solved.bound.max(search.value));
        if solved.is_proven {
            return search.found(true, nodes);
        }
    }
    search.found(false, nodes)
}

struct Search<'p> {
    problem: &'p Problem,
    ties: Ties,
    starts: Option<Vec<Option<usize>>>,
    value: f64,
    bound: f64,
}

impl Search<'_> {
    fn found(self, is_proven: bool, nodes: u64) -> Found {
        let is_proven = is_proven || self.bound <= self.cutoff();
        let bound = if is_proven { self.value } else { self.bound };
        Found { starts: self.starts, value: self.value, bound, is_proven, nodes }
    }

    /// What a schedule must exceed to be of interest.
    fn cutoff(&self) -> f64 {
        self.value + EQUAL * self.value.abs().max(1.0)
    }

    fn take(&mut self, starts: Vec<Option<usize>>) {
        if self.problem.is_kept_by(&starts) {
            let value = self.problem.value(&starts);
            if value > self.value {
                (self.starts, self.value) = (Some(starts), value);
            }
        }
    }

    /// Finds prices under which the bound is tight, and takes away what it rules out; `false` where nothing is left.
    fn tighten(&mut self, domains: &mut Domains) -> bool {
        let mut prices = vec![0.0; self.ties.len()];
        let (mut least, mut kept, mut length, mut since) = (f64::INFINITY, prices.clone(), 1.0, 0);
        for step in 0..STEPS {
            let bound = self.ties.bound(domains, &prices);
            self.bound = self.bound.min(bound.value.max(self.value));
            if bound.value <= self.cutoff() {
                return false;
            }
            if step % BUILD_EVERY == 0 {
                let reduced = |job: usize, choice: usize| self.ties.of(&bound, job)[choice];
                if let Some(starts) = start::greedy(self.problem, domains, &bound.chosen, reduced) {
                    let starts = if step == 0 || self.problem.value(&starts) > self.value {
                        start::improved(self.problem, starts)
                    } else {
                        starts
                    };
                    self.take(starts);
                }
            }
            match self.filter(domains, &bound) {
                None => return false,
                // What was chosen may be gone; the step is taken from what is open.
                Some(true) => continue,
                Some(false) => {}
            }
            since += 1;
            if bound.value < least {
                least = bound.value;
                kept.clone_from(&prices);
                since = 0;
            }
            if since > 25 {
                length *= 0.6;
                since = 0;
                prices.clone_from(&kept);
            }
            let aim = if self.value.is_finite() { self.value } else { bound.value - 0.05 * bound.value.abs().max(1.0) };
            if !self.ties.step(&mut prices, &bound, aim, length) {
                break;
            }
        }
        true
    }

    /// Takes away what the bound rules out; gives whether something went, none where nothing is left.
    fn filter(&self, domains: &mut Domains, bound: &super::bound::Bound) -> Option<bool> {
        let cutoff = self.cutoff();
        let before = domains.0.clone();
        for job in 0..domains.0.len() {
            let own = self.ties.of(bound, job);
            let best = own[bound.chosen[job]];
            for choice in domains.open(job) {
                if bound.value - best + own[choice] <= cutoff {
                    domains.0[job] &= !(1 << choice);
                }
            }
        }
        let changed = domains.0 != before;
        (!changed || domains.propagate(self.problem)).then_some(changed)
    }
}
