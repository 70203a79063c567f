//! A text at a place. It stays text: it can be searched, copied and read aloud.

use maud::{Markup, html};

use super::number::N;
use super::text::{BOLD, fit, width, wrap};

/// Which end of the text lies at the place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How and where to write; `y` is the base line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label<'a> {
    pub x: f64,
    pub y: f64,
    pub anchor: Anchor,
    pub size: f64,
    pub fill: &'a str,
    pub is_bold: bool,
}

/// The size of most labels.
pub(super) const SIZE: f64 = 12.0;

/// From one base line to the next, in sizes.
pub(super) const LEADING: f64 = 1.3;

impl<'a> Label<'a> {
    /// A label of the common size that begins at the place.
    pub fn at(x: f64, y: f64, fill: &'a str) -> Self {
        Self { x, y, anchor: Anchor::Start, size: SIZE, fill, is_bold: false }
    }

    pub fn middle(self) -> Self {
        Self { anchor: Anchor::Middle, ..self }
    }

    pub fn end(self) -> Self {
        Self { anchor: Anchor::End, ..self }
    }

    pub fn bold(self) -> Self {
        Self { is_bold: true, ..self }
    }

    pub fn size(self, size: f64) -> Self {
        Self { size, ..self }
    }

    /// Moved down so that the letters are centred on the place.
    pub fn centred(self) -> Self {
        Self { y: self.y + self.size * 0.36, ..self }
    }

    /// From one base line to the next.
    pub fn leading(&self) -> f64 {
        self.size * LEADING
    }

    /// How wide the text will be.
    pub fn width(&self, text: &str) -> f64 {
        width(text, self.em())
    }

    /// The whole text, however long; the caller knows that there is room.
    pub fn put(&self, text: &str) -> Markup {
        let anchor = match self.anchor {
            Anchor::Start => None,
            Anchor::Middle => Some("middle"),
            Anchor::End => Some("end"),
        };
        html! {
            text x=(N(self.x)) y=(N(self.y)) font-size=(N(self.size)) fill=(self.fill) text-anchor=[anchor]
                font-weight=[self.is_bold.then_some("700")] { (text) }
        }
    }

    /// One line of at most `room`; where it was cut, pointing at it gives the whole.
    pub fn fitted(&self, text: &str, room: f64) -> Markup {
        let short = fit(text, self.em(), room);
        self.whole(text, std::slice::from_ref(&short), short != text)
    }

    /// At most `lines` lines from the place downwards.
    pub fn wrapped(&self, text: &str, room: f64, lines: usize) -> Markup {
        let found = self.lines(text, room, lines);
        let is_cut = found.last().is_some_and(|line| line.ends_with('…')) || found.is_empty();
        self.whole(text, &found, is_cut)
    }

    /// At most `lines` lines that are together centred on the place.
    pub fn wrapped_around(&self, text: &str, room: f64, lines: usize) -> Markup {
        let count = self.lines(text, room, lines).len();
        let up = count.saturating_sub(1) as f64 * self.leading() / 2.0;
        Self { y: self.y - up, ..*self }.centred().wrapped(text, room, lines)
    }

    /// The lines into which a text falls.
    pub fn lines(&self, text: &str, room: f64, lines: usize) -> Vec<String> {
        wrap(text, self.em(), room, lines)
    }

    fn whole(&self, text: &str, lines: &[String], is_cut: bool) -> Markup {
        let written = html! {
            @for (place, line) in lines.iter().enumerate() {
                @if !line.is_empty() { (Self { y: self.y + place as f64 * self.leading(), ..*self }.put(line)) }
            }
        };
        if is_cut && !lines.iter().all(String::is_empty) {
            html! { g { title { (text) } (written) } }
        } else {
            written
        }
    }

    fn em(&self) -> f64 {
        if self.is_bold { self.size * BOLD } else { self.size }
    }
}
