//! Writes: each leaves a line in the trail, in its own transaction, and a repeated POST is done once.

use citygauge_openapi::API_ROOT;
use serde_json::Value;

use crate::answer::Answer;
use crate::auth::Caller;
use crate::error::Failure;
use crate::extract::Once;
use crate::state::State;
use crate::store::audit::NewAuditEvent;
use crate::store::webhooks::outbox;
use crate::store::{Clash, ConnectionTrait, StoreError, Transaction, idempotency};
use crate::webhooks::types;

/// Leaves a line in the trail: `action` is the name of the operation, `subject` the path below the API's root. It is written with the commit; the
/// event that it makes ([`types::TYPES`]) at once.
pub async fn trail(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    action: &str,
    subject: &str,
    detail: Value,
) -> Result<(), StoreError> {
    let now_ms = state.now_ms();
    if let Some(kind) = types::made_by(action, &detail) {
        outbox::insert(transaction, kind.name, &types::facts(subject, &detail), now_ms).await?;
    }
    let subject = format!("{API_ROOT}/{subject}");
    let (actor, action) = (caller.id().to_owned(), action.to_owned());
    transaction.note(NewAuditEvent { at_ms: now_ms, actor, action, subject, detail });
    Ok(())
}

/// Leaves a line in the trail that tells of no write: that somebody has taken a file of data with them.
pub async fn told(state: &State, caller: &Caller, action: &str, subject: &str, detail: Value) -> Result<(), StoreError> {
    let transaction = state.store().begin().await?;
    trail(&transaction, state, caller, action, subject, detail).await?;
    transaction.commit().await
}

/// Does the work of a POST in one transaction, and only once per `Idempotency-Key`.
///
/// The answer is kept in the transaction of the work. A repeated request gets it again, marked with
/// `Idempotency-Replayed`; another request under the same key is refused. Only successes are kept: a refused
/// request has changed nothing and may be sent again.
pub async fn once(
    state: &State,
    caller: &Caller,
    request: &Once,
    body_digest: &str,
    work: impl AsyncFnOnce(&Transaction) -> Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    let Some(key) = &request.key else {
        let transaction = state.store().begin().await?;
        let answer = work(&transaction).await?;
        transaction.commit().await?;
        return Ok(answer);
    };
    let digest = request.digest(body_digest);
    let transaction = state.store().begin().await?;
    if let Some(kept) = kept(&transaction, caller, key, &digest).await? {
        return Ok(kept);
    }
    let answer = match work(&transaction).await {
        Ok(answer) => answer,
        Err(failure) => {
            // The same request may have been done by somebody else meanwhile, and be why this one failed.
            transaction.rollback().await?;
            return kept(state.db(), caller, key, &digest).await?.ok_or(failure);
        }
    };
    let given = idempotency::Answer {
        caller: caller.id().to_owned(),
        key: key.clone(),
        request_digest: digest.clone(),
        status: answer.status().as_u16(),
        headers: answer.headers(),
        body: answer.body_to_keep().to_vec(),
        created_at_ms: state.now_ms(),
    };
    match idempotency::insert(&transaction, &given).await {
        Ok(()) => {
            transaction.commit().await?;
            Ok(answer)
        }
        // The same request was done by somebody else since we looked: ours is undone, theirs is the answer.
        Err(StoreError::Conflict { clash: Clash::Exists, .. }) => {
            transaction.rollback().await?;
            kept(state.db(), caller, key, &digest)
                .await?
                .ok_or_else(|| Failure::conflict("同一请求正在处理", "the same request is being done right now"))
        }
        Err(error) => Err(error.into()),
    }
}

async fn kept(conn: &impl ConnectionTrait, caller: &Caller, key: &str, digest: &str) -> Result<Option<Answer>, Failure> {
    let Some(kept) = idempotency::find_by_key(conn, caller.id(), key).await? else { return Ok(None) };
    if kept.request_digest != digest {
        return Err(Failure::KeyReused);
    }
    let answer = Answer::kept(kept.status, kept.headers, kept.body)
        .ok_or_else(|| Failure::internal("an answer kept under an idempotency key cannot be read"))?;
    Ok(Some(answer.with(actix_web::http::header::HeaderName::from_static("idempotency-replayed"), "true")))
}
