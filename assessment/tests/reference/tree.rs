//! From the scores of the leaves to the score and mark of every node (4.3 to 4.6).

use std::collections::BTreeSet;

use citygauge_indicators::{
    Aggregation, Arithmetic, CoverageBy, IndicatorSet, Method, MissingRule, NodeIndex, NodeKind, SetNode, WeightOf,
};
use num_traits::{Signed, Zero};

use super::Warning;
use super::aggregate::{self, NoScore};
use super::measure::Data;
use super::number::{Exact, decimal, round, whole};

/// A child in which no city differs, under a method that divides by how they differ.
const CONSTANT: &str = "aggregation.constant";

/// The place of a row in [`Data::rows`].
pub type RowIndex = usize;

/// A value per node and row.
pub struct Table<T>(Vec<Vec<T>>);

impl<T: Clone> Table<T> {
    pub fn new(nodes: usize, rows: usize, value: T) -> Self {
        Self(vec![vec![value; rows]; nodes])
    }

    pub fn get(&self, node: NodeIndex, row: RowIndex) -> &T {
        &self.0[node][row]
    }

    pub fn set(&mut self, node: NodeIndex, row: RowIndex, value: T) {
        self.0[node][row] = value;
    }

    /// Joins two tables cell by cell.
    pub fn zip<U, V>(&self, other: &Table<U>, join: impl Fn(&T, &U) -> V) -> Table<V> {
        let rows = self.0.iter().zip(&other.0);
        Table(rows.map(|(own, other)| own.iter().zip(other).map(|(own, other)| join(own, other)).collect()).collect())
    }
}

/// The score of a node and, under points arithmetic, its mark.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attained {
    pub score: Option<Exact>,
    pub mark: Option<Exact>,
}

/// The tree with what decides how its scores come about.
pub struct Tree<'t> {
    pub data: &'t Data<'t>,
    /// Whether a node applies in a row.
    pub applies: &'t Table<bool>,
    /// The published scores where they are not the ones being computed: `low` and `high` are filled from them.
    pub published: Option<&'t Table<Attained>>,
}

/// A child that takes part in its parent's score, with what counts of it.
struct Used {
    child: NodeIndex,
    weight: Exact,
    score: Exact,
    mark: Exact,
}

