//! From the total to the reference: which nodes account for how many points.

use citygauge_indicators::{IndicatorSet, Language, NodeIndex};
use citygauge_openapi::{GapAnalysis, GapRow};

use super::depth::nodes_at;
use super::{Chart, draw};
use crate::assessments::reading::shown;
use crate::error::Failure;
use crate::export::{Cell, Column};

/// What the steps leave is told where it is more than this: sums of doubles are not exact.
const SLACK: f64 = 1e-9;

/// The waterfall of an analysis over the nodes of a depth, the dimensions unless given; most points first.
///
/// # Errors
/// A depth that the tree does not have.
pub fn chart(
    analysis: &GapAnalysis,
    set: &IndicatorSet,
    depth: Option<u32>,
    city: &str,
    language: Language,
) -> Result<Chart, Failure> {
    let nodes = nodes_at(set, depth)?;
    let rows = analysis.gaps.iter().filter_map(|row| Some((set.node_index(row.node.as_str())?, row)));
    let mut steps: Vec<(NodeIndex, &GapRow)> = rows.filter(|(node, _)| nodes.contains(node)).collect();
    // Nodes of which the reference says nothing have no step; those without a score have one without points.
    steps.retain(|(_, row)| row.gap_points.is_some() || row.score.is_none());
    steps.sort_by(|(_, one), (_, other)| {
        let points = |row: &GapRow| row.gap_points.unwrap_or(f64::NEG_INFINITY);
        points(other).total_cmp(&points(one))
    });
    let points = |value: f64| draw::Shown { value, text: format!("{value:.2}") };
    let mut drawn: Vec<draw::Step> =
        steps.iter().map(|(_, row)| draw::Step { title: row.title.clone(), points: row.gap_points.map(points) }).collect();
    let total = analysis.gaps.iter().find(|row| row.node.as_str() == citygauge_indicators::TOTAL);
    let of_total =
        |value: Option<f64>| value.map(|value| draw::Shown { value, text: shown(set, 0, Some(value)).unwrap_or_default() });
    let (from, to) = (of_total(total.and_then(|row| row.score)), of_total(total.and_then(|row| row.reference)));
    let accounted: f64 = steps.iter().filter_map(|(_, row)| row.gap_points).sum();
    let rest = from.as_ref().zip(to.as_ref()).map(|(from, to)| to.value - from.value - accounted);
    let mut rows: Vec<Vec<Cell<'static>>> = Vec::new();
    let mut row = |code: &str, title: &str, points: Option<f64>| {
        rows.push(vec![code.to_owned().into(), title.to_owned().into(), points.into()]);
    };
    row("score", language.pick("现状总分", "total now"), from.as_ref().map(|shown| shown.value));
    steps.iter().for_each(|(_, step)| row(step.node.as_str(), &step.title, step.gap_points));
    if let Some(rest) = rest.filter(|rest| rest.abs() > SLACK) {
        // Rounding, adjustments, means that do not add up, and references made city by city: the steps are not the whole way.
        let title = language.pick("其余（取整、调整、非线性）", "rest (rounding, adjustments, what does not add up)");
        row("rest", title, Some(rest));
        drawn.push(draw::Step { title: title.to_owned(), points: Some(points(rest)) });
    }
    row("reference", language.pick("参照总分", "total of the reference"), to.as_ref().map(|shown| shown.value));
    let title = format!("{city} · {} · {}", analysis.period, against(&analysis.against, language));
    let waterfall = draw::Waterfall { title, from, to, steps: drawn };
    let columns = vec![Column::text("step"), Column::text("title"), Column::number("points")];
    Ok(Chart::new("waterfall", (columns, rows), move |style| waterfall.svg(style)))
}

/// A reference in words.
#[must_use]
pub fn against(reference: &str, language: Language) -> String {
    let words = match reference {
        "full_mark" => ("满分", "full mark"),
        "best" => ("对标最佳", "best peer"),
        "peer_median" => ("对标中位数", "peer median"),
        "peer_top_quartile" => ("对标前四分位", "top quartile of the peers"),
        "previous" => ("上一时期", "previous period"),
        "level" => ("下一等级", "next level"),
        other => {
            return match other.split_once(':') {
                Some(("level", code)) => language.pick(format!("等级 {code}"), format!("level {code}")),
                Some(("city", code)) => language.pick(format!("城市 {code}"), format!("city {code}")),
                Some(("target", code)) => language.pick(format!("目标方案 {code}"), format!("goal plan {code}")),
                _ => other.to_owned(),
            };
        }
    };
    language.pick(words.0, words.1).to_owned()
}
