//! Gap analysis: the distance of every node of a city from a reference (section 4.9 of the method), and the four outputs
//! that Annex A of GB/T 36333-2018 names for the assessment.

mod attain;
mod outlook;
mod output;
mod planned;
mod reference;
mod rule;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Fault, Faults, NodeIndex, Period, Text};

pub use outlook::Outlook;
pub use output::Output;
pub use planned::PlannedTargets;
pub use reference::Reference;
pub(crate) use reference::quantile;
pub use rule::{Range, Rule};

use crate::assessment::{Assessment, Row};
use crate::exact::RBig;
use crate::normalise::number;
use crate::rates::Verdict;
use crate::years::Quantity;
use attain::Place;
use outlook::{Wanted, moves};
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
    /// The raw value nearest to the present one that closes the gap; `None` where there is no gap or no value can. It is a number that
    /// can be given back: its score is [`Self::target_score`].
    pub target_value: Option<f64>,
    /// The published score that the raw value brings: the reference's, or more where no value brings exactly that.
    pub target_score: Option<f64>,
    /// The change of the raw value that closes the gap.
    pub gap_value: Option<f64>,
    /// Rates per year, and whether the deadline can be met.
    pub outlook: Outlook,
    /// What else a reader should know.
    pub note: Option<Text>,
}

impl Gap {
    /// What the rates say of the deadline.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.outlook.verdict
    }
}

/// What to improve, with what is lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Direction {
    /// The leaf.
    pub node: NodeIndex,
    /// The points of the total that are lost to the reference.
    pub points_lost: f64,
    /// How much of the reference is attained, where the rule asks.
    pub range: Option<Range>,
}

/// What else is asked of an analysis.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'p> {
    /// The peers, where they are not the cohort.
    pub peers: Option<&'p [String]>,
    /// The period by which the gaps are to close; of the length of the one that is analysed, and later.
    pub by: Option<Period>,
    /// How the priority directions are ranked.
    pub rule: Rule,
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
    /// The period of the reference, where it is another one.
    pub reference_period: Option<Period>,
    /// The period by which the gaps are to close.
    pub by: Option<Period>,
    /// How the priority directions are ranked.
    pub rule: Rule,
    /// Every node, in the order of the set (现状评估结果).
    pub gaps: Vec<Gap>,
    /// Nodes that carry the city (建设基础), most points first.
    pub foundations: Vec<NodeIndex>,
    /// Nodes ahead of the reference (优势), furthest first.
    pub strengths: Vec<NodeIndex>,
    /// Nodes behind it (劣势), most points lost first.
    pub weaknesses: Vec<NodeIndex>,
    /// The leaves behind it, in the order of the rule (重点提升方向).
    pub priorities: Vec<Direction>,
    /// Leaves that apply and have no score.
    pub without_data: Vec<NodeIndex>,
    /// Nodes for which the reference says nothing.
    pub without_reference: Vec<NodeIndex>,
}

impl GapAnalysis {
    /// How the lists are made; it is published with every analysis.
    #[must_use]
    pub fn rule(&self) -> Text {
        self.rule.text()
    }

    /// What was found of a node.
    #[must_use]
    pub fn gap(&self, node: NodeIndex) -> Option<&Gap> {
        self.gaps.get(node)
    }
}

/// Compares a city with a reference. Peers are the cohort, or the cities named, without the city itself.
///
/// # Errors
/// As [`analyse_with`].
pub fn analyse(
    assessment: &Assessment,
    city: &str,
    period: Period,
    against: &Reference,
    peers: Option<&[String]>,
) -> Result<GapAnalysis, Faults> {
    analyse_with(assessment, city, period, against, Asked { peers, ..Asked::default() })
}

/// Compares a city with a reference, with a deadline and a rule of ranking.
///
/// # Errors
/// An unknown city, period or reference, or a deadline that is none; every fault at once.
pub fn analyse_with(
    assessment: &Assessment,
    city: &str,
    period: Period,
    against: &Reference,
    asked: Asked<'_>,
) -> Result<GapAnalysis, Faults> {
    let mut faults = Faults::default();
    let years = outlook::years(period, asked.by).unwrap_or_else(|fault| {
        faults.push(fault);
        None
    });
    let place = assessment.observations.slice_of(period).and_then(|at| {
        let place = assessment.observations.cities.iter().position(|known| known.code == city)?;
        Some((at, assessment.observations.slices[at].row_of(place)?))
    });
    let (Some(own), Some((at, row))) = (assessment.city(city, period), place) else {
        faults.push(
            Fault::error(
                "gap.unknown_city",
                format!("评估结果中没有城市“{city}”在 {period} 的数据"),
                format!("the assessment has no city '{city}' in {period}"),
            )
            .city(city)
            .period(period.to_string())
            .hint("检查城市代码与时期", "check the code of the city and the period"),
        );
        return Err(faults);
    };
    let targets = match Targets::of(assessment, &own, period, against, asked.peers) {
        Ok(targets) if faults.is_empty() => targets,
        Ok(_) => return Err(faults),
        Err(found) => {
            faults.0.extend(found.0);
            return Err(faults);
        }
    };
    let gaps = own.iter().enumerate().map(|(node, of)| {
        let (mut gap, wanted) = gap(Place { assessment, node, at, row }, of, &targets);
        gap.outlook = Outlook::of(assessment, (city, period, node), asked.peers, &wanted, years.as_ref());
        gap
    });
    let gaps: Vec<Gap> = gaps.collect();
    let frame = Frame { city, period, against, reference_period: targets.period, asked };
    Ok(listed(assessment, &frame, gaps, &own, &targets))
}

