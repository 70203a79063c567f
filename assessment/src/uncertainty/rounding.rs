//! Rounding inside a replication. A double within its own rounding of a half counts as that half: a score that is a
//! decimal on paper is rounded as on paper. Published results, which must not rest on that, are made by the engine.

use citygauge_indicators::{Places, RoundingMode};

/// The number as it is published; NaN stays.
pub(super) fn published(value: f64, places: Option<Places>) -> f64 {
    let Some(Places { places, mode }) = places else { return value };
    let scale = crate::round::scale(places);
    let scaled = value.abs() * scale;
    let below = scaled.floor();
    let distance = scaled - below - 0.5;
    let is_half = distance.abs() <= 1e-14 * scaled.max(1.0);
    let up = match mode {
        _ if !is_half => distance > 0.0,
        RoundingMode::HalfUp => true,
        RoundingMode::HalfEven => below % 2.0 == 1.0,
    };
    let digits = if up { below + 1.0 } else { below };
    if value < 0.0 { 0.0 - digits / scale } else { digits / scale }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_half_on_paper_is_one_here() {
        let to = |places, mode, value| published(value, Some(Places { places, mode }));
        assert_eq!(to(2, RoundingMode::HalfUp, 2.675), 2.68);
        assert_eq!(to(2, RoundingMode::HalfEven, 2.665), 2.66);
        assert_eq!(to(1, RoundingMode::HalfUp, -0.25), -0.3);
        assert_eq!(to(0, RoundingMode::HalfUp, 7.499), 7.0);
        assert!(published(f64::NAN, Some(Places { places: 2, mode: RoundingMode::HalfUp })).is_nan());
    }
}
