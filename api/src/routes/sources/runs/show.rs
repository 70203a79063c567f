use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Id};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Lang;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::StoreError;
use crate::store::sources::runs;

/// The place of a run.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RunPath {
    /// The code of the source.
    code: Code,
    /// The run.
    id: Id,
}

/// Show a run of a source.
///
/// Its attempts, what was fetched, and what went wrong; the import of it has the faults of its rows.
#[utoipa::path(
    tag = "sources",
    params(RunPath, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The run", body = wire::SourceRun),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/sources/{code}/runs/{id}")]
pub async fn show_source_run(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<RunPath>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadSources)?;
    let run = runs::find(state.db(), path.id.as_str()).await?;
    if run.request.source != path.code.as_str() {
        return Err(StoreError::Absent { table: "source_runs", key: path.id.to_string() }.into());
    }
    Ok(Answer::ok(&present(run, language.0)?))
}
