//! Gap analysis: the distance of every node of a city from a reference (section 4.9 of the method), and the four outputs
//! that Annex A of GB/T 36333-2018 names for the assessment.

mod planned;
mod reference;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Fault, Faults, NodeIndex, Period, Text};

pub use planned::PlannedTargets;
pub use reference::Reference;

use crate::assessment::{Assessment, Row};
use crate::exact::RBig;
use crate::exact::leaf::Cells;
use crate::normalise::{self, number};
use reference::{Targets, meant};

/// A node counts among the foundations from this part of the full mark on.
pub const FOUNDATION: f64 = 0.8;

/// The distance of one node from the reference.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// The place of the node in the set.
    pub node: NodeIndex,
    /// The reference's score.
    pub reference: Option<f64>,
    /// The city's score.
    pub score: Option<f64>,
    /// Reference minus score; below 0 the city is ahead.
    pub gap_score: Option<f64>,
    /// The same in points of the total: times the node's share.
    pub gap_points: Option<f64>,
    /// The raw value of a leaf, in its unit.
    pub value: Option<f64>,
    /// The raw value nearest to the present one that closes the gap; `None` where there is no gap or no value can.
    pub target_value: Option<f64>,
    /// The change of the raw value that closes the gap.
    pub gap_value: Option<f64>,
    /// What else a reader should know.
    pub note: Option<Text>,
}

/// A gap analysis of one city and period.
#[derive(Debug, Clone, PartialEq)]
pub struct GapAnalysis {
    /// The code of the city.
    pub city: String,
    /// The period.
    pub period: Period,
    /// The reference.
    pub against: Reference,
    /// Every node, in the order of the set (现状评估结果).
    pub gaps: Vec<Gap>,
    /// Nodes that carry the city (建设基础), most points first.
    pub foundations: Vec<NodeIndex>,
    /// Nodes ahead of the reference (优势), furthest first.
    pub strengths: Vec<NodeIndex>,
    /// Nodes behind it (劣势), most points lost first.
    pub weaknesses: Vec<NodeIndex>,
    /// The leaves behind it with the points lost, most first (重点提升方向).
    pub priorities: Vec<(NodeIndex, f64)>,
    /// Leaves that apply and have no score.
    pub without_data: Vec<NodeIndex>,
    /// Nodes for which the reference says nothing.
    pub without_reference: Vec<NodeIndex>,
}

impl GapAnalysis {
    /// How the lists are made; it is published with every analysis.
    #[must_use]
    pub fn rule() -> Text {
        Text::both(
            "建设基础：得分不低于满分 80% 的节点，按所得分值排序；优势：领先参照的节点，按领先分值排序；劣势：落后参照的节点，按失分排序；\
             重点提升方向：落后参照的指标分项，按折算总分的失分从大到小排序，相同者按指标体系顺序。总分不列入各清单。",
            "Foundations: nodes with at least 80 % of the full mark, by points. Strengths: nodes ahead of the reference, by points ahead. \
             Weaknesses: nodes behind it, by points lost. Priority directions: indicators behind it, by points of the total lost, ties in \
             the order of the set. TOTAL stands in none of the lists.",
        )
    }
}

/// Compares a city with a reference. Peers are the cohort, or the cities named, without the city itself.
///
/// # Errors
/// An unknown city, period or reference; every fault at once.
pub fn analyse(
    assessment: &Assessment,
    city: &str,
    period: Period,
    against: &Reference,
    peers: Option<&[String]>,
) -> Result<GapAnalysis, Faults> {
    let Some(own) = assessment.city(city, period) else {
        return Err(Fault::error(
            "gap.unknown_city",
            format!("评估结果中没有城市“{city}”在 {period} 的数据"),
            format!("the assessment has no city '{city}' in {period}"),
        )
        .city(city)
        .period(period.to_string())
        .hint("检查城市代码与时期", "check the code of the city and the period")
        .into());
    };
    let targets = Targets::of(assessment, &own, period, against, peers)?;
    let gaps: Vec<Gap> = own.iter().enumerate().map(|(node, row)| gap(assessment, node, row, &targets)).collect();
    Ok(listed(assessment, city, period, against, gaps, &own))
}

