//! Statements of a city's strategy (6.1.2).

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read, read_words};
use crate::text::Text;

/// What a statement of the strategy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// Strategic positioning (6.1.2.1, 战略定位).
    Positioning,
    /// Goals of the city's development (6.1.2.1 and Annex A, 城市发展目标).
    DevelopmentGoal,
    /// The city's own vision of becoming smart (6.1.2.2, 智慧化愿景).
    Vision,
    /// Opportunities and demands of its development (6.1.2.3, 发展形势).
    Situation,
    /// Challenges from outside (6.1.2.4, 面临挑战).
    Challenge,
}

read_words!(StatementKind {
    "positioning" => Self::Positioning,
    "development_goal" => Self::DevelopmentGoal,
    "vision" => Self::Vision,
    "situation" => Self::Situation,
    "challenge" => Self::Challenge,
});

/// One statement of a city's strategy.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = StrategyStatement))]
pub struct Statement {
    /// Unique among the statements.
    pub code: String,
    /// What it is about.
    pub kind: StatementKind,
    /// What it says.
    pub text: Text,
}

impl Read for Statement {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (code, kind, text) =
            (object.required("code", faults), object.required("kind", faults), object.required("text", faults));
        object.close(faults).then_some(Self { code: code?, kind: kind?, text: text? })
    }
}
