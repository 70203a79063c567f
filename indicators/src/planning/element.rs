//! An element of a dossier: a document of one of the kinds, and its links.

use serde::Serialize;
use serde_json::Value;

use super::link::ElementLink;
use super::words::words;
use super::{
    ActivityFeedback, ArchitectureElement, DesignActivity, DesignRequirement, DesignTask, GuidingIdea, ImplementationStage,
    InputDocument, OperatingModelChoice, Principle, Project, ReferencePlan, ResearchActivity, Safeguard, Statement,
    SurveyFinding,
};
use crate::fault::{Fault, Faults};
use crate::json::escape;
use crate::read::{Object, Read};
use crate::text::Text;

words! {
    /// What an element of a dossier is.
    ElementKind {
        /// Something that was done to learn of the city (6.1.1).
        Activity = "activity",
        /// An input (Annex A).
        Document = "document",
        /// A statement of strategy (6.1.2).
        Statement = "statement",
        /// Something that the survey found (6.2).
        Finding = "finding",
        /// Another plan of the city (6.4).
        ReferencePlan = "reference_plan",
        /// A need (6.5).
        Requirement = "requirement",
        /// A guiding idea (7.2.1).
        GuidingIdea = "guiding_idea",
        /// A principle (7.2.2).
        Principle = "principle",
        /// An element of the architecture (7.4, 8).
        Architecture = "architecture",
        /// A main task (9.1.2).
        Task = "task",
        /// A key project (9.1.4).
        Project = "project",
        /// An operating model (9.2).
        OperatingModel = "operating_model",
        /// A stage (9.3).
        Stage = "stage",
        /// A safeguard (9.4).
        Safeguard = "safeguard",
        /// Feedback between activities (5.1.3).
        Feedback = "feedback",
    }
}

/// The document of an element, by its kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "document", rename_all = "snake_case")]
pub enum ElementDocument {
    /// Something that was done to learn of the city (6.1.1).
    Activity(ResearchActivity),
    /// An input (Annex A).
    Document(InputDocument),
    /// A statement of strategy (6.1.2).
    Statement(Statement),
    /// Something that the survey found (6.2).
    Finding(SurveyFinding),
    /// Another plan of the city (6.4).
    ReferencePlan(ReferencePlan),
    /// A need (6.5).
    Requirement(DesignRequirement),
    /// A guiding idea (7.2.1).
    GuidingIdea(GuidingIdea),
    /// A principle (7.2.2).
    Principle(Principle),
    /// An element of the architecture (7.4, 8).
    Architecture(ArchitectureElement),
    /// A main task (9.1.2).
    Task(DesignTask),
    /// A key project (9.1.4).
    Project(Project),
    /// An operating model (9.2).
    OperatingModel(OperatingModelChoice),
    /// A stage (9.3).
    Stage(ImplementationStage),
    /// A safeguard (9.4).
    Safeguard(Safeguard),
    /// Feedback between activities (5.1.3).
    Feedback(ActivityFeedback),
}

/// An element of a dossier.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = DossierElement))]
pub struct Element {
    /// Its document, which names its code.
    #[serde(flatten)]
    pub document: ElementDocument,
    /// What it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false, max_items = 100))]
    pub links: Vec<ElementLink>,
}

/// The most links of one element.
pub const MOST_LINKS: usize = 100;
/// The most entries of a list within a document.
pub const MOST_ENTRIES: usize = 1_000;
/// The most characters of a text within a document.
pub const MOST_CHARACTERS: usize = 20_000;
/// The most characters of a code.
pub const MOST_OF_A_CODE: usize = 100;

impl ElementKind {
    /// The activity of clause 5.1.2 whose output it belongs to; feedback belongs to none.
    #[must_use]
    pub fn activity(self) -> Option<DesignActivity> {
        match self {
            Self::Activity | Self::Document | Self::Statement | Self::Finding | Self::ReferencePlan | Self::Requirement => {
                Some(DesignActivity::RequirementsAnalysis)
            }
            Self::GuidingIdea | Self::Principle => Some(DesignActivity::OverallDesign),
            Self::Architecture => Some(DesignActivity::ArchitectureDesign),
            Self::Task | Self::Project | Self::OperatingModel | Self::Stage | Self::Safeguard => {
                Some(DesignActivity::ImplementationPath)
            }
            Self::Feedback => None,
        }
    }

