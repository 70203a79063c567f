//! Whether the editions of a benchmark exist and fit each other, and whether what is said of nodes can be true.

use std::collections::HashSet;
use std::sync::Arc;

use citygauge_indicators::crosswalk::differences;
use citygauge_indicators::{Fault, Faults, IndicatorSet, Period};
use citygauge_openapi::{BenchmarkCrossing, BenchmarkCrosswalk, BenchmarkProfile, BenchmarkRelation, Id, SetRef};

use super::chain::from_of;
use super::set_ref;
use crate::assessments::recompute::manifest;
use crate::error::Failure;
use crate::sets;
use crate::state::State;
use crate::store::{StoreError, assessments};

/// The most editions of a benchmark.
const MOST: usize = 100;

/// An assessment that somebody names.
struct Named {
    set_ref: SetRef,
    set: Arc<IndicatorSet>,
}

/// Every fault of a benchmark, after those of the rounds that it names.
pub async fn check(state: &State, profile: &BenchmarkProfile, mut faults: Faults) -> Result<Faults, Failure> {
    if profile.title_zh.is_none() && profile.title_en.is_none() {
        faults.push(
            Fault::error("benchmark.title", "没有名称", "it has no title")
                .at("")
                .hint("给出 title_zh 或 title_en", "give title_zh or title_en"),
        );
    }
    if profile.editions.is_empty() || profile.editions.len() > MOST {
        faults.push(
            Fault::error("benchmark.editions", "版次数不在范围内", "the number of editions is out of range")
                .at("/editions")
                .value(profile.editions.len().to_string())
                .expected(format!("1 .. {MOST}")),
        );
        return Ok(faults);
    }
    order(profile, &mut faults);
    let mut editions: Vec<Option<Named>> = Vec::with_capacity(profile.editions.len());
    for (place, edition) in profile.editions.iter().enumerate() {
        let at = format!("/editions/{place}");
        let named = match &edition.assessment {
            Some(id) => named(state, id, edition.period.as_str(), &format!("{at}/assessment"), &mut faults).await?,
            // What is wrong with its round is told already.
            None => None,
        };
        if let Some(overlap) = &edition.overlap {
            let at = format!("{at}/overlap");
            match place.checked_sub(1).map(|before| (&profile.editions[before], &editions[before])) {
                None => faults.push(
                    Fault::error(
                        "benchmark.overlap_first",
                        "第一个版次之前没有可衔接的",
                        "nothing comes before the first edition",
                    )
                    .at(&at)
                    .hint("删去 overlap", "leave overlap out"),
                ),
                Some((before, earlier)) => {
                    let joins = self::named(state, overlap, before.period.as_str(), &at, &mut faults).await?;
                    overlap_fits(joins.as_ref(), earlier.as_ref(), named.as_ref(), &at, &mut faults);
                }
            }
        }
        editions.push(named);
    }
    let mut seen = HashSet::new();
    for (place, crosswalk) in profile.crosswalks.iter().enumerate() {
        let at = format!("/crosswalks/{place}");
        if !seen.insert((pair(&crosswalk.from), pair(&crosswalk.to))) {
            let (zh, en) = ("这两个版本已有对照", "there is a crosswalk of these versions already");
            faults.push(Fault::error("crosswalk.twice", zh, en).at(&at));
        }
        let follow = editions.windows(2).find_map(|two| match two {
            [Some(before), Some(after)] if before.set_ref == crosswalk.from && after.set_ref == crosswalk.to => {
                Some((&before.set, &after.set))
            }
            _ => None,
        });
        match follow {
            Some((before, after)) => said(crosswalk, before, after, &at, &mut faults),
            // Where an edition is at fault, its set is not known.
            None if editions.iter().any(Option::is_none) => {}
            None => faults.push(
                Fault::error(
                    "crosswalk.no_edition",
                    "没有相邻的两个版次使用这两个版本",
                    "no two editions that follow each other have these versions",
                )
                .at(&at),
            ),
        }
    }
    Ok(faults)
}

fn pair(set: &SetRef) -> (&str, &str) {
    (set.code.as_str(), set.version.as_str())
}

/// Periods of one length, each later than the one before.
fn order(profile: &BenchmarkProfile, faults: &mut Faults) {
    let periods: Vec<Option<Period>> = profile.editions.iter().map(|edition| edition.period.as_str().parse().ok()).collect();
    for (place, two) in periods.windows(2).enumerate() {
        let [Some(before), Some(after)] = two else { continue };
        let at = format!("/editions/{}/period", place + 1);
        if before.kind() != after.kind() {
            let (zh, en) = ("时期长短不一", "the periods are of different lengths");
            faults.push(
                Fault::error("benchmark.period_length", zh, en).at(at).value(after.to_string()).expected(before.to_string()),
            );
        } else if after <= before {
            let (zh, en) = ("版次须按时期先后排列，每个时期一次", "editions stand in the order of time, one per period");
            faults.push(
                Fault::error("benchmark.period_order", zh, en).at(at).value(after.to_string()).expected(format!("> {before}")),
            );
        }
    }
}

