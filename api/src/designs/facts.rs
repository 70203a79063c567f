//! What is known of a design when a standard judges it.

mod plans;
mod roadmaps;

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::IndicatorSet;
use citygauge_indicators::planning::LinkTarget;
use citygauge_indicators::planning::conformance::{AssessmentFact, ElementFact, Facts};
use citygauge_indicators::planning::dossier::years_between;
use citygauge_openapi::API_ROOT;

use super::outside::there;
use super::recheck;
use crate::error::Failure;
use crate::sets;
use crate::state::State;
use crate::store::designs::{Design, StoredElement};
use crate::store::{assessments, gap_analyses};

/// The standards that clause 6.3 names, as a set says what it is based on.
const STANDARDS_OF_6_3: [&str; 2] = ["33356", "34680"];

/// The facts of a design.
pub async fn gather(state: &State, design: &Design, elements: &[StoredElement]) -> Result<Facts, Failure> {
    let marked: BTreeSet<String> = recheck::find(state, design, elements).await?.into_iter().map(|mark| mark.code).collect();
    let (mut assessed, mut gaps, mut paths) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut plans, mut maps) = (BTreeSet::new(), BTreeSet::new());
    for target in elements.iter().flat_map(|stored| &stored.element.links).map(|link| &link.to) {
        match target {
            LinkTarget::Assessment(id) => {
                assessed.insert(id.clone());
            }
            LinkTarget::Gap(gap) => {
                gaps.insert(gap.analysis.clone());
            }
            LinkTarget::Path(id) => {
                paths.insert(id.clone());
            }
            LinkTarget::Goal(goal) => {
                plans.insert(goal.plan.clone());
            }
            LinkTarget::Roadmap(id) => {
                maps.insert(id.clone());
            }
            LinkTarget::Element(_) | LinkTarget::Indicator(_) | LinkTarget::Observation(_) | LinkTarget::Evidence(_) => {}
        }
    }
    for id in &gaps {
        assessed.extend(there(gap_analyses::find(state.db(), id).await)?.map(|analysis| analysis.assessment_id));
    }
    let place = |resource: &str, id: &String| format!("{API_ROOT}/{resource}/{id}");
    Ok(Facts {
        elements: elements
            .iter()
            .map(|stored| ElementFact::of(&stored.element, marked.contains(stored.element.code())))
            .collect(),
        years: years_between(design.header.from, design.header.to),
        assessments: assessments_of(state, &assessed).await?,
        gap_analyses: gaps.iter().map(|id| place("gap-analyses", id)).collect(),
        paths: paths.iter().map(|id| place("paths", id)).collect(),
        goal_plans: plans::facts(state, design, &plans).await?,
        roadmaps: roadmaps::facts(state, design, &maps).await?,
    })
}

async fn assessments_of(state: &State, ids: &BTreeSet<String>) -> Result<Vec<AssessmentFact>, Failure> {
    let mut facts = Vec::new();
    let mut on_standard: BTreeMap<String, bool> = BTreeMap::new();
    for id in ids {
        let Some(found) = there(assessments::find(state.db(), id).await)?.filter(|found| found.result.is_some()) else {
            continue;
        };
        let known = match on_standard.get(&found.request.set_digest) {
            Some(known) => *known,
            None => {
                let (_, set) = sets::find(state, &found.request.set).await?;
                on_standard.insert(found.request.set_digest.clone(), is_on_standard(&set));
                is_on_standard(&set)
            }
        };
        facts.push(AssessmentFact { path: format!("{API_ROOT}/assessments/{id}"), on_standard: known });
    }
    Ok(facts)
}

/// Whether a set says that it is based on one of the standards of clause 6.3.
fn is_on_standard(set: &IndicatorSet) -> bool {
    let basis = set.document().basis.as_ref().and_then(|basis| basis.standard.as_deref());
    basis.is_some_and(|basis| STANDARDS_OF_6_3.iter().any(|number| basis.contains(number)))
}
