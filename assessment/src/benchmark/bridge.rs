//! Joining a series where what is measured changed: the overlap method of index numbers.
//!
//! One period, the overlap, is measured in the earlier and in the later way. What is known of earlier periods only in the
//! earlier way is moved to where the later way would have had it, as far as the overlap tells.
//!
//! **Source.** IMF and others, *Consumer Price Index Manual: Concepts and Methods* (2020), on linking series by overlapping
//! periods, for the ratio; the difference is the same with sums, for scales that do not begin at zero.

use citygauge_indicators::exact::{nearest_double, rational};
use dashu_ratio::RBig;

/// How the earlier part of a series is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// By what the later way gives more in the overlap.
    Difference,
    /// By the factor that lies between both in the overlap.
    Ratio,
}

impl Link {
    /// The word used in queries and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Difference => "difference",
            Self::Ratio => "ratio",
        }
    }
}

/// A value moved over breaks, each with what the overlap had in the earlier and in the later way; exact on the decimals, given
/// as the nearest double. The scale's ends are not applied: what would lie beyond them says that the link does not fit.
///
/// `None` where a ratio would divide by zero, or a number is not finite.
#[must_use]
pub fn bridged(value: f64, overlaps: &[(f64, f64)], link: Link) -> Option<f64> {
    let start = rational(value)?;
    let moved = overlaps.iter().try_fold(start, |value, &(earlier, later)| {
        let (earlier, later) = (rational(earlier)?, rational(later)?);
        match link {
            Link::Difference => Some(value + later - earlier),
            Link::Ratio if earlier == RBig::ZERO => None,
            Link::Ratio => Some(value * later / earlier),
        }
    })?;
    Some(nearest_double(&moved))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_moves_with_each_overlap() {
        assert_eq!(bridged(50.1, &[(60.3, 62.5), (70.0, 69.9)], Link::Difference), Some(52.2));
        assert_eq!(bridged(50.0, &[(60.0, 66.0), (70.0, 35.0)], Link::Ratio), Some(27.5));
        assert_eq!(bridged(0.3, &[], Link::Ratio), Some(0.3));
    }

    #[test]
    fn nothing_is_divided_by_zero() {
        assert_eq!(bridged(50.0, &[(0.0, 1.0)], Link::Ratio), None);
        assert_eq!(bridged(50.0, &[(0.0, 1.0)], Link::Difference), Some(51.0));
        assert_eq!(bridged(f64::NAN, &[], Link::Difference), None);
    }
}
