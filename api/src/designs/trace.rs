//! From an element back to what it rests on, as far as the evidence; or forward to what rests on it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use citygauge_indicators::planning::{
    Element, ElementDocument, GapTarget, GoalTarget, IndicatorTarget, LinkTarget, ObservationTarget,
};
use citygauge_indicators::{Language, Text, excerpt};
use citygauge_openapi::{API_ROOT, DesignTrace, DesignTraceEdge, DesignTraceNode, path_segment};
use serde_json::{Value, json};

use super::element_path;
use super::outside::{Behind, behind, there, values_of, version};
use crate::auth::{Caller, Right};
use crate::error::Failure;
use crate::goal_plans::document_of;
use crate::state::State;
use crate::store::designs::{Design, StoredElement};
use crate::store::observations::Place;
use crate::store::{evidence, gap_analyses, goal_plans};

/// The most that a trace comes upon.
const MOST_NODES: usize = 500;

/// Which way a trace goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To what an element rests on.
    Back,
    /// To what rests on it.
    Forward,
}

/// What is looked at, for whom.
pub struct Tracing<'t> {
    /// The service.
    pub state: &'t State,
    /// Who asks.
    pub caller: &'t Caller,
    /// The language of titles.
    pub language: Language,
    /// The design.
    pub design: &'t Design,
    /// Its elements.
    pub elements: &'t [StoredElement],
    /// The codes of those that are to be re-checked.
    pub marked: &'t BTreeSet<String>,
}

#[derive(Default)]
struct Graph {
    known: BTreeSet<String>,
    told: BTreeSet<(String, String, String)>,
    nodes: Vec<DesignTraceNode>,
    edges: Vec<DesignTraceEdge>,
    open: VecDeque<LinkTarget>,
    truncated: bool,
}

impl Graph {
    /// Notes that something rests on something; whichever of the two is new is looked at later.
    fn rests(&mut self, from: &LinkTarget, to: &LinkTarget, relation: &str) {
        for end in [from, to] {
            let name = end.to_string();
            if self.known.contains(&name) {
                continue;
            }
            if self.known.len() >= MOST_NODES {
                self.truncated = true;
                return;
            }
            self.known.insert(name);
            self.open.push_back(end.clone());
        }
        let (from, to, relation) = (from.to_string(), to.to_string(), relation.to_owned());
        if self.told.insert((from.clone(), to.clone(), relation.clone())) {
            self.edges.push(DesignTraceEdge { from, to, relation });
        }
    }
}

