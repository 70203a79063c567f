//! What links of a dossier point to outside of it: whether it is there, whether the caller may link to it, and what it is
//! now. One function per kind of target.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use citygauge_indicators::planning::{GapTarget, GoalTarget, IndicatorTarget, LinkTarget, ObservationTarget};
use citygauge_indicators::{IndicatorSet, NodeIndex};
use serde_json::Value;

use super::fingerprint;
use crate::auth::{Caller, Right};
use crate::error::Failure;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::SetKey;
use crate::store::observations::{self, Filter, Observation};
use crate::store::{StoreError, assessments, evidence, gap_analyses, goal_plans, indicator_sets, paths, roadmaps};

/// The most items that stand behind one gap and are looked at.
const MOST_ITEMS: u64 = 10_000;

/// What a target is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Now {
    /// It is there, and this is its fingerprint.
    Is(String),
    /// It is not there, or not for this caller, which is not told apart.
    Absent,
}

/// What these targets are now, for a design of a city. With a caller: what the caller may link to.
pub async fn look<'t>(
    state: &State,
    city: &str,
    caller: Option<&Caller>,
    targets: impl IntoIterator<Item = &'t LinkTarget>,
) -> Result<BTreeMap<LinkTarget, Now>, Failure> {
    let mut looking = Looking { state, city, caller, analyses: HashMap::new() };
    let mut found = BTreeMap::new();
    for target in targets {
        if target.element().is_none() && !found.contains_key(target) {
            found.insert(target.clone(), looking.at(target).await?);
        }
    }
    Ok(found)
}

struct Looking<'l> {
    state: &'l State,
    city: &'l str,
    caller: Option<&'l Caller>,
    analyses: HashMap<String, Option<gap_analyses::GapAnalysis>>,
}

impl Looking<'_> {
    async fn at(&mut self, target: &LinkTarget) -> Result<Now, Failure> {
        match target {
            LinkTarget::Gap(gap) => self.gap(gap).await,
            LinkTarget::Assessment(id) => self.assessment(id).await,
            LinkTarget::Indicator(indicator) => self.indicator(indicator).await,
            LinkTarget::Observation(observation) => self.observation(observation).await,
            LinkTarget::Evidence(id) => self.evidence(id).await,
            LinkTarget::Goal(goal) => self.goal(goal).await,
            LinkTarget::Roadmap(id) => self.roadmap(id).await,
            LinkTarget::Path(id) => self.path(id).await,
            // Elements are looked up in the dossier itself.
            LinkTarget::Element(_) => Ok(Now::Absent),
        }
    }

    /// The gap as the analysis has it, and the values that stand behind it as they are today: a corrected value changes the
    /// fingerprint although the analysis stays as it was.
    async fn gap(&mut self, target: &GapTarget) -> Result<Now, Failure> {
        if !self.analyses.contains_key(&target.analysis) {
            let found = there(gap_analyses::find(self.state.db(), &target.analysis).await)?;
            self.analyses.insert(target.analysis.clone(), found);
        }
        let Some(analysis) = self.analyses.get(&target.analysis).and_then(Option::as_ref) else { return Ok(Now::Absent) };
        // Whom it is compared with by name must be a city of the caller's too, as where the analysis is shown.
        let other = analysis.against.strip_prefix("city:");
        let is_hidden = other.is_some_and(|other| self.caller.is_some_and(|caller| !caller.may_touch(other)));
        if analysis.city != self.city || is_hidden {
            return Ok(Now::Absent);
        }
        let Some(row) = gap_row(&analysis.document, &target.node) else { return Ok(Now::Absent) };
        let observed: Vec<i64> = match behind(self.state, analysis, &target.node).await? {
            Some(behind) => behind.observed.iter().map(|observation| observation.id).collect(),
            None => Vec::new(),
        };
        Ok(Now::Is(fingerprint(&(row, observed))?))
    }

    /// An assessment that has a result; it never changes.
    async fn assessment(&self, id: &str) -> Result<Now, Failure> {
        if self.caller.is_some_and(|caller| !caller.may(Right::ReadAssessments)) {
            return Ok(Now::Absent);
        }
        let found = there(assessments::find(self.state.db(), id).await)?;
        match found.and_then(|found| found.result) {
            Some(result) => Ok(Now::Is(fingerprint(&result)?)),
            None => Ok(Now::Absent),
        }
    }

    /// A node of a version of a set; a draft may still change.
    async fn indicator(&self, target: &IndicatorTarget) -> Result<Now, Failure> {
        let Some((digest, set)) = version(self.state, target).await? else { return Ok(Now::Absent) };
        match set.node_index(&target.node) {
            Some(_) => Ok(Now::Is(fingerprint(&digest)?)),
            None => Ok(Now::Absent),
        }
    }

    /// The current value of a place of the city.
    async fn observation(&self, target: &ObservationTarget) -> Result<Now, Failure> {
        if target.city != self.city || self.caller.is_some_and(|caller| !caller.may(Right::ReadObservations)) {
            return Ok(Now::Absent);
        }
        let items = BTreeSet::from([target.item.clone()]);
        match observed(self.state, self.city, &target.period, items).await?.first() {
            Some(current) => Ok(Now::Is(fingerprint(&current.id)?)),
            None => Ok(Now::Absent),
        }
    }

    /// A goal of a plan of the city, as the plan has it now.
    async fn goal(&self, target: &GoalTarget) -> Result<Now, Failure> {
        let found = there(goal_plans::find(self.state.db(), &target.plan).await)?;
        let Some(plan) = found.filter(|plan| plan.city == self.city) else { return Ok(Now::Absent) };
        match goal_row(&plan.document, &target.goal) {
            Some(goal) => Ok(Now::Is(fingerprint(goal)?)),
            None => Ok(Now::Absent),
        }
    }

    /// A roadmap of the city; it never changes.
    async fn roadmap(&self, id: &str) -> Result<Now, Failure> {
        match there(roadmaps::find(self.state.db(), id).await)? {
            Some(found) if found.city == self.city => Ok(Now::Is(fingerprint(&found.id)?)),
            _ => Ok(Now::Absent),
        }
    }

    /// A least-effort path of the city; it never changes.
    async fn path(&self, id: &str) -> Result<Now, Failure> {
        match there(paths::find(self.state.db(), id).await)? {
            Some(found) if found.city == self.city => Ok(Now::Is(fingerprint(&found.id)?)),
            _ => Ok(Now::Absent),
        }
    }

    /// A file that supports an observation of the city and was not withdrawn.
    async fn evidence(&self, id: &str) -> Result<Now, Failure> {
        if self.caller.is_some_and(|caller| !caller.may(Right::ReadEvidence)) {
            return Ok(Now::Absent);
        }
        match there(evidence::find(self.state.db(), id).await)? {
            Some(found) if found.place.city == self.city && found.withdrawn.is_none() => Ok(Now::Is(fingerprint(&found.digest)?)),
            _ => Ok(Now::Absent),
        }
    }
}

