use actix_web::{post, web};
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{self as wire, API_ROOT};
use serde_json::json;

use super::{present, role};
use crate::answer::{Answer, Tag};
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Once};
use crate::keys::{Issue, issue};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::write::once;

/// Issue a key.
///
/// The token is in this answer and nowhere else. A repeated request gets the key without it.
#[utoipa::path(
    tag = "keys",
    params(IdempotencyKeyHeader),
    request_body = wire::NewKey,
    security(("token" = [])),
    responses(
        (status = 201, description = "The key, with its token this once", body = wire::IssuedKey),
        Problems,
        BodyProblems,
        CreateProblems,
    )
)]
#[post("/keys")]
pub async fn create_key(caller: Caller, state: web::Data<State>, request: Once, body: JsonBody) -> Result<Answer, Failure> {
    caller.require(Right::ManageKeys)?;
    let new: wire::NewKey = body.read()?;
    check(&new, state.now_ms())?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let wanted = Issue {
            name: new.name.to_string(),
            role: role(new.role),
            cities: new.cities.iter().map(ToString::to_string).collect(),
            expires_at_ms: new.expires_at.map(wire::Moment::as_ms),
        };
        let detail = json!({ "name": wanted.name, "role": new.role, "cities": wanted.cities });
        let (key, token) = issue(transaction, &state, &caller, wanted, detail).await?;
        let (place, tag) = (format!("{API_ROOT}/keys/{}", key.id), Tag::of_name(&key.id));
        let mut issued = wire::IssuedKey { key: present(key), token: Some(token.reveal()) };
        let answer = Answer::created(&place, &issued, &tag);
        issued.token = None;
        Ok(answer.keeping(&issued))
    })
    .await
}

fn check(new: &wire::NewKey, now_ms: i64) -> Result<(), Failure> {
    let mut faults = Faults::default();
    let reports = new.role == wire::Role::Reporter;
    if reports == new.cities.is_empty() || new.cities.len() > 1_000 {
        let fault = Fault::error("key.cities", "城市范围与角色不符", "the cities do not suit the role").at("/cities");
        faults.push(
            fault
                .hint("reporter 需要 1 到 1000 个城市，其他角色不填", "a reporter needs 1 to 1000 cities, other roles take none"),
        );
    }
    if new.expires_at.is_some_and(|at| at.as_ms() <= now_ms) {
        let fault = Fault::error("key.expired", "有效期已过", "it would have expired already").at("/expires_at");
        faults.push(fault.hint("请给出将来的时间", "give a moment to come"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid(faults)) }
}
