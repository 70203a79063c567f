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
use crate::store::peer_groups;
use crate::write::trail;

/// Remove a peer group.
///
/// Its cities stay registered.
#[utoipa::path(
    tag = "peer-groups",
    params(("code" = Code, Path, description = "The code of the group"), IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The group is gone"), Problems, ChangeProblems)
)]
#[delete("/peer-groups/{code}")]
pub async fn remove_peer_group(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WritePeerGroups)?;
    let transaction = state.store().begin().await?;
    let known = peer_groups::find(&transaction, code.as_str()).await?;
    if_match.admit(&tag(&known))?;
    peer_groups::remove(&transaction, code.as_str(), known.revision).await?;
    let place = format!("peer-groups/{}", path_segment(code.as_str()));
    trail(&transaction, &state, &caller, "remove_peer_group", &place, json!({})).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
