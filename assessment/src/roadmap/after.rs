//! The city once some projects are finished.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::formula::Expr;
use citygauge_indicators::planning::Project;
use citygauge_indicators::{IndicatorSet, NodeIndex, Period};

use crate::assessment::Assessment;
use crate::error::Result;
use crate::normalise::number;
use crate::what_if::{Supposed, with_values};

/// The city from which the projects set out.
pub(super) struct Base<'a> {
    pub assessment: &'a Assessment,
    pub set: &'a IndicatorSet,
    pub city: &'a str,
    pub period: Period,
    pub projects: &'a [Project],
    /// The leaf of each effect, project by project.
    pub effects: Vec<Vec<(NodeIndex, f64)>>,
    /// The raw value of each leaf that some project changes.
    pub values: Vec<(NodeIndex, f64)>,
}

impl<'a> Base<'a> {
    /// The raw values of the leaves that these projects change, with their effects added up, within the limits of the item
    /// where the leaf is one item.
    pub fn values_after(&self, finished: &[usize], counts: impl Fn(NodeIndex) -> bool) -> Vec<(NodeIndex, f64)> {
        let after = |&(leaf, value): &(NodeIndex, f64)| {
            let effects = finished.iter().flat_map(|project| &self.effects[*project]);
            let changes: Vec<f64> = effects.filter(|(node, _)| *node == leaf).map(|(_, change)| *change).collect();
            if changes.is_empty() {
                return None;
            }
            let sum = changes.iter().fold(number(value), |sum, change| sum + number(*change));
            let (least, greatest) = limits(self.set, leaf);
            Some((leaf, nearest_double(&sum).max(least).min(greatest)))
        };
        self.values.iter().filter(|(leaf, _)| counts(*leaf)).filter_map(after).collect()
    }

    /// Every node of the city once these projects are finished.
    pub fn after(&self, finished: &[usize]) -> Result<Vec<Supposed<'a>>> {
        with_values(self.assessment, self.city, self.period, &self.values_after(finished, |_| true), &[])
    }
}

/// The least and the greatest raw value of a leaf that is one item with limits.
pub(super) fn limits(set: &IndicatorSet, leaf: NodeIndex) -> (f64, f64) {
    let formula = set.nodes()[leaf].leaf().and_then(|leaf| leaf.formula.as_ref());
    let item = match formula.map(|formula| formula.root()) {
        Some(Expr::Item(code)) => set.item_index(code),
        _ => None,
    };
    let item = item.map(|item| &set.items()[item]);
    let least = item.and_then(|item| item.min).unwrap_or(f64::NEG_INFINITY);
    (least, item.and_then(|item| item.max).unwrap_or(f64::INFINITY))
}
