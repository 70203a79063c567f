use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::{Fault, Language, Text};
use citygauge_openapi::{self as wire, BenchmarkBridge, BenchmarkPoint, Code, Cursor};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{find, link, members, node_of};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::benchmarks::series::{Followed, Whose};
use crate::benchmarks::{Edition, Wanted, open};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::results::benchmarks as tables;
use crate::rounds::visibility::{Operation, Sight};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::tables::Prepared;

/// Which series, and how it is joined.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedSeries {
    /// The node, as the latest edition names it; TOTAL unless given.
    node: Option<Code>,
    /// Only the series of this city.
    city: Option<Code>,
    /// The median of the cities of this peer group, as they are found for the latest edition, in place of cities.
    peer_group: Option<Code>,
    /// Moves earlier scores to where the set of the latest edition would have had them.
    #[param(inline)]
    bridge: Option<BenchmarkBridge>,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
    /// How many members a page has at most; a file holds all of them.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

impl WantedSeries {
    /// The series of a node as it was published, of all cities or of one.
    pub(super) fn of(node: Option<Code>, city: Option<Code>) -> Self {
        Self { node, city, peer_group: None, bridge: None, format: None, bom: None, limit: None, cursor: None }
    }
}

/// Show a node over the years.
///
/// Score, rank, level and coverage per city and edition, the node followed back by the crosswalks. Where what it measures changed,
/// `is_break` says so and `note` why; with `bridge`, `bridged` has what the latest set would have given, as far as the overlap
/// of both sets tells. `best` is the greatest score, and `rank_low` and `rank_high` bound the rank where the edition has an uncertainty
/// analysis. A reporter asks for one of its own cities; where a round is for its participants, it sees the others under pseudonyms.
#[utoipa::path(
    tag = "benchmarks",
    params(("code" = Code, Path, description = "The code of the benchmark"), WantedSeries, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of the series", body = wire::BenchmarkSeries),
        (status = 304, description = "The caller has it already"),
        (status = 422, description = "The members of the group cannot be found", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/benchmarks/{code}/series")]
pub async fn show_benchmark_series(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    query: Query<WantedSeries>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &code, &query, language.0).await?.answer(&state, form, &request).await;
    }
    let (node, points) = found(&state, &caller, &code, &query, language.0).await?;
    let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let next = (points.len() > start.saturating_add(limit)).then(|| Cursor::after(&(start + limit)));
    let page = wire::BenchmarkSeries {
        benchmark: code.into_inner(),
        node,
        bridge: query.bridge,
        peer_group: query.peer_group.clone(),
        items: points.into_iter().skip(start).take(limit).collect(),
        next: next.clone(),
    };
    Ok(Answer::page(&page, next.as_ref()).respond_to(&request))
}

/// The table of the series.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    code: &Code,
    query: &WantedSeries,
    language: Language,
) -> Result<Prepared, Failure> {
    let (_, points) = found(state, caller, code, query, language).await?;
    Ok(Prepared::at_hand("series", language, points, |points| tables::series(points))?)
}

pub(super) async fn found(
    state: &State,
    caller: &Caller,
    code: &Code,
    query: &WantedSeries,
    language: Language,
) -> Result<(Code, Vec<BenchmarkPoint>), Failure> {
    caller.require(Right::ReadBenchmarks)?;
    if query.city.is_some() && query.peer_group.is_some() {
        return Err(Failure::malformed(
            Fault::error("query.two_subjects", "city 与 peer_group 不能同时给出", "city and peer_group exclude each other")
                .hint("只给出其一", "give one of them"),
        ));
    }
    let profile = find(state, code).await?;
    let wanted = Wanted::new(caller, Operation::Series).overlaps(query.bridge.is_some());
    let editions = open(state, &profile, &wanted).await?;
    require_seen(&editions, query)?;
    let (node, named) = node_of(&editions, query.node.as_ref())?;
    let group = match &query.peer_group {
        Some(group) => Some(members(state, group, &editions).await?),
        None => None,
    };
    let cities: Vec<String> = match &query.city {
        Some(city) => vec![known(&editions, city)?],
        None => all(&editions),
    };
    let bridge = query.bridge;
    let points = state.engine(move || {
        let followed = Followed::new(&editions, &profile.crosswalks, node, bridge.map(link));
        match &group {
            Some(cities) => followed.points(Whose::Group(cities), language),
            None => followed.seen(&cities, &wanted, language),
        }
    });
    Ok((named, points.await?))
}

/// Whoever does not see all cities in any edition names one of its own; a median is for those who see all of them in every edition.
fn require_seen(editions: &[Edition], query: &WantedSeries) -> Result<(), Failure> {
    let is_seen = match (&query.city, &query.peer_group) {
        (Some(city), _) => {
            let has = |edition: &Edition| edition.sight.as_ref().is_some_and(|sight| sight.require_city(city.as_str()).is_ok());
            editions.iter().any(has)
        }
        (None, Some(_)) => editions.iter().all(Edition::is_all_seen),
        (None, None) => editions.iter().any(|edition| !matches!(edition.sight, None | Some(Sight::Own(_)))),
    };
    if is_seen {
        return Ok(());
    }
    Err(Failure::Forbidden(Text::both(
        "此密钥只能查看其城市：请指定 city",
        "the key sees its own cities only: name one of them as city",
    )))
}

/// A city that took part in some edition.
pub(super) fn known(editions: &[Edition], city: &Code) -> Result<String, Failure> {
    if editions.iter().any(|edition| edition.result.has(city.as_str())) {
        return Ok(city.to_string());
    }
    Err(Failure::absent("该城市未参加任何版次", "the city took part in no edition"))
}

/// The cities that took part in some edition, by code.
fn all(editions: &[Edition]) -> Vec<String> {
    let cities: BTreeSet<&String> = editions.iter().flat_map(|edition| edition.result.cities()).collect();
    cities.into_iter().cloned().collect()
}
