use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::Id;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::present;
use crate::auth::{Caller, Right};
use crate::charts::{Looks, Theme, Wish, Words, roadmap};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::ChartFormat;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::roadmaps;

/// The charts of a roadmap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RoadmapChart {
    /// The schedule.
    Roadmap,
}

/// How a chart is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedChart {
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

/// Draw a chart of a roadmap.
///
/// The schedule as a Gantt chart: stages, projects with the critical path, what they depend on, and what is not done.
#[utoipa::path(
    tag = "roadmaps",
    params(
        ("id" = Id, Path, description = "The roadmap"),
        ("name" = inline(RoadmapChart), Path, description = "The chart"),
        WantedChart,
        IfNoneMatchHeader,
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The chart", body = String, content_type = "image/svg+xml"),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/roadmaps/{id}/charts/{name}.svg")]
pub async fn show_roadmap_chart(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<(Id, RoadmapChart)>,
    query: Query<WantedChart>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let looks = Looks::of(&request, query.wish(), language.0)?;
    caller.require(Right::ReadPlanning)?;
    let (id, RoadmapChart::Roadmap) = path.into_inner();
    let stored = roadmaps::find(state.db(), id.as_str()).await?;
    caller.require_city(&stored.city)?;
    let language = looks.language;
    let kept = |faults| Failure::internal(format!("the roadmap {id}: {faults}"));
    let chart = roadmap::chart(&present(stored)?.plan, language).map_err(kept)?;
    chart.answer(&state, looks, &request).await
}
