//! Exports: tables as files, made by a job and kept for a while.

mod create;
mod download;
mod list;
mod remove;
mod show;
mod table;
#[cfg(test)]
mod tests;

use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, API_ROOT, Digest, ExportFormat, Id, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

pub use table::prepare;

use crate::auth::{Caller, Right};
use crate::error::Failure;
use crate::export::Format;
use crate::jobs::message;
use crate::routes::jobs::present_state;
use crate::state::State;
use crate::store::exports::{self, Export};
use crate::store::jobs::WorkState;
use crate::store::keys::Role;

/// Mounts the operations on exports.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_exports)
        .service(create::create_export)
        .service(show::show_export)
        .service(download::download_export)
        .service(remove::remove_export);
}

/// An export that the caller may look at: its own, and an administrator any. One whose time is over is gone.
async fn readable(state: &State, caller: &Caller, id: &Id) -> Result<Export, Failure> {
    caller.require(Right::ReadExports)?;
    let export = exports::find(state.db(), id.as_str()).await?;
    if export.asked.created_by != caller.id() && caller.role() != Role::Admin {
        return Err(Failure::Forbidden(citygauge_indicators::Text::both(
            "这是他人的导出",
            "this export was asked for by somebody else",
        )));
    }
    if export.asked.expires_at_ms <= state.now_ms() {
        return Err(Failure::absent("该导出已过期", "the export has expired"));
    }
    Ok(export)
}

/// Whose exports a caller sees; an administrator sees all.
fn owner(caller: &Caller) -> Option<&str> {
    (caller.role() != Role::Admin).then(|| caller.id())
}

fn present(export: Export, language: Language) -> wire::Export {
    let Export { asked, file, job } = export;
    let error = job.error.as_ref().filter(|_| job.state == WorkState::Failed);
    wire::Export {
        state: present_state(job.state),
        error: error.map(|error| message(error, language)),
        job: Id::trusted(job.id),
        table: asked.address,
        format: Format::from_word(&asked.format).map_or(ExportFormat::Csv, Format::exported),
        bom: asked.bom,
        estimated_rows: asked.estimated_rows.unsigned_abs(),
        file: file.as_ref().map(|_| format!("{API_ROOT}/exports/{}/file", asked.id)),
        bytes: file.as_ref().map(|file| file.bytes.unsigned_abs()),
        sha256: file.map(|file| Digest::trusted(file.digest)),
        id: Id::trusted(asked.id),
        created_at: Moment::from_ms(asked.created_at_ms),
        created_by: asked.created_by,
        expires_at: Moment::from_ms(asked.expires_at_ms),
    }
}

fn meant(word: ExportFormat) -> Format {
    Format::ALL.into_iter().find(|format| format.exported() == word).unwrap_or(Format::Csv)
}
