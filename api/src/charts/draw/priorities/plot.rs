//! The plane of gaps and shares, its lines of equal points, marks and labels.

use maud::{Markup, html};

use super::super::Style;
use super::super::axis::{Domain, Scale};
use super::super::keys::{self, Key};
use super::super::label::{Label, SIZE};
use super::super::number::{finite, short, tick};
use super::super::page::{MARGIN, Page, WIDTH};
use super::super::place::{Area, Taken};
use super::super::shapes::{line, named, polyline};
use super::super::text::{BOLD, width};
use super::{PAGE, Priorities, Priority, lost};

const LEFT: f64 = MARGIN + 58.0;

/// The right end of the axis where the names stand in the picture, and where a list stands beside it.
pub(super) const ALONE: f64 = WIDTH - MARGIN - 20.0;
pub(super) const BESIDE: f64 = 600.0;

const TOP: f64 = 32.0;
pub(super) const BOTTOM: f64 = 472.0;

/// Up to so many nodes carry their names in the picture.
const NAMED: usize = 8;

/// The most lines of the list beside the picture.
const LISTED: usize = 26;

const MARK: f64 = 6.0;

/// Gaps from left to right, shares from bottom to top.
pub(super) struct Plot {
    gap: Scale,
    share: Scale,
}

impl Plot {
    pub fn new(chart: &Priorities, right: f64) -> Self {
        let gaps = chart.items.iter().map(|item| item.gap);
        let shares = chart.items.iter().map(|item| item.share);
        // A little more than the values take, so that no mark lies on the frame.
        let around = |values: Vec<f64>| {
            let most = values.iter().copied().map(finite).fold(0.0, f64::max);
            Domain::scores(if most > 0.0 { most * 1.04 } else { 1.0 }, values).rounded(8)
        };
        Self { gap: Scale::new(around(gaps.collect()), LEFT, right), share: Scale::new(around(shares.collect()), BOTTOM, TOP) }
    }

    fn at(&self, item: &Priority) -> (f64, f64) {
        (self.gap.at(item.gap), self.share.at(item.share))
    }

    pub fn taken(&self, items: &[&Priority]) -> Taken {
        let mut taken = Taken::new(Area { left: LEFT + 2.0, top: TOP - 6.0, right: self.gap.end - 2.0, bottom: BOTTOM - 2.0 });
        for item in items {
            taken.take(Area::around(self.at(item), MARK + 1.0, MARK + 1.0));
        }
        taken
    }

    pub fn axes(&self, style: Style) -> Markup {
        let palette = style.palette();
        let step = self.share.domain.step(5) * 100.0;
        html! {
            @for (value, text) in self.gap.domain.ticks(5) {
                @let x = self.gap.at(value);
                (line((x, TOP), (x, BOTTOM), palette.grid, 1.0, None))
                (Label::at(x, BOTTOM + 17.0, palette.quiet).middle().put(&text))
            }
            @for (value, _) in self.share.domain.ticks(5) {
                @let y = self.share.at(value);
                (line((LEFT, y), (self.gap.end, y), palette.grid, 1.0, None))
                @let text = format!("{} %", tick(value * 100.0, step));
                (Label::at(LEFT - 8.0, y, palette.quiet).end().centred().fitted(&text, LEFT - MARGIN))
            }
            (line((LEFT, BOTTOM), (self.gap.end, BOTTOM), palette.edge, 1.0, None))
            (line((LEFT, TOP), (LEFT, BOTTOM), palette.edge, 1.0, None))
            (Label::at((LEFT + self.gap.end) / 2.0, BOTTOM + 38.0, palette.text).middle().put(style.say("差距（得分）", "gap (score)")))
            (Label::at(MARGIN, 14.0, palette.text).put(style.say("占比", "share of the whole")))
        }
    }

