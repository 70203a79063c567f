use actix_web::{post, web};
use citygauge_openapi::{self as wire, Id};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{CreateProblems, Failure, Problems};
use crate::extract::Once;
use crate::keys::revoke;
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::write::once;

/// Revoke a key.
///
/// It stops working at once, on other machines within a second. Revoking it again changes nothing.
#[utoipa::path(
    tag = "keys",
    params(("id" = Id, Path, description = "The key"), IdempotencyKeyHeader),
    security(("token" = [])),
    responses((status = 200, description = "The key, revoked", body = wire::Key), Problems, CreateProblems)
)]
#[post("/keys/{id}/revoke")]
pub async fn revoke_key(caller: Caller, state: web::Data<State>, id: web::Path<Id>, request: Once) -> Result<Answer, Failure> {
    caller.require(Right::ManageKeys)?;
    let mut prefix = None;
    let answer = once(&state, &caller, &request, "", async |transaction| {
        let key = revoke(transaction, &state, &caller, id.as_str()).await?;
        prefix = Some(key.prefix.clone());
        Ok(Answer::ok(&present(key)))
    })
    .await?;
    if let Some(prefix) = prefix {
        state.keyring().forget(&prefix);
    }
    Ok(answer)
}
