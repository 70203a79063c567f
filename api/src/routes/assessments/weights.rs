use actix_web::http::header::HeaderName;
use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_openapi::{self as wire, Id, PeriodCode};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::period_of;
use crate::answer::Answer;
use crate::assessments::kept;
use crate::assessments::recompute::manifest;
use crate::auth::Reader;
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{self, About, Format, Options};
use crate::extract::{Lang, Query};
use crate::negotiate::wanted;
use crate::results;
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;

/// Which weights, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedWeights {
    /// Only those of this period.
    period: Option<PeriodCode>,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<WeightsFormat>,
}

/// The forms in which weights are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightsFormat {
    /// All of them, with how they were derived.
    Json,
    /// All of them as CSV.
    Csv,
}

const SET_HEADER: HeaderName = HeaderName::from_static("citygauge-set");

const OFFERED: [Format; 2] = [Format::Json, Format::Csv];

/// Show the weights of an assessment.
///
/// Every node with the weight it was computed with, given or derived, and its effective weight (`share`), by period and in the
/// order of the set. Derived weights are decimals of twelve significant digits; results are exact with respect to them.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), WantedWeights, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The weights", content((wire::Weights = "application/json"), (String = "text/csv"))),
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
    let asked = query.format.map(|format| match format {
        WeightsFormat::Json => Format::Json,
        WeightsFormat::Csv => Format::Csv,
    });
    let format = wanted(&request, asked, &OFFERED)?;
    let (stored, _) = visibility::open(&state, &reader, id.as_str(), Operation::Weights).await?;
    let (_, set) = sets::find(&state, &stored.request.set).await?;
    let manifest = manifest(&stored)?;
    let mut weights = kept::weights(&state, &manifest).await?;
    if let Some(asked) = &query.period {
        let period = period_of(&manifest, Some(asked))?;
        weights.items.retain(|item| item.period.as_str() == period);
        weights.derivations.retain(|derived| derived.period.as_ref().is_none_or(|of| of.as_str() == period));
    }
    let about = About::new(&set, stored.request.engine_version, language.0);
    if format == Format::Json {
        let answer = wire::Weights { set: about.set().clone(), items: weights.items, derivations: weights.derivations };
        return Ok(Answer::ok(&answer).with(SET_HEADER, &about.header()).respond_to(&request));
    }
    let mut bytes = Vec::new();
    export::write(&[results::weights(&weights)], format, &Options::default(), &mut bytes).map_err(Failure::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header(("content-type", format.media_type()))
        .insert_header((SET_HEADER, about.header()))
        .body(bytes))
}
