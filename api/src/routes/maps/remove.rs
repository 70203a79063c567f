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
use crate::store::maps;
use crate::write::trail;

/// Remove a map.
#[utoipa::path(
    tag = "maps",
    params(("code" = Code, Path, description = "The code of the map"), IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The map is gone"), Problems, ChangeProblems)
)]
#[delete("/maps/{code}")]
pub async fn remove_map(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteMaps)?;
    let transaction = state.store().begin().await?;
    let known = maps::find(&transaction, code.as_str()).await?;
    if_match.admit(&tag(&known))?;
    maps::remove(&transaction, code.as_str(), known.revision).await?;
    let place = format!("maps/{}", path_segment(code.as_str()));
    trail(&transaction, &state, &caller, "remove_map", &place, json!({})).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
