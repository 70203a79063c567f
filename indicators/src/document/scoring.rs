//! Scoring rules: how a leaf's raw value becomes a score from 0 to the full mark.

mod cohort;
mod read;
mod threshold;
mod ties;

use serde::{Serialize, Serializer};

use super::level::Edge;

pub use cohort::{Cohort, Constant};
pub use threshold::{BenchmarkBand, Step};
pub use ties::Ties;

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
        /// The rank of equal values, the least of those they take unless given.
        #[serde(skip_serializing_if = "Ties::is_default")]
        ties: Ties,
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
            | Self::Rank { cohort, .. }
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

fn as_map<S: Serializer>(members: &[(String, f64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(members.iter().map(|(key, value)| (key, value)))
}
