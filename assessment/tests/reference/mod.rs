//! The reference scorer: the method of CityGauge in plain loops over cities, periods and nodes.
//!
//! It computes in exact rational arithmetic and shares nothing with the engine but the checked set, so that where
//! the two agree on random sets and cities, a common mistake is unlikely. It is slow, and reads like the
//! specification on purpose: to find out what a rule means, read it here. Numbers in brackets name its sections.
//!
//! Covered: the whole formula language; every scoring rule, of one city and of cohorts; imputation and treatment; every
//! aggregation; both arithmetics; missing rules, coverage, `low` and `high`; rounding; levels, ranks, adjustments.
//! A set that asks for more makes it panic.

pub mod adjust;
pub mod aggregate;
pub mod by_hand;
pub mod cohort;
pub mod formula;
pub mod irrational;
pub mod levels;
pub mod measure;
pub mod number;
pub mod prepare;
pub mod published;
pub mod random;
pub mod rules;
pub mod tree;

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::{Arithmetic, City, IndicatorSet, NodeKind, Observation, WeightOf};
use num_traits::Zero;

use adjust::{difference, within_limits};
use levels::Classified;
use measure::{Data, Measured, Row, coverage_of_leaf};
use number::{Exact, decimal};
use prepare::{Column, Prepared};
use rules::Raw;
use tree::{Attained, Table, Tree, applying, coverage, shares};

/// All that is known of a node in a row; what is absent is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// The raw value of a leaf; the option of a choice is no number.
    pub value: Option<Exact>,
    /// The score, as published.
    pub score: Option<Exact>,
    /// The mark under points arithmetic.
    pub mark: Option<Exact>,
    /// What the node contributes to the total.
    pub points: Option<Exact>,
    /// The part of the node's weight for which a score exists.
    pub coverage: Option<Exact>,
    /// The score if every missing leaf had scored 0.
    pub low: Option<Exact>,
    /// The score if every missing leaf had scored the full mark.
    pub high: Option<Exact>,
    /// The rank among the rows of the period.
    pub rank: Option<u64>,
    /// The level, where levels are read on the node.
    pub level: Option<String>,
}

/// City, period and node.
pub type Place = (String, String, String);

/// A warning by its code and where it arose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// The stable code.
    pub code: String,
    /// The city.
    pub city: String,
    /// The period.
    pub period: String,
    /// The node.
    pub node: String,
}

impl Warning {
    fn new(code: &str, row: &Row, node: &str) -> Self {
        Self { code: code.to_owned(), city: row.city.clone(), period: row.period.to_string(), node: node.to_owned() }
    }
}

/// Why a whole assessment is refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// The stable code.
    pub code: &'static str,
    /// The period, where one is at fault.
    pub period: Option<String>,
    /// The node.
    pub node: String,
}

/// The result: a cell for every row and node.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The cells by city, period and node.
    pub cells: BTreeMap<Place, Cell>,
    /// What a reader should know.
    pub warnings: BTreeSet<Warning>,
}

/// Scores cities by the book.
///
/// # Errors
/// The faults of every cohort rule that refuses.
pub fn score(set: &IndicatorSet, observations: &[Observation], cities: Option<&[City]>) -> Result<Reference, Vec<Refusal>> {
    let data = Data::new(set, observations, cities);
    let mut warnings = BTreeSet::new();
    let leaves = Leaves::measure(&data, &mut warnings)?;
    let applies = applying(set, data.rows.len(), &leaves.applies);

    // The published scores, then the same tree with every missing leaf at 0 and at the full mark.
    let full_mark = decimal(set.full_mark());
    let mut unheard = BTreeSet::new();
    let tree = Tree { data: &data, applies: &applies, published: None };
    let mut published = tree.attain(&leaves.scores, &mut warnings);
    let tree = Tree { published: Some(&published), ..tree };
    let mut low = tree.attain(&leaves.with_missing_at(&Exact::zero()), &mut unheard);
    let mut high = tree.attain(&leaves.with_missing_at(&full_mark), &mut unheard);

    for (index, row) in data.rows.iter().enumerate() {
        if let Some(difference) = difference(&data, row, &mut warnings) {
            for attained in [&mut published, &mut low, &mut high] {
                adjust_total(&data, &applies, index, &difference, attained);
            }
        }
    }

    let coverage = coverage(set, data.rows.len(), &leaves.coverage);
    let shares = shares(set);
    let classified = Classified { data: &data, published: &published };
    let ranks: Vec<Vec<Option<u64>>> = (0..set.nodes().len()).map(|node| classified.ranks(node)).collect();
    let by_points = set.document().arithmetic == Arithmetic::Points;
    let mut cells = BTreeMap::new();
    for (index, row) in data.rows.iter().enumerate() {
        for (node, described) in set.nodes().iter().enumerate() {
            let Attained { score, mark } = published.get(node, index).clone();
            let points = match (described.parent, described.weight_of) {
                (None, _) => score.clone(),
                _ if !by_points => score.as_ref().map(|score| score * &shares[node]),
                (_, WeightOf::Total) => mark.clone(),
                (Some(parent), _) => mark.as_ref().map(|mark| mark * &shares[parent]),
            };
            let cell = Cell {
                value: leaves.value(node, index),
                score,
                mark,
                points,
                coverage: coverage.get(node, index).clone(),
                low: low.get(node, index).score.clone(),
                high: high.get(node, index).score.clone(),
                rank: ranks[node][index],
                level: classified.level(node, index),
            };
            cells.insert((row.city.clone(), row.period.to_string(), described.code.clone()), cell);
        }
    }
    Ok(Reference { cells, warnings })
}

