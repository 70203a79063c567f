//! Values between the points of a path. A value is one at the end of its period, so that periods of other lengths compare: 2027 and
//! 2027-S2 end together.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Period, PeriodKind};
use dashu_ratio::RBig;

use crate::normalise::number;

/// How many periods of this length a year has.
pub(crate) fn per_year(kind: PeriodKind) -> u32 {
    match kind {
        PeriodKind::Year => 1,
        PeriodKind::HalfYear => 2,
        PeriodKind::Quarter => 4,
        PeriodKind::Month => 12,
    }
}

/// The end of a period in years, exactly: 2026 and 2026-S2 end at 2027.
#[must_use]
pub fn end_in_years(period: Period) -> RBig {
    period.in_years() + RBig::ONE / RBig::from(per_year(period.kind()))
}

/// The years from the end of one period to the end of another, below 0 where that is earlier.
pub(crate) fn years_between(from: Period, to: Period) -> RBig {
    end_in_years(to) - end_in_years(from)
}

/// The value of a broken line at the end of a period; before its first point and after its last it is level. None of no points. The
/// points are taken in the order of time.
#[must_use]
pub fn expected_at(points: &[(Period, f64)], period: Period) -> Option<f64> {
    let mut points: Vec<(RBig, f64)> = points.iter().map(|(at, value)| (end_in_years(*at), *value)).collect();
    points.sort_by(|one, other| one.0.cmp(&other.0));
    let at = end_in_years(period);
    let after = points.iter().position(|(end, _)| *end >= at);
    match after {
        None => points.last().map(|(_, value)| *value),
        Some(0) => points.first().map(|(_, value)| *value),
        Some(place) => {
            let ((start, low), (end, high)) = (&points[place - 1], &points[place]);
            let share = (&at - start) / (end - start);
            Some(nearest_double(&(number(*low) + share * (number(*high) - number(*low)))))
        }
    }
}

/// The slope of the same line into the end of a period, per year; none outside it.
pub(crate) fn slope_into(points: &[(Period, f64)], period: Period) -> Option<f64> {
    let mut points: Vec<(RBig, f64)> = points.iter().map(|(at, value)| (end_in_years(*at), *value)).collect();
    points.sort_by(|one, other| one.0.cmp(&other.0));
    let at = end_in_years(period);
    let place = points.iter().position(|(end, _)| *end >= at).unwrap_or(points.len().checked_sub(1)?);
    let ((start, low), (end, high)) = (points.get(place.checked_sub(1)?)?, &points[place]);
    (end > start).then(|| nearest_double(&((number(*high) - number(*low)) / (end - start))))
}
