use actix_web::{post, web};
use citygauge_openapi::{self as wire, API_ROOT, Moment};
use serde_json::json;

use super::check::checked;
use super::present;
use crate::answer::{Answer, Tag};
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Once};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::waivers::{self, Waiver};
use crate::write::{once, trail};

/// Waive a finding of a validation rule, with a reason and the name of the person who answers for it.
///
/// From then on the finding refuses nothing and is reported as `rule.waived`, with the reason and the name. Without `value`
/// the waiver outlives a correction of the value; with it the waiver covers that finding only. It speaks of every version of
/// the set.
#[utoipa::path(
    tag = "validation",
    params(IdempotencyKeyHeader),
    request_body = wire::NewWaiver,
    security(("token" = [])),
    responses(
        (status = 201, description = "The waiver holds", body = wire::Waiver),
        Problems,
        BodyProblems,
        CreateProblems,
    )
)]
#[post("/waivers")]
pub async fn create_waiver(caller: Caller, state: web::Data<State>, request: Once, body: JsonBody) -> Result<Answer, Failure> {
    caller.require(Right::WriteWaivers)?;
    let new: wire::NewWaiver = body.read()?;
    caller.require_city(new.city.as_str())?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        checked(&state, &new).await?;
        let waiver = waiver(&state, &caller, &new);
        waivers::insert(transaction, &waiver).await?;
        let place = format!("waivers/{}", waiver.id);
        let detail = json!({
            "rule": waiver.rule, "set": waiver.set, "city": waiver.city, "period": waiver.period, "name": waiver.name,
        });
        trail(transaction, &state, &caller, "create_waiver", &place, detail).await?;
        let document = present(waiver, state.now_ms());
        // As when it is shown: it ends by itself, so that its tag is not that of the row.
        let tag = Tag::of_bytes(&serde_json::to_vec(&document).map_err(Failure::internal)?);
        Ok(Answer::created(&format!("{API_ROOT}/{place}"), &document, &tag))
    })
    .await
}

fn waiver(state: &State, caller: &Caller, new: &wire::NewWaiver) -> Waiver {
    Waiver {
        id: state.sources().id(),
        rule: new.rule.to_string(),
        set: new.set.to_string(),
        city: new.city.to_string(),
        period: new.period.as_ref().map(ToString::to_string),
        item: new.item.as_ref().map(ToString::to_string),
        value: new.value.as_ref().map(ToString::to_string),
        reason: new.reason.to_string(),
        name: new.name.to_string(),
        created_at_ms: state.now_ms(),
        created_by: caller.id().to_owned(),
        expires_at_ms: new.expires_at.map(Moment::as_ms),
        withdrawn: None,
    }
}
