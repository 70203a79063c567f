use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::{self as wire, Code, Id};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::assessments::recompute::recompute;
use crate::auth::{Caller, Right};
use crate::charts::{Looks, Theme, Wish, Words, goal_path};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::goal_plans::{document_of, same_set};
use crate::negotiate::ChartFormat;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::SetKey;
use crate::store::{assessments, goal_plans};

/// The charts of a goal plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GoalPlanChart {
    /// The way of each goal, and what was reached.
    GoalPath,
}

/// What a chart shows, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedChart {
    /// The assessment that says what was reached; the way alone unless given.
    assessment: Option<Id>,
    /// The language of its words; as `Accept-Language` says unless given.
    #[param(inline)]
    lang: Option<Words>,
    /// Light or dark; light unless given.
    #[param(inline)]
    theme: Option<Theme>,
    /// The picture, or its numbers; overrules `Accept`.
    #[param(inline)]
    format: Option<ChartFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

impl WantedChart {
    fn wish(&self) -> Wish {
        Wish { lang: self.lang, theme: self.theme, format: self.format, bom: self.bom }
    }
}

/// Draw a chart of a goal plan.
///
/// The way of each goal that names a value, from the baseline over the points of its path to the target, and beside it what the periods of
/// an assessment of the same set reached; a period without a value is marked as such.
#[utoipa::path(
    tag = "goal-plans",
    params(
        ("plan" = Code, Path, description = "The code or the identifier of the plan"),
        ("name" = inline(GoalPlanChart), Path, description = "The chart"),
        WantedChart,
        IfNoneMatchHeader,
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The chart", body = String, content_type = "image/svg+xml"),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The assessment is of another set", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/goal-plans/{plan}/charts/{name}.svg")]
pub async fn show_goal_plan_chart(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<(Code, GoalPlanChart)>,
    query: Query<WantedChart>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let looks = Looks::of(&request, query.wish(), language.0)?;
    caller.require(Right::ReadPlanning)?;
    let (plan, GoalPlanChart::GoalPath) = path.into_inner();
    let plan = goal_plans::find(state.db(), plan.as_str()).await?;
    caller.require_city(&plan.city)?;
    let document = document_of(&plan)?;
    let assessment = match &query.assessment {
        Some(id) => Some(recompute(&state, &assessments::find(state.db(), id.as_str()).await?).await?),
        None => None,
    };
    let language = looks.language;
    let key = SetKey { code: document.set.code.clone(), version: document.set.version.clone() };
    let (_, set) = sets::find(&state, &key).await?;
    let made = state.engine(move || {
        if let Some(assessment) = &assessment {
            same_set(&document, assessment)?;
        }
        goal_path::chart(&document, &set, assessment.as_deref(), language)
    });
    let chart = made.await?.map_err(Failure::Invalid)?;
    chart.answer(&state, looks, &request).await
}
