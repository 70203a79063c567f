//! Where a city stands: its total among the levels, how sure that is, and what changed.

mod bullet;
mod tiles;

use maud::{Markup, html};

use super::label::Label;
use super::legend::Entry;
use super::number::{N, short};
use super::page::{MARGIN, Page, WIDTH};
use super::shapes::{named, rect};
use super::text::{BOLD, fit};
use super::{Band, Shown, Style};
use bullet::whisker;

/// The standing of one city in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreCard {
    /// The name of the city.
    pub city: String,
    /// The title of the set.
    pub set: String,
    /// The period.
    pub period: String,
    /// The best total there can be.
    pub full_mark: f64,
    /// The total, where there is one.
    pub total: Option<Shown>,
    /// The lower bound of the total.
    pub low: Option<f64>,
    /// The upper bound of the total.
    pub high: Option<f64>,
    /// The title of the level reached.
    pub level: Option<String>,
    /// The levels on the axis, in any order.
    pub bands: Vec<Band>,
    /// The share of the weight for which a score exists.
    pub coverage: Option<f64>,
    /// The rank, where there is a total.
    pub rank: Option<u64>,
    /// How many cities take part.
    pub cohort: u64,
    /// The ranks between which the city lies.
    pub rank_interval: Option<(u64, u64)>,
    /// What changed since an earlier period.
    pub change: Option<Change>,
}

/// What changed since an earlier period.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The earlier period.
    pub since: String,
    /// Points gained; negative where they were lost.
    pub score: Option<f64>,
    /// Places gained; negative where they were lost.
    pub ranks: Option<i64>,
}

const TILE_TOP: f64 = 216.0;
const TILE_HEIGHT: f64 = 92.0;
const TILE_GAP: f64 = 16.0;

impl ScoreCard {
    /// The picture.
    pub fn svg(&self, style: Style) -> Markup {
        let separator = if self.set.is_empty() || self.period.is_empty() { "" } else { " · " };
        let mut page = Page::new("score-card", &self.city, &format!("{}{separator}{}", self.set, self.period), style);
        let palette = style.palette();
        if self.total.is_some() {
            page.legend.push(Entry::fill(palette.own, style, style.say("总分", "total")));
        } else {
            page = page.with_missing(style.say("缺少得分", "no score"), style);
        }
        if self.bounds().is_some() {
            let sign = whisker((2.0, 24.0), 0.0, palette.text);
            page.legend.push(Entry::new(sign, style.say("总分的上下界", "bounds of the total")));
        }
        if self.coverage().is_none() && self.total.is_some() {
            page = page.with_missing(style.say("缺少数据", "no data"), style);
        }
        let (bullet, left_out) = self.bullet(&page, style);
        if left_out > 0 {
            page.remarks.push(style.say(
                format!("图中有 {left_out} 个成熟度等级因空间不足未标名称。"),
                format!("{left_out} levels are not named in the picture for want of room."),
            ));
        }
        let tiles = [self.coverage_tile(&page, style), self.rank_tile(style), self.change_tile(style)];
        let width = (WIDTH - 2.0 * MARGIN - 2.0 * TILE_GAP) / 3.0;
        page.document(
            style,
            TILE_TOP + TILE_HEIGHT + 8.0,
            html! {
                (self.headline(&page, style))
                (bullet)
                @for (place, tile) in tiles.iter().enumerate() {
                    @let x = MARGIN + place as f64 * (width + TILE_GAP);
                    g transform={ "translate(" (N(x)) " " (N(TILE_TOP)) ")" } {
                        (rect((0.0, 0.0), (width, TILE_HEIGHT), palette.panel, None))
                        (tile)
                    }
                }
            },
        )
    }

    /// A coverage that is no number is none.
    fn coverage(&self) -> Option<f64> {
        self.coverage.filter(|share| share.is_finite())
    }

    fn bounds(&self) -> Option<(f64, f64)> {
        let (low, high) = (self.low?, self.high?);
        Some((low.min(high), low.max(high)))
    }

    fn headline(&self, page: &Page, style: Style) -> Markup {
        let palette = style.palette();
        let Some(total) = &self.total else {
            let note = Label::at(MARGIN + 74.0, 48.0, palette.text).size(22.0).bold();
            return html! {
                (page.hatch.rect((MARGIN, 16.0), (MARGIN + 60.0, 60.0), style))
                (note.put(style.say("没有得分", "no score")))
            };
        };
        let number = Label::at(MARGIN, 60.0, palette.text).size(56.0).bold();
        let shown = fit(&total.text, 56.0 * BOLD, 380.0);
        let after = MARGIN + number.width(&shown) + 10.0;
        let of = style.say(format!("满分 {}", short(self.full_mark)), format!("of {}", short(self.full_mark)));
        html! {
            (named(&format!("{}: {}", style.say("总分", "total"), total.text), number.put(&shown)))
            (Label::at(after, 60.0, palette.quiet).size(16.0).put(&of))
            @if let Some(level) = &self.level {
                @let right = WIDTH - MARGIN;
                (Label::at(right, 30.0, palette.quiet).end().put(style.say("成熟度等级", "level")))
                (Label::at(right, 58.0, palette.text).size(22.0).bold().end().fitted(level, right - after - 110.0))
            }
        }
    }
}