impl Tree<'_> {
    fn set(&self) -> &IndicatorSet {
        self.data.set
    }

    fn node(&self, node: NodeIndex) -> &SetNode {
        &self.set().nodes()[node]
    }

    fn full_mark(&self) -> Exact {
        decimal(self.set().full_mark())
    }

    fn by_points(&self) -> bool {
        self.set().document().arithmetic == Arithmetic::Points
    }

    /// Every score and mark, given the scores of the leaves. The deepest nodes come first: a parent stands
    /// before its children.
    pub fn attain(&self, leaf_scores: &Table<Option<Exact>>, warnings: &mut BTreeSet<Warning>) -> Table<Attained> {
        let (nodes, rows) = (self.set().nodes().len(), self.data.rows.len());
        let mut attained = Table::new(nodes, rows, Attained::default());
        for node in (0..nodes).rev() {
            if let NodeKind::Inner { aggregation, .. } = &self.node(node).kind
                && aggregate::compares(&aggregation.method)
            {
                self.compared(node, &mut attained, warnings);
                continue;
            }
            for row in 0..rows {
                let own = match &self.node(node).kind {
                    NodeKind::Leaf(_) => self.leaf(node, leaf_scores.get(node, row)),
                    NodeKind::Inner { .. } => self.inner(node, row, &attained, warnings),
                };
                attained.set(node, row, own);
            }
        }
        attained
    }

    fn leaf(&self, node: NodeIndex, score: &Option<Exact>) -> Attained {
        match score {
            None => Attained::default(),
            Some(score) if self.by_points() => Attained { score: Some(score.clone()), mark: Some(self.mark_of(node, score)) },
            Some(score) => Attained { score: Some(self.rounded(node, score)), mark: None },
        }
    }

    fn inner(&self, node: NodeIndex, row: RowIndex, attained: &Table<Attained>, warnings: &mut BTreeSet<Warning>) -> Attained {
        let nothing = Attained::default();
        if !self.enough_is_there(node, row, attained) {
            return nothing;
        }
        let Some(used) = self.used_children(node, row, attained) else { return nothing };
        if used.is_empty() {
            return nothing;
        }
        if self.by_points() { self.sum_of_marks(node, &used) } else { self.mean_of_scores(node, row, &used, warnings) }
    }

    /// A node that compares cities: those of each period that have a score of it.
    fn compared(&self, node: NodeIndex, attained: &mut Table<Attained>, warnings: &mut BTreeSet<Warning>) {
        let NodeKind::Inner { aggregation, .. } = &self.node(node).kind else { panic!("a leaf has no children") };
        let children: Vec<NodeIndex> =
            entering(self.set(), node).into_iter().filter(|&child| self.node(child).weight > 0.0).collect();
        for period in self.data.periods() {
            let mut rows = Vec::new();
            let mut cities: Vec<aggregate::City> = Vec::new();
            for row in (0..self.data.rows.len()).filter(|&row| self.data.rows[row].period == period) {
                let used = if self.enough_is_there(node, row, attained) { self.used_children(node, row, attained) } else { None };
                let Some(used) = used.filter(|used| !used.is_empty()) else { continue };
                let score =
                    |child: NodeIndex| used.iter().find(|used| used.child == child).map(|used| raised(aggregation, &used.score));
                rows.push(row);
                cities.push(children.iter().map(|&child| (decimal(self.node(child).weight), score(child))).collect());
            }
            let differs = !matches!(aggregation.method, Method::Copeland { .. });
            for child in 0..children.len() {
                if differs && aggregate::is_constant(&cities, child) == Some(true) {
                    warnings.insert(Warning {
                        code: CONSTANT.to_owned(),
                        city: String::new(),
                        period: period.to_string(),
                        node: self.node(node).code.clone(),
                    });
                }
            }
            let scores = aggregate::together(&aggregation.method, &cities, &self.full_mark());
            for (row, score) in rows.into_iter().zip(scores) {
                let own = self.published_score(node, row, score, warnings);
                attained.set(node, row, own);
            }
        }
    }

    /// A score as it is published, or the warning that there is none.
    fn published_score(
        &self,
        node: NodeIndex,
        row: RowIndex,
        score: Result<Exact, NoScore>,
        warnings: &mut BTreeSet<Warning>,
    ) -> Attained {
        let code = match score {
            Ok(score) if score.abs() <= decimal(1e150) => {
                return Attained { score: Some(self.rounded(node, &score)), mark: None };
            }
            Ok(_) => "score.overflow",
            Err(why) => why.code(),
        };
        warnings.insert(Warning::new(code, &self.data.rows[row], &self.node(node).code));
        Attained::default()
    }

    /// The children (or leaves, where those are counted) that apply and have a weight.
    fn counted_children(&self, node: NodeIndex, row: RowIndex) -> Vec<NodeIndex> {
        let entering = entering(self.set(), node);
        entering.into_iter().filter(|&child| self.node(child).weight > 0.0 && *self.applies.get(child, row)).collect()
    }

    /// Whether `min_coverage` lets the node have a score (4.5).
    fn enough_is_there(&self, node: NodeIndex, row: RowIndex, attained: &Table<Attained>) -> bool {
        let Some(least) = self.node(node).min_coverage else { return true };
        let (mut own, mut all) = (Exact::zero(), Exact::zero());
        for child in self.counted_children(node, row) {
            let counts = match least.by {
                CoverageBy::Weight => decimal(self.node(child).weight),
                CoverageBy::Count => whole(1),
            };
            if attained.get(child, row).score.is_some() {
                own += &counts;
            }
            all += &counts;
        }
        all.is_zero() || own / all >= decimal(least.at_least)
    }

    /// What counts of the children: their own score, or what their missing rule puts in its place.
    /// `None` where a child without a score takes its parent's with it.
    fn used_children(&self, node: NodeIndex, row: RowIndex, attained: &Table<Attained>) -> Option<Vec<Used>> {
        let mut used = Vec::new();
        for child in self.counted_children(node, row) {
            let own = attained.get(child, row);
            let (score, mark) = match (&own.score, &own.mark) {
                (Some(score), mark) => (score.clone(), mark.clone()),
                (None, _) => match self.in_place_of(child, row, attained) {
                    InPlace::Nothing => continue,
                    InPlace::NoScore => return None,
                    InPlace::Score(score) => (score.clone(), self.by_points().then(|| self.mark_of(child, &score))),
                },
            };
            used.push(Used { child, weight: decimal(self.node(child).weight), score, mark: mark.unwrap_or_else(Exact::zero) });
        }
        Some(used)
    }

    /// What counts for a child without a score (4.5).
    fn in_place_of(&self, child: NodeIndex, row: RowIndex, attained: &Table<Attained>) -> InPlace {
        let published = self.published.unwrap_or(attained);
        let found = match &self.node(child).missing {
            MissingRule::Skip => None,
            MissingRule::NoScore => return InPlace::NoScore,
            MissingRule::Zero => Some(Exact::zero()),
            MissingRule::PeerMean { group } => mean(&self.peer_scores(child, row, group.as_deref(), published)),
            MissingRule::PeerMedian { group } => median(self.peer_scores(child, row, group.as_deref(), published)),
            MissingRule::Previous { at_most } => self.previous_score(child, row, *at_most, published),
        };
        found.map_or(InPlace::Nothing, InPlace::Score)
    }

    /// The own, published scores of a node in the period of a row, of all cities or of those that share an attribute.
    fn peer_scores(&self, node: NodeIndex, row: RowIndex, group: Option<&str>, published: &Table<Attained>) -> Vec<Exact> {
        let mut scores = Vec::new();
        let own = &self.data.rows[row];
        for (index, peer) in self.data.rows.iter().enumerate() {
            let shares = match group {
                None => true,
                Some(name) => {
                    let value = self.data.attribute(&own.city, name);
                    value.is_some() && value == self.data.attribute(&peer.city, name)
                }
            };
            if peer.period == own.period && shares {
                scores.extend(published.get(node, index).score.clone());
            }
        }
        scores
    }

    /// The latest own, published score of a node among the periods before a row.
    fn previous_score(&self, node: NodeIndex, row: RowIndex, at_most: u32, published: &Table<Attained>) -> Option<Exact> {
        let own = &self.data.rows[row];
        for earlier in 1..=at_most {
            let period = own.period.earlier(earlier);
            for (index, other) in self.data.rows.iter().enumerate() {
                if other.city == own.city && other.period == period && published.get(node, index).score.is_some() {
                    return published.get(node, index).score.clone();
                }
            }
        }
        None
    }

    /// A parent's score under the arithmetic `scores`.
    fn mean_of_scores(&self, node: NodeIndex, row: RowIndex, used: &[Used], warnings: &mut BTreeSet<Warning>) -> Attained {
        let NodeKind::Inner { aggregation, .. } = &self.node(node).kind else { panic!("a leaf has no children") };
        let weighted: Vec<(Exact, Exact)> =
            used.iter().map(|child| (child.weight.clone(), raised(aggregation, &child.score))).collect();
        let score = aggregate::alone(&aggregation.method, &weighted, &self.full_mark());
        self.published_score(node, row, score, warnings)
    }

    /// A parent's score and mark under the arithmetic `points` (4.4): the marks keep their own weight, and their sum
    /// is scaled by all weights over present weights.
    fn sum_of_marks(&self, node: NodeIndex, used: &[Used]) -> Attained {
        let marks: Exact = used.iter().map(|child| &child.mark).sum();
        let present: Exact = used.iter().map(|child| &child.weight).sum();
        let children = &self.node(node).children;
        let all: Exact = children.iter().map(|&child| decimal(self.node(child).weight)).sum();
        let scaled = marks * all / present;
        if self.node(node).parent.is_none() {
            let total = self.rounded(node, &scaled);
            return Attained { score: Some(total.clone()), mark: Some(total) };
        }
        if self.node(children[0]).weight_of == WeightOf::Total {
            let mark = self.rounded(node, &scaled);
            let score = self.full_mark() * &mark / decimal(self.node(node).weight);
            return Attained { score: Some(score), mark: Some(mark) };
        }
        let mark = self.mark_of(node, &scaled);
        Attained { score: Some(scaled), mark: Some(mark) }
    }

    /// The mark that a score makes: its value in the scale its weight is given in, rounded as it is made.
    fn mark_of(&self, node: NodeIndex, score: &Exact) -> Exact {
        let SetNode { weight, weight_of, parent, .. } = self.node(node);
        let scale = match (weight_of, parent) {
            (_, None) => return self.rounded(node, score),
            (WeightOf::Total, _) => self.full_mark(),
            (WeightOf::Parent, _) => whole(100),
            (WeightOf::Siblings, Some(parent)) => {
                self.node(*parent).children.iter().map(|&sister| decimal(self.node(sister).weight)).sum()
            }
        };
        self.rounded(node, &(decimal(*weight) / scale * score))
    }

    /// A number as the node's own rounding leaves it.
    pub fn rounded(&self, node: NodeIndex, value: &Exact) -> Exact {
        match self.node(node).places {
            None => value.clone(),
            Some(rounding) => round(value, i64::from(rounding.places), rounding.mode),
        }
    }
}

