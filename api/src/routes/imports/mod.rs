//! Imports: files of cities or observations.

mod annotated;
mod create;
pub(super) mod faults;
mod list;
mod show;
#[cfg(test)]
mod tests;

use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Code, Digest, Id, Line, Moment, PeriodCode};
use utoipa_actix_web::service_config::ServiceConfig;

use super::indicator_sets::present_key;
use super::jobs::present_state;
use super::mappings::present_document;
use crate::error::Failure;
use crate::faults::from_kept;
use crate::state::State;
use crate::store::StoreError;
use crate::store::imports::{self, Import, ImportKind, ImportMode, OnFault, Severity, TableShape};

/// Mounts the operations on imports.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_imports)
        .service(create::create_import)
        .service(show::show_import)
        .service(faults::list_import_faults)
        .service(annotated::show_annotated_import);
}

/// Faults, and warnings, that an import shows of itself; the rest are a list of their own.
const FIRST_FAULTS: u64 = 100;

/// The import with its first faults and warnings.
async fn present_with_faults(state: &State, import: Import, language: Language) -> Result<wire::Import, Failure> {
    let first = async |severity| {
        let page = imports::page_faults_of(state.db(), &import.request.id, Some(severity), None, FIRST_FAULTS).await?;
        page.items.into_iter().map(|fault| from_kept(fault, language)).collect::<Result<Vec<_>, _>>()
    };
    let (faults, warnings) = (first(Severity::Error).await?, first(Severity::Warning).await?);
    let changes = import.score_changes.clone().map(|kept| present_changes(kept, &import.request.id, language)).transpose()?;
    Ok(wire::Import { score_changes: changes, ..present(import, faults, warnings)? })
}

/// The changes of scores as they were kept, in one language.
fn present_changes(mut kept: serde_json::Value, import: &str, language: Language) -> Result<wire::ImportScoreChanges, Failure> {
    let faults = kept.get_mut("faults").and_then(serde_json::Value::as_array_mut).map(std::mem::take).unwrap_or_default();
    let changes: wire::ImportScoreChanges = serde_json::from_value(kept).map_err(|error| corrupt(import, &error))?;
    let faults = faults.into_iter().map(|fault| from_kept(fault, language)).collect::<Result<_, _>>()?;
    Ok(wire::ImportScoreChanges { faults, ..changes })
}

fn corrupt(import: &str, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt { table: "imports", column: "score_changes", row: import.to_owned(), reason: error.to_string() }
}

fn present(import: Import, faults: Vec<wire::Fault>, warnings: Vec<wire::Fault>) -> Result<wire::Import, Failure> {
    let Import { request, state, tally, how_read, finished_at_ms, .. } = import;
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let mapping = request.mapping.map(|used| -> Result<_, Failure> {
        Ok(wire::UsedMapping {
            document: present_document(&used.document, &request.id)?,
            code: used.code.map(Code::trusted),
            digest: Digest::trusted(used.digest),
        })
    });
    Ok(wire::Import {
        mapping: mapping.transpose()?,
        encoding: how_read.encoding,
        shape: match how_read.shape {
            Some(TableShape::Long) => Some(wire::ImportShape::Long),
            Some(TableShape::Wide) => Some(wire::ImportShape::Wide),
            Some(TableShape::SdmxCsv) => Some(wire::ImportShape::SdmxCsv),
            None => None,
        },
        id: Id::trusted(request.id),
        job: Id::trusted(request.job_id),
        kind: match request.kind {
            ImportKind::Cities => wire::ImportKind::Cities,
            ImportKind::Observations => wire::ImportKind::Observations,
        },
        mode: match request.mode {
            ImportMode::Validate => wire::ImportMode::Validate,
            ImportMode::Commit => wire::ImportMode::Commit,
        },
        on_fault: match request.on_fault {
            OnFault::RejectAll => wire::OnFault::RejectAll,
            OnFault::SkipRows => wire::OnFault::SkipRows,
        },
        set: request.set.map(present_key),
        period: request.period.map(PeriodCode::trusted),
        source: request.fetched.as_ref().map(|fetched| Code::trusted(fetched.source.clone())),
        source_run: request.fetched.map(|fetched| Id::trusted(fetched.run)),
        file_name: request.file_name.map(Line::trusted),
        media_type: request.media_type,
        digest: Digest::trusted(request.upload_digest),
        bytes: count(request.upload_bytes),
        state: present_state(state),
        accepted: count(tally.accepted),
        rejected: count(tally.rejected),
        unchanged: count(tally.unchanged),
        faults: wire::ImportFaults { total: count(tally.faults_total), items: faults },
        warnings: wire::ImportFaults { total: count(tally.warnings_total), items: warnings },
        score_changes: None,
        created_at: Moment::from_ms(request.created_at_ms),
        created_by: request.created_by,
        finished_at: finished_at_ms.map(Moment::from_ms),
    })
}
