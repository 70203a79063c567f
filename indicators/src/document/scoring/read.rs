//! Reads a scoring rule: its word, then the parameters that the word takes.

use serde_json::Value;

use super::{Cohort, Constant, Scoring, Ties};
use crate::document::level::Edge;
use crate::fault::Faults;
use crate::read::{Object, Read, read_members, wrong_word};

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
        "rank" => Scoring::Rank { ties: object.or("ties", Ties::default(), faults), cohort: cohort(object, faults) },
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
