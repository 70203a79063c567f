use actix_web::{post, web};
use citygauge_indicators::Fault;
use citygauge_openapi as wire;
use serde_json::json;

use super::show::{current, replaced};
use super::{PlacePath, present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, CreateProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody, Once};
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;
use crate::store::observations::{NewObservation, Recorded, Status, insert_batch};
use crate::write::{once, trail};

/// Reject a reported value in review.
///
/// The value stays to be seen and counts as missing; the reason becomes its note. A corrected report takes its place.
#[utoipa::path(
    tag = "observations",
    params(PlacePath, IfMatchHeader, IdempotencyKeyHeader),
    request_body = wire::ObservationRejection,
    security(("token" = [])),
    responses(
        (status = 200, description = "The observation, rejected", body = wire::Observation),
        Problems,
        BodyProblems,
        ChangeProblems,
        CreateProblems,
    )
)]
#[post("/observations/{city}/{period}/{item}/reject")]
pub async fn reject_observation(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<PlacePath>,
    if_match: IfMatch,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::RejectObservations)?;
    caller.require_city(path.city.as_str())?;
    let rejection: wire::ObservationRejection = body.read()?;
    if rejection.reason.as_str().trim().is_empty() {
        let fault = Fault::error("observation.reason_required", "退审须说明理由", "a rejection needs a reason").at("/reason");
        return Err(Failure::invalid(fault.hint("请填写 reason", "say why in `reason`")));
    }
    let place = path.place();
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let known = current(transaction, &place).await?;
        let known = known.ok_or_else(|| Failure::absent("没有这个观测值", "there is no such observation"))?;
        if_match.admit(&tag(&known))?;
        if known.value.status != Status::Reported {
            return Err(Failure::conflict("只能退审已填报的值", "only a reported value can be rejected"));
        }
        let rejected =
            NewObservation { status: Status::Rejected, note: Some(rejection.reason.to_string()), ..known.value.clone() };
        let recorded = Recorded { at_ms: state.now_ms(), by: caller.id(), import_id: None };
        let counts = insert_batch(transaction, &[rejected], recorded).await?;
        let (before, now) = replaced(transaction, &place, counts).await?;
        if_match.admit(&before.as_ref().map_or_else(|| tag(&now), tag))?;
        let detail = json!({ "reason": rejection.reason });
        trail(transaction, &state, &caller, "reject_observation", &subject(&place), detail).await?;
        let tag = tag(&now);
        Ok(Answer::row(&present(now), &tag))
    })
    .await
}
