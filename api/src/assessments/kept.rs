//! The result of an assessment in the object store: wide Parquet, one file per period and measure, a row per city and a
//! column per node. The long form is made when it is asked for.

use std::collections::BTreeMap;
use std::io::Cursor;

use bytes::Bytes;
use citygauge_assessment::{Assessment, Measure};
use citygauge_indicators::{City, IndicatorSet};
use citygauge_openapi as wire;
use polars::prelude::{DataFrame, DataType, ParquetReader, ParquetWriter, SerReader};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::input;
use super::weights::Weights;
use crate::artifacts::ArtifactError;
use crate::faults::to_kept;
use crate::state::State;

/// Where a result is: the digests of its artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Period by period, in the order of time.
    pub periods: Vec<PeriodManifest>,
    /// The cities with the names and attributes that were read.
    pub cities: String,
    /// The warnings of the engine, in both languages.
    pub warnings: String,
    /// The weights that were computed with; results from before weights were kept have none.
    #[serde(default)]
    pub weights: Option<String>,
}

/// The artifacts of one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodManifest {
    /// The period.
    pub period: String,
    /// Measure to digest.
    pub measures: BTreeMap<String, String>,
}

/// Why a result could not be kept or opened.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// The object store.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// A file that is not what it should be.
    #[error("a result cannot be written or read: {0}")]
    File(String),
}

impl KeptError {
    fn file(error: impl std::fmt::Display) -> Self {
        Self::File(error.to_string())
    }
}

/// One artifact of a result that is not kept yet.
#[derive(Debug)]
pub struct Piece {
    period: String,
    measure: Measure,
    bytes: Bytes,
}

/// Hands over the artifacts of a result, one after the other, so that no more than one of them is in memory.
pub fn each_piece<E: From<KeptError>>(assessment: &Assessment, mut take: impl FnMut(Piece) -> Result<(), E>) -> Result<(), E> {
    for period in assessment.periods() {
        for measure in Measure::of(assessment.set()) {
            let mut wide = assessment.wide(period, measure).map_err(KeptError::file)?;
            take(Piece { period: period.to_string(), measure, bytes: parquet(&mut wide)? })?;
        }
    }
    Ok(())
}

/// What stands beside the artifacts of the periods, collected part by part.
#[derive(Debug, Default)]
pub struct Beside {
    cities: Bytes,
    warnings: Vec<Value>,
    weights: Weights,
}

impl Beside {
    /// Adds a part of the result; every part has all cities.
    pub fn add(&mut self, part: &Assessment) -> Result<(), KeptError> {
        self.cities = input::cities_to_bytes(part.cities()).map_err(KeptError::file)?;
        self.warnings.extend(part.warnings().iter().map(to_kept));
        self.weights.add(part);
        Ok(())
    }

    /// How many warnings there are.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.warnings.len()
    }
}

/// A result that is being kept; nothing names its artifacts yet.
#[derive(Debug, Default)]
pub struct Keeping(Vec<PeriodManifest>);

impl Keeping {
    /// Keeps an artifact; those of a period follow one another.
    pub async fn keep(&mut self, state: &State, piece: Piece) -> Result<(), KeptError> {
        let digest = state.artifacts().put(piece.bytes).await?.digest;
        if self.0.last().is_none_or(|last| last.period != piece.period) {
            self.0.push(PeriodManifest { period: piece.period, measures: BTreeMap::new() });
        }
        if let Some(of_period) = self.0.last_mut() {
            of_period.measures.insert(piece.measure.word().to_owned(), digest);
        }
        Ok(())
    }

    /// Keeps what stands beside; tells where everything is.
    pub async fn finish(self, state: &State, beside: Beside) -> Result<Manifest, KeptError> {
        let warnings = serde_json::to_vec(&beside.warnings).map_err(KeptError::file)?;
        let weights = serde_json::to_vec(&beside.weights).map_err(KeptError::file)?;
        Ok(Manifest {
            periods: self.0,
            cities: state.artifacts().put(beside.cities).await?.digest,
            warnings: state.artifacts().put(warnings.into()).await?.digest,
            weights: Some(state.artifacts().put(weights.into()).await?.digest),
        })
    }
}

/// A frame as its artifact.
pub fn parquet(frame: &mut DataFrame) -> Result<Bytes, KeptError> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(frame).map_err(KeptError::file)?;
    Ok(bytes.into())
}

/// One period of a result, opened.
#[derive(Debug, Clone)]
pub struct PeriodResult {
    /// The period.
    pub period: String,
    /// The codes of its cities, row by row.
    pub cities: Vec<String>,
    measures: BTreeMap<String, DataFrame>,
}

