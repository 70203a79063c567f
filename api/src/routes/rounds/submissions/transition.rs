use actix_web::{post, web};
use citygauge_openapi as wire;

use super::{SubmissionPath, action_of, found, present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, CreateProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody, Once};
use crate::rounds::submission::{Step, step};
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;
use crate::store::rounds;
use crate::write::once;

/// Do something to a submission: hand it in, send it back, accept, review, verify, object, answer, end.
///
/// Who may do what in which state is told by the page on rounds. What is handed in must be complete: a value that is blank,
/// rejected, or missing without a note is a fault, and all of them are named, unless `incomplete` is sent with a comment.
/// `If-Match` is needed.
#[utoipa::path(
    tag = "rounds",
    params(SubmissionPath, IfMatchHeader, IdempotencyKeyHeader),
    request_body = wire::SubmissionTransition,
    security(("token" = [])),
    responses(
        (status = 200, description = "The submission as it is now", body = wire::Submission),
        Problems,
        BodyProblems,
        ChangeProblems,
        CreateProblems,
    )
)]
#[post("/rounds/{code}/submissions/{id}/transitions")]
pub async fn step_submission(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<SubmissionPath>,
    if_match: IfMatch,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::ChangeSubmissions)?;
    let wanted: wire::SubmissionTransition = body.read()?;
    let wanted =
        Step { action: action_of(wanted.action), comment: wanted.comment.map(String::from), incomplete: wanted.incomplete };
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let round = rounds::find_and_hold(transaction, path.code.as_str()).await?;
        let seen = found(transaction, &caller, &path).await?;
        if_match.admit(&tag(&seen))?;
        let moved = step(transaction, &state, &caller, &round, &seen, &wanted).await?;
        let tag = tag(&moved);
        Ok(Answer::row(&present(moved, &round), &tag))
    })
    .await
}
