use actix_web::{delete, web};
use citygauge_openapi::{Code, path_segment};
use serde_json::json;

use super::tag;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, Failure, Problems};
use crate::extract::IfMatch;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::mappings;
use crate::write::trail;

/// Remove a mapping.
///
/// Imports that used it keep what it said.
#[utoipa::path(
    tag = "mappings",
    params(("code" = Code, Path, description = "The code of the mapping"), IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The mapping is gone"), Problems, ChangeProblems)
)]
#[delete("/mappings/{code}")]
pub async fn remove_mapping(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteMappings)?;
    let transaction = state.store().begin().await?;
    let known = mappings::find(&transaction, code.as_str()).await?;
    if_match.admit(&tag(&known))?;
    mappings::remove(&transaction, code.as_str(), known.revision).await?;
    let place = format!("mappings/{}", path_segment(code.as_str()));
    trail(&transaction, &state, &caller, "remove_mapping", &place, json!({})).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
