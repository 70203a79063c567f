//! Whether a city is usual or odd among its peers.

use maud::{Markup, html};

use super::axis::{Domain, Scale};
use super::label::Label;
use super::legend::Entry;
use super::number::{N, finite, short};
use super::page::{MARGIN, Page, WIDTH};
use super::shapes::{Shape, line, named, rect};
use super::{Shown, Style};

/// The scores of a group of cities.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// What it is about.
    pub title: String,
    /// The best score there can be.
    pub full_mark: f64,
    /// The scores, in any order.
    pub scores: Vec<f64>,
    /// The name and the score of the city itself.
    pub own: Option<(String, Shown)>,
    /// How many cities have no score.
    pub without: u64,
}

/// The height that the stacks of dots may take, and what is kept for them where they are low.
const STACK: f64 = 150.0;
const LEAST: f64 = 70.0;

/// The diameter of a dot, and the width of the classes in which dots are stacked.
const DOT: f64 = 7.0;

const TOP: f64 = 34.0;
const BOX_HEIGHT: f64 = 26.0;

impl Distribution {
    /// The picture.
    pub fn svg(&self, style: Style) -> Markup {
        let palette = style.palette();
        let mut scores: Vec<f64> = self.scores.iter().copied().filter(|score| !score.is_nan()).map(finite).collect();
        scores.sort_by(f64::total_cmp);
        let note = style.say(
            format!("{} 个城市得分的分布", scores.len()),
            format!("How the scores of {} cities are distributed", scores.len()),
        );
        let mut page = Page::new("distribution", &self.title, &note, style);
        if scores.is_empty() && self.own.is_none() && self.without == 0 {
            return page.empty(style, style.say("没有可显示的得分", "There are no scores to show"));
        }
        page.legend.push(Entry::marker(Shape::Circle, palette.edge, style, style.say("一个城市", "one city")));
        page.legend.push(box_entry(style));
        if let Some((name, shown)) = &self.own {
            let text = format!("{}: {}", super::text::fit(name, 12.0, 300.0), shown.text);
            page.legend.push(Entry::marker(Shape::Diamond, palette.own, style, &text));
        }
        if self.without > 0 {
            let text =
                style.say(format!("没有得分的城市：{}", self.without), format!("cities without a score: {}", self.without));
            page = page.with_missing(&text, style);
        }
        page.remarks.extend(five_numbers(&scores, style));
        let values = scores.iter().copied().chain(self.own.iter().map(|(_, shown)| shown.value));
        let without = if self.without > 0 { 70.0 } else { 0.0 };
        let scale = Scale::new(Domain::scores(self.full_mark, values), MARGIN + 12.0, WIDTH - MARGIN - 12.0 - without);
        let floor =
            TOP + stacks(&scores, scale).iter().map(|(_, stack)| stack.len() as f64 * DOT).fold(LEAST, f64::max).min(STACK);
        let bottom = floor + BOX_HEIGHT + 22.0;
        page.document(
            style,
            bottom + 24.0,
            html! {
                @for (value, text) in scale.domain.ticks(5) {
                    (line((scale.at(value), TOP - 8.0), (scale.at(value), bottom), palette.grid, 1.0, None))
                    (Label::at(scale.at(value), bottom + 17.0, palette.quiet).middle().put(&text))
                }
                (line((scale.start, floor), (scale.end, floor), palette.edge, 1.0, None))
                (dots(&scores, scale, floor, style))
                @if !scores.is_empty() { (boxed(&scores, scale, floor + 10.0, style)) }
                @if self.without > 0 { (self.absent(&page, floor, style)) }
                @if let Some((name, shown)) = &self.own { (own(name, shown, scale, floor, style)) }
            },
        )
    }

    /// A hatched block beside the axis for the cities without a score: not a place on it.
    fn absent(&self, page: &Page, floor: f64, style: Style) -> Markup {
        let palette = style.palette();
        let (left, right) = (WIDTH - MARGIN - 56.0, WIDTH - MARGIN);
        let middle = (left + right) / 2.0;
        let name = style.say("没有得分", "no score");
        html! {
            (named(&format!("{name}: {}", self.without), page.hatch.rect((left, floor - 40.0), (right, floor), style)))
            (Label::at(middle, floor - 48.0, palette.text).bold().middle().fitted(&self.without.to_string(), 56.0))
            (Label::at(middle, floor + 16.0, palette.quiet).size(11.0).middle().put(name))
        }
    }
}

/// The scores that share a class, one above the other.
fn stacks(scores: &[f64], scale: Scale) -> Vec<(i64, Vec<f64>)> {
    let class = |score: f64| ((scale.at(score) - scale.start) / DOT).floor() as i64;
    let mut found: Vec<(i64, Vec<f64>)> = Vec::new();
    for &score in scores {
        match found.last_mut() {
            Some((at, stack)) if *at == class(score) => stack.push(score),
            _ => found.push((class(score), vec![score])),
        }
    }
    found
}

