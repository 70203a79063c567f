//! The roadmaps of a design: those that take its projects, and those to which its elements link.

use std::collections::BTreeSet;

use citygauge_indicators::planning::conformance::RoadmapFacts;
use citygauge_openapi::API_ROOT;
use serde_json::Value;

use crate::error::Failure;
use crate::state::State;
use crate::store::designs::Design;
use crate::store::roadmaps;

/// The most roadmaps of a city that are looked through.
const MOST: u64 = 1_000;

/// What is known of the roadmaps; none where there is no roadmap.
pub(super) async fn facts(state: &State, design: &Design, linked: &BTreeSet<String>) -> Result<Option<RoadmapFacts>, Failure> {
    let of_city = roadmaps::page(state.db(), Some(&design.header.city), None, MOST).await?.items;
    let mut facts = RoadmapFacts::default();
    for row in of_city {
        let names_it = row.document.pointer("/document/design").and_then(Value::as_str) == Some(design.id.as_str());
        if !names_it && !linked.contains(&row.id) {
            continue;
        }
        facts.roadmaps.push(format!("{API_ROOT}/roadmaps/{}", row.id));
        facts.stages += members(&row.document, "/stages").filter(|stage| has_goal_and_tasks(stage)).count() as u64;
        facts.scheduled += members(&row.document, "/schedule").filter(|project| project["start"].is_number()).count() as u64;
    }
    Ok(Some(facts).filter(|facts| !facts.roadmaps.is_empty()))
}

fn members<'a>(document: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    document.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// Whether a stage says what is to be reached, and what is to be done: projects that begin or end, or tasks.
fn has_goal_and_tasks(stage: &Value) -> bool {
    let is_listed = |member: &str| stage[member].as_array().is_some_and(|listed| !listed.is_empty());
    stage["score"].is_number() && ["begins", "ends", "tasks"].into_iter().any(is_listed)
}
