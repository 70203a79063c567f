//! What the signs of a chart mean.

use maud::{Markup, html};

use super::Style;
use super::label::{Label, SIZE};
use super::number::N;
use super::shapes::{Shape, line};

/// A sign, drawn around the middle of its left edge, and what it means.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    sign: Markup,
    room: f64,
    text: String,
}

/// From one row of the legend to the next.
const ROW: f64 = 20.0;

/// Between two entries in a row.
const GAP: f64 = 18.0;

impl Entry {
    pub fn new(sign: Markup, text: &str) -> Self {
        Self { sign, room: 26.0, text: text.to_owned() }
    }

    /// An entry whose sign needs more room than the common 26.
    pub fn wide(sign: Markup, room: f64, text: &str) -> Self {
        Self { sign, room, text: text.to_owned() }
    }

    /// A box of one colour.
    pub fn fill(fill: &str, style: Style, text: &str) -> Self {
        Self::new(super::shapes::rect((4.0, -5.0), (22.0, 5.0), fill, Some(style.palette().edge)), text)
    }

    /// A line with a marker in its middle.
    pub fn stroke(colour: &str, dash: Option<&str>, shape: Option<Shape>, style: Style, text: &str) -> Self {
        let sign = html! {
            (line((0.0, 0.0), (26.0, 0.0), colour, 2.0, dash))
            @if let Some(shape) = shape { (shape.draw((13.0, 0.0), 4.0, colour, style.palette().ground)) }
        };
        Self::new(sign, text)
    }

    /// A marker alone.
    pub fn marker(shape: Shape, colour: &str, style: Style, text: &str) -> Self {
        Self::new(shape.draw((13.0, 0.0), 5.0, colour, style.palette().ground), text)
    }

    fn width(&self) -> f64 {
        self.room + 6.0 + super::text::width(&self.text, SIZE)
    }
}

/// A legend in rows of at most `room`, and its height.
pub(super) fn rows(entries: &[Entry], left: f64, top: f64, room: f64, style: Style) -> (Markup, f64) {
    let (mut x, mut row) = (0.0, 0.0);
    let mut placed = Vec::new();
    for entry in entries {
        if x > 0.0 && x + entry.width() > room {
            (x, row) = (0.0, row + 1.0);
        }
        placed.push((entry, left + x, top + row * ROW + ROW / 2.0));
        x += entry.width() + GAP;
    }
    let drawn = html! {
        @for (entry, x, y) in placed {
            g transform={ "translate(" (N(x)) " " (N(y)) ")" } {
                (entry.sign)
                (Label::at(entry.room + 6.0, 0.0, style.palette().text).centred().fitted(&entry.text, room - entry.room - 6.0))
            }
        }
    };
    (drawn, if entries.is_empty() { 0.0 } else { (row + 1.0) * ROW })
}
