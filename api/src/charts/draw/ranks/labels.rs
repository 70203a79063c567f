//! The names at the right end of the lines.

use maud::{Markup, html};

use super::super::Style;
use super::super::label::Label;
use super::super::page::{MARGIN, WIDTH};
use super::super::place::spread;
use super::super::shapes::{Shape, line};
use super::plot::{Plot, RIGHT, TOP};
use super::{ALL_NAMED, RankLine, Ranks};

/// From one label to the next.
const PITCH: f64 = 16.0;

/// A name with where it wants to stand.
struct Name<'a> {
    line: &'a RankLine,
    /// The last period in which the city has a rank, and that rank.
    last: (usize, u64),
    /// The place among the marked lines, where it is one.
    marked: Option<usize>,
}

impl Plot {
    /// Names beside the last rank, spread so that they do not touch; and how many found no room.
    pub fn labels(&self, chart: &Ranks, style: Style) -> (Markup, usize) {
        let is_all = chart.lines.len() <= ALL_NAMED;
        let room = ((self.bottom - TOP) / PITCH).floor() as usize;
        let mut names: Vec<Name> = Vec::new();
        let mut unnamed = 0;
        // The marked ones come first: theirs is the room.
        let marked = chart.lines.iter().filter(|line| line.is_marked).enumerate().map(|(place, line)| (Some(place), line));
        let others = chart.lines.iter().filter(|line| !line.is_marked).map(|line| (None, line));
        for (marked, line) in marked.chain(others) {
            let last = (0..self.xs.len()).rev().find_map(|period| Some((period, line.ranks.get(period).copied().flatten()?)));
            match last {
                Some(last) if (marked.is_some() || is_all) && names.len() < room => names.push(Name { line, last, marked }),
                Some(_) => unnamed += 1,
                None => {}
            }
        }
        let wanted: Vec<f64> = names.iter().map(|name| self.scale.at(name.last.1 as f64)).collect();
        let placed = spread(&wanted, PITCH, TOP, self.bottom).unwrap_or_else(|| wanted.clone());
        let drawn = html! {
            @for (name, (from, to)) in names.iter().zip(wanted.into_iter().zip(placed)) {
                (self.label(chart, name, from, to, style))
            }
        };
        (drawn, unnamed)
    }

    /// The name with the sign of its line; a rank that is not of the last period says of which it is.
    fn label(&self, chart: &Ranks, name: &Name, from: f64, to: f64, style: Style) -> Markup {
        let palette = style.palette();
        let (period, rank) = name.last;
        let is_current = period + 1 == self.xs.len();
        let text = if is_current {
            format!("{rank}  {}", name.line.city)
        } else {
            format!("{rank} ({})  {}", chart.periods[period], name.line.city)
        };
        let (ink, colour) = match name.marked {
            Some(place) => (palette.text, palette.category(place)),
            None => (palette.quiet, palette.quiet),
        };
        let label = Label { is_bold: name.marked.is_some(), ..Label::at(RIGHT + 30.0, to, ink).centred() };
        html! {
            @if is_current { (line((self.xs[period] + 8.0, from), (RIGHT + 12.0, to), colour, 0.8, None)) }
            @if let Some(place) = name.marked { (Shape::category(place).draw((RIGHT + 20.0, to), 4.5, colour, palette.ground)) }
            (label.fitted(&text, WIDTH - MARGIN - RIGHT - 30.0))
        }
    }
}
