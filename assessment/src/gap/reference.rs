//! References: what a city is compared with.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use citygauge_indicators::exact::round;
use citygauge_indicators::{Arithmetic, Edge, Fault, Faults, IndicatorSet, Levels, NodeIndex, Period, Requirement, Text};

use super::planned::PlannedTargets;
use crate::assessment::{Assessment, Row};
use crate::exact::RBig;
use crate::normalise::number;
use crate::tree::children_add_up_to_mark;

/// What a city is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// The full mark.
    FullMark,
    /// The best of the peers.
    Best,
    /// The median of the peers (R's type 7).
    PeerMedian,
    /// The 75th percentile of the peers (R's type 7).
    PeerTopQuartile,
    /// A named level, or the next one: it speaks of the levelled nodes and of those that its gates name, in a staged
    /// model of the nodes that its requirements name.
    Level(Option<String>),
    /// Another city.
    City(String),
    /// The city itself with the targets of a plan of goals reached.
    Target(PlannedTargets),
    /// The same city in the latest earlier period of the same length with a result.
    Previous,
}

impl FromStr for Reference {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        match text.split_once(':') {
            None => match text {
                "full_mark" => return Ok(Self::FullMark),
                "best" => return Ok(Self::Best),
                "peer_median" => return Ok(Self::PeerMedian),
                "peer_top_quartile" => return Ok(Self::PeerTopQuartile),
                "level" => return Ok(Self::Level(None)),
                "previous" => return Ok(Self::Previous),
                _ => {}
            },
            Some(("level", code)) if !code.is_empty() => return Ok(Self::Level(Some(code.to_owned()))),
            Some(("city", code)) if !code.is_empty() => return Ok(Self::City(code.to_owned())),
            Some(("target", name)) if !name.is_empty() => return Ok(Self::Target(PlannedTargets::named(name))),
            Some(_) => {}
        }
        let known =
            "full_mark | best | peer_median | peer_top_quartile | previous | level | level:CODE | city:CODE | target:PLAN";
        Err(Fault::error("gap.unknown_reference", format!("没有参照“{text}”"), format!("there is no reference '{text}'"))
            .value(text)
            .expected(known)
            .hint(format!("可选：{known}"), format!("one of: {known}")))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FullMark => f.write_str("full_mark"),
            Self::Best => f.write_str("best"),
            Self::PeerMedian => f.write_str("peer_median"),
            Self::PeerTopQuartile => f.write_str("peer_top_quartile"),
            Self::Level(None) => f.write_str("level"),
            Self::Level(Some(code)) => write!(f, "level:{code}"),
            Self::City(code) => write!(f, "city:{code}"),
            Self::Target(targets) => write!(f, "target:{}", targets.name),
            Self::Previous => f.write_str("previous"),
        }
    }
}

/// The reference's scores, node by node, exactly.
pub(super) struct Targets {
    pub(super) scores: HashMap<NodeIndex, RBig>,
    pub(super) notes: HashMap<NodeIndex, Text>,
    /// The period of the reference, where it is another one.
    pub(super) period: Option<Period>,
}

impl Targets {
    pub(super) fn score(&self, node: NodeIndex) -> Option<&RBig> {
        self.scores.get(&node)
    }

    pub(super) fn note(&self, node: NodeIndex) -> Option<Text> {
        self.notes.get(&node).cloned()
    }

    pub(super) fn of(
        assessment: &Assessment,
        own: &[Row],
        period: Period,
        against: &Reference,
        peers: Option<&[String]>,
    ) -> Result<Self, Faults> {
        let set = assessment.set();
        let nodes = 0..set.nodes().len();
        let scores = match against {
            Reference::FullMark => nodes.map(|node| (node, number(set.full_mark()))).collect(),
            Reference::City(code) => {
                let other = assessment.city(code, period).ok_or_else(|| unknown_city(code, period))?;
                nodes.filter_map(|node| Some((node, meant(set, node, other[node].score?)))).collect()
            }
            Reference::Target(targets) => return targets.reference(assessment, own, period),
            Reference::Level(code) => return level(assessment, own, code.as_deref()),
            Reference::Previous => return previous(assessment, own[0].city, period),
            Reference::Best => by_peers(assessment, own[0].city, period, peers, 1.0),
            Reference::PeerMedian => by_peers(assessment, own[0].city, period, peers, 0.5),
            Reference::PeerTopQuartile => by_peers(assessment, own[0].city, period, peers, 0.75),
        };
        Ok(Self { scores, notes: HashMap::new(), period: None })
    }
}

