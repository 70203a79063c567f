//! Numbers as text that reads back to the same double.

use std::fmt::Write;

/// The shortest decimal that reads back to the same double: plain from 1e-7 up to 1e21, with an exponent
/// beyond, as ECMAScript prints numbers, so that `1e300` does not become three hundred digits.
#[must_use]
pub fn shortest(value: f64) -> String {
    let mut text = String::new();
    push_shortest(&mut text, value);
    text
}

/// Appends the shortest decimal of `value`.
pub(crate) fn push_shortest(text: &mut String, value: f64) {
    let magnitude = value.abs();
    let plain = magnitude == 0.0 || (1e-7..1e21).contains(&magnitude) || !value.is_finite();
    let written = if plain { write!(text, "{value}") } else { write!(text, "{value:e}") };
    // Writing to a String has no way to fail.
    debug_assert!(written.is_ok());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_read_back_to_the_same_double() {
        for (value, text) in [
            (4.7, "4.7"),
            (100.0, "100"),
            (-0.5, "-0.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e-7, "0.0000001"),
            (1.5e-8, "1.5e-8"),
            (1e20, "100000000000000000000"),
            (1e21, "1e21"),
            (f64::MAX, "1.7976931348623157e308"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(shortest(value), text);
            assert_eq!(text.parse::<f64>().expect("a number").to_bits(), value.to_bits());
        }
    }
}
