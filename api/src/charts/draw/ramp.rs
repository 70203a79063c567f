//! The colours of scores: a ramp that is even to the eye, and the four bands of the full mark.

use super::Style;
use super::palette::contrast;

/// Nine stops of viridis, from the lowest to the highest.
///
/// Source: S. van der Walt, N. Smith, *matplotlib colormaps* (2015), released under CC0.
const STOPS: [(u8, u8, u8); 9] = [
    (0x44, 0x01, 0x54),
    (0x47, 0x2d, 0x7b),
    (0x3b, 0x52, 0x8b),
    (0x2c, 0x72, 0x8e),
    (0x21, 0x91, 0x8c),
    (0x28, 0xae, 0x80),
    (0x5e, 0xc9, 0x62),
    (0xad, 0xdc, 0x30),
    (0xfd, 0xe7, 0x25),
];

/// Classes of colour in a heatmap: enough to look continuous, few enough to be grouped.
pub(super) const CLASSES: usize = 20;

/// The ground of a mark and the colour of what is written on it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tone {
    pub fill: String,
    pub ink: &'static str,
}

/// The tone at a place from 0 (lowest) to 1 (highest).
pub(super) fn tone(share: f64) -> Tone {
    let place = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let below = (place.floor() as usize).min(STOPS.len() - 2);
    let beyond = place - below as f64;
    let blend = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * beyond).round() as u8;
    let (from, to) = (STOPS[below], STOPS[below + 1]);
    let colour = (blend(from.0, to.0), blend(from.1, to.1), blend(from.2, to.2));
    let is_light = contrast(colour, (0, 0, 0)) > contrast(colour, (255, 255, 255));
    let ink = if is_light { "#000000" } else { "#ffffff" };
    Tone { fill: format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2), ink }
}

/// The class of a share, from 0 to [`CLASSES`] - 1.
pub(super) fn class(share: f64) -> usize {
    ((share * CLASSES as f64).floor().max(0.0) as usize).min(CLASSES - 1)
}

/// The tone of a class: that of its middle.
pub(super) fn class_tone(class: usize) -> Tone {
    tone((class as f64 + 0.5) / CLASSES as f64)
}

/// The quarter of the full mark in which a score lies, from 0 to 3; what lies outside counts to the nearest.
pub(super) fn quarter(value: f64, full_mark: f64) -> usize {
    let share = if full_mark > 0.0 { value / full_mark } else { 0.0 };
    [0.25, 0.5, 0.75].iter().filter(|&&bound| share >= bound).count()
}

/// The tone of a quarter.
pub(super) fn quarter_tone(quarter: usize) -> Tone {
    tone([0.06, 0.36, 0.66, 0.97][quarter.min(3)])
}

/// What a quarter is called.
pub(super) fn quarter_name(quarter: usize, style: Style) -> &'static str {
    match quarter {
        0 => style.say("满分的 25 % 以下", "below 25 % of the full mark"),
        1 => style.say("25 % 至 50 % 以下", "25 to below 50 %"),
        2 => style.say("50 % 至 75 % 以下", "50 to below 75 %"),
        _ => style.say("75 % 及以上", "75 % and above"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_can_be_read_on_every_tone() {
        for step in 0..=100 {
            let tone = tone(f64::from(step) / 100.0);
            let part = |at: usize| u8::from_str_radix(&tone.fill[at..at + 2], 16).expect("a colour");
            let ink = if tone.ink == "#000000" { (0, 0, 0) } else { (255, 255, 255) };
            assert!(contrast((part(1), part(3), part(5)), ink) >= 4.5, "{tone:?}");
        }
    }

    #[test]
    fn a_bound_belongs_to_the_quarter_above_it() {
        assert_eq!([-5.0, 24.9, 25.0, 50.0, 75.0, 140.0].map(|value| quarter(value, 100.0)), [0, 0, 1, 2, 3, 3]);
        assert_eq!(quarter(4.0, 0.0), 0, "without a full mark there are no quarters");
    }

    #[test]
    fn the_full_mark_is_in_the_last_class() {
        assert_eq!([class(0.0), class(0.5), class(1.0), class(-1.0)], [0, 10, 19, 0]);
    }
}
