use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Id, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::assessments::kept;
use crate::assessments::reading::period_of;
use crate::assessments::recompute::manifest;
use crate::assessments::weights::Weights;
use crate::auth::Reader;
use crate::error::{Failure, Problems, TableProblems};
use crate::export::About;
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::results;
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::tables::Prepared;
use crate::tables::answer::SET_HEADER;

/// Which weights, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedWeights {
    /// Only those of this period.
    period: Option<PeriodCode>,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

/// Show the weights of an assessment.
///
/// Every node with the weight it was computed with, given or derived, and its effective weight (`share`), by period and in the
/// order of the set. Derived weights are decimals of twelve significant digits; results are exact with respect to them.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), WantedWeights, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The weights", body = wire::Weights),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/assessments/{id}/weights")]
pub async fn list_weights(
    reader: Reader,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    query: Query<WantedWeights>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &reader, &id, &query, language.0).await?.answer(&state, form, &request).await;
    }
    let (about, weights) = found(&state, &reader, &id, &query, language.0).await?;
    let answer = wire::Weights { set: about.set().clone(), items: weights.items, derivations: weights.derivations };
    Ok(Answer::ok(&answer).with(SET_HEADER, &about.header()).respond_to(&request))
}

/// The table of the weights.
pub(in crate::routes) async fn prepare(
    state: &State,
    reader: &Reader,
    id: &Id,
    query: &WantedWeights,
    language: Language,
) -> Result<Prepared, Failure> {
    let (about, weights) = found(state, reader, id, query, language).await?;
    let table = Prepared::at_hand(format!("weights-{id}"), language, weights, results::weights)?;
    Ok(table.about(about).known_by(format!("weights {:?}", (id, &query.period))))
}

async fn found(
    state: &State,
    reader: &Reader,
    id: &Id,
    query: &WantedWeights,
    language: Language,
) -> Result<(About, Weights), Failure> {
    let (stored, _) = visibility::open(state, reader, id.as_str(), Operation::Weights).await?;
    let (_, set) = sets::find(state, &stored.request.set).await?;
    let manifest = manifest(&stored)?;
    let mut weights = kept::weights(state, &manifest).await?;
    if let Some(asked) = &query.period {
        let period = period_of(&manifest, Some(asked))?;
        weights.items.retain(|item| item.period.as_str() == period);
        weights.derivations.retain(|derived| derived.period.as_ref().is_none_or(|of| of.as_str() == period));
    }
    Ok((About::new(&set, stored.request.engine_version, language), weights))
}
