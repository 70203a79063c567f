use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_assessment::Assessment;
use citygauge_assessment::years::{Quantity, Target, Trend, trends};
use citygauge_indicators::{Fault, Faults, IndicatorSet, Language};
use citygauge_openapi::{self as wire, Code, Cursor, Id, PeriodCode};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::answer::Answer;
use crate::assessments::reading::node_of;
use crate::assessments::recompute::recompute;
use crate::auth::Reader;
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::results::years;
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::tables::Prepared;

/// Which trends, and towards what.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedTrends {
    /// The node; TOTAL unless given.
    node: Option<Code>,
    /// Only those of this city.
    city: Option<Code>,
    /// What is followed: the score, or the raw value of an indicator.
    #[param(inline)]
    of: Option<Followed>,
    /// Where it is to go.
    target: Option<f64>,
    /// From where progress to the target counts; from the first value unless given.
    base: Option<f64>,
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

/// What a trend follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Followed {
    /// The score.
    #[default]
    Score,
    /// The raw value, in its unit.
    Value,
}

/// Show how scores move over the periods.
///
/// Growth rate, average change in per cent, the median slope of Theil and Sen, the test of Mann and Kendall, and, where a
/// target is given, progress to it and when it is reached. Periods of different lengths are series of their own. A reporter asks
/// for one of its own cities.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), WantedTrends, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of trends", body = wire::Trends),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        (status = 422, description = "An inner node has no raw value to follow", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/assessments/{id}/trends")]
pub async fn list_trends(
    reader: Reader,
    state: web::Data<State>,
    id: web::Path<Id>,
    query: Query<WantedTrends>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &reader, &id, &query, language.0).await?.answer(&state, form, &request).await;
    }
    let followed = Followable::open(&state, &reader, &id, &query).await?;
    let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let made = state.engine(move || {
        let found = followed.trends();
        let set = followed.assessment.set();
        let items: Vec<wire::TrendRow> =
            found.iter().skip(start).take(limit).map(|trend| present(set, trend, language.0)).collect();
        (wire::SetUsed::from(set), items, found.len() > start.saturating_add(limit))
    });
    let (set, items, more) = made.await?;
    let next = more.then(|| Cursor::after(&(start + limit)));
    let page = wire::Trends { assessment: id.into_inner(), set, items, next: next.clone() };
    Ok(Answer::page(&page, next.as_ref()).respond_to(&request))
}

/// The table of the trends.
pub(in crate::routes) async fn prepare(
    state: &State,
    reader: &Reader,
    id: &Id,
    query: &WantedTrends,
    language: Language,
) -> Result<Prepared, Failure> {
    let followed = Followable::open(state, reader, id, query).await?;
    // A city has a row per length of its periods, mostly one.
    let rows = followed.city.as_ref().map_or_else(|| followed.assessment.cities().len(), |_| 1);
    let size = (rows, years::TRENDS);
    let asked = (id.as_str(), &query.node, &query.city, query.of, query.target, query.base);
    let content = format!("trends {asked:?}");
    let table = Prepared::new(format!("trends-{id}"), language, size, move |to| {
        let found = followed.trends();
        to.table(years::trends(followed.assessment.set(), &found, language))
    });
    Ok(table.known_by(content))
}

/// What is followed, of whom.
struct Followable {
    assessment: Arc<Assessment>,
    quantity: Quantity,
    target: Option<Target>,
    city: Option<String>,
    node: usize,
}

impl Followable {
    async fn open(state: &State, reader: &Reader, id: &Id, query: &WantedTrends) -> Result<Self, Failure> {
        let target = target(query.target, query.base)?;
        let (stored, sight) = visibility::open(state, reader, id.as_str(), Operation::Trends).await?;
        super::require_seen(&sight, query.city.as_ref())?;
        let assessment = recompute(state, &stored).await?;
        let node = node_of(assessment.set(), query.node.as_ref())?;
        let quantity = match query.of.unwrap_or_default() {
            Followed::Score => Quantity::Score,
            Followed::Value if assessment.set().nodes()[node].leaf().is_some() => Quantity::Value,
            Followed::Value => return Err(Failure::invalid(no_value())),
        };
        if let Some(city) = &query.city
            && !assessment.cities().iter().any(|known| known.code == city.as_str())
        {
            return Err(Failure::absent("该评估中没有这个城市", "the assessment has no such city"));
        }
        Ok(Self { assessment, quantity, target, city: query.city.as_ref().map(ToString::to_string), node })
    }

    fn trends(&self) -> Vec<Trend<'_>> {
        let cities: Option<Vec<&str>> = self.city.as_deref().map(|city| vec![city]);
        trends(&self.assessment, self.quantity, self.target, cities.as_deref(), Some(&[self.node]))
    }
}

/// The target of a query.
fn target(target: Option<f64>, base: Option<f64>) -> Result<Option<Target>, Failure> {
    let mut faults = Faults::default();
    for (name, value) in [("target", target), ("base", base)] {
        if value.is_some_and(|value| !value.is_finite()) {
            let (zh, en) = (format!("{name} 不是有限的数"), format!("{name} is not a finite number"));
            faults.push(Fault::error("query.number", zh, en).hint("请给出一个数", "give a number"));
        }
    }
    if let (None, Some(_)) = (target, base) {
        faults.push(
            Fault::error("query.base", "只有 base 而没有 target", "there is a base but no target")
                .hint("同时给出 target", "give a target too"),
        );
    }
    match faults.is_empty() {
        true => Ok(target.map(|value| Target { value, base })),
        false => Err(Failure::Malformed(faults)),
    }
}

fn no_value() -> Fault {
    Fault::error("trend.no_value", "只有指标分项有原始值", "only an indicator has a raw value")
        .hint("请指定指标分项，或查看得分", "name an indicator, or follow the score")
}

fn present(set: &IndicatorSet, trend: &Trend, language: Language) -> wire::TrendRow {
    let period = |at: Option<(citygauge_indicators::Period, f64)>| at.map(|(period, _)| PeriodCode::trusted(period.to_string()));
    wire::TrendRow {
        city: Code::trusted(trend.city.to_owned()),
        node: Code::trusted(set.nodes()[trend.node].code.clone()),
        frequency: trend.frequency.into(),
        periods: trend.periods as u64,
        points: trend.points as u64,
        first: period(trend.first),
        first_value: trend.first.map(|(_, value)| value),
        latest: period(trend.latest),
        latest_value: trend.latest.map(|(_, value)| value),
        change: trend.change,
        growth_rate: trend.growth_rate,
        percent_per_year: trend.percent_per_year,
        slope: trend.slope,
        p_value: trend.p_value,
        progress: trend.progress,
        reached_in: trend.reached_in,
        note: years::noted(&trend.notes, language),
    }
}
