//! Weights that are derived instead of given; they stand on the node whose children they weigh.
//!
//! A child whose own weight is 0 is shown but not counted under every method: it stands in no matrix and gets no weight.

use serde::Serialize;
use serde_json::Value;

use super::is_default;
use super::scoring::Cohort;
use crate::fault::Faults;
use crate::read::{Object, Read, read_words, wrong_word};

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
        /// Square, positive, reciprocal matrices in the order of the children that count.
        matrices: Vec<Vec<Vec<f64>>>,
        /// The consistency ratio up to which a matrix is accepted, 0.1 unless given.
        accept_above: f64,
    },
    /// Shannon entropy of the children's values.
    Entropy {
        /// Added to every value, so that zeros have a logarithm.
        shift: f64,
        /// The values that are looked at.
        #[serde(skip_serializing_if = "is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        on: Evidence,
        /// The cities and periods that are looked at.
        #[serde(skip_serializing_if = "is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        cohort: Cohort,
    },
    /// Contrast and conflict of the children's scores (Diakoulaki).
    Critic {
        /// The cities and periods that are looked at.
        #[serde(skip_serializing_if = "is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        cohort: Cohort,
    },
    /// The standard deviation of the children's values.
    StdDev {
        /// The values that are looked at.
        #[serde(skip_serializing_if = "is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        on: Evidence,
        /// The cities and periods that are looked at.
        #[serde(skip_serializing_if = "is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        cohort: Cohort,
    },
    /// The standard deviation of the children's values over the magnitude of their mean.
    CoefficientOfVariation {
        /// The values that are looked at; the scores as they are unless given.
        on: Evidence,
        /// The cities and periods that are looked at.
        #[serde(skip_serializing_if = "is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        cohort: Cohort,
    },
    /// Squared loadings on the first principal component.
    Pca {
        /// The cities and periods that are looked at.
        #[serde(skip_serializing_if = "is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        cohort: Cohort,
    },
    /// The weights that show each city in its best light, within bounds on the shares.
    BenefitOfTheDoubt {
        /// The least and greatest share of a child.
        #[serde(skip_serializing_if = "Option::is_none")]
        shares: Option<[f64; 2]>,
        /// The cities and periods among which nobody may exceed the full mark.
        #[serde(skip_serializing_if = "is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        cohort: Cohort,
    },
    /// The weights under which the children correlate with the node as they should.
    Correlations {
        /// What is aimed at.
        #[serde(skip_serializing_if = "is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        aim: Aim,
        /// The correlations aimed at, relative to each other, in the order of the children that count; equal unless given.
        #[serde(skip_serializing_if = "Option::is_none")]
        targets: Option<Vec<f64>>,
        /// The cities and periods that are looked at.
        #[serde(skip_serializing_if = "is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        cohort: Cohort,
    },
    /// A stated mixture of several methods.
    Mix {
        /// The parts.
        of: Vec<MixPart>,
        /// How they are combined.
        #[serde(skip_serializing_if = "is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        combine: Combination,
    },
}

/// The values that a method looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The children's scores, brought to 0..1 between the least and the greatest of the cohort.
    #[default]
    MinMax,
    /// The children's scores as they are.
    Scores,
    /// The raw values of the children, which are indicators then; their direction is not looked at.
    Raw,
}

read_words!(Evidence { "min_max" => Self::MinMax, "scores" => Self::Scores, "raw" => Self::Raw });

/// What optimised weights aim at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// Correlations in the proportions of the targets.
    #[default]
    Balance,
    /// The greatest sum of squared correlations.
    Infomax,
}

read_words!(Aim { "balance" => Self::Balance, "infomax" => Self::Infomax });

/// How the parts of a mixture are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Combination {
    /// The sum of the weights times their parts; the parts add up to 1.
    #[default]
    Sum,
    /// The product of the weights, each to the power of its part, scaled again.
    Product,
}

read_words!(Combination { "sum" => Self::Sum, "product" => Self::Product });

/// One part of a mixture of weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MixPart {
    /// The method of this part.
    #[serde(flatten)]
    pub weighting: Weighting,
    /// Its share in the mixture; under a product its exponent, 1 unless given.
    pub part: f64,
}

