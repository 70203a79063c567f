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
use crate::store::cities;
use crate::write::trail;

/// Take a city out of the register.
///
/// A city with observations, or in a peer group, stays.
#[utoipa::path(
    tag = "cities",
    params(("code" = Code, Path, description = "The code of the city"), IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The city is gone"), Problems, ChangeProblems)
)]
#[delete("/cities/{code}")]
pub async fn remove_city(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteCities)?;
    let transaction = state.store().begin().await?;
    let known = cities::find(&transaction, code.as_str()).await?;
    if_match.admit(&tag(&known))?;
    cities::remove(&transaction, code.as_str(), known.revision).await?;
    let place = format!("cities/{}", path_segment(code.as_str()));
    trail(&transaction, &state, &caller, "remove_city", &place, json!({})).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
