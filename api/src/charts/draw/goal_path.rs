//! Whether the goals of a plan are on their way: one small picture per goal, all drawn alike.

use maud::{Markup, html};

use super::axis::{Domain, Scale};
use super::label::Label;
use super::legend::Entry;
use super::number::{N, finite};
use super::page::{MARGIN, Page, WIDTH};
use super::place::{Area, Taken};
use super::shapes::{Shape, line, named, polyline};
use super::{Shown, Style};

/// The goals of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalPath {
    /// What it is about.
    pub title: String,
    /// The goals.
    pub goals: Vec<GoalLine>,
}

/// One goal: from where, by when, and what was measured since.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalLine {
    /// What is to change.
    pub title: String,
    /// The unit of its values.
    pub unit: String,
    /// Where the plan begins.
    pub baseline: Option<Dated>,
    /// The steps of the target.
    pub targets: Vec<Dated>,
    /// What was measured.
    pub actuals: Vec<Dated>,
    /// How it stands, in words.
    pub status: String,
}

/// A value at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Dated {
    /// The time as a decimal year.
    pub year: f64,
    /// How the time reads.
    pub label: String,
    /// The value; `None` where it is missing.
    pub value: Option<Shown>,
}

const COLUMNS: usize = 2;
const GAP: f64 = 28.0;
const PANEL: f64 = (WIDTH - 2.0 * MARGIN - GAP) / COLUMNS as f64;
const PANEL_HEIGHT: f64 = 240.0;

/// The plot within its panel.
const LEFT: f64 = 56.0;
const RIGHT: f64 = PANEL - 14.0;
const TOP: f64 = 54.0;
const BOTTOM: f64 = 196.0;

impl GoalPath {
    /// The picture.
    pub fn svg(&self, style: Style) -> Markup {
        let palette = style.palette();
        let note = style.say(
            "目标路径与实际值；各图的纵轴各不相同，不一定从 0 开始",
            "Target paths and actual values; each picture has its own axis, which need not begin at 0",
        );
        let mut page = Page::new("goal-path", &self.title, note, style);
        if self.goals.is_empty() {
            return page.empty(style, style.say("没有可显示的目标", "There are no goals to show"));
        }
        page.legend.push(Entry::marker(Shape::Square, palette.text, style, style.say("基线", "baseline")));
        page.legend.push(Entry::stroke(palette.series[1], Some("6 4"), Some(Shape::Diamond), style, style.say("目标", "target")));
        page.legend.push(Entry::stroke(palette.own, None, Some(Shape::Circle), style, style.say("实际值", "actual")));
        if self.goals.iter().any(|goal| goal.dated().any(|dated| dated.value.is_none())) {
            page = page.with_missing(style.say("缺少数值", "no value"), style);
        }
        let rows = self.goals.len().div_ceil(COLUMNS) as f64;
        page.document(
            style,
            rows * PANEL_HEIGHT - 20.0,
            html! {
                @for (place, goal) in self.goals.iter().enumerate() {
                    @let x = MARGIN + (place % COLUMNS) as f64 * (PANEL + GAP);
                    @let y = (place / COLUMNS) as f64 * PANEL_HEIGHT;
                    g transform={ "translate(" (N(x)) " " (N(y)) ")" } { (goal.panel(&page, style)) }
                }
            },
        )
    }
}

impl GoalLine {
    fn dated(&self) -> impl Iterator<Item = &Dated> {
        self.baseline.iter().chain(&self.targets).chain(&self.actuals)
    }

    fn panel(&self, page: &Page, style: Style) -> Markup {
        let palette = style.palette();
        let status_width = super::text::width(&self.status, 12.0).min(PANEL * 0.4);
        let years = Scale::new(self.years(), LEFT + 8.0, RIGHT - 8.0);
        let values = self.dated().filter_map(|dated| dated.value.as_ref()).map(|shown| shown.value);
        let values = Scale::new(Domain::around(values), BOTTOM - 10.0, TOP + 12.0);
        html! {
            (line((0.0, 0.0), (PANEL, 0.0), palette.grid, 1.0, None))
            (Label::at(0.0, 20.0, palette.text).size(13.0).bold().fitted(&self.title, PANEL - status_width - 16.0))
            (Label::at(PANEL, 20.0, palette.text).end().fitted(&self.status, status_width + 1.0))
            (Label::at(0.0, 39.0, palette.quiet).size(11.0).fitted(&self.unit, PANEL))
            @if self.dated().next().is_none() {
                (Label::at(PANEL / 2.0, (TOP + BOTTOM) / 2.0, palette.quiet).middle().put(style.say("没有数据", "no data")))
            } @else {
                (self.axes(years, values, style))
                (self.marks(page, years, values, style))
            }
        }
    }

    fn years(&self) -> Domain {
        let years: Vec<f64> = self.dated().map(|dated| finite(dated.year)).collect();
        let from = years.iter().copied().fold(f64::INFINITY, f64::min);
        let to = years.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if to > from { Domain::between(from, to) } else { Domain::between(from - 1.0, from + 1.0) }
    }

