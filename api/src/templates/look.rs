//! How the cells of a template look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

const INK: Color = Color::RGB(0x1F_2A_37);
const LINE: Color = Color::RGB(0xC9_D1_DB);
const HEAD: Color = Color::RGB(0x1F_4E_79);
const GIVEN: Color = Color::RGB(0xF1_F3_F5);
const INPUT: Color = Color::RGB(0xFF_FB_E6);

/// The formats of a template; what is not unlocked is locked.
pub(super) struct Look {
    pub title: Format,
    pub subtitle: Format,
    pub head: Format,
    pub input_head: Format,
    /// What is given, as text.
    pub given: Format,
    /// What is given, as a number.
    pub given_number: Format,
    pub code: Format,
    /// A cell to be filled in with a number, a yes or no, or a choice.
    pub input: Format,
    /// A cell to be filled in with text.
    pub input_text: Format,
    /// A cell to be filled in with a day.
    pub input_day: Format,
    pub key: Format,
    pub plain: Format,
    pub link: Format,
}

impl Look {
    pub fn new() -> Self {
        let base = || Format::new().set_font_size(10).set_font_color(INK).set_align(FormatAlign::Top);
        let boxed = || base().set_border(FormatBorder::Thin).set_border_color(LINE).set_text_wrap();
        let head =
            || boxed().set_bold().set_background_color(HEAD).set_font_color(Color::White).set_align(FormatAlign::VerticalCenter);
        let given = || boxed().set_background_color(GIVEN);
        let input = || boxed().set_background_color(INPUT).set_unlocked();
        Self {
            title: base().set_bold().set_font_size(14).set_align(FormatAlign::VerticalCenter),
            subtitle: base().set_bold().set_font_size(11),
            head: head(),
            input_head: head().set_background_color(Color::RGB(0x8A_6D_00)),
            given: given().set_num_format("@"),
            given_number: given(),
            code: given().set_bold().set_num_format("@"),
            input: input(),
            // What is typed there stays text, so that 1.10 is no 1.1 and = begins no formula.
            input_text: input().set_num_format("@"),
            input_day: input().set_num_format("yyyy-mm-dd"),
            key: base().set_bold(),
            plain: base().set_text_wrap(),
            link: base().set_font_color(Color::RGB(0x05_63_C1)),
        }
    }
}

/// The height of a row, in points, that shows these texts in columns so many characters wide: programs set the height of
/// a row themselves only once somebody edits it.
pub(super) fn height<'t>(cells: impl IntoIterator<Item = (&'t str, f64)>) -> f64 {
    const LINE: f64 = 13.5;
    const HIGHEST: f64 = 400.0;
    let lines = |text: &str, width: f64| -> f64 {
        let of = |line: &str| {
            let wide: f64 = line.chars().map(|c| if u32::from(c) >= 0x2E80 { 2.0 } else { 1.1 }).sum();
            (wide / (width - 1.0).max(1.0)).ceil().max(1.0)
        };
        text.lines().map(of).sum()
    };
    let most = cells.into_iter().map(|(text, width)| lines(text, width)).fold(1.0, f64::max);
    (most * LINE + 2.5).min(HIGHEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_high_as_its_longest_text_needs() {
        assert_eq!(height([("short", 20.0), ("", 5.0)]), 16.0);
        let (one, two) = (height([("数据项", 7.0)]), height([("数据项数据项", 7.0)]));
        assert!(two > one);
        assert!(height([("a\nb\nc", 20.0)]) > height([("a b c", 20.0)]));
        assert_eq!(height([("x".repeat(100_000).as_str(), 10.0)]), 400.0);
    }
}
