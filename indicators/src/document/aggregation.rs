//! How a parent's score is made of its children's scores.

mod read;
mod words;

use serde::{Serialize, Serializer};
use serde_json::json;

pub use words::{CopelandScale, FuzzyOperator, Ideals, Norm, Penalty, Spread, Standardise};

/// The method of an aggregation.
#[derive(Debug, Clone, PartialEq, Default)]
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
    Copeland {
        /// What the count is told on.
        scale: CopelandScale,
    },
    /// Mazziotta and Pareto's penalised mean.
    MazziottaPareto {
        /// Whether unevenness lowers the mean or raises it.
        penalty: Penalty,
        /// What is done to the scores first.
        standardise: Standardise,
        /// Which standard deviation is meant.
        sd: Spread,
    },
    /// Points over maximum points of the leaves below that have a score (U4SSC); weights of branches play no part.
    ReportedPoints,
    /// The relative closeness to the ideal solution.
    Topsis {
        /// What the distances are measured from.
        ideals: Ideals,
        /// What the scores are divided by first.
        norm: Norm,
    },
    /// The compromise of the sum of regrets and the greatest regret.
    Vikor {
        /// The part of the sum in the compromise, 0 to 1.
        v: f64,
        /// What the regrets are measured from.
        ideals: Ideals,
    },
    /// The grey relational grade.
    GreyRelational {
        /// The distinguishing coefficient, above 0 and at most 1.
        rho: f64,
        /// What the differences are measured from.
        ideals: Ideals,
    },
    /// The fuzzy comprehensive evaluation.
    Fuzzy {
        /// The centres of the grades, in scores, rising.
        grades: Vec<f64>,
        /// How weights and memberships are composed.
        operator: FuzzyOperator,
    },
    /// The ordered weighted average.
    Owa {
        /// The weight of each position, the best score's first.
        weights: Vec<f64>,
    },
}

impl Method {
    /// The word that names it in a document.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Arithmetic => "arithmetic",
            Self::Geometric => "geometric",
            Self::Harmonic => "harmonic",
            Self::Power { .. } => "power",
            Self::Minimum => "minimum",
            Self::Median => "median",
            Self::Copeland { .. } => "copeland",
            Self::MazziottaPareto { .. } => "mazziotta_pareto",
            Self::ReportedPoints => "reported_points",
            Self::Topsis { .. } => "topsis",
            Self::Vikor { .. } => "vikor",
            Self::GreyRelational { .. } => "grey_relational",
            Self::Fuzzy { .. } => "fuzzy",
            Self::Owa { .. } => "owa",
        }
    }

    /// Whether the score of a city depends on the scores of the others in the period.
    #[must_use]
    pub fn reads_cohort(&self) -> bool {
        match self {
            Self::Copeland { .. } => true,
            Self::MazziottaPareto { standardise, .. } => *standardise != Standardise::None,
            Self::Topsis { ideals, norm } => *ideals == Ideals::Cohort || *norm == Norm::Vector,
            Self::Vikor { ideals, .. } | Self::GreyRelational { ideals, .. } => *ideals == Ideals::Cohort,
            _ => false,
        }
    }
}

pub(crate) const WORDS: [&str; 14] = [
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
    "vikor",
    "grey_relational",
    "fuzzy",
    "owa",
];

/// An aggregation: a word where the method needs no parameter, otherwise an object.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Aggregation {
    /// The method.
    pub method: Method,
    /// Raises every lower score to this before aggregating.
    pub floor: Option<f64>,
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Aggregation {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, SchemaType, Type};
        let words = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(words))
        };
        let number = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::Number));
        let told = |object: ObjectBuilder, text: &str| -> Object { object.description(Some(text)).build() };
        let numbers = |text: &str| ArrayBuilder::new().items(number().build()).description(Some(text));
        let object = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .property("method", words(&WORDS))
            .required("method")
            .property("floor", told(number(), "Raises every lower score to this before aggregating."))
            .property("p", told(number(), "power: the exponent; 0 is the geometric mean."))
            .property("scale", told(words(CopelandScale::WORDS), "copeland: wins less losses, or 0 to the full mark."))
            .property("penalty", told(words(Penalty::WORDS), "mazziotta_pareto: the direction of the penalty."))
            .property("standardise", told(words(Standardise::WORDS), "mazziotta_pareto: what is done to the scores first."))
            .property("sd", told(words(Spread::WORDS), "mazziotta_pareto: the standard deviation that is meant."))
            .property("ideals", told(words(Ideals::WORDS), "topsis, vikor, grey_relational: what is measured from."))
            .property("norm", told(words(Norm::WORDS), "topsis: what the scores are divided by first."))
            .property("v", told(number(), "vikor: the part of the sum of regrets, 0.5 unless given."))
            .property("rho", told(number(), "grey_relational: the distinguishing coefficient, 0.5 unless given."))
            .property("grades", numbers("fuzzy: the centres of the grades, in scores, rising."))
            .property("operator", told(words(FuzzyOperator::WORDS), "fuzzy: how weights and memberships are composed."))
            .property("weights", numbers("owa: the weight of each position, the best score's first."));
        OneOfBuilder::new()
            .description(Some("How a parent's score is made of its children's scores: a word, or a word with parameters."))
            .item(told(words(&WORDS), "The method; power, fuzzy and owa need an object."))
            .item(object)
            .into()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for Aggregation {}

impl Serialize for Aggregation {
    /// Members that hold their default are left out; a method without others is a word.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = json!({ "method": self.method.word() });
        let mut member = |key: &str, value: serde_json::Value, default: &serde_json::Value| {
            if value != *default {
                object[key] = value;
            }
        };
        let none = serde_json::Value::Null;
        match &self.method {
            Method::Power { p } => member("p", json!(p), &none),
            Method::Copeland { scale } => member("scale", json!(scale), &json!(CopelandScale::default())),
            Method::MazziottaPareto { penalty, standardise, sd } => {
                member("penalty", json!(penalty), &json!(Penalty::default()));
                member("standardise", json!(standardise), &json!(Standardise::default()));
                member("sd", json!(sd), &json!(Spread::default()));
            }
            Method::Topsis { ideals, norm } => {
                member("ideals", json!(ideals), &json!(Ideals::default()));
                member("norm", json!(norm), &json!(Norm::default()));
            }
            Method::Vikor { v, ideals } => {
                member("v", json!(v), &json!(read::DEFAULT_V));
                member("ideals", json!(ideals), &json!(Ideals::default()));
            }
            Method::GreyRelational { rho, ideals } => {
                member("rho", json!(rho), &json!(read::DEFAULT_RHO));
                member("ideals", json!(ideals), &json!(Ideals::default()));
            }
            Method::Fuzzy { grades, operator } => {
                member("grades", json!(grades), &none);
                member("operator", json!(operator), &json!(FuzzyOperator::default()));
            }
            Method::Owa { weights } => member("weights", json!(weights), &none),
            Method::Arithmetic
            | Method::Geometric
            | Method::Harmonic
            | Method::Minimum
            | Method::Median
            | Method::ReportedPoints => {}
        }
        member("floor", json!(self.floor), &none);
        if object.as_object().is_some_and(|members| members.len() == 1) {
            return serializer.serialize_str(self.method.word());
        }
        object.serialize(serializer)
    }
}
