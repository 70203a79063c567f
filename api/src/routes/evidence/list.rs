use actix_web::{get, web};
use citygauge_openapi as wire;

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::observations::PlacePath;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::evidence;

/// List the files that support an observation, the earliest first, with those that were withdrawn.
#[utoipa::path(
    tag = "evidence",
    params(PlacePath, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The files", body = wire::EvidenceList),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/observations/{city}/{period}/{item}/evidence")]
pub async fn list_evidence(caller: Caller, state: web::Data<State>, path: web::Path<PlacePath>) -> Result<Answer, Failure> {
    caller.require(Right::ReadEvidence)?;
    let place = path.place();
    caller.require_city(&place.city)?;
    let items = evidence::list(state.db(), &place).await?.into_iter().map(present).collect();
    Ok(Answer::ok(&wire::EvidenceList { items }))
}
