//! Where the points lie between the total of today and the target.

use maud::{Markup, html};

use super::axis::{Domain, Scale};
use super::label::Label;
use super::legend::Entry;
use super::number::{finite, short, signed};
use super::page::{MARGIN, Page, WIDTH};
use super::shapes::{line, named, rect};
use super::{Shown, Style};

/// The way from a total to a target, in points of the total.
#[derive(Debug, Clone, PartialEq)]
pub struct Waterfall {
    /// What it is about.
    pub title: String,
    /// The total of today; none where there is no score.
    pub from: Option<Shown>,
    /// The target; none where nothing is said of the total.
    pub to: Option<Shown>,
    /// The contributions, from top to bottom as given.
    pub steps: Vec<Step>,
}

/// What one node contributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The title of the node.
    pub title: String,
    /// Its points; `None` where there is no data.
    pub points: Option<Shown>,
}

const NAMES: f64 = 236.0;
const VALUES: f64 = 84.0;
const ROW: f64 = 36.0;
const THICK: f64 = 18.0;

/// The length of the stub that stands for a step without data; it has no meaning.
const STUB: f64 = 26.0;

/// A difference between the steps and the target that rounding does not explain.
const UNEXPLAINED: f64 = 0.01;

impl Waterfall {
    /// The picture.
    pub fn svg(&self, style: Style) -> Markup {
        let palette = style.palette();
        let note = style.say(
            "由当前总分经各项提升到目标（总分的分值）",
            "From the total of today through the gains to the target, in points of the total",
        );
        let mut page = Page::new("waterfall", &self.title, note, style);
        let (Some(from), Some(to)) = (&self.from, &self.to) else {
            let note = match self.from {
                None => style.say("没有总分，无从起步", "There is no total to set out from"),
                Some(_) => style.say("参照没有总分", "The reference has no total"),
            };
            return page.empty(style, note);
        };
        let way = Way { from, to, steps: &self.steps };
        page.legend.push(Entry::fill(palette.series[6], style, style.say("总分", "total")));
        page.legend.push(Entry::fill(palette.series[2], style, style.say("增加", "gain")));
        if self.steps.iter().any(|step| step.points.as_ref().is_some_and(|points| points.value < 0.0)) {
            page.legend.push(Entry::fill(palette.series[1], style, style.say("减少（标 −）", "loss (marked −)")));
        }
        if self.steps.iter().any(|step| step.points.is_none()) {
            page = page.with_missing(style.say("没有数据，长度无意义", "no data; the length means nothing"), style);
        }
        if let Some(remark) = way.unexplained(style) {
            page.remarks.push(remark);
        }
        if self.steps.is_empty() {
            page.remarks.push(style.say("没有列出任何步骤。", "No step is listed.").to_owned());
        }
        let rows = self.steps.len() + 2;
        let bottom = rows as f64 * ROW;
        page.document(style, bottom + 24.0, way.marks(&page, bottom, style))
    }
}

/// A way that has both its ends.
struct Way<'a> {
    from: &'a Shown,
    to: &'a Shown,
    steps: &'a [Step],
}

