//! What is still open for each job, and what follows from it.

use super::problem::{Choices, Problem};

/// The choices that are open for each job.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Domains(pub Vec<Choices>);

impl Domains {
    /// Everything that the problem allows.
    pub fn new(problem: &Problem) -> Self {
        let of = |job: &super::problem::Job| {
            let starts: Choices = job.starts.iter().map(|start| 1 << start).sum();
            if job.must { starts } else { starts | 1 << problem.never() }
        };
        Self(problem.jobs.iter().map(of).collect())
    }

    /// The choices that are open for a job, years first.
    pub fn open(&self, job: usize) -> impl Iterator<Item = usize> + use<> {
        let mut left = self.0[job];
        std::iter::from_fn(move || {
            let next = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(next)
        })
    }

    /// The years of a job.
    fn years(&self, problem: &Problem, job: usize) -> Choices {
        self.0[job] & ((1 << problem.never()) - 1)
    }

    /// Whether a job has one choice left.
    pub fn is_decided(&self, job: usize) -> bool {
        self.0[job].count_ones() == 1
    }

    /// Takes away what can no longer be; `false` where nothing is left for some job.
    pub fn propagate(&mut self, problem: &Problem) -> bool {
        loop {
            let before = self.0.clone();
            self.order(problem);
            self.part(problem);
            self.pay(problem);
            if self.0.contains(&0) {
                return false;
            }
            if self.0 == before {
                return true;
            }
        }
    }

    /// A job begins after all that it depends on is finished.
    fn order(&mut self, problem: &Problem) {
        let never: Choices = 1 << problem.never();
        for (job, needs) in problem.jobs.iter().enumerate().flat_map(|(job, it)| it.after.iter().map(move |needs| (job, *needs)))
        {
            let (first, own) = (self.years(problem, needs), self.years(problem, job));
            if first == 0 {
                self.0[job] &= never;
                continue;
            }
            let earliest = first.trailing_zeros() as usize + problem.jobs[needs].duration;
            let too_early: Choices = (0..problem.years.min(earliest)).map(|year| 1 << year).sum();
            self.0[job] &= !too_early;
            if self.0[job] & never == 0 && own != 0 {
                let latest = (Choices::BITS - 1 - own.leading_zeros()) as usize;
                let in_time = (0..problem.years).filter(|start| start + problem.jobs[needs].duration <= latest);
                let in_time: Choices = in_time.map(|start| 1 << start).sum();
                self.0[needs] &= in_time;
            }
        }
    }

    /// Of a group one job at most is done.
    fn part(&mut self, problem: &Problem) {
        let never: Choices = 1 << problem.never();
        for group in &problem.exclusive {
            if let Some(done) = group.iter().find(|job| self.0[**job] & never == 0) {
                for other in group.iter().filter(|other| *other != done) {
                    self.0[*other] &= never;
                }
            }
        }
    }

    /// What is decided is paid; what cannot be paid beside it is no choice.
    fn pay(&mut self, problem: &Problem) {
        for limit in &problem.limits {
            let decided = (0..self.0.len()).filter(|job| self.is_decided(*job));
            let starts = decided.filter_map(|job| Some((job, self.open(job).next().filter(|start| *start != problem.never())?)));
            let spent: f64 = starts.map(|(job, start)| problem.cost(job, start, limit)).sum();
            if spent > limit.bound() {
                self.0.fill(0);
                return;
            }
            for job in 0..self.0.len() {
                if self.is_decided(job) {
                    continue;
                }
                for start in self.open(job).filter(|start| *start != problem.never()) {
                    if spent + problem.cost(job, start, limit) > limit.bound() {
                        self.0[job] &= !(1 << start);
                    }
                }
            }
        }
    }
}
