//! How weights came about, for people and files.

use citygauge_indicators::{NodeIndex, Period};

/// The derivation of the weights below one node.
#[derive(Debug, Clone, PartialEq)]
pub struct Derivation {
    /// The place of the node whose children were weighed.
    pub node: NodeIndex,
    /// The period it holds for; all periods where there is none.
    pub period: Option<Period>,
    /// The word of the method.
    pub method: &'static str,
    /// How many cities (over several periods: rows) had a score of every child and were looked at; none for methods that
    /// look at no data.
    pub cities: Option<usize>,
    /// What else the method tells.
    pub statistics: Vec<Statistic>,
}

/// One number that a method tells beside its weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistic {
    /// What it is: `entropy`, `information`, `sd`, `variation`, `squared_loading`, `explained_variance`, `correlation`,
    /// `lambda_max`, `consistency_index`, `consistency_ratio`, `frontier`, or the `weight` by one part of a mixture.
    pub name: &'static str,
    /// The part of the mixture, from 0.
    pub part: Option<usize>,
    /// The place of the child it speaks of.
    pub child: Option<NodeIndex>,
    /// The expert's matrix, from 0; the group's where there is none.
    pub matrix: Option<usize>,
    /// The number.
    pub value: f64,
}

/// The weight of one node in one period, as it was computed with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight<'a> {
    /// The period.
    pub period: Period,
    /// The code of the node.
    pub node: &'a str,
    /// The code of its parent; only TOTAL has none.
    pub parent: Option<&'a str>,
    /// How the parent weighs its children: `given` unless a method derives their weights.
    pub method: &'static str,
    /// Its weight, given or derived; none under benefit of the doubt, where every city has its own.
    pub weight: Option<f64>,
    /// Its weight over the sum of its sisters' weights, 0 to 1.
    pub normalised_weight: Option<f64>,
    /// Its effective weight: the part of the total that it can contribute, 0 to 1. Below a node under benefit of the doubt
    /// that of the weights as given.
    pub share: f64,
}