/// What stands behind a gap: the indicator with its set, and the current values of the items that it reads.
pub struct Behind {
    /// The version of the set.
    pub set: SetKey,
    /// The set.
    pub checked: std::sync::Arc<IndicatorSet>,
    /// The node.
    pub node: NodeIndex,
    /// The values of the city and period of the analysis, by item.
    pub observed: Vec<Observation>,
}

/// What stands behind the gap of a node; nothing where the set has no such node.
pub async fn behind(state: &State, analysis: &gap_analyses::GapAnalysis, node: &str) -> Result<Option<Behind>, Failure> {
    let assessment = assessments::find(state.db(), &analysis.assessment_id).await?;
    let set = assessment.request.set;
    let (_, checked) = sets::find(state, &set).await?;
    let Some(node) = checked.node_index(node) else { return Ok(None) };
    let period = analysis.document.pointer("/analysis/period").and_then(Value::as_str);
    let period = period.ok_or_else(|| Failure::internal("a gap analysis without a period"))?;
    let observed = observed(state, &analysis.city, period, items(&checked, node)).await?;
    Ok(Some(Behind { set, checked, node, observed }))
}

/// The row of a node in a gap analysis, as it is kept.
pub fn gap_row<'a>(document: &'a Value, node: &str) -> Option<&'a Value> {
    document.pointer("/analysis/gaps")?.as_array()?.iter().find(|row| row["node"] == node)
}

/// A goal in the document of a plan.
pub fn goal_row<'a>(document: &'a Value, goal: &str) -> Option<&'a Value> {
    document.pointer("/goals")?.as_array()?.iter().find(|row| row["code"] == goal)
}

/// A version of a set with its digest, where it is there.
pub async fn version(state: &State, target: &IndicatorTarget) -> Result<Option<(String, std::sync::Arc<IndicatorSet>)>, Failure> {
    let key = SetKey { code: target.set.clone(), version: target.version.clone() };
    let Some(stored) = indicator_sets::find_by_key(state.db(), &key).await? else { return Ok(None) };
    let set = sets::checked(state, &stored).await?;
    Ok(Some((stored.entry.digest, set)))
}

/// The current values of the items that an indicator reads, of a city and period.
pub async fn values_of(
    state: &State,
    indicator: &IndicatorTarget,
    city: &str,
    period: &str,
) -> Result<Vec<Observation>, Failure> {
    let Some((_, set)) = version(state, indicator).await? else { return Ok(Vec::new()) };
    match set.node_index(&indicator.node) {
        Some(node) => observed(state, city, period, items(&set, node)).await,
        None => Ok(Vec::new()),
    }
}

/// The items that a node reads, or the leaves below it.
fn items(set: &IndicatorSet, node: NodeIndex) -> BTreeSet<String> {
    let (mut open, mut items) = (vec![node], BTreeSet::new());
    while let Some(node) = open.pop() {
        let node = &set.nodes()[node];
        open.extend(&node.children);
        items.extend(node.leaf().into_iter().flat_map(|leaf| &leaf.items).map(|item| set.items()[*item].code.clone()));
    }
    items
}

/// The current values of a city and period.
async fn observed(state: &State, city: &str, period: &str, items: BTreeSet<String>) -> Result<Vec<Observation>, Failure> {
    // An empty list would stand for every item.
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter {
        cities: vec![city.to_owned()],
        items: items.into_iter().collect(),
        periods: vec![period.to_owned()],
        ..Filter::default()
    };
    Ok(observations::page(state.db(), &filter, None, MOST_ITEMS).await?.items)
}

/// What is there, or nothing where it is absent.
pub fn there<T>(found: Result<T, StoreError>) -> Result<Option<T>, Failure> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::Absent { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