/// A dot per score; a high stack is pressed together.
fn dots(scores: &[f64], scale: Scale, floor: f64, style: Style) -> Markup {
    let palette = style.palette();
    let stacks = stacks(scores, scale);
    let highest = stacks.iter().map(|(_, stack)| stack.len()).max().unwrap_or(1);
    let pitch = (STACK / highest as f64).min(DOT);
    html! {
        g fill=(palette.edge) stroke=(palette.ground) stroke-width=".7" {
            @for (at, stack) in &stacks {
                @for (level, score) in stack.iter().enumerate() {
                    @let x = scale.start + (*at as f64 + 0.5) * DOT;
                    @let y = floor - DOT / 2.0 - level as f64 * pitch;
                    circle cx=(N(x.min(scale.end))) cy=(N(y)) r="3.5" { title { (short(*score)) } }
                }
            }
        }
    }
}

fn boxed(scores: &[f64], scale: Scale, top: f64, style: Style) -> Markup {
    let palette = style.palette();
    let [low, first, median, third, high] = FIVE.map(|share| scale.at(quantile(scores, share)));
    let (middle, bottom) = (top + BOX_HEIGHT / 2.0, top + BOX_HEIGHT);
    let mark = html! {
        (line((low, middle), (high, middle), palette.text, 1.5, None))
        (line((low, middle - 6.0), (low, middle + 6.0), palette.text, 1.5, None))
        (line((high, middle - 6.0), (high, middle + 6.0), palette.text, 1.5, None))
        (rect((first, top), (third, bottom), palette.tint, Some(palette.text)))
        (line((median, top), (median, bottom), palette.text, 3.0, None))
    };
    named(&five_numbers(scores, style).unwrap_or_default(), mark)
}

/// The city's own diamond in the box, a line up through the dots and its name above them.
fn own(name: &str, shown: &Shown, scale: Scale, floor: f64, style: Style) -> Markup {
    let palette = style.palette();
    let x = scale.at(shown.value);
    let y = floor + 10.0 + BOX_HEIGHT / 2.0;
    let text = format!("{name}  {}", shown.text);
    let is_left = x > (scale.start + scale.end) / 2.0;
    let label = Label::at(if is_left { x - 6.0 } else { x + 6.0 }, 12.0, palette.text).bold();
    let label = if is_left { label.end() } else { label };
    let room = if is_left { x - MARGIN - 6.0 } else { WIDTH - MARGIN - x - 6.0 };
    html! {
        (line((x, 2.0), (x, y), palette.own, 2.0, None))
        (named(&text, Shape::Diamond.draw((x, y), 7.0, palette.own, palette.ground)))
        (label.fitted(&text, room))
    }
}

fn box_entry(style: Style) -> Entry {
    let palette = style.palette();
    let sign = html! {
        (line((0.0, 0.0), (26.0, 0.0), palette.text, 1.5, None))
        (rect((6.0, -5.0), (20.0, 5.0), palette.tint, Some(palette.text)))
        (line((13.0, -5.0), (13.0, 5.0), palette.text, 3.0, None))
    };
    Entry::new(
        sign,
        style.say("四分位数与中位数，线至最低和最高", "quartiles and median, whiskers to the lowest and the highest"),
    )
}

const FIVE: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

fn five_numbers(scores: &[f64], style: Style) -> Option<String> {
    let [low, first, median, third, high] = FIVE.map(|share| short(quantile(scores, share)));
    (!scores.is_empty()).then(|| {
        style.say(
            format!("最低 {low}，下四分位数 {first}，中位数 {median}，上四分位数 {third}，最高 {high}。"),
            format!("Lowest {low}, lower quartile {first}, median {median}, upper quartile {third}, highest {high}."),
        )
    })
}

/// The quantile of sorted scores between order statistics, as `quantile(type = 7)` of R.
///
/// Source: R. J. Hyndman, Y. Fan, *Sample Quantiles in Statistical Packages*, The American Statistician 50 (1996), p. 361-365.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_those_of_type_7() {
        // R: quantile(c(1, 2, 4, 7, 11, 16), type = 7) gives 1, 2.5, 5.5, 10, 16.
        let scores = [1.0, 2.0, 4.0, 7.0, 11.0, 16.0];
        assert_eq!(FIVE.map(|share| quantile(&scores, share)), [1.0, 2.5, 5.5, 10.0, 16.0]);
        assert_eq!(FIVE.map(|share| quantile(&[3.0], share)), [3.0; 5]);
    }
}
