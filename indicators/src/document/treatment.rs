//! Treatment of raw values before a cohort rule, as COINr defines it.

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read, read_words, wrong_word};

/// The skewness from which on a sample is said to have outliers, unless another is given.
pub const SKEWNESS: f64 = 2.0;
/// The kurtosis from which on a sample is said to have outliers, unless another is given.
pub const KURTOSIS: f64 = 3.5;
/// How many values the first stage of `two_stage` may move, unless another treatment is given.
pub const AT_MOST: u32 = 5;

/// The logarithms that are in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LogVariant {
    /// ln x; a value that is not positive has none.
    #[default]
    Plain,
    /// ln(x - min + 0.01 (max - min)).
    Ct,
    /// As `ct` where the values are skewed to the right, else -ln(max + 0.01 (max - min) - x).
    CtPlus,
    /// ln(x - min + 1).
    CtOrig,
    /// ln((max - 1)(x - min)/(max - min) + 1).
    Gii,
}

read_words!(LogVariant {
    "plain" => Self::Plain,
    "ct" => Self::Ct,
    "ct_plus" => Self::CtPlus,
    "ct_orig" => Self::CtOrig,
    "gii" => Self::Gii,
});

/// A treatment of raw values before a cohort rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Treatment {
    /// Moves one extreme at a time to its neighbour, until the sample passes the test or enough values are moved.
    Winsorise {
        /// From how many moved values on no further step is taken; tied extremes are one step and move together.
        #[cfg_attr(feature = "schema", schema(minimum = 1))]
        at_most: u32,
        /// The sample passes below this magnitude of its skewness; 2 unless given.
        #[serde(skip_serializing_if = "is_skewness")]
        #[cfg_attr(feature = "schema", schema(required = false, default = 2.0, exclusive_minimum = 0.0))]
        skewness: f64,
        /// The sample passes below this kurtosis too; 3.5 unless given.
        #[serde(skip_serializing_if = "is_kurtosis")]
        #[cfg_attr(feature = "schema", schema(required = false, default = 3.5))]
        kurtosis: f64,
    },
    /// The natural logarithm.
    Log {
        /// Of what.
        #[serde(skip_serializing_if = "crate::document::is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        variant: LogVariant,
    },
    /// Box and Cox' power transform of x - min + 1.
    BoxCox {
        /// Its exponent; 0 is the logarithm.
        lambda: f64,
    },
    /// A sample that passes the test stays as it is; else it is treated by `first`, and if it then still fails, by
    /// `second` instead.
    TwoStage {
        /// The first treatment; `winsorise` of at most 5 unless given.
        #[serde(skip_serializing_if = "is_first")]
        #[cfg_attr(feature = "schema", schema(required = false, no_recursion))]
        first: Box<Treatment>,
        /// The second; the logarithm `ct` unless given.
        #[serde(skip_serializing_if = "is_second")]
        #[cfg_attr(feature = "schema", schema(required = false, no_recursion))]
        second: Box<Treatment>,
        /// The sample passes below this magnitude of its skewness; 2 unless given.
        #[serde(skip_serializing_if = "is_skewness")]
        #[cfg_attr(feature = "schema", schema(required = false, default = 2.0, exclusive_minimum = 0.0))]
        skewness: f64,
        /// The sample passes below this kurtosis too; 3.5 unless given.
        #[serde(skip_serializing_if = "is_kurtosis")]
        #[cfg_attr(feature = "schema", schema(required = false, default = 3.5))]
        kurtosis: f64,
    },
}

impl Treatment {
    /// The word that names the method in a document.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Winsorise { .. } => "winsorise",
            Self::Log { .. } => "log",
            Self::BoxCox { .. } => "box_cox",
            Self::TwoStage { .. } => "two_stage",
        }
    }

    /// Whether treated values are still in the unit of the raw value, whatever the sample.
    #[must_use]
    pub fn keeps_unit(&self) -> bool {
        match self {
            Self::Winsorise { .. } => true,
            Self::Log { .. } | Self::BoxCox { .. } => false,
            Self::TwoStage { first, second, .. } => first.keeps_unit() && second.keeps_unit(),
        }
    }

    fn first() -> Self {
        Self::Winsorise { at_most: AT_MOST, skewness: SKEWNESS, kurtosis: KURTOSIS }
    }

    fn second() -> Self {
        Self::Log { variant: LogVariant::Ct }
    }

    /// The members of a treatment, `words` being the methods admitted here.
    fn members(object: &mut Object, words: &[&str], faults: &mut Faults) -> Option<Self> {
        let word: String = object.required("method", faults)?;
        if !words.contains(&word.as_str()) {
            return wrong_word(&word, &object.pointer("method"), words, faults);
        }
        match word.as_str() {
            "winsorise" => {
                let at_most = object.required("at_most", faults);
                let (skewness, kurtosis) = thresholds(object, faults);
                Some(Self::Winsorise { at_most: at_most?, skewness, kurtosis })
            }
            "log" => Some(Self::Log { variant: object.or("variant", LogVariant::Plain, faults) }),
            "box_cox" => object.required("lambda", faults).map(|lambda| Self::BoxCox { lambda }),
            _ => {
                let first: Option<Stage> = object.optional("first", faults);
                let second: Option<Stage> = object.optional("second", faults);
                let (skewness, kurtosis) = thresholds(object, faults);
                let (first, second) =
                    (first.map_or_else(Self::first, |stage| stage.0), second.map_or_else(Self::second, |stage| stage.0));
                Some(Self::TwoStage { first: Box::new(first), second: Box::new(second), skewness, kurtosis })
            }
        }
    }
}

fn thresholds(object: &mut Object, faults: &mut Faults) -> (f64, f64) {
    (object.or("skewness", SKEWNESS, faults), object.or("kurtosis", KURTOSIS, faults))
}

impl Read for Treatment {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let treatment = Self::members(&mut object, &["winsorise", "log", "box_cox", "two_stage"], faults);
        if object.close(faults) { treatment } else { None }
    }
}

/// A treatment that is a stage of `two_stage`, and so not one itself.
struct Stage(Treatment);

impl Read for Stage {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let treatment = Treatment::members(&mut object, &["winsorise", "log", "box_cox"], faults);
        if object.close(faults) { treatment.map(Self) } else { None }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_skewness(value: &f64) -> bool {
    *value == SKEWNESS
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_kurtosis(value: &f64) -> bool {
    *value == KURTOSIS
}

fn is_first(value: &Treatment) -> bool {
    *value == Treatment::first()
}

fn is_second(value: &Treatment) -> bool {
    *value == Treatment::second()
}
