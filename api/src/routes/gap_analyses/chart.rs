use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_indicators::Fault;
use citygauge_openapi::Id;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::show::found;
use crate::assessments::kept;
use crate::assessments::reading::{name_of, names};
use crate::assessments::recompute::manifest;
use crate::auth::Caller;
use crate::charts::{Looks, Theme, Wish, Words, priorities, waterfall};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::ChartFormat;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::assessments;

/// The charts of a gap analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GapChart {
    /// From the total to that of the reference.
    Waterfall,
    /// The gap of each indicator against its share.
    Priorities,
}

/// What a chart shows, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedChart {
    /// The depth of the nodes of `waterfall`, 1 being the dimensions; 1 unless given.
    #[param(minimum = 1)]
    depth: Option<u32>,
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

/// Draw a chart of a gap analysis.
///
/// `waterfall`: from the total, node by node, to the total of the reference, in points; nodes without data are hatched. `priorities`: the gap
/// of each indicator against its share of the total, with the verdict on the rate that would close it.
#[utoipa::path(
    tag = "gap-analyses",
    params(
        ("id" = Id, Path, description = "The analysis"),
        ("name" = inline(GapChart), Path, description = "The chart"),
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
#[get("/gap-analyses/{id}/charts/{name}.svg")]
pub async fn show_gap_chart(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<(Id, GapChart)>,
    query: Query<WantedChart>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let looks = Looks::of(&request, query.wish(), language.0)?;
    let (id, name) = path.into_inner();
    let language = looks.language;
    let (analysis, assessment) = found(&state, &caller, &id, language).await?;
    let stored = assessments::find(state.db(), &assessment).await?;
    let (_, set) = sets::find(&state, &stored.request.set).await?;
    let described = kept::cities(&state, &manifest(&stored)?).await?;
    let city = name_of(&names(&described, language), analysis.city.as_str());
    let chart = match name {
        GapChart::Waterfall => waterfall::chart(&analysis, &set, query.depth, &city, language)?,
        GapChart::Priorities if query.depth.is_some() => return Err(no_depth()),
        GapChart::Priorities => priorities::chart(&analysis, &set, &city, language),
    };
    chart.answer(&state, looks, &request).await
}

fn no_depth() -> Failure {
    Failure::malformed(
        Fault::error("chart.parameter", "此图表不接受参数 depth", "the chart does not take depth")
            .at("/depth")
            .hint("去掉该参数", "leave it out"),
    )
}
