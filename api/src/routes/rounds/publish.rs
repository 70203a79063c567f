use actix_web::{post, web};
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use super::{present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, CreateProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody, Once};
use crate::rounds::publication;
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;
use crate::store::rounds;
use crate::write::{once, trail};

/// Publish a round.
///
/// What is known at this moment is frozen and assessed by a job, which `Location` names, and the verified submissions are
/// shown to their cities as provisional. Whoever verified a submission of the round may not publish it. After corrections a
/// published round may be published again, with a comment that says why: the new assessment supersedes the one before, which stays as
/// it is. With classes, each has an assessment with a job of its own; `Location` names that of the first class.
#[utoipa::path(
    tag = "rounds",
    params(("code" = Code, Path, description = "The code of the round"), IfMatchHeader, IdempotencyKeyHeader),
    request_body = wire::RoundPublication,
    security(("token" = [])),
    responses(
        (status = 202, description = "The round, with the assessment that a job computes", body = wire::Round),
        Problems,
        BodyProblems,
        ChangeProblems,
        CreateProblems,
    )
)]
#[post("/rounds/{code}/publish")]
pub async fn publish_round(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteRounds)?;
    let wanted: wire::RoundPublication = body.read()?;
    let answer = once(&state, &caller, &request, &body.digest, async |transaction| {
        let round = rounds::find_to_change(transaction, code.as_str()).await?;
        if_match.admit(&tag(&round))?;
        let (published, job) = publication::publish(transaction, &state, &caller, round, &wanted).await?;
        let detail = json!({
            "assessment": published.assessments.last(), "assessments": published.publications().next_back(),
            "incomplete": wanted.incomplete, "comment": wanted.comment,
        });
        trail(transaction, &state, &caller, "publish_round", &subject(code.as_str()), detail).await?;
        Ok(Answer::accepted(&job, &present(published)?))
    })
    .await?;
    state.work_arrived();
    Ok(answer)
}
