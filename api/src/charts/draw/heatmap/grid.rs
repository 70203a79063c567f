//! Where the cells lie, and what stands around them.

use maud::{Markup, html};

use super::super::axis::Domain;
use super::super::label::Label;
use super::super::legend::Entry;
use super::super::number::{N, short};
use super::super::page::{MARGIN, WIDTH};
use super::super::ramp::{CLASSES, class_tone};
use super::super::shapes::rect;
use super::super::text;
use super::super::{State, Style};
use super::Heatmap;

const NAMES: f64 = 150.0;
const LEFT: f64 = MARGIN + NAMES + 8.0;

/// The longest title of a node over the columns.
const HEAD: f64 = 130.0;

/// How the titles of the nodes stand over the columns.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Head {
    Flat,
    Slanted,
    Upright,
}

/// A heatmap laid out.
pub(super) struct Grid<'a> {
    pub map: &'a Heatmap,
    pub domain: Domain,
    pub width: f64,
    pub height: f64,
    head: Head,
    pub top: f64,
    every_city: usize,
    every_node: usize,
}

impl<'a> Grid<'a> {
    pub fn new(map: &'a Heatmap) -> Self {
        let rows = map.cells.iter().take(map.cities.len());
        let scores = rows.flat_map(|row| row.iter().take(map.nodes.len())).filter_map(|state| match state {
            State::Scored(shown) => Some(shown.value),
            State::Missing | State::NotApplicable => None,
        });
        let domain = Domain::scores(map.full_mark, scores);
        let width = ((WIDTH - MARGIN - LEFT) / map.nodes.len().max(1) as f64).floor().clamp(9.0, 110.0);
        let height: f64 = if map.cities.len() <= 80 { 20.0 } else { 8.0 };
        let head = if width >= 80.0 {
            Head::Flat
        } else if width >= 20.0 {
            Head::Slanted
        } else {
            Head::Upright
        };
        let longest = map.nodes.iter().map(|node| text::width(node, 12.0)).fold(20.0, f64::max).min(HEAD);
        let top = match head {
            Head::Flat => 52.0,
            Head::Slanted => longest * 0.71 + 22.0,
            Head::Upright => longest + 12.0,
        };
        let every_city = (15.0 / height).ceil() as usize;
        let every_node = if head == Head::Upright { (15.0 / width).ceil() as usize } else { 1 };
        Self { map, domain, width, height, head, top, every_city, every_node }
    }

    pub fn page_width(&self) -> f64 {
        let slant = if self.head == Head::Slanted { HEAD * 0.71 + 8.0 - self.width / 2.0 } else { 0.0 };
        (LEFT + self.width * self.map.nodes.len() as f64 + MARGIN + slant.max(0.0)).max(WIDTH)
    }

    pub fn count(&self) -> usize {
        self.map.cities.len() * self.map.nodes.len()
    }

    pub fn state(&self, city: usize, node: usize) -> &State {
        self.map.cells.get(city).and_then(|row| row.get(node)).unwrap_or(&State::Missing)
    }

    pub fn any(&self, is: impl Fn(&State) -> bool) -> bool {
        (0..self.map.cities.len()).any(|city| (0..self.map.nodes.len()).any(|node| is(self.state(city, node))))
    }

    pub fn corner(&self, city: usize, node: usize) -> (f64, f64) {
        (LEFT + node as f64 * self.width, self.top + city as f64 * self.height)
    }

    pub fn ramp(&self, style: Style) -> Entry {
        let palette = style.palette();
        let text = format!(
            "{} {} – {}{}",
            style.say("得分", "score"),
            short(self.domain.from),
            short(self.domain.to),
            style.say("（由深到浅）", ", from dark to light")
        );
        let step = 120.0 / CLASSES as f64;
        let sign = html! {
            @for class in 0..CLASSES {
                @let x = class as f64 * step;
                (rect((x, -6.0), (x + step, 6.0), &class_tone(class).fill, None))
            }
            rect x="0" y="-6" width="120" height="12" fill="none" stroke=(palette.edge) {}
        };
        Entry::wide(sign, 122.0, &text)
    }

    pub fn thinned(&self, style: Style) -> Vec<String> {
        let mut found = Vec::new();
        let left_out = |count: usize, every: usize| count - count.div_ceil(every);
        let cities = left_out(self.map.cities.len(), self.every_city);
        let nodes = left_out(self.map.nodes.len(), self.every_node);
        if cities > 0 {
            found.push(style.say(
                format!("因空间不足，有 {cities} 个城市的行未标名称（每 {} 行标一行）。", self.every_city),
                format!("For want of room {cities} cities are not named; one row in {} is.", self.every_city),
            ));
        }
        if nodes > 0 {
            found.push(style.say(
                format!("因空间不足，有 {nodes} 个节点的列未标名称（每 {} 列标一列）。", self.every_node),
                format!("For want of room {nodes} nodes are not named; one column in {} is.", self.every_node),
            ));
        }
        found
    }

    pub fn names(&self, style: Style) -> Markup {
        let palette = style.palette();
        let size = if self.height >= 15.0 { 12.0 } else { 10.0 };
        html! {
            @for (city, name) in self.map.cities.iter().enumerate().step_by(self.every_city) {
                @let y = self.corner(city, 0).1 + self.height / 2.0;
                (Label::at(LEFT - 8.0, y, palette.text).size(size).end().centred().fitted(name, NAMES))
            }
            @for (node, name) in self.map.nodes.iter().enumerate().step_by(self.every_node) {
                @let x = self.corner(0, node).0 + self.width / 2.0;
                @match self.head {
                    Head::Flat => {
                        @let label = Label::at(x, 0.0, palette.text).middle();
                        @let lines = label.lines(name, self.width - 10.0, 3).len();
                        @let y = self.top - 8.0 - lines.saturating_sub(1) as f64 * label.leading();
                        (Label { y, ..label }.wrapped(name, self.width - 10.0, 3))
                    }
                    Head::Slanted => {
                        g transform={ "translate(" (N(x)) " " (N(self.top - 8.0)) ") rotate(-45)" } {
                            (Label::at(0.0, 4.0, palette.text).fitted(name, HEAD))
                        }
                    }
                    Head::Upright => {
                        g transform={ "translate(" (N(x)) " " (N(self.top - 8.0)) ") rotate(-90)" } {
                            (Label::at(0.0, 4.0, palette.text).size(11.0).fitted(name, HEAD))
                        }
                    }
                }
            }
        }
    }
}
