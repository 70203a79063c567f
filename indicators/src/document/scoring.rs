//! Scoring rules: how a leaf's raw value becomes a score from 0 to the full mark.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::level::Edge;
use crate::fault::Faults;
use crate::read::{Object, Read, read_members, read_words, wrong_type, wrong_word};

/// A threshold and the score from there on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ScoringStep))]
pub struct Step {
    /// The threshold, in the unit of the raw value.
    pub from: f64,
    /// The score from there on.
    pub score: f64,
}

impl Read for Step {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let from = object.required("from", faults);
        let score = object.required("score", faults);
        object.close(faults).then_some(Self { from: from?, score: score? })
    }
}

/// A band of shares of a benchmark; the first has no lower limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BenchmarkBand {
    /// The share of the benchmark from which on it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// Its score.
    pub score: f64,
}

impl Read for BenchmarkBand {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let from = object.optional("from", faults);
        let score = object.required("score", faults);
        object.close(faults).then_some(Self { from, score: score? })
    }
}

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

/// How a raw value becomes a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Scoring {
    /// Value times full mark, clamped to 0..cap times full mark.
    Ratio {
        /// The greatest share that counts, 1 unless given.
        cap: f64,
    },
    /// Linear from `worst` (0) to `best` (full mark); worst above best means that less is better.
    Goalposts {
        /// The value that scores 0.
        worst: f64,
        /// The value that scores the full mark.
        best: f64,
        /// Whether values beyond the goalposts stay at 0 or the full mark.
        clamp: bool,
    },
    /// Linear between points, flat outside.
    Piecewise {
        /// Pairs of raw value and score, the raw values rising.
        points: Vec<[f64; 2]>,
    },
    /// Thresholds with a score from each on.
    Steps {
        /// The thresholds, rising.
        steps: Vec<Step>,
        /// Which step owns its threshold.
        edge: Edge,
        /// The score below the first threshold, 0 unless given.
        otherwise: f64,
    },
    /// A score per option.
    Choice {
        /// Option to score; `true` and `false` for a boolean item.
        #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, f64>))]
        #[serde(serialize_with = "as_map")]
        scores: Vec<(String, f64)>,
    },
    /// Points of the boolean items that hold, over all points.
    Checklist {
        /// Boolean item to points.
        #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, f64>))]
        #[serde(serialize_with = "as_map")]
        items: Vec<(String, f64)>,
    },
    /// The share of a benchmark, then the score of its band (U4SSC).
    BenchmarkShare {
        /// The benchmark, in the unit of the raw value.
        benchmark: f64,
        /// The bands, rising; the first has no lower limit.
        bands: Vec<BenchmarkBand>,
    },
    /// The mean on its scale, to 0..full mark.
    Survey {
        /// The lowest and highest value of the scale.
        scale: [f64; 2],
    },
    /// Linear over a raw scale, not clamped.
    Scaled {
        /// The raw values that score 0 and the full mark.
        range: [f64; 2],
    },
    /// Smallest and largest of the cohort onto `range`.
    MinMax {
        /// The scores of the worst and best, 0 and the full mark unless given.
        #[serde(skip_serializing_if = "Option::is_none")]
        range: Option<[f64; 2]>,
        /// What it is fitted on.
        cohort: Cohort,
        /// What happens when all values are the same.
        constant: Constant,
    },
    /// Standard deviations from the cohort's mean, moved to `mean` and `sd`.
    ZScore {
        /// The mean of the scores.
        mean: f64,
        /// Their standard deviation.
        sd: f64,
        /// What it is fitted on.
        cohort: Cohort,
        /// What happens when all values are the same.
        constant: Constant,
    },
    /// The rank among the cohort, the best having the greatest number.
    Rank {
        /// What it is fitted on.
        cohort: Cohort,
    },
    /// The Borda count: rank minus one.
    Borda {
        /// What it is fitted on.
        cohort: Cohort,
    },
    /// The share of the others that are worse.
    PercentileRank {
        /// What it is fitted on.
        cohort: Cohort,
        /// What happens when the cohort is a single city.
        constant: Constant,
    },
    /// The distance to a target over the greatest distance in the cohort.
    TargetDistance {
        /// The target.
        target: f64,
        /// Whether values beyond the target stay at the full mark.
        cap: bool,
        /// What it is fitted on.
        cohort: Cohort,
        /// What happens when the divisor is zero.
        constant: Constant,
    },
    /// The distance to a reference city.
    ReferenceDistance {
        /// The code of the reference city.
        city: String,
        /// Whether values beyond the reference stay at the full mark.
        cap: bool,
        /// What it is fitted on.
        cohort: Cohort,
        /// What happens when the divisor is zero.
        constant: Constant,
    },
    /// The distance to the cohort's best.
    MaxDistance {
        /// What it is fitted on.
        cohort: Cohort,
        /// What happens when the divisor is zero.
        constant: Constant,
    },
    /// The fraction of the cohort's greatest value.
    MaxFraction {
        /// What it is fitted on.
        cohort: Cohort,
        /// What happens when the divisor is zero.
        constant: Constant,
    },
}