impl Way<'_> {
    fn marks(&self, page: &Page, bottom: f64, style: Style) -> Markup {
        let palette = style.palette();
        let stations = self.stations();
        let domain = Domain::scores(0.0, stations.iter().copied().chain([self.from.value, self.to.value])).rounded(6);
        let scale = Scale::new(domain, MARGIN + NAMES + 12.0, WIDTH - MARGIN - VALUES);
        let total = |row: usize, name: &str, shown: &Shown| {
            let bar =
                Row { row, name, is_bold: true, from: 0.0, to: shown.value, text: shown.text.clone(), fill: palette.series[6] };
            bar.draw(scale, style)
        };
        html! {
            @for (value, text) in domain.ticks(5) {
                @let x = scale.at(value);
                (line((x, 0.0), (x, bottom), palette.grid, 1.0, None))
                (Label::at(x, bottom + 16.0, palette.quiet).middle().put(&text))
            }
            (line((scale.at(0.0), 0.0), (scale.at(0.0), bottom), palette.edge, 1.0, None))
            (total(0, style.say("当前总分", "Total of today"), self.from))
            @for (place, step) in self.steps.iter().enumerate() {
                @let (from, to) = (stations[place], stations[place + 1]);
                (connector(scale.at(from), place, style))
                @match &step.points {
                    Some(points) => {
                        @let fill = if points.value < 0.0 { palette.series[1] } else { palette.series[2] };
                        @let needs_sign = points.value > 0.0 && !points.text.starts_with('+');
                        @let text = format!("{}{}", if needs_sign { "+" } else { "" }, points.text);
                        @let row = Row { row: place + 1, name: &step.title, is_bold: false, from, to, text, fill };
                        (row.draw(scale, style))
                    }
                    None => { (stub(page, step, place + 1, scale, from, style)) }
                }
            }
            (connector(scale.at(stations[self.steps.len()]), self.steps.len(), style))
            (total(self.steps.len() + 1, style.say("目标", "Target"), self.to))
        }
    }

    /// Where each step begins, and where the last one ends.
    fn stations(&self) -> Vec<f64> {
        let mut at = finite(self.from.value);
        let mut found = vec![at];
        for step in self.steps {
            at = finite(at + step.points.as_ref().map_or(0.0, |points| finite(points.value)));
            found.push(at);
        }
        found
    }

    fn unexplained(&self, style: Style) -> Option<String> {
        let reached = self.stations().last().copied()?;
        let rest = finite(self.to.value) - reached;
        (rest.abs() > UNEXPLAINED && !self.steps.is_empty()).then(|| {
            style.say(
                format!("各步骤合计到 {}，与目标相差 {}，图中未归入任何步骤。", short(reached), signed(rest)),
                format!(
                    "The steps lead to {}; the rest to the target, {}, belongs to none of them.",
                    short(reached),
                    signed(rest)
                ),
            )
        })
    }
}

struct Row<'a> {
    row: usize,
    name: &'a str,
    is_bold: bool,
    from: f64,
    to: f64,
    text: String,
    fill: &'a str,
}

impl Row<'_> {
    fn draw(&self, scale: Scale, style: Style) -> Markup {
        let palette = style.palette();
        let middle = self.row as f64 * ROW + ROW / 2.0;
        let (left, right) = (scale.at(self.from), scale.at(self.to));
        let label = Label { is_bold: self.is_bold, ..Label::at(MARGIN + NAMES, middle, palette.text).end() };
        // A bar of nothing is still a thin mark, so that it can be pointed at.
        let right_edge = if (right - left).abs() < 1.0 { left + 1.0 } else { right };
        let bar = rect((left, middle - THICK / 2.0), (right_edge, middle + THICK / 2.0), self.fill, None);
        let value = Label { is_bold: self.is_bold, ..Label::at(left.max(right) + 6.0, middle, palette.text).centred() };
        html! {
            (label.wrapped_around(self.name, NAMES, 2))
            (named(&format!("{}: {}", self.name, self.text), bar))
            (value.fitted(&self.text, WIDTH - MARGIN - left.max(right) - 6.0))
        }
    }
}

fn stub(page: &Page, step: &Step, row: usize, scale: Scale, at: f64, style: Style) -> Markup {
    let palette = style.palette();
    let middle = row as f64 * ROW + ROW / 2.0;
    let left = scale.at(at);
    let note = style.say("没有数据", "no data");
    let mark = page.hatch.rect((left, middle - THICK / 2.0), (left + STUB, middle + THICK / 2.0), style);
    html! {
        (Label::at(MARGIN + NAMES, middle, palette.text).end().wrapped_around(&step.title, NAMES, 2))
        (named(&format!("{}: {note}", step.title), mark))
        (Label::at(left + STUB + 6.0, middle, palette.quiet).centred().put(note))
    }
}

/// The thin line from the end of a row to the beginning of the next.
fn connector(x: f64, row: usize, style: Style) -> Markup {
    let from = row as f64 * ROW + (ROW + THICK) / 2.0;
    line((x, from), (x, from + ROW - THICK), style.palette().edge, 1.0, Some("2 2"))
}
