//! What is done when, what waits for what, and what decides the end.

use maud::{Markup, html};

use super::Style;
use super::axis::{Domain, Scale};
use super::label::Label;
use super::legend::Entry;
use super::number::{N, finite, short};
use super::page::{MARGIN, Page};
use super::shapes::{line, named, rect};

/// Projects over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Roadmap {
    /// What it is about.
    pub title: String,
    /// The stages, behind the bars.
    pub stages: Vec<Stage>,
    /// The projects, from top to bottom.
    pub bars: Vec<Bar>,
    /// The names of the projects that were not scheduled.
    pub left_out: Vec<String>,
}

/// A stage of the plan; times are decimal years.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its title.
    pub title: String,
    /// When it begins.
    pub from: f64,
    /// When it ends.
    pub to: f64,
}

/// A project; times are decimal years.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its title.
    pub title: String,
    /// When it begins.
    pub from: f64,
    /// When it ends.
    pub to: f64,
    /// Whether its delay delays the whole.
    pub is_critical: bool,
    /// The places of the projects that must be finished before.
    pub after: Vec<usize>,
    /// A word on it, such as its cost.
    pub note: String,
}

const PAGE: f64 = 960.0;
const NAMES: f64 = 230.0;
const NOTES: f64 = 120.0;
const LEFT: f64 = MARGIN + NAMES + 14.0;
const RIGHT: f64 = PAGE - MARGIN - NOTES;

/// The titles of the stages, then the years.
const TOP: f64 = 62.0;
const ROW: f64 = 36.0;
const THICK: f64 = 16.0;

/// The most projects left out that are named.
const NAMED: usize = 40;

impl Roadmap {
    /// The picture.
    pub fn svg(&self, style: Style) -> Markup {
        let palette = style.palette();
        let note = style.say("项目的起止时间与先后关系", "When projects run and what they wait for");
        let mut page = Page::new("roadmap", &self.title, note, style).wide(PAGE);
        let left_out = self.left_out(style);
        if self.bars.is_empty() {
            page.remarks.extend(left_out);
            return page.empty(style, style.say("没有已编排的项目", "No project is scheduled"));
        }
        page.legend.push(Entry::new(bar_sign(palette.edge, None), style.say("项目", "project")));
        if self.bars.iter().any(|bar| bar.is_critical) {
            page.legend.push(Entry::new(
                bar_sign(palette.series[1], Some(palette.text)),
                style.say("关键项目（粗框）：延误将推迟全局", "critical project (outlined): its delay delays the whole"),
            ));
        }
        if self.bars.iter().any(|bar| !bar.after.is_empty()) {
            page.legend.push(Entry::new(arrow_sign(palette.text), style.say("完成后才能开始", "must be finished before")));
        }
        page.remarks.extend(left_out);
        let times = Scale::new(self.times(), LEFT, RIGHT);
        let bottom = TOP + self.bars.len() as f64 * ROW;
        page.document(
            style,
            bottom + 10.0,
            html! {
                (self.stages(times, bottom, style))
                (years(times, bottom, style))
                @for (place, bar) in self.bars.iter().enumerate() { (bar.draw(place, times, style)) }
                @for (place, bar) in self.bars.iter().enumerate() {
                    @for before in bar.after.iter().copied().filter(|&before| before != place) {
                        @if let Some(other) = self.bars.get(before) { (arrow((other, before), (bar, place), times, style)) }
                    }
                }
            },
        )
    }

    fn left_out(&self, style: Style) -> Vec<String> {
        if self.left_out.is_empty() {
            return Vec::new();
        }
        let named = &self.left_out[..self.left_out.len().min(NAMED)];
        let count = self.left_out.len();
        let mut found = vec![style.say(format!("未编排的项目（{count} 个）："), format!("Projects left out ({count}):"))];
        found.extend(named.iter().map(|name| format!("– {name}")));
        let more = count - named.len();
        if more > 0 {
            found.push(style.say(format!("另有 {more} 个。"), format!("and {more} more.")));
        }
        found
    }

    fn times(&self) -> Domain {
        let stages = self.stages.iter().flat_map(|stage| [stage.from, stage.to]);
        let times: Vec<f64> = self.bars.iter().flat_map(|bar| [bar.from, bar.to]).chain(stages).map(finite).collect();
        let from = times.iter().copied().fold(f64::INFINITY, f64::min);
        let to = times.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let from = from.floor();
        Domain::between(from, to.ceil().max(from + 1.0))
    }

    fn stages(&self, times: Scale, bottom: f64, style: Style) -> Markup {
        let palette = style.palette();
        html! {
            @for (place, stage) in self.stages.iter().enumerate() {
                @let (left, right) = (times.at(stage.from.min(stage.to)), times.at(stage.from.max(stage.to)));
                @let fill = if place % 2 == 0 { palette.panel } else { palette.tint };
                @let title = format!("{}: {} – {}", stage.title, time(stage.from, style), time(stage.to, style));
                (named(&title, rect((left, 0.0), (right, bottom), fill, None)))
                @if right - left >= 24.0 {
                    @let label = Label::at((left + right) / 2.0, 15.0, palette.text).bold().middle();
                    (label.wrapped(&stage.title, right - left - 8.0, 2))
                }
            }
        }
    }
}

