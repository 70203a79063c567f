//! The request of an uncertainty analysis (section 4.8 of the method): which choices are varied, and how.
//!
//! It speaks of a set but is no part of it; it is read as strictly. Whether its nodes and alternatives fit the set, only
//! the engine can say.

use serde_json::Value;

use super::aggregation::Aggregation;
use super::missing::MissingRule;
use super::scoring::Scoring;
use crate::fault::{Fault, Faults};
use crate::json::parse_strict;
use crate::period::Period;
use crate::read::{Object, Read, read_members, wrong_word};

/// The greatest number of replications that may be asked for.
const MOST_REPLICATIONS: u32 = 100_000;

/// What to vary, how often, and from which seed.
#[derive(Debug, Clone, PartialEq)]
pub struct UncertaintyRequest {
    /// How many replications are drawn; of a Sobol design, how many base rows it has. 1,000 unless given.
    pub replications: u32,
    /// From what the replications are drawn; the same seed gives the same digits. 1 unless given.
    pub seed: u64,
    /// The period; the latest with results unless given.
    pub period: Option<Period>,
    /// Whether a Sobol design is drawn: replications x (choices + 2) rows, and sensitivity indices of every choice.
    pub sobol: bool,
    /// The choices.
    pub choices: Vec<Choice>,
}

/// One choice that somebody had to make and that could have been made otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Its name in the results; the word of its kind unless given.
    pub name: String,
    /// What is chosen.
    pub kind: ChoiceKind,
}

/// What is chosen, and out of what.
#[derive(Debug, Clone, PartialEq)]
pub enum ChoiceKind {
    /// Every weight concerned is multiplied by a number drawn uniformly from 1 - `plus_minus` to 1 + `plus_minus`.
    Weights {
        /// Above 0, at most 1.
        plus_minus: f64,
        /// Whose weights; with `depths` empty as well, those of all inner nodes below TOTAL.
        nodes: Vec<String>,
        /// The depths whose nodes' weights are varied; 1 is the level below TOTAL.
        depths: Vec<u32>,
    },
    /// One of several sets of weights; what a set does not name keeps its weight.
    WeightSets {
        /// Node to weight, set by set.
        sets: Vec<Vec<(String, f64)>>,
    },
    /// One of several scoring rules for the leaves concerned.
    Scoring {
        /// The rules with their names; none stands for the set's own.
        alternatives: Vec<(String, Option<Scoring>)>,
        /// Leaves, or nodes above them; all leaves with a cohort rule unless given.
        nodes: Vec<String>,
    },
    /// One of several aggregations of the inner nodes concerned.
    Aggregation {
        /// The aggregations.
        alternatives: Vec<Aggregation>,
        /// Inner nodes; all of them unless given.
        nodes: Vec<String>,
    },
    /// One of several missing rules of the nodes concerned.
    Missing {
        /// The rules.
        alternatives: Vec<MissingRule>,
        /// Nodes below TOTAL; all of them unless given.
        nodes: Vec<String>,
    },
    /// One of several limits of the winsorised values of the leaves concerned.
    Treatment {
        /// The limits `at_most`.
        at_most: Vec<u32>,
        /// Leaves, or nodes above them; all that winsorise unless given.
        nodes: Vec<String>,
    },
    /// Nothing is left out, or one of these nodes.
    LeaveOut {
        /// The nodes.
        nodes: Vec<String>,
    },
}

const KINDS: [&str; 6] = ["weights", "scoring", "aggregation", "missing", "treatment", "leave_out"];

impl ChoiceKind {
    /// The word that names it in a request.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Weights { .. } | Self::WeightSets { .. } => "weights",
            Self::Scoring { .. } => "scoring",
            Self::Aggregation { .. } => "aggregation",
            Self::Missing { .. } => "missing",
            Self::Treatment { .. } => "treatment",
            Self::LeaveOut { .. } => "leave_out",
        }
    }
}

impl UncertaintyRequest {
    /// The choices where none are stated: the weights of all inner nodes, plus or minus 25 %.
    #[must_use]
    pub fn usual_choices() -> Vec<Choice> {
        let kind = ChoiceKind::Weights { plus_minus: 0.25, nodes: Vec::new(), depths: Vec::new() };
        vec![Choice { name: kind.word().to_owned(), kind }]
    }

    /// Reads a request from JSON text.
    ///
    /// # Errors
    /// Every fault of form.
    pub fn parse(text: &[u8]) -> Result<Self, Faults> {
        Self::from_value(&parse_strict(text)?)
    }

