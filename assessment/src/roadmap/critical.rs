//! The critical path: the longest chain of dependencies, and the slack of everything beside it.

use std::cmp::Reverse;

use citygauge_indicators::planning::Project;

/// The longest chain through the dependencies, by duration (Kelley and Walker, "Critical-path planning and scheduling", 1959).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriticalPath {
    /// The places of the projects of the chain, in the order of time.
    pub chain: Vec<usize>,
    /// How many years the chain takes.
    pub years: usize,
    /// By how many years each project may slip without making the whole longer; none for those that are not done.
    pub slack: Vec<Option<usize>>,
}

impl CriticalPath {
    /// Of the projects that are done.
    pub(super) fn of(projects: &[Project], needs: &[Vec<usize>], is_done: &[bool]) -> Self {
        let order = in_order(projects, needs);
        let duration = |place: usize| projects[place].duration_years as usize;
        let done = |place: &usize| is_done[*place];
        let mut end = vec![0; projects.len()];
        for &place in order.iter().filter(|place| done(place)) {
            let begin = needs[place].iter().filter(|needed| done(needed)).map(|needed| end[*needed]).max().unwrap_or(0);
            end[place] = begin + duration(place);
        }
        let years = end.iter().copied().max().unwrap_or(0);
        let mut latest = vec![years; projects.len()];
        for &place in order.iter().rev().filter(|place| done(place)) {
            for &needed in needs[place].iter().filter(|needed| done(needed)) {
                latest[needed] = latest[needed].min(latest[place] - duration(place));
            }
        }
        let mut chain = Vec::new();
        let mut next = (0..projects.len()).find(|place| is_done[*place] && end[*place] == years);
        while let Some(place) = next {
            chain.push(place);
            let begin = end[place] - duration(place);
            next = needs[place].iter().copied().filter(|needed| begin > 0 && is_done[*needed] && end[*needed] == begin).min();
        }
        chain.reverse();
        let slack = (0..projects.len()).map(|place| is_done[place].then(|| latest[place] - end[place])).collect();
        Self { chain, years, slack }
    }
}

/// The projects so that each stands after what it depends on; of those that could be next the most urgent, then the easiest,
/// then in the order given (9.1.4).
#[must_use]
pub fn sequence(projects: &[Project]) -> Vec<usize> {
    in_order(projects, &needs(projects))
}

/// The places of what each project depends on.
pub(super) fn needs(projects: &[Project]) -> Vec<Vec<usize>> {
    let place = |code: &String| projects.iter().position(|project| project.code == *code);
    projects.iter().map(|project| project.depends_on.iter().filter_map(place).collect()).collect()
}

fn in_order(projects: &[Project], needs: &[Vec<usize>]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(projects.len());
    let mut placed = vec![false; projects.len()];
    loop {
        let free = (0..projects.len()).filter(|place| !placed[*place] && needs[*place].iter().all(|needed| placed[*needed]));
        let next = free.min_by_key(|place| (Reverse(projects[*place].urgency), projects[*place].difficulty, *place));
        let Some(next) = next else { return order };
        placed[next] = true;
        order.push(next);
    }
}
