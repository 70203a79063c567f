//! Weights against what they do: how much of a parent, and of the total, each node in fact moves.
//!
//! Source: Paruolo, Saisana, Saltelli, Ratings and rankings: voodoo or science?, J. R. Stat. Soc. A 176 (2013): a weight
//! is no measure of importance; the squared correlation with the parent is, to first order.

use citygauge_indicators::NodeIndex;
use citygauge_indicators::exact::nearest_double;

use super::correlations::correlated;
use super::variable::{Pairs, Variable};
use super::{Absence, CorrelationKind, Of, Statistics};
use crate::error::Result;
use crate::parallel::in_parallel;
use crate::weigh::derived_weighting;

/// What weighs on a node's place, and what comes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance {
    /// The node.
    pub node: NodeIndex,
    /// Its parent.
    pub parent: NodeIndex,
    /// Its weight in the period over the sum of its sisters' weights; none where every city has weights of its own.
    pub weight: Option<f64>,
    /// The part of the total that it can contribute by the weights of the period.
    pub share: f64,
    /// The cities in which both it and its parent have a score.
    pub cities: usize,
    /// Its correlation with its parent.
    pub correlation: Option<f64>,
    /// Its correlation with TOTAL.
    pub correlation_with_total: Option<f64>,
    /// The squared correlation with the parent: the part of the parent's variance that goes with it.
    pub importance: Option<f64>,
    /// The same over the sum of its sisters', to be held against the weight.
    pub importance_share: Option<f64>,
    /// Why some of it is none.
    pub absence: Option<Absence>,
}

impl Statistics<'_> {
    /// Every node below TOTAL against its parent, in the order of the set.
    ///
    /// # Errors
    /// Only where the engine is at fault.
    pub fn balance(&self, kind: CorrelationKind) -> Result<Vec<Balance>> {
        let set = self.set();
        let inner: Vec<NodeIndex> = (0..set.nodes().len()).filter(|&node| !set.nodes()[node].children.is_empty()).collect();
        let Some(total) = self.variable(0, Of::Score) else { return Ok(Vec::new()) };
        let found = in_parallel(None, inner.len(), |place| Ok(self.of_children(inner[place], &total, kind)))?;
        let mut balance = found.concat();
        balance.sort_by_key(|of| of.node);
        Ok(balance)
    }

    fn of_children(&self, parent: NodeIndex, total: &Variable, kind: CorrelationKind) -> Vec<Balance> {
        let set = self.set();
        let mut pairs = Pairs::default();
        let Some(above) = self.variable(parent, Of::Score) else { return Vec::new() };
        let by_city = derived_weighting(set, parent).is_some_and(|weighting| weighting.word() == "benefit_of_the_doubt");
        let of_child = |&node: &NodeIndex| {
            let own = self.variable(node, Of::Score)?;
            let with_parent = correlated(&own, &above, kind, &mut pairs);
            let with_total = correlated(&own, total, kind, &mut pairs);
            let correlation = with_parent.correlation.ok();
            Some(Balance {
                node,
                parent,
                weight: (!by_city).then(|| nearest_double(&set.nodes()[node].normalised_weight)),
                share: set.nodes()[node].share_f64(),
                cities: with_parent.cities,
                correlation,
                correlation_with_total: with_total.correlation.ok(),
                importance: correlation.map(|correlation| correlation * correlation),
                importance_share: None,
                absence: with_parent.correlation.err(),
            })
        };
        let mut found: Vec<Balance> = set.nodes()[parent].children.iter().filter_map(of_child).collect();
        let sum: f64 = found.iter().filter_map(|of| of.importance).sum();
        for of in &mut found {
            of.importance_share = of.importance.filter(|_| sum > 0.0).map(|importance| importance / sum);
        }
        found
    }
}
