//! Benchmarks over years: the results that the editions name, and how their nodes are to each other.

mod chain;
mod check;
pub mod intervals;
mod rounds;
pub mod series;

use std::collections::HashMap;
use std::sync::Arc;

use citygauge_assessment::Measure;
use citygauge_indicators::{IndicatorSet, NodeIndex, TOTAL};
use citygauge_openapi::{self as wire, BenchmarkProfile};

pub use chain::{Chain, Crossed, between, crossed};
pub use check::check;
pub use intervals::Intervals;
pub use rounds::resolve;

use crate::assessments::kept::{self, PeriodResult};
use crate::assessments::recompute::manifest;
use crate::auth::{Caller, Reader, Right};
use crate::error::Failure;
use crate::rounds::visibility::{self, Operation, Seen, Sight};
use crate::sets;
use crate::state::State;
use crate::store::assessments::{self, Assessment};
use crate::store::indicator_sets::SetKey;

/// What benchmarks show of a result.
const SHOWN: [Measure; 4] = [Measure::Score, Measure::Rank, Measure::Level, Measure::Coverage];

/// An edition with its results.
#[derive(Debug)]
pub struct Edition {
    /// The period.
    pub period: String,
    /// The assessment.
    pub assessment: String,
    /// The set version.
    pub key: SetKey,
    /// The set.
    pub set: Arc<IndicatorSet>,
    /// The results of the period.
    pub result: Found,
    /// The results of the period before by this edition's set.
    pub overlap: Option<Found>,
    /// Between which ranks its cities may stand, where an uncertainty analysis says so.
    pub intervals: Option<Intervals>,
    /// What the reader sees of it; none where that is nothing.
    pub sight: Option<Sight>,
}

/// Who reads a benchmark.
#[derive(Debug, Clone)]
pub struct Wanted {
    caller: Caller,
    operation: Operation,
    /// Whether the overlaps are wanted.
    with_overlaps: bool,
}

impl Wanted {
    /// The results of the editions, for a caller and an operation.
    pub fn new(caller: &Caller, operation: Operation) -> Self {
        Self { caller: caller.clone(), operation, with_overlaps: false }
    }

    /// The overlaps as well, where `wanted`.
    pub fn overlaps(self, wanted: bool) -> Self {
        Self { with_overlaps: wanted, ..self }
    }

    /// Whether the caller sees the numbers of a city that are made of more than one assessment: its own, or everybody's.
    pub fn is_own(&self, city: &str) -> bool {
        self.caller.may(Right::ReadScores) || self.caller.may_touch(city)
    }
}

/// The results of a period, with the places of the cities.
#[derive(Debug)]
pub struct Found {
    result: PeriodResult,
    places: HashMap<String, usize>,
}

impl Found {
    fn new(result: PeriodResult) -> Self {
        let places = result.cities.iter().enumerate().map(|(row, city)| (city.clone(), row)).collect();
        Self { result, places }
    }

    /// Whether a city took part.
    pub fn has(&self, city: &str) -> bool {
        self.places.contains_key(city)
    }

    /// The codes of the cities.
    pub fn cities(&self) -> &[String] {
        &self.result.cities
    }

    /// The row of a city for a node of the set that was applied.
    pub fn row(&self, set: &IndicatorSet, city: &str, node: NodeIndex) -> Option<wire::ScoreRow> {
        Some(self.result.row(set, *self.places.get(city)?, node))
    }
}

impl Edition {
    /// The row of a city for a node.
    pub fn row(&self, city: &str, node: NodeIndex) -> Option<wire::ScoreRow> {
        self.result.row(&self.set, city, node)
    }

    /// The rows of all cities for a node, in the order of the result.
    pub fn rows(&self, node: NodeIndex) -> impl Iterator<Item = wire::ScoreRow> {
        (0..self.result.cities().len()).map(move |row| self.result.result.row(&self.set, row, node))
    }

    /// Under which name a city is seen on a node of the edition's set, if at all. Where the set lacks the node, only who is seen by name.
    pub fn seen(&self, city: &str, node: Option<NodeIndex>) -> Option<Seen> {
        let sight = self.sight.as_ref()?;
        match node {
            Some(node) => sight.city(city, (&self.set, node)),
            None => sight.require_city(city).ok().map(|()| Seen { code: city.to_owned(), is_pseudonym: false }),
        }
    }

    /// Between which ranks a city may stand on a node: the percentiles that the analysis tells of TOTAL.
    pub fn interval(&self, city: &str, node: NodeIndex) -> Option<[f64; 2]> {
        let is_total = self.set.nodes()[node].code == TOTAL;
        self.intervals.as_ref().filter(|_| is_total)?.of(city)
    }

    /// Whether all cities are seen by their names.
    pub fn is_all_seen(&self) -> bool {
        self.sight.as_ref().is_some_and(Sight::is_all)
    }

    /// The set version, as answers name it.
    pub fn set_ref(&self) -> wire::SetRef {
        set_ref(&self.key)
    }
}

fn set_ref(key: &SetKey) -> wire::SetRef {
    wire::SetRef { code: wire::Code::trusted(key.code.clone()), version: wire::Code::trusted(key.version.clone()) }
}

/// Opens the editions of a benchmark that was checked when it was kept, as somebody sees them; refused where that is nothing of any.
pub async fn open(state: &State, profile: &BenchmarkProfile, wanted: &Wanted) -> Result<Vec<Edition>, Failure> {
    let reader = Reader::Key(wanted.caller.clone());
    let mut refused = None;
    let mut editions: Vec<Edition> = Vec::with_capacity(profile.editions.len());
    for edition in &profile.editions {
        let id = edition.assessment.as_ref().ok_or_else(|| Failure::internal("an edition was kept without its assessment"))?;
        let stored = assessments::find(state.db(), id.as_str()).await?;
        let sight = match visibility::of(state, &reader, &stored, wanted.operation).await {
            Err(Failure::Forbidden(why)) => {
                refused = Some(why);
                None
            }
            found => Some(found?),
        };
        let (_, set) = sets::find(state, &stored.request.set).await?;
        let result = result(state, &stored, edition.period.as_str()).await?;
        let overlap = match (&edition.overlap, editions.last()) {
            (Some(id), Some(before)) if wanted.with_overlaps => {
                let stored = assessments::find(state.db(), id.as_str()).await?;
                Some(self::result(state, &stored, &before.period).await?)
            }
            _ => None,
        };
        let (period, assessment) = (edition.period.to_string(), id.to_string());
        let intervals = intervals::latest(state, &assessment, &period).await?;
        editions.push(Edition { period, assessment, key: stored.request.set, set, result, overlap, intervals, sight });
    }
    match refused.filter(|_| editions.iter().all(|edition| edition.sight.is_none())) {
        Some(why) => Err(Failure::Forbidden(why)),
        None => Ok(editions),
    }
}

async fn result(state: &State, stored: &Assessment, period: &str) -> Result<Found, Failure> {
    let opened = kept::open_measures(state, &manifest(stored)?, |known| known == period, &SHOWN).await?;
    let found = opened.into_iter().next();
    found.map(Found::new).ok_or_else(|| Failure::internal(format!("{} has no result of {period}", stored.request.id)))
}