    /// Three lines along which gap times share is the same; each is labelled under its right end.
    pub fn lines_of_equal_points(&self, items: &[&Priority], taken: &mut Taken, style: Style) -> Markup {
        let palette = style.palette();
        let most = items.first().map_or(0.0, |item| finite(item.points));
        let levels = if most > 0.0 { Domain::between(0.0, most).rounded(3).ticks(3) } else { Vec::new() };
        let inner: Vec<(f64, String)> = levels.into_iter().filter(|(value, _)| *value > 0.0).collect();
        let (widest, highest) = (self.gap.domain.to, self.share.domain.to);
        html! {
            @for (points, text) in inner {
                @let from = points / highest;
                @if from < widest && from.is_finite() {
                    @let curve: Vec<_> = (0..=48).map(|step| {
                        // Even steps of the ratio, for the curve bends most at its beginning.
                        let gap = from * (widest / from).powf(f64::from(step) / 48.0);
                        Some((self.gap.at(gap), self.share.at(points / gap)))
                    }).collect();
                    (polyline(&curve, palette.edge, 1.0, Some("3 4")))
                    @let name = style.say(format!("失 {text} 分"), format!("{text} points"));
                    @let width = width(&name, 10.0);
                    @let half = width / 2.0;
                    @let under = |(x, y): &(f64, f64)| Area::around((x - 4.0 - half, y + 9.0), half, 6.0);
                    @let ends = curve.iter().rev().flatten().map(under);
                    @if let Some(area) = taken.first_free(ends.take(30)) {
                        (Label::at(area.left, area.bottom - 2.0, palette.quiet).size(10.0).put(&name))
                    }
                }
            }
        }
    }

    pub fn mark(&self, item: &Priority, style: Style) -> Markup {
        let palette = style.palette();
        let (shape, colour) = item.difficulty.look(palette);
        let title = format!(
            "{} · {} {} · {} {} · {} · {}",
            item.title,
            style.say("差距", "gap"),
            short(item.gap),
            style.say("占比", "share"),
            format_args!("{} %", short(finite(item.share) * 100.0)),
            lost(item, style),
            item.difficulty.title(style),
        );
        named(&title, shape.draw(self.at(item), MARK, colour, palette.ground))
    }

    /// Everything with the names beside their marks; `None` where there are too many or one has no room.
    pub fn named(&self, items: &[&Priority], style: Style) -> Option<Markup> {
        let palette = style.palette();
        let mut taken = self.taken(items);
        let lines = self.lines_of_equal_points(items, &mut taken, style);
        let place = |item: &&Priority| {
            let width = width(&item.title, SIZE) + 6.0;
            taken.beside(self.at(item), MARK, width, 15.0).map(Area::middle)
        };
        let places: Vec<(f64, f64)> = (items.len() <= NAMED).then_some(items)?.iter().map(place).collect::<Option<_>>()?;
        Some(html! {
            (self.axes(style))
            (lines)
            @for item in items.iter().rev() { (self.mark(item, style)) }
            @for (item, (x, y)) in items.iter().zip(places) {
                (Label::at(x, y, palette.text).middle().centred().put(&item.title))
            }
        })
    }

    /// Numbers beside the marks and a list of what they stand for.
    pub fn numbers(&self, items: &[&Priority], mut taken: Taken, page: &mut Page, style: Style) -> (Markup, Markup, f64) {
        let palette = style.palette();
        let listed = &items[..items.len().min(LISTED)];
        let mut beside = |(place, item): (usize, &&Priority)| {
            let text = (place + 1).to_string();
            let width = width(&text, 11.0) * BOLD + 2.0;
            taken.beside(self.at(item), MARK, width, 13.0).map(|area| (text, area.middle()))
        };
        let places: Vec<(String, (f64, f64))> = listed.iter().enumerate().filter_map(&mut beside).collect();
        let without_room = listed.len() - places.len();
        let numbers = html! {
            @for (text, (x, y)) in &places {
                (Label::at(*x, *y, palette.text).size(11.0).bold().middle().centred().put(text))
            }
        };
        if without_room > 0 {
            page.remarks.push(style.say(
                format!("有 {without_room} 个编号在图中没有位置，只见于列表。"),
                format!("{without_room} numbers have no room in the picture and stand in the list only."),
            ));
        }
        if items.len() > listed.len() {
            let more = items.len() - listed.len();
            page.remarks.push(style.say(
                format!("列表为所失分值最多的 {} 项；另有 {more} 项只有标记。", listed.len()),
                format!("The list has the {} with the most points lost; {more} more are marks only.", listed.len()),
            ));
        }
        let keys: Vec<Key> = listed
            .iter()
            .enumerate()
            .map(|(place, item)| Key { number: place + 1, name: item.title.clone(), value: lost(item, style) })
            .collect();
        let left = BESIDE + 32.0;
        let (list, height) = keys::list(&keys, (left, TOP - 6.0), PAGE - MARGIN - left, 1, style);
        (numbers, list, height + TOP)
    }
}