/// An assessment with a result of a period.
async fn named(state: &State, id: &Id, period: &str, at: &str, faults: &mut Faults) -> Result<Option<Named>, Failure> {
    let stored = match assessments::find(state.db(), id.as_str()).await {
        Err(StoreError::Absent { .. }) => {
            faults.push(
                Fault::error("benchmark.assessment_absent", "没有这个评估", "there is no such assessment")
                    .at(at)
                    .value(id.as_str()),
            );
            return Ok(None);
        }
        found => found?,
    };
    if stored.result.is_none() {
        let (zh, en) = ("该评估没有结果", "the assessment has no result");
        faults.push(Fault::error("benchmark.assessment_open", zh, en).at(at).value(id.as_str()));
        return Ok(None);
    }
    let manifest = manifest(&stored)?;
    let (_, set) = sets::find(state, &stored.request.set).await?;
    if !manifest.periods.iter().any(|known| known.period == period) {
        let known: Vec<&str> = manifest.periods.iter().map(|known| known.period.as_str()).collect();
        let (zh, en) = ("该评估没有这个时期的结果", "the assessment has no result of the period");
        faults.push(Fault::error("benchmark.period_absent", zh, en).at(at).value(period).expected(known.join(" | ")));
    }
    Ok(Some(Named { set_ref: set_ref(&stored.request.set), set }))
}

/// The overlap applies the later set; where both editions have one set there is nothing to join.
fn overlap_fits(joins: Option<&Named>, before: Option<&Named>, after: Option<&Named>, at: &str, faults: &mut Faults) {
    let (Some(joins), Some(before), Some(after)) = (joins, before, after) else { return };
    let shown = |named: &Named| format!("{}@{}", named.set_ref.code, named.set_ref.version);
    if joins.set_ref != after.set_ref {
        let (zh, en) = ("衔接评估须用本版次的指标体系版本", "the overlap has to apply the set version of its edition");
        faults.push(Fault::error("benchmark.overlap_set", zh, en).at(at).value(shown(joins)).expected(shown(after)));
    } else if before.set_ref == after.set_ref {
        let (zh, en) = ("指标体系没有改变，无需衔接", "the set did not change, so there is nothing to join");
        faults.push(Fault::error("benchmark.overlap_needless", zh, en).at(at).hint("删去 overlap", "leave overlap out"));
    }
}

/// Whether what is said of nodes can be true.
fn said(crosswalk: &BenchmarkCrosswalk, before: &IndicatorSet, after: &IndicatorSet, at: &str, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (place, said) in crosswalk.nodes.iter().enumerate() {
        let at = format!("{at}/nodes/{place}");
        if !seen.insert(said.to.as_str()) {
            let (zh, en) = ("该节点已有对照", "the node has a crossing already");
            faults.push(Fault::error("crosswalk.node_twice", zh, en).at(format!("{at}/to")).value(said.to.as_str()));
        }
        if said.relation != BenchmarkRelation::Same && said.note.is_none() {
            let (zh, en) = ("须说明理由", "it has to be said why");
            faults.push(Fault::error("crosswalk.note", zh, en).at(format!("{at}/note")).hint("给出 note", "give a note"));
        }
        nodes(said, before, after, &at, faults);
    }
}

fn nodes(said: &BenchmarkCrossing, before: &IndicatorSet, after: &IndicatorSet, at: &str, faults: &mut Faults) {
    let (from, to) = (from_of(said), said.to.as_str());
    let places = [(before, from, "from"), (after, to, "to")].map(|(set, code, member)| {
        let place = set.node_index(code);
        if place.is_none() {
            let member = if said.from.is_none() { "to" } else { member };
            let version = format!("{}@{}", set.document().code, set.document().version);
            let (zh, en) = (format!("{version} 没有这个节点"), format!("{version} has no such node"));
            faults.push(Fault::error("crosswalk.unknown_node", zh, en).at(format!("{at}/{member}")).value(code));
        }
        place
    });
    let [Some(old), Some(new)] = places else { return };
    // Nodes of different codes may be one, renamed; of the same code they are what the sets say.
    let found = differences((before, old), (after, new));
    if said.relation == BenchmarkRelation::Same && from == to && !found.is_empty() {
        let named: Vec<String> = found.iter().map(|it| format!("{} ({})", it.node, it.part.word())).collect();
        faults.push(
            Fault::error(
                "crosswalk.not_same",
                "口径已改变，不能称为相同",
                "its definition changed, so it cannot be called the same",
            )
            .at(format!("{at}/relation"))
            .value(named.join(", "))
            .hint("若仍可比，用 similar 并说明理由", "where it can still be compared, say similar, and why"),
        );
    }
}
