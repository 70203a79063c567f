use actix_web::{post, web};
use citygauge_openapi::{self as wire, Id};
use serde_json::json;

use super::scope::require_item;
use super::{admit, present};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{CreateProblems, Failure, Problems};
use crate::extract::Once;
use crate::rounds::locks::Locks;
use crate::routes::observations::current;
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::evidence;
use crate::write::{once, trail};

/// Withdraw a file of evidence.
///
/// The file stays, with who withdrew it and when, and only the evaluation body sees it. A reporter withdraws nothing that
/// was submitted. Withdrawing it again changes nothing.
#[utoipa::path(
    tag = "evidence",
    params(("id" = Id, Path, description = "The evidence"), IdempotencyKeyHeader),
    security(("token" = [])),
    responses((status = 200, description = "The evidence, withdrawn", body = wire::Evidence), Problems, CreateProblems)
)]
#[post("/evidence/{id}/withdraw")]
pub async fn withdraw_evidence(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    request: Once,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteObservations)?;
    let known = evidence::find(state.db(), id.as_str()).await?;
    admit(&caller, &known)?;
    if let Some(observation) = current(state.db(), &known.place).await? {
        require_item(&state, &caller, &observation).await?;
    }
    once(&state, &caller, &request, "", async |transaction| {
        let known = evidence::find(transaction, id.as_str()).await?;
        admit(&caller, &known)?;
        let place = &known.place;
        let locks = Locks::hold(transaction, &[&place.city]).await?;
        let scope = caller.scope();
        let reason = Some("withdrawn");
        if let Some((_, fault)) = locks.fault(&scope, (&place.city, &place.period, &place.item), reason) {
            return Err(Failure::invalid(fault));
        }
        let withdrawn = evidence::withdraw(transaction, id.as_str(), caller.id(), state.now_ms()).await?;
        trail(transaction, &state, &caller, "withdraw_evidence", &format!("evidence/{id}"), json!({})).await?;
        Ok(Answer::ok(&present(withdrawn)))
    })
    .await
}
