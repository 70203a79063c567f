//! The polygons themselves.

use std::f64::consts::TAU;

use maud::{Markup, html};

use super::super::Style;
use super::super::axis::{Domain, Scale};
use super::super::keys::{self, Key};
use super::super::label::{Anchor, LEADING, Label, SIZE};
use super::super::page::{MARGIN, Page, WIDTH};
use super::super::place::spread;
use super::super::shapes::{line, named, polyline};
use super::{Radar, Ring};

const RADIUS: f64 = 176.0;
const CENTRE: (f64, f64) = (WIDTH / 2.0, 240.0);
const BOTTOM: f64 = 480.0;

/// Up to how many axes carry their names; beyond, numbers stand for them.
const NAMED: usize = 16;

/// Lines of a name beside an axis, and one more for the score.
const NAME_LINES: usize = 2;

pub(super) fn draw(radar: &Radar, page: Page, domain: Domain, style: Style) -> Markup {
    let web = Web { radar, scale: Scale::new(domain, 0.0, RADIUS), style };
    let (labels, list) = if radar.axes.len() <= NAMED { (web.names(), web.nothing()) } else { (web.numbers(), web.list()) };
    let marks = html! {
        (web.grid())
        @for (place, ring) in radar.rings.iter().enumerate().rev() { (web.ring(place, ring)) }
        (web.gaps(&page))
        (labels)
        (list.0)
    };
    page.document(style, BOTTOM + list.1, marks)
}

struct Web<'a> {
    radar: &'a Radar,
    scale: Scale,
    style: Style,
}

