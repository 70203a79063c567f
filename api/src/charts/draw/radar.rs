//! The shape of a city's strengths, against its peers and its target.
//!
//! With fewer than three axes there is no shape, and with very many none can be seen: rows stand in for it.

mod rows;
mod web;

use maud::Markup;

use super::axis::Domain;
use super::legend::Entry;
use super::number::short;
use super::page::Page;
use super::palette::Palette;
use super::shapes::Shape;
use super::{Shown, Style};

/// Scores on several axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Radar {
    /// What it is about.
    pub title: String,
    /// The best score there can be, at the rim.
    pub full_mark: f64,
    /// The titles of the axes, clockwise from the top.
    pub axes: Vec<String>,
    /// The polygons.
    pub rings: Vec<Ring>,
}

/// One polygon.
#[derive(Debug, Clone, PartialEq)]
pub struct Ring {
    /// Whose scores these are.
    pub kind: RingKind,
    /// What it is called in the legend.
    pub name: String,
    /// The score on each axis; `None` where there is none.
    pub scores: Vec<Option<Shown>>,
}

/// Whose scores a polygon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RingKind {
    /// The city itself.
    City,
    /// The middle of its peers.
    PeerMedian,
    /// The best of its peers.
    Best,
    /// What it wants to reach.
    Target,
}

/// From how many axes on, up to how many, a polygon shows something.
const POLYGON: std::ops::RangeInclusive<usize> = 3..=60;

impl Radar {
    /// The picture.
    pub fn svg(&self, style: Style) -> Markup {
        let domain = self.domain();
        let full = short(self.full_mark);
        let is_polygon = POLYGON.contains(&self.axes.len());
        let note = if is_polygon {
            let from = short(domain.from);
            style.say(
                format!("各轴得分，中心为 {from}，外缘为 {}", short(domain.to)),
                format!("Scores from {from} in the centre to {} at the rim", short(domain.to)),
            )
        } else {
            style.say(format!("各项得分，满分 {full}"), format!("Scores; the full mark is {full}"))
        };
        let mut page = Page::new("radar", &self.title, &note, style);
        if self.axes.is_empty() || self.rings.is_empty() {
            return page.empty(style, style.say("没有可显示的得分", "There are no scores to show"));
        }
        for (place, ring) in self.rings.iter().enumerate() {
            let look = self.look(place, style.palette());
            let is_bar = !is_polygon && self.is_own(place);
            page.legend.push(match is_bar {
                true => Entry::fill(look.colour, style, &ring.name),
                false if is_polygon => Entry::stroke(look.colour, look.dash, Some(look.shape), style, &ring.name),
                false => Entry::marker(look.shape, look.colour, style, &ring.name),
            });
        }
        if (0..self.axes.len()).any(|axis| !self.absent(axis).is_empty()) {
            page = page.with_missing(style.say("缺少得分", "no score"), style);
        }
        if is_polygon { web::draw(self, page, domain, style) } else { rows::draw(self, &page, domain, style) }
    }

    fn domain(&self) -> Domain {
        let values = self.rings.iter().flat_map(|ring| ring.scores.iter().take(self.axes.len()).flatten());
        Domain::scores(self.full_mark, values.map(|shown| shown.value))
    }

    /// Whose score is missing on an axis.
    fn absent(&self, axis: usize) -> Vec<&str> {
        self.rings.iter().filter(|ring| ring.score(axis).is_none()).map(|ring| ring.name.as_str()).collect()
    }

    /// The polygon that the picture is about, whose scores are written out: the first of a city.
    fn own(&self) -> Option<&Ring> {
        self.rings.iter().find(|ring| ring.kind == RingKind::City)
    }

    /// Whether it is that polygon; further cities are drawn like peers.
    fn is_own(&self, place: usize) -> bool {
        self.rings.iter().position(|ring| ring.kind == RingKind::City) == Some(place)
    }

    fn look(&self, place: usize, palette: &'static Palette) -> Look {
        match self.rings[place].kind {
            RingKind::City if self.is_own(place) => Look { colour: palette.own, dash: None, shape: Shape::Circle, width: 3.0 },
            RingKind::City => {
                Look { colour: palette.category(place + 3), dash: None, shape: Shape::category(place + 3), width: 2.5 }
            }
            RingKind::PeerMedian => Look { colour: palette.series[6], dash: Some("7 4"), shape: Shape::Square, width: 2.0 },
            RingKind::Best => Look { colour: palette.series[2], dash: Some("2 3"), shape: Shape::Triangle, width: 2.0 },
            RingKind::Target => Look { colour: palette.series[1], dash: Some("10 3 2 3"), shape: Shape::Diamond, width: 2.0 },
        }
    }
}

/// How a polygon is drawn.
struct Look {
    colour: &'static str,
    dash: Option<&'static str>,
    shape: Shape,
    width: f64,
}

impl Ring {
    fn score(&self, axis: usize) -> Option<&Shown> {
        self.scores.get(axis).and_then(Option::as_ref)
    }
}