/// The score that a city's published number stands for. Under points arithmetic a score may be made of a rounded mark
/// (s = F m / w); its double only comes near that fraction, so the mark is asked.
pub(super) fn meant(set: &IndicatorSet, index: NodeIndex, score: f64) -> RBig {
    let node = &set.nodes()[index];
    let is_of_mark = set.document().arithmetic == Arithmetic::Points
        && node.parent.is_some()
        && node.weight > 0.0
        && children_add_up_to_mark(set, node);
    match node.places.filter(|_| is_of_mark) {
        None => number(score),
        Some(places) => {
            let marks_per_score = number(node.weight) / number(set.full_mark());
            round(&(number(score) * &marks_per_score), places.places, places.mode) / marks_per_score
        }
    }
}

/// A quantile of the peers' scores on every node.
fn by_peers(assessment: &Assessment, city: &str, period: Period, peers: Option<&[String]>, p: f64) -> HashMap<NodeIndex, RBig> {
    let Some(at) = assessment.observations.slice_of(period) else { return HashMap::new() };
    let is_peer = |code: &str| code != city && peers.is_none_or(|peers| peers.iter().any(|peer| peer == code));
    let rows: Vec<usize> =
        assessment.cities_of(period).enumerate().filter(|(_, code)| is_peer(code)).map(|(row, _)| row).collect();
    let tree = &assessment.computed[at].actual;
    let scores_of = |node: NodeIndex| {
        let scores = &tree.scores[node];
        rows.iter().filter_map(|&row| scores.get(row)).collect::<Vec<f64>>()
    };
    let mut scores: Vec<Vec<f64>> = (0..assessment.set().nodes().len()).map(scores_of).collect();
    let statistics = scores.iter_mut().enumerate().filter_map(|(node, scores)| {
        scores.sort_by(f64::total_cmp);
        Some((node, quantile(scores, p, |score| meant(assessment.set(), node, score))?))
    });
    statistics.collect()
}

/// Quantile of type 7 (Hyndman and Fan 1996; the default of R): linear between the order statistics around
/// (n - 1) p + 1; exact on what the scores mean.
pub(crate) fn quantile(sorted: &[f64], p: f64, meant: impl Fn(f64) -> RBig) -> Option<RBig> {
    let last = sorted.len().checked_sub(1)?;
    let position = last as f64 * p;
    let below = position.floor();
    let (low, high) = (meant(sorted[below as usize]), meant(sorted[(below as usize + 1).min(last)]));
    Some(&low + number(position - below) * (high - &low))
}

/// The limits of the next level, or of a named one, on the levelled nodes and on the nodes of its gates.
fn level(assessment: &Assessment, own: &[Row], code: Option<&str>) -> Result<Targets, Faults> {
    let set = assessment.set();
    let Some(levels) = set.levels() else {
        return Err(Fault::error("gap.no_levels", "该指标体系没有等级", "the set has no levels")
            .hint("请选择其他参照", "choose another reference")
            .into());
    };
    let codes = levels.bands.iter().map(|band| band.code.as_str()).chain(levels.staged.iter().map(|stage| stage.code.as_str()));
    let known: Vec<&str> = codes.collect();
    let named = match code {
        None => None,
        Some(code) => match known.iter().position(|known| *known == code) {
            Some(place) => Some(place),
            None => {
                return Err(Fault::error(
                    "gap.unknown_level",
                    format!("没有等级“{code}”"),
                    format!("there is no level '{code}'"),
                )
                .value(code)
                .expected(known.join(" | "))
                .hint("改正等级代码", "correct the code of the level")
                .into());
            }
        },
    };
    if !levels.staged.is_empty() {
        return Ok(staged(set, levels, own, named));
    }
    let mut targets = Targets { scores: HashMap::new(), notes: HashMap::new(), period: None };
    for code in set.levelled_nodes() {
        let Some(node) = set.node_index(code) else { continue };
        let present = own[node].level.and_then(|level| levels.bands.iter().position(|band| band.code == level));
        let wanted = named.unwrap_or_else(|| present.map_or(0, |place| place + 1));
        let Some(band) = levels.bands.get(wanted) else {
            targets.notes.insert(node, Text::both("已达到最高等级", "the highest level is reached"));
            continue;
        };
        targets.scores.insert(node, number(band.from));
        if levels.edge == Edge::UpperInclusive && wanted > 0 {
            targets.notes.insert(node, Text::both("须高于该得分", "the score must be above this"));
        }
        let guarding = levels
            .gates
            .iter()
            .filter(|gate| levels.bands.iter().position(|band| band.code == gate.level).is_some_and(|place| place <= wanted));
        for requirement in guarding.flat_map(|gate| &gate.require) {
            if let Requirement::Node { node: gated, at_least } = requirement
                && let Some(gated) = set.node_index(gated)
            {
                let at_least = number(*at_least);
                let least = targets.scores.entry(gated).or_insert_with(|| at_least.clone());
                *least = at_least.max(least.clone());
                targets.notes.insert(
                    gated,
                    Text::both(format!("等级“{}”的门槛", band.code), format!("a gate of the level '{}'", band.code)),
                );
            }
        }
    }
    Ok(targets)
}

