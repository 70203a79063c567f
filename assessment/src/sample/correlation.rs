//! Correlation of two samples, pair by pair.

use super::moments::mean;

/// Pearson's product-moment correlation; none of fewer than two pairs, and none where a side does not differ.
pub(crate) fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let (mean_x, mean_y) = (mean(x)?, mean(y)?);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (x, y) = (x - mean_x, y - mean_y);
        (xx, yy, xy) = (xx + x * x, yy + y * y, xy + x * y);
    }
    (differs(x) && differs(y) && xx > 0.0 && yy > 0.0).then(|| (xy / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0))
}

/// The pairs of two samples, counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Concordance {
    /// How many values each side has.
    count: usize,
    /// Concordant pairs less discordant ones.
    score: f64,
    x: Ties,
    y: Ties,
}

/// Sums over the runs of t equal values of one side.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Ties {
    /// t (t - 1)
    pairs: f64,
    /// t (t - 1) (t - 2)
    triples: f64,
    /// t (t - 1) (2 t + 5)
    weighted: f64,
}

impl Ties {
    fn of(runs: impl Iterator<Item = usize>) -> Self {
        runs.filter(|run| *run > 1).fold(Self::default(), |ties, run| {
            let t = run as f64;
            let pairs = t * (t - 1.0);
            Self {
                pairs: ties.pairs + pairs,
                triples: ties.triples + pairs * (t - 2.0),
                weighted: ties.weighted + pairs * (2.0 * t + 5.0),
            }
        })
    }
}

impl Concordance {
    /// Counts the pairs of two samples of one length.
    pub(crate) fn of(x: &[f64], y: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..x.len()).collect();
        order.sort_by(|&one, &other| x[one].total_cmp(&x[other]).then(y[one].total_cmp(&y[other])));
        let same_x = |&one: &usize, &other: &usize| x[one] == x[other];
        let same = |one: &usize, other: &usize| same_x(one, other) && y[*one] == y[*other];
        let of_x = Ties::of(order.chunk_by(same_x).map(<[usize]>::len));
        let of_both = Ties::of(order.chunk_by(same).map(<[usize]>::len));
        let mut by_y: Vec<f64> = order.iter().map(|&row| y[row]).collect();
        let swaps = exchanges(&mut by_y);
        let of_y = Ties::of(by_y.chunk_by(|one, other| one == other).map(<[f64]>::len));
        let all = pairs_of(x.len());
        let score = (all - of_x.pairs - of_y.pairs + of_both.pairs) / 2.0 - 2.0 * swaps as f64;
        Self { count: x.len(), score, x: of_x, y: of_y }
    }

    /// Kendall's tau-b: concordant less discordant pairs over the root of the pairs that x and y do not tie; none where a
    /// side does not differ. Source: Kendall 1945; counted in n log n after Knight 1966.
    pub(crate) fn tau_b(&self) -> Option<f64> {
        let all = pairs_of(self.count);
        let untied = (all - self.x.pairs) * (all - self.y.pairs);
        (untied > 0.0).then(|| (2.0 * self.score / untied.sqrt()).clamp(-1.0, 1.0))
    }

    /// The standard normal deviate of the score where the samples are independent; none where a side does not differ.
    ///
    /// Source: Kendall, *Rank Correlation Methods*, 4th edition (1970), chapter 4, the variance with ties on both sides.
    pub(crate) fn deviate(&self) -> Option<f64> {
        self.tau_b()?;
        let n = self.count as f64;
        let all = pairs_of(self.count);
        let mut variance = (all * (2.0 * n + 5.0) - self.x.weighted - self.y.weighted) / 18.0;
        variance += self.x.pairs * self.y.pairs / (2.0 * all);
        if self.count > 2 {
            variance += self.x.triples * self.y.triples / (9.0 * all * (n - 2.0));
        }
        (variance > 0.0).then(|| self.score / variance.sqrt())
    }
}

/// n (n - 1), twice the pairs among n.
fn pairs_of(n: usize) -> f64 {
    n as f64 * n.saturating_sub(1) as f64
}

/// How many neighbours a merge sort exchanges; sorts the values.
fn exchanges(values: &mut [f64]) -> u64 {
    if values.len() < 2 {
        return 0;
    }
    let (left, right) = values.split_at_mut(values.len() / 2);
    let mut count = exchanges(left) + exchanges(right);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut i, mut j) = (0, 0);
    while i < left.len() || j < right.len() {
        if j == right.len() || (i < left.len() && left[i] <= right[j]) {
            merged.push(left[i]);
            i += 1;
        } else {
            count += (left.len() - i) as u64;
            merged.push(right[j]);
            j += 1;
        }
    }
    values.copy_from_slice(&merged);
    count
}

fn differs(values: &[f64]) -> bool {
    values.iter().any(|value| *value != values[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kendall(x: &[f64], y: &[f64]) -> Option<f64> {
        Concordance::of(x, y).tau_b()
    }

    #[test]
    fn two_kinds_by_hand() {
        let (x, y) = ([1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0]);
        assert!((pearson(&x, &y).expect("pairs") - 0.8).abs() < 1e-15);
        // Five concordant pairs, one discordant.
        assert!((kendall(&x, &y).expect("pairs") - 4.0 / 6.0).abs() < 1e-15);
    }

    #[test]
    fn ties_count_as_tau_b_has_it() {
        // 2 concordant, 1 discordant; of 6 pairs x ties 1 and y ties 2.
        let (x, y) = ([1.0, 1.0, 2.0, 3.0], [1.0, 2.0, 2.0, 2.0]);
        let by_pairs = by_pairs(&x, &y);
        assert!((kendall(&x, &y).expect("pairs") - by_pairs).abs() < 1e-15);
        let x: Vec<f64> = (0..60).map(|i| f64::from(i * 37 % 11)).collect();
        let y: Vec<f64> = (0..60).map(|i| f64::from(i * 23 % 7)).collect();
        assert!((kendall(&x, &y).expect("pairs") - self::by_pairs(&x, &y)).abs() < 1e-14);
    }

    fn by_pairs(x: &[f64], y: &[f64]) -> f64 {
        let sign = |a: f64, b: f64| f64::from(i8::from(a > b) - i8::from(a < b));
        let (mut score, mut in_x, mut in_y) = (0.0, 0.0, 0.0);
        for i in 0..x.len() {
            for j in 0..i {
                let (a, b) = (sign(x[i], x[j]), sign(y[i], y[j]));
                (score, in_x, in_y) = (score + a * b, in_x + a.abs(), in_y + b.abs());
            }
        }
        score / f64::sqrt(in_x * in_y)
    }

    #[test]
    fn what_does_not_differ_has_no_correlation() {
        assert_eq!((pearson(&[1.0, 1.0], &[1.0, 2.0]), pearson(&[], &[]), kendall(&[1.0], &[1.0])), (None, None, None));
        assert_eq!(kendall(&[1.0, 1.0], &[1.0, 2.0]), None);
    }
}