fn gap(assessment: &Assessment, node: NodeIndex, row: &Row, targets: &Targets) -> Gap {
    let set = assessment.set_of(row.period);
    let target = targets.score(node);
    let reference = target.map(nearest_double);
    // Every number means its decimal, so the difference of two published scores is a decimal too.
    let gap_score = reference.zip(row.score).map(|(reference, score)| nearest_double(&(number(reference) - number(score))));
    let distance = target.zip(row.score).map(|(target, score)| target - meant(set, node, score));
    let mut gap = Gap {
        node,
        reference,
        score: row.score,
        gap_score,
        gap_points: distance.as_ref().map(|distance| nearest_double(&(distance * &set.nodes()[node].share))),
        value: row.value,
        target_value: None,
        gap_value: None,
        note: targets.note(node),
    };
    let (Some(leaf), Some(aim), Some(distance)) = (set.nodes()[node].leaf(), target, distance) else { return gap };
    if distance <= RBig::ZERO {
        return gap;
    }
    let (value, scored) = values(assessment, row, node);
    let fit = assessment.fitted().of(node, row.period);
    let preparation = &assessment.fitted().preparation;
    let target = normalise::invert(leaf, aim, scored.as_ref(), fit, set.full_mark());
    match target.and_then(|target| preparation.invert(node, row.period, target)) {
        Some(target) => {
            gap.target_value = Some(nearest_double(&target));
            gap.gap_value = value.map(|value| nearest_double(&(target - value)));
        }
        None => {
            gap.note = Some(Text::both("没有单一的原始值能达到参照得分", "no single raw value reaches the reference's score"));
        }
    }
    gap
}

/// The raw value of a leaf, and the one that its rule scores.
fn values(assessment: &Assessment, row: &Row, node: NodeIndex) -> (Option<RBig>, Option<RBig>) {
    let Assessment { set, observations, fitted, .. } = assessment;
    let place = observations.slice_of(row.period).and_then(|at| {
        let city = observations.cities.iter().position(|city| city.code == row.city)?;
        Some((Cells::new(set, observations, at), observations.slices[at].row_of(city)?))
    });
    let Some((cells, place)) = place else { return (None, None) };
    (cells.value(node, place).0, fitted.value(cells, node, place))
}

fn listed(assessment: &Assessment, city: &str, period: Period, against: &Reference, gaps: Vec<Gap>, own: &[Row]) -> GapAnalysis {
    let set = assessment.set();
    let below_total = || gaps.iter().filter(|gap| gap.node != 0);
    // Greatest first; sorting is stable, so that ties stay in the order of the set.
    let by = |mut nodes: Vec<(NodeIndex, f64)>| {
        nodes.sort_by(|one, other| other.1.total_cmp(&one.1));
        nodes
    };
    let nodes_of = |nodes: Vec<(NodeIndex, f64)>| nodes.into_iter().map(|(node, _)| node).collect::<Vec<_>>();
    let foundation = number(FOUNDATION) * number(set.full_mark());
    let foundations = below_total().filter(|gap| gap.score.is_some_and(|score| meant(set, gap.node, score) >= foundation));
    let foundations = nodes_of(by(foundations.filter_map(|gap| Some((gap.node, own[gap.node].points?))).collect()));
    let points =
        |sign: f64| below_total().filter_map(move |gap| Some((gap.node, gap.gap_points? * sign))).filter(|(_, lost)| *lost > 0.0);
    let priorities = by(points(1.0).filter(|(node, _)| set.nodes()[*node].leaf().is_some()).collect());
    let applies = |node: NodeIndex| own[node].coverage.is_some();
    let without_data =
        below_total().filter(|gap| gap.score.is_none() && set.nodes()[gap.node].leaf().is_some() && applies(gap.node));
    GapAnalysis {
        city: city.to_owned(),
        period,
        against: against.clone(),
        foundations,
        strengths: nodes_of(by(points(-1.0).collect())),
        weaknesses: nodes_of(by(points(1.0).collect())),
        priorities,
        without_data: without_data.map(|gap| gap.node).collect(),
        without_reference: gaps.iter().filter(|gap| gap.reference.is_none()).map(|gap| gap.node).collect(),
        gaps,
    }
}

#[cfg(test)]
mod tests;
