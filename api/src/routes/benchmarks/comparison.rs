use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_assessment::benchmark::median;
use citygauge_indicators::{Fault, Language, Text};
use citygauge_openapi::{self as wire, BenchmarkCompared, BenchmarkComparedCity, Code, Id, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::series::known;
use super::{find, members};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::benchmarks::{Edition, Wanted, open};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::results::benchmarks as tables;
use crate::rounds::visibility::Operation;
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
    /// The median and the best of this peer group, as it is found for the edition, in place of all cities.
    peer_group: Option<Code>,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

/// Compare cities side by side.
///
/// Every node with the score, rank, level and coverage of each city, and the median and the best of all cities or of a peer group; of TOTAL
/// also between which ranks each may stand, where the edition has an uncertainty analysis. A reporter compares its own cities, and where
/// the round is for its participants those that it names by their pseudonyms.
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
    let mut profile = find(state, code).await?;
    // Only one edition is looked at.
    let wanted = query.period.clone().or_else(|| profile.editions.last().map(|edition| edition.period.clone()));
    profile.editions.retain(|edition| Some(&edition.period) == wanted.as_ref());
    let editions = open(state, &profile, &Wanted::new(caller, Operation::Comparison)).await?;
    let edition = editions.first().ok_or_else(|| Failure::absent("没有该时期的版次", "there is no edition of that period"))?;
    let compared: Vec<Compared> = cities.iter().map(|city| Compared::of(edition, city)).collect::<Result<_, _>>()?;
    for it in &compared {
        known(&editions, &Code::trusted(it.real.clone()))?;
    }
    let group = match &query.peer_group {
        Some(_) if !edition.is_all_seen() => {
            // A group of one city would tell its score.
            return Err(Failure::Forbidden(Text::both(
                "此密钥不能查看对标组的结果",
                "the key does not see the results of a group",
            )));
        }
        Some(group) => Some(members(state, group, &editions).await?),
        None => None,
    };
    Ok(wire::BenchmarkComparison {
        benchmark: code.clone(),
        period: PeriodCode::trusted(edition.period.clone()),
        assessment: Id::trusted(edition.assessment.clone()),
        peer_group: query.peer_group.clone(),
        uncertainty: edition.intervals.as_ref().map(|intervals| intervals.number),
        items: (0..edition.set.nodes().len()).map(|node| of_node(edition, node, &compared, group.as_deref())).collect(),
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

/// A city of the request: how it is called there, and what it is.
struct Compared {
    named: Code,
    real: String,
    is_pseudonym: bool,
}

impl Compared {
    fn of(edition: &Edition, named: &Code) -> Result<Self, Failure> {
        let sight = edition.sight.as_ref().and_then(|sight| Some((sight, sight.real(named.as_str())?)));
        let Some((_, real)) = sight else {
            return Err(Failure::Forbidden(Text::both(
                format!("此密钥不含城市“{named}”"),
                format!("the key does not include the city '{named}'"),
            )));
        };
        Ok(Self { named: named.clone(), real: real.to_owned(), is_pseudonym: real != named.as_str() })
    }
}

fn of_node(edition: &Edition, node: usize, cities: &[Compared], group: Option<&[String]>) -> BenchmarkCompared {
    let it = &edition.set.nodes()[node];
    let counts = |row: &wire::ScoreRow| group.is_none_or(|cities| cities.iter().any(|city| city == row.city.as_str()));
    let scores: Vec<f64> = edition.rows(node).filter(counts).filter_map(|row| row.score).collect();
    let of_city = |city: &Compared| {
        // Some nodes are not shown of a city that is not to be known.
        let is_shown = edition.seen(&city.real, Some(node)).is_some();
        let row = edition.row(&city.real, node).filter(|_| is_shown);
        let interval = edition.interval(&city.real, node).filter(|_| is_shown);
        BenchmarkComparedCity {
            city: city.named.clone(),
            score: row.as_ref().and_then(|row| row.score),
            rank: row.as_ref().and_then(|row| row.rank),
            rank_low: interval.map(|[low, _]| low),
            rank_high: interval.map(|[_, high]| high),
            coverage: row.as_ref().and_then(|row| row.coverage).filter(|_| !city.is_pseudonym),
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