impl Bar {
    fn draw(&self, place: usize, times: Scale, style: Style) -> Markup {
        let palette = style.palette();
        let middle = row(place);
        let (left, right) = (times.at(self.from.min(self.to)), times.at(self.from.max(self.to)));
        // A project of a moment is still seen.
        let right = right.max(left + 3.0);
        let (fill, rim) = if self.is_critical { (palette.series[1], Some(palette.text)) } else { (palette.edge, None) };
        let critical = if self.is_critical { style.say(" · 关键项目", " · critical") } else { "" };
        let note = if self.note.is_empty() { String::new() } else { format!(" · {}", self.note) };
        let title = format!("{}: {} – {}{critical}{note}", self.title, time(self.from, style), time(self.to, style));
        let mark = html! {
            rect x=(N(left)) y=(N(middle - THICK / 2.0)) width=(N(right - left)) height=(N(THICK)) fill=(fill) stroke=[rim]
                stroke-width=[rim.map(|_| "2")] {}
        };
        let name = Label { is_bold: self.is_critical, ..Label::at(MARGIN + NAMES, middle, palette.text).end() };
        html! {
            (name.wrapped_around(&self.title, NAMES, 2))
            (named(&title, mark))
            (Label::at(PAGE - MARGIN, middle, palette.quiet).end().wrapped_around(&self.note, NOTES - 14.0, 2))
        }
    }
}

/// The years, or the quarters where less than three years are shown.
fn years(times: Scale, bottom: f64, style: Style) -> Markup {
    let palette = style.palette();
    let span = times.domain.to - times.domain.from;
    let step = if span <= 2.0 { 0.25 } else { times.domain.step(10).max(1.0) };
    let first = (times.domain.from / step).ceil();
    let count = ((times.domain.to / step).floor() - first).clamp(0.0, 60.0) as usize;
    html! {
        @for place in 0..=count {
            @let year = (first + place as f64) * step;
            @let x = times.at(year);
            (line((x, TOP - 10.0), (x, bottom), palette.edge, 0.6, None))
            @if place < count || x < RIGHT - 40.0 {
                @let room = (times.at(year + step) - x).max(34.0);
                (Label::at(x + 3.0, TOP - 6.0, palette.quiet).size(11.0).fitted(&time(year, style), room))
            }
        }
        (line((LEFT, TOP), (RIGHT, TOP), palette.edge, 1.0, None))
    }
}

/// A decimal year as it reads: the year at its beginning, else the quarter.
fn time(year: f64, style: Style) -> String {
    let year = finite(year);
    if year.abs() > 9_999.0 {
        return short(year);
    }
    let quarter = ((year - year.floor()) * 4.0 + 1e-6).floor() as u8 + 1;
    let whole = year.floor() as i64;
    if quarter == 1 {
        whole.to_string()
    } else {
        style.say(format!("{whole} 年 {quarter} 季度"), format!("{whole} Q{quarter}"))
    }
}

fn row(place: usize) -> f64 {
    TOP + (place as f64 + 0.5) * ROW
}

/// From the end of one bar to the beginning of another, in right angles.
fn arrow((before, from): (&Bar, usize), (after, to): (&Bar, usize), times: Scale, style: Style) -> Markup {
    let colour = style.palette().text;
    let (x, y) = (times.at(before.from.max(before.to)), row(from));
    let (end, target) = (times.at(after.from.min(after.to)), row(to));
    let out = (x + 5.0).min(RIGHT);
    let path = if end >= out + 9.0 {
        format!("M{} {}H{}V{}H{}", N(x), N(y), N(out), N(target), N(end - 5.0))
    } else {
        // Between the rows and back, where the other begins at once or earlier.
        let between = target - (target - y).signum() * ROW / 2.0;
        format!("M{} {}H{}V{}H{}V{}H{}", N(x), N(y), N(out), N(between), N(end - 9.0), N(target), N(end - 5.0))
    };
    let title = format!("{} → {}", before.title, after.title);
    named(
        &title,
        html! {
            path d=(path) fill="none" stroke=(colour) stroke-width="1.2" {}
            path d={ "M" (N(end)) " " (N(target)) "l-6 -3.5v7z" } fill=(colour) {}
        },
    )
}

fn bar_sign(fill: &str, rim: Option<&str>) -> Markup {
    html! { rect x="2" y="-5" width="22" height="10" fill=(fill) stroke=[rim] stroke-width=[rim.map(|_| "2")] {} }
}

fn arrow_sign(colour: &str) -> Markup {
    html! {
        (line((2.0, 0.0), (18.0, 0.0), colour, 1.2, None))
        path d="M24 0l-6 -3.5v7z" fill=(colour) {}
    }
}
