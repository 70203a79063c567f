//! Parts as decimals that add up to the decimal of their sum.

use citygauge_indicators::RoundingMode;
use citygauge_indicators::exact::{nearest_double, round, scale_by_ten};
use dashu_int::IBig;
use dashu_ratio::RBig;

/// The decimals that are shown.
const PLACES: i64 = 10;

/// The significant digits that every decimal keeps when it becomes a double and is printed again.
const DIGITS: i64 = 15;

/// A whole rounded half up, and its parts so that the printed parts add up to the printed whole: each is cut off, and
/// what then lacks goes to those that lost most (the method of the largest remainder, after T. Hare). Ten decimals, or
/// fewer where numbers are so large that doubles do not tell ten.
pub(super) fn adding_up(whole: &RBig, parts: &[RBig]) -> (f64, Vec<f64>) {
    let largest = parts.iter().chain([whole]).map(magnitude).max().unwrap_or(0);
    let places = PLACES.min(DIGITS - largest);
    let rounded = round(&scale_by_ten(whole.clone(), places), 0, RoundingMode::HalfUp);
    let mut floors: Vec<IBig> = Vec::with_capacity(parts.len());
    let mut remainders: Vec<(usize, RBig)> = Vec::with_capacity(parts.len());
    for (place, part) in parts.iter().enumerate() {
        let scaled = scale_by_ten(part.clone(), places);
        let floor = scaled.floor();
        remainders.push((place, scaled - RBig::from(floor.clone())));
        floors.push(floor);
    }
    let sum = floors.iter().fold(IBig::ZERO, |sum, floor| sum + floor);
    let lacking = (&rounded - RBig::from(sum)).floor();
    // Stable: of equal remainders the first part is raised.
    remainders.sort_by(|(_, one), (_, other)| other.cmp(one));
    let lacking = usize::try_from(lacking).unwrap_or(0);
    for (place, _) in remainders.iter().take(lacking) {
        floors[*place] += IBig::ONE;
    }
    let shown = |number: RBig| nearest_double(&scale_by_ten(number, -places)) + 0.0;
    (shown(rounded), floors.into_iter().map(|floor| shown(RBig::from(floor))).collect())
}

/// How many digits stand before the decimal point.
fn magnitude(number: &RBig) -> i64 {
    let whole = number.floor().to_string();
    i64::try_from(whole.trim_start_matches('-').trim_start_matches('0').len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::exact::rational;

    use super::*;

    fn thirds(numerator: i64) -> RBig {
        RBig::from(numerator) / RBig::from(3)
    }

    #[test]
    fn printed_parts_add_up_to_the_printed_whole() {
        let (whole, parts) = adding_up(&RBig::from(1), &[thirds(1), thirds(1), thirds(1), RBig::ZERO]);
        assert_eq!((whole, parts.as_slice()), (1.0, [0.333_333_333_4, 0.333_333_333_3, 0.333_333_333_3, 0.0].as_slice()));
        let (whole, parts) = adding_up(&thirds(-1), &[thirds(-2), thirds(1)]);
        assert_eq!((whole, parts.as_slice()), (-0.333_333_333_3, [-0.666_666_666_6, 0.333_333_333_3].as_slice()));
    }

    #[test]
    fn numbers_too_large_for_ten_decimals_have_fewer() {
        let large = rational(123_456_789_012.345_67).expect("finite");
        let (whole, parts) = adding_up(&large, &[large.clone(), RBig::ZERO]);
        assert_eq!((whole, parts[0], parts[1]), (123_456_789_012.346, 123_456_789_012.346, 0.0));
    }
}
