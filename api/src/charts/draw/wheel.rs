//! The one-page picture: every node, as wide as its share and coloured by its quarter of the full mark.

mod sector;
mod written;

use std::f64::consts::TAU;

use maud::{Markup, html};

use super::hatch::not_applicable;
use super::keys::{self, Key};
use super::legend::Entry;
use super::number::N;
use super::page::{MARGIN, Page};
use super::ramp::{quarter, quarter_name, quarter_tone};
use super::shapes::{line, named};
use super::{State, Style};
use sector::Sector;
use written::Written;

/// The nodes of a set, weighed and scored for one city.
#[derive(Debug, Clone, PartialEq)]
pub struct Wheel {
    /// What it is about.
    pub title: String,
    /// The best score there can be.
    pub full_mark: f64,
    /// All nodes below the total, parents before their children.
    pub nodes: Vec<Segment>,
}

/// One node.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Its title.
    pub title: String,
    /// The place of its parent among the nodes; `None` directly below the total.
    pub parent: Option<usize>,
    /// Its share of the whole, from 0 to 1.
    pub share: f64,
    /// What is known of it.
    pub state: State,
}

const SIZE: f64 = 520.0;
const RADIUS: f64 = 258.0;
const CENTRE: (f64, f64) = (MARGIN + SIZE / 2.0, SIZE / 2.0);
const HOLE: f64 = 46.0;
const PAGE: f64 = 960.0;

/// The most lines of the list beside the wheel.
const LISTED: usize = 100;

impl Wheel {
    /// The picture.
    pub fn svg(&self, style: Style) -> Markup {
        let note = style.say(
            "角度为占比，颜色为得分所在的区段；由内向外逐级展开",
            "The angle is the share, the colour the band of the score; one ring per level of the set",
        );
        let mut page = Page::new("wheel", &self.title, note, style).wide(PAGE);
        if self.nodes.is_empty() {
            return page.empty(style, style.say("没有可显示的节点", "There are no nodes to show"));
        }
        for place in 0..4 {
            page.legend.push(Entry::fill(&quarter_tone(place).fill, style, quarter_name(place, style)));
        }
        if self.nodes.iter().any(|node| node.state == State::Missing) {
            page = page.with_missing(style.say("缺少得分", "no score"), style);
        }
        if self.nodes.iter().any(|node| node.state == State::NotApplicable) {
            page.legend.push(not_applicable(style));
        }
        let sectors = self.sectors();
        let (marks, numbered) = self.segments(&page, &sectors, style);
        let listed: Vec<Key> =
            numbered.iter().take(LISTED).enumerate().map(|(place, &node)| self.key(place + 1, node, style)).collect();
        self.remark(&mut page, numbered.len() - listed.len(), style);
        if listed.is_empty() {
            return page.wide(MARGIN + SIZE + MARGIN).document(style, SIZE, marks);
        }
        let list_left = MARGIN + SIZE + 28.0;
        let (list, list_height) = keys::list(&listed, (list_left, 4.0), PAGE - MARGIN - list_left, 1, style);
        page.document(style, SIZE.max(list_height + 8.0), html! { (marks) (list) })
    }

    fn key(&self, number: usize, node: usize, style: Style) -> Key {
        let segment = &self.nodes[node];
        Key { number, name: segment.title.clone(), value: reads(&segment.state, style).to_owned() }
    }

    fn remark(&self, page: &mut Page, unlisted: usize, style: Style) {
        if unlisted > 0 {
            page.remarks.push(style.say(
                format!("另有 {unlisted} 个编号未列出。"),
                format!("{unlisted} more numbers are not listed for want of room."),
            ));
        }
        let invisible = self.nodes.iter().filter(|node| !is_visible(node.share)).count();
        if invisible > 0 {
            page.remarks.push(style.say(
                format!("有 {invisible} 个节点的占比为 0 或过小，图中看不到。"),
                format!("{invisible} nodes have no share, or too small a one to be seen."),
            ));
        }
    }

