//! What is known of a design when it is judged. Plain data: the service fills it, tests write it down.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::planning::{Element, ElementKind};
use crate::text::Text;

/// What is known of a design.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// Its elements.
    pub elements: Vec<ElementFact>,
    /// How many years are planned.
    pub years: f64,
    /// The assessments that its elements link to, directly or through a gap analysis.
    pub assessments: Vec<AssessmentFact>,
    /// The places of the gap analyses that its elements link to.
    pub gap_analyses: Vec<String>,
    /// The places of the least-effort paths of the design.
    pub paths: Vec<String>,
    /// What is known of its goal plans; none where it has none.
    pub goal_plans: Option<GoalPlanFacts>,
    /// What is known of its roadmaps; none where it has none.
    pub roadmaps: Option<RoadmapFacts>,
}

/// An element, as rules look at it.
#[derive(Debug, Clone, PartialEq)]
pub struct ElementFact {
    /// Its code.
    pub code: String,
    /// Its kind.
    pub kind: ElementKind,
    /// Its document.
    pub document: Value,
    /// What it links to.
    pub links: Vec<LinkFact>,
    /// Whether it is to be re-checked.
    pub recheck: bool,
}

/// A link, as rules look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkFact {
    /// The kind of target: `element`, `gap`, ….
    pub to: &'static str,
    /// The code of the element, where it is one.
    pub element: Option<String>,
}

/// An assessment that the design rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessmentFact {
    /// Its place in the interface.
    pub path: String,
    /// Whether its set says that it is based on GB/T 33356 or GB/T 34680.1 (6.3).
    pub on_standard: bool,
}

/// What is known of the goal plans of a design.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GoalPlanFacts {
    /// The places of the plans.
    pub plans: Vec<String>,
    /// How many overall goals they have.
    pub overall: u64,
    /// How many sub-goals.
    pub sub: u64,
    /// How many stage goals.
    pub stage: u64,
    /// How many of the stage goals say their tasks, content and results (7.3.2).
    pub stage_described: u64,
    /// Whether the linter has looked at them.
    pub linted: bool,
    /// What the linter found, by clause (`7.3.3.a`); a clause without an entry is clean.
    pub findings: BTreeMap<String, Vec<Text>>,
    /// How many revisions there are (7.3.4).
    pub revisions: u64,
}

/// What is known of the roadmaps of a design.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RoadmapFacts {
    /// The places of the roadmaps.
    pub roadmaps: Vec<String>,
    /// How many stages with goals and tasks they have (9.3.2).
    pub stages: u64,
    /// How many projects they schedule by dependency, urgency and difficulty.
    pub scheduled: u64,
}

/// A fact by its name: how many, where they are, and what they say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured {
    /// How many.
    pub count: u64,
    /// Where they are.
    pub proof: Vec<String>,
    /// What they say, where they are findings.
    pub says: Vec<Text>,
}

impl ElementFact {
    /// The fact of an element.
    #[must_use]
    pub fn of(element: &Element, recheck: bool) -> Self {
        let links = element.links.iter();
        Self {
            code: element.code().to_owned(),
            kind: element.kind(),
            document: json!(element.document)["document"].take(),
            links: links.map(|link| LinkFact { to: link.to.kind(), element: link.to.element().map(str::to_owned) }).collect(),
            recheck,
        }
    }
}

impl Facts {
    /// A fact by its name, none where nothing is known of it.
    ///
    /// `assessment`, `assessment.on_standard`, `gap_analysis`, `path`; `goal_plan`, `goal_plan.overall`, `.sub`, `.stage`,
    /// `.stage_described`, `.revisions`, `.lint.<clause>`; `roadmap`, `roadmap.stages`, `roadmap.scheduled`.
    #[must_use]
    pub fn measured(&self, name: &str) -> Option<Measured> {
        let at = |proof: &[String], count: u64| Measured { count, proof: proof.to_vec(), says: Vec::new() };
        let places = |proof: &[String]| at(proof, proof.len() as u64);
        match name {
            "assessment" => Some(places(&self.assessments.iter().map(|fact| fact.path.clone()).collect::<Vec<_>>())),
            "assessment.on_standard" => {
                let found = self.assessments.iter().filter(|fact| fact.on_standard);
                Some(places(&found.map(|fact| fact.path.clone()).collect::<Vec<_>>()))
            }
            "gap_analysis" => Some(places(&self.gap_analyses)),
            "path" => Some(places(&self.paths)),
            _ => self.goal_plan(name).or_else(|| self.roadmap(name)),
        }
    }

    fn goal_plan(&self, name: &str) -> Option<Measured> {
        let known = self.goal_plans.as_ref()?;
        let count = match name.strip_prefix("goal_plan")? {
            "" => known.plans.len() as u64,
            ".overall" => known.overall,
            ".sub" => known.sub,
            ".stage" => known.stage,
            ".stage_described" => known.stage_described,
            ".revisions" => known.revisions,
            other => {
                let clause = other.strip_prefix(".lint.").filter(|_| known.linted)?;
                let says = known.findings.get(clause).cloned().unwrap_or_default();
                return Some(Measured { count: says.len() as u64, proof: known.plans.clone(), says });
            }
        };
        Some(Measured { count, proof: known.plans.clone(), says: Vec::new() })
    }

    fn roadmap(&self, name: &str) -> Option<Measured> {
        let known = self.roadmaps.as_ref()?;
        let count = match name.strip_prefix("roadmap")? {
            "" => known.roadmaps.len() as u64,
            ".stages" => known.stages,
            ".scheduled" => known.scheduled,
            _ => return None,
        };
        Some(Measured { count, proof: known.roadmaps.clone(), says: Vec::new() })
    }
}
