use actix_web::{post, web};
use citygauge_assessment::{ENGINE_VERSION, absent_period};
use citygauge_indicators::{Fault, Faults, Period, UncertaintyRequest, parse_strict};
use citygauge_openapi::{self as wire, Id};
use serde_json::{Value, json};

use super::present;
use crate::answer::Answer;
use crate::assessments::kept::Manifest;
use crate::assessments::recompute::manifest;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang, Once};
use crate::jobs::{AnalyseUncertainty, enqueue};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::assessments;
use crate::store::uncertainty_analyses::{self, NewAnalysis};
use crate::write::{once, trail};

/// How many rows a Sobol design may have; its parameters are kept row by row.
const MOST_ROWS: usize = 100_000;

/// Analyse how far a ranking rests on choices.
///
/// Makes the stated choices again and again at random, and tells for every city how far ranks and scores move. The work is a
/// job; `Location` names it. What does not fit the set fails the job with every fault.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), IdempotencyKeyHeader),
    request_body = wire::NewUncertaintyAnalysis,
    security(("token" = [])),
    responses(
        (status = 202, description = "The analysis, to be made by a job", body = wire::UncertaintyAnalysis),
        Problems,
        BodyProblems,
        CreateProblems,
    )
)]
#[post("/assessments/{id}/uncertainty")]
pub async fn create_uncertainty_analysis(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteAssessments)?;
    let stored = assessments::find(state.db(), id.as_str()).await?;
    let manifest = manifest(&stored)?;
    let asked = completed(parse_strict(&body.bytes)?, &manifest)?;
    let answer = once(&state, &caller, &request, &body.digest, async |transaction| {
        let (analysis, job) = (state.sources().id(), state.sources().id());
        let new = NewAnalysis {
            id: analysis.clone(),
            assessment_id: id.to_string(),
            request: asked.clone(),
            engine_version: ENGINE_VERSION.to_owned(),
            job_id: job.clone(),
            created_at_ms: state.now_ms(),
            created_by: caller.id().to_owned(),
        };
        let work = AnalyseUncertainty { analysis: analysis.clone() };
        let number = uncertainty_analyses::next_number(transaction, id.as_str()).await?;
        let below = format!("{id}/uncertainty/{number}");
        enqueue(transaction, &state, &caller, &job, Some(&below), &work).await?;
        uncertainty_analyses::insert(transaction, &new, number).await?;
        let detail = json!({ "replications": asked["replications"] });
        trail(transaction, &state, &caller, "create_uncertainty_analysis", &format!("assessments/{below}"), detail).await?;
        let kept = uncertainty_analyses::find(transaction, &analysis).await?;
        Ok(Answer::accepted(&job, &present(kept, language.0)?))
    })
    .await?;
    state.work_arrived();
    Ok(answer)
}

/// The request with every default filled in, so that it says the same for ever; all its faults where it has some.
fn completed(mut asked: Value, manifest: &Manifest) -> Result<Value, Failure> {
    let request = UncertaintyRequest::from_value(&asked)?;
    let known: Vec<Period> = manifest.periods.iter().filter_map(|of| of.period.parse().ok()).collect();
    let mut faults = Faults::default();
    if let Some(period) = request.period.filter(|period| !known.contains(period)) {
        faults.push(absent_period(period, &known).at("/period"));
    }
    let design = request.choices.len() + 2;
    if request.sobol && (request.replications as usize).saturating_mul(design) > MOST_ROWS {
        faults.push(too_many_rows(request.replications, design));
    }
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let period = request.period.or(known.last().copied()).map(|period| period.to_string());
    let choices = json!([{ "kind": "weights", "plus_minus": 0.25 }]);
    let defaults = [
        ("replications", json!(request.replications)),
        ("seed", json!(request.seed)),
        ("period", json!(period)),
        ("sobol", json!(request.sobol)),
        ("choices", choices),
    ];
    for (key, value) in defaults {
        if asked[key].is_null() {
            asked[key] = value;
        }
    }
    Ok(asked)
}

fn too_many_rows(replications: u32, design: usize) -> Fault {
    let rows = u64::from(replications) * design as u64;
    Fault::error(
        "uncertainty.too_large",
        format!("{replications} × {design} = {rows} 行的 Sobol 设计过大"),
        format!("a Sobol design of {replications} x {design} = {rows} rows is too large"),
    )
    .at("/replications")
    .value(replications.to_string())
    .expected(format!("1..{}", MOST_ROWS / design))
    .hint("减少 replications 或选择的个数", "ask for fewer replications or choices")
}
