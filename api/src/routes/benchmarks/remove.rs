use actix_web::{delete, web};
use citygauge_openapi::{Code, path_segment};
use serde_json::json;

use super::tag;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, Failure, Problems};
use crate::extract::IfMatch;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::benchmarks;
use crate::write::trail;

/// Remove a benchmark.
///
/// The assessments that it names stay.
#[utoipa::path(
    tag = "benchmarks",
    params(("code" = Code, Path, description = "The code of the benchmark"), IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The benchmark is gone"), Problems, ChangeProblems)
)]
#[delete("/benchmarks/{code}")]
pub async fn remove_benchmark(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteBenchmarks)?;
    let transaction = state.store().begin().await?;
    let known = benchmarks::find(&transaction, code.as_str()).await?;
    if_match.admit(&tag(&known))?;
    benchmarks::remove(&transaction, code.as_str(), known.revision).await?;
    let place = format!("benchmarks/{}", path_segment(code.as_str()));
    trail(&transaction, &state, &caller, "remove_benchmark", &place, json!({})).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
