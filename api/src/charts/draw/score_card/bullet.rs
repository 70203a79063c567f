//! The total on the axis of the levels.

use maud::{Markup, html};

use super::super::axis::{Domain, Scale};
use super::super::label::Label;
use super::super::number::short;
use super::super::page::{MARGIN, Page, WIDTH};
use super::super::shapes::{line, named, rect};
use super::super::{Band, Style};
use super::ScoreCard;

const TOP: f64 = 128.0;
const HEIGHT: f64 = 44.0;

impl ScoreCard {
    /// The bands, the bar of the total and its bounds over the axis; and how many bands have no room for their name.
    pub(super) fn bullet(&self, page: &Page, style: Style) -> (Markup, usize) {
        let palette = style.palette();
        let values = self.total.iter().map(|total| total.value).chain(self.low).chain(self.high);
        let domain = Domain::scores(self.full_mark, values);
        let scale = Scale::new(domain, MARGIN, WIDTH - MARGIN);
        let mut bands: Vec<&Band> = self.bands.iter().filter(|band| band.from.is_finite()).collect();
        bands.sort_by(|one, other| one.from.total_cmp(&other.from));
        let ends: Vec<f64> = bands.iter().skip(1).map(|band| band.from).chain([domain.to]).collect();
        let middle = TOP + HEIGHT / 2.0;
        let mut left_out = 0;
        let drawn: Vec<Markup> = bands
            .iter()
            .zip(&ends)
            .enumerate()
            .map(|(place, (band, &end))| {
                let (left, right) = (scale.at(band.from), scale.at(end));
                let fill = if place % 2 == 0 { palette.panel } else { palette.tint };
                let label = Label::at((left + right) / 2.0, TOP - 10.0, palette.text).middle();
                let lines = label.lines(&band.title, right - left - 8.0, 2);
                let up = lines.len().saturating_sub(1) as f64 * label.leading();
                let has_room = right - left >= 30.0;
                left_out += usize::from(!has_room);
                let mark = html! {
                    (rect((left, TOP), (right, TOP + HEIGHT), fill, None))
                    (line((left, TOP - 6.0), (left, TOP + HEIGHT), palette.edge, 1.0, None))
                    @if has_room {
                        (Label { y: label.y - up, ..label }.wrapped(&band.title, right - left - 8.0, 2))
                    }
                };
                named(&format!("{}: {} {}", band.title, style.say("自", "from"), short(band.from)), mark)
            })
            .collect();
        let marks = html! {
            @if bands.is_empty() { (rect((scale.start, TOP), (scale.end, TOP + HEIGHT), palette.panel, None)) }
            @for band in &drawn { (band) }
            @if let Some(total) = &self.total {
                @let bar = rect((scale.at(0.0), middle - 9.0), (scale.at(total.value), middle + 9.0), palette.own, None);
                (named(&format!("{}: {}", self.city, total.text), bar))
            } @else {
                @let left = scale.at(0.0);
                @let stub = page.hatch.rect((left, middle - 9.0), (left + 60.0, middle + 9.0), style);
                (named(style.say("没有得分", "no score"), stub))
            }
            @if let Some((low, high)) = self.bounds() {
                (named(
                    &format!("{}: {}–{}", style.say("总分的上下界", "bounds of the total"), short(low), short(high)),
                    whisker((scale.at(low), scale.at(high)), middle, palette.text),
                ))
            }
            (line((scale.start, TOP + HEIGHT), (scale.end, TOP + HEIGHT), palette.edge, 1.0, None))
            @for (value, text) in domain.ticks(5) {
                @let x = scale.at(value);
                (line((x, TOP + HEIGHT), (x, TOP + HEIGHT + 5.0), palette.edge, 1.0, None))
                (edge_label(x, TOP + HEIGHT + 19.0, palette.quiet, scale).put(&text))
            }
        };
        (marks, left_out)
    }
}

/// The bounds of a number, as a line with two ends.
pub(super) fn whisker((left, right): (f64, f64), y: f64, stroke: &str) -> Markup {
    html! {
        (line((left, y), (right, y), stroke, 2.0, None))
        (line((left, y - 6.0), (left, y + 6.0), stroke, 2.0, None))
        (line((right, y - 6.0), (right, y + 6.0), stroke, 2.0, None))
    }
}

/// A tick's label, turned inwards at the ends of the axis.
fn edge_label(x: f64, y: f64, fill: &str, scale: Scale) -> Label<'_> {
    let label = Label::at(x, y, fill);
    if x <= scale.start + 1.0 {
        label
    } else if x >= scale.end - 1.0 {
        label.end()
    } else {
        label.middle()
    }
}
