//! The aggregates that are made in one pass over the columns of what enters a node, city by city or over all cities.
//!
//! Each cell carries the bound of its own (`aggregate::bounded`); where that leaves a decision open or is too wide, the row is
//! in doubt and made again exactly.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use citygauge_indicators::{CopelandScale, IndicatorSet, Method, NodeIndex};
use dashu_ratio::RBig;
use polars::prelude::{BooleanChunked, Expr, Float64Chunked};

use super::Tree;
use crate::aggregate::bounded::Bounded;
use crate::aggregate::cohort::{self, City, Scores};
use crate::aggregate::copeland::{self, Places};
use crate::aggregate::number::{Number, Why};
use crate::aggregate::{self, Term, Way};
use crate::exact::node::Nodes;
use crate::normalise::{GREATEST, number};
use crate::numbers::{Extent, extent};
use crate::quantity::EPSILON;

/// What a pass over the children of a node needs.
pub(super) struct Pass {
    pub terms: Vec<Term>,
    /// How far a score of each child, own or filled, may lie from the exact one.
    pub errors: Vec<f64>,
    /// Whether what enters of each child are decimals, so that comparing doubles compares them.
    pub decimal: Vec<bool>,
    /// Where the node has no score although children have.
    pub unless: Option<Expr>,
}

/// What a pass has made.
pub(super) struct Passed {
    pub scores: Float64Chunked,
    /// The rows to make exactly.
    pub doubts: Vec<usize>,
    /// How far the scores that are not in doubt may lie from the exact ones.
    pub bound: f64,
    /// The greatest magnitude among them.
    pub largest: f64,
    /// The children in which no city differs, where cities are compared by how they differ.
    pub constant: Vec<NodeIndex>,
}

/// A node in the hands of a pass.
pub(super) struct Passing<'p> {
    pub set: &'p IndicatorSet,
    pub node: NodeIndex,
    pub method: &'p Method,
    /// The children that count.
    pub children: Vec<NodeIndex>,
    pub pass: &'p Pass,
    /// What enters the node, a column per child.
    pub entered: Vec<Float64Chunked>,
    pub unless: Option<BooleanChunked>,
    /// The rows in which it is open whether the node has a score.
    pub doubts: Vec<usize>,
    /// The period's nodes as far as the tree is built, in exact arithmetic.
    pub nodes: &'p Nodes<'p>,
    /// Whether anybody hears of children in which no city differs.
    pub warns: bool,
    /// What enters the node in the rows that were looked at exactly.
    pub exact: RefCell<HashMap<usize, City<RBig>>>,
}