impl Scoring {
    /// The word that names the rule in a document.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Ratio { .. } => "ratio",
            Self::Goalposts { .. } => "goalposts",
            Self::Piecewise { .. } => "piecewise",
            Self::Steps { .. } => "steps",
            Self::Choice { .. } => "choice",
            Self::Checklist { .. } => "checklist",
            Self::BenchmarkShare { .. } => "benchmark_share",
            Self::Survey { .. } => "survey",
            Self::Scaled { .. } => "scaled",
            Self::MinMax { .. } => "min_max",
            Self::ZScore { .. } => "z_score",
            Self::Rank { .. } => "rank",
            Self::Borda { .. } => "borda",
            Self::PercentileRank { .. } => "percentile_rank",
            Self::TargetDistance { .. } => "target_distance",
            Self::ReferenceDistance { .. } => "reference_distance",
            Self::MaxDistance { .. } => "max_distance",
            Self::MaxFraction { .. } => "max_fraction",
        }
    }

    /// What the rule is fitted on, where it needs a cohort at all.
    #[must_use]
    pub fn cohort(&self) -> Option<&Cohort> {
        match self {
            Self::MinMax { cohort, .. }
            | Self::ZScore { cohort, .. }
            | Self::Rank { cohort }
            | Self::Borda { cohort }
            | Self::PercentileRank { cohort, .. }
            | Self::TargetDistance { cohort, .. }
            | Self::ReferenceDistance { cohort, .. }
            | Self::MaxDistance { cohort, .. }
            | Self::MaxFraction { cohort, .. } => Some(cohort),
            _ => None,
        }
    }
}

const WORDS: [&str; 18] = [
    "ratio",
    "goalposts",
    "piecewise",
    "steps",
    "choice",
    "checklist",
    "benchmark_share",
    "survey",
    "scaled",
    "min_max",
    "z_score",
    "rank",
    "borda",
    "percentile_rank",
    "target_distance",
    "reference_distance",
    "max_distance",
    "max_fraction",
];

impl Read for Scoring {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let scoring = members(&mut object, faults);
        if object.close(faults) { scoring } else { None }
    }
}

fn members(object: &mut Object, faults: &mut Faults) -> Option<Scoring> {
    let word: String = object.required("rule", faults)?;
    Some(match word.as_str() {
        "ratio" => Scoring::Ratio { cap: object.or("cap", 1.0, faults) },
        "goalposts" => {
            let (worst, best) = (object.required("worst", faults), object.required("best", faults));
            Scoring::Goalposts { worst: worst.unwrap_or(0.0), best: best.unwrap_or(1.0), clamp: object.or("clamp", true, faults) }
        }
        "piecewise" => Scoring::Piecewise { points: object.required("points", faults).unwrap_or_default() },
        "steps" => Scoring::Steps {
            steps: object.required("steps", faults).unwrap_or_default(),
            edge: object.or("edge", Edge::default(), faults),
            otherwise: object.or("otherwise", 0.0, faults),
        },
        "choice" => Scoring::Choice { scores: object.required::<Members>("scores", faults).unwrap_or_default().0 },
        "checklist" => Scoring::Checklist { items: object.required::<Members>("items", faults).unwrap_or_default().0 },
        "benchmark_share" => {
            let (benchmark, bands) = (object.required("benchmark", faults), object.required("bands", faults));
            Scoring::BenchmarkShare { benchmark: benchmark.unwrap_or(1.0), bands: bands.unwrap_or_default() }
        }
        "survey" => Scoring::Survey { scale: object.required("scale", faults).unwrap_or([0.0, 1.0]) },
        "scaled" => Scoring::Scaled { range: object.required("range", faults).unwrap_or([0.0, 1.0]) },
        "min_max" => Scoring::MinMax {
            range: object.optional("range", faults),
            cohort: cohort(object, faults),
            constant: constant(object, faults),
        },
        "z_score" => Scoring::ZScore {
            mean: object.or("mean", 0.0, faults),
            sd: object.or("sd", 1.0, faults),
            cohort: cohort(object, faults),
            constant: constant(object, faults),
        },
        "rank" => Scoring::Rank { cohort: cohort(object, faults) },
        "borda" => Scoring::Borda { cohort: cohort(object, faults) },
        "percentile_rank" => Scoring::PercentileRank { cohort: cohort(object, faults), constant: constant(object, faults) },
        "target_distance" => Scoring::TargetDistance {
            target: object.required("target", faults).unwrap_or(0.0),
            cap: object.or("cap", false, faults),
            cohort: cohort(object, faults),
            constant: constant(object, faults),
        },
        "reference_distance" => Scoring::ReferenceDistance {
            city: object.required("city", faults).unwrap_or_default(),
            cap: object.or("cap", false, faults),
            cohort: cohort(object, faults),
            constant: constant(object, faults),
        },
        "max_distance" => Scoring::MaxDistance { cohort: cohort(object, faults), constant: constant(object, faults) },
        "max_fraction" => Scoring::MaxFraction { cohort: cohort(object, faults), constant: constant(object, faults) },
        other => return wrong_word(other, &object.pointer("rule"), &WORDS, faults),
    })
}

fn cohort(object: &mut Object, faults: &mut Faults) -> Cohort {
    object.or("cohort", Cohort::Period, faults)
}

fn constant(object: &mut Object, faults: &mut Faults) -> Constant {
    object.or("constant", Constant::Refuse, faults)
}

/// An object of free member names with a number each, in the order of the document.
#[derive(Default)]
struct Members(Vec<(String, f64)>);

impl Read for Members {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        read_members(value, at, faults).map(Self)
    }
}

fn as_map<S: Serializer>(members: &[(String, f64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(members.iter().map(|(key, value)| (key, value)))
}

impl Read for Edge {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value.as_str() {
            Some("lower_inclusive") => Some(Self::LowerInclusive),
            Some("upper_inclusive") => Some(Self::UpperInclusive),
            Some(word) => wrong_word(word, at, &["lower_inclusive", "upper_inclusive"], faults),
            None => wrong_type(value, at, "text", "文本", faults),
        }
    }
}
