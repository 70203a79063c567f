use actix_web::{get, web};
use citygauge_openapi as wire;

use super::{PlacePath, present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::ConnectionTrait;
use crate::store::observations::{self, Observation, Place};

/// Show the observation that holds now.
#[utoipa::path(
    tag = "observations",
    params(PlacePath, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The observation", body = wire::Observation),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/observations/{city}/{period}/{item}")]
pub async fn show_observation(caller: Caller, state: web::Data<State>, path: web::Path<PlacePath>) -> Result<Answer, Failure> {
    caller.require(Right::ReadObservations)?;
    caller.require_city(path.city.as_str())?;
    let current = current(state.db(), &path.place()).await?;
    let current = current.ok_or_else(|| Failure::absent("没有这个观测值", "there is no such observation"))?;
    let tag = tag(&current);
    Ok(Answer::row(&present(current), &tag))
}

/// The value that holds now, if there is one.
pub async fn current(conn: &impl ConnectionTrait, place: &Place) -> Result<Option<Observation>, Failure> {
    let last = observations::history(conn, place).await?.pop();
    Ok(last.filter(|observation| observation.superseded_at_ms.is_none()))
}