/// Opens the results of the periods that `wanted` lets through.
pub async fn open(state: &State, manifest: &Manifest, wanted: impl Fn(&str) -> bool) -> Result<Vec<PeriodResult>, KeptError> {
    opened(state, manifest, wanted, |_| true, None).await
}

/// As [`open`], with these measures only; what is not opened is as if there were none.
pub async fn open_measures(
    state: &State,
    manifest: &Manifest,
    wanted: impl Fn(&str) -> bool,
    measures: &[Measure],
) -> Result<Vec<PeriodResult>, KeptError> {
    opened(state, manifest, wanted, |word| measures.iter().any(|measure| measure.word() == word), None).await
}

/// As [`open`], with the results of a single node only, by its place in the tree; those of others are as if there were none.
pub async fn open_node(
    state: &State,
    manifest: &Manifest,
    wanted: impl Fn(&str) -> bool,
    node: usize,
) -> Result<Vec<PeriodResult>, KeptError> {
    opened(state, manifest, wanted, |_| true, Some(vec![0, node + 1])).await
}

async fn opened(
    state: &State,
    manifest: &Manifest,
    wanted: impl Fn(&str) -> bool,
    is_shown: impl Fn(&str) -> bool,
    columns: Option<Vec<usize>>,
) -> Result<Vec<PeriodResult>, KeptError> {
    let mut opened = Vec::new();
    for of_period in manifest.periods.iter().filter(|of_period| wanted(&of_period.period)) {
        let mut measures = BTreeMap::new();
        let mut cities = Vec::new();
        for (measure, digest) in of_period.measures.iter().filter(|(measure, _)| is_shown(measure)) {
            let reader = ParquetReader::new(Cursor::new(state.artifacts().get(digest).await?));
            let frame = reader.with_projection(columns.clone()).finish().map_err(KeptError::file)?;
            if cities.is_empty() {
                let first = frame.columns().first().ok_or_else(|| KeptError::file("a result without columns"))?;
                let codes = first.str().map_err(KeptError::file)?;
                cities = codes.iter().map(|code| code.unwrap_or_default().to_owned()).collect();
            }
            measures.insert(measure.clone(), frame);
        }
        opened.push(PeriodResult { period: of_period.period.clone(), cities, measures });
    }
    Ok(opened)
}

/// The warnings of a result, as they are kept.
pub async fn warnings(state: &State, manifest: &Manifest) -> Result<Vec<Value>, KeptError> {
    let bytes = state.artifacts().get(&manifest.warnings).await?;
    serde_json::from_slice(&bytes).map_err(KeptError::file)
}

/// The cities of a result, as they were described when it was computed.
pub async fn cities(state: &State, manifest: &Manifest) -> Result<Vec<City>, KeptError> {
    let bytes = state.artifacts().get(&manifest.cities).await?;
    input::cities_from_bytes(&bytes).map_err(KeptError::file)
}

/// The weights of a result, as they are kept.
pub async fn weights(state: &State, manifest: &Manifest) -> Result<Weights, KeptError> {
    let Some(digest) = &manifest.weights else { return Ok(Weights::default()) };
    let bytes = state.artifacts().get(digest).await?;
    serde_json::from_slice(&bytes).map_err(KeptError::file)
}

impl PeriodResult {
    /// The row of a city.
    #[must_use]
    pub fn row_of(&self, city: &str) -> Option<usize> {
        self.cities.iter().position(|code| code == city)
    }

    /// A row of the scores table.
    #[must_use]
    pub fn row(&self, set: &IndicatorSet, row: usize, node: usize) -> wire::ScoreRow {
        let code = set.nodes()[node].code.as_str();
        let number = |measure: Measure| self.measures.get(measure.word())?.column(code).ok()?.f64().ok()?.get(row);
        let rank = self.measures.get(Measure::Rank.word()).and_then(|frame| frame.column(code).ok()?.u32().ok()?.get(row));
        let level = self.measures.get(Measure::Level.word()).and_then(|frame| {
            let column = frame.column(code).ok().filter(|column| *column.dtype() == DataType::String)?;
            Some(column.str().ok()?.get(row)?.to_owned())
        });
        let imputed = self.measures.get(Measure::Imputed.word()).and_then(|frame| frame.column(code).ok()?.bool().ok()?.get(row));
        wire::ScoreRow {
            city: wire::Code::trusted(self.cities[row].clone()),
            period: wire::PeriodCode::trusted(self.period.clone()),
            node: wire::Code::trusted(code.to_owned()),
            value: number(Measure::Value),
            score: number(Measure::Score),
            mark: number(Measure::Mark),
            points: number(Measure::Points),
            coverage: number(Measure::Coverage),
            low: number(Measure::Low),
            high: number(Measure::High),
            rank: rank.map(u64::from),
            level: level.map(wire::Code::trusted),
            imputed: imputed.unwrap_or(false),
        }
    }
}
