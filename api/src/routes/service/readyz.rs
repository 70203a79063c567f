use actix_web::{get, web};
use citygauge_openapi as wire;

use crate::answer::Answer;
use crate::error::{Failure, OpenProblems};
use crate::state::State;

/// Whether requests will be answered.
///
/// A load balancer sends requests elsewhere while this answers 503.
#[utoipa::path(tag = "service", responses((status = 200, description = "They will", body = wire::Readiness), OpenProblems))]
#[get("/readyz")]
pub async fn readyz(state: web::Data<State>) -> Result<Answer, Failure> {
    state.store().ping().await?;
    let (objects, jobs) = (state.artifacts().ping().await, state.is_working());
    if objects && jobs {
        Ok(Answer::ok(&wire::Readiness { ready: true, database: true, objects, jobs }))
    } else {
        Err(Failure::Unavailable(format!("not ready: objects {objects}, jobs {jobs}").into()))
    }
}
