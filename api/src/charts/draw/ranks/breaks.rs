//! Where the set changes: a dashed line and its text.

use maud::{Markup, html};

use super::super::Style;
use super::super::label::Label;
use super::super::page::{MARGIN, Page};
use super::super::shapes::{line, named};
use super::plot::{LEFT, Plot, TOP};
use super::{Break, Ranks};

impl Plot {
    /// Where the edition changes between two periods that are drawn.
    pub fn breaks<'a>(&self, chart: &'a Ranks) -> Vec<(f64, &'a Break)> {
        let mut found: Vec<(f64, &Break)> = chart
            .breaks
            .iter()
            .filter(|it| it.before > 0 && it.before < self.xs.len())
            .map(|it| ((self.xs[it.before - 1] + self.xs[it.before]) / 2.0, it))
            .collect();
        found.sort_by(|one, other| one.0.total_cmp(&other.0));
        found
    }

    /// The dashed lines and their texts; where the texts have no room, letters stand for them and a remark explains.
    pub fn break_texts(&self, chart: &Ranks, page: &mut Page, style: Style) -> Markup {
        let palette = style.palette();
        let breaks = self.breaks(chart);
        let nearest = breaks.windows(2).map(|two| two[1].0 - two[0].0).fold(2.0 * (LEFT - MARGIN) + self.pitch(), f64::min);
        let has_room = nearest >= 90.0;
        let letter = |place: usize| char::from(b'A' + (place % 26) as u8).to_string();
        if !has_room {
            let texts: Vec<String> =
                breaks.iter().enumerate().map(|(place, (_, it))| format!("{} {}", letter(place), it.text)).collect();
            page.remarks.push(format!("{}{}", style.say("换版：", "Editions: "), texts.join(style.say("；", "; "))));
        }
        html! {
            @for (place, (x, it)) in breaks.iter().enumerate() {
                (named(&it.text, line((*x, TOP), (*x, self.bottom), palette.text, 1.5, Some("4 4"))))
                @let label = Label::at(*x, TOP - 8.0, palette.text).size(11.0).middle();
                @if has_room {
                    @let lines = label.lines(&it.text, nearest - 10.0, 3).len();
                    @let up = lines.saturating_sub(1) as f64 * label.leading();
                    (Label { y: label.y - up, ..label }.wrapped(&it.text, nearest - 10.0, 3))
                }
                @else if nearest >= 12.0 { (label.put(&letter(place))) }
            }
        }
    }
}
