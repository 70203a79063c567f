//! The choice of starts as the search sees it: numbers without units.

/// How far a sum of costs may exceed its limit, relative to it: what adding doubles leaves.
const SLACK: f64 = 1e-9;

/// A project to be placed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Job {
    /// How many years it takes, from 1.
    pub duration: usize,
    /// What it costs in each of them, from 0.
    pub costs: Vec<f64>,
    /// The years in which it may begin, from 0.
    pub starts: Vec<usize>,
    /// Whether it has to be done.
    pub must: bool,
    /// What is gained when it begins in each year of the horizon, without what is shared.
    pub worth: Vec<f64>,
    /// The jobs that have to be finished before it begins.
    pub after: Vec<usize>,
}

/// What several jobs add to and what ends somewhere: `min(room, spare + sum of the parts of the finished jobs)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shared {
    /// The most that can be gained, from 0.
    pub room: f64,
    /// What is held beyond the end of the scale, from 0; nothing is lost before it is used up.
    pub spare: f64,
    /// What each job adds once it is finished.
    pub parts: Vec<(usize, f64)>,
}

/// What may be spent in the years `from..=to` together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limit {
    /// The first year.
    pub from: usize,
    /// The last year.
    pub to: usize,
    /// The amount.
    pub amount: f64,
}

/// Everything that the search has to know.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Problem {
    /// The years of the horizon.
    pub years: usize,
    /// How much the state after each year counts: that of year `y` is the state in which year `y + 1` is lived.
    pub counts: Vec<f64>,
    /// The jobs.
    pub jobs: Vec<Job>,
    /// What jobs share.
    pub shared: Vec<Shared>,
    /// The limits of spending.
    pub limits: Vec<Limit>,
    /// Groups of jobs of which one at most is done.
    pub exclusive: Vec<Vec<usize>>,
}

impl Shared {
    /// The parts as far as they can count: where nothing is lost, no part is worth more than the room.
    pub(super) fn clipped(&self) -> Vec<(usize, f64)> {
        let is_rising = self.spare <= 0.0 && self.parts.iter().all(|(_, part)| *part >= 0.0);
        self.parts.iter().map(|&(job, part)| (job, if is_rising { part.min(self.room) } else { part })).collect()
    }
}

impl Limit {
    /// The most that a sum of doubles may be.
    pub(super) fn bound(&self) -> f64 {
        self.amount + SLACK * self.amount.max(1.0)
    }
}

impl Problem {
    /// What a job costs within a limit when it begins in a year.
    pub(super) fn cost(&self, job: usize, start: usize, limit: &Limit) -> f64 {
        let costs = self.jobs[job].costs.iter().enumerate();
        costs.filter(|(year, _)| (limit.from..=limit.to).contains(&(start + year))).map(|(_, cost)| cost).sum()
    }

    /// What a schedule is worth.
    pub(crate) fn value(&self, starts: &[Option<usize>]) -> f64 {
        let begun = starts.iter().enumerate().filter_map(|(job, start)| Some((job, (*start)?)));
        let alone: f64 = begun.map(|(job, start)| self.jobs[job].worth[start]).sum();
        alone + self.shared.iter().map(|shared| self.shared_value(shared, starts)).sum::<f64>()
    }

    fn shared_value(&self, shared: &Shared, starts: &[Option<usize>]) -> f64 {
        let state = |year: usize| {
            let finished = |job: usize| starts[job].is_some_and(|start| start + self.jobs[job].duration <= year + 1);
            let sum: f64 = shared.parts.iter().filter(|(job, _)| finished(*job)).map(|(_, part)| part).sum();
            shared.room.min(shared.spare + sum)
        };
        self.counts.iter().enumerate().map(|(year, count)| count * state(year)).sum()
    }

    /// Whether a schedule keeps every condition.
    pub(crate) fn is_kept_by(&self, starts: &[Option<usize>]) -> bool {
        let placed = self.jobs.iter().zip(starts).all(|(job, start)| match start {
            None => !job.must,
            Some(start) => {
                let ended = |before: &usize| starts[*before].is_some_and(|begun| begun + self.jobs[*before].duration <= *start);
                job.starts.contains(start) && job.after.iter().all(ended)
            }
        });
        let apart = |group: &Vec<usize>| group.iter().filter(|job| starts[**job].is_some()).count() <= 1;
        placed && self.exceeded(starts).is_none() && self.exclusive.iter().all(apart)
    }

    /// A limit that a schedule spends more than.
    pub(super) fn exceeded(&self, starts: &[Option<usize>]) -> Option<&Limit> {
        let spent = |limit: &Limit| {
            let begun = starts.iter().enumerate().filter_map(|(job, start)| Some((job, (*start)?)));
            begun.map(|(job, start)| self.cost(job, start, limit)).sum::<f64>()
        };
        self.limits.iter().find(|limit| spent(limit) > limit.bound())
    }
}
