//! Numbers as people read them on a terminal or a page; files hold them in full.

use citygauge_indicators::IndicatorSet;

/// The decimals of a score where the set does not round it.
const UNROUNDED: u32 = 2;

/// The decimals with which the scores of a set are shown.
pub fn places(set: &IndicatorSet) -> u32 {
    crate::results::places(set).unwrap_or(UNROUNDED)
}

/// A number with exactly these decimals.
pub fn shown(value: f64, places: u32) -> String {
    format!("{value:.*}", places as usize)
}

/// As [`shown`], with the sign of what is not zero.
pub fn signed(value: f64, places: u32) -> String {
    let text = shown(value, places);
    if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
        text.trim_start_matches('-').to_owned()
    } else if value > 0.0 {
        format!("+{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_their_places_and_gaps_their_sign() {
        assert_eq!(shown(4.7, 2), "4.70");
        assert_eq!(signed(1.5, 1), "+1.5");
        assert_eq!(signed(-0.001, 2), "0.00");
    }
}
