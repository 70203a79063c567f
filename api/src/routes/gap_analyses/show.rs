use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Id};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{cities, present};
use crate::answer::{Answer, Tag};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{About, gaps_columns};
use crate::extract::{Lang, Query};
use crate::gaps::{Lists, tables};
use crate::negotiate::{TableFormat, form};
use crate::results::places;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::SetKey;
use crate::store::{assessments, gap_analyses};
use crate::tables::Prepared;

/// In what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedAnalysis {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
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
        (status = 200, description = "The analysis", body = wire::GapAnalysis),
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
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &id, language.0).await?.answer(&state, form, &request).await;
    }
    let (analysis, _) = found(&state, &caller, &id, language.0).await?;
    let tag = Tag::of_bytes(format!("{id}|{}", language.0.tag()).as_bytes());
    Ok(Answer::row(&analysis, &tag).respond_to(&request).map_into_boxed_body())
}

/// The tables of the analysis: that of the gaps, in JSON and in a workbook those of the other outputs too.
pub(in crate::routes) async fn prepare(state: &State, caller: &Caller, id: &Id, language: Language) -> Result<Prepared, Failure> {
    let (analysis, assessment) = found(state, caller, id, language).await?;
    let key = SetKey { code: analysis.set.code.to_string(), version: analysis.set.version.to_string() };
    let (_, set) = sets::find(state, &key).await?;
    let assessment = assessments::find(state.db(), &assessment).await?;
    let about = About::new(&set, assessment.request.engine_version, language);
    let places = places(&set);
    let size = (analysis.gaps.len(), gaps_columns(places).len());
    let table = Prepared::new(format!("gaps-{id}"), language, size, move |to| {
        let lists = Lists {
            gaps: &analysis.gaps,
            foundations: &analysis.foundations,
            strengths: &analysis.strengths,
            weaknesses: &analysis.weaknesses,
            priorities: &analysis.priorities,
            without_data: &analysis.without_data,
            without_reference: &analysis.without_reference,
            places,
            language,
        };
        to.tables(&tables(&lists, to.format()))
    });
    Ok(table.about(about).known_by(format!("gaps {id}")))
}

/// The analysis in a language, and its assessment.
pub(super) async fn found(
    state: &State,
    caller: &Caller,
    id: &Id,
    language: Language,
) -> Result<(wire::GapAnalysis, String), Failure> {
    caller.require(Right::ReadScoreCards)?;
    let stored = gap_analyses::find(state.db(), id.as_str()).await?;
    cities(&stored).try_for_each(|city| caller.require_city(city))?;
    let assessment = stored.assessment_id.clone();
    Ok((present(stored, language)?, assessment))
}
