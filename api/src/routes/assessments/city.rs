use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Code, Id, PeriodCode, path_segment};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::assessments::kept;
use crate::assessments::reading::{name_of, names, period_of};
use crate::assessments::recompute::manifest;
use crate::assessments::weights::Weights;
use crate::auth::Reader;
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::faults::from_kept;
use crate::negotiate::{TableFormat, form};
use crate::results::score_card;
use crate::rounds::visibility::{self, Operation};
use crate::routes::indicator_sets::present_key;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::assessments;
use crate::tables::Prepared;

/// Which period.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedCard {
    /// The period; the latest one unless given.
    period: Option<PeriodCode>,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

/// Show the score card of a city.
///
/// A reporter sees those of its own cities; where a round is public, anybody sees every one, without a key.
/// The name is that of the time of the assessment.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), ("city" = Code, Path, description = "The city"), WantedCard, IfNoneMatchHeader),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "Every node of the city", body = wire::ScoreCard),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/assessments/{id}/cities/{city}")]
pub async fn show_score_card(
    reader: Reader,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<(Id, Code)>,
    query: Query<WantedCard>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return Box::pin(prepare(&state, &reader, &path, &query, language.0)).await?.answer(&state, form, &request).await;
    }
    let sight = visibility::seen(&state, &reader, path.0.as_str(), Operation::ScoreCard).await?;
    sight.require_city(path.1.as_str())?;
    let make = async || Ok(Answer::ok(&found(&state, &path, &query, language.0).await?));
    Ok(state.answers().kept_or(&request, language.0, &sight, make).await?.respond_to(&request))
}

/// The table of the nodes.
pub(in crate::routes) async fn prepare(
    state: &State,
    reader: &Reader,
    place: &(Id, Code),
    query: &WantedCard,
    language: Language,
) -> Result<Prepared, Failure> {
    let (id, city) = place;
    visibility::seen(state, reader, id.as_str(), Operation::ScoreCard).await?.require_city(city.as_str())?;
    let card = found(state, place, query, language).await?;
    let content = format!("card {:?}", (id.as_str(), city.as_str(), card.period.as_str()));
    let name = format!("card-{}-{id}", path_segment(city.as_str()));
    Ok(Prepared::at_hand(name, language, card, score_card)?.known_by(content))
}

async fn found(
    state: &State,
    (id, city): &(Id, Code),
    query: &WantedCard,
    language: Language,
) -> Result<wire::ScoreCard, Failure> {
    let stored = assessments::find(state.db(), id.as_str()).await?;
    let (_, set) = sets::find(state, &stored.request.set).await?;
    let manifest = manifest(&stored)?;
    let period = period_of(&manifest, query.period.as_ref())?;
    let result = kept::open(state, &manifest, |known| known == period).await?.remove(0);
    let row =
        result.row_of(city.as_str()).ok_or_else(|| Failure::absent("评估中没有这个城市", "the assessment has no such city"))?;
    // Without derived weights the set itself has the shares.
    let weights = if set.derives_weights() { kept::weights(state, &manifest).await? } else { Weights::default() };
    let shares = weights.shares(&period);
    let nodes = set.nodes().iter().enumerate().map(|(place, node)| wire::CardNode {
        parent: node.parent.map(|parent| Code::trusted(set.nodes()[parent].code.clone())),
        depth: node.depth,
        title: node.title.get(language).to_owned(),
        share: shares.get(node.code.as_str()).copied().unwrap_or_else(|| node.share_f64()),
        unit: node.leaf().and_then(|leaf| leaf.unit.clone()),
        result: result.row(&set, row, place),
    });
    let mut warnings = Vec::new();
    for warning in kept::warnings(state, &manifest).await? {
        let warning = from_kept(warning, language)?;
        if warning.city.as_deref() == Some(city.as_str()) && warning.period.as_deref() == Some(period.as_str()) {
            warnings.push(warning);
        }
    }
    Ok(wire::ScoreCard {
        assessment: Id::trusted(stored.request.id),
        set: present_key(stored.request.set),
        set_title: set.document().title.clone(),
        name: name_of(&names(&kept::cities(state, &manifest).await?, language), city.as_str()),
        city: city.clone(),
        period: PeriodCode::trusted(period),
        cohort: result.cities.len() as u64,
        nodes: nodes.collect(),
        warnings,
    })
}