/// A score as it enters, raised to the floor.
fn raised(aggregation: &Aggregation, score: &Exact) -> Exact {
    let floor = aggregation.floor.map(decimal);
    floor.iter().chain([score]).max().cloned().unwrap_or_else(Exact::zero)
}

/// What stands in place of a score that is missing.
enum InPlace {
    /// The child is left out.
    Nothing,
    /// The parent has no score either.
    NoScore,
    /// A score that fills it.
    Score(Exact),
}

/// Whether each node applies in each row: a leaf as measured, any other node when something counted below it does.
pub fn applying(set: &IndicatorSet, rows: usize, leaf_applies: &Table<bool>) -> Table<bool> {
    let mut applies = Table::new(set.nodes().len(), rows, true);
    for (index, node) in set.nodes().iter().enumerate().rev() {
        for row in 0..rows {
            let does = match &node.kind {
                NodeKind::Leaf(_) => *leaf_applies.get(index, row),
                NodeKind::Inner { .. } => {
                    entering(set, index).into_iter().any(|child| set.nodes()[child].weight > 0.0 && *applies.get(child, row))
                }
            };
            applies.set(index, row, does);
        }
    }
    applies
}

/// The coverage of each node: of a leaf as measured, of any other node the weighted mean of its children's (4.5).
pub fn coverage(set: &IndicatorSet, rows: usize, leaf_coverage: &Table<Option<Exact>>) -> Table<Option<Exact>> {
    let mut coverage: Table<Option<Exact>> = Table::new(set.nodes().len(), rows, None);
    for (index, node) in set.nodes().iter().enumerate().rev() {
        for row in 0..rows {
            let own = match &node.kind {
                NodeKind::Leaf(_) => leaf_coverage.get(index, row).clone(),
                NodeKind::Inner { .. } => {
                    let (mut covered, mut weights) = (Exact::zero(), Exact::zero());
                    for child in entering(set, index) {
                        // What does not apply has no coverage at all.
                        if let Some(part) = coverage.get(child, row) {
                            let weight = decimal(set.nodes()[child].weight);
                            covered += &weight * part;
                            weights += weight;
                        }
                    }
                    (!weights.is_zero()).then(|| covered / weights)
                }
            };
            coverage.set(index, row, own);
        }
    }
    coverage
}

