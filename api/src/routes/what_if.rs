//! What-if: scores, levels and ranks before and after changes that are only supposed; nothing is kept.

use std::sync::Arc;

use actix_web::{post, web};
use citygauge_assessment::{AssessmentError, Observations, Options, assess};
use citygauge_indicators::{City, Faults, IndicatorSet, Language, SetDocument};
use citygauge_openapi::{self as wire, Id, SetRef};
use serde_json::{Value, json};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::assessments::recompute::{basis, recompute};
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang};
use crate::routes::evaluate::{below, kept, parts, read, version};
use crate::state::State;
use crate::store::assessments;
use crate::what_if::{Asked, Base, answer};

/// Mounts the operations.
pub fn operations(config: &mut ServiceConfig) {
    config.service(suppose_assessment).service(suppose_data);
}

/// Say what scores, levels and ranks would be, and keep nothing.
///
/// Values of items or indicators, weights or the set may change, of one city or of all. Where only values of one city change, what was
/// fitted on the cohort stays (`fits` is `kept`), and the answer takes milliseconds; any other change, or `"fits": "refitted"`, has the
/// whole cohort computed again. A caller who is limited to cities supposes and sees only these.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment")),
    request_body = wire::NewWhatIf,
    security(("token" = [])),
    responses((status = 200, description = "Before and after", body = wire::WhatIf), Problems, BodyProblems)
)]
#[post("/assessments/{id}/what-if")]
pub async fn suppose_assessment(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadScoreCards)?;
    let new: wire::NewWhatIf = body.read()?;
    let limited = caller.cities().map(<[String]>::to_vec);
    for change in &new.changes {
        match &change.city {
            Some(city) => caller.require_city(city.as_str())?,
            None if limited.is_some() => return Err(names_no_city()),
            None => {}
        }
    }
    let stored = assessments::find(state.db(), id.as_str()).await?;
    let assessment = recompute(&state, &stored).await?;
    let other = other(&state, new.set_ref.as_ref()).await?;
    let basis = basis(&state, &stored).await?;
    let found = state.engine(move || {
        let asked = Asked::of(&new, &assessment, other, "")?;
        let read = |set: &IndicatorSet| basis.observations(set);
        let base = Base {
            assessment: &assessment,
            read: &read,
            periods: basis.periods()?,
            cities: limited.as_deref(),
            language: language.0,
        };
        answer(&base, &asked)
    });
    Ok(Answer::ok(&found.await??))
}

fn names_no_city() -> Failure {
    Failure::Forbidden(citygauge_indicators::Text::both(
        "此密钥只限于若干城市，更改须指明城市",
        "the key is limited to cities, so every change names one",
    ))
}

/// Say what scores, levels and ranks would be, of data in the request, and keep nothing.
///
/// As `evaluate`, with changes: the set stands in the request or is named by `set_ref`; `what_if` says what is supposed.
#[utoipa::path(
    tag = "evaluate",
    request_body = wire::WhatIfRequest,
    security(("token" = [])),
    responses((status = 200, description = "Before and after", body = wire::WhatIf), Problems, BodyProblems)
)]
#[post("/what-if")]
pub async fn suppose_data(caller: Caller, state: web::Data<State>, language: Lang, body: JsonBody) -> Result<Answer, Failure> {
    caller.require(Right::Evaluate)?;
    let (request, observations) = parts::<wire::WhatIfRequest>(&body)?;
    let kept = kept(&state, request.set.as_ref(), request.set_ref.as_ref()).await?;
    let another = other(&state, request.what_if.set_ref.as_ref()).await?;
    let found = state.engine(move || compute(request, kept, another, &observations, language.0)).await??;
    Ok(Answer::ok(&found))
}

/// The other version that is supposed, where there is one.
async fn other(state: &State, key: Option<&SetRef>) -> Result<Option<Arc<IndicatorSet>>, Failure> {
    match key {
        Some(key) => version(state, key).await.map(Some),
        None => Ok(None),
    }
}

fn compute(
    request: wire::WhatIfRequest,
    kept: Option<Arc<IndicatorSet>>,
    another: Option<Arc<IndicatorSet>>,
    file: &[u8],
    language: Language,
) -> Result<wire::WhatIf, Failure> {
    let mut faults = Faults::default();
    let set = match kept {
        Some(set) => Some(set),
        None => match SetDocument::check_value(request.set.as_ref().unwrap_or(&Value::Null)) {
            Ok(set) => Some(Arc::new(set)),
            Err(found) => {
                faults.0.extend(found.0.into_iter().map(|fault| below("/set", fault)));
                None
            }
        },
    };
    let cities: Vec<City> = request.cities.into_iter().map(City::from).collect();
    let Some(set) = set else { return Err(Failure::Invalid(faults)) };
    let observed = read(&set, file, &cities, &mut faults);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let listed = (!cities.is_empty()).then_some(cities.as_slice());
    let observations = Observations::from_long(&set, &observed, listed)?;
    let assessment = assess(&set, &observations, &Options::default())?;
    let asked = Asked::of(&request.what_if, &assessment, another, "/what_if")?;
    let again = |other: &IndicatorSet| -> Result<Observations, AssessmentError> {
        let mut faults = Faults::default();
        // What another set has no item for is passed over, as in a release.
        let known: Vec<Value> = serde_json::from_slice::<Value>(file)
            .ok()
            .and_then(|file| file["observations"].as_array().cloned())
            .unwrap_or_default()
            .into_iter()
            .filter(|row| row["item"].as_str().is_some_and(|item| other.item_index(item).is_some()))
            .collect();
        let observed = read(other, json!({ "observations": known }).to_string().as_bytes(), &cities, &mut faults);
        if !faults.is_empty() {
            return Err(faults.into());
        }
        Ok(Observations::from_long(other, &observed, listed)?)
    };
    let base = Base { assessment: &assessment, read: &again, periods: None, cities: None, language };
    Ok(answer(&base, &asked)?)
}
