use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor};

use super::{SubmissionPath, found, present_event};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::submissions;

/// List what was done to a submission, the earliest first.
#[utoipa::path(
    tag = "rounds",
    params(SubmissionPath, Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of what was done", body = wire::SubmissionEventPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/rounds/{code}/submissions/{id}/events")]
pub async fn list_submission_events(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<SubmissionPath>,
    query: Query<Paging>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadRounds)?;
    let submission = found(state.db(), &caller, &path).await?;
    let after: Option<i64> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = submissions::events(state.db(), &submission.place.id, after, limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(present_event).collect();
    Ok(Answer::page(&wire::SubmissionEventPage { items, next: next.clone() }, next.as_ref()))
}
