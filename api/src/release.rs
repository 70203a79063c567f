//! Freezing observations: what an assessment reads never changes under it.

use std::sync::Arc;

use crate::auth::Caller;
use crate::export::{Cell, Column, ExportError, Format, Options, Table, write};
use crate::jobs::JobError;
use crate::state::State;
use crate::store::Word;
use crate::store::observations::{Filter, Frame, read_as_of};
use crate::store::releases::Release;

/// A release that is not kept yet, with what is in it.
#[derive(Debug, Clone)]
pub struct Frozen {
    /// The row to keep, in the transaction of whatever needs it; its artifact is in its place already.
    pub release: Release,
    /// The observations.
    pub frame: Arc<Frame>,
}

/// Reads what a filter lets through, all of one moment, and writes it as a Parquet artifact.
pub async fn freeze(state: &State, filter: &Filter, caller: &Caller) -> Result<Frozen, JobError> {
    let now_ms = state.now_ms();
    let reading = state.store().begin_reading().await?;
    let frame = Arc::new(read_as_of(&reading, filter).await?);
    reading.rollback().await?;
    let for_engine = frame.clone();
    let parquet = state.engine(move || parquet(&for_engine)).await?.map_err(|error| JobError::Retry(Box::new(error)))?;
    let kept = state.artifacts().put(parquet.into()).await?;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let release = Release {
        id: state.sources().id(),
        digest: kept.digest,
        byte_size: i64::try_from(kept.bytes).unwrap_or(i64::MAX),
        rows: count(frame.len()),
        items: count(frame.item.texts.len()),
        cities: count(frame.city.texts.len()),
        periods: count(frame.period.texts.len()),
        as_of_ms: filter.as_of_ms.unwrap_or(now_ms),
        created_at_ms: now_ms,
        created_by: caller.id().to_owned(),
    };
    Ok(Frozen { release, frame })
}

/// The file of a release: sorted by city, period and item, so equal content has equal bytes.
fn parquet(frame: &Frame) -> Result<Vec<u8>, ExportError> {
    let columns = vec![
        Column::text("city"),
        Column::text("period"),
        Column::text("item"),
        Column::number("value"),
        Column::text("choice"),
        Column::text("status"),
    ];
    let table = Table::streamed("observations", columns, |emit| {
        let places = frame.city.iter().zip(frame.period.iter()).zip(frame.item.iter());
        let values = frame.number.iter().zip(&frame.choice).zip(&frame.status);
        places.zip(values).try_for_each(|(((city, period), item), ((number, choice), status))| {
            let choice = choice.as_ref().map_or(Cell::Empty, Cell::from);
            emit(&[city.into(), period.into(), item.into(), (*number).into(), choice, status.as_str().into()])
        })
    });
    let mut bytes = Vec::new();
    write(&[table], Format::Parquet, &Options::default(), &mut bytes)?;
    Ok(bytes)
}