    /// What it is called.
    #[must_use]
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Activity => ("调研活动", "research activity"),
            Self::Document => ("输入资料", "input document"),
            Self::Statement => ("战略陈述", "strategy statement"),
            Self::Finding => ("调研结论", "finding"),
            Self::ReferencePlan => ("相关规划", "reference plan"),
            Self::Requirement => ("建设需求", "requirement"),
            Self::GuidingIdea => ("指导思想", "guiding idea"),
            Self::Principle => ("基本原则", "principle"),
            Self::Architecture => ("架构要素", "architecture element"),
            Self::Task => ("主要任务", "task"),
            Self::Project => ("重点工程", "key project"),
            Self::OperatingModel => ("运营模式", "operating model"),
            Self::Stage => ("实施阶段", "stage"),
            Self::Safeguard => ("保障措施", "safeguard"),
            Self::Feedback => ("活动反馈", "feedback"),
        };
        Text::both(zh, en)
    }
}

impl ElementDocument {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> ElementKind {
        match self {
            Self::Activity(_) => ElementKind::Activity,
            Self::Document(_) => ElementKind::Document,
            Self::Statement(_) => ElementKind::Statement,
            Self::Finding(_) => ElementKind::Finding,
            Self::ReferencePlan(_) => ElementKind::ReferencePlan,
            Self::Requirement(_) => ElementKind::Requirement,
            Self::GuidingIdea(_) => ElementKind::GuidingIdea,
            Self::Principle(_) => ElementKind::Principle,
            Self::Architecture(_) => ElementKind::Architecture,
            Self::Task(_) => ElementKind::Task,
            Self::Project(_) => ElementKind::Project,
            Self::OperatingModel(_) => ElementKind::OperatingModel,
            Self::Stage(_) => ElementKind::Stage,
            Self::Safeguard(_) => ElementKind::Safeguard,
            Self::Feedback(_) => ElementKind::Feedback,
        }
    }

    /// Its code, unique in the dossier.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Activity(document) => &document.code,
            Self::Document(document) => &document.code,
            Self::Statement(document) => &document.code,
            Self::Finding(document) => &document.code,
            Self::ReferencePlan(document) => &document.code,
            Self::Requirement(document) => &document.code,
            Self::GuidingIdea(document) => &document.code,
            Self::Principle(document) => &document.code,
            Self::Architecture(document) => &document.code,
            Self::Task(document) => &document.code,
            Self::Project(document) => &document.code,
            Self::OperatingModel(document) => &document.code,
            Self::Stage(document) => &document.code,
            Self::Safeguard(document) => &document.code,
            Self::Feedback(document) => &document.code,
        }
    }

    fn read(kind: ElementKind, value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        Some(match kind {
            ElementKind::Activity => Self::Activity(Read::read(value, at, faults)?),
            ElementKind::Document => Self::Document(Read::read(value, at, faults)?),
            ElementKind::Statement => Self::Statement(Read::read(value, at, faults)?),
            ElementKind::Finding => Self::Finding(Read::read(value, at, faults)?),
            ElementKind::ReferencePlan => Self::ReferencePlan(Read::read(value, at, faults)?),
            ElementKind::Requirement => Self::Requirement(Read::read(value, at, faults)?),
            ElementKind::GuidingIdea => Self::GuidingIdea(Read::read(value, at, faults)?),
            ElementKind::Principle => Self::Principle(Read::read(value, at, faults)?),
            ElementKind::Architecture => Self::Architecture(Read::read(value, at, faults)?),
            ElementKind::Task => Self::Task(Read::read(value, at, faults)?),
            ElementKind::Project => Self::Project(Read::read(value, at, faults)?),
            ElementKind::OperatingModel => Self::OperatingModel(Read::read(value, at, faults)?),
            ElementKind::Stage => Self::Stage(Read::read(value, at, faults)?),
            ElementKind::Safeguard => Self::Safeguard(Read::read(value, at, faults)?),
            ElementKind::Feedback => Self::Feedback(Read::read(value, at, faults)?),
        })
    }
}

