use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_openapi::{self as wire, Id};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{cities, kept};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::Format;
use crate::extract::Query;
use crate::gaps::{Origin, elements, requirements, requirements_table};
use crate::negotiate::wanted;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::gap_analyses;

/// In what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedRequirements {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<RequirementsFormat>,
}

/// The forms in which requirements are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequirementsFormat {
    /// A document.
    Json,
    /// A table.
    Csv,
    /// A workbook.
    Xlsx,
}

/// Give the priority directions of an analysis as requirements.
///
/// One requirement per direction, of the kind `goal`, with what it follows from: the gap and the indicator. A design takes them as they
/// are (GB/T 36333-2018, 6.5.2). Who sees the analysis sees them.
#[utoipa::path(
    tag = "gap-analyses",
    params(("id" = Id, Path, description = "The analysis"), WantedRequirements, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The requirements", content(
            (wire::GapRequirements = "application/json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/gap-analyses/{id}/requirements")]
pub async fn list_gap_requirements(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    query: Query<WantedRequirements>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadScoreCards)?;
    let asked = query.format.map(|format| match format {
        RequirementsFormat::Json => Format::Json,
        RequirementsFormat::Csv => Format::Csv,
        RequirementsFormat::Xlsx => Format::Xlsx,
    });
    let format = wanted(&request, asked, &[Format::Json, Format::Csv, Format::Xlsx])?;
    let stored = gap_analyses::find(state.db(), id.as_str()).await?;
    cities(&stored).try_for_each(|city| caller.require_city(city))?;
    let kept = kept(&stored)?;
    let analysis = &kept.analysis;
    let origin = Origin {
        analysis: Some(&analysis.id),
        set: &analysis.set,
        against: &analysis.against,
        by: analysis.by.as_ref().map(|by| by.as_str()),
    };
    let items = requirements(&analysis.gaps, &kept.titles, &analysis.priorities, origin);
    if format == Format::Json {
        let elements = elements(&items).iter().map(|element| json!(element)).collect();
        let document = wire::GapRequirements { analysis: analysis.id.clone(), items, elements };
        return Ok(Answer::ok(&document).respond_to(&request).map_into_boxed_body());
    }
    let name = format!("requirements-{id}.{}", format.extension());
    super::file(&[requirements_table(&items)], format, None, (&name, ""), &request)
}