    /// Reads a request from parsed JSON.
    ///
    /// # Errors
    /// Every fault of form: unknown and missing keys, wrong types and words, numbers out of range, names standing twice.
    pub fn from_value(value: &Value) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        match Self::read(value, "", &mut faults) {
            Some(request) if faults.is_empty() => Ok(request),
            _ => Err(faults),
        }
    }
}

impl Read for UncertaintyRequest {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let replications = object.or("replications", 1_000, faults);
        if !(1..=MOST_REPLICATIONS).contains(&replications) {
            faults.push(out_of_range(&object.pointer("replications"), replications, "1..100000"));
        }
        let seed = object.or("seed", Seed(1), faults).0;
        let period = object.optional::<String>("period", faults).and_then(|text| match text.parse() {
            Ok(period) => Some(period),
            Err(fault) => {
                faults.push(Fault::at(fault, object.pointer("period")));
                None
            }
        });
        let sobol = object.or("sobol", false, faults);
        let choices: Vec<Choice> = object.optional("choices", faults).unwrap_or_else(Self::usual_choices);
        if choices.is_empty() {
            faults.push(
                Fault::error("uncertainty.no_choice", "没有给出任何可变的选择", "no choice is varied")
                    .at(object.pointer("choices"))
                    .hint(
                        "至少给出一个选择，或删除 choices 以采用默认值",
                        "state one choice at least, or leave 'choices' out for the usual one",
                    ),
            );
        }
        for (i, choice) in choices.iter().enumerate() {
            if choices[..i].iter().any(|other| other.name == choice.name) {
                faults.push(
                    Fault::error("uncertainty.name_twice", "两个选择同名", "two choices have the same name")
                        .at(format!("{}/{i}/name", object.pointer("choices")))
                        .value(&choice.name)
                        .hint("为每个选择起不同的 name", "give every choice a name of its own"),
                );
            }
        }
        object.close(faults).then_some(Self { replications, seed, period, sobol, choices })
    }
}

/// A whole number of up to 64 bits.
struct Seed(u64);

impl Read for Seed {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value.as_u64() {
            Some(seed) => Some(Self(seed)),
            None => crate::read::wrong_type(value, at, "a whole number from 0", "非负整数", faults),
        }
    }
}

impl Read for Choice {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let word: Option<String> = object.required("kind", faults);
        let name: Option<String> = object.optional("name", faults);
        let kind = kind(word.as_deref()?, &mut object, faults);
        let complete = object.close(faults);
        let kind = kind.filter(|_| complete)?;
        Some(Self { name: name.unwrap_or_else(|| kind.word().to_owned()), kind })
    }
}

fn kind(word: &str, object: &mut Object, faults: &mut Faults) -> Option<ChoiceKind> {
    let nodes = |object: &mut Object, faults: &mut Faults| object.or("nodes", Vec::<String>::new(), faults);
    Some(match word {
        "weights" if object.raw("sets").is_some() => ChoiceKind::WeightSets { sets: weight_sets(object, faults) },
        "weights" => {
            let plus_minus = object.required("plus_minus", faults).unwrap_or(0.0);
            if !(plus_minus > 0.0 && plus_minus <= 1.0) {
                faults.push(out_of_range(&object.pointer("plus_minus"), plus_minus, "0 < plus_minus <= 1"));
            }
            ChoiceKind::Weights { plus_minus, nodes: nodes(object, faults), depths: object.or("depths", Vec::new(), faults) }
        }
        "scoring" => {
            let alternatives: Vec<Alternative> = list("alternatives", object, faults);
            let alternatives = alternatives.into_iter().map(|Alternative { name, scoring }| (name, scoring)).collect();
            ChoiceKind::Scoring { alternatives, nodes: nodes(object, faults) }
        }
        "aggregation" => {
            ChoiceKind::Aggregation { alternatives: list("alternatives", object, faults), nodes: nodes(object, faults) }
        }
        "missing" => ChoiceKind::Missing { alternatives: list("alternatives", object, faults), nodes: nodes(object, faults) },
        "treatment" => ChoiceKind::Treatment { at_most: list("at_most", object, faults), nodes: nodes(object, faults) },
        "leave_out" => ChoiceKind::LeaveOut { nodes: list("nodes", object, faults) },
        other => return wrong_word(other, &object.pointer("kind"), &KINDS, faults),
    })
}

/// A list that has one member at least.
fn list<T: Read>(key: &'static str, object: &mut Object, faults: &mut Faults) -> Vec<T> {
    let before = faults.0.len();
    let list: Vec<T> = object.required(key, faults).unwrap_or_default();
    if list.is_empty() && faults.0.len() == before {
        faults.push(
            Fault::error("uncertainty.no_alternative", "没有任何备选项", "there is nothing to choose from")
                .at(object.pointer(key))
                .hint("至少给出一个备选项", "state one alternative at least"),
        );
    }
    list
}

