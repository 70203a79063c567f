use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_assessment::Assessment;
use citygauge_assessment::years::{Change, Compared, compare, depends_on_others};
use citygauge_indicators::{Fault, Language, Period};
use citygauge_openapi::{self as wire, Code, Cursor, Id, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::period_of;
use super::table::{PageOrCsv, csv, file, form};
use crate::answer::Answer;
use crate::assessments::recompute::{manifest, recompute};
use crate::auth::Reader;
use crate::error::{Failure, Problems, TableProblems};
use crate::export::Format;
use crate::extract::{Lang, Query};
use crate::results::years;
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;

/// How many cities one answer compares where scores depend on other cities: each takes up to fourteen assessments.
const MOST_AMONG_OTHERS: usize = 10;

/// With what to compare, and which part of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedDiff {
    /// The later assessment.
    to: Id,
    /// Only the changes of this city.
    city: Option<Code>,
    /// Only those of this node.
    node: Option<Code>,
    /// The period of the earlier assessment; its latest one unless given.
    period: Option<PeriodCode>,
    /// The period of the later assessment; its latest one unless given.
    to_period: Option<PeriodCode>,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<PageOrCsv>,
    /// How many cities a page has at most, at most ten where scores depend on other cities; a file holds all of them.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// Compare an assessment with another one.
///
/// For every city and node the scores and ranks of both, the change, and what it came from: the data, the set, the cohort,
/// and coverage. The four parts are Shapley values over the factors, to ten decimals that add up to the change. Children
/// say what they contributed. Both assessments are computed again from their releases, and the states between them too. A
/// reporter asks for one of its own cities.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The earlier assessment"), WantedDiff, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of changes, or all of them as a file",
            content((wire::AssessmentDiff = "application/json"), (String = "text/csv"))),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        (status = 422, description = "What is asked for is at fault, or too much", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/assessments/{id}/diff")]
pub async fn show_assessment_diff(
    reader: Reader,
    state: web::Data<State>,
    id: web::Path<Id>,
    query: Query<WantedDiff>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let format = form(&request, query.format)?;
    let (before, period) = side(&state, &reader, &id, (query.city.as_ref(), query.period.as_ref())).await?;
    let (after, to_period) = side(&state, &reader, &query.to, (query.city.as_ref(), query.to_period.as_ref())).await?;
    let node = query.node.as_ref().map(ToString::to_string);
    let has_node = |of: &Assessment, code: &str| of.set().node_index(code).is_some();
    if node.as_deref().is_some_and(|node| !has_node(&before, node) && !has_node(&after, node)) {
        return Err(Failure::absent("没有这个节点", "there is no such node"));
    }
    let cities = match &query.city {
        Some(city) => vec![city.to_string()],
        None => cities(&before, period, &after, to_period),
    };
    let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
    let mut limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let is_expensive = depends_on_others(&before, &after);
    if is_expensive {
        limit = limit.min(MOST_AMONG_OTHERS);
        if format == Format::Csv && cities.len() > MOST_AMONG_OTHERS {
            return Err(Failure::invalid(too_many(cities.len())));
        }
    }
    let wanted: Vec<String> = match format {
        Format::Csv => cities.clone(),
        _ => cities.iter().skip(start).take(limit).cloned().collect(),
    };
    let next = (cities.len() > start.saturating_add(limit)).then(|| Cursor::after(&(start + limit)));
    let sets = [wire::SetUsed::from(before.set()), wire::SetUsed::from(after.set())];
    let made = state.engine(move || {
        let codes: Vec<&str> = wanted.iter().map(String::as_str).collect();
        let (earlier, later) = (Compared { assessment: &before, period }, Compared { assessment: &after, period: to_period });
        let mut found = compare(earlier, later, &codes, None)?;
        found.retain(|change| node.as_deref().is_none_or(|node| node == change.node));
        let bytes = (format == Format::Csv).then(|| csv(years::changes(after.set(), &found, language.0))).transpose();
        let items: Vec<wire::ScoreChange> = found.iter().map(|change| present(change, language.0)).collect();
        Ok::<_, citygauge_assessment::AssessmentError>((bytes, items))
    });
    let (bytes, items) = made.await??;
    if let Some(bytes) = bytes.map_err(Failure::internal)? {
        return Ok(file(bytes, &format!("diff-{id}-{}.csv", query.to), &request));
    }
    let [set, to_set] = sets;
    let page = wire::AssessmentDiff {
        assessment: id.into_inner(),
        to: query.to.clone(),
        set,
        to_set,
        period: PeriodCode::trusted(period.to_string()),
        to_period: PeriodCode::trusted(to_period.to_string()),
        items,
        next: next.clone(),
    };
    Ok(Answer::page(&page, next.as_ref()).respond_to(&request))
}

/// An assessment made again, and the period of it that is compared.
async fn side(
    state: &State,
    reader: &Reader,
    id: &Id,
    (city, period): (Option<&Code>, Option<&PeriodCode>),
) -> Result<(Arc<Assessment>, Period), Failure> {
    let (stored, sight) = visibility::open(state, reader, id.as_str(), Operation::Diff).await?;
    super::require_seen(&sight, city)?;
    let period = period_of(&manifest(&stored)?, period)?.parse().map_err(Failure::invalid)?;
    Ok((recompute(state, &stored).await?, period))
}

/// The cities of either, in the order of their codes.
fn cities(before: &Assessment, period: Period, after: &Assessment, to_period: Period) -> Vec<String> {
    let codes = before.cities_of(period).chain(after.cities_of(to_period));
    codes.map(str::to_owned).collect::<std::collections::BTreeSet<String>>().into_iter().collect()
}

fn too_many(cities: usize) -> Fault {
    Fault::error(
        "diff.too_many_cities",
        format!("得分取决于其他城市，一次最多比较 {MOST_AMONG_OTHERS} 个城市"),
        format!("scores depend on other cities, and one answer compares at most {MOST_AMONG_OTHERS} cities"),
    )
    .value(cities.to_string())
    .expected(format!("..{MOST_AMONG_OTHERS}"))
    .hint("请指定城市，或以 JSON 逐页读取", "name a city, or take the pages of JSON")
}

fn present(change: &Change, language: Language) -> wire::ScoreChange {
    wire::ScoreChange {
        city: Code::trusted(change.city.clone()),
        node: Code::trusted(change.node.clone()),
        score_before: change.before,
        score_after: change.after,
        change: change.change,
        data: change.parts.map(|parts| parts.data),
        set: change.parts.map(|parts| parts.set),
        cohort: change.parts.map(|parts| parts.cohort),
        coverage: change.parts.map(|parts| parts.coverage),
        rank_before: change.rank_before.map(u64::from),
        rank_after: change.rank_after.map(u64::from),
        children: change
            .children
            .iter()
            .map(|child| wire::ChildContribution { node: Code::trusted(child.node.clone()), change: child.change })
            .collect(),
        rest: change.rest,
        note: change.note.as_ref().map(|note| note.get(language).to_owned()),
    }
}
