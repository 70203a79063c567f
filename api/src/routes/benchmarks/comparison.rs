use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_assessment::benchmark::median;
use citygauge_indicators::{Fault, Language};
use citygauge_openapi::{self as wire, BenchmarkCompared, BenchmarkComparedCity, Code, Id, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::find;
use super::series::known;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::benchmarks::{Edition, open};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::results::benchmarks as tables;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::tables::Prepared;

/// The most cities that are compared at once.
const MOST: usize = 20;

/// Which cities, in which edition.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedComparison {
    /// The codes of the cities, separated by commas; 20 at most.
    #[param(max_length = 2500)]
    cities: String,
    /// The period of the edition; the latest unless given.
    period: Option<PeriodCode>,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

/// Compare cities side by side.
///
/// Every node with the score, rank, level and coverage of each city, and the median and the best of all cities. A reporter compares
/// its own cities.
#[utoipa::path(
    tag = "benchmarks",
    params(("code" = Code, Path, description = "The code of the benchmark"), WantedComparison, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The cities side by side", body = wire::BenchmarkComparison),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/benchmarks/{code}/comparison")]
pub async fn show_benchmark_comparison(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    query: Query<WantedComparison>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &code, &query, language.0).await?.answer(&state, form, &request).await;
    }
    Ok(Answer::ok(&found(&state, &caller, &code, &query).await?).respond_to(&request))
}

/// The table of the comparison.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    code: &Code,
    query: &WantedComparison,
    language: Language,
) -> Result<Prepared, Failure> {
    Ok(Prepared::at_hand("comparison", language, found(state, caller, code, query).await?, tables::comparison)?)
}

async fn found(
    state: &State,
    caller: &Caller,
    code: &Code,
    query: &WantedComparison,
) -> Result<wire::BenchmarkComparison, Failure> {
    caller.require(Right::ReadScoreCards)?;
    let cities = listed(&query.cities)?;
    cities.iter().try_for_each(|city| caller.require_city(city.as_str()))?;
    let mut profile = find(state, code).await?;
    // Only one edition is looked at.
    let wanted = query.period.clone().or_else(|| profile.editions.last().map(|edition| edition.period.clone()));
    profile.editions.retain(|edition| Some(&edition.period) == wanted.as_ref());
    let editions = open(state, &profile, false).await?;
    let edition = editions.first().ok_or_else(|| Failure::absent("没有该时期的版次", "there is no edition of that period"))?;
    cities.iter().try_for_each(|city| known(&editions, city).map(drop))?;
    Ok(wire::BenchmarkComparison {
        benchmark: code.clone(),
        period: PeriodCode::trusted(edition.period.clone()),
        assessment: Id::trusted(edition.assessment.clone()),
        items: (0..edition.set.nodes().len()).map(|node| compared(edition, node, &cities)).collect(),
        cities,
    })
}

fn listed(text: &str) -> Result<Vec<Code>, Failure> {
    let codes: Result<Vec<Code>, _> = text.split(',').map(str::parse::<Code>).collect();
    let wrong = || {
        let (zh, en) = (
            "cities 须为 1 至 20 个不重复的城市代码，以逗号分隔",
            "cities has to be 1 to 20 different codes, separated by commas",
        );
        Failure::malformed(Fault::error("query.cities", zh, en).value(text))
    };
    let codes = codes.map_err(|_| wrong())?;
    let repeats = codes.iter().enumerate().any(|(place, code)| codes[..place].contains(code));
    if codes.is_empty() || codes.len() > MOST || repeats { Err(wrong()) } else { Ok(codes) }
}

fn compared(edition: &Edition, node: usize, cities: &[Code]) -> BenchmarkCompared {
    let it = &edition.set.nodes()[node];
    let scores: Vec<f64> = edition.rows(node).filter_map(|row| row.score).collect();
    let of_city = |city: &Code| {
        let row = edition.row(city.as_str(), node);
        BenchmarkComparedCity {
            city: city.clone(),
            score: row.as_ref().and_then(|row| row.score),
            rank: row.as_ref().and_then(|row| row.rank),
            coverage: row.as_ref().and_then(|row| row.coverage),
            level: row.and_then(|row| row.level),
        }
    };
    BenchmarkCompared {
        node: Code::trusted(it.code.clone()),
        parent: it.parent.map(|parent| Code::trusted(edition.set.nodes()[parent].code.clone())),
        title: it.title.clone(),
        cities: cities.iter().map(of_city).collect(),
        median: median(&scores),
        best: scores.into_iter().reduce(f64::max),
    }
}
