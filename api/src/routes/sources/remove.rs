use actix_web::{delete, web};
use citygauge_openapi::Code;
use serde_json::json;

use super::{subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, Failure, Problems};
use crate::extract::IfMatch;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::sources::{self, runs};
use crate::write::trail;

/// Remove a source.
///
/// The history of its runs goes with it; what was imported stays, with its imports. While a run is unfinished it is a conflict.
#[utoipa::path(
    tag = "sources",
    params(("code" = Code, Path, description = "The code of the source"), IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The source is gone"), Problems, ChangeProblems)
)]
#[delete("/sources/{code}")]
pub async fn remove_source(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteSources)?;
    let transaction = state.store().begin().await?;
    let known = sources::find(&transaction, code.as_str()).await?;
    if_match.admit(&tag(&known))?;
    if runs::find_unfinished(&transaction, code.as_str()).await?.is_some() {
        return Err(Failure::conflict(
            "该数据源有尚未结束的运行：请等待其结束，或取消其任务",
            "a run of the source is unfinished: wait for its end, or cancel its job",
        ));
    }
    sources::remove(&transaction, code.as_str(), known.revision).await?;
    trail(&transaction, &state, &caller, "remove_source", &subject(code.as_str()), json!({})).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
