use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_assessment::benchmark::distribution;
use citygauge_indicators::{Language, Text};
use citygauge_openapi::{self as wire, BenchmarkBin, BenchmarkDistribution, Code, Id, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{find, members, node_of};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::benchmarks::{Chain, Edition, Wanted, open};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::results::benchmarks as tables;
use crate::rounds::visibility::Operation;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::tables::Prepared;

/// Of what, and how finely.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedDistribution {
    /// The node, as the latest edition names it; TOTAL unless given.
    node: Option<Code>,
    /// Only the cities of this peer group, as they are found for the latest edition.
    peer_group: Option<Code>,
    /// The bins of the histogram; 10 unless given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    bins: Option<Bins>,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

/// How many bins a histogram has.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u32")]
struct Bins(u32);

impl TryFrom<u32> for Bins {
    type Error = &'static str;

    fn try_from(bins: u32) -> Result<Self, Self::Error> {
        if (1..=100).contains(&bins) { Ok(Self(bins)) } else { Err("expected 1 to 100") }
    }
}

/// Show how scores are distributed, edition by edition.
///
/// Quartiles (R's type 7), mean, standard deviation, the best cities and a histogram from 0 to the full mark. In a table the histogram
/// is left out. Editions that the caller does not see are left out, too.
#[utoipa::path(
    tag = "benchmarks",
    params(("code" = Code, Path, description = "The code of the benchmark"), WantedDistribution, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The distributions", body = wire::BenchmarkDistributions),
        (status = 304, description = "The caller has it already"),
        (status = 422, description = "The members of the group cannot be found", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/benchmarks/{code}/distribution")]
pub async fn show_benchmark_distribution(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    query: Query<WantedDistribution>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &code, &query, language.0).await?.answer(&state, form, &request).await;
    }
    Ok(Answer::ok(&found(&state, &caller, &code, &query).await?).respond_to(&request))
}

/// The table of the distributions.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    code: &Code,
    query: &WantedDistribution,
    language: Language,
) -> Result<Prepared, Failure> {
    let items = found(state, caller, code, query).await?.items;
    Ok(Prepared::at_hand("distribution", language, items, |items| tables::distributions(items))?)
}

async fn found(
    state: &State,
    caller: &Caller,
    code: &Code,
    query: &WantedDistribution,
) -> Result<wire::BenchmarkDistributions, Failure> {
    caller.require(Right::ReadBenchmarks)?;
    let profile = find(state, code).await?;
    let editions = open(state, &profile, &Wanted::new(caller, Operation::Distribution)).await?;
    if query.peer_group.is_some() && !editions.iter().all(Edition::is_all_seen) {
        // A group of one city would tell its score.
        return Err(Failure::Forbidden(Text::both(
            "此密钥不能查看对标组的分布",
            "the key does not see the distribution of a group",
        )));
    }
    let (node, named) = node_of(&editions, query.node.as_ref())?;
    let group = match &query.peer_group {
        Some(group) => Some(members(state, group, &editions).await?),
        None => None,
    };
    let bins = query.bins.map_or(10, |bins| bins.0 as usize);
    let items = state.engine(move || {
        let chain = Chain::of(&editions, &profile.crosswalks, node);
        let of = |(place, edition): (usize, &Edition)| {
            edition.sight.as_ref()?;
            Some(of_edition(edition, chain.nodes[place]?, group.as_deref(), bins, chain.is_break(place)))
        };
        editions.iter().enumerate().filter_map(of).collect::<Vec<BenchmarkDistribution>>()
    });
    let (items, peer_group) = (items.await?, query.peer_group.clone());
    Ok(wire::BenchmarkDistributions { benchmark: code.clone(), node: named, peer_group, items })
}

fn of_edition(edition: &Edition, node: usize, group: Option<&[String]>, bins: usize, is_break: bool) -> BenchmarkDistribution {
    let counts = |row: &wire::ScoreRow| group.is_none_or(|cities| cities.iter().any(|city| city == row.city.as_str()));
    let rows: Vec<wire::ScoreRow> = edition.rows(node).filter(counts).collect();
    let scores: Vec<f64> = rows.iter().filter_map(|row| row.score).collect();
    let found = distribution(&scores, edition.set.full_mark(), bins);
    let best = rows.iter().filter(|row| row.score.is_some() && row.score == found.greatest);
    let seen = best.filter_map(|row| edition.seen(row.city.as_str(), Some(node)));
    let mut best: Vec<Code> = seen.map(|seen| Code::trusted(seen.code)).collect();
    best.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    BenchmarkDistribution {
        period: PeriodCode::trusted(edition.period.clone()),
        assessment: Id::trusted(edition.assessment.clone()),
        node: Code::trusted(edition.set.nodes()[node].code.clone()),
        is_break,
        count: found.count as u64,
        without: (rows.len() - found.count) as u64,
        least: found.least,
        p25: found.p25,
        median: found.median,
        p75: found.p75,
        greatest: found.greatest,
        mean: found.mean,
        sd: found.sd,
        best,
        histogram: found.bins.iter().map(|bin| BenchmarkBin { from: bin.from, to: bin.to, count: bin.count as u64 }).collect(),
        below: found.below as u64,
        above: found.above as u64,
    }
}
