use actix_web::{post, web};
use citygauge_indicators::Fault;
use citygauge_openapi::{self as wire, API_ROOT};

use super::{present, role};
use crate::answer::{Answer, Tag};
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Once};
use crate::keys::{Issue, beyond_faults, issue, scope_faults};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::keys::KeyScope;
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
    check(&new, &caller, state.now_ms())?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let wanted = Issue {
            name: new.name.to_string(),
            role: role(new.role),
            scope: scope(&new),
            expires_at_ms: new.expires_at.map(wire::Moment::as_ms),
        };
        let detail = wanted.detail();
        let (key, token) = issue(transaction, &state, &caller, wanted, detail).await?;
        let (place, tag) = (format!("{API_ROOT}/keys/{}", key.id), Tag::of_name(&key.id));
        let mut issued = wire::IssuedKey { key: present(key), token: Some(token.reveal()) };
        let answer = Answer::created(&place, &issued, &tag);
        issued.token = None;
        Ok(answer.keeping(&issued))
    })
    .await
}

fn scope(new: &wire::NewKey) -> KeyScope {
    KeyScope {
        cities: new.cities.iter().map(ToString::to_string).collect(),
        departments: new.departments.iter().map(ToString::to_string).collect(),
        items: new.items.iter().map(ToString::to_string).collect(),
        rights: new.rights.iter().map(ToString::to_string).collect(),
        addresses: new.addresses.iter().map(ToString::to_string).collect(),
    }
}

fn check(new: &wire::NewKey, caller: &Caller, now_ms: i64) -> Result<(), Failure> {
    let mut faults = scope_faults(role(new.role), &scope(new));
    faults.0.extend(beyond_faults(caller, &scope(new)).0);
    if new.expires_at.is_some_and(|at| at.as_ms() <= now_ms) {
        let fault = Fault::error("key.expired", "有效期已过", "it would have expired already").at("/expires_at");
        faults.push(fault.hint("请给出将来的时间", "give a moment to come"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid(faults)) }
}
