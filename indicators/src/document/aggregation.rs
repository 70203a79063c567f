//! How a parent's score is made of its children's scores.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::fault::Faults;
use crate::read::{Object, Read, read_words, wrong_type, wrong_word};

/// The ideal solutions that TOPSIS measures distances from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TopsisIdeals {
    /// 0 and the full mark.
    #[default]
    Fixed,
    /// The worst and best of the cohort.
    Cohort,
}

read_words!(TopsisIdeals { "fixed" => Self::Fixed, "cohort" => Self::Cohort });

/// The method of an aggregation.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Method {
    /// The weighted arithmetic mean.
    #[default]
    Arithmetic,
    /// The weighted geometric mean.
    Geometric,
    /// The weighted harmonic mean.
    Harmonic,
    /// The weighted power mean of exponent `p`.
    Power {
        /// The exponent; 0 stands for the geometric mean.
        p: f64,
    },
    /// The smallest score.
    Minimum,
    /// The median score.
    Median,
    /// Copeland's outranking count.
    Copeland,
    /// Mazziotta and Pareto's penalised mean.
    MazziottaPareto,
    /// Points over maximum points of the leaves below that have a score (U4SSC); weights of branches play no part.
    ReportedPoints,
    /// The relative closeness to the ideal solution.
    Topsis {
        /// What the distances are measured from.
        ideals: TopsisIdeals,
    },
}

impl Method {
    /// The word that names it in a document.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Arithmetic => "arithmetic",
            Self::Geometric => "geometric",
            Self::Harmonic => "harmonic",
            Self::Power { .. } => "power",
            Self::Minimum => "minimum",
            Self::Median => "median",
            Self::Copeland => "copeland",
            Self::MazziottaPareto => "mazziotta_pareto",
            Self::ReportedPoints => "reported_points",
            Self::Topsis { .. } => "topsis",
        }
    }
}

const WORDS: [&str; 10] = [
    "arithmetic",
    "geometric",
    "harmonic",
    "power",
    "minimum",
    "median",
    "copeland",
    "mazziotta_pareto",
    "reported_points",
    "topsis",
];

/// An aggregation: a word where the method needs no parameter, otherwise an object.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Aggregation {
    /// The method.
    pub method: Method,
    /// Raises every lower score to this before aggregating.
    pub floor: Option<f64>,
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Aggregation {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type};
        let word = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(WORDS));
        let number = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::Number));
        let object = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .property("method", word())
            .required("method")
            .property("floor", number())
            .property("p", number())
            .property(
                "ideals",
                ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(["fixed", "cohort"])),
            );
        OneOfBuilder::new()
            .description(Some("How a parent's score is made of its children's scores: a word, or a word with parameters."))
            .item(word())
            .item(object)
            .into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for Aggregation {}

impl Serialize for Aggregation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = json!({ "method": self.method.word() });
        match self.method {
            Method::Power { p } => object["p"] = json!(p),
            Method::Topsis { ideals } if ideals != TopsisIdeals::Fixed => object["ideals"] = json!(ideals),
            _ if self.floor.is_none() => return serializer.serialize_str(self.method.word()),
            _ => {}
        }
        if let Some(floor) = self.floor {
            object["floor"] = json!(floor);
        }
        object.serialize(serializer)
    }
}

impl Read for Aggregation {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value {
            Value::String(word) if word == "power" => {
                wrong_type(value, at, "{\"method\": \"power\", \"p\": ...}", "含 p 的对象", faults)
            }
            Value::String(word) => Some(Self { method: plain(word, at, faults)?, floor: None }),
            _ => {
                let mut object = Object::open(value, at, faults)?;
                let word: String = object.required("method", faults)?;
                let method = match word.as_str() {
                    "power" => object.required("p", faults).map(|p| Method::Power { p }),
                    "topsis" => Some(Method::Topsis { ideals: object.or("ideals", TopsisIdeals::Fixed, faults) }),
                    other => plain(other, &object.pointer("method"), faults),
                };
                let floor = object.optional("floor", faults);
                object.close(faults).then_some(Self { method: method?, floor })
            }
        }
    }
}

fn plain(word: &str, at: &str, faults: &mut Faults) -> Option<Method> {
    Some(match word {
        "arithmetic" => Method::Arithmetic,
        "geometric" => Method::Geometric,
        "harmonic" => Method::Harmonic,
        "minimum" => Method::Minimum,
        "median" => Method::Median,
        "copeland" => Method::Copeland,
        "mazziotta_pareto" => Method::MazziottaPareto,
        "reported_points" => Method::ReportedPoints,
        "topsis" => Method::Topsis { ideals: TopsisIdeals::Fixed },
        other => return wrong_word(other, at, &WORDS, faults),
    })
}
