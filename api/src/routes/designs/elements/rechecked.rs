use actix_web::{post, web};
use citygauge_indicators::Fault;
use citygauge_openapi as wire;
use serde_json::json;

use super::{Before, ElementPath, absent, tag};
use crate::answer::Answer;
use crate::auth::Caller;
use crate::designs::change::{self, event, key};
use crate::designs::recheck;
use crate::error::{BodyProblems, ChangeProblems, CreateProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody, Once};
use crate::routes::designs::{present_element, writable};
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;
use crate::store::designs::{self, EventAction, NewEvent, StoredElement};
use crate::write::{once, trail};

/// Confirm an element after what it rests on has changed, with a reason.
///
/// Its links remember from now on what they point to now. What is gone stays marked: take such a link out. An element that is
/// marked only through others is confirmed with them.
#[utoipa::path(
    tag = "designs",
    params(ElementPath, IfMatchHeader, IdempotencyKeyHeader),
    request_body = wire::ElementRechecked,
    security(("token" = [])),
    responses(
        (status = 200, description = "The element", body = wire::DesignElement),
        Problems,
        BodyProblems,
        ChangeProblems,
        CreateProblems,
    )
)]
#[post("/designs/{id}/elements/{code}/rechecked")]
pub async fn confirm_design_element(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<ElementPath>,
    if_match: IfMatch,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    let design = writable(&state, &caller, &path.id).await?;
    let confirmed: wire::ElementRechecked = body.read()?;
    if confirmed.reason.as_str().trim().is_empty() {
        let fault = Fault::error("design.no_reason", "须写明理由", "a confirmation needs a reason").at("/reason");
        return Err(Failure::invalid(fault.hint("请填写", "say why it stands")));
    }
    let before = Before::of(&state, &design, &path.code).await?;
    // What the links point to is looked up before the transaction, in which nothing slow happens.
    let known = designs::elements(state.db(), &design.id).await?;
    let now = recheck::now(&state, &design, &known).await?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let design = designs::find_to_change(transaction, path.id.as_str()).await?;
        change::require_draft(&design)?;
        let mut elements = designs::elements(transaction, &design.id).await?;
        let place = elements.iter().position(|stored| stored.element.code() == path.code.as_str());
        let place = place.ok_or_else(|| absent(&path.code))?;
        let stored = elements[place].clone();
        if_match.admit(&before.tag(&stored))?;
        let mut seen = stored.seen.clone();
        for link in &stored.element.links {
            let key = key(&link.to);
            if let Some(Some(now)) = now.get(&key) {
                seen.insert(key, now.clone());
            }
        }
        let renewed = StoredElement {
            seen,
            revision: stored.revision + 1,
            updated_at_ms: state.now_ms(),
            updated_by: caller.id().to_owned(),
            ..stored
        };
        designs::put_elements(transaction, &design.id, std::slice::from_ref(&renewed)).await?;
        let noted = NewEvent {
            reason: Some(confirmed.reason.to_string()),
            ..event(&state, &caller, path.code.as_str(), EventAction::Rechecked, None)
        };
        designs::note(transaction, &design.id, &[noted]).await?;
        designs::replace(transaction, &design, state.now_ms()).await?;
        let detail = json!({ "reason": confirmed.reason });
        trail(transaction, &state, &caller, "confirm_design_element", &path.subject(), detail).await?;
        elements[place] = renewed.clone();
        // It stays marked where a target is gone, or something that it rests on is marked itself.
        let mark = recheck::compared(&elements, &now).into_iter().find(|mark| mark.code == path.code.as_str());
        let tag = tag(&renewed, mark.as_ref());
        Ok(Answer::row(&present_element(renewed, mark), &tag))
    })
    .await
}
