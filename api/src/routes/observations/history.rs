use actix_web::{get, web};
use citygauge_openapi as wire;

use super::{PlacePath, present};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::observations;

/// List every value an observation ever had, the newest first.
#[utoipa::path(
    tag = "observations",
    params(PlacePath, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The values", body = wire::ObservationHistory),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/observations/{city}/{period}/{item}/history")]
pub async fn list_observation_history(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<PlacePath>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadObservations)?;
    caller.require_city(path.city.as_str())?;
    let history = observations::history(state.db(), &path.place()).await?;
    if history.is_empty() {
        return Err(Failure::absent("没有这个观测值", "there is no such observation"));
    }
    let items = history.into_iter().rev().map(present).collect();
    Ok(Answer::ok(&wire::ObservationHistory { items }))
}
