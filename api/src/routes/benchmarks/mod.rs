//! Benchmarks: the same evaluation year by year.

pub(super) mod breaks;
mod chart;
pub(super) mod comparison;
pub(super) mod distribution;
mod list;
pub(super) mod movers;
mod put;
mod remove;
pub(super) mod series;
mod show;
#[cfg(test)]
mod tests;

use citygauge_assessment::benchmark::Link;
use citygauge_openapi::{self as wire, BenchmarkBridge, BenchmarkProfile, Code, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::benchmarks::Edition;
use crate::error::Failure;
use crate::peers::{Use, resolve};
use crate::state::State;
use crate::store::benchmarks::{self, Benchmark};
use crate::store::{StoreError, peer_groups};

/// Mounts the operations on benchmarks.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_benchmarks)
        .service(show::show_benchmark)
        .service(put::put_benchmark)
        .service(remove::remove_benchmark)
        .service(series::show_benchmark_series)
        .service(chart::show_benchmark_chart)
        .service(breaks::show_benchmark_breaks)
        .service(distribution::show_benchmark_distribution)
        .service(movers::show_benchmark_movers)
        .service(comparison::show_benchmark_comparison);
}

fn tag(benchmark: &Benchmark) -> Tag {
    Tag::of_row(benchmark.revision, benchmark.updated_at_ms)
}

/// What was kept.
fn profile(benchmark: &Benchmark) -> Result<BenchmarkProfile, Failure> {
    let corrupt = |error: serde_json::Error| StoreError::Corrupt {
        table: "benchmarks",
        column: "document",
        row: benchmark.code.clone(),
        reason: error.to_string(),
    };
    Ok(serde_json::from_str(&benchmark.document).map_err(corrupt)?)
}

fn present(benchmark: Benchmark) -> Result<wire::Benchmark, Failure> {
    let BenchmarkProfile { title_zh, title_en, editions, crosswalks } = profile(&benchmark)?;
    Ok(wire::Benchmark {
        code: Code::trusted(benchmark.code),
        title_zh,
        title_en,
        editions,
        crosswalks,
        created_at: Moment::from_ms(benchmark.created_at_ms),
        created_by: benchmark.created_by,
        updated_at: Moment::from_ms(benchmark.updated_at_ms),
    })
}

/// The document of a benchmark.
async fn find(state: &State, code: &Code) -> Result<BenchmarkProfile, Failure> {
    profile(&benchmarks::find(state.db(), code.as_str()).await?)
}

/// The place of a node in the set of the latest edition; TOTAL unless given.
fn node_of(editions: &[Edition], code: Option<&Code>) -> Result<(usize, Code), Failure> {
    let code = code.map_or(citygauge_indicators::TOTAL, |code| code.as_str());
    let latest = editions.last().and_then(|edition| edition.set.node_index(code));
    let place = latest
        .ok_or_else(|| Failure::absent("最近版次的指标体系没有这个节点", "the set of the latest edition has no such node"))?;
    Ok((place, Code::trusted(code.to_owned())))
}

/// The cities of a peer group, as they are found for the latest edition.
async fn members(state: &State, group: &Code, editions: &[Edition]) -> Result<Vec<String>, Failure> {
    let group = peer_groups::find(state.db(), group.as_str()).await?;
    let period = editions.last().map(|edition| edition.period.parse()).transpose().map_err(Failure::invalid)?;
    Ok(resolve(state, &group, Use { city: None, period }).await?.codes())
}

fn link(bridge: BenchmarkBridge) -> Link {
    match bridge {
        BenchmarkBridge::Difference => Link::Difference,
        BenchmarkBridge::Ratio => Link::Ratio,
    }
}
