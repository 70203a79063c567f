//! The marks: lines, rectangles and markers that can be told apart without colour.

use maud::{Markup, html};

use super::number::N;

/// A mark that says what it is when it is pointed at.
pub(super) fn named(title: &str, mark: Markup) -> Markup {
    html! { g { title { (title) } (mark) } }
}

/// A straight line; `dash` is a dash array.
pub(super) fn line(from: (f64, f64), to: (f64, f64), stroke: &str, width: f64, dash: Option<&str>) -> Markup {
    html! {
        line x1=(N(from.0)) y1=(N(from.1)) x2=(N(to.0)) y2=(N(to.1)) stroke=(stroke) stroke-width=(N(width))
            stroke-dasharray=[dash] {}
    }
}

/// A filled rectangle between two corners in any order.
pub(super) fn rect(from: (f64, f64), to: (f64, f64), fill: &str, stroke: Option<&str>) -> Markup {
    let (x, y) = (from.0.min(to.0), from.1.min(to.1));
    let (width, height) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
    html! { rect x=(N(x)) y=(N(y)) width=(N(width)) height=(N(height)) fill=(fill) stroke=[stroke] {} }
}

/// A line through points, broken where one is absent; a point between two gaps stays a dot of its own elsewhere.
pub(super) fn polyline(points: &[Option<(f64, f64)>], stroke: &str, width: f64, dash: Option<&str>) -> Markup {
    let mut path = String::new();
    let mut is_down = false;
    for (place, point) in points.iter().enumerate() {
        let next = points.get(place + 1).copied().flatten();
        match point {
            Some((x, y)) if is_down => path.push_str(&format!("L{} {}", N(*x), N(*y))),
            Some((x, y)) if next.is_some() => path.push_str(&format!("M{} {}", N(*x), N(*y))),
            _ => {}
        }
        is_down = point.is_some() && (is_down || next.is_some());
    }
    html! {
        @if !path.is_empty() {
            path d=(path) fill="none" stroke=(stroke) stroke-width=(N(width)) stroke-dasharray=[dash]
                stroke-linejoin="round" {}
        }
    }
}

/// The form of a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Square,
    Diamond,
    Triangle,
    Wedge,
    Cross,
    Ring,
}

impl Shape {
    const ALL: [Self; 7] = [Self::Circle, Self::Square, Self::Triangle, Self::Diamond, Self::Wedge, Self::Cross, Self::Ring];

    /// The form of the category at a place; they come round again.
    pub fn category(place: usize) -> Self {
        Self::ALL[place % Self::ALL.len()]
    }

    /// A marker around a point; `rim` separates it from what lies below.
    pub fn draw(self, (x, y): (f64, f64), radius: f64, fill: &str, rim: &str) -> Markup {
        let corners = |turns: &[(f64, f64)]| {
            let path: Vec<String> =
                turns.iter().map(|(dx, dy)| format!("{} {}", N(x + dx * radius), N(y + dy * radius))).collect();
            html! { path d={ "M" (path.join("L")) "Z" } fill=(fill) stroke=(rim) {} }
        };
        match self {
            Self::Circle => html! { circle cx=(N(x)) cy=(N(y)) r=(N(radius)) fill=(fill) stroke=(rim) {} },
            Self::Ring => html! { circle cx=(N(x)) cy=(N(y)) r=(N(radius)) fill=(rim) stroke=(fill) stroke-width="2" {} },
            Self::Square => corners(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
            Self::Diamond => corners(&[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)]),
            Self::Triangle => corners(&[(0.0, -1.15), (1.1, 0.85), (-1.1, 0.85)]),
            Self::Wedge => corners(&[(0.0, 1.15), (1.1, -0.85), (-1.1, -0.85)]),
            Self::Cross => corners(&[
                (-0.4, -1.1),
                (0.4, -1.1),
                (0.4, -0.4),
                (1.1, -0.4),
                (1.1, 0.4),
                (0.4, 0.4),
                (0.4, 1.1),
                (-0.4, 1.1),
                (-0.4, 0.4),
                (-1.1, 0.4),
                (-1.1, -0.4),
                (-0.4, -0.4),
            ]),
        }
    }
}

/// The dashes of the category at a place: solid first.
pub(super) fn dash(place: usize) -> Option<&'static str> {
    [None, Some("8 3"), Some("2 3"), Some("10 3 2 3"), Some("5 5")][place % 5]
}
