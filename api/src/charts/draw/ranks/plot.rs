//! The axes: periods from left to right, ranks from top to bottom.

use maud::{Markup, html};

use super::super::Style;
use super::super::axis::{Domain, Scale, ranks};
use super::super::label::Label;
use super::super::number::short;
use super::super::page::{MARGIN, WIDTH};
use super::super::shapes::line;
use super::super::text::width;
use super::Ranks;

pub(super) const LEFT: f64 = MARGIN + 40.0;
pub(super) const RIGHT: f64 = WIDTH - MARGIN - 186.0;

/// The texts of the breaks stand above the plot.
pub(super) const TOP: f64 = 58.0;

/// Where periods and ranks lie.
pub(super) struct Plot {
    pub xs: Vec<f64>,
    pub scale: Scale,
    last: u64,
    pub bottom: f64,
}

impl Plot {
    pub fn new(chart: &Ranks) -> Self {
        let worst =
            chart.lines.iter().flat_map(|line| line.ranks.iter().flatten().copied()).chain(chart.cohorts.iter().copied()).max();
        let last = worst.unwrap_or(1).max(1);
        let bottom = TOP + (last as f64 * 24.0).clamp(160.0, 560.0);
        let scale = Scale::new(Domain::between(1.0, last as f64), TOP + 10.0, bottom - 10.0);
        let count = chart.periods.len();
        let x = |place: usize| {
            if count == 1 {
                (LEFT + RIGHT) / 2.0
            } else {
                LEFT + 12.0 + (RIGHT - LEFT - 24.0) * place as f64 / (count - 1) as f64
            }
        };
        Self { xs: (0..count).map(x).collect(), scale, last, bottom }
    }

    pub fn pitch(&self) -> f64 {
        if self.xs.len() > 1 { self.xs[1] - self.xs[0] } else { RIGHT - LEFT }
    }

    pub fn frame(&self, chart: &Ranks, style: Style) -> Markup {
        let palette = style.palette();
        let texts = chart.periods.iter().map(|period| width(period, 12.0));
        let widest = texts.fold(40.0, f64::max).min(110.0) + 8.0;
        let every = (widest / self.pitch()).ceil().max(1.0) as usize;
        html! {
            @for rank in ranks(self.last, 8) {
                @let y = self.scale.at(rank as f64);
                (line((LEFT, y), (RIGHT, y), palette.grid, 1.0, None))
                (Label::at(LEFT - 10.0, y, palette.quiet).end().centred().fitted(&short(rank as f64), LEFT - 12.0))
            }
            @for (place, period) in chart.periods.iter().enumerate().step_by(every) {
                (Label::at(self.xs[place], self.bottom + 34.0, palette.text).middle().fitted(period, (widest - 8.0).max(30.0)))
                @if let Some(cohort) = chart.cohorts.get(place) {
                    @let label = Label::at(self.xs[place], self.bottom + 50.0, palette.quiet).size(11.0).middle();
                    (label.fitted(&format!("n = {}", short(*cohort as f64)), widest))
                }
            }
        }
    }
}
