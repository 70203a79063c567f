//! CRITIC weights: the contrast of a child times its conflict with its sisters.
//!
//! Source: D. Diakoulaki, G. Mavrotas and L. Papayannakis, "Determining objective weights in multiple criteria problems: the
//! CRITIC method", Computers & Operations Research 22 (1995), 763-770: C_j = sd_j sum_k (1 - r_jk) on values brought to
//! 0..1 in the good direction, w_j = C_j / sum C. Scores have the good direction already.

use super::sample::Sample;
use super::spread;
use crate::sample::correlation::pearson;

/// How much every child tells; 0 where it does not differ, and then it stands in conflict with nothing.
pub(crate) fn information(sample: &Sample) -> Vec<f64> {
    let scaled = sample.min_max();
    let columns = scaled.columns();
    let deviations = spread::deviations(&scaled);
    let conflict = |child: usize| -> f64 {
        let with = |other: usize| if other == child { None } else { pearson(&columns[child], &columns[other]) };
        let conflicts = (0..columns.len()).filter_map(with).map(|correlation| 1.0 - correlation);
        // Sisters that go together exactly are in no conflict; doubles leave some dust of it.
        conflicts.filter(|conflict| *conflict > 1e-14).sum()
    };
    deviations.into_iter().enumerate().map(|(child, sd)| sd * conflict(child)).collect()
}
