//! The tree as a table of the query: a row per node, with what its rules need.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Arithmetic, CoverageBy, IndicatorSet, Method, MissingRule, NodeIndex, NodeKind, SetNode};
use dashu_ratio::RBig;

use super::Dialect;
use super::quantity::whole_parts;
use crate::aggregate::{self, Way};
use crate::assessment::points_factor;
use crate::normalise::number;
use crate::tree::{children_add_up_to_mark, coefficient, counted_children};

/// The tree of a set, and which of its settings occur at all: what does not is left out of the query.
pub(crate) struct Tree<'s> {
    pub set: &'s IndicatorSet,
    pub dialect: Dialect,
    /// The methods that occur, each standing for all that compute alike.
    pub methods: Vec<Method>,
    pub is_points: bool,
    pub has_floor: bool,
    pub has_coverage: bool,
    pub has_missing: bool,
    pub has_previous: bool,
}

/// The places that children without rounding are tried at, so that whole numbers tell their sums.
const USUAL_PLACES: u32 = 6;

impl<'s> Tree<'s> {
    pub(crate) fn new(set: &'s IndicatorSet, dialect: Dialect) -> Self {
        let mut methods: Vec<Method> = Vec::new();
        let nodes = set.nodes();
        for node in nodes {
            if let NodeKind::Inner { aggregation, .. } = &node.kind {
                let method = canonical(&aggregation.method);
                if !methods.contains(&method) {
                    methods.push(method);
                }
            }
        }
        let aggregations = || {
            nodes.iter().filter_map(|node| match &node.kind {
                NodeKind::Inner { aggregation, .. } => Some(aggregation),
                NodeKind::Leaf(_) => None,
            })
        };
        Self {
            set,
            dialect,
            methods,
            is_points: set.document().arithmetic == Arithmetic::Points,
            has_floor: aggregations().any(|aggregation| aggregation.floor.is_some()),
            has_coverage: nodes.iter().any(|node| least_coverage(node).is_some()),
            has_missing: nodes.iter().any(|node| node.parent.is_some() && node.missing != MissingRule::Skip),
            has_previous: nodes.iter().any(|node| matches!(node.missing, MissingRule::Previous { .. })),
        }
    }