    /// Where each node lies: its ring from its depth, its angle within its parent's.
    fn sectors(&self) -> Vec<Sector> {
        let parent = |node: usize| self.nodes[node].parent.filter(|&parent| parent < node);
        let mut depths: Vec<usize> = Vec::with_capacity(self.nodes.len());
        for node in 0..self.nodes.len() {
            depths.push(parent(node).map_or(0, |parent| depths[parent] + 1));
        }
        let rings = depths.iter().max().map_or(1, |deepest| deepest + 1);
        let thick = (RADIUS - HOLE) / rings as f64;
        // Children whose shares add up to more than their parent's (by rounding) are pressed into it.
        let mut sums = vec![0.0; self.nodes.len() + 1];
        for (node, segment) in self.nodes.iter().enumerate() {
            sums[parent(node).map_or(0, |parent| parent + 1)] += share(segment.share);
        }
        let mut taken = vec![0.0; self.nodes.len() + 1];
        let mut found: Vec<Sector> = Vec::with_capacity(self.nodes.len());
        for (node, segment) in self.nodes.iter().enumerate() {
            let (slot, begin, sweep, whole) = match parent(node) {
                Some(parent) => {
                    (parent + 1, found[parent].from, found[parent].to - found[parent].from, share(self.nodes[parent].share))
                }
                None => (0, 0.0, TAU, 1.0),
            };
            let whole = sums[slot].max(whole);
            let part = if whole > 0.0 { share(segment.share) / whole } else { 0.0 };
            let from = begin + sweep * taken[slot];
            taken[slot] += part;
            let to = (from + sweep * part).min(begin + sweep);
            let inner = HOLE + depths[node] as f64 * thick;
            found.push(Sector { centre: CENTRE, from, to, inner, outer: inner + thick, depth: depths[node] });
        }
        found
    }

    /// The marks and their labels; a node of the first two rings whose name does not fit gets a number.
    fn segments(&self, page: &Page, sectors: &[Sector], style: Style) -> (Markup, Vec<usize>) {
        let palette = style.palette();
        let mut numbered = Vec::new();
        let mut drawn = Vec::new();
        for (node, (segment, sector)) in
            self.nodes.iter().zip(sectors).enumerate().filter(|(_, (segment, _))| is_visible(segment.share))
        {
            let written = Written::of(segment, sector, numbered.len() + 1);
            if matches!(written, Some(Written { is_number: true, .. })) {
                numbered.push(node);
            }
            let (fill, ink) = match &segment.state {
                State::Scored(shown) => {
                    let tone = quarter_tone(quarter(shown.value, self.full_mark));
                    (tone.fill, tone.ink)
                }
                State::Missing => (page.hatch.fill(), palette.text),
                State::NotApplicable => (palette.ground.to_owned(), palette.text),
            };
            let path = sector.path();
            let title = format!(
                "{}: {} · {} {}",
                segment.title,
                reads(&segment.state, style),
                style.say("占比", "share"),
                precise(segment.share)
            );
            // The rim stands out from the ground where the darkest or the lightest colour does not.
            drawn.push(html! {
                (named(&title, html! { path d=(path) fill=(fill) stroke=(palette.edge) stroke-width=(N(sector.rim())) {} }))
                @if let Some(written) = &written { (written.draw(sector, ink, segment.state == State::Missing, palette.ground)) }
                @else if segment.state == State::NotApplicable && sector.room(6.0) > 4.0 {
                    @let (x, y) = sector.middle();
                    (line((x - 3.0, y), (x + 3.0, y), palette.text, 1.2, None))
                }
            });
        }
        let marks = html! {
            circle cx=(N(CENTRE.0)) cy=(N(CENTRE.1)) r=(N(RADIUS)) fill="none" stroke=(palette.edge) {}
            @for mark in drawn { (mark) }
        };
        (marks, numbered)
    }
}

fn reads(state: &State, style: Style) -> &str {
    match state {
        State::Scored(shown) => &shown.text,
        State::Missing => style.say("缺少得分", "no score"),
        State::NotApplicable => style.say("不适用", "not applicable"),
    }
}

fn share(share: f64) -> f64 {
    super::number::finite(share).clamp(0.0, 1.0)
}

/// A twenty-thousandth of the circle is under a tenth of a unit at the rim.
fn is_visible(of: f64) -> bool {
    share(of) >= 5e-5
}

fn precise(of: f64) -> String {
    format!("{} %", super::number::short(share(of) * 100.0))
}