impl Weighting {
    /// Reads a method from parsed JSON, as it stands in a document.
    ///
    /// # Errors
    /// Every fault of form.
    pub fn from_value(value: &Value) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        match Self::read(value, "", &mut faults) {
            Some(weighting) if faults.is_empty() => Ok(weighting),
            _ => Err(faults),
        }
    }

    /// The word that names the method in a document.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Equal => "equal",
            Self::Ahp { .. } => "ahp",
            Self::Entropy { .. } => "entropy",
            Self::Critic { .. } => "critic",
            Self::StdDev { .. } => "std_dev",
            Self::CoefficientOfVariation { .. } => "coefficient_of_variation",
            Self::Pca { .. } => "pca",
            Self::BenefitOfTheDoubt { .. } => "benefit_of_the_doubt",
            Self::Correlations { .. } => "correlations",
            Self::Mix { .. } => "mix",
        }
    }

    /// The cities and periods that are looked at; none for methods that look at no data, and for a mixture, whose parts
    /// each have their own.
    #[must_use]
    pub fn cohort(&self) -> Option<&Cohort> {
        match self {
            Self::Given | Self::Equal | Self::Ahp { .. } | Self::Mix { .. } => None,
            Self::Entropy { cohort, .. }
            | Self::Critic { cohort }
            | Self::StdDev { cohort, .. }
            | Self::CoefficientOfVariation { cohort, .. }
            | Self::Pca { cohort }
            | Self::BenefitOfTheDoubt { cohort, .. }
            | Self::Correlations { cohort, .. } => Some(cohort),
        }
    }

    /// The values that are looked at, for the methods that leave it open.
    #[must_use]
    pub fn evidence(&self) -> Option<Evidence> {
        match self {
            Self::Entropy { on, .. } | Self::StdDev { on, .. } | Self::CoefficientOfVariation { on, .. } => Some(*on),
            _ => None,
        }
    }
}

const WORDS: [&str; 11] = [
    "given",
    "equal",
    "ahp",
    "entropy",
    "critic",
    "std_dev",
    "coefficient_of_variation",
    "pca",
    "correlations",
    "benefit_of_the_doubt",
    "mix",
];

/// The methods that can be part of a mixture: all that give every city the same weights.
const PARTS: usize = 9;

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
        let part = object.or("part", 1.0, faults);
        object.close(faults).then_some(Self { weighting: weighting?, part })
    }
}

/// A mixture holds neither a mixture nor weights that differ from city to city.
#[derive(PartialEq)]
enum Nested {
    Allowed,
    Refused,
}

fn members(object: &mut Object, faults: &mut Faults, nested: Nested) -> Option<Weighting> {
    let word: String = object.required("method", faults)?;
    let known = if nested == Nested::Allowed { &WORDS[..] } else { &WORDS[..PARTS] };
    if !known.contains(&word.as_str()) {
        return wrong_word(&word, &object.pointer("method"), known, faults);
    }
    let mut cohort = |object: &mut Object| object.or("cohort", Cohort::Period, faults);
    Some(match word.as_str() {
        "equal" => Weighting::Equal,
        "ahp" => Weighting::Ahp {
            matrices: object.required("matrices", faults)?,
            accept_above: object.or("accept_above", 0.1, faults),
        },
        "entropy" => {
            let cohort = cohort(object);
            Weighting::Entropy { shift: object.or("shift", 0.0, faults), on: object.or("on", Evidence::MinMax, faults), cohort }
        }
        "critic" => Weighting::Critic { cohort: cohort(object) },
        "std_dev" => {
            let cohort = cohort(object);
            Weighting::StdDev { on: object.or("on", Evidence::MinMax, faults), cohort }
        }
        "coefficient_of_variation" => {
            let cohort = cohort(object);
            Weighting::CoefficientOfVariation { on: object.or("on", Evidence::Scores, faults), cohort }
        }
        "pca" => Weighting::Pca { cohort: cohort(object) },
        "correlations" => {
            let cohort = cohort(object);
            let aim = object.or("aim", Aim::Balance, faults);
            Weighting::Correlations { aim, targets: object.optional("targets", faults), cohort }
        }
        "benefit_of_the_doubt" => {
            let cohort = cohort(object);
            Weighting::BenefitOfTheDoubt { shares: object.optional("shares", faults), cohort }
        }
        "mix" => Weighting::Mix { of: object.required("of", faults)?, combine: object.or("combine", Combination::Sum, faults) },
        _ => Weighting::Given,
    })
}