    /// The names of the columns.
    pub(crate) fn columns(&self) -> Vec<&'static str> {
        let mut columns =
            vec!["node", "parent", "depth", "leaf", "w", "whole_w", "sum_whole", "grain", "method", "method_above", "scale"];
        columns.extend(self.has_missing.then_some("missing"));
        columns.extend(self.has_previous.then_some("back"));
        columns.extend(self.has_floor.then_some("floor_at"));
        if self.has_coverage {
            columns.extend(["cover_w", "cover_p", "cover_q", "cover_slack"]);
        }
        if self.is_points {
            columns.extend(["sums_to", "to_mark", "mark_p", "mark_q", "to_score"]);
        }
        columns.push("to_points");
        columns
    }

    /// The rows, in the order of the columns.
    pub(crate) fn rows(&self) -> Vec<String> {
        (0..self.set.nodes().len()).map(|index| self.row(index)).collect()
    }

    fn row(&self, index: NodeIndex) -> String {
        let n = |number: f64| self.dialect.number(number);
        let node = &self.set.nodes()[index];
        let parent = node.parent.map(|parent| &self.set.nodes()[parent]);
        let own_weights = self.whole_weights(node);
        let all: f64 = own_weights.iter().map(|(_, whole)| whole).sum();
        let whole = parent.map_or(0.0, |parent| {
            self.whole_weights(parent).into_iter().find(|(child, _)| *child == index).map_or(0.0, |(_, whole)| whole)
        });
        let is_leaf = node.children.is_empty();
        let mut cells = vec![
            index.to_string(),
            node.parent.map_or_else(|| "-1".to_owned(), |parent| parent.to_string()),
            node.depth.to_string(),
            i32::from(is_leaf).to_string(),
            n(if parent.is_some() { node.weight } else { 0.0 }),
            n(whole),
            n(all),
            n(parent.map_or(0.0, |parent| self.grain(parent))),
            self.key(node).to_string(),
            parent.map_or(-1, |parent| self.key(parent)).to_string(),
            n(node.places.map_or(0.0, |places| crate::round::scale(places.places))),
        ];
        cells.extend(self.has_missing.then(|| self.dialect.text(node.missing.word())));
        if self.has_previous {
            cells.push(if let MissingRule::Previous { at_most } = node.missing { at_most.to_string() } else { "0".to_owned() });
        }
        if self.has_floor {
            let floor = parent.and_then(|parent| match &parent.kind {
                NodeKind::Inner { aggregation, .. } => aggregation.floor,
                NodeKind::Leaf(_) => None,
            });
            cells.push(n(floor.unwrap_or(-1e300)));
        }
        if self.has_coverage {
            cells.extend(self.coverage(index).map(n));
        }
        if self.is_points {
            cells.extend(self.marks(index).map(n));
        }
        cells.push(n(points_factor(self.set, node, self.is_points)));
        cells.join(", ")
    }

    /// The place of a node's method; -1 for a leaf.
    fn key(&self, node: &SetNode) -> i32 {
        let NodeKind::Inner { aggregation, .. } = &node.kind else { return -1 };
        let method = canonical(&aggregation.method);
        self.methods.iter().position(|known| *known == method).and_then(|place| i32::try_from(place).ok()).unwrap_or(-1)
    }

    /// The weights of a node's counted children as whole numbers, all times the same factor; none where they have too many
    /// digits.
    fn whole_weights(&self, node: &SetNode) -> Vec<(NodeIndex, f64)> {
        let children: Vec<NodeIndex> = counted_children(self.set, node).collect();
        let weights: Vec<RBig> = children.iter().map(|&child| number(self.set.nodes()[child].weight)).collect();
        whole(&weights).map_or_else(Vec::new, |whole| children.into_iter().zip(whole).collect())
    }

    /// Ten to the power of the places at which the children's numbers are whole, if they are.
    fn grain(&self, node: &SetNode) -> f64 {
        let places = counted_children(self.set, node).map(|child| self.set.nodes()[child].places.map(|places| places.places));
        let places = places.collect::<Option<Vec<u32>>>().and_then(|places| places.into_iter().max());
        crate::round::scale(places.unwrap_or(USUAL_PLACES))
    }

    /// What a child counts in its parent's coverage; of the node itself: it is covered where q x (own) >= p x (all) - slack.
    fn coverage(&self, index: NodeIndex) -> [f64; 4] {
        let nodes = self.set.nodes();
        let node = &nodes[index];
        let counts = |node: &SetNode| -> Vec<(NodeIndex, f64)> {
            let Some(least) = least_coverage(node) else { return Vec::new() };
            let children = counted_children(self.set, node)
                .map(|child| (child, if least.by == CoverageBy::Weight { number(nodes[child].weight) } else { RBig::ONE }));
            let (children, weights): (Vec<NodeIndex>, Vec<RBig>) = children.unzip();
            let doubles = || weights.iter().map(nearest_double).collect();
            children.into_iter().zip(whole(&weights).unwrap_or_else(doubles)).collect()
        };
        let own = node.parent.map_or(0.0, |parent| {
            counts(&nodes[parent]).into_iter().find(|(child, _)| *child == index).map_or(0.0, |(_, counts)| counts)
        });
        let Some(least) = least_coverage(node) else { return [own, 0.0, 1.0, 0.0] };
        let counted = counts(node);
        let all: f64 = counted.iter().map(|(_, counts)| counts).sum();
        let is_whole = counted.iter().all(|(_, counts)| counts.fract() == 0.0);
        match whole_parts(&number(least.at_least)) {
            Some([p, q]) if is_whole && all * q < 9e15 => [own, p, q, 0.0],
            _ => [own, least.at_least, 1.0, all * 1e-12],
        }
    }

    /// Under points arithmetic: whether the children's marks add up to the mark (1; TOTAL's 2) or the score (0), the
    /// factor from score to mark as a double and as whole numbers, and the factor from mark to score.
    fn marks(&self, index: NodeIndex) -> [f64; 5] {
        let node = &self.set.nodes()[index];
        let factor = coefficient(self.set, node);
        let [p, q] = whole_parts(&factor).unwrap_or([0.0, 0.0]);
        let sums_to = match node.parent {
            None => 2.0,
            Some(_) if children_add_up_to_mark(self.set, node) => 1.0,
            Some(_) => 0.0,
        };
        let to_score =
            if node.weight == 0.0 { 1.0 } else { nearest_double(&(number(self.set.full_mark()) / number(node.weight))) };
        [sums_to, nearest_double(&factor), p, q, to_score]
    }
}

/// A method that stands for all that compute alike.
fn canonical(method: &Method) -> Method {
    match aggregate::way(method) {
        Way::Arithmetic => Method::Arithmetic,
        Way::Geometric => Method::Geometric,
        Way::City | Way::Cohort => method.clone(),
    }
}

/// Numbers as whole ones, all times the same factor; `None` where they have too many digits.
fn whole(numbers: &[RBig]) -> Option<Vec<f64>> {
    let factors = (0..7).map(|places| RBig::from(10_u64.pow(places)));
    let factor = factors.into_iter().find(|factor| numbers.iter().all(|number| (number * factor).is_int()))?;
    let whole: Vec<f64> = numbers.iter().map(|number| nearest_double(&(number * &factor))).collect();
    whole.iter().all(|number| *number <= 1e9).then_some(whole)
}

/// The least coverage of a node, where it can fail.
fn least_coverage(node: &SetNode) -> Option<citygauge_indicators::MinCoverage> {
    node.min_coverage.filter(|least| least.at_least > 0.0 && !node.children.is_empty())
}