impl Web<'_> {
    fn angle(&self, axis: usize) -> f64 {
        axis as f64 / self.radar.axes.len() as f64 * TAU
    }

    fn point(&self, axis: usize, radius: f64) -> (f64, f64) {
        let angle = self.angle(axis);
        (CENTRE.0 + radius * angle.sin(), CENTRE.1 - radius * angle.cos())
    }

    fn grid(&self) -> Markup {
        let palette = self.style.palette();
        let axes = self.radar.axes.len();
        let ticks = self.scale.domain.ticks(5);
        html! {
            @for (value, _) in &ticks {
                @let radius = self.scale.at(*value);
                @let points: Vec<_> = (0..=axes).map(|axis| Some(self.point(axis % axes, radius))).collect();
                @if radius > 0.0 {
                    (polyline(&points, if radius >= RADIUS { palette.edge } else { palette.grid }, 1.0, None))
                }
            }
            @for axis in 0..axes { (line(CENTRE, self.point(axis, RADIUS), palette.grid, 1.0, None)) }
            @for (value, text) in &ticks {
                (Label::at(CENTRE.0 - 6.0, CENTRE.1 - self.scale.at(*value), palette.quiet).size(10.0).end().centred().put(text))
            }
        }
    }

    fn ring(&self, place: usize, ring: &Ring) -> Markup {
        let palette = self.style.palette();
        let look = self.radar.look(place, palette);
        let axes = self.radar.axes.len();
        let at = |axis: usize| ring.score(axis).map(|shown| self.point(axis, self.scale.at(shown.value)));
        // The way round begins after a gap, so that no stretch is cut in two by the beginning.
        let first = (0..axes).find(|&axis| at((axis + axes - 1) % axes).is_none()).unwrap_or(0);
        let points: Vec<_> = (0..=axes).map(|step| at((first + step) % axes)).collect();
        let radius = if axes <= NAMED { 4.5 } else { 2.8 };
        html! {
            (polyline(&points, look.colour, look.width, look.dash))
            @for (axis, name) in self.radar.axes.iter().enumerate() {
                @if let (Some(point), Some(shown)) = (at(axis), ring.score(axis)) {
                    @let title = format!("{} · {name}: {}", ring.name, shown.text);
                    (named(&title, look.shape.draw(point, radius, look.colour, palette.ground)))
                }
            }
        }
    }

    /// A hatched tick at the end of each axis on which a score is missing.
    fn gaps(&self, page: &Page) -> Markup {
        let half = if self.radar.axes.len() <= NAMED { 5.0 } else { 3.0 };
        html! {
            @for (axis, name) in self.radar.axes.iter().enumerate() {
                @let absent = self.radar.absent(axis);
                @if !absent.is_empty() {
                    @let (x, y) = self.point(axis, RADIUS);
                    @let whose = absent.join(self.style.say("、", ", "));
                    @let title = format!("{name}: {} ({whose})", self.style.say("缺少得分", "no score"));
                    (named(&title, page.hatch.rect((x - half, y - half), (x + half, y + half), self.style)))
                }
            }
        }
    }

    /// Names around the rim, on each side spread so that they do not touch.
    fn names(&self) -> Markup {
        let axes = self.radar.axes.len();
        let is_upright = |axis: usize| self.angle(axis).sin().abs() < 1e-6;
        let side = |right: bool| {
            (0..axes).filter(|&axis| !is_upright(axis) && (self.angle(axis).sin() > 0.0) == right).collect::<Vec<_>>()
        };
        let height = (NAME_LINES + 1) as f64 * SIZE * LEADING;
        html! {
            @for axis in (0..axes).filter(|&axis| is_upright(axis)) {
                @let (x, y) = self.point(axis, RADIUS + 10.0);
                @if y < CENTRE.1 { (self.name(axis, x, y - height, Anchor::Middle, 200.0, false)) }
                @else { (self.name(axis, x, y + 2.0, Anchor::Middle, 200.0, false)) }
            }
            @for right in [true, false] {
                @let these = side(right);
                @let wanted: Vec<f64> = these.iter().map(|&axis| self.point(axis, RADIUS + 10.0).1).collect();
                @let placed = spread(&wanted, height + 2.0, CENTRE.1 - RADIUS + 8.0, CENTRE.1 + RADIUS - 8.0).unwrap_or(wanted);
                @for (axis, y) in these.into_iter().zip(placed) {
                    // The rim at the corner of the label that is nearest to the centre.
                    @let near = ((y - CENTRE.1).abs() - height / 2.0).max(0.0);
                    @let out = ((RADIUS + 14.0).powi(2) - near.powi(2)).max(0.0).sqrt();
                    @let x = if right { CENTRE.0 + out } else { CENTRE.0 - out };
                    @let room = if right { WIDTH - MARGIN - x } else { x - MARGIN };
                    (self.name(axis, x, y - height / 2.0, if right { Anchor::Start } else { Anchor::End }, room, true))
                }
            }
        }
    }

    /// A name and under it the city's own score, in a box of three lines.
    fn name(&self, axis: usize, x: f64, top: f64, anchor: Anchor, room: f64, is_centred: bool) -> Markup {
        let palette = self.style.palette();
        let name = Label { anchor, ..Label::at(x, top, palette.text) };
        let lines = name.lines(&self.radar.axes[axis], room, NAME_LINES).len();
        let spare = if is_centred {
            (NAME_LINES - lines) as f64 / 2.0
        } else if top < CENTRE.1 {
            (NAME_LINES - lines) as f64
        } else {
            0.0
        };
        let y = top + spare * SIZE * LEADING + SIZE;
        let score = Label { y: y + lines as f64 * SIZE * LEADING, ..name }.bold();
        html! {
            (Label { y, ..name }.wrapped(&self.radar.axes[axis], room, NAME_LINES))
            @if let Some(own) = self.radar.own() {
                @match own.score(axis) {
                    Some(shown) => { (score.fitted(&shown.text, room)) }
                    None => {
                        @let missing = Label { fill: palette.quiet, is_bold: false, ..score };
                        (missing.fitted(self.style.say("缺少得分", "no score"), room))
                    }
                }
            }
        }
    }

    fn numbers(&self) -> Markup {
        let palette = self.style.palette();
        html! {
            @for axis in 0..self.radar.axes.len() {
                @let (x, y) = self.point(axis, RADIUS + 16.0);
                (Label::at(x, y, palette.text).size(11.0).middle().centred().put(&(axis + 1).to_string()))
            }
        }
    }

    fn nothing(&self) -> (Markup, f64) {
        (html! {}, 0.0)
    }

    fn list(&self) -> (Markup, f64) {
        let value = |axis: usize| match self.radar.own().map(|own| own.score(axis)) {
            Some(Some(shown)) => shown.text.clone(),
            Some(None) => self.style.say("缺少得分", "no score").to_owned(),
            None => String::new(),
        };
        let names = self.radar.axes.iter().enumerate();
        let keys: Vec<Key> = names.map(|(axis, name)| Key { number: axis + 1, name: name.clone(), value: value(axis) }).collect();
        keys::list(&keys, (MARGIN, BOTTOM - 20.0), WIDTH - 2.0 * MARGIN, 2, self.style)
    }
}
