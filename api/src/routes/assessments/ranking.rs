use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Code, Cursor, Id, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::assessments::kept;
use crate::assessments::reading::{name_of, names, node_of, period_of, shown};
use crate::assessments::recompute::manifest;
use crate::auth::Reader;
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::results;
use crate::rounds::visibility::{self, Operation, Sight};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::sets;
use crate::state::State;
use crate::store::assessments;
use crate::tables::Prepared;

/// Which ranking, and how much of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedRanking {
    /// The node; TOTAL unless given.
    node: Option<Code>,
    /// The period; the latest one unless given.
    period: Option<PeriodCode>,
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

/// Show the cities by rank on one node.
///
/// Competition ranks (1 2 2 4); cities of one rank stand in the order of their codes, those without a score last. Where a round is for
/// its participants, a city sees the others under pseudonyms; where it is public, no key is needed.
/// Names are those of the time of the assessment.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), WantedRanking, IfNoneMatchHeader),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "A page of the ranking", body = wire::Ranking),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/assessments/{id}/ranking")]
pub async fn show_ranking(
    reader: Reader,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    query: Query<WantedRanking>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return Box::pin(prepare(&state, &reader, &id, &query, language.0)).await?.answer(&state, form, &request).await;
    }
    let sight = visibility::seen(&state, &reader, id.as_str(), Operation::Ranking).await?;
    let make = async || page(&state, &id, &query, &sight, language.0).await;
    Ok(state.answers().kept_or(&request, language.0, &sight, make).await?.respond_to(&request))
}

async fn page(state: &State, id: &Id, query: &WantedRanking, sight: &Sight, language: Language) -> Result<Answer, Failure> {
    let mut ranking = found(state, id, query, sight, language).await?;
    let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
    let limit = usize::try_from(PageLimit::or_configured(query.limit, state)).unwrap_or(usize::MAX);
    ranking.next = (ranking.items.len() > start.saturating_add(limit)).then(|| Cursor::after(&(start + limit)));
    ranking.items = ranking.items.into_iter().skip(start).take(limit).collect();
    Ok(Answer::page(&ranking, ranking.next.as_ref()))
}

/// The table of the ranking.
pub(in crate::routes) async fn prepare(
    state: &State,
    reader: &Reader,
    id: &Id,
    query: &WantedRanking,
    language: Language,
) -> Result<Prepared, Failure> {
    let sight = visibility::seen(state, reader, id.as_str(), Operation::Ranking).await?;
    let ranking = found(state, id, query, &sight, language).await?;
    let content = format!("ranking {:?}", (id.as_str(), ranking.period.as_str(), ranking.node.as_str(), sight.tag()));
    Ok(Prepared::at_hand(format!("ranking-{id}"), language, ranking, results::ranking)?.known_by(content))
}

/// The whole ranking, as it is seen.
async fn found(
    state: &State,
    id: &Id,
    query: &WantedRanking,
    sight: &Sight,
    language: Language,
) -> Result<wire::Ranking, Failure> {
    let stored = assessments::find(state.db(), id.as_str()).await?;
    let (_, set) = sets::find(state, &stored.request.set).await?;
    let node = node_of(&set, query.node.as_ref())?;
    let manifest = manifest(&stored)?;
    let period = period_of(&manifest, query.period.as_ref())?;
    let result = kept::open_node(state, &manifest, |known| known == period, node).await?.remove(0);
    let mut rows: Vec<wire::ScoreRow> =
        (0..result.cities.len()).filter_map(|row| sight.row(result.row(&set, row, node), (&set, node))).collect();
    rows.sort_by(|one, other| {
        (one.rank.is_none(), one.rank, one.city.as_str()).cmp(&(other.rank.is_none(), other.rank, other.city.as_str()))
    });
    let described = kept::cities(state, &manifest).await?;
    let names = names(&described, language);
    let items = rows.into_iter().map(|row| wire::RankedCity {
        rank: row.rank,
        name: name_of(&names, row.city.as_str()),
        shown: shown(&set, node, row.score),
        city: row.city,
        score: row.score,
        level: row.level,
        coverage: row.coverage,
        low: row.low,
        high: row.high,
    });
    Ok(wire::Ranking {
        assessment: Id::trusted(stored.request.id),
        period: PeriodCode::trusted(period),
        node: Code::trusted(set.nodes()[node].code.clone()),
        set_title: set.document().title.clone(),
        items: items.collect(),
        next: None,
    })
}
