//! The same scores in rows: a bar for the city, markers for the others.

use maud::{Markup, html};

use super::super::Style;
use super::super::axis::{Domain, Scale};
use super::super::label::Label;
use super::super::page::{MARGIN, Page, WIDTH};
use super::super::shapes::{line, named, rect};
use super::Radar;

const NAMES: f64 = 220.0;
const VALUES: f64 = 80.0;
const ROW: f64 = 34.0;

pub(super) fn draw(radar: &Radar, page: &Page, domain: Domain, style: Style) -> Markup {
    let palette = style.palette();
    let scale = Scale::new(domain, MARGIN + NAMES + 12.0, WIDTH - MARGIN - VALUES);
    let bottom = radar.axes.len() as f64 * ROW;
    page.document(
        style,
        bottom + 24.0,
        html! {
            @for (value, text) in domain.ticks(5) {
                (line((scale.at(value), 0.0), (scale.at(value), bottom), palette.grid, 1.0, None))
                (Label::at(scale.at(value), bottom + 16.0, palette.quiet).middle().put(&text))
            }
            @for (axis, name) in radar.axes.iter().enumerate() {
                (row(radar, page, scale, axis, name, style))
            }
        },
    )
}

fn row(radar: &Radar, page: &Page, scale: Scale, axis: usize, name: &str, style: Style) -> Markup {
    let palette = style.palette();
    let y = (axis as f64 + 0.5) * ROW;
    let absent = radar.absent(axis);
    let own = radar.own().and_then(|own| own.score(axis));
    let value = Label::at(WIDTH - MARGIN - VALUES + 14.0, y, palette.text).centred();
    html! {
        (Label::at(MARGIN + NAMES, y, palette.text).end().wrapped_around(name, NAMES, 2))
        @if !absent.is_empty() {
            @let title = format!("{name}: {} ({})", style.say("缺少得分", "no score"), absent.join(style.say("、", ", ")));
            // In the place of the bar where the city's own score is missing, under it where another's is.
            @let (top, bottom) = if own.is_none() { (y - 7.0, y + 7.0) } else { (y + 9.0, y + 15.0) };
            (named(&title, page.hatch.rect((scale.start, top), (scale.start + 24.0, bottom), style)))
        }
        @for (place, ring) in radar.rings.iter().enumerate() {
            @if let Some(shown) = ring.score(axis) {
                @let look = radar.look(place, palette);
                @let x = scale.at(shown.value);
                @let bar = rect((scale.at(0.0), y - 7.0), (x, y + 7.0), look.colour, None);
                @let is_own = radar.is_own(place);
                @let mark = if is_own { bar } else { look.shape.draw((x, y), 5.0, look.colour, palette.ground) };
                (named(&format!("{} · {name}: {}", ring.name, shown.text), mark))
            }
        }
        @if let Some(shown) = own { (value.bold().fitted(&shown.text, VALUES - 14.0)) }
        @else if radar.own().is_some() {
            (Label { fill: palette.quiet, ..value }.fitted(style.say("缺少得分", "no score"), VALUES - 14.0))
        }
    }
}
