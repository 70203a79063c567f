use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::{Fault, Language};
use citygauge_openapi::{self as wire, Code, Cursor, Digest, Id, PeriodCode, path_segment};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::assessments::reading::{name_of, names, shown};
use crate::auth::{Reader, Right, keyless};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::Format;
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::results::rounds as tables;
use crate::rounds::ranking::{Part, Ranked, across, apart, note, parts, period_of, published, within};
use crate::rounds::visibility::{Operation, sight};
use crate::routes::indicator_sets::present_key;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::rounds;
use crate::tables::Prepared;

/// Which ranking, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedRoundRanking {
    /// The node; TOTAL unless given.
    node: Option<Code>,
    /// The period; the latest one unless given.
    period: Option<PeriodCode>,
    /// Only the cities of this class.
    class: Option<Code>,
    /// Whether the classes are ranked together.
    across_classes: Option<bool>,
    /// The number of a publication, from 1; the latest one with results unless given.
    #[param(minimum = 1)]
    publication: Option<u64>,
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

/// Show the ranking of a published round.
///
/// Class by class, with the ranks in the class; classes whose set lacks the node are left out. With `across_classes` the classes are
/// ranked together, by their scores as they were published, and the answer says that these are not the same measure; refused where
/// a class lacks the node, counts in another way, or has scores that are relative to its own cities. Who sees which cities, and under
/// which names, the visibility of the round says; where it is public, no key is needed.
#[utoipa::path(
    tag = "rounds",
    params(("code" = Code, Path, description = "The code of the round"), WantedRoundRanking, IfNoneMatchHeader),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "A page of the ranking", body = wire::RoundRanking),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The classes cannot be ranked together", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/rounds/{code}/ranking")]
pub async fn show_round_ranking(
    reader: Reader,
    state: web::Data<State>,
    code: web::Path<Code>,
    query: Query<WantedRoundRanking>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &reader, &code, &query, language.0).await?.answer(&state, form, &request).await;
    }
    let mut ranking = found(&state, &reader, &code, &query, language.0).await?;
    let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    ranking.next = (ranking.items.len() > start.saturating_add(limit)).then(|| Cursor::after(&(start + limit)));
    ranking.items = ranking.items.into_iter().skip(start).take(limit).collect();
    Ok(Answer::page(&ranking, ranking.next.as_ref()).respond_to(&request))
}

/// The table of the ranking; a workbook has a second one, which says what it was computed from.
pub(in crate::routes) async fn prepare(
    state: &State,
    reader: &Reader,
    code: &Code,
    query: &WantedRoundRanking,
    language: Language,
) -> Result<Prepared, Failure> {
    let ranking = found(state, reader, code, query, language).await?;
    let name = format!("ranking-{}", path_segment(code.as_str()));
    let size = (ranking.items.len(), tables::ranking(&ranking).columns().len());
    Ok(Prepared::new(name, language, size, move |to| {
        let mut tables = vec![tables::ranking(&ranking)];
        if to.format() == Format::Xlsx {
            tables.push(tables::about(&ranking, language));
        }
        to.tables(&tables)
    }))
}

/// The whole ranking, as it is seen.
async fn found(
    state: &State,
    reader: &Reader,
    code: &Code,
    query: &WantedRoundRanking,
    language: Language,
) -> Result<wire::RoundRanking, Failure> {
    let round = match (rounds::find_by_code(state.db(), code.as_str()).await?, reader) {
        (Some(round), _) => round,
        (None, Reader::Anybody) => return Err(keyless()),
        (None, Reader::Key(caller)) => {
            caller.require(Right::ReadRounds)?;
            return Err(Failure::absent("没有这个评价批次", "there is no such round"));
        }
    };
    let sight = sight(reader, Some(&round), Operation::RoundRanking, state.now_ms())?;
    let is_across = query.across_classes.unwrap_or(false);
    if is_across && query.class.is_some() {
        let (zh, en) = ("class 与 across_classes 不能同时给出", "class and across_classes exclude each other");
        return Err(Failure::malformed(Fault::error("query.two_scopes", zh, en).hint("只给出其一", "give one of them")));
    }
    let found = published(state, &round, query.publication, query.class.as_ref().map(Code::as_str)).await?;
    let period = period_of(&round, query.period.as_ref().map(PeriodCode::as_str))?;
    let node = query.node.as_ref().map_or(citygauge_indicators::TOTAL, Code::as_str);
    let publication = found.number as u64;
    let parts = parts(state, found, &period, node).await?;
    if is_across {
        let faults = apart(&round, &parts);
        if !faults.is_empty() {
            return Err(Failure::Invalid(faults));
        }
    }
    let ranked = if is_across { across(&parts, &sight) } else { within(&parts, &sight) };
    let names: Vec<_> = parts.iter().map(|part| names(&part.cities, language)).collect();
    Ok(wire::RoundRanking {
        round: code.clone(),
        publication,
        period: PeriodCode::trusted(period),
        node: Code::trusted(node.to_owned()),
        across_classes: is_across,
        note: is_across.then(|| note(&parts)),
        items: ranked.into_iter().map(|city| present(city, &parts, &names, is_across)).collect(),
        parts: parts.iter().map(present_part).collect(),
        next: None,
    })
}

fn present(city: Ranked, parts: &[Part], names: &[HashMap<&str, &str>], is_across: bool) -> wire::RoundRankedCity {
    let (part, row, seen) = (&parts[city.part], city.row, city.seen);
    wire::RoundRankedCity {
        class: part.class().map(|class| Code::trusted(class.to_owned())),
        rank: city.rank,
        class_rank: row.rank.filter(|_| is_across),
        name: if seen.is_pseudonym { seen.code.clone() } else { name_of(&names[city.part], &seen.code) },
        city: Code::trusted(seen.code),
        is_pseudonym: seen.is_pseudonym,
        score: row.score,
        shown: shown(&part.set, part.node, row.score),
        level: row.level,
        coverage: row.coverage,
    }
}

fn present_part(part: &Part) -> wire::RoundRankingPart {
    let request = &part.stored.request;
    wire::RoundRankingPart {
        class: part.class().map(|class| Code::trusted(class.to_owned())),
        assessment: Id::trusted(request.id.clone()),
        set: present_key(request.set.clone()),
        set_digest: Digest::trusted(request.set_digest.clone()),
        set_title: part.set.document().title.clone(),
        release: request.release_id.clone().map(Id::trusted),
        engine_version: request.engine_version.clone(),
        ranked: part.rows.iter().filter(|row| row.rank.is_some()).count() as u64,
    }
}
