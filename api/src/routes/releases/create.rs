use actix_web::{post, web};
use citygauge_indicators::Fault;
use citygauge_openapi as wire;
use serde_json::json;

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang, Once};
use crate::jobs::{FreezeRelease, enqueue};
use crate::routes::jobs::present;
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::jobs;
use crate::write::{once, trail};

/// Freeze the observations.
///
/// The job's `result` names the release.
#[utoipa::path(
    tag = "releases",
    params(IdempotencyKeyHeader),
    request_body = wire::NewRelease,
    security(("token" = [])),
    responses((status = 202, description = "The job that freezes them", body = wire::Job), Problems, BodyProblems, CreateProblems)
)]
#[post("/releases")]
pub async fn create_release(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteReleases)?;
    let new: wire::NewRelease = body.read()?;
    let as_of_ms = new.as_of.map(wire::Moment::as_ms);
    if as_of_ms.is_some_and(|at| at > state.now_ms()) {
        return Err(Failure::invalid(
            Fault::error("release.future", "这一时刻尚未到来", "this moment is yet to come")
                .at("/as_of")
                .hint("请给出过去的时刻，或不填", "give a moment of the past, or none"),
        ));
    }
    let answer = once(&state, &caller, &request, &body.digest, async |transaction| {
        let id = state.sources().id();
        enqueue(transaction, &state, &caller, &id, None, &FreezeRelease { as_of_ms }).await?;
        trail(transaction, &state, &caller, "request_release", &format!("jobs/{id}"), json!({})).await?;
        let job = jobs::find(transaction, &id).await?;
        Ok(Answer::accepted(&id, &present(job, language.0)))
    })
    .await?;
    state.work_arrived();
    Ok(answer)
}
