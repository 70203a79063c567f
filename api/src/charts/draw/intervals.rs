//! How sure the ranks are: one row per city.

use maud::{Markup, html};

use super::Style;
use super::axis::{Domain, Scale, ranks};
use super::label::Label;
use super::legend::Entry;
use super::page::{MARGIN, Page, WIDTH};
use super::shapes::{Shape, line, named, rect};

/// The ranks between which cities lie when the method is varied.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervals {
    /// What it is about.
    pub title: String,
    /// How often the method was varied.
    pub replications: u64,
    /// The share of replications within an interval, as it reads.
    pub confidence: String,
    /// The cities, from top to bottom as given.
    pub cities: Vec<Interval>,
}

/// The ranks of one city.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    /// Its name.
    pub city: String,
    /// Whether the picture is about it.
    pub is_marked: bool,
    /// Its rank, where it has one.
    pub rank: Option<u64>,
    /// The best rank of the interval.
    pub low: u64,
    /// The worst rank of the interval.
    pub high: u64,
}

const NAMES: f64 = 190.0;

/// Beside the axis: the interval in figures.
const FIGURES: f64 = 120.0;

impl Intervals {
    /// The picture.
    pub fn svg(&self, style: Style) -> Markup {
        let palette = style.palette();
        let note = style.say(
            format!("{} 次重复计算中 {} 的名次所在的区间；第 1 名在左", self.replications, self.confidence),
            format!(
                "Where {} of the ranks lie in {} replications; the first rank is on the left",
                self.confidence, self.replications
            ),
        );
        let mut page = Page::new("intervals", &self.title, &note, style);
        if self.cities.is_empty() {
            return page.empty(style, style.say("没有可显示的城市", "There are no cities to show"));
        }
        page.legend.push(Entry::stroke(palette.edge, None, None, style, style.say("名次区间", "rank interval")));
        page.legend.push(Entry::marker(Shape::Circle, palette.text, style, style.say("名次", "rank")));
        if self.cities.iter().any(|city| city.is_marked) {
            page.legend.push(Entry::stroke(palette.own, None, Some(Shape::Diamond), style, style.say("重点城市", "marked city")));
        }
        if self.cities.iter().any(|city| city.rank.is_none()) {
            page = page.with_missing(style.say("没有名次", "no rank"), style);
        }
        let pitch = if self.cities.len() <= 60 { 20.0 } else { 15.0 };
        let last = self.cities.iter().flat_map(|city| [city.rank.unwrap_or(1), city.low, city.high]).max().unwrap_or(1).max(2);
        let domain = Domain::between(1.0, last as f64);
        let scale = Scale::new(domain, MARGIN + NAMES + 20.0, WIDTH - MARGIN - FIGURES);
        let bottom = 22.0 + self.cities.len() as f64 * pitch;
        page.document(
            style,
            bottom + 22.0,
            html! {
                @for rank in ranks(last, 8) {
                    @let x = scale.at(rank as f64);
                    (line((x, 18.0), (x, bottom), palette.grid, 1.0, None))
                    @for y in [12.0, bottom + 16.0] { (Label::at(x, y, palette.quiet).middle().put(&rank.to_string())) }
                }
                @for (place, city) in self.cities.iter().enumerate() {
                    (row(city, &page, scale, 22.0 + (place as f64 + 0.5) * pitch, pitch, style))
                }
            },
        )
    }
}

fn row(city: &Interval, page: &Page, scale: Scale, y: f64, pitch: f64, style: Style) -> Markup {
    let palette = style.palette();
    let (low, high) = (city.low.min(city.high), city.low.max(city.high));
    let colour = if city.is_marked { palette.own } else { palette.edge };
    let thick = if city.is_marked { 5.0 } else { 4.0 };
    let (left, right) = (scale.at(low as f64), scale.at(high as f64));
    let name = Label { is_bold: city.is_marked, ..Label::at(MARGIN + NAMES, y, palette.text).end().centred() };
    let rank = city.rank.map_or_else(|| style.say("没有名次", "no rank").to_owned(), |rank| rank.to_string());
    let figures = format!("{rank} ({low}–{high})");
    let beside = Label { is_bold: city.is_marked, ..Label::at(WIDTH - MARGIN, y, palette.quiet).size(11.0).end().centred() };
    let mark = html! {
        @if city.rank.is_some() {
            @if right - left > 0.5 { (rect((left, y - thick / 2.0), (right, y + thick / 2.0), colour, None)) }
            (line((left, y - 5.0), (left, y + 5.0), colour, 1.5, None))
            (line((right, y - 5.0), (right, y + 5.0), colour, 1.5, None))
        } @else {
            (page.hatch.rect((left - 1.0, y - 4.0), (right.max(left + 12.0), y + 4.0), style))
        }
        @if let Some(rank) = city.rank {
            @let shape = if city.is_marked { Shape::Diamond } else { Shape::Circle };
            @let fill = if city.is_marked { palette.own } else { palette.text };
            (shape.draw((scale.at(rank as f64), y), if city.is_marked { 5.5 } else { 4.0 }, fill, palette.ground))
        }
    };
    html! {
        @if city.is_marked { (rect((MARGIN, y - pitch / 2.0), (WIDTH - MARGIN, y + pitch / 2.0), palette.panel, None)) }
        (name.fitted(&city.city, NAMES))
        (named(&format!("{}: {figures}", city.city), mark))
        (beside.fitted(&figures, FIGURES - 16.0))
    }
}
