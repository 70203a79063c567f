//! Correlations between indicators, between nodes, and across levels, over the cities that have both numbers.

use citygauge_indicators::{IndicatorSet, NodeIndex};

use super::variable::{Pairs, Variable};
use super::{Absence, Members, Of, Statistics, settled};
use crate::error::Result;
use crate::parallel::in_parallel;
use crate::sample::correlation::{Concordance, pearson};
use crate::sample::significance;

/// A kind of correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CorrelationKind {
    /// Pearson's product-moment correlation.
    #[default]
    Pearson,
    /// Spearman's correlation of mean ranks.
    Spearman,
    /// Kendall's tau-b.
    Kendall,
}

/// Which nodes are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Between {
    /// The children of a node with each other, node by node.
    #[default]
    Sisters,
    /// Every two leaves.
    Leaves,
    /// Every two nodes of a depth; TOTAL stands at 0.
    Depth(u32),
    /// Every node of a depth with every node of another.
    Depths(u32, u32),
}

/// What is correlated, and what is said of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlations {
    /// The kind.
    pub kind: CorrelationKind,
    /// Which numbers; only leaves have raw values.
    pub of: Of,
    /// Which nodes.
    pub between: Between,
    /// Above this, sisters say nearly the same twice.
    pub redundant: f64,
    /// Below this, sisters work against each other.
    pub opposing: f64,
}

impl Default for Correlations {
    fn default() -> Self {
        Self { kind: CorrelationKind::Pearson, of: Of::Score, between: Between::Sisters, redundant: 0.9, opposing: 0.0 }
    }
}

/// What a correlation says of two sisters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// They say nearly the same.
    Redundant,
    /// Where one rises the other falls, so that their parent hides both.
    Opposing,
}

impl Relation {
    /// The word used in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Redundant => "redundant",
            Self::Opposing => "opposing",
        }
    }
}

/// The correlation of two nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correlation {
    /// Their parent, where they have the same.
    pub parent: Option<NodeIndex>,
    /// The one.
    pub one: NodeIndex,
    /// The other.
    pub other: NodeIndex,
    /// The cities with both numbers.
    pub cities: usize,
    /// The correlation, -1 to 1.
    pub correlation: Option<f64>,
    /// How likely one as large would be if there were none: Student's t, for Kendall's tau the normal approximation with
    /// ties. None of fewer than three cities.
    pub p_value: Option<f64>,
    /// What it says of two sisters.
    pub relation: Option<Relation>,
    /// Why there is none.
    pub absence: Option<Absence>,
}

impl Statistics<'_> {
    /// How many pairs [`Self::correlations`] compares.
    #[must_use]
    pub fn pairs(&self, between: Between) -> usize {
        groups(self.set(), between).iter().map(Group::pairs).sum()
    }

    /// Correlations, each pair once, in the order of the set.
    ///
    /// # Errors
    /// Only where the engine is at fault.
    pub fn correlations(&self, of: &Correlations) -> Result<Vec<Correlation>> {
        let groups = groups(self.set(), of.between);
        if let [group] = groups.as_slice() {
            let variables = self.variables(group, of.of)?;
            let of_line = |line: usize| Ok(self.line(group, &variables, line, of));
            return Ok(in_parallel(None, group.ones.len(), of_line)?.concat());
        }
        // Side by side, group after group, so that no more columns are copied than two groups have.
        let found = in_parallel(None, groups.len(), |place| {
            let group = &groups[place];
            let variables: Vec<Option<Variable>> = group.nodes().map(|node| self.variable(node, of.of)).collect();
            Ok((0..group.ones.len()).flat_map(|line| self.line(group, &variables, line, of)).collect::<Vec<_>>())
        });
        Ok(found?.concat())
    }

    pub(super) fn variable(&self, node: NodeIndex, of: Of) -> Option<Variable> {
        self.column(node, of).map(Variable::new)
    }

    fn variables(&self, group: &Group, of: Of) -> Result<Vec<Option<Variable>>> {
        let nodes: Vec<NodeIndex> = group.nodes().collect();
        in_parallel(None, nodes.len(), |place| Ok(self.variable(nodes[place], of)))
    }

    /// The correlations of one node with those after it, or with those of the other depth.
    fn line(&self, group: &Group, variables: &[Option<Variable>], line: usize, of: &Correlations) -> Vec<Correlation> {
        let first = if group.others.is_empty() { line + 1 } else { group.ones.len() };
        let mut pairs = Pairs::default();
        let nodes: Vec<NodeIndex> = group.nodes().collect();
        let with = |place: usize| {
            let found = match (&variables[line], &variables[place]) {
                (Some(one), Some(other)) => correlated(one, other, of.kind, &mut pairs),
                _ => Found { cities: 0, correlation: Err(Absence::NotNumeric), p_value: None },
            };
            let correlation = found.correlation.ok();
            let parents = (self.set().nodes()[nodes[line]].parent, self.set().nodes()[nodes[place]].parent);
            let parent = parents.0.filter(|_| parents.0 == parents.1);
            let relation = correlation.filter(|_| parent.is_some()).map(settled).and_then(|correlation| match correlation {
                _ if correlation > of.redundant => Some(Relation::Redundant),
                _ if correlation < of.opposing => Some(Relation::Opposing),
                _ => None,
            });
            Correlation {
                parent,
                one: nodes[line],
                other: nodes[place],
                cities: found.cities,
                correlation,
                p_value: found.p_value,
                relation,
                absence: found.correlation.err(),
            }
        };
        (first..nodes.len()).map(with).collect()
    }
}