/// What the stages up to the next one, or up to a named one, require of nodes by name.
fn staged(set: &IndicatorSet, levels: &Levels, own: &[Row], named: Option<usize>) -> Targets {
    let mut targets = Targets { scores: HashMap::new(), notes: HashMap::new(), period: None };
    for node in set.levelled_nodes().into_iter().filter_map(|code| set.node_index(code)) {
        let present = own[node].level.and_then(|level| levels.staged.iter().position(|stage| stage.code == level));
        let wanted = named.unwrap_or_else(|| present.map_or(0, |place| place + 1));
        let Some(stage) = levels.staged.get(wanted) else {
            targets.notes.insert(node, Text::both("已达到最高等级", "the highest level is reached"));
            continue;
        };
        let speaking = levels.staged.iter().zip(set.stage_requirements(node).unwrap_or_default()).take(wanted + 1);
        for requirement in speaking.flat_map(|(stage, speaking)| speaking.iter().map(|&place| &stage.require[place])) {
            match requirement {
                Requirement::Node { node: required, at_least } => {
                    let Some(required) = set.node_index(required) else { continue };
                    let at_least = number(*at_least);
                    let least = targets.scores.entry(required).or_insert_with(|| at_least.clone());
                    *least = at_least.max(least.clone());
                    let note =
                        Text::both(format!("等级“{}”的要求", stage.code), format!("a requirement of the level '{}'", stage.code));
                    targets.notes.insert(required, note);
                }
                Requirement::Item { .. } | Requirement::Nodes { .. } => {
                    let note = Text::both(
                        format!("等级“{}”另有数据项或计数要求，见得分说明", stage.code),
                        format!("the level '{}' also requires data items or counts of nodes; see the explanation", stage.code),
                    );
                    targets.notes.entry(node).or_insert(note);
                }
            }
        }
    }
    targets
}

/// The scores of the same city in the latest earlier period of the same length in which it has one.
fn previous(assessment: &Assessment, city: &str, period: Period) -> Result<Targets, Faults> {
    let earlier: Vec<Period> = assessment.periods().filter(|known| known.kind() == period.kind() && *known < period).collect();
    let found = earlier.into_iter().rev().find_map(|period| {
        let rows = assessment.city(city, period)?;
        rows.iter().any(|row| row.score.is_some()).then_some((period, rows))
    });
    let Some((before, rows)) = found else {
        return Err(Fault::error(
            "gap.no_previous",
            format!("“{city}”在 {period} 之前没有同一长度时期的结果"),
            format!("'{city}' has no result in an earlier period of the length of {period}"),
        )
        .city(city)
        .period(period.to_string())
        .hint("选择其他参照，或评估更早的时期", "choose another reference, or assess earlier periods too")
        .into());
    };
    let set = assessment.set_of(before);
    let scores = rows.iter().enumerate().filter_map(|(node, row)| Some((node, meant(set, node, row.score?))));
    Ok(Targets { scores: scores.collect(), notes: HashMap::new(), period: Some(before) })
}

fn unknown_city(code: &str, period: Period) -> Faults {
    Fault::error("gap.unknown_city", format!("评估结果中没有城市“{code}”"), format!("the assessment has no city '{code}'"))
        .city(code)
        .period(period.to_string())
        .hint("检查城市代码", "check the code of the city")
        .into()
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::exact::nearest_double;

    use super::*;

    #[test]
    fn quantiles_are_those_of_r_type_7() {
        let quantile = |sorted: &[f64], p| quantile(sorted, p, number).as_ref().map(nearest_double);
        let scores = [10.0, 20.0, 30.0, 50.0];
        assert_eq!(quantile(&scores, 0.5), Some(25.0));
        assert_eq!(quantile(&scores, 0.75), Some(35.0));
        assert_eq!(quantile(&scores[..1], 0.75), Some(10.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn a_quantile_of_decimals_is_the_decimal_between_them() {
        let quantile = |sorted: &[f64], p| quantile(sorted, p, number).as_ref().map(nearest_double);
        // In doubles 70.36 + 0.5 * (70.37 - 70.36) is 70.36500000000001.
        assert_eq!(quantile(&[70.36, 70.37], 0.5), Some(70.365));
        assert_eq!(quantile(&[0.1, 0.3], 0.5), Some(0.2));
    }

    #[test]
    fn a_reference_reads_back_as_it_prints() {
        let references = [
            "full_mark",
            "best",
            "peer_median",
            "peer_top_quartile",
            "previous",
            "level",
            "level:growth",
            "city:330100",
            "target:P",
        ];
        for text in references {
            assert_eq!(text.parse::<Reference>().expect(text).to_string(), text);
        }
        assert_eq!("median".parse::<Reference>().expect_err("unknown").code, "gap.unknown_reference");
    }
}
