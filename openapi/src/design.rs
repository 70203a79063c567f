//! Designs: planning projects of a city with their dossiers, what is to be re-checked in them, and how far they do what a
//! standard asks. What they hold is defined in [`citygauge_indicators::planning`].

use citygauge_indicators::Text;
use citygauge_indicators::planning::conformance::{ClauseRole, ClauseStatus};
use citygauge_indicators::planning::{DesignMember, DesignState, Element, ElementKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Id, Line, Moment, Note, PeriodCode};

/// A planning project of a city.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Design {
    /// Its identifier.
    pub id: Id,
    /// What it is called.
    pub title: Text,
    /// The code of the city.
    pub city: Code,
    /// The period with which the planning begins.
    pub from: PeriodCode,
    /// The period with which it ends.
    pub to: PeriodCode,
    /// Where it stands in its life.
    pub state: DesignState,
    /// Who takes part.
    pub members: Vec<DesignMember>,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it, or an element of it, last changed.
    pub updated_at: Moment,
}

page_of!(
    /// A page of designs, the newest first.
    DesignPage, Design
);

/// Why an element is to be re-checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ElementMark {
    /// What it rests on that has changed, or is gone, since the link was made or confirmed: `observation:330100/2026/x`.
    pub changed: Vec<String>,
    /// The elements it rests on that are to be re-checked themselves.
    pub through: Vec<Code>,
}

/// An element of a design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DesignElement {
    /// Its code, unique in the design.
    pub code: Code,
    /// The element as it was put: kind, document, links.
    #[schema(value_type = Element)]
    pub element: Value,
    /// Why it is to be re-checked; absent where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recheck: Option<ElementMark>,
    /// When it was first put.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// Who changed it.
    pub updated_by: String,
}

page_of!(
    /// A page of elements, by code.
    DesignElementPage, DesignElement
);

/// What became of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DesignElementEventAction {
    /// It was put, or changed.
    Put,
    /// It was removed.
    Removed,
    /// It was confirmed after what it rests on had changed.
    Rechecked,
}

/// Something that became of an element.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DesignElementEvent {
    /// What.
    pub action: DesignElementEventAction,
    /// The element as it was put.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Element>)]
    pub element: Option<Value>,
    /// Why it was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
    /// When.
    pub at: Moment,
    /// Who.
    pub by: String,
}

/// What became of an element, the newest first; also of one that was removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DesignElementHistory {
    /// What became of it, at most the last thousand.
    pub items: Vec<DesignElementEvent>,
}

/// An element that is to be re-checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ElementToRecheck {
    /// Its code.
    pub code: Code,
    /// Its kind.
    pub kind: ElementKind,
    /// Why.
    #[serde(flatten)]
    pub mark: ElementMark,
}

/// What is to be re-checked in a design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DesignRecheck {
    /// The elements, in the order of the activities, then by code.
    pub items: Vec<ElementToRecheck>,
}

/// Confirms an element after what it rests on has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ElementRechecked {
    /// Why it stands.
    pub reason: Note,
}

/// What became of elements that were put together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DesignImport {
    /// The design.
    pub design: Design,
    /// How many elements are new or have changed.
    pub put: u64,
    /// How many are as they were.
    pub unchanged: u64,
    /// How many were removed.
    pub removed: u64,
}

/// Something that a trace comes upon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DesignTraceNode {
    /// How edges name it: `element:P1`, `gap:<analysis>/L1`, `observation:330100/2026/x`, `evidence:<id>`.
    pub id: String,
    /// The kind of element, or `gap`, `goal`, `assessment`, `indicator`, `observation`, `evidence`, `roadmap`, `path`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is called, in the caller's language.
    pub title: String,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether it is an element that is to be re-checked.
    #[serde(default)]
    pub recheck: bool,
}

/// That something rests on something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DesignTraceEdge {
    /// What rests.
    pub from: String,
    /// What it rests on.
    pub to: String,
    /// How: the relation of a link, or `of`, `reads`, `observed`, `evidence` where the service knows it by itself.
    #[schema(value_type = String)]
    pub relation: String,
}

/// What an element rests on, or what rests on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DesignTrace {
    /// What was come upon, the element itself first.
    pub nodes: Vec<DesignTraceNode>,
    /// What rests on what.
    pub edges: Vec<DesignTraceEdge>,
    /// Whether there is more than an answer holds.
    pub truncated: bool,
}

/// A business, with those below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BusinessBranch {
    /// The code of the element.
    pub code: Code,
    /// What it is called.
    pub title: Text,
    /// 1, 2 or 3.
    #[schema(minimum = 1, maximum = 3)]
    pub level: u32,
    /// What stands below it, by code.
    #[schema(no_recursion)]
    pub children: Vec<Self>,
}

/// The business architecture of a design as the tree of Annex B.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BusinessArchitecture {
    /// The businesses of the first level, by code.
    pub branches: Vec<BusinessBranch>,
}

/// What bears a verdict out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClauseProof {
    /// Where it is.
    pub path: String,
    /// The code of the element, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<Code>,
}

/// What can be said of a clause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClauseJudgement {
    /// The clause: `gbt36333-2018:7.3.3.f`, `gbt36333-2018:A.goals.out.1`.
    pub clause: String,
    /// Whether it is a clause, an input or an output of an activity.
    pub role: ClauseRole,
    /// What it asks for, in short and in the caller's language.
    pub text: String,
    /// What a reader should know of its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether the design does it.
    pub status: ClauseStatus,
    /// What is missing, or why it is out of scope.
    pub lacks: Vec<String>,
    /// What bears it out, at most twenty.
    pub proof: Vec<ClauseProof>,
}

/// How many clauses have which status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConformanceCounts {
    /// The design does what they ask.
    pub satisfied: u64,
    /// In part.
    pub partial: u64,
    /// Not.
    pub missing: u64,
    /// A dossier cannot show it.
    pub out_of_scope: u64,
}

/// How far a design does what a standard asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Conformance {
    /// The design.
    pub design: Id,
    /// The code of the standard.
    pub standard: Code,
    /// Its number.
    pub number: Line,
    /// Its title, in the caller's language.
    pub title: String,
    /// How many clauses have which status.
    pub counts: ConformanceCounts,
    /// Every clause, in the order of the standard.
    pub clauses: Vec<ClauseJudgement>,
}