impl Tracing<'_> {
    /// The trace of an element, which is one of the design.
    pub async fn trace(&self, code: &str, direction: Direction) -> Result<DesignTrace, Failure> {
        let by_code: BTreeMap<&str, &StoredElement> =
            self.elements.iter().map(|stored| (stored.element.code(), stored)).collect();
        let mut dependents: BTreeMap<LinkTarget, Vec<(&'static str, LinkTarget)>> = BTreeMap::new();
        for stored in self.elements {
            let from = LinkTarget::Element(stored.element.code().to_owned());
            for (relation, to) in rests_on(&stored.element) {
                dependents.entry(to).or_default().push((relation, from.clone()));
            }
        }
        let start = LinkTarget::Element(code.to_owned());
        let mut graph = Graph::default();
        graph.known.insert(start.to_string());
        graph.open.push_back(start);
        while let Some(target) = graph.open.pop_front() {
            let LinkTarget::Element(code) = &target else {
                self.outside(&target, &mut graph).await?;
                continue;
            };
            let Some(stored) = by_code.get(code.as_str()) else { continue };
            graph.nodes.push(self.element(&stored.element));
            match direction {
                Direction::Back => {
                    for (relation, to) in rests_on(&stored.element) {
                        graph.rests(&target, &to, relation);
                    }
                }
                // An edge still goes from what rests to what it rests on.
                Direction::Forward => {
                    for (relation, from) in dependents.get(&target).into_iter().flatten() {
                        graph.rests(from, &target, relation);
                    }
                }
            }
        }
        Ok(DesignTrace { nodes: graph.nodes, edges: graph.edges, truncated: graph.truncated })
    }

    fn element(&self, element: &Element) -> DesignTraceNode {
        DesignTraceNode {
            id: LinkTarget::Element(element.code().to_owned()).to_string(),
            kind: element.kind().word().to_owned(),
            title: excerpt(heading(element).get(self.language)),
            path: Some(element_path(&self.design.id, element.code())),
            recheck: self.marked.contains(element.code()),
        }
    }

    async fn outside(&self, target: &LinkTarget, graph: &mut Graph) -> Result<(), Failure> {
        let id = target.to_string();
        let (title, path) = match target {
            LinkTarget::Gap(gap) => {
                let title = self.gap(gap, target, graph).await?;
                (title, format!("gap-analyses/{}", path_segment(&gap.analysis)))
            }
            LinkTarget::Indicator(indicator) => {
                let IndicatorTarget { set, version: number, node } = indicator;
                let found = version(self.state, indicator).await?;
                let title = found.and_then(|(_, set)| Some(set.nodes()[set.node_index(node)?].title.clone()));
                let title = title.map_or_else(|| node.clone(), |title| title.get(self.language).to_owned());
                (title, format!("indicator-sets/{}/versions/{}", path_segment(set), path_segment(number)))
            }
            LinkTarget::Observation(observation) => {
                self.observation(observation, target, graph).await?;
                let ObservationTarget { city, period, item } = observation;
                let place = [city, period, item].map(|part| path_segment(part)).join("/");
                (format!("{item} {period}"), format!("observations/{place}/history"))
            }
            LinkTarget::Evidence(file) => {
                let found = there(evidence::find(self.state.db(), file).await)?;
                let found = found.filter(|found| found.withdrawn.is_none() && self.caller.may(Right::ReadEvidence));
                let title = found.map(|found| found.title.unwrap_or(found.file_name)).unwrap_or_default();
                (title, format!("evidence/{}", path_segment(file)))
            }
            LinkTarget::Assessment(one) => (String::new(), format!("assessments/{}", path_segment(one))),
            LinkTarget::Goal(goal) => {
                let title = self.goal(goal, target, graph).await?;
                (title, format!("goal-plans/{}", path_segment(&goal.plan)))
            }
            LinkTarget::Roadmap(one) => (String::new(), format!("roadmaps/{}", path_segment(one))),
            LinkTarget::Path(one) => (String::new(), format!("paths/{}", path_segment(one))),
            LinkTarget::Element(_) => return Ok(()),
        };
        let path = Some(format!("{API_ROOT}/{path}"));
        graph.nodes.push(DesignTraceNode { id, kind: target.kind().to_owned(), title: excerpt(&title), path, recheck: false });
        Ok(())
    }

    /// A gap rests on its assessment and on the indicator, and that on the values that it reads.
    async fn gap(&self, gap: &GapTarget, from: &LinkTarget, graph: &mut Graph) -> Result<String, Failure> {
        let Some(analysis) = there(gap_analyses::find(self.state.db(), &gap.analysis).await)? else {
            return Ok(gap.node.clone());
        };
        graph.rests(from, &LinkTarget::Assessment(analysis.assessment_id.clone()), "of");
        let Some(Behind { set, checked, node, observed }) = behind(self.state, &analysis, &gap.node).await? else {
            return Ok(gap.node.clone());
        };
        let indicator = LinkTarget::Indicator(IndicatorTarget { set: set.code, version: set.version, node: gap.node.clone() });
        graph.rests(from, &indicator, "of");
        for observation in observed {
            let value = observation.value;
            let place = ObservationTarget { city: value.city, period: value.period, item: value.item };
            graph.rests(&indicator, &LinkTarget::Observation(place), "reads");
        }
        Ok(checked.nodes()[node].title.get(self.language).to_owned())
    }

    /// A goal rests on its indicator and on the assessment of its baseline, and that indicator on the values of the baseline.
    async fn goal(&self, goal: &GoalTarget, from: &LinkTarget, graph: &mut Graph) -> Result<String, Failure> {
        let found = there(goal_plans::find(self.state.db(), &goal.plan).await)?;
        let Some(plan) = found.filter(|plan| plan.city == self.design.header.city) else { return Ok(goal.goal.clone()) };
        let plan = document_of(&plan)?;
        let Some((_, row)) = plan.goal(&goal.goal) else { return Ok(goal.goal.clone()) };
        if let Some(assessment) = &plan.baseline.assessment {
            graph.rests(from, &LinkTarget::Assessment(assessment.clone()), "of");
        }
        if let Some(node) = &row.node {
            let indicator = IndicatorTarget { set: plan.set.code.clone(), version: plan.set.version.clone(), node: node.clone() };
            for observation in values_of(self.state, &indicator, &plan.city, &plan.baseline.period.to_string()).await? {
                let value = observation.value;
                let place = ObservationTarget { city: value.city, period: value.period, item: value.item };
                graph.rests(&LinkTarget::Indicator(indicator.clone()), &LinkTarget::Observation(place), "reads");
            }
            graph.rests(from, &LinkTarget::Indicator(indicator), "of");
        }
        Ok(row.statement.get(self.language).to_owned())
    }

    /// A value rests on the files that support it, for whoever may read them.
    async fn observation(&self, observation: &ObservationTarget, from: &LinkTarget, graph: &mut Graph) -> Result<(), Failure> {
        if !self.caller.may(Right::ReadEvidence) || !self.caller.may_touch(&observation.city) {
            return Ok(());
        }
        let ObservationTarget { city, period, item } = observation.clone();
        for file in evidence::list(self.state.db(), &Place { city, period, item }).await? {
            if file.withdrawn.is_none() {
                graph.rests(from, &LinkTarget::Evidence(file.id), "evidence");
            }
        }
        Ok(())
    }
}

/// What an element rests on: its links, what stands above it in the business architecture, the projects that it waits for.
fn rests_on(element: &Element) -> Vec<(&'static str, LinkTarget)> {
    let mut found: Vec<(&'static str, LinkTarget)> =
        element.links.iter().map(|link| (link.relation.word(), link.to.clone())).collect();
    match &element.document {
        ElementDocument::Architecture(document) => {
            found.extend(document.parent.iter().map(|parent| ("part_of", LinkTarget::Element(parent.clone()))));
        }
        ElementDocument::Project(project) => {
            found.extend(project.depends_on.iter().map(|code| ("depends_on", LinkTarget::Element(code.clone()))));
        }
        _ => {}
    }
    found
}

/// The title of an element, or its text where it has none.
pub fn heading(element: &Element) -> Text {
    let mut document = json!(element.document)["document"].take();
    let first =
        ["title", "text", "found", "model"].into_iter().map(|member| document[member].take()).find(|value| !value.is_null());
    match first {
        Some(Value::String(word)) => Text::both(word.clone(), word),
        Some(text) => serde_json::from_value(text).unwrap_or_default(),
        None => Text::default(),
    }
}
