//! The weights of a result, as they are kept and given out.

use std::collections::HashMap;

use citygauge_assessment::{Assessment, Derivation, Statistic, Weight};
use citygauge_openapi::{self as wire, Code, PeriodCode};
use serde::{Deserialize, Serialize};

/// The weights of a result with how they were derived.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Node by node, period by period.
    pub items: Vec<wire::WeightRow>,
    /// By node and period.
    pub derivations: Vec<wire::WeightDerivation>,
}

impl Weights {
    /// Those of a result of the engine.
    #[must_use]
    pub fn of(assessment: &Assessment) -> Self {
        let derivations: Vec<&Derivation> = assessment.derivations().collect();
        Self {
            items: assessment.weights().map(|weight| item(assessment, &weight, &derivations)).collect(),
            derivations: derivations.iter().map(|derived| derivation(assessment, derived)).collect(),
        }
    }

    /// Adds those of a further part of the same result.
    pub fn add(&mut self, part: &Assessment) {
        let Self { items, derivations } = Self::of(part);
        self.items.extend(items);
        self.derivations.extend(derivations);
    }

    /// The shares of the nodes in a period, by code.
    #[must_use]
    pub fn shares(&self, period: &str) -> HashMap<&str, f64> {
        let of_period = self.items.iter().filter(|item| item.period.as_str() == period);
        of_period.map(|item| (item.node.as_str(), item.share)).collect()
    }
}

fn item(assessment: &Assessment, weight: &Weight, derivations: &[&Derivation]) -> wire::WeightRow {
    let set = assessment.set();
    let (node, parent) = (set.node_index(weight.node), weight.parent.and_then(|parent| set.node_index(parent)));
    let derived = derivations
        .iter()
        .find(|derived| Some(derived.node) == parent && derived.period.is_none_or(|period| period == weight.period));
    let of_group = |name: &str| {
        let told = derived?.statistics.iter().find(|told| told.name == name && told.matrix.is_none() && told.part.is_none());
        told.map(|told| told.value)
    };
    let own = derived.and_then(|derived| derived.statistics.iter().find(|told| told.child == node && told.part.is_none()));
    wire::WeightRow {
        period: PeriodCode::trusted(weight.period.to_string()),
        node: Code::trusted(weight.node.to_owned()),
        parent: weight.parent.map(|parent| Code::trusted(parent.to_owned())),
        method: weight.method.to_owned(),
        weight: weight.weight,
        normalised_weight: weight.normalised_weight,
        share: weight.share,
        statistic: own.map(|told| told.name.to_owned()),
        value: own.map(|told| told.value),
        cities: derived.and_then(|derived| derived.cities).map(|count| count as u64),
        consistency_ratio: of_group("consistency_ratio"),
        explained_variance: of_group("explained_variance"),
    }
}

fn derivation(assessment: &Assessment, derived: &Derivation) -> wire::WeightDerivation {
    let code = |node: usize| Code::trusted(assessment.set().nodes()[node].code.clone());
    let statistic = |told: &Statistic| wire::WeightStatistic {
        name: told.name.to_owned(),
        node: told.child.map(code),
        part: told.part.map(|part| part as u64),
        matrix: told.matrix.map(|matrix| matrix as u64),
        value: told.value,
    };
    wire::WeightDerivation {
        node: code(derived.node),
        period: derived.period.map(|period| PeriodCode::trusted(period.to_string())),
        method: derived.method.to_owned(),
        cities: derived.cities.map(|count| count as u64),
        statistics: derived.statistics.iter().map(statistic).collect(),
    }
}
