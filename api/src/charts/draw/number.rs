//! Numbers as they stand in a picture: coordinates with two decimals, and the labels of axes.

use std::fmt;

use maud::Render;

/// Beyond this, positions are not told apart; it keeps differences and products finite.
const UTMOST: f64 = 1e15;

/// A coordinate: at most two decimals, no negative zero, always finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct N(pub f64);

impl fmt::Display for N {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Adding zero turns the negative zero into the positive one.
        let rounded = (finite(self.0) * 100.0).round() / 100.0 + 0.0;
        write!(f, "{rounded}")
    }
}

impl Render for N {
    fn render_to(&self, buffer: &mut String) {
        buffer.push_str(&self.to_string());
    }
}

/// A number that can be placed: the unplaceable is put at zero, the immense at the utmost.
pub(super) fn finite(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value.clamp(-UTMOST, UTMOST) }
}

/// A number on an axis whose ticks are `step` apart, with just the places that the step needs.
pub(super) fn tick(value: f64, step: f64) -> String {
    if value.abs() >= 1e7 || (step < 1e-4 && value != 0.0) {
        return format!("{value:.2e}");
    }
    let places = (0..=4).find(|&places| is_whole(step * 10f64.powi(places))).unwrap_or(4);
    format!("{:.*}", places as usize, value + 0.0)
}

fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-6
}

/// A share as a percentage without places, as in `74 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", finite(share) * 100.0 + 0.0)
}

/// A number with at most two places and without idle zeros.
pub(super) fn short(value: f64) -> String {
    let value = finite(value);
    if value.abs() >= 1e7 { format!("{value:.2e}") } else { N(value).to_string() }
}

/// A change with its sign; a change that rounds to nothing has none.
pub(super) fn signed(value: f64) -> String {
    let text = short(value);
    if value > 0.0 && text != "0" { format!("+{text}") } else { text.replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coordinate_is_short_and_never_a_negative_zero_or_infinite() {
        let written = [1.0, -0.001, 2.345_6, f64::NAN, f64::INFINITY, 0.1 + 0.2].map(|value| N(value).to_string());
        assert_eq!(written, ["1", "0", "2.35", "0", "1000000000000000", "0.3"]);
    }

    #[test]
    fn a_tick_has_the_places_of_its_step() {
        assert_eq!([tick(20.0, 20.0), tick(0.5, 0.25), tick(2e9, 1e9), tick(-0.0, 1.0)], ["20", "0.50", "2.00e9", "0"]);
    }

    #[test]
    fn a_change_says_its_direction() {
        assert_eq!([signed(1.5), signed(-2.0), signed(0.001)], ["+1.5", "−2", "0"]);
    }
}
