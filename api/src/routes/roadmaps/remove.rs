use actix_web::{delete, web};
use citygauge_openapi::Id;
use serde_json::json;

use super::tag;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, Failure, Problems};
use crate::extract::IfMatch;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::roadmaps;
use crate::write::trail;

/// Remove a roadmap.
///
/// A roadmap never changes; another one takes its place. That it was there stays in the trail.
#[utoipa::path(
    tag = "roadmaps",
    params(("id" = Id, Path, description = "The roadmap"), IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The roadmap is gone"), Problems, ChangeProblems)
)]
#[delete("/roadmaps/{id}")]
pub async fn remove_roadmap(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WritePlanning)?;
    let transaction = state.store().begin().await?;
    let known = roadmaps::find(&transaction, id.as_str()).await?;
    caller.require_city(&known.city)?;
    if_match.admit(&tag(&id))?;
    roadmaps::remove(&transaction, id.as_str()).await?;
    let told = json!({ "assessment": known.assessment_id, "city": known.city });
    trail(&transaction, &state, &caller, "remove_roadmap", &format!("roadmaps/{id}"), told).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
