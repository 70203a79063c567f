//! Evaluation: a set and data in, scores out; nothing is kept.

use std::sync::Arc;

use actix_web::{post, web};
use citygauge_assessment::{Observations, Options, assess};
use citygauge_indicators::{City, Fault, Faults, IndicatorSet, Observation, SetDocument};
use citygauge_openapi as wire;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::assessments::recompute::periods;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang};
use crate::intake::{self, Format};
use crate::routes::assessments::{no_periods, present_row};
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::SetKey;

/// Mounts the operation.
pub fn operations(config: &mut ServiceConfig) {
    config.service(evaluate);
}

/// Score data with a set, and keep nothing.
///
/// The set stands in the request or is named by `set_ref`. Every fault of set and data is answered at once.
#[utoipa::path(
    tag = "evaluate",
    request_body = wire::EvaluationRequest,
    security(("token" = [])),
    responses((status = 200, description = "The scores", body = wire::Evaluation), Problems, BodyProblems)
)]
#[post("/evaluate")]
pub async fn evaluate(caller: Caller, state: web::Data<State>, language: Lang, body: JsonBody) -> Result<Answer, Failure> {
    caller.require(Right::Evaluate)?;
    let (request, observations) = parts::<wire::EvaluationRequest>(&body)?;
    let kept = kept(&state, request.set.as_ref(), request.set_ref.as_ref()).await?;
    let evaluation = state.engine(move || compute(request, kept, &observations, language.0)).await??;
    Ok(Answer::ok(&evaluation))
}

/// The request without its observations, and the observations as a file of them: they are read as a file is read, so
/// that all of their faults are found and have the words they have elsewhere.
pub(super) fn parts<T: DeserializeOwned>(body: &JsonBody) -> Result<(T, Vec<u8>), Failure> {
    let mut whole: Value = body.read()?;
    let observations =
        whole.get_mut("observations").filter(|listed| listed.is_array()).map(|listed| std::mem::replace(listed, json!([])));
    let rest = JsonBody { bytes: whole.to_string().into(), digest: String::new() };
    Ok((rest.read()?, json!({ "observations": observations }).to_string().into_bytes()))
}

/// The version that the service keeps, where the request does not bring its own set.
pub(super) async fn kept(
    state: &State,
    set: Option<&Value>,
    set_ref: Option<&wire::SetRef>,
) -> Result<Option<Arc<IndicatorSet>>, Failure> {
    match (set, set_ref) {
        (None, Some(key)) => version(state, key).await.map(Some),
        (Some(_), None) => Ok(None),
        _ => Err(Failure::invalid(
            Fault::error("evaluate.set", "set 与 set_ref 必须且只能给出一个", "exactly one of set and set_ref is given")
                .at("")
                .hint("给出指标体系文档，或其代码与版本", "give a set document, or its code and version"),
        )),
    }
}

/// A version that the service keeps.
pub(super) async fn version(state: &State, key: &wire::SetRef) -> Result<Arc<IndicatorSet>, Failure> {
    let key = SetKey { code: key.code.to_string(), version: key.version.to_string() };
    Ok(sets::find(state, &key).await?.1)
}

fn compute(
    request: wire::EvaluationRequest,
    kept: Option<Arc<IndicatorSet>>,
    file: &[u8],
    language: citygauge_indicators::Language,
) -> Result<wire::Evaluation, Failure> {
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
    let wanted = request.periods.as_ref().map(|periods| periods.iter().map(ToString::to_string).collect::<Vec<_>>());
    let wanted = periods(wanted.as_deref()).unwrap_or_else(|fault| {
        faults.push(fault.at("/periods"));
        None
    });
    if wanted.as_ref().is_some_and(Vec::is_empty) {
        faults.push(no_periods());
    }
    let cities: Vec<City> = request.cities.into_iter().map(City::from).collect();
    let Some(set) = set else { return Err(Failure::Invalid(faults)) };
    let observations = read(&set, file, &cities, &mut faults);
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let listed = (!cities.is_empty()).then_some(cities.as_slice());
    let observations = Observations::from_long(&set, &observations, listed)?;
    let absent = observations.absent(wanted.as_deref().unwrap_or_default());
    if !absent.is_empty() {
        return Err(Failure::Invalid(Faults(absent.0.into_iter().map(|fault| fault.at("/periods")).collect())));
    }
    let assessment = assess(&set, &observations, &Options { periods: wanted, ..Options::default() })?;
    Ok(wire::Evaluation {
        set: (&*set).into(),
        results: assessment.long().map(|row| present_row(&row)).collect(),
        warnings: assessment.warnings().iter().map(|warning| wire::Fault::new(warning, language)).collect(),
    })
}

/// The sound observations; the faults of the others are added.
pub(super) fn read(set: &IndicatorSet, file: &[u8], cities: &[City], faults: &mut Faults) -> Vec<Observation> {
    let known: intake::observations::CityRegister = cities.iter().map(|city| city.code.clone()).collect();
    let options = intake::observations::ObservationOptions {
        known_cities: (!cities.is_empty()).then_some(&known),
        ..intake::observations::ObservationOptions::default()
    };
    let reading = intake::observations::read(file, Format::Json, set, &options);
    faults.0.extend(reading.faults.0);
    reading.rows.iter().map(|row| row.to_observation(set)).collect()
}

pub(super) fn below(prefix: &str, fault: Fault) -> Fault {
    let pointer = format!("{prefix}{}", fault.pointer.as_deref().unwrap_or_default());
    fault.at(pointer)
}
