use actix_web::{post, web};
use citygauge_openapi as wire;
use serde_json::json;

use super::{meant, present, table};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang, Once};
use crate::jobs::{WriteExport, enqueue, sweep_exports};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::exports::{self, NewExport};
use crate::write::{once, trail};

/// Have a table written to a file.
///
/// What an answer is too large for: the table at an address, as the caller may read it, in any format that it comes in. The work is a job;
/// `Location` names it. Files are kept for a configured time, and so many at most.
#[utoipa::path(
    tag = "exports",
    params(IdempotencyKeyHeader),
    request_body = wire::NewExport,
    security(("token" = [])),
    responses((status = 202, description = "The export, to be made by a job", body = wire::Export), Problems, BodyProblems, CreateProblems)
)]
#[post("/exports")]
pub async fn create_export(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadExports)?;
    let new: wire::NewExport = body.read()?;
    // What cannot be had is refused now, and what it costs is known.
    let (prepared, form) = table::prepare(&state, &caller, &new.table, (new.format.map(meant), new.bom), language.0).await?;
    let estimate = prepared.estimate(form);
    drop(prepared);
    let now_ms = state.now_ms();
    sweep_exports(&state).await?;
    let limits = &state.config().limits;
    let answer = once(&state, &caller, &request, &body.digest, async |transaction| {
        if exports::count(transaction).await? >= u64::from(limits.exports) {
            return Err(Failure::conflict(
                format!("已有 {} 个导出；请删除不再需要的导出，或等待其过期", limits.exports),
                format!("there are {} exports already: remove one, or wait until one expires", limits.exports),
            ));
        }
        let (id, job) = (state.sources().id(), state.sources().id());
        let export = NewExport {
            id: id.clone(),
            address: new.table.clone(),
            format: form.format.word().to_owned(),
            bom: form.bom,
            language: language.0.tag().to_owned(),
            caller: caller.to_kept(),
            estimated_rows: i64::try_from(estimate.rows).unwrap_or(i64::MAX),
            job_id: job.clone(),
            created_at_ms: now_ms,
            created_by: caller.id().to_owned(),
            expires_at_ms: now_ms + limits.export_ms(),
        };
        enqueue(transaction, &state, &caller, &job, None, &WriteExport { export: id.clone() }).await?;
        exports::insert(transaction, &export).await?;
        let detail = json!({ "table": new.table, "format": form.format.word() });
        trail(transaction, &state, &caller, "create_export", &format!("exports/{id}"), detail).await?;
        Ok(Answer::accepted(&job, &present(exports::find(transaction, &id).await?, language.0)))
    })
    .await?;
    state.work_arrived();
    Ok(answer)
}
