//! The ranking of a round: class by class, or over its classes where somebody asks for it.

use std::sync::Arc;

use citygauge_indicators::{City, Fault, Faults, IndicatorSet, NodeIndex, NodeKind, Period, Text};
use citygauge_openapi::ScoreRow;

use super::visibility::{Seen, Sight};
use crate::assessments::kept;
use crate::assessments::recompute::manifest;
use crate::error::Failure;
use crate::sets;
use crate::state::State;
use crate::store::assessments::{self, Assessment};
use crate::store::rounds::Round;

/// A publication that has results.
#[derive(Debug)]
pub struct Published {
    /// Its number, from 1.
    pub number: usize,
    /// The assessments of the classes that were asked for, or that of the round.
    pub assessments: Vec<Assessment>,
}

/// The publication with this number, or the latest in which every class that is asked for has results.
///
/// A publication whose assessments are still computed is passed over until they are done.
pub async fn published(state: &State, round: &Round, number: Option<u64>, class: Option<&str>) -> Result<Published, Failure> {
    let place = class.map(|code| class_of(round, code)).transpose()?;
    let all: Vec<&[String]> = round.publications().collect();
    let numbers: Vec<usize> = match number.map(|number| usize::try_from(number).unwrap_or(usize::MAX)) {
        Some(number) if number == 0 || number > all.len() => {
            return Err(Failure::absent("该批次没有这次发布", "the round has no such publication"));
        }
        Some(number) => vec![number],
        None => (1..=all.len()).rev().collect(),
    };
    for number in numbers {
        let ids = all[number - 1];
        let ids = place.map_or(ids, |place| &ids[place..=place]);
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.push(assessments::find(state.db(), id).await?);
        }
        if found.iter().all(|stored| stored.result.is_some()) {
            return Ok(Published { number, assessments: found });
        }
    }
    Err(Failure::conflict("该批次尚无结果", "the round has no results yet"))
}

/// The place of a class.
fn class_of(round: &Round, code: &str) -> Result<usize, Failure> {
    let place = round.profile.classes.iter().position(|class| class.code == code);
    place.ok_or_else(|| Failure::absent("该批次没有这个类别", "the round has no such class"))
}

/// The results of a class on one node.
#[derive(Debug)]
pub struct Part {
    /// The assessment.
    pub stored: Assessment,
    /// Its set.
    pub set: Arc<IndicatorSet>,
    /// The node.
    pub node: NodeIndex,
    /// The rows of its cities, as they were published.
    pub rows: Vec<ScoreRow>,
    /// Its cities, with the names of the time of the publication.
    pub cities: Vec<City>,
}

impl Part {
    /// The code of the class, in a round with classes.
    pub fn class(&self) -> Option<&str> {
        self.stored.request.round.as_ref()?.class.as_deref()
    }
}

/// A city of a ranking.
#[derive(Debug)]
pub struct Ranked {
    /// The place of its class among the parts.
    pub part: usize,
    /// The rank that was asked for.
    pub rank: Option<u64>,
    /// Under which name it is seen.
    pub seen: Seen,
    /// Its row.
    pub row: ScoreRow,
}

/// The period that was asked for, or else the latest of the round.
pub fn period_of(round: &Round, asked: Option<&str>) -> Result<String, Failure> {
    let known = &round.profile.periods;
    let found = match asked {
        Some(asked) => known.iter().find(|known| *known == asked),
        None => known.iter().max_by_key(|period| period.parse::<Period>().map(|period| period.last_day()).unwrap_or_default()),
    };
    found.cloned().ok_or_else(|| Failure::absent("该批次没有这个时期", "the round has no such period"))
}

/// Opens the results of a publication on a node; classes whose set lacks the node are left out.
pub async fn parts(state: &State, published: Published, period: &str, node: &str) -> Result<Vec<Part>, Failure> {
    let mut parts = Vec::with_capacity(published.assessments.len());
    for stored in published.assessments {
        let (_, set) = sets::find(state, &stored.request.set).await?;
        let Some(node) = set.node_index(node) else { continue };
        let manifest = manifest(&stored)?;
        let opened = kept::open_node(state, &manifest, |known| known == period, node).await?;
        let result =
            opened.into_iter().next().ok_or_else(|| Failure::absent("该时期没有结果", "there is no result for this period"))?;
        let rows = (0..result.cities.len()).map(|row| result.row(&set, row, node)).collect();
        let cities = kept::cities(state, &manifest).await?;
        parts.push(Part { stored, set, node, rows, cities });
    }
    if parts.is_empty() { Err(Failure::absent("没有这个节点", "there is no such node")) } else { Ok(parts) }
}

