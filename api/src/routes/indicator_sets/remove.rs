use actix_web::{delete, web};
use serde_json::json;

use super::{Place, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, Failure, Problems};
use crate::extract::IfMatch;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::indicator_sets;
use crate::write::trail;

/// Remove a draft.
///
/// A published version stays: that is a conflict.
#[utoipa::path(
    tag = "indicator-sets",
    params(Place, IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The draft is gone"), Problems, ChangeProblems)
)]
#[delete("/indicator-sets/{code}/versions/{version}")]
pub async fn remove_indicator_set(
    caller: Caller,
    state: web::Data<State>,
    place: web::Path<Place>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteSets)?;
    let key = place.key();
    let transaction = state.store().begin().await?;
    let known = indicator_sets::find(&transaction, &key).await?;
    if_match.admit(&tag(&known.entry))?;
    indicator_sets::remove(&transaction, &key, known.entry.revision).await?;
    let detail = json!({ "digest": known.entry.digest });
    trail(&transaction, &state, &caller, "remove_indicator_set", &subject(&key), detail).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
