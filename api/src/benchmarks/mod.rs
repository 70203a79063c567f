//! Benchmarks over years: the results that the editions name, and how their nodes are to each other.

mod chain;
mod check;
pub mod series;

use std::collections::HashMap;
use std::sync::Arc;

use citygauge_assessment::Measure;
use citygauge_indicators::{IndicatorSet, NodeIndex};
use citygauge_openapi::{self as wire, BenchmarkProfile};

pub use chain::{Chain, Crossed, between, crossed};
pub use check::check;

use crate::assessments::kept::{self, PeriodResult};
use crate::assessments::recompute::manifest;
use crate::error::Failure;
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

    /// The set version, as answers name it.
    pub fn set_ref(&self) -> wire::SetRef {
        set_ref(&self.key)
    }
}

fn set_ref(key: &SetKey) -> wire::SetRef {
    wire::SetRef { code: wire::Code::trusted(key.code.clone()), version: wire::Code::trusted(key.version.clone()) }
}

/// Opens the editions of a benchmark that was checked when it was kept, with their overlaps where these are wanted.
pub async fn open(state: &State, profile: &BenchmarkProfile, with_overlaps: bool) -> Result<Vec<Edition>, Failure> {
    let mut editions: Vec<Edition> = Vec::with_capacity(profile.editions.len());
    for edition in &profile.editions {
        let stored = assessments::find(state.db(), edition.assessment.as_str()).await?;
        let (_, set) = sets::find(state, &stored.request.set).await?;
        let result = result(state, &stored, edition.period.as_str()).await?;
        let overlap = match (&edition.overlap, editions.last()) {
            (Some(id), Some(before)) if with_overlaps => {
                let stored = assessments::find(state.db(), id.as_str()).await?;
                Some(self::result(state, &stored, &before.period).await?)
            }
            _ => None,
        };
        let (period, assessment) = (edition.period.to_string(), edition.assessment.to_string());
        editions.push(Edition { period, assessment, key: stored.request.set, set, result, overlap });
    }
    Ok(editions)
}

async fn result(state: &State, stored: &Assessment, period: &str) -> Result<Found, Failure> {
    let opened = kept::open_measures(state, &manifest(stored)?, |known| known == period, &SHOWN).await?;
    let found = opened.into_iter().next();
    found.map(Found::new).ok_or_else(|| Failure::internal(format!("{} has no result of {period}", stored.request.id)))
}
