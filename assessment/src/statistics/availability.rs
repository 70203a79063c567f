//! How much of the data each city has, over all and node by node.

use citygauge_indicators::{NodeIndex, SetNode};

use super::{Of, Statistics, share};

/// The data of one city below one node.
#[derive(Debug, Clone, PartialEq)]
pub struct Availability<'a> {
    /// The code of the city.
    pub city: &'a str,
    /// The node.
    pub node: NodeIndex,
    /// The leaves below it that apply to the city.
    pub leaves: usize,
    /// Those without a raw value.
    pub missing: usize,
    /// Those whose raw value is zero.
    pub zeros: usize,
    /// The share of the leaves that have a raw value, 0 to 1; none where no leaf applies.
    pub available_share: Option<f64>,
    /// The share of the raw values that are not zero, 0 to 1; none where there is none.
    pub nonzero_share: Option<f64>,
}

/// What is counted of the leaves below a node.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    leaves: usize,
    missing: usize,
    zeros: usize,
}

impl<'a> Statistics<'a> {
    /// The data of every city below every inner node, those that are `wanted`, by city, then in the order of the set.
    /// Leaves that do not apply count nowhere; options of a choice are never zero.
    #[must_use]
    pub fn availability(&self, wanted: impl Fn(&Availability<'a>) -> bool) -> Vec<Availability<'a>> {
        let inner = |node: &NodeIndex| is_inner(&self.set().nodes()[*node]);
        let rows = (0..self.height()).flat_map(|row| {
            let counts = self.counts(row);
            let found = (0..counts.len()).filter(inner).map(move |node| self.available(row, node, counts[node]));
            found.filter(&wanted).collect::<Vec<_>>()
        });
        rows.collect()
    }

    /// The data of every city below TOTAL, in the order of the cities.
    pub(super) fn availability_of_cities(&self) -> Vec<Availability<'a>> {
        (0..self.height()).map(|row| self.available(row, 0, self.counts(row)[0])).collect()
    }

    fn available(&self, row: usize, node: NodeIndex, Count { leaves, missing, zeros }: Count) -> Availability<'a> {
        let found = leaves - missing;
        Availability {
            city: self.city(row),
            node,
            leaves,
            missing,
            zeros,
            available_share: share(found, leaves),
            nonzero_share: share(found - zeros, found),
        }
    }

    /// What a city has below each node.
    fn counts(&self, row: usize) -> Vec<Count> {
        let nodes = self.set().nodes();
        let mut counts = vec![Count::default(); nodes.len()];
        for node in (0..nodes.len()).rev() {
            if !is_inner(&nodes[node]) && self.computed.applicability.applies(node, row) {
                let is_zero = self.column(node, Of::Value).is_some_and(|values| values.get(row) == Some(0.0));
                counts[node] = Count { leaves: 1, missing: usize::from(!self.has_value(node, row)), zeros: usize::from(is_zero) };
            }
            let Count { leaves, missing, zeros } = counts[node];
            if let Some(parent) = nodes[node].parent {
                let above = &mut counts[parent];
                (above.leaves, above.missing, above.zeros) =
                    (above.leaves + leaves, above.missing + missing, above.zeros + zeros);
            }
        }
        counts
    }

    /// Whether a leaf has a raw value, be it a number or an option.
    fn has_value(&self, leaf: NodeIndex, row: usize) -> bool {
        let values = self.assessment.measured[self.scores.at].values.get(&leaf);
        values.is_some_and(|values| values.get(row).is_some())
    }
}

fn is_inner(node: &SetNode) -> bool {
    !node.children.is_empty()
}
