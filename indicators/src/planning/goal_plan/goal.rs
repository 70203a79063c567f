//! One goal of a plan.

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::period::Period;
use crate::planning::outside;
use crate::planning::{BasicPrinciple, TargetBound};
use crate::read::{Object, Read, read_words};
use crate::text::Text;

/// The three levels of goals (7.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GoalLevel {
    /// An overall goal (总体目标).
    Overall,
    /// A sub goal (细分目标).
    Sub,
    /// A stage goal (阶段目标).
    Stage,
}

read_words!(GoalLevel { "overall" => Self::Overall, "sub" => Self::Sub, "stage" => Self::Stage });

/// What of its node a goal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GoalQuantity {
    /// The raw value of an indicator, in its unit.
    Value,
    /// The score, from 0 to the full mark.
    Score,
    /// The level, by its code.
    Level,
}

read_words!(GoalQuantity { "value" => Self::Value, "score" => Self::Score, "level" => Self::Level });

/// The five objectives that a smart city is to bring forward (4.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ObjectiveArea {
    /// Public services become convenient (公共服务便捷化).
    ConvenientServices,
    /// The city is governed in detail (城市管理精细化).
    RefinedGovernance,
    /// The environment becomes liveable (生活环境宜居化).
    LiveableEnvironment,
    /// Infrastructure becomes intelligent (基础设施智能化).
    IntelligentInfrastructure,
    /// Network security lasts (网络安全长效化).
    LastingSecurity,
}

impl ObjectiveArea {
    /// All of them, in the order of the clause.
    pub const ALL: [Self; 5] = [
        Self::ConvenientServices,
        Self::RefinedGovernance,
        Self::LiveableEnvironment,
        Self::IntelligentInfrastructure,
        Self::LastingSecurity,
    ];

    /// What the clause calls it.
    #[must_use]
    pub fn title(self) -> Text {
        match self {
            Self::ConvenientServices => Text::both("公共服务便捷化", "convenient public services"),
            Self::RefinedGovernance => Text::both("城市管理精细化", "refined governance"),
            Self::LiveableEnvironment => Text::both("生活环境宜居化", "a liveable environment"),
            Self::IntelligentInfrastructure => Text::both("基础设施智能化", "intelligent infrastructure"),
            Self::LastingSecurity => Text::both("网络安全长效化", "lasting network security"),
        }
    }
}

read_words!(ObjectiveArea {
    "convenient_services" => Self::ConvenientServices,
    "refined_governance" => Self::RefinedGovernance,
    "liveable_environment" => Self::LiveableEnvironment,
    "intelligent_infrastructure" => Self::IntelligentInfrastructure,
    "lasting_security" => Self::LastingSecurity,
});

