//! Links of a dossier: what an element rests on, within the dossier and outside it.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::words::{read_document, words};
use crate::fault::{Fault, Faults};
use crate::read::{Object, Read};

words! {
    /// How an element rests on what it links to.
    LinkRelation {
        /// It originates there: a requirement in a finding or a gap.
        Origin = "origin",
        /// It is based on it.
        BasedOn = "based_on",
        /// It serves it: a task or a project a goal.
        Serves = "serves",
        /// It addresses it: a principle a problem, a task a gap.
        Addresses = "addresses",
        /// It realises it: a project a task, a task a requirement.
        Realises = "realises",
        /// It depends on it.
        DependsOn = "depends_on",
        /// It is a part of it.
        PartOf = "part_of",
        /// It compares with it.
        ComparedWith = "compared_with",
        /// It is about it: feedback about an element.
        Concerns = "concerns",
        /// It is borne out by it.
        Evidence = "evidence",
    }
}

/// What a link points to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkTarget {
    /// An element of the same dossier, by its code.
    Element(String),
    /// The gap of a node in a gap analysis.
    Gap(GapTarget),
    /// A goal of a goal plan.
    Goal(GoalTarget),
    /// An assessment, by its identifier.
    Assessment(String),
    /// A node of an indicator set.
    Indicator(IndicatorTarget),
    /// An observation of the city.
    Observation(ObservationTarget),
    /// A file that supports an observation of the city, by its identifier.
    Evidence(String),
    /// A roadmap, by its identifier.
    Roadmap(String),
    /// A least-effort path, by its identifier.
    Path(String),
}

/// The gap of a node in a gap analysis.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GapTarget {
    /// The identifier of the analysis.
    pub analysis: String,
    /// The code of the node.
    pub node: String,
}

/// A goal of a goal plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GoalTarget {
    /// The plan.
    pub plan: String,
    /// The code of the goal.
    pub goal: String,
}

/// A node of an indicator set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct IndicatorTarget {
    /// The code of the set.
    pub set: String,
    /// Its version.
    pub version: String,
    /// The code of the node.
    pub node: String,
}

/// An observation of the city.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ObservationTarget {
    /// The code of the city.
    pub city: String,
    /// The period.
    pub period: String,
    /// The code of the data item.
    pub item: String,
}

/// A link of an element to what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ElementLink {
    /// How it rests on it.
    pub relation: LinkRelation,
    /// What it rests on.
    pub to: LinkTarget,
}

read_document!(GapTarget { required analysis, required node });
read_document!(GoalTarget { required plan, required goal });
read_document!(IndicatorTarget { required set, required version, required node });
read_document!(ObservationTarget { required city, required period, required item });
read_document!(ElementLink { required relation, required to });

impl LinkTarget {
    /// The words for the kinds of target, as documents write them.
    pub const KINDS: [&'static str; 9] =
        ["element", "gap", "goal", "assessment", "indicator", "observation", "evidence", "roadmap", "path"];

    /// The word for the kind of target.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Element(_) => "element",
            Self::Gap(_) => "gap",
            Self::Goal(_) => "goal",
            Self::Assessment(_) => "assessment",
            Self::Indicator(_) => "indicator",
            Self::Observation(_) => "observation",
            Self::Evidence(_) => "evidence",
            Self::Roadmap(_) => "roadmap",
            Self::Path(_) => "path",
        }
    }

    /// The code of the element, where it is one of the same dossier.
    #[must_use]
    pub fn element(&self) -> Option<&str> {
        match self {
            Self::Element(code) => Some(code),
            _ => None,
        }
    }
}

/// As a list of links, a table or a mark names it: `element:R1`, `gap:<analysis>/<node>`.
impl fmt::Display for LinkTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.kind())?;
        match self {
            Self::Element(one) | Self::Assessment(one) | Self::Evidence(one) | Self::Roadmap(one) | Self::Path(one) => {
                f.write_str(one)
            }
            Self::Gap(GapTarget { analysis, node }) => write!(f, "{analysis}/{node}"),
            Self::Goal(GoalTarget { plan, goal }) => write!(f, "{plan}/{goal}"),
            Self::Indicator(IndicatorTarget { set, version, node }) => write!(f, "{set}@{version}/{node}"),
            Self::Observation(ObservationTarget { city, period, item }) => write!(f, "{city}/{period}/{item}"),
        }
    }
}

impl Read for LinkTarget {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let known = faults.0.len();
        let read = [
            object.optional("element", faults).map(Self::Element),
            object.optional("gap", faults).map(Self::Gap),
            object.optional("goal", faults).map(Self::Goal),
            object.optional("assessment", faults).map(Self::Assessment),
            object.optional("indicator", faults).map(Self::Indicator),
            object.optional("observation", faults).map(Self::Observation),
            object.optional("evidence", faults).map(Self::Evidence),
            object.optional("roadmap", faults).map(Self::Roadmap),
            object.optional("path", faults).map(Self::Path),
        ];
        let is_complete = object.close(faults);
        let mut targets = read.into_iter().flatten();
        match (targets.next(), targets.next(), is_complete && faults.0.len() == known) {
            (_, _, false) => None,
            (Some(target), None, true) => Some(target),
            _ => {
                faults.push(
                    Fault::error("design.link_target", "链接须指向一个目标", "a link points to one thing")
                        .at(at)
                        .expected(Self::KINDS.join(" | "))
                        .hint("请只写其中一项", "write one of them"),
                );
                None
            }
        }
    }
}
