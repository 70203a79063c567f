//! The colours of the two themes, and the contrast between them.
//!
//! The categories are those of M. Okabe and K. Ito, *Color Universal Design* (2008), darkened on white until each stands
//! out from the ground at 3:1; text stands out at 4.5:1 (WCAG 2.2, 1.4.3 and 1.4.11).

use super::Theme;

/// The colours of one theme.
#[derive(Debug)]
pub(super) struct Palette {
    /// Behind everything.
    pub ground: &'static str,
    /// A tint of the ground, for panels.
    pub panel: &'static str,
    /// A second, stronger tint, next to the first.
    pub tint: &'static str,
    /// Headings and names.
    pub text: &'static str,
    /// Explanations and ticks; still 4.5:1.
    pub quiet: &'static str,
    /// Grid lines, which nobody needs to see to read the chart.
    pub grid: &'static str,
    /// Outlines, hatching and unmarked lines, 3:1.
    pub edge: &'static str,
    /// The city itself.
    pub own: &'static str,
    /// Categories, in the order in which they are used.
    pub series: [&'static str; 7],
}

const LIGHT: Palette = Palette {
    ground: "#ffffff",
    panel: "#f3f5f8",
    tint: "#e3e8ee",
    text: "#17202b",
    quiet: "#566272",
    grid: "#dce1e7",
    edge: "#7d8896",
    own: "#0072b2",
    series: ["#0072b2", "#c65200", "#00795a", "#a6548a", "#8a6a00", "#2d86b5", "#4a5563"],
};

const DARK: Palette = Palette {
    ground: "#12171f",
    panel: "#1b222c",
    tint: "#2a3441",
    text: "#eef2f6",
    quiet: "#a9b4c1",
    grid: "#2f3946",
    edge: "#8592a1",
    own: "#56b4e9",
    series: ["#56b4e9", "#f08a3c", "#2fc394", "#dd93bd", "#f0e442", "#6f9fe8", "#c9d1da"],
};

impl Palette {
    pub fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    /// The colour of the category at a place; they come round again.
    pub fn category(&self, place: usize) -> &'static str {
        self.series[place % self.series.len()]
    }
}

/// The contrast of two colours, from 1 to 21.
///
/// Source: WCAG 2.2, definition of *contrast ratio*.
pub(super) fn contrast(one: (u8, u8, u8), other: (u8, u8, u8)) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance((red, green, blue): (u8, u8, u8)) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(colour: &str) -> (u8, u8, u8) {
        let part = |at: usize| u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour");
        (part(1), part(3), part(5))
    }

    #[test]
    fn text_and_marks_stand_out_in_both_themes() {
        for palette in [&LIGHT, &DARK] {
            for ground in [palette.ground, palette.panel, palette.tint] {
                let against = |colour| contrast(parts(colour), parts(ground));
                assert!(against(palette.text) >= 4.5 && against(palette.quiet) >= 4.5, "text on {ground}");
            }
            for mark in palette.series.iter().chain([&palette.edge, &palette.own]) {
                let found = contrast(parts(mark), parts(palette.ground));
                assert!(found >= 3.0, "{mark} on {}: {found:.2}", palette.ground);
            }
        }
    }

    #[test]
    fn black_on_white_is_the_greatest_contrast() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 1e-9);
    }
}
