//! From numbers to places, and the ticks between.

use super::number::{finite, tick};

/// The stretch of numbers that an axis shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Domain {
    pub from: f64,
    pub to: f64,
    /// The step at whose multiples both ends lie, where they were rounded.
    step: Option<f64>,
}

impl Domain {
    /// From one number to a greater one.
    pub fn between(from: f64, to: f64) -> Self {
        Self { from, to, step: None }.opened()
    }

    /// From 0 to the full mark, wider only where a score lies outside (a z-score rule knows negative ones).
    pub fn scores(full_mark: f64, values: impl IntoIterator<Item = f64>) -> Self {
        let values = values.into_iter().map(finite);
        let (from, to) =
            values.fold((0.0, finite(full_mark).max(0.0)), |(from, to): (f64, f64), value| (from.min(value), to.max(value)));
        Self::between(from, to)
    }

    /// Just around the values, ending at round numbers; for lines and dots, never for bars.
    pub fn around(values: impl IntoIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.into_iter().map(finite).collect();
        let from = values.iter().copied().fold(f64::INFINITY, f64::min);
        let to = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if values.is_empty() {
            return Self::between(0.0, 1.0);
        }
        let beyond = if to > from { 0.0 } else { from.abs().max(1.0) * 0.1 };
        Self::between(from - beyond, to + beyond).rounded(4)
    }

    /// The same, out to multiples of the step that makes about `count` parts.
    pub fn rounded(self, count: usize) -> Self {
        let step = self.step(count);
        let (from, to) = ((self.from / step).floor() * step, (self.to / step).ceil() * step);
        Self { step: Some(step), ..Self::between(from, to) }
    }

    fn opened(self) -> Self {
        if self.to > self.from { self } else { Self { to: self.from + 1.0, ..self } }
    }

    /// The share of the way at which a number lies, from 0 to 1.
    pub fn share(&self, value: f64) -> f64 {
        ((finite(value) - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }

    /// A round step (1, 2 or 5 times a power of ten) that makes about `count` parts.
    pub fn step(&self, count: usize) -> f64 {
        let raw = (self.to - self.from) / count.max(1) as f64;
        let power = 10f64.powf(raw.log10().floor());
        let lead = raw / power;
        power
            * if lead <= 1.0 {
                1.0
            } else if lead <= 2.0 {
                2.0
            } else if lead <= 5.0 {
                5.0
            } else {
                10.0
            }
    }

    /// Round numbers from one end to the other, with both ends, and how they read. A rounded axis has its own step.
    pub fn ticks(&self, count: usize) -> Vec<(f64, String)> {
        let step = self.step.unwrap_or_else(|| self.step(count));
        let first = (self.from / step).ceil() as i64;
        let last = (self.to / step).floor() as i64;
        let mut found: Vec<f64> = (first..=last).map(|times| times as f64 * step).collect();
        // An end that is no round number replaces the tick next to it, so that the axis still says where it ends.
        for end in [self.from, self.to] {
            if found.iter().all(|value| (value - end).abs() > step * 1e-6) {
                found.retain(|value| (value - end).abs() > step * 0.6);
                found.push(end);
            }
        }
        found.sort_by(f64::total_cmp);
        found
            .into_iter()
            .map(|value| {
                let is_round = ((value / step).round() - value / step).abs() < 1e-6;
                let text = if is_round { tick(value, step) } else { super::number::short(value) };
                (value, text)
            })
            .collect()
    }
}

/// A domain laid out between two places, in either direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub domain: Domain,
    pub start: f64,
    pub end: f64,
}

impl Scale {
    pub fn new(domain: Domain, start: f64, end: f64) -> Self {
        Self { domain, start, end }
    }

    pub fn at(&self, value: f64) -> f64 {
        self.start + (self.end - self.start) * self.domain.share(value)
    }
}

/// The ranks to be written beside an inverted axis: the first, the last and round ones between.
pub(super) fn ranks(last: u64, count: usize) -> Vec<u64> {
    let last = last.max(1);
    let step = Domain::between(0.0, last as f64).step(count).max(1.0) as u64;
    let mut found = vec![1];
    found.extend((1..).map(|times| times * step).take_while(|rank| rank + step / 2 < last).filter(|&rank| rank > 1));
    if last > 1 {
        found.push(last);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_axis_runs_from_zero_to_the_full_mark_and_further_only_for_a_score() {
        assert_eq!(Domain::scores(100.0, [20.0]), Domain::between(0.0, 100.0));
        assert_eq!(Domain::scores(100.0, [-20.0, 130.0]), Domain::between(-20.0, 130.0));
        assert_eq!(Domain::scores(0.0, []), Domain::between(0.0, 1.0), "a stretch of nothing is opened");
    }

    #[test]
    fn ticks_are_round_and_include_both_ends() {
        let texts = |domain: Domain| domain.ticks(5).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts(Domain::between(0.0, 100.0)), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(texts(Domain::between(0.0, 72.0)), ["0", "20", "40", "72"]);
        assert_eq!(texts(Domain::between(-1e15, 1e15)).len(), 5);
    }

    #[test]
    fn equal_values_lie_in_the_middle_of_an_axis_around_them() {
        assert_eq!(Domain::around([2.2, 42.2]).ticks(9).len(), 6, "0, 10, … 50");
        let domain = Domain::around([5.0, 5.0]);
        assert!(domain.share(5.0) > 0.3 && domain.share(5.0) < 0.7);
        assert_eq!(Domain::around([]), Domain::between(0.0, 1.0));
    }

    #[test]
    fn the_first_and_the_last_rank_are_always_written() {
        assert_eq!(ranks(341, 6), [1, 100, 200, 341]);
        assert_eq!(ranks(1, 6), [1]);
        assert_eq!(ranks(4, 6), [1, 2, 3, 4]);
    }
}
