use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Id};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::{cities, kept};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::gaps::{Origin, elements, requirements, requirements_table};
use crate::negotiate::{TableFormat, form};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::gap_analyses;
use crate::tables::Prepared;

/// In what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedRequirements {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
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
        (status = 200, description = "The requirements", body = wire::GapRequirements),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/gap-analyses/{id}/requirements")]
pub async fn list_gap_requirements(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    query: Query<WantedRequirements>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &id, language.0).await?.answer(&state, form, &request).await;
    }
    let items = found(&state, &caller, &id).await?;
    let elements = elements(&items).iter().map(|element| json!(element)).collect();
    let document = wire::GapRequirements { analysis: id.into_inner(), items, elements };
    Ok(Answer::ok(&document).respond_to(&request).map_into_boxed_body())
}

/// The table of the requirements.
pub(in crate::routes) async fn prepare(state: &State, caller: &Caller, id: &Id, language: Language) -> Result<Prepared, Failure> {
    let items = found(state, caller, id).await?;
    let table = Prepared::at_hand(format!("requirements-{id}"), language, items, |items| requirements_table(items))?;
    Ok(table.known_by(format!("requirements {id}")))
}

async fn found(state: &State, caller: &Caller, id: &Id) -> Result<Vec<wire::GapRequirement>, Failure> {
    caller.require(Right::ReadScoreCards)?;
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
    Ok(requirements(&analysis.gaps, &kept.titles, &analysis.priorities, origin))
}
