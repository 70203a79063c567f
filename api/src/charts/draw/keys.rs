//! A list beside or below a picture that says what its numbers stand for.

use maud::{Markup, html};

use super::Style;
use super::label::Label;

/// From one line to the next.
pub(super) const ROW: f64 = 18.0;

/// One line: the number in the picture, what it stands for and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub number: usize,
    pub name: String,
    pub value: String,
}

/// The list in columns, downwards first; returns its height.
pub(super) fn list(keys: &[Key], (left, top): (f64, f64), width: f64, columns: usize, style: Style) -> (Markup, f64) {
    let palette = style.palette();
    let columns = columns.max(1);
    let rows = keys.len().div_ceil(columns);
    let gap = 20.0;
    let each = (width - gap * (columns - 1) as f64) / columns as f64;
    let numbers =
        keys.iter().map(|key| super::text::width(&key.number.to_string(), 12.0)).fold(0.0, f64::max) * super::text::BOLD;
    let values = keys.iter().map(|key| super::text::width(&key.value, 12.0)).fold(0.0, f64::max).min(each * 0.45);
    let drawn = html! {
        @for (place, key) in keys.iter().enumerate() {
            @let x = left + (place / rows) as f64 * (each + gap);
            @let y = top + (place % rows) as f64 * ROW + ROW / 2.0;
            (Label::at(x + numbers, y, palette.text).centred().bold().end().put(&key.number.to_string()))
            (Label::at(x + numbers + 8.0, y, palette.text).centred().fitted(&key.name, each - numbers - values - 16.0))
            @if !key.value.is_empty() {
                (Label::at(x + each, y, palette.quiet).centred().end().fitted(&key.value, values))
            }
        }
    };
    (drawn, rows as f64 * ROW)
}
