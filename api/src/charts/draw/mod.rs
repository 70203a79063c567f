//! Charts as standalone SVG documents, drawn without a browser.
//!
//! Each chart is a plain value with names and numbers in it and one method, `svg`. It knows nothing of the store or of
//! the engine, so that a picture can be tested by itself. The documents use presentation attributes only (no style sheet,
//! no script, nothing from elsewhere): they work inlined under a strict content policy, in word processors, in Typst and
//! in mail. What all charts promise: missing is hatched and never zero, colour never speaks alone, every mark says its
//! name and its exact value when pointed at, and what has no room is counted.
//!
//! Adding a chart: a file with the value and its `svg`, built on `page` (frame, legend, remarks), `axis` and
//! `shapes`; then a row in `tests/cases.rs`, which holds it to the promises.

mod axis;
mod distribution;
mod goal_path;
mod hatch;
mod heatmap;
mod intervals;
mod keys;
mod label;
mod legend;
mod number;
mod page;
mod palette;
mod place;
mod priorities;
mod radar;
mod ramp;
mod ranks;
mod roadmap;
mod score_card;
mod shapes;
mod text;
mod waterfall;
mod wheel;

#[cfg(test)]
mod tests;

use citygauge_indicators::Language;

pub use distribution::Distribution;
pub use goal_path::{Dated, GoalLine, GoalPath};
pub use heatmap::Heatmap;
pub use intervals::{Interval, Intervals};
pub use priorities::{Difficulty, Priorities, Priority};
pub use radar::{Radar, Ring, RingKind};
pub use ranks::{Break, RankLine, Ranks};
pub use roadmap::{Bar, Roadmap, Stage};
pub use score_card::{Change, ScoreCard};
pub use waterfall::{Step, Waterfall};
pub use wheel::{Segment, Wheel};

/// The ground on which a chart is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Dark marks on white, for paper and most pages.
    #[default]
    Light,
    /// Light marks on a dark ground, for screens.
    Dark,
}

/// How a chart is drawn: the language of its fixed words and its colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// The language of the words that are not given with the chart.
    pub language: Language,
    /// The colours.
    pub theme: Theme,
}

impl Style {
    /// The one of two texts that is in the language of the picture.
    fn say<T>(self, zh: T, en: T) -> T {
        self.language.pick(zh, en)
    }

    /// The colours of the theme.
    fn palette(self) -> &'static palette::Palette {
        palette::Palette::of(self.theme)
    }
}

/// A number and how it reads, with the places of its set.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Where the mark lies.
    pub value: f64,
    /// What is written beside it; never computed from the value.
    pub text: String,
}

/// What is known of a node for a city.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// It has a score.
    Scored(Shown),
    /// There should be a score and there is none: hatched.
    Missing,
    /// The node does not apply to the city: blank with a dash.
    NotApplicable,
}

/// A level of maturity on the axis of the total.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// The least total of the level.
    pub from: f64,
    /// The title of the level.
    pub title: String,
}