fn counts_points(set: &IndicatorSet, node: NodeIndex) -> bool {
    matches!(&set.nodes()[node].kind, NodeKind::Inner { aggregation, .. } if aggregation.method == Method::ReportedPoints)
}

/// What enters a node: its children; the leaves below it where it counts points over maximum points.
fn entering(set: &IndicatorSet, node: NodeIndex) -> Vec<NodeIndex> {
    let mut entering = Vec::new();
    for &child in &set.nodes()[node].children {
        if counts_points(set, node) && counts_points(set, child) {
            entering.extend(self::entering(set, child));
        } else {
            entering.push(child);
        }
    }
    entering
}

/// What a node weighs among its sisters: where points are counted, a branch as much as its leaves.
fn weighs(set: &IndicatorSet, node: NodeIndex) -> Exact {
    let counted = set.nodes()[node].parent.is_some_and(|parent| counts_points(set, parent)) && counts_points(set, node);
    let leaves = if counted { entering(set, node) } else { vec![node] };
    leaves.into_iter().map(|leaf| decimal(set.nodes()[leaf].weight)).sum()
}

/// The part of the total that each node can contribute: its weight among its sisters times its parent's share.
pub fn shares(set: &IndicatorSet) -> Vec<Exact> {
    let mut shares: Vec<Exact> = Vec::new();
    for (index, node) in set.nodes().iter().enumerate() {
        shares.push(match node.parent {
            None => whole(1),
            Some(parent) => {
                let sisters = &set.nodes()[parent].children;
                let all: Exact = sisters.iter().map(|&sister| weighs(set, sister)).sum();
                weighs(set, index) / all * &shares[parent]
            }
        });
    }
    shares
}

fn mean(scores: &[Exact]) -> Option<Exact> {
    (!scores.is_empty()).then(|| scores.iter().sum::<Exact>() / whole(scores.len()))
}

fn median(mut scores: Vec<Exact>) -> Option<Exact> {
    scores.sort();
    let count = scores.len();
    match count {
        0 => None,
        _ if count % 2 == 1 => Some(scores[count / 2].clone()),
        _ => Some((&scores[count / 2 - 1] + &scores[count / 2]) / whole(2)),
    }
}
