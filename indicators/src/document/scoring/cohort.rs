//! What a cohort rule is fitted on, and what it does where nothing differs.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read, read_words, wrong_word};

/// The cities and periods that a cohort rule is fitted on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cohort {
    /// Each period by itself.
    #[default]
    Period,
    /// All periods together.
    Pooled,
    /// One base period, frozen.
    Base(String),
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Cohort {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type};
        let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        OneOfBuilder::new()
            .description(Some("The cities and periods that a cohort rule is fitted on."))
            .item(text().enum_values(Some(["period", "pooled"])))
            .item(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Object)).property("base", text()).required("base"))
            .into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for Cohort {
    fn name() -> std::borrow::Cow<'static, str> {
        "ScoringCohort".into()
    }
}

impl Serialize for Cohort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Period => serializer.serialize_str("period"),
            Self::Pooled => serializer.serialize_str("pooled"),
            Self::Base(period) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("base", period)?;
                map.end()
            }
        }
    }
}

impl Read for Cohort {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value {
            Value::String(word) if word == "period" => Some(Self::Period),
            Value::String(word) if word == "pooled" => Some(Self::Pooled),
            Value::String(word) => wrong_word(word, at, &["period", "pooled", "{\"base\": \"2020\"}"], faults),
            _ => {
                let mut object = Object::open(value, at, faults)?;
                let base = object.required("base", faults);
                object.close(faults).then_some(Self::Base(base?))
            }
        }
    }
}

/// What happens when a cohort rule would divide by zero, as for an indicator that is the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Constant {
    /// The assessment is refused and the indicator named.
    #[default]
    Refuse,
    /// No score.
    Missing,
    /// Half of the full mark.
    Half,
    /// The full mark.
    Full,
}

read_words!(Constant { "refuse" => Self::Refuse, "missing" => Self::Missing, "half" => Self::Half, "full" => Self::Full });