impl Passing<'_> {
    pub(super) fn run(self) -> Passed {
        let cities = self.cities();
        let weights: Vec<Bounded> = self.pass.terms.iter().map(|term| Bounded::decimal(term.weight)).collect();
        let full_mark = self.set.full_mark();
        let made: Result<Scores<Bounded>, Why> = match (aggregate::way(self.method), self.method) {
            (_, Method::Copeland { scale }) => Ok(self.copeland(&cities, *scale, full_mark)),
            (Way::Cohort, method) => aggregate::of_cohort(method, &cities, &weights, full_mark),
            (_, method) => cohort::by_city(&cities, |places, scores| {
                aggregate::of_city(method, scores, &cohort::at(&weights, places), full_mark)
            }),
        };
        let constant = if self.warns && self.compares_differences() { self.constant(&cities) } else { Vec::new() };
        let made = made.unwrap_or_else(|why| cities.iter().map(|city| city.as_ref().map(|_| Err(why))).collect());
        let mut doubts = self.doubts;
        let mut bound: f64 = 0.0;
        let in_use = |made: &Bounded| made.is_precise() && made.value.abs() < GREATEST / 2.0;
        let each = made.into_iter().enumerate().map(|(row, made)| match made? {
            Ok(made) if in_use(&made) => {
                bound = bound.max(made.error);
                Some(made.value)
            }
            Ok(_) | Err(Why::Open) => {
                doubts.push(row);
                // Stands for a score until the row is made exactly.
                Some(0.0)
            }
            Err(_) => None,
        });
        let scores: Float64Chunked = each.collect();
        let largest = extent(&scores).map_or(0.0, Extent::magnitude).max(full_mark);
        Passed { scores, doubts, bound: bound.max(largest * EPSILON), largest, constant }
    }

    /// The scores that enter, city by city.
    fn cities(&self) -> Vec<City<Bounded>> {
        let height = self.entered.first().map_or(0, Float64Chunked::len);
        let mut cities: Vec<City<Bounded>> = (0..height).map(|_| Some(Vec::with_capacity(self.entered.len()))).collect();
        for (column, &error) in self.entered.iter().zip(&self.pass.errors) {
            for (city, score) in cities.iter_mut().zip(column.iter()) {
                let entered = score.map(|score| Bounded::new(score, error.max(score.abs() * f64::EPSILON / 2.0)));
                city.get_or_insert_default().push(entered);
            }
        }
        let open: HashSet<usize> = self.doubts.iter().copied().collect();
        for (row, city) in cities.iter_mut().enumerate() {
            let has_none = if open.contains(&row) {
                self.exactly(row).is_none()
            } else {
                self.unless.as_ref().is_some_and(|unless| unless.get(row) == Some(true))
            };
            if has_none || city.as_ref().is_some_and(|city| city.iter().all(Option::is_none)) {
                *city = None;
            }
        }
        cities
    }

    /// What enters the node in a row, exactly.
    fn exactly(&self, row: usize) -> City<RBig> {
        if let Some(known) = self.exact.borrow().get(&row) {
            return known.clone();
        }
        let made = self.nodes.compared(self.node, row);
        self.exact.borrow_mut().insert(row, made.clone());
        made
    }

    /// Copeland's scores need no more than the order of the cities in each child: where doubles leave it open, their exact
    /// scores decide, and nothing is in doubt any more.
    fn copeland(&self, cities: &[City<Bounded>], scale: CopelandScale, full_mark: f64) -> Scores<Bounded> {
        let children: Vec<Places> = (0..self.children.len()).map(|child| self.places(cities, child)).collect();
        let weights: Vec<RBig> = self.pass.terms.iter().map(|term| number(term.weight)).collect();
        let takes_part: Vec<bool> = cities.iter().map(Option::is_some).collect();
        copeland::scores(&children, &weights, &takes_part, scale, full_mark)
    }

    /// The places of the cities in a child.
    fn places(&self, cities: &[City<Bounded>], child: usize) -> Places {
        let score = |city: &City<Bounded>| city.as_ref().and_then(|city| city[child]);
        let mut order: Vec<(usize, Bounded)> =
            cities.iter().enumerate().filter_map(|(row, city)| Some((row, score(city)?))).collect();
        order.sort_by(|(_, one), (_, other)| one.value.total_cmp(&other.value));
        let is_decimal = self.pass.decimal[child];
        let close = |one: &(usize, Bounded), other: &(usize, Bounded)| {
            if is_decimal { one.1.value == other.1.value } else { (other.1 - one.1).sign().is_err() }
        };
        let mut places = vec![None; cities.len()];
        let mut place = 0;
        for run in order.chunk_by(close) {
            let exactly = |row: usize| self.exactly(row).and_then(|scores| scores[child].clone());
            let mut exact: Vec<(usize, Option<RBig>)> = match run {
                [(row, _)] => vec![(*row, None)],
                run if is_decimal => run.iter().map(|(row, _)| (*row, None)).collect(),
                run => run.iter().map(|(row, _)| (*row, exactly(*row))).collect(),
            };
            exact.sort_by(|(_, one), (_, other)| one.cmp(other));
            for same in exact.chunk_by(|(_, one), (_, other)| one == other) {
                for (row, _) in same {
                    places[*row] = Some(place);
                }
                place += 1;
            }
        }
        places
    }

    /// Whether the method divides by how cities differ.
    fn compares_differences(&self) -> bool {
        aggregate::way(self.method) == Way::Cohort && !matches!(self.method, Method::Copeland { .. })
    }

    /// The children in which no city differs from another.
    fn constant(&self, cities: &[City<Bounded>]) -> Vec<NodeIndex> {
        let mut exact: Option<Vec<City<RBig>>> = None;
        let mut is_constant = |place: usize| {
            if cohort::of_child(cities, place).next().is_none() {
                return false;
            }
            match cohort::extremes(cities, place) {
                Ok(ends) => ends.is_none(),
                Err(_) => {
                    let exact = exact.get_or_insert_with(|| self.nodes.cities(self.node));
                    matches!(cohort::extremes(exact, place), Ok(None))
                }
            }
        };
        (0..self.children.len()).filter(|&place| is_constant(place)).map(|place| self.children[place]).collect()
    }
}

/// The extent of a node's scores after the rows in doubt were made.
pub(super) fn settle(node: NodeIndex, tree: &mut Tree) {
    let made = extent(&tree.scores[node]).map_or(0.0, Extent::magnitude);
    tree.largest[node] = tree.largest[node].max(made);
    tree.bounds[node] = tree.bounds[node].max(tree.largest[node] * EPSILON);
}
