//! Where each indicator is to go: the raw values that an ambition asks for.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::formula::Expr;
use citygauge_indicators::{Direction, Display, ItemKind, Leaf, NodeIndex, Period};
use dashu_ratio::RBig;

use crate::assessment::{Assessment, Row};
use crate::normalise::{self, number};
use crate::sample::order::sorted;

/// The raw value nearest to the present one that scores `aim`; none where no value does.
pub(super) fn raw_target(assessment: &Assessment, row: &Row, node: NodeIndex, aim: &RBig) -> Option<f64> {
    let set = assessment.set_of(row.period);
    let leaf = set.nodes()[node].leaf()?;
    let scored = assessment.prepared(row.city, row.period, row.node).map(number);
    let fitted = assessment.fitted();
    let target = normalise::invert(leaf, aim, scored.as_ref(), fitted.of(node, row.period), set.full_mark())?;
    fitted.preparation.invert(node, row.period, target).as_ref().map(nearest_double)
}

/// The raw value, or the one nearest to it that its data item can be, where the indicator is nothing else.
fn possible(assessment: &Assessment, leaf: &Leaf, target: f64) -> f64 {
    let item = leaf.formula.as_ref().and_then(|formula| match formula.root() {
        Expr::Item(item) => assessment.set().item_index(item),
        _ => None,
    });
    let Some(item) = item else { return target };
    let (min, max) = assessment.set().items()[item].range();
    let target = max.map_or(target, |max| target.min(max));
    min.map_or(target, |min| target.max(min))
}

/// The indicators of a city that can go somewhere: they have a score and a number as their raw value.
pub(super) fn movable<'r, 'a>(
    assessment: &'r Assessment,
    rows: &'r [Row<'a>],
) -> impl Iterator<Item = (NodeIndex, &'r Leaf, f64, f64)> {
    assessment.set().leaves().filter_map(|(node, leaf)| Some((node, leaf, rows[node].value?, rows[node].score?)))
}

/// Where an indicator is to go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Aim {
    pub node: NodeIndex,
    /// The raw value.
    pub target: f64,
    /// The score that it stands for.
    pub score: f64,
}

/// The raw values at a percentile (0 to 1) of the peers' scores, for the indicators behind it. R's type 7.
pub(super) fn at_percentile(assessment: &Assessment, rows: &[Row], period: Period, peers: Option<&[String]>, p: f64) -> Vec<Aim> {
    let city = rows[0].city;
    let is_peer = |code: &str| code != city && peers.is_none_or(|peers| peers.iter().any(|peer| peer == code));
    let Some(at) = assessment.observations.slice_of(period) else { return Vec::new() };
    let slice = &assessment.observations.slices[at];
    let places: Vec<usize> =
        (0..slice.height()).filter(|&row| is_peer(&assessment.observations.cities[slice.cities[row]].code)).collect();
    let scores = |node: NodeIndex| -> Vec<f64> {
        let tree = &assessment.computed[at].actual;
        sorted(&places.iter().filter_map(|&row| tree.score(node, row)).collect::<Vec<f64>>())
    };
    let behind = movable(assessment, rows).filter_map(|(node, leaf, value, score)| {
        let aim = exact_quantile(&scores(node), p)?;
        if aim <= number(score) {
            return None;
        }
        let target = possible(assessment, leaf, raw_target(assessment, &rows[node], node, &aim)?);
        (target != value).then(|| Aim { node, target, score: nearest_double(&aim) })
    });
    behind.collect()
}

fn exact_quantile(sorted: &[f64], p: f64) -> Option<RBig> {
    let last = sorted.len().checked_sub(1)?;
    let at = RBig::from(last) * number(p);
    let below = at.floor();
    let place = usize::try_from(below.clone()).ok()?;
    let (low, high) = (number(sorted[place]), number(sorted[(place + 1).min(last)]));
    Some(&low + (at - RBig::from(below)) * (high - &low))
}

/// The raw values that bring the full mark, or the best that the peers have where none does; for the indicators short of it.
pub(super) fn at_full_mark(assessment: &Assessment, rows: &[Row], period: Period, peers: Option<&[String]>) -> Vec<Aim> {
    let full = number(assessment.set().full_mark());
    let best = at_percentile(assessment, rows, period, peers, 1.0);
    let aims = movable(assessment, rows).filter_map(|(node, leaf, value, score)| {
        if number(score) >= full {
            return None;
        }
        let of_peers = || best.iter().find(|aim| aim.node == node).map(|aim| aim.target);
        let target = raw_target(assessment, &rows[node], node, &full).or_else(of_peers)?;
        let target = possible(assessment, leaf, target);
        (target != value).then(|| Aim { node, target, score: assessment.set().full_mark() })
    });
    aims.collect()
}

/// A part of the way from the present value to an aim, with few digits, rounded on the way and not beyond the aim.
pub(super) fn part_of_way(assessment: &Assessment, leaf: &Leaf, value: f64, aim: f64, part: f64) -> f64 {
    if part >= 1.0 {
        return aim;
    }
    let exact = number(value) + number(part) * (number(aim) - number(value));
    let places = places(assessment, leaf, value, aim);
    let unit = RBig::from(10).pow(places);
    let scaled = exact * &unit;
    let rounded = if aim >= value { scaled.ceil() } else { scaled.floor() };
    let rounded = nearest_double(&(RBig::from(rounded) / unit));
    if aim >= value { rounded.min(aim) } else { rounded.max(aim) }
}

/// How many decimals a target has: none where things are counted, else enough for four digits of the way.
pub(super) fn places(assessment: &Assessment, leaf: &Leaf, value: f64, aim: f64) -> isize {
    let is_count = leaf.formula.as_ref().is_some_and(|formula| {
        matches!(formula.root(), Expr::Item(item)
            if assessment.set().item_index(item).is_some_and(|item| assessment.set().items()[item].kind == ItemKind::Count))
    });
    if is_count {
        return 0;
    }
    let distance = (aim - value).abs();
    let digits = if distance > 0.0 { 3.0 - distance.log10().floor() } else { 3.0 };
    let shown = if leaf.display == Display::Percent { 2.0 } else { 0.0 };
    digits.clamp(shown, 12.0) as isize
}

/// Whether a raw value lies on the better side of another; none where the best lies inside an interval.
pub(super) fn is_better(leaf: &Leaf, value: f64, than: f64) -> Option<bool> {
    match leaf.direction {
        Direction::Higher => Some(value > than),
        Direction::Lower => Some(value < than),
        Direction::Target => None,
    }
}
