use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, PeriodCode};

use super::{PlacePath, place, present};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::observations;

/// List every value an observation ever had, the newest first.
#[utoipa::path(
    tag = "observations",
    params(
        ("city" = Code, Path, description = "The code of the city"),
        ("period" = PeriodCode, Path, description = "The period"),
        ("item" = Code, Path, description = "The code of the data item"),
        IfNoneMatchHeader,
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The values", body = wire::ObservationHistory),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/observations/{city}/{period}/{item}/history")]
pub async fn list_observation_history(caller: Caller, state: web::Data<State>, path: PlacePath) -> Result<Answer, Failure> {
    caller.require(Right::ReadObservations)?;
    caller.require_city(path.0.as_str())?;
    let history = observations::history(state.db(), &place(&path)).await?;
    if history.is_empty() {
        return Err(Failure::absent("没有这个观测值", "there is no such observation"));
    }
    let items = history.into_iter().rev().map(present).collect();
    Ok(Answer::ok(&wire::ObservationHistory { items }))
}
