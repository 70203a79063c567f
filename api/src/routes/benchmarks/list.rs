use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::benchmarks;

/// List the benchmarks, by code.
#[utoipa::path(
    tag = "benchmarks",
    params(Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of benchmarks", body = wire::BenchmarkPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/benchmarks")]
pub async fn list_benchmarks(caller: Caller, state: web::Data<State>, query: Query<Paging>) -> Result<Answer, Failure> {
    caller.require(Right::ReadBenchmarks)?;
    let after: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = benchmarks::page(state.db(), after.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(present).collect::<Result<_, _>>()?;
    Ok(Answer::page(&wire::BenchmarkPage { items, next: next.clone() }, next.as_ref()))
}
