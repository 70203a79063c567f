use actix_web::{put, web};
use citygauge_openapi::{self as wire, BenchmarkProfile, Code, path_segment};
use serde_json::json;

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::benchmarks::{check, resolve};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::benchmarks;
use crate::write::trail;

/// Make a benchmark, or change it.
///
/// It names an assessment per period, or a round whose newest publication is taken now; each must have a result of it. Where the set changed, an `overlap` joins the series: an
/// assessment of the period before by the later set. `crosswalks` say how nodes are to each other whose definition changed. A
/// benchmark that exists already changes only for a caller who has seen it: `If-Match` is needed.
#[utoipa::path(
    tag = "benchmarks",
    params(("code" = Code, Path, description = "The code of the benchmark"), IfMatchHeader),
    request_body = wire::BenchmarkProfile,
    security(("token" = [])),
    responses(
        (status = 200, description = "The benchmark was changed", body = wire::Benchmark),
        (status = 201, description = "The benchmark is made", body = wire::Benchmark),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/benchmarks/{code}")]
pub async fn put_benchmark(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteBenchmarks)?;
    let mut profile: BenchmarkProfile = body.read()?;
    // What it names never changes, so it is looked at before the transaction.
    let of_rounds = resolve(&state, &mut profile).await?;
    let faults = check(&state, &profile, of_rounds).await?;
    if faults.has_errors() {
        return Err(Failure::Invalid(faults));
    }
    let document = serde_json::to_string(&profile).map_err(Failure::internal)?;
    let place = format!("benchmarks/{}", path_segment(code.as_str()));
    let transaction = state.store().begin().await?;
    let known = benchmarks::find_by_code(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    let benchmark = match &known {
        Some(known) => benchmarks::replace(&transaction, code.as_str(), document, known.revision, state.now_ms()).await?,
        None => benchmarks::insert(&transaction, code.as_str(), document, caller.id(), state.now_ms()).await?,
    };
    let action = if known.is_some() { "replace_benchmark" } else { "create_benchmark" };
    trail(&transaction, &state, &caller, action, &place, json!({ "editions": profile.editions.len() })).await?;
    transaction.commit().await?;
    let tag = tag(&benchmark);
    Ok(Answer::put(known.is_some(), &place, &present(benchmark)?, &tag))
}