/// Nodes that are compared with each other, or, where there are others, with those.
struct Group {
    ones: Vec<NodeIndex>,
    others: Vec<NodeIndex>,
}

impl Group {
    fn nodes(&self) -> impl Iterator<Item = NodeIndex> + '_ {
        self.ones.iter().chain(&self.others).copied()
    }

    fn pairs(&self) -> usize {
        match self.others.len() {
            0 => self.ones.len() * self.ones.len().saturating_sub(1) / 2,
            others => self.ones.len() * others,
        }
    }
}

fn groups(set: &IndicatorSet, between: Between) -> Vec<Group> {
    let alone = |ones: Vec<NodeIndex>| Group { ones, others: Vec::new() };
    let at = |depth| if depth == 0 { vec![0] } else { Members::Depth(depth).of(set, 0) };
    match between {
        Between::Sisters => Members::Children.groups(set, None).into_iter().map(|(_, children)| alone(children)).collect(),
        Between::Leaves => vec![alone(Members::Leaves.of(set, 0))],
        Between::Depth(depth) => vec![alone(at(depth))],
        Between::Depths(one, other) if one == other => vec![alone(at(one))],
        Between::Depths(one, other) => match at(other) {
            // No node stands that deep, so that there is nothing to compare with.
            others if others.is_empty() => Vec::new(),
            others => vec![Group { ones: at(one), others }],
        },
    }
}

pub(super) struct Found {
    pub cities: usize,
    pub correlation: std::result::Result<f64, Absence>,
    pub p_value: Option<f64>,
}

/// The correlation of two columns over the rows in which both have a number.
pub(super) fn correlated(one: &Variable, other: &Variable, kind: CorrelationKind, pairs: &mut Pairs) -> Found {
    match kind {
        CorrelationKind::Spearman => one.rank_pairs(other, pairs),
        CorrelationKind::Pearson | CorrelationKind::Kendall => one.pairs(other, pairs),
    }
    let cities = pairs.x.len();
    let (correlation, p_value) = match kind {
        CorrelationKind::Kendall => {
            let counted = Concordance::of(&pairs.x, &pairs.y);
            (counted.tau_b(), counted.deviate().filter(|_| cities > 2).map(significance::of_deviate))
        }
        CorrelationKind::Pearson | CorrelationKind::Spearman => {
            let correlation = pearson(&pairs.x, &pairs.y).filter(|correlation| correlation.is_finite());
            (correlation, correlation.and_then(|correlation| significance::of_correlation(correlation, cities)))
        }
    };
    let differs = |values: &[f64]| values.iter().any(|value| *value != values[0]);
    let correlation = correlation.filter(|correlation| correlation.is_finite()).ok_or(match cities {
        0 => Absence::NoValues,
        1 => Absence::TooFew,
        _ if differs(&pairs.x) && differs(&pairs.y) => Absence::Overflow,
        _ => Absence::Constant,
    });
    let p_value = p_value.filter(|p_value| correlation.is_ok() && p_value.is_finite());
    Found { cities, correlation, p_value }
}
