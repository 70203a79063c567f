//! Correlation of two samples, pair by pair.

use super::moments::mean;
use super::order::mean_ranks;

/// The pairs in which both values are there.
pub(crate) fn pairs(x: &[Option<f64>], y: &[Option<f64>]) -> (Vec<f64>, Vec<f64>) {
    x.iter().zip(y).filter_map(|(x, y)| Some(((*x)?, (*y)?))).unzip()
}

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

/// Spearman's rank correlation: Pearson's of the mean ranks.
pub(crate) fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    pearson(&mean_ranks(x), &mean_ranks(y))
}

/// Kendall's tau-b: concordant less discordant pairs over the root of the pairs that x and y do not tie.
///
/// Source: Kendall 1945; counted in n log n after Knight 1966.
pub(crate) fn kendall(x: &[f64], y: &[f64]) -> Option<f64> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&one, &other| x[one].total_cmp(&x[other]).then(y[one].total_cmp(&y[other])));
    let pairs_of = |n: u64| n * n.saturating_sub(1) / 2;
    let tied = |same: &dyn Fn(usize, usize) -> bool, order: &[usize]| -> u64 {
        order.chunk_by(|&one, &other| same(one, other)).map(|run| pairs_of(run.len() as u64)).sum()
    };
    let all = pairs_of(x.len() as u64);
    let tied_x = tied(&|one, other| x[one] == x[other], &order);
    let tied_both = tied(&|one, other| x[one] == x[other] && y[one] == y[other], &order);
    let mut by_y: Vec<f64> = order.iter().map(|&row| y[row]).collect();
    let swaps = exchanges(&mut by_y);
    let tied_y: u64 = by_y.chunk_by(|one, other| one == other).map(|run| pairs_of(run.len() as u64)).sum();
    let score = all as f64 - tied_x as f64 - tied_y as f64 + tied_both as f64 - 2.0 * swaps as f64;
    let untied = (all - tied_x) as f64 * (all - tied_y) as f64;
    (untied > 0.0).then(|| score / untied.sqrt())
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

    #[test]
    fn three_kinds_by_hand() {
        let (x, y) = ([1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0]);
        assert!((pearson(&x, &y).expect("pairs") - 0.8).abs() < 1e-15);
        assert!((spearman(&x, &y).expect("pairs") - 0.8).abs() < 1e-15);
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
        assert_eq!((pearson(&[1.0, 1.0], &[1.0, 2.0]), spearman(&[], &[]), kendall(&[1.0], &[1.0])), (None, None, None));
        assert_eq!(kendall(&[1.0, 1.0], &[1.0, 2.0]), None);
    }
}