/// The gap of a node, with the change that its rates are about.
fn gap(place: Place, row: &Row, targets: &Targets) -> (Gap, Wanted) {
    let Place { assessment, node, .. } = place;
    let set = assessment.set_of(row.period);
    let target = targets.score(node);
    let reference = target.map(nearest_double);
    // Every number means its decimal, so the difference of two published scores is a decimal too.
    let gap_score = reference.zip(row.score).map(|(reference, score)| nearest_double(&(number(reference) - number(score))));
    let distance = target.zip(row.score).map(|(target, score)| target - meant(set, node, score));
    let is_reached = distance.as_ref().is_some_and(|distance| *distance <= RBig::ZERO);
    let of = if moves(&set.nodes()[node]) && (is_reached || distance.is_none()) { Quantity::Value } else { Quantity::Score };
    let mut wanted = Wanted { of, change: distance.clone().filter(|distance| *distance > RBig::ZERO), is_reached };
    let mut gap = Gap {
        node,
        reference,
        score: row.score,
        gap_score,
        gap_points: distance.as_ref().map(|distance| nearest_double(&(distance * &set.nodes()[node].share))),
        value: row.value,
        target_value: None,
        target_score: None,
        gap_value: None,
        outlook: Outlook::default(),
        note: targets.note(node),
    };
    let (Some(_), Some(aim), Some(distance)) = (set.nodes()[node].leaf(), target, distance) else { return (gap, wanted) };
    if distance <= RBig::ZERO {
        return (gap, wanted);
    }
    match place.attain(aim) {
        Some(attained) => {
            gap.target_value = Some(attained.value);
            gap.target_score = Some(attained.score);
            let change = place.value().map(|value| number(attained.value) - value);
            gap.gap_value = change.as_ref().map(nearest_double);
            if let Some(change) = change.filter(|change| *change != RBig::ZERO) {
                wanted = Wanted { of: Quantity::Value, change: Some(change), is_reached };
            }
            if reference.is_some_and(|reference| attained.score > reference) && gap.note.is_none() {
                gap.note = Some(Text::both(
                    format!("目标值得分为 {}，没有恰好等于参照得分的原始值", attained.score),
                    format!("the target value scores {}; no raw value scores exactly the reference", attained.score),
                ));
            }
        }
        None => {
            gap.note = Some(Text::both("没有单一的原始值能达到参照得分", "no single raw value reaches the reference's score"));
        }
    }
    (gap, wanted)
}

/// What an analysis is of.
struct Frame<'f> {
    city: &'f str,
    period: Period,
    against: &'f Reference,
    reference_period: Option<Period>,
    asked: Asked<'f>,
}

/// The place of a verdict in the order of the priority directions: the easiest first, none last.
fn ease(gap: &Gap) -> usize {
    let place = |verdict| Verdict::ALL.iter().position(|known| *known == verdict);
    gap.outlook.verdict.and_then(place).unwrap_or(Verdict::ALL.len())
}

fn listed(assessment: &Assessment, frame: &Frame, gaps: Vec<Gap>, own: &[Row], targets: &Targets) -> GapAnalysis {
    let set = assessment.set_of(frame.period);
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
    let is_u4ssc = frame.asked.rule == Rule::U4ssc;
    let range = |node: NodeIndex| Some(Range::of(&meant(set, node, gaps[node].score?), targets.score(node)?));
    let behind = points(1.0).filter(|(node, _)| set.nodes()[*node].leaf().is_some());
    let mut priorities: Vec<Direction> =
        behind.map(|(node, points_lost)| Direction { node, points_lost, range: range(node).filter(|_| is_u4ssc) }).collect();
    // Sorting is stable, so that what is equal in all of it stays in the order of the set.
    priorities.sort_by(|one, other| {
        let ease = |direction: &Direction| ease(&gaps[direction.node]);
        one.range
            .cmp(&other.range)
            .then_with(|| other.points_lost.total_cmp(&one.points_lost))
            .then_with(|| ease(one).cmp(&ease(other)))
    });
    let applies = |node: NodeIndex| own[node].coverage.is_some();
    let without_data =
        below_total().filter(|gap| gap.score.is_none() && set.nodes()[gap.node].leaf().is_some() && applies(gap.node));
    GapAnalysis {
        city: frame.city.to_owned(),
        period: frame.period,
        against: frame.against.clone(),
        reference_period: frame.reference_period,
        by: frame.asked.by,
        rule: frame.asked.rule,
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