/// What is to be reached by a period on the way.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = GoalPathPoint))]
pub struct PathPoint {
    /// The period at whose end it is to be reached.
    #[serde(serialize_with = "crate::planning::as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2028"))]
    pub period: Period,
    /// The raw value in the indicator's unit, or the score.
    pub value: f64,
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Goal {
    /// Unique among the goals.
    pub code: String,
    /// Overall, sub or stage goal.
    pub level: GoalLevel,
    /// The code of the goal that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// What it says.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub statement: Text,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub owner: Text,
    /// Its share of its parent, 0 to 1; sisters add up to at most 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1))]
    pub weight: Option<f64>,
    /// The code of the node by which it is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// What of the node: of an indicator the raw value and of another node the score, unless given or a level is the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<GoalQuantity>,
    /// The unit of baseline, target and path, as the indicator has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The value in the period of the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_value: Option<f64>,
    /// The value that is to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_value: Option<f64>,
    /// The code of the level that is to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_level: Option<String>,
    /// How the target limits the value; as the indicator's direction says unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<TargetBound>,
    /// The period at whose end it is to be reached.
    #[serde(serialize_with = "optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "2030"))]
    pub due: Option<Period>,
    /// What is to be reached on the way; the last point is the target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub path: Vec<PathPoint>,
    /// The codes of the statements that it serves (7.3.3 d).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub serves: Vec<String>,
    /// The codes of the requirements that it answers (7.1.1).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub requirements: Vec<String>,
    /// Which of the five objectives it brings forward (4.1.2).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub objective_areas: Vec<ObjectiveArea>,
    /// Which of the seven principles it follows (4.2).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub principles: Vec<BasicPrinciple>,
    /// What is there in the end, where no indicator measures the goal.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub deliverable: Text,
    /// The first period of a stage.
    #[serde(serialize_with = "optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "2026"))]
    pub from: Option<Period>,
    /// The last period of a stage.
    #[serde(serialize_with = "optional", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "2027"))]
    pub to: Option<Period>,
    /// The main tasks of a stage (主要任务, 7.3.2).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub tasks: Text,
    /// What is built in a stage (建设内容, 7.3.2).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub content: Text,
    /// What a stage results in (建设成果, 7.3.2).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub results: Text,
}

impl Goal {
    /// A goal of which only code and level are said.
    #[must_use]
    pub fn new(code: impl Into<String>, level: GoalLevel) -> Self {
        Self {
            code: code.into(),
            level,
            parent: None,
            statement: Text::default(),
            owner: Text::default(),
            weight: None,
            node: None,
            quantity: None,
            unit: None,
            baseline_value: None,
            target_value: None,
            target_level: None,
            bound: None,
            due: None,
            path: Vec::new(),
            serves: Vec::new(),
            requirements: Vec::new(),
            objective_areas: Vec::new(),
            principles: Vec::new(),
            deliverable: Text::default(),
            from: None,
            to: None,
            tasks: Text::default(),
            content: Text::default(),
            results: Text::default(),
        }
    }

    /// What of its node it is about; `is_leaf` says whether the node is an indicator.
    #[must_use]
    pub fn quantity(&self, is_leaf: bool) -> GoalQuantity {
        self.quantity.unwrap_or(match (&self.target_level, is_leaf) {
            (Some(_), _) => GoalQuantity::Level,
            (None, true) => GoalQuantity::Value,
            (None, false) => GoalQuantity::Score,
        })
    }
}

fn optional<S: serde::Serializer>(period: &Option<Period>, serializer: S) -> Result<S::Ok, S::Error> {
    match period {
        Some(period) => serializer.collect_str(period),
        None => serializer.serialize_none(),
    }
}

impl Read for PathPoint {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (period, value) = (object.required("period", faults), object.required("value", faults));
        object.close(faults).then_some(Self { period: period?, value: value? })
    }
}

impl Read for Goal {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (code, level) = (object.required::<String>("code", faults), object.required("level", faults));
        let goal = Self {
            parent: object.optional("parent", faults),
            statement: object.or("statement", Text::default(), faults),
            owner: object.or("owner", Text::default(), faults),
            weight: object.optional("weight", faults),
            node: object.optional("node", faults),
            quantity: object.optional("quantity", faults),
            unit: object.optional("unit", faults),
            baseline_value: object.optional("baseline_value", faults),
            target_value: object.optional("target_value", faults),
            target_level: object.optional("target_level", faults),
            bound: object.optional("bound", faults),
            due: object.optional("due", faults),
            path: object.or("path", Vec::new(), faults),
            serves: object.or("serves", Vec::new(), faults),
            requirements: object.or("requirements", Vec::new(), faults),
            objective_areas: object.or("objective_areas", Vec::new(), faults),
            principles: object.or("principles", Vec::new(), faults),
            deliverable: object.or("deliverable", Text::default(), faults),
            from: object.optional("from", faults),
            to: object.optional("to", faults),
            tasks: object.or("tasks", Text::default(), faults),
            content: object.or("content", Text::default(), faults),
            results: object.or("results", Text::default(), faults),
            ..Self::new("", GoalLevel::Overall)
        };
        if let Some(weight) = goal.weight.filter(|weight| !(0.0..=1.0).contains(weight)) {
            outside(&object.pointer("weight"), weight, "0..1", faults);
        }
        object.close(faults).then_some(Self { code: code?, level: level?, ..goal })
    }
}
