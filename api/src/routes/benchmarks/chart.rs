use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::{self as wire, Code};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::series::{WantedSeries, found};
use crate::assessments::described;
use crate::assessments::reading::{name_of, names};
use crate::auth::Caller;
use crate::charts::{Looks, Theme, Wish, Words, ranks};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::ChartFormat;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::benchmarks;

/// The charts of a benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BenchmarkChart {
    /// Ranks over the editions.
    Ranks,
}

/// What a chart shows, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedChart {
    /// The node; TOTAL unless given.
    node: Option<Code>,
    /// Only the ranks of this city.
    city: Option<Code>,
    /// The city that is marked among the others.
    mark: Option<Code>,
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

/// Draw a chart of a benchmark.
///
/// Ranks over the editions, the first at the top; where the set changed so that the node is another one, the lines break. Seen as the
/// series are.
#[utoipa::path(
    tag = "benchmarks",
    params(
        ("code" = Code, Path, description = "The benchmark"),
        ("name" = inline(BenchmarkChart), Path, description = "The chart"),
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
#[get("/benchmarks/{code}/charts/{name}.svg")]
pub async fn show_benchmark_chart(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<(Code, BenchmarkChart)>,
    query: Query<WantedChart>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let looks = Looks::of(&request, query.wish(), language.0)?;
    let (code, BenchmarkChart::Ranks) = path.into_inner();
    let language = looks.language;
    let wanted = WantedSeries::of(query.node.clone(), query.city.clone());
    let (node, points) = found(&state, &caller, &code, &wanted, language).await?;
    let stored = benchmarks::find(state.db(), code.as_str()).await?;
    let wire::Benchmark { title_zh, title_en, .. } = super::present(stored)?;
    let (first, second) = language.pick((&title_zh, &title_en), (&title_en, &title_zh));
    let title = first.as_ref().or(second.as_ref()).map_or_else(|| code.to_string(), ToString::to_string);
    let cities = described(&state).await?;
    let names = names(&cities, language);
    let marked = query.mark.as_ref().or(query.city.as_ref());
    let chart = ranks::of_series(format!("{title} · {node}"), &points, marked, |city| name_of(&names, city));
    chart.answer(&state, looks, &request).await
}
