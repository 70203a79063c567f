//! The result of an uncertainty analysis in the object store: a Parquet file for each of its tables.

use std::io::Cursor;

use bytes::Bytes;
use citygauge_assessment::uncertainty::{Cell, INDISTINCT, Uncertainty};
use citygauge_openapi::{Code, PeriodCode, UncertaintySummary};
use polars::prelude::{DataFrame, DataType, ParquetReader, SerReader};
use serde::{Deserialize, Serialize};

use super::kept::KeptError;
use crate::export::{self, Column, Format, Options, Table};
use crate::results::uncertainty as tables;
use crate::state::State;

/// The digests of the tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What the replications say of each city.
    pub cities: String,
    /// How often each city holds each rank.
    pub ranks: String,
    /// The sensitivity to each choice.
    pub sensitivity: String,
    /// What every replication drew.
    pub parameters: String,
}

/// The tables as Parquet, in the order of [`Manifest`].
pub fn files(result: &Uncertainty) -> Result<[Bytes; 4], KeptError> {
    let tables = [tables::cities(result), tables::ranks(result), tables::sensitivity(result), tables::parameters(result)];
    let mut files = [Bytes::new(), Bytes::new(), Bytes::new(), Bytes::new()];
    for (file, table) in files.iter_mut().zip(tables) {
        let mut bytes = Vec::new();
        export::write(&[table], Format::Parquet, &Options::default(), &mut bytes)
            .map_err(|error| KeptError::File(error.to_string()))?;
        *file = bytes.into();
    }
    Ok(files)
}

/// Puts the tables into the object store; nothing names them yet.
pub async fn keep(state: &State, [cities, ranks, sensitivity, parameters]: [Bytes; 4]) -> Result<Manifest, KeptError> {
    let artifacts = state.artifacts();
    Ok(Manifest {
        cities: artifacts.put(cities).await?.digest,
        ranks: artifacts.put(ranks).await?.digest,
        sensitivity: artifacts.put(sensitivity).await?.digest,
        parameters: artifacts.put(parameters).await?.digest,
    })
}

/// A table out of the object store.
pub async fn open(state: &State, digest: &str) -> Result<DataFrame, KeptError> {
    let bytes = state.artifacts().get(digest).await?;
    ParquetReader::new(Cursor::new(bytes)).finish().map_err(|error| KeptError::File(error.to_string()))
}

/// A kept table as it is written to a file.
#[must_use]
pub fn table<'a>(name: &str, frame: &'a DataFrame) -> Table<'a> {
    let columns = frame.columns().iter().map(|column| match column.dtype() {
        DataType::String => Column::text(column.name().as_str()),
        DataType::Int64 => Column::integer(column.name().as_str()),
        _ => Column::number(column.name().as_str()),
    });
    Table::streamed(name, columns.collect(), |emit| {
        for row in 0..frame.height() {
            let cells: Vec<export::Cell<'_>> = frame.columns().iter().map(|column| cell(column, row)).collect();
            emit(&cells)?;
        }
        Ok(())
    })
}

fn cell(column: &polars::prelude::Column, row: usize) -> export::Cell<'_> {
    match column.dtype() {
        DataType::String => column.str().ok().and_then(|column| column.get(row)).into(),
        DataType::Int64 => column.i64().ok().and_then(|column| column.get(row)).into(),
        _ => column.f64().ok().and_then(|column| column.get(row)).into(),
    }
}

/// The result in brief. `drawn` is how many replications, from the first on, were drawn by themselves: all, of a Sobol
/// design those of A and B.
#[must_use]
pub fn summary(result: &Uncertainty, drawn: usize) -> UncertaintySummary {
    let mut groups: Vec<Vec<(f64, Code)>> = Vec::new();
    for city in &result.cities {
        let (Some(group), Some(ranks)) = (city.group.map(|group| group as usize), city.ranks) else { continue };
        if groups.len() < group {
            groups.resize_with(group, Vec::new);
        }
        groups[group - 1].push((ranks.mean, Code::trusted(city.city.clone())));
    }
    for group in &mut groups {
        group.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    }
    let shifts: Vec<f64> = result.parameters.rows.iter().take(drawn).filter_map(|row| shift(row.last())).collect();
    UncertaintySummary {
        period: PeriodCode::trusted(result.period.to_string()),
        replications: result.replications() as u64,
        ranked: result.cities.iter().filter(|city| city.rank.is_some()).count() as u64,
        mean_rank_shift: (!shifts.is_empty()).then(|| shifts.iter().sum::<f64>() / shifts.len() as f64),
        groups: groups.into_iter().map(|group| group.into_iter().map(|(_, city)| city).collect()).collect(),
        indistinct: INDISTINCT,
    }
}

/// The shift of the ranks stands in the last column of the parameters.
fn shift(cell: Option<&Cell>) -> Option<f64> {
    match cell {
        Some(Cell::Number(shift)) => Some(*shift),
        _ => None,
    }
}
