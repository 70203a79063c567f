use actix_web::{get, web};
use citygauge_openapi as wire;

use super::{PlacePath, present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::observations::{self, Counts, Observation, Place};
use crate::store::{ConnectionTrait, Transaction};

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

/// What a report of one value took the place of, and what is there now. Others may have written since the place was looked at, and are waited for
/// only by the write itself: whether the caller has seen what there was is certain after it, and not before.
pub async fn replaced(
    transaction: &Transaction,
    place: &Place,
    counts: Counts,
) -> Result<(Option<Observation>, Observation), Failure> {
    let mut line = observations::history(transaction, place).await?;
    let now = line.pop().ok_or_else(|| Failure::internal("what was recorded is not there"))?;
    let before = if counts.accepted == 0 { Some(now.clone()) } else { line.pop() };
    Ok((before, now))
}
