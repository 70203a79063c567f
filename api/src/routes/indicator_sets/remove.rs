use actix_web::{delete, web};
use citygauge_openapi::Code;
use serde_json::json;

use super::{Place, key, subject, tag};
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
    params(
        ("code" = Code, Path, description = "The code of the set"),
        ("version" = Code, Path, description = "Its version"),
        IfMatchHeader,
    ),
    security(("token" = [])),
    responses((status = 204, description = "The draft is gone"), Problems, ChangeProblems)
)]
#[delete("/indicator-sets/{code}/versions/{version}")]
pub async fn remove_indicator_set(
    caller: Caller,
    state: web::Data<State>,
    place: Place,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteSets)?;
    let key = key(&place);
    let transaction = state.store().begin().await?;
    let known = indicator_sets::find(&transaction, &key).await?;
    if_match.admit(&tag(&known.entry))?;
    indicator_sets::remove(&transaction, &key, known.entry.revision).await?;
    let detail = json!({ "digest": known.entry.digest });
    trail(&transaction, &state, &caller, "remove_indicator_set", &subject(&key), detail).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
