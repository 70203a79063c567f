//! Reads a picture back: its elements with where they lie, and the boxes of its texts.

use super::super::text::{BOLD, width};

/// An element with its attributes, in the coordinates of the document.
#[derive(Debug, Clone, Default)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    /// Moved by, then turned by so many degrees.
    pub shift: (f64, f64),
    pub turn: f64,
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str) -> f64 {
        self.get(name).map_or(0.0, |value| value.parse().unwrap_or(f64::NAN))
    }

    /// The corners of the box that a text takes, clockwise.
    pub fn corners(&self) -> [(f64, f64); 4] {
        let size = self.number("font-size");
        let wide = width(&self.text, size) * if self.get("font-weight").is_some() { BOLD } else { 1.0 };
        let left = self.number("x")
            - match self.get("text-anchor") {
                Some("middle") => wide / 2.0,
                Some("end") => wide,
                _ => 0.0,
            };
        let (top, bottom) = (self.number("y") - size * 0.8, self.number("y") + size * 0.2);
        let turn = self.turn.to_radians();
        [(left, top), (left + wide, top), (left + wide, bottom), (left, bottom)]
            .map(|(x, y)| (self.shift.0 + x * turn.cos() - y * turn.sin(), self.shift.1 + x * turn.sin() + y * turn.cos()))
    }
}

/// All elements of a document that closes what it opens; panics where it does not.
pub fn elements(document: &str) -> Vec<Element> {
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = document;
    while let Some(at) = rest.find('<') {
        if let Some(&inside) = open.last() {
            found[inside].text.push_str(&unescaped(&rest[..at]));
        }
        let end = at + rest[at..].find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop().expect("something is open");
            assert_eq!(found[closed].name, name);
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let (shift, turn) = open.last().map_or(((0.0, 0.0), 0.0), |&outer| (found[outer].shift, found[outer].turn));
        let mut element = Element { name: name.to_owned(), attributes: pairs(attributes), text: String::new(), shift, turn };
        if let Some(transform) = element.get("transform").map(str::to_owned) {
            let numbers: Vec<f64> =
                transform.split(|c: char| !"-.0123456789".contains(c)).filter_map(|part| part.parse().ok()).collect();
            element.shift = (shift.0 + numbers[0], shift.1 + numbers[1]);
            element.turn = numbers.get(2).copied().unwrap_or(0.0);
        }
        open.push(found.len());
        found.push(element);
    }
    assert!(open.is_empty(), "something stays open");
    found
}

fn pairs(attributes: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = attributes.trim();
    while let Some((name, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"').expect("a value ends");
        found.push((name.trim().to_owned(), unescaped(value)));
        rest = after;
    }
    found
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Whether two boxes, each perhaps turned, overlap by more than a hair: no side of either separates them.
pub fn overlap(one: &[(f64, f64); 4], other: &[(f64, f64); 4]) -> bool {
    const HAIR: f64 = 0.6;
    let sides = |corners: &[(f64, f64); 4]| {
        [0, 1].map(|side| {
            let (from, to) = (corners[side], corners[side + 1]);
            let length = (to.0 - from.0).hypot(to.1 - from.1).max(1e-9);
            ((to.0 - from.0) / length, (to.1 - from.1) / length)
        })
    };
    sides(one).into_iter().chain(sides(other)).all(|(dx, dy)| {
        let reach = |corners: &[(f64, f64); 4]| {
            let along = corners.map(|(x, y)| x * dx + y * dy);
            (along.iter().copied().fold(f64::INFINITY, f64::min), along.iter().copied().fold(f64::NEG_INFINITY, f64::max))
        };
        let ((a, b), (c, d)) = (reach(one), reach(other));
        a + HAIR < d && c + HAIR < b
    })
}