    fn axes(&self, years: Scale, values: Scale, style: Style) -> Markup {
        let palette = style.palette();
        let mut times: Vec<(f64, &str)> = self.dated().map(|dated| (years.at(dated.year), dated.label.as_str())).collect();
        times.sort_by(|one, other| one.0.total_cmp(&other.0));
        times.dedup_by(|one, other| (one.0 - other.0).abs() < 0.5);
        let mut free = f64::NEG_INFINITY;
        let mut labels = Vec::new();
        for (x, label) in times {
            let text = super::text::fit(label, 11.0, 90.0);
            let half = super::text::width(&text, 11.0) / 2.0;
            let middle = x.min(PANEL - half).max(half);
            if middle - half > free {
                free = middle + half + 6.0;
                labels.push((x, middle, text));
            }
        }
        html! {
            @for (value, text) in values.domain.ticks(4) {
                @let y = values.at(value);
                (line((LEFT, y), (RIGHT, y), palette.grid, 1.0, None))
                (Label::at(LEFT - 6.0, y, palette.quiet).size(11.0).end().centred().fitted(&text, LEFT - 6.0))
            }
            (line((LEFT, BOTTOM), (RIGHT, BOTTOM), palette.edge, 1.0, None))
            @for (x, middle, text) in labels {
                (line((x, BOTTOM), (x, BOTTOM + 4.0), palette.edge, 1.0, None))
                (Label::at(middle, BOTTOM + 17.0, palette.quiet).size(11.0).middle().put(&text))
            }
        }
    }

    fn marks(&self, page: &Page, years: Scale, values: Scale, style: Style) -> Markup {
        let palette = style.palette();
        let at = |dated: &Dated| dated.value.as_ref().map(|shown| (years.at(dated.year), values.at(shown.value)));
        let path = |dated: &[Dated]| self.baseline.iter().chain(dated).map(at).collect::<Vec<_>>();
        let (target, actual) = (style.say("目标", "target"), style.say("实际值", "actual"));
        let mut marks: Vec<(&Dated, &str, Shape, &str)> = Vec::new();
        marks.extend(self.targets.iter().map(|dated| (dated, target, Shape::Diamond, palette.series[1])));
        marks.extend(self.baseline.iter().map(|dated| (dated, style.say("基线", "baseline"), Shape::Square, palette.text)));
        marks.extend(self.actuals.iter().map(|dated| (dated, actual, Shape::Circle, palette.own)));
        let mut taken = Taken::new(Area { left: LEFT - 4.0, top: TOP - 8.0, right: PANEL, bottom: BOTTOM - 2.0 });
        for (x, y) in marks.iter().filter_map(|(dated, ..)| at(dated)) {
            taken.take(Area::around((x, y), 6.0, 6.0));
        }
        html! {
            (polyline(&path(&self.targets), palette.series[1], 2.0, Some("6 4")))
            (polyline(&path(&self.actuals), palette.own, 2.5, None))
            @for (dated, kind, shape, colour) in &marks {
                @match (&dated.value, at(dated)) {
                    (Some(shown), Some(point)) => {
                        @let title = format!("{} · {kind} {}: {}", self.title, dated.label, shown.text);
                        (named(&title, shape.draw(point, 4.5, colour, palette.ground)))
                    }
                    _ => {
                        @let x = years.at(dated.year);
                        @let title = format!("{} · {kind} {}: {}", self.title, dated.label, style.say("缺少数值", "no value"));
                        (named(&title, page.hatch.rect((x - 6.0, BOTTOM - 12.0), (x + 6.0, BOTTOM), style)))
                    }
                }
            }
            // The ends are what is read first: the last target, the last actual value, then the beginning.
            @let last_actual = self.actuals.iter().rev().find(|dated| dated.value.is_some());
            @for dated in [self.targets.last(), last_actual, self.baseline.as_ref()].into_iter().flatten() {
                @if let (Some(shown), Some(point)) = (&dated.value, at(dated)) { (value_label(shown, point, &mut taken, style)) }
            }
        }
    }
}

/// The value over its mark, or under it or beside it where that is taken; nothing where there is no room.
fn value_label(shown: &Shown, (x, y): (f64, f64), taken: &mut Taken, style: Style) -> Markup {
    let text = super::text::fit(&shown.text, 11.0, 110.0);
    let half = super::text::width(&text, 11.0) * super::text::BOLD / 2.0;
    let straight = [(0.0, -15.0), (0.0, 15.0), (-half - 9.0, 0.0), (half + 9.0, 0.0)];
    let shifted = [(-half, -15.0), (half, -15.0), (-half, 15.0), (half, 15.0)];
    let candidates = straight.into_iter().chain(shifted).map(|(dx, dy)| Area::around((x + dx, y + dy), half, 7.0));
    html! {
        @if let Some(area) = taken.first_free(candidates) {
            @let (x, y) = area.middle();
            (Label::at(x, y, style.palette().text).size(11.0).bold().middle().centred().put(&text))
        }
    }
}
