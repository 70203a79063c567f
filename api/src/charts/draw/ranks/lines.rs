//! The lines of the cities, and the lane in which a missing rank is hatched.

use maud::{Markup, html};

use super::super::Style;
use super::super::page::Page;
use super::super::shapes::{Shape, dash, line, named, polyline};
use super::plot::Plot;
use super::{ALL_NAMED, RankLine, Ranks};

/// How far a rank without a line reaches, in periods.
const OPEN: f64 = 0.12;

/// From how many lines on the unmarked ones are hairlines.
const DENSE: usize = 60;

impl Plot {
    /// The other cities thin below, the marked ones above them.
    pub fn lines(&self, chart: &Ranks, style: Style) -> Markup {
        let palette = style.palette();
        let hair = if chart.lines.len() > DENSE { 0.5 } else { 1.2 };
        let marked: Vec<&RankLine> = chart.lines.iter().filter(|line| line.is_marked).collect();
        html! {
            g stroke-linejoin="round" {
                @for it in chart.lines.iter().filter(|line| !line.is_marked) {
                    (named(&self.summary(chart, it, style), self.strokes(chart, it, palette.edge, hair, None)))
                }
            }
            @for (place, it) in marked.iter().enumerate() {
                @let colour = palette.category(place);
                (named(&self.summary(chart, it, style), self.strokes(chart, it, colour, 3.0, dash(place / palette.series.len()))))
                @for (period, rank) in it.ranks.iter().enumerate().take(self.xs.len()) {
                    @if let Some(rank) = rank {
                        @let point = (self.xs[period], self.scale.at(*rank as f64));
                        @let dot = Shape::category(place).draw(point, 5.0, colour, palette.ground);
                        (named(&format!("{} · {}: {rank}", it.city, chart.periods[period]), dot))
                    }
                }
            }
        }
    }

    /// A line per edition. A rank alone between two gaps is a short dash where no marker shows it.
    fn strokes(&self, chart: &Ranks, it: &RankLine, colour: &str, width: f64, dash: Option<&str>) -> Markup {
        let mut starts: Vec<usize> = self.breaks(chart).iter().map(|(_, it)| it.before).collect();
        starts.dedup();
        let mut bounds = vec![0];
        bounds.extend(starts);
        bounds.push(self.xs.len());
        let at =
            |period: usize| it.ranks.get(period).copied().flatten().map(|rank| (self.xs[period], self.scale.at(rank as f64)));
        let alone = |bounds: &[usize], period: usize| {
            let before = period > bounds[0] && at(period - 1).is_some();
            let after = period + 1 < bounds[1] && at(period + 1).is_some();
            !before && !after
        };
        let reach = if chart.lines.len() > DENSE { 1.5 } else { (self.pitch() * OPEN).min(8.0) };
        html! {
            @for two in bounds.windows(2) {
                @let points: Vec<_> = (two[0]..two[1]).map(at).collect();
                (polyline(&points, colour, width, dash))
                @for period in (two[0]..two[1]).filter(|&period| !it.is_marked && alone(two, period)) {
                    @if let Some((x, y)) = at(period) { (line((x - reach, y), (x + reach, y), colour, width, None)) }
                }
            }
        }
    }

    fn summary(&self, chart: &Ranks, it: &RankLine, style: Style) -> String {
        let ranks: Vec<String> = chart
            .periods
            .iter()
            .enumerate()
            .map(|(place, period)| match it.ranks.get(place).copied().flatten() {
                Some(rank) => format!("{period}: {rank}"),
                None => format!("{period}: {}", style.say("没有名次", "no rank")),
            })
            .collect();
        format!("{} · {}", it.city, ranks.join(style.say("，", ", ")))
    }

    /// For each period, the cities whose missing rank is shown: the marked ones, or all where all are named.
    pub fn lacking<'a>(&self, chart: &'a Ranks) -> Vec<Vec<&'a str>> {
        let is_all = chart.lines.len() <= ALL_NAMED;
        let shown = || chart.lines.iter().filter(move |line| line.is_marked || is_all);
        (0..self.xs.len())
            .map(|period| {
                shown()
                    .filter(|line| line.ranks.get(period).copied().flatten().is_none())
                    .map(|line| line.city.as_str())
                    .collect()
            })
            .collect()
    }

    /// The lane under the last rank in which a missing rank is hatched.
    pub fn gaps(&self, lacking: &[Vec<&str>], page: &Page, style: Style) -> Markup {
        let half = (self.pitch() * 0.35).min(8.0);
        html! {
            @for (x, cities) in self.xs.iter().zip(lacking) {
                @if !cities.is_empty() {
                    @let title = format!("{}: {}", style.say("没有名次", "no rank"), cities.join(style.say("、", ", ")));
                    (named(&title, page.hatch.rect((x - half, self.bottom + 4.0), (x + half, self.bottom + 16.0), style)))
                }
            }
        }
    }
}
