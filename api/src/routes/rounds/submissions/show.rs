use actix_web::{get, web};
use citygauge_openapi as wire;

use super::{SubmissionPath, found, present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::rounds;

/// Show a submission.
#[utoipa::path(
    tag = "rounds",
    params(SubmissionPath, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The submission", body = wire::Submission),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/rounds/{code}/submissions/{id}")]
pub async fn show_submission(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<SubmissionPath>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadRounds)?;
    let submission = found(state.db(), &caller, &path).await?;
    let round = rounds::find(state.db(), path.code.as_str()).await?;
    let tag = tag(&submission);
    Ok(Answer::row(&present(submission, &round), &tag))
}