impl Element {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> ElementKind {
        self.document.kind()
    }

    /// Its code, unique in the dossier.
    #[must_use]
    pub fn code(&self) -> &str {
        self.document.code()
    }
}

impl Read for Element {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let known = faults.0.len();
        let kind: Option<ElementKind> = object.required("kind", faults);
        let given: Option<Value> = object.required("document", faults);
        let links: Vec<ElementLink> = object.or("links", Vec::new(), faults);
        let place = object.pointer("document");
        let document = kind.zip(given.as_ref()).and_then(|(kind, given)| ElementDocument::read(kind, given, &place, faults));
        if links.len() > MOST_LINKS {
            faults.push(too_large(&object.pointer("links"), links.len(), MOST_LINKS));
        }
        let is_complete = object.close(faults);
        for (key, part) in value.as_object().into_iter().flatten() {
            // A document is no text, and neither is anything in a link.
            match (key.as_str(), part) {
                ("document", Value::Object(members)) => {
                    for (key, member) in members {
                        bounded(member, &format!("{place}/{}", escape(key)), true, faults);
                    }
                }
                (_, part) => bounded(part, &format!("{at}/{}", escape(key)), false, faults),
            }
        }
        if let Some(code) = document.as_ref().map(ElementDocument::code).filter(|code| !is_code(code)) {
            faults.push(
                Fault::error("design.code", "代码不合规", "this is no code")
                    .at(format!("{place}/code"))
                    .value(code)
                    .expected(format!("1..{MOST_OF_A_CODE}"))
                    .hint(
                        "请用 1 到 100 个字符，首尾无空白，不含控制字符和反引号",
                        "use 1 to 100 characters without control characters, backticks or blanks at the ends",
                    ),
            );
        }
        document.filter(|_| is_complete && faults.0.len() == known).map(|document| Self { document, links })
    }
}

/// Whether a text may be a code: as every code of the service, since it stands in paths.
fn is_code(text: &str) -> bool {
    let length = text.chars().count();
    (1..=MOST_OF_A_CODE).contains(&length) && text.trim() == text && !text.chars().any(|c| c.is_control() || c == '`')
}

/// Notes texts and lists that are larger than a dossier holds; and texts that say nothing, where there may be `texts`.
fn bounded(value: &Value, at: &str, texts: bool, faults: &mut Faults) {
    match value {
        Value::String(text) if text.chars().nth(MOST_CHARACTERS).is_some() => {
            faults.push(too_large(at, text.chars().count(), MOST_CHARACTERS));
        }
        Value::String(text) if text.contains('\0') => faults.push(
            Fault::error("design.nul", "文本含有 NUL 字符", "the text holds the character NUL")
                .at(at)
                .hint("请删除它", "take it out"),
        ),
        Value::Array(values) if values.len() > MOST_ENTRIES => faults.push(too_large(at, values.len(), MOST_ENTRIES)),
        Value::Array(values) => {
            for (place, value) in values.iter().enumerate() {
                bounded(value, &format!("{at}/{place}"), texts, faults);
            }
        }
        Value::Object(members) if texts && says_nothing(members) => faults.push(
            Fault::error("design.empty_text", "文本为空", "the text says nothing")
                .at(at)
                .expected("zh | en")
                .hint("请用中文或英文填写", "write it in Chinese or English"),
        ),
        Value::Object(members) => {
            for (key, value) in members {
                bounded(value, &format!("{at}/{}", escape(key)), texts, faults);
            }
        }
        _ => {}
    }
}

/// Whether an object is a text in neither language; only texts are empty or have no members beside these two.
fn says_nothing(members: &serde_json::Map<String, Value>) -> bool {
    let is_text = members.keys().all(|key| key == "zh" || key == "en");
    is_text && members.values().all(|text| text.as_str().is_none_or(|text| text.trim().is_empty()))
}

fn too_large(at: &str, found: usize, most: usize) -> Fault {
    Fault::error("design.too_large", "内容过长", "there is more here than a dossier holds")
        .at(at)
        .value(found.to_string())
        .expected(format!("..{most}"))
        .hint(format!("最多 {most}"), format!("at most {most}"))
}
