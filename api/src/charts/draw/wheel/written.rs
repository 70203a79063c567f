//! What stands in a segment: its name and score where they fit, else a number that a list explains.

use maud::{Markup, html};

use super::super::State;
use super::super::label::{LEADING, Label};
use super::super::shapes::rect;
use super::super::text::{width, wrap};
use super::Segment;
use super::sector::Sector;

const SIZE: f64 = 11.0;

/// The most lines of a name.
const LINES: usize = 3;

/// A name is not broken into lines narrower than this: they would be columns of single characters.
const NARROW: f64 = 26.0;

/// How many rings have numbers where the names do not fit.
const NUMBERED: usize = 2;

/// The lines in a segment.
pub(super) struct Written {
    lines: Vec<String>,
    /// Whether the list must explain it.
    pub is_number: bool,
}

/// Whether no Latin word is broken in two; Chinese may be broken anywhere.
fn keeps_words(title: &str, lines: &[String]) -> bool {
    let mut words = title.split(' ').filter(|word| word.is_ascii());
    words.all(|word| lines.iter().any(|line| line.split(' ').any(|part| part == word)))
}

impl Written {
    /// What fits; `number` is the next one.
    pub fn of(segment: &Segment, sector: &Sector, number: usize) -> Option<Self> {
        let value = match &segment.state {
            State::Scored(shown) => Some(shown.text.as_str()),
            State::Missing => None,
            State::NotApplicable => Some("–"),
        };
        let holds = |lines: &[String]| {
            let room = sector.room(lines.len() as f64 * SIZE * LEADING);
            lines.iter().all(|line| width(line, SIZE) <= room)
        };
        let with_value = |mut lines: Vec<String>| {
            let bare = lines.clone();
            lines.extend(value.map(str::to_owned));
            if holds(&lines) { lines } else { bare }
        };
        for count in 1..=LINES {
            let room = sector.room(count as f64 * SIZE * LEADING);
            if count > 1 && room < NARROW {
                break;
            }
            let lines = wrap(&segment.title, SIZE, room, count);
            let is_whole = lines.concat().chars().filter(|it| *it != ' ').eq(segment.title.chars().filter(|it| *it != ' '));
            if is_whole && !lines.is_empty() && keeps_words(&segment.title, &lines) {
                return Some(Self { lines: with_value(lines), is_number: false });
            }
        }
        let lines = vec![number.to_string()];
        (sector.depth < NUMBERED && holds(&lines)).then(|| {
            // The list gives the value of a number; only the dash belongs to the picture.
            let lines = if segment.state == State::NotApplicable { with_value(lines) } else { lines };
            Self { lines, is_number: true }
        })
    }

    /// The lines around the middle of the segment; on hatching they lie on a plate.
    pub fn draw(&self, sector: &Sector, ink: &str, is_hatched: bool, ground: &str) -> Markup {
        let (x, y) = sector.middle();
        let leading = SIZE * LEADING;
        let half_height = self.lines.len() as f64 * leading / 2.0;
        let half_width = self.lines.iter().map(|line| width(line, SIZE)).fold(0.0, f64::max) / 2.0 + 1.0;
        html! {
            @if is_hatched { (rect((x - half_width, y - half_height), (x + half_width, y + half_height), ground, None)) }
            @for (place, line) in self.lines.iter().enumerate() {
                @let middle = y - half_height + (place as f64 + 0.5) * leading;
                (Label::at(x, middle, ink).size(SIZE).middle().centred().put(line))
            }
        }
    }
}
