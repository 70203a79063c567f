use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::benchmarks;

/// Show a benchmark.
#[utoipa::path(
    tag = "benchmarks",
    params(("code" = Code, Path, description = "The code of the benchmark"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The benchmark", body = wire::Benchmark),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/benchmarks/{code}")]
pub async fn show_benchmark(caller: Caller, state: web::Data<State>, code: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadBenchmarks)?;
    let benchmark = benchmarks::find(state.db(), code.as_str()).await?;
    let tag = tag(&benchmark);
    Ok(Answer::row(&present(benchmark)?, &tag))
}
