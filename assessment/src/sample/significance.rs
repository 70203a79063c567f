//! How likely a correlation as large would be where there is none: two-sided p-values.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The p-value of a product-moment correlation of `pairs` pairs, and near enough of a rank correlation; none of fewer
/// than three pairs, and none of what is no correlation.
///
/// Source: t = r sqrt((n - 2) / (1 - r^2)) has Student's distribution with n - 2 degrees of freedom under normality
/// (R's `cor.test`).
pub(crate) fn of_correlation(r: f64, pairs: usize) -> Option<f64> {
    let freedom = pairs.checked_sub(2).filter(|freedom| *freedom > 0)? as f64;
    let rest = 1.0 - r * r;
    if !rest.is_finite() {
        return None;
    }
    if rest <= 0.0 {
        return Some(0.0);
    }
    let t = r.abs() * (freedom / rest).sqrt();
    Some((2.0 * StudentsT::new(0.0, 1.0, freedom).ok()?.sf(t)).min(1.0))
}

/// The p-value of a standard normal deviate.
pub(crate) fn of_deviate(z: f64) -> f64 {
    (2.0 * Normal::standard().sf(z.abs())).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::correlation::Concordance;

    #[test]
    fn students_t_with_two_degrees_of_freedom_by_hand() {
        // F(t) = 1/2 + t / (2 sqrt(2 + t^2)): of r = 0.8 and four pairs p = 1 - r.
        assert!((of_correlation(0.8, 4).expect("four pairs") - 0.2).abs() < 1e-12);
        assert_eq!((of_correlation(0.8, 2), of_correlation(-1.0, 3)), (None, Some(0.0)));
    }

    #[test]
    fn the_score_of_kendall_by_hand() {
        // Four concordant pairs of six more than discordant, variance n (n - 1) (2 n + 5) / 18 = 26/3.
        let counted = Concordance::of(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0]);
        assert!((counted.deviate().expect("differs") - 4.0 / (26.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert!((of_deviate(1.959_963_984_540_054) - 0.05).abs() < 1e-9);
        assert_eq!(Concordance::of(&[1.0, 1.0], &[1.0, 2.0]).deviate(), None);
    }
}
