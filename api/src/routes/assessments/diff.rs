use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_assessment::years::{Change, Compared, compare, depends_on_others};
use citygauge_assessment::{Assessment, AssessmentError};
use citygauge_indicators::{Fault, Language, Period};
use citygauge_openapi::{self as wire, Code, Cursor, Id, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::assessments::reading::period_of;
use crate::assessments::recompute::{manifest, recompute};
use crate::auth::Reader;
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::results::years;
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::tables::Prepared;

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
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
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
        (status = 200, description = "A page of changes", body = wire::AssessmentDiff),
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
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &reader, &id, &query, language.0).await?.answer(&state, form, &request).await;
    }
    let two = Two::open(&state, &reader, &id, &query).await?;
    let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
    let mut limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    if two.is_expensive() {
        limit = limit.min(MOST_AMONG_OTHERS);
    }
    let next = (two.cities.len() > start.saturating_add(limit)).then(|| Cursor::after(&(start + limit)));
    let sets = [wire::SetUsed::from(two.before.set()), wire::SetUsed::from(two.after.set())];
    let (period, to_period) = (two.period, two.to_period);
    let made = state.engine(move || {
        let page: Vec<&str> = two.cities.iter().skip(start).take(limit).map(String::as_str).collect();
        Ok::<_, AssessmentError>(two.changes(&page)?.iter().map(|change| present(change, language.0)).collect())
    });
    let items = made.await??;
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

/// The table of the changes.
pub(in crate::routes) async fn prepare(
    state: &State,
    reader: &Reader,
    id: &Id,
    query: &WantedDiff,
    language: Language,
) -> Result<Prepared, Failure> {
    let two = Two::open(state, reader, id, query).await?;
    if two.is_expensive() && two.cities.len() > MOST_AMONG_OTHERS {
        return Err(Failure::invalid(too_many(two.cities.len())));
    }
    let nodes = two.node.as_ref().map_or_else(|| two.after.set().nodes().len(), |_| 1);
    let size = (two.cities.len().saturating_mul(nodes), years::CHANGES);
    let asked = (id.as_str(), query.to.as_str(), &query.city, &query.node, two.period.to_string(), two.to_period.to_string());
    let content = format!("diff {asked:?}");
    let table = Prepared::new(format!("diff-{id}-{}", query.to), language, size, move |to| {
        let cities: Vec<&str> = two.cities.iter().map(String::as_str).collect();
        let found = two.changes(&cities)?;
        to.table(years::changes(two.after.set(), &found, language))
    });
    Ok(table.known_by(content))
}

/// Two assessments that are compared.
struct Two {
    before: Arc<Assessment>,
    period: Period,
    after: Arc<Assessment>,
    to_period: Period,
    cities: Vec<String>,
    node: Option<String>,
}

impl Two {
    async fn open(state: &State, reader: &Reader, id: &Id, query: &WantedDiff) -> Result<Self, Failure> {
        let city = query.city.as_ref();
        let (before, period) = side(state, reader, id, (city, query.period.as_ref())).await?;
        let (after, to_period) = side(state, reader, &query.to, (city, query.to_period.as_ref())).await?;
        let node = query.node.as_ref().map(ToString::to_string);
        let has_node = |of: &Assessment, code: &str| of.set().node_index(code).is_some();
        if node.as_deref().is_some_and(|node| !has_node(&before, node) && !has_node(&after, node)) {
            return Err(Failure::absent("没有这个节点", "there is no such node"));
        }
        let cities = match &query.city {
            Some(city) => vec![city.to_string()],
            None => cities(&before, period, &after, to_period),
        };
        Ok(Self { before, period, after, to_period, cities, node })
    }

    /// Whether a city costs many assessments.
    fn is_expensive(&self) -> bool {
        depends_on_others(&self.before, &self.after)
    }

    fn changes(&self, cities: &[&str]) -> Result<Vec<Change>, AssessmentError> {
        let earlier = Compared { assessment: &self.before, period: self.period };
        let later = Compared { assessment: &self.after, period: self.to_period };
        let mut found = compare(earlier, later, cities, None)?;
        found.retain(|change| self.node.as_deref().is_none_or(|node| node == change.node));
        Ok(found)
    }
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
