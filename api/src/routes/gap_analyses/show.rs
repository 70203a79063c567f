use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_openapi::{self as wire, Id};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{cities, file, present};
use crate::answer::{Answer, Tag};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{About, Format};
use crate::extract::{Lang, Query};
use crate::gaps::{Lists, tables};
use crate::negotiate::wanted;
use crate::results::places;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::SetKey;
use crate::store::{assessments, gap_analyses};

/// In what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedAnalysis {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<AnalysisFormat>,
}

/// The forms in which an analysis is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisFormat {
    /// The document.
    Json,
    /// The table of the gaps.
    Csv,
    /// A workbook with a sheet for each of the four outputs of Annex A.
    Xlsx,
    /// The table of the gaps.
    Parquet,
}

/// Show a gap analysis as it was made.
///
/// A reporter sees those of its own cities; not those against a city of others. As a file it is the table of the gaps; a workbook has a
/// sheet for each of the four outputs of Annex A of GB/T 36333.
#[utoipa::path(
    tag = "gap-analyses",
    params(("id" = Id, Path, description = "The analysis"), WantedAnalysis, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The analysis", content(
            (wire::GapAnalysis = "application/json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/vnd.apache.parquet"),
        )),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/gap-analyses/{id}")]
pub async fn show_gap_analysis(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    query: Query<WantedAnalysis>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadScoreCards)?;
    let asked = query.format.map(|format| match format {
        AnalysisFormat::Json => Format::Json,
        AnalysisFormat::Csv => Format::Csv,
        AnalysisFormat::Xlsx => Format::Xlsx,
        AnalysisFormat::Parquet => Format::Parquet,
    });
    let format = wanted(&request, asked, &[Format::Json, Format::Csv, Format::Xlsx, Format::Parquet])?;
    let stored = gap_analyses::find(state.db(), id.as_str()).await?;
    cities(&stored).try_for_each(|city| caller.require_city(city))?;
    let assessment_id = stored.assessment_id.clone();
    let analysis = present(stored, language.0)?;
    if format == Format::Json {
        let tag = Tag::of_bytes(format!("{id}|{}", language.0.tag()).as_bytes());
        return Ok(Answer::row(&analysis, &tag).respond_to(&request).map_into_boxed_body());
    }
    let key = SetKey { code: analysis.set.code.to_string(), version: analysis.set.version.to_string() };
    let (_, set) = sets::find(&state, &key).await?;
    let assessment = assessments::find(state.db(), &assessment_id).await?;
    let about = About::new(&set, assessment.request.engine_version, language.0);
    let lists = Lists {
        gaps: &analysis.gaps,
        foundations: &analysis.foundations,
        strengths: &analysis.strengths,
        weaknesses: &analysis.weaknesses,
        priorities: &analysis.priorities,
        without_data: &analysis.without_data,
        without_reference: &analysis.without_reference,
        places: places(&set),
        language: language.0,
    };
    let name = format!("gaps-{id}.{}", format.extension());
    file(&tables(&lists, format), format, Some(&about), (&name, language.0.tag()), &request)
}