fn weight_sets(object: &mut Object, faults: &mut Faults) -> Vec<Vec<(String, f64)>> {
    let sets: Vec<WeightSet> = list("sets", object, faults);
    for (i, WeightSet(weights)) in sets.iter().enumerate() {
        for (node, weight) in weights.iter().filter(|(_, weight)| *weight < 0.0) {
            let at = format!("{}/{i}/{}", object.pointer("sets"), crate::json::escape(node));
            faults.push(out_of_range(&at, weight, "0 .."));
        }
    }
    sets.into_iter().map(|set| set.0).collect()
}

struct WeightSet(Vec<(String, f64)>);

impl Read for WeightSet {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        read_members(value, at, faults).map(Self)
    }
}

/// A scoring rule with a name, its word unless given; without a rule it stands for the set's own.
struct Alternative {
    name: String,
    scoring: Option<Scoring>,
}

impl Read for Alternative {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let name: Option<String> = object.optional("name", faults);
        let scoring: Option<Scoring> = object.optional("scoring", faults);
        let word = scoring.as_ref().map_or("as_set", Scoring::word);
        object.close(faults).then(|| Self { name: name.unwrap_or_else(|| word.to_owned()), scoring })
    }
}

fn out_of_range(at: &str, value: impl ToString, expected: &str) -> Fault {
    Fault::error("uncertainty.out_of_range", "数值超出允许范围", "the number is out of range")
        .at(at)
        .value(value.to_string())
        .expected(expected)
        .hint(format!("允许：{expected}"), format!("allowed: {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_said_has_its_default() {
        let request = UncertaintyRequest::from_value(&json!({})).expect("an empty request is in order");
        assert_eq!((request.replications, request.seed, request.sobol), (1_000, 1, false));
        assert_eq!(request.choices, UncertaintyRequest::usual_choices());
    }

    #[test]
    fn every_kind_of_choice_is_read() {
        let request = json!({"replications": 10, "seed": 7, "period": "2026", "sobol": true, "choices": [
            {"kind": "weights", "plus_minus": 0.25, "depths": [1, 2]},
            {"name": "given weights", "kind": "weights", "sets": [{"A": 1, "B": 2}]},
            {"kind": "scoring", "alternatives": [{"name": "published"}, {"scoring": {"rule": "z_score", "mean": 10, "sd": 2}}]},
            {"kind": "aggregation", "alternatives": ["arithmetic", {"method": "geometric", "floor": 1}], "nodes": ["TOTAL"]},
            {"kind": "missing", "alternatives": [{"rule": "skip"}, {"rule": "zero"}]},
            {"kind": "treatment", "at_most": [1, 5]},
            {"kind": "leave_out", "nodes": ["A"]},
        ]});
        let request = UncertaintyRequest::from_value(&request).unwrap_or_else(|faults| panic!("{faults}"));
        let names: Vec<&str> = request.choices.iter().map(|choice| choice.name.as_str()).collect();
        assert_eq!(names, ["weights", "given weights", "scoring", "aggregation", "missing", "treatment", "leave_out"]);
        let ChoiceKind::Scoring { alternatives, .. } = &request.choices[2].kind else { panic!("it is a scoring choice") };
        assert_eq!((alternatives[0].0.as_str(), alternatives[1].0.as_str()), ("published", "z_score"));
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let request = json!({"replications": 0, "seed": -1, "period": "26", "sobol": 1, "extra": 1, "choices": [
            {"kind": "weights", "plus_minus": 2},
            {"kind": "weights", "plus_minus": 0.1, "width": 1},
            {"kind": "weight"},
            {"kind": "missing", "alternatives": []},
            {"kind": "weights", "name": "w", "sets": [{"A": -1}]},
        ]});
        let faults = UncertaintyRequest::from_value(&request).expect_err("much is wrong");
        let places: Vec<&str> = faults.0.iter().filter_map(|fault| fault.pointer.as_deref()).collect();
        for expected in [
            "/replications",
            "/seed",
            "/period",
            "/sobol",
            "/extra",
            "/choices/0/plus_minus",
            "/choices/1/width",
            "/choices/2/kind",
            "/choices/3/alternatives",
            "/choices/4/sets/0/A",
        ] {
            assert!(places.contains(&expected), "{expected} is not among {places:?}");
        }
    }

    #[test]
    fn names_are_told_apart() {
        let request = json!({"choices": [{"kind": "weights", "plus_minus": 0.1}, {"kind": "weights", "plus_minus": 0.2}]});
        let faults = UncertaintyRequest::from_value(&request).expect_err("both are called weights");
        assert_eq!(faults.0[0].code, "uncertainty.name_twice");
    }
}