/// A total with its adjustments, rounded again.
fn adjust_total(data: &Data, applies: &Table<bool>, row: usize, difference: &Exact, attained: &mut Table<Attained>) {
    const TOTAL: usize = 0;
    let Some(total) = attained.get(TOTAL, row).score.clone() else { return };
    let tree = Tree { data, applies, published: None };
    let adjusted = tree.rounded(TOTAL, &within_limits(data, total + difference));
    let mark = attained.get(TOTAL, row).mark.as_ref().map(|_| adjusted.clone());
    attained.set(TOTAL, row, Attained { score: Some(adjusted), mark });
}

/// What is known of the leaves, by node and row.
struct Leaves {
    raw: Table<Option<Raw>>,
    scores: Table<Option<Exact>>,
    is_imputed: Table<bool>,
    applies: Table<bool>,
    coverage: Table<Option<Exact>>,
}

impl Leaves {
    fn measure(data: &Data, warnings: &mut BTreeSet<Warning>) -> Result<Self, Vec<Refusal>> {
        let (nodes, rows) = (data.set.nodes().len(), data.rows.len());
        let mut leaves = Self {
            raw: Table::new(nodes, rows, None),
            scores: Table::new(nodes, rows, None),
            is_imputed: Table::new(nodes, rows, false),
            applies: Table::new(nodes, rows, true),
            coverage: Table::new(nodes, rows, None),
        };
        let full_mark = decimal(data.set.full_mark());
        // A score beyond it is none.
        let greatest = decimal(1e150);
        let mut refusals = Vec::new();
        let mut columns = Vec::new();
        for (index, node) in data.set.nodes().iter().enumerate() {
            let NodeKind::Leaf(leaf) = &node.kind else { continue };
            let measured: Vec<Measured> = data.rows.iter().map(|row| data.measure(leaf, &node.code, row, warnings)).collect();
            columns.push(Column { index, leaf, measured });
        }
        let prepared = prepare::prepare(data, &columns, warnings);
        for (Column { index, leaf, measured }, Prepared { values, is_imputed }) in columns.into_iter().zip(prepared) {
            let node = &data.set.nodes()[index];
            let scores: Vec<Option<Exact>> = if leaf.scoring.cohort().is_some() {
                cohort::scores(data, &node.code, leaf, &values, &full_mark, &mut refusals)
            } else {
                values.iter().map(|value| value.as_ref().map(|raw| rules::score(&leaf.scoring, raw, &full_mark))).collect()
            };
            for (row, (own, score)) in measured.into_iter().zip(scores).enumerate() {
                let beyond = score.as_ref().is_some_and(|score| *score > greatest || *score < -greatest.clone());
                if beyond {
                    warnings.insert(Warning::new("score.overflow", &data.rows[row], &node.code));
                }
                let score = score.filter(|_| !beyond);
                leaves.coverage.set(index, row, coverage_of_leaf(&own, score.is_some() && !is_imputed[row]));
                leaves.is_imputed.set(index, row, is_imputed[row]);
                leaves.applies.set(index, row, own.applies);
                leaves.raw.set(index, row, own.raw);
                leaves.scores.set(index, row, score);
            }
        }
        if refusals.is_empty() { Ok(leaves) } else { Err(refusals) }
    }

    /// The scores with every applicable leaf that has none, or has one for an imputed value only, at `score`.
    fn with_missing_at(&self, score: &Exact) -> Table<Option<Exact>> {
        let observed = self.scores.zip(&self.is_imputed, |own, is_imputed| own.clone().filter(|_| !is_imputed));
        observed.zip(&self.applies, |own, applies| own.clone().or_else(|| applies.then(|| score.clone())))
    }

    fn value(&self, node: usize, row: usize) -> Option<Exact> {
        match self.raw.get(node, row) {
            Some(Raw::Number(value)) => Some(value.clone()),
            Some(Raw::Option(_)) | None => None,
        }
    }
}
