//! How ranks move over the periods; where the set changed, nothing is joined.

mod breaks;
mod labels;
mod lines;
mod plot;

use maud::{Markup, html};

use super::Style;
use super::legend::Entry;
use super::page::Page;
use super::shapes::Shape;
use plot::Plot;

/// Up to so many lines all carry their names, marked or not.
const ALL_NAMED: usize = 36;

/// Ranks over periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranks {
    /// What it is about.
    pub title: String,
    /// The periods, in order.
    pub periods: Vec<String>,
    /// Where the edition of the set changes.
    pub breaks: Vec<Break>,
    /// How many cities take part in each period.
    pub cohorts: Vec<u64>,
    /// The cities.
    pub lines: Vec<RankLine>,
}

/// A change of the set between two periods: ranks before and after are not comparable.
#[derive(Debug, Clone, PartialEq)]
pub struct Break {
    /// The place of the first period of the new edition.
    pub before: usize,
    /// What changed.
    pub text: String,
}

/// The ranks of one city.
#[derive(Debug, Clone, PartialEq)]
pub struct RankLine {
    /// Its name.
    pub city: String,
    /// Whether the picture is about it.
    pub is_marked: bool,
    /// Its rank in each period; `None` where it has none.
    pub ranks: Vec<Option<u64>>,
}

impl Ranks {
    /// The picture.
    pub fn svg(&self, style: Style) -> Markup {
        let palette = style.palette();
        let note = style.say("各时期的名次，第 1 名在最上方", "Rank in each period; the first rank is at the top");
        let mut page = Page::new("ranks", &self.title, note, style);
        if self.periods.is_empty() || self.lines.is_empty() {
            return page.empty(style, style.say("没有可显示的名次", "There are no ranks to show"));
        }
        let plot = Plot::new(self);
        if self.lines.iter().any(|line| line.is_marked) {
            page.legend.push(Entry::stroke(
                palette.own,
                None,
                Some(Shape::Circle),
                style,
                style.say("重点城市（各有标记）", "marked city (a sign each)"),
            ));
        }
        if self.lines.iter().any(|line| !line.is_marked) {
            page.legend.push(Entry::stroke(palette.edge, None, None, style, style.say("其他城市", "other cities")));
        }
        if !self.breaks.is_empty() {
            page.legend.push(Entry::stroke(
                palette.text,
                Some("4 4"),
                None,
                style,
                style.say("指标体系换版，前后不可比", "new edition of the set; not comparable across it"),
            ));
        }
        let lacking = plot.lacking(self);
        if lacking.iter().any(|cities| !cities.is_empty()) {
            page = page.with_missing(style.say("没有名次", "no rank"), style);
        }
        let (labels, unnamed) = plot.labels(self, style);
        if unnamed > 0 {
            page.remarks.push(style.say(
                format!("另有 {unnamed} 个城市的折线因空间不足未标名称。"),
                format!("{unnamed} more lines are not named for want of room."),
            ));
        }
        let texts = plot.break_texts(self, &mut page, style);
        page.document(
            style,
            plot.bottom + 62.0,
            html! {
                (plot.frame(self, style))
                (texts)
                (plot.lines(self, style))
                (plot.gaps(&lacking, &page, style))
                (labels)
            },
        )
    }
}
