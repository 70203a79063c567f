//! Coverage, rank and change, in a tile each.

use maud::{Markup, html};

use super::super::Style;
use super::super::label::Label;
use super::super::number::{percent, signed};
use super::super::page::Page;
use super::super::shapes::{Shape, named, rect};
use super::ScoreCard;

impl ScoreCard {
    pub(super) fn coverage_tile(&self, page: &Page, style: Style) -> Markup {
        let palette = style.palette();
        let share = self.coverage().map(|share| share.clamp(0.0, 1.0));
        let heading = style.say("覆盖率", "Coverage");
        html! {
            (Label::at(14.0, 24.0, palette.quiet).put(heading))
            @if let Some(share) = share {
                (Label::at(14.0, 54.0, palette.text).size(24.0).bold().put(&percent(share)))
                @let bar = html! {
                    (rect((14.0, 68.0), (204.0, 78.0), palette.ground, Some(palette.edge)))
                    (rect((14.0, 68.0), (14.0 + 190.0 * share, 78.0), palette.own, None))
                };
                (named(&format!("{heading}: {}", percent(share)), bar))
            } @else {
                (Label::at(14.0, 54.0, palette.text).size(20.0).bold().put(style.say("没有数据", "no data")))
                @let title = format!("{heading}: {}", style.say("没有数据", "no data"));
                (named(&title, page.hatch.rect((14.0, 68.0), (204.0, 78.0), style)))
            }
        }
    }

    pub(super) fn rank_tile(&self, style: Style) -> Markup {
        let palette = style.palette();
        let cohort = self.cohort;
        html! {
            (Label::at(14.0, 24.0, palette.quiet).put(style.say("名次", "Rank")))
            @if let Some(rank) = self.rank {
                @let number = Label::at(14.0, 54.0, palette.text).size(24.0).bold();
                @let text = rank.to_string();
                (number.fitted(&text, 120.0))
                @let after = 22.0 + number.width(&text).min(120.0);
                @let of = style.say(format!("/ {cohort} 个参评城市"), format!("of {cohort} cities"));
                (Label::at(after, 54.0, palette.quiet).fitted(&of, 216.0 - after))
            } @else {
                (Label::at(14.0, 54.0, palette.text).size(20.0).bold().put(style.say("没有名次", "no rank")))
            }
            @if let Some((low, high)) = self.rank_interval {
                @let (low, high) = (low.min(high), low.max(high));
                @let text = style.say(format!("名次区间 {low}–{high}"), format!("rank interval {low}–{high}"));
                (Label::at(14.0, 78.0, palette.quiet).fitted(&text, 200.0))
            }
        }
    }

    pub(super) fn change_tile(&self, style: Style) -> Markup {
        let palette = style.palette();
        let Some(change) = &self.change else {
            return html! {
                (Label::at(14.0, 24.0, palette.quiet).put(style.say("变化", "Change")))
                (Label::at(14.0, 54.0, palette.text).size(20.0).bold().put(style.say("无可比时期", "nothing to compare")))
            };
        };
        let heading = style.say(format!("较 {}", change.since), format!("Since {}", change.since));
        let arrow = |gained: f64, y: f64| {
            let shape = if gained > 0.0 { Shape::Triangle } else { Shape::Wedge };
            (gained != 0.0).then(|| shape.draw((20.0, y), 5.0, palette.text, palette.text))
        };
        html! {
            (Label::at(14.0, 24.0, palette.quiet).fitted(&heading, 190.0))
            @if let Some(score) = change.score {
                @if let Some(arrow) = arrow(score, 46.0) { (arrow) }
                @let text = style.say(format!("{} 分", signed(score)), format!("{} points", signed(score)));
                (Label::at(32.0, 54.0, palette.text).size(20.0).bold().fitted(&text, 180.0))
            } @else {
                (Label::at(14.0, 54.0, palette.text).size(16.0).bold().put(style.say("得分不可比", "scores not comparable")))
            }
            @if let Some(ranks) = change.ranks {
                @if let Some(arrow) = arrow(ranks as f64, 74.0) { (arrow) }
                (Label::at(32.0, 78.0, palette.quiet).fitted(&places(ranks, style), 180.0))
            }
        }
    }
}

fn places(ranks: i64, style: Style) -> String {
    let count = ranks.unsigned_abs();
    let plural = if count == 1 { "place" } else { "places" };
    match ranks {
        0 => style.say("名次不变".to_owned(), "the same rank".to_owned()),
        1.. => style.say(format!("上升 {count} 位"), format!("{count} {plural} up")),
        _ => style.say(format!("下降 {count} 位"), format!("{count} {plural} down")),
    }
}
