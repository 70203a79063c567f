//! The cells: marks of their own while they are few, else one path per colour.

use maud::{Markup, html};

use super::super::label::Label;
use super::super::number::{N, short};
use super::super::page::Page;
use super::super::ramp::{CLASSES, class, class_tone};
use super::super::shapes::line;
use super::super::{State, Style};
use super::grid::Grid;

impl Grid<'_> {
    /// A mark with a title per cell, with the score written in where it has room.
    pub fn pointed(&self, page: &Page, style: Style) -> Markup {
        let palette = style.palette();
        let is_written = self.width >= 44.0 && self.height >= 16.0;
        html! {
            g stroke=(palette.edge) stroke-width=".6" {
                @for (city, city_name) in self.map.cities.iter().enumerate() {
                    @for (node, node_name) in self.map.nodes.iter().enumerate() {
                        @let (x, y) = self.corner(city, node);
                        @let (fill, text) = match self.state(city, node) {
                            State::Scored(shown) => (class_tone(class(self.domain.share(shown.value))).fill, shown.text.as_str()),
                            State::Missing => (page.hatch.fill(), style.say("缺少得分", "no score")),
                            State::NotApplicable => (palette.ground.to_owned(), style.say("不适用", "not applicable")),
                        };
                        rect x=(N(x)) y=(N(y)) width=(N(self.width)) height=(N(self.height)) fill=(fill) {
                            title { (city_name) " · " (node_name) ": " (text) }
                        }
                    }
                }
            }
            @for city in 0..self.map.cities.len() {
                @for node in 0..self.map.nodes.len() {
                    @let (x, y) = self.corner(city, node);
                    @let middle = (x + self.width / 2.0, y + self.height / 2.0);
                    @match self.state(city, node) {
                        State::Scored(shown) if is_written => {
                            @let ink = class_tone(class(self.domain.share(shown.value))).ink;
                            @let label = Label::at(middle.0, middle.1, ink).size(11.0).middle().centred();
                            (label.fitted(&shown.text, self.width - 4.0))
                        }
                        State::NotApplicable => {
                            @let half = (self.width / 2.0 - 2.0).min(4.0);
                            (line((middle.0 - half, middle.1), (middle.0 + half, middle.1), palette.text, 1.2, None))
                        }
                        State::Scored(_) | State::Missing => {}
                    }
                }
            }
        }
    }

    /// One path per class of colour, one for the missing, one for the dashes.
    pub fn grouped(&self, page: &Page, style: Style) -> Markup {
        let palette = style.palette();
        let mut classes = vec![Paths::default(); CLASSES];
        let (mut missing, mut dashes) = (Paths::default(), Paths::default());
        for city in 0..self.map.cities.len() {
            for node in 0..self.map.nodes.len() {
                let (x, y) = self.corner(city, node);
                match self.state(city, node) {
                    State::Scored(shown) => classes[class(self.domain.share(shown.value))].cell(x, y, self.width, self.height),
                    State::Missing => missing.cell(x, y, self.width, self.height),
                    State::NotApplicable => dashes.dash(x + 2.0, y + self.height / 2.0, self.width - 4.0),
                }
            }
        }
        let width = (self.domain.to - self.domain.from) / CLASSES as f64;
        let title = |class: usize| {
            let from = self.domain.from + width * class as f64;
            style.say(
                format!("得分 {} 至 {}", short(from), short(from + width)),
                format!("score {} to {}", short(from), short(from + width)),
            )
        };
        let (left, top) = self.corner(0, 0);
        let (right, bottom) = self.corner(self.map.cities.len(), self.map.nodes.len());
        html! {
            @for (class, paths) in classes.iter().enumerate() {
                @if paths.count > 0 {
                    path d=(paths.path) fill=(class_tone(class).fill) { title { (title(class)) " (" (paths.count) ")" } }
                }
            }
            @if missing.count > 0 {
                path d=(missing.path) fill=(page.hatch.fill()) {
                    title { (style.say("缺少得分", "no score")) " (" (missing.count) ")" }
                }
            }
            @if dashes.count > 0 {
                path d=(dashes.path) stroke=(palette.text) {
                    title { (style.say("不适用", "not applicable")) " (" (dashes.count) ")" }
                }
            }
            rect x=(N(left)) y=(N(top)) width=(N(right - left)) height=(N(bottom - top)) fill="none" stroke=(palette.edge) {}
        }
    }
}

/// Cells that look alike, as one path.
#[derive(Debug, Clone, Default)]
struct Paths {
    path: String,
    count: usize,
}

impl Paths {
    fn cell(&mut self, x: f64, y: f64, width: f64, height: f64) {
        self.path.push_str(&format!("M{} {}h{}v{}h{}z", N(x), N(y), N(width), N(height), N(-width)));
        self.count += 1;
    }

    fn dash(&mut self, x: f64, y: f64, width: f64) {
        self.path.push_str(&format!("M{} {}h{}", N(x), N(y), N(width)));
        self.count += 1;
    }
}
