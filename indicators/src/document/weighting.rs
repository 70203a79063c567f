//! Weights that are derived instead of given; they stand on the node whose children they weigh.

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read, wrong_word};

/// How the weights of a node's children are derived.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(no_recursion))]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Weighting {
    /// The weights of the children as they are given.
    Given,
    /// The same weight for every child.
    Equal,
    /// Saaty's pairwise comparisons, one matrix per expert.
    Ahp {
        /// Square, positive, reciprocal matrices in the order of the children.
        matrices: Vec<Vec<Vec<f64>>>,
        /// The consistency ratio up to which a matrix is accepted, 0.1 unless given.
        accept_above: f64,
    },
    /// Shannon entropy of the children's scores.
    Entropy {
        /// Added to every score, so that zeros have a logarithm.
        shift: f64,
    },
    /// Contrast and conflict of the children's scores (Diakoulaki).
    Critic,
    /// The standard deviation of the children's scores.
    StdDev,
    /// Squared loadings on the first principal component.
    Pca,
    /// The weights that show each city in its best light, within bounds on the shares.
    BenefitOfTheDoubt {
        /// The least and greatest share of a child.
        #[serde(skip_serializing_if = "Option::is_none")]
        shares: Option<[f64; 2]>,
    },
    /// A stated mixture of several methods.
    Mix {
        /// The parts; they add up to 1.
        of: Vec<MixPart>,
    },
}

/// One part of a mixture of weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MixPart {
    /// The method of this part.
    #[serde(flatten)]
    pub weighting: Weighting,
    /// Its share in the mixture.
    pub part: f64,
}

const WORDS: [&str; 9] = ["given", "equal", "ahp", "entropy", "critic", "std_dev", "pca", "benefit_of_the_doubt", "mix"];

impl Read for Weighting {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let weighting = members(&mut object, faults, Nested::Allowed);
        if object.close(faults) { weighting } else { None }
    }
}

impl Read for MixPart {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let weighting = members(&mut object, faults, Nested::Refused);
        let part = object.required("part", faults);
        object.close(faults).then_some(Self { weighting: weighting?, part: part? })
    }
}

/// A mixture cannot hold a mixture.
#[derive(PartialEq)]
enum Nested {
    Allowed,
    Refused,
}

fn members(object: &mut Object, faults: &mut Faults, nested: Nested) -> Option<Weighting> {
    let word: String = object.required("method", faults)?;
    Some(match word.as_str() {
        "given" => Weighting::Given,
        "equal" => Weighting::Equal,
        "ahp" => Weighting::Ahp {
            matrices: object.required("matrices", faults)?,
            accept_above: object.or("accept_above", 0.1, faults),
        },
        "entropy" => Weighting::Entropy { shift: object.or("shift", 0.0, faults) },
        "critic" => Weighting::Critic,
        "std_dev" => Weighting::StdDev,
        "pca" => Weighting::Pca,
        "benefit_of_the_doubt" => Weighting::BenefitOfTheDoubt { shares: object.optional("shares", faults) },
        "mix" if nested == Nested::Allowed => Weighting::Mix { of: object.required("of", faults)? },
        other => {
            let known = if nested == Nested::Allowed { &WORDS[..] } else { &WORDS[..8] };
            return wrong_word(other, &object.pointer("method"), known, faults);
        }
    })
}
