//! Reading an aggregation out of a document.

use serde_json::Value;

use super::{Aggregation, CopelandScale, FuzzyOperator, Ideals, Method, Norm, Penalty, Spread, Standardise, WORDS};
use crate::fault::Faults;
use crate::read::{Object, Read, wrong_type, wrong_word};

/// The part of the sum of regrets unless given.
pub(super) const DEFAULT_V: f64 = 0.5;
/// The distinguishing coefficient unless given.
pub(super) const DEFAULT_RHO: f64 = 0.5;

impl Read for Aggregation {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let Value::String(word) = value else { return object(value, at, faults) };
        let method = match word.as_str() {
            "power" => return wrong_type(value, at, "{\"method\": \"power\", \"p\": ...}", "含 p 的对象", faults),
            "fuzzy" => return wrong_type(value, at, "{\"method\": \"fuzzy\", \"grades\": [...]}", "含 grades 的对象", faults),
            "owa" => return wrong_type(value, at, "{\"method\": \"owa\", \"weights\": [...]}", "含 weights 的对象", faults),
            "arithmetic" => Method::Arithmetic,
            "geometric" => Method::Geometric,
            "harmonic" => Method::Harmonic,
            "minimum" => Method::Minimum,
            "median" => Method::Median,
            "copeland" => Method::Copeland { scale: CopelandScale::default() },
            "mazziotta_pareto" => Method::MazziottaPareto {
                penalty: Penalty::default(),
                standardise: Standardise::default(),
                sd: Spread::default(),
            },
            "reported_points" => Method::ReportedPoints,
            "topsis" => Method::Topsis { ideals: Ideals::default(), norm: Norm::default() },
            "vikor" => Method::Vikor { v: DEFAULT_V, ideals: Ideals::default() },
            "grey_relational" => Method::GreyRelational { rho: DEFAULT_RHO, ideals: Ideals::default() },
            other => return wrong_word(other, at, &WORDS, faults),
        };
        Some(Self { method, floor: None })
    }
}

fn object(value: &Value, at: &str, faults: &mut Faults) -> Option<Aggregation> {
    let mut object = Object::open(value, at, faults)?;
    let word: String = object.required("method", faults)?;
    let method = match word.as_str() {
        "arithmetic" => Some(Method::Arithmetic),
        "geometric" => Some(Method::Geometric),
        "harmonic" => Some(Method::Harmonic),
        "power" => object.required("p", faults).map(|p| Method::Power { p }),
        "minimum" => Some(Method::Minimum),
        "median" => Some(Method::Median),
        "copeland" => Some(Method::Copeland { scale: object.or("scale", CopelandScale::default(), faults) }),
        "mazziotta_pareto" => Some(Method::MazziottaPareto {
            penalty: object.or("penalty", Penalty::default(), faults),
            standardise: object.or("standardise", Standardise::default(), faults),
            sd: object.or("sd", Spread::default(), faults),
        }),
        "reported_points" => Some(Method::ReportedPoints),
        "topsis" => Some(Method::Topsis {
            ideals: object.or("ideals", Ideals::default(), faults),
            norm: object.or("norm", Norm::default(), faults),
        }),
        "vikor" => {
            Some(Method::Vikor { v: object.or("v", DEFAULT_V, faults), ideals: object.or("ideals", Ideals::default(), faults) })
        }
        "grey_relational" => Some(Method::GreyRelational {
            rho: object.or("rho", DEFAULT_RHO, faults),
            ideals: object.or("ideals", Ideals::default(), faults),
        }),
        "fuzzy" => {
            let operator = object.or("operator", FuzzyOperator::default(), faults);
            object.required("grades", faults).map(|grades| Method::Fuzzy { grades, operator })
        }
        "owa" => object.required("weights", faults).map(|weights| Method::Owa { weights }),
        other => wrong_word(other, &object.pointer("method"), &WORDS, faults),
    };
    let floor = object.optional("floor", faults);
    object.close(faults).then_some(Aggregation { method: method?, floor })
}
