//! What a harness of faults has counted.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Why something is not as it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// It was acknowledged and is not there.
    Lost,
    /// It is there and was never sent, or was refused.
    Ghost,
    /// It is there more than once.
    Twice,
    /// It is there in part.
    Half,
    /// An answer that no client should get, a job that did not end well, a chain that is broken.
    Other,
}

/// Counts, and what is wrong in words.
#[derive(Debug, Default)]
pub struct Figures {
    /// Acknowledged writes, by what the trail calls them.
    pub acknowledged: BTreeMap<&'static str, u64>,
    /// Writes that were refused, as they should be.
    pub refused: u64,
    /// Writes without an answer, or with 5xx.
    pub unanswered: u64,
    /// Of these, how many had been done.
    pub unanswered_done: u64,
    /// Jobs that have ended.
    pub jobs: u64,
    /// Of these, how many were begun more than once.
    pub taken_up: u64,
    /// Lines of the trail that were compared with what was written.
    pub lines: u64,
    /// How long it took until the service was ready again.
    pub ready: Vec<Duration>,
    /// What is not as it was told.
    pub wrong: BTreeMap<Wrong, Vec<String>>,
}

impl Figures {
    /// Notes something that is not as it was told, and says so at once.
    pub fn wrong(&mut self, what: Wrong, said: String) {
        eprintln!("{what:?}: {said}");
        self.wrong.entry(what).or_default().push(said);
    }

    /// Panics where anything is wrong.
    ///
    /// # Panics
    /// With everything that is.
    pub fn assert_sound(&self) {
        assert!(self.wrong.is_empty(), "{self}\n{:#?}", self.wrong);
    }

    fn count(&self, what: Wrong) -> usize {
        self.wrong.get(&what).map_or(0, Vec::len)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let acknowledged: u64 = self.acknowledged.values().sum();
        let (lost, ghosts, twice) = (self.count(Wrong::Lost), self.count(Wrong::Ghost), self.count(Wrong::Twice));
        let (half, other) = (self.count(Wrong::Half), self.count(Wrong::Other));
        writeln!(
            f,
            "{acknowledged} acknowledged: {lost} lost, {ghosts} ghosts, {twice} twice, {half} half, {other} otherwise wrong"
        )?;
        let (unanswered, done, refused) = (self.unanswered, self.unanswered_done, self.refused);
        writeln!(f, "{unanswered} without an answer, of which {done} had been done; {refused} refused as they should be")?;
        writeln!(
            f,
            "{} jobs ended, {} of them taken up again; {} lines of the trail, each of one write",
            self.jobs, self.taken_up, self.lines
        )?;
        let mut ready = self.ready.clone();
        ready.sort_unstable();
        if let (Some(least), Some(most)) = (ready.first(), ready.last()) {
            writeln!(
                f,
                "ready again after {least:.2?} at least, {:.2?} in the middle, {most:.2?} at most",
                ready[ready.len() / 2]
            )?;
        }
        let by_kind: Vec<String> = self.acknowledged.iter().map(|(action, count)| format!("{action} {count}")).collect();
        write!(f, "{}", by_kind.join(", "))
    }
}