/// The cities that are seen, class by class, each by its rank there.
pub fn within(parts: &[Part], sight: &Sight) -> Vec<Ranked> {
    let mut ranked = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let seen = part.rows.iter().filter_map(|row| seen(place, part, row, row.rank, sight));
        let mut of_class: Vec<Ranked> = seen.collect();
        sort(&mut of_class);
        ranked.append(&mut of_class);
    }
    ranked
}

/// The cities that are seen, by rank over all classes: a city has the rank after all that have a greater score. Scores that agree to ten
/// decimals are equal, since sums of doubles of different sets may miss each other by less.
pub fn across(parts: &[Part], sight: &Sight) -> Vec<Ranked> {
    let compared = |row: &ScoreRow| row.rank.and(row.score).map(|score| (score * 1e10).round());
    let mut scores: Vec<f64> = parts.iter().flat_map(|part| &part.rows).filter_map(compared).collect();
    scores.sort_unstable_by(|one, other| other.total_cmp(one));
    let rank = |score: f64| scores.partition_point(|greater| *greater > score) as u64 + 1;
    let of = |(place, part): (usize, &'_ Part)| -> Vec<Ranked> {
        part.rows.iter().filter_map(|row| seen(place, part, row, compared(row).map(rank), sight)).collect()
    };
    let mut ranked: Vec<Ranked> = parts.iter().enumerate().flat_map(of).collect();
    sort(&mut ranked);
    ranked
}

fn seen(place: usize, part: &Part, row: &ScoreRow, rank: Option<u64>, sight: &Sight) -> Option<Ranked> {
    let at = (part.set.as_ref(), part.node);
    let seen = sight.city(row.city.as_str(), at)?;
    Some(Ranked { part: place, rank, seen, row: sight.row(row.clone(), at)? })
}

/// By rank, those without one last; of one rank by class and by the name that is seen.
fn sort(ranked: &mut [Ranked]) {
    let key = |city: &Ranked| (city.rank.is_none(), city.rank, city.part, city.seen.code.clone());
    ranked.sort_by_cached_key(key);
}

/// Why classes cannot be ranked together: nothing where they can, though by different sets.
pub fn apart(round: &Round, parts: &[Part]) -> Faults {
    let mut faults = Faults::default();
    let hint = ("请看各类别内的名次", "look at the ranks within the classes");
    for class in &round.profile.classes {
        if !parts.iter().any(|part| part.class() == Some(class.code.as_str())) {
            let code = &class.code;
            let (zh, en) = (format!("类别“{code}”没有这个节点"), format!("the class '{code}' does not have the node"));
            faults.push(Fault::error("ranking.node_absent", zh, en).value(code).hint(hint.0, hint.1));
        }
    }
    for part in parts {
        let (class, of_first) = (part.class().unwrap_or_default(), &parts[0].set.document().arithmetic);
        if part.set.document().arithmetic != *of_first {
            let (zh, en) = (
                format!("类别“{class}”的得分算法不同：一个逐级舍入分值，一个计算平均"),
                format!("the class '{class}' counts in another way: one adds rounded points, the other takes means"),
            );
            faults.push(Fault::error("ranking.arithmetic", zh, en).value(class).hint(hint.0, hint.1));
        }
        if let Some(node) = relative(&part.set) {
            let (zh, en) = (
                format!("类别“{class}”的得分只是相对于该类别的城市（节点“{node}”）"),
                format!("scores of the class '{class}' are relative to the cities of the class (node '{node}')"),
            );
            faults.push(Fault::error("ranking.relative", zh, en).of(node).value(class).hint(hint.0, hint.1));
        }
    }
    faults
}

/// A node whose score says how a city is to the others of its class, if there is one.
fn relative(set: &IndicatorSet) -> Option<&str> {
    let is_relative = |kind: &NodeKind| match kind {
        NodeKind::Leaf(leaf) => leaf.scoring.cohort().is_some(),
        NodeKind::Inner { aggregation, .. } => aggregation.method.reads_cohort(),
    };
    set.nodes().iter().find(|node| is_relative(&node.kind)).map(|node| node.code.as_str())
}

/// What a reader of a ranking over classes must know.
pub fn note(parts: &[Part]) -> Text {
    let first = &parts[0].stored.request.set;
    if parts.iter().all(|part| part.stored.request.set == *first) {
        return Text::both(
            "各类别合并排名；批次本身只在类别内排名。",
            "The classes are ranked together; the round itself ranks within classes only.",
        );
    }
    Text::both(
        "各类别采用不同的指标体系，其得分不是同一种度量；跨类别的名次仅供参考。",
        "The classes are scored by different sets, and scores of different sets are not the same measure; ranks over classes are for orientation only.",
    )
}
