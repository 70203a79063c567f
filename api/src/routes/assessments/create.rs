use actix_web::{post, web};
use citygauge_assessment::{ENGINE_VERSION, absent_period};
use citygauge_indicators::{Fault, Faults, IndicatorSet, Period};
use citygauge_openapi::{self as wire, Code, Cohort};
use serde_json::json;

use super::present;
use crate::answer::Answer;
use crate::assessments::Options;
use crate::assessments::recompute::periods;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang, Once};
use crate::jobs::{ComputeAssessment, enqueue};
use crate::peers::{Use, resolve};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::sets;
use crate::state::State;
use crate::store::assessments::{self, NewAssessment, Supersedes};
use crate::store::indicator_sets::{SetKey, SetState};
use crate::store::observations::{self, Filter};
use crate::store::{StoreError, cities, peer_groups, releases};
use crate::write::{once, trail};

/// Assess cities with a published set.
///
/// The observations are frozen as a release unless one is named. Scoring is a job; `Location` names it. A correction is a new
/// assessment that `supersedes` the former one and says why; nothing that was published changes.
#[utoipa::path(
    tag = "assessments",
    params(IdempotencyKeyHeader),
    request_body = wire::NewAssessment,
    security(("token" = [])),
    responses(
        (status = 202, description = "The assessment, to be computed by a job", body = wire::Assessment),
        Problems,
        BodyProblems,
        CreateProblems,
    )
)]
#[post("/assessments")]
pub async fn create_assessment(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteAssessments)?;
    let new: wire::NewAssessment = body.read()?;
    let key = SetKey { code: new.set.code.to_string(), version: new.set.version.to_string() };
    let (stored, set) = sets::find(&state, &key).await?;
    if stored.entry.state == SetState::Draft {
        return Err(Failure::conflict("草稿须先发布才能用于评估", "a draft must be published before it can be applied"));
    }
    let options = options(&state, &new).await?;
    match &new.release {
        Some(release) => drop(releases::find(state.db(), release.as_str()).await?),
        None => observed(&state, &options, &set).await?,
    }
    let answer = once(&state, &caller, &request, &body.digest, async |transaction| {
        let (id, job) = (state.sources().id(), state.sources().id());
        let assessment = NewAssessment {
            id: id.clone(),
            set: key.clone(),
            set_digest: stored.entry.digest.clone(),
            release_id: new.release.as_ref().map(ToString::to_string),
            options: json!(options),
            engine_version: ENGINE_VERSION.to_owned(),
            job_id: job.clone(),
            created_at_ms: state.now_ms(),
            created_by: caller.id().to_owned(),
            supersedes: new
                .supersedes
                .as_ref()
                .map(|it| Supersedes { assessment: it.assessment.to_string(), reason: it.reason.to_string() }),
            round: None,
        };
        enqueue(transaction, &state, &caller, &job, Some(&id), &ComputeAssessment { assessment: id.clone() }).await?;
        assessments::insert(transaction, &assessment).await?;
        trail(transaction, &state, &caller, "create_assessment", &format!("assessments/{id}"), json!({ "set": key.to_string() }))
            .await?;
        let kept = assessments::find(transaction, &id).await?;
        Ok(Answer::accepted(&job, &present(kept, None, &set, language.0)?))
    })
    .await?;
    state.work_arrived();
    Ok(answer)
}

/// Checks periods and cohort, and resolves the cohort to codes.
async fn options(state: &State, new: &wire::NewAssessment) -> Result<Options, Failure> {
    let mut faults = Faults::default();
    if new.periods.as_ref().is_some_and(Vec::is_empty) {
        faults.push(no_periods());
    }
    for (i, period) in new.periods.iter().flatten().enumerate() {
        if let Err(fault) = period.as_str().parse::<Period>() {
            faults.push(fault.at(format!("/periods/{i}")));
        }
    }
    let listed = match &new.cohort {
        Cohort::Every(_) => None,
        Cohort::Cities(codes) => Some(codes.iter().map(ToString::to_string).collect::<Vec<_>>()),
        Cohort::PeerGroup { peer_group } => Some(members(state, peer_group, new, &mut faults).await?),
    };
    if let Some(codes) = &listed {
        let known = cities::codes(state.db()).await?;
        if codes.is_empty() {
            faults.push(
                Fault::error("cohort.empty", "参评城市为空", "the cohort is empty")
                    .at("/cohort")
                    .hint("至少列出一个城市", "name one city at least"),
            );
        }
        for (i, code) in codes.iter().enumerate() {
            let fault = if !known.contains(code) {
                Fault::error("observation.unknown_city", format!("没有城市“{code}”"), format!("there is no city '{code}'"))
                    .hint("先登记该城市", "register the city first")
            } else if codes[..i].contains(code) {
                Fault::error("city.duplicate", format!("城市“{code}”重复"), format!("the city '{code}' stands twice"))
                    .hint("删除一处", "remove one")
            } else {
                continue;
            };
            faults.push(fault.at(format!("/cohort/{i}")).city(code.clone()));
        }
    }
    superseded(state, new, &mut faults).await?;
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let periods = new.periods.as_ref().map(|periods| periods.iter().map(ToString::to_string).collect());
    Ok(Options { periods, cohort: new.cohort.clone(), cities: listed, as_of_ms: None })
}

/// What is superseded has a result, of a version of the same set.
async fn superseded(state: &State, new: &wire::NewAssessment, faults: &mut Faults) -> Result<(), Failure> {
    let Some(superseded) = &new.supersedes else { return Ok(()) };
    let id = superseded.assessment.as_str();
    let fault = match assessments::find(state.db(), id).await {
        Err(StoreError::Absent { .. }) => Fault::error("supersedes.absent", "没有这个评估", "there is no such assessment")
            .hint("检查标识符", "check the identifier"),
        Err(error) => return Err(error.into()),
        Ok(former) if former.result.is_none() => Fault::error(
            "supersedes.no_result",
            "该评估没有结果，无可取代",
            "the assessment has no result that could be superseded",
        )
        .hint("直接评估即可", "assess without it"),
        Ok(former) if former.request.set.code != new.set.code.as_str() => {
            Fault::error("supersedes.other_set", "该评估用的是另一指标体系", "the assessment applies another set")
                .expected(former.request.set.code)
                .hint("更正须用同一指标体系，版本可不同", "a correction applies the same set; its version may differ")
        }
        Ok(_) => return Ok(()),
    };
    faults.push(fault.at("/supersedes/assessment").value(id));
    Ok(())
}

/// The cities of a group in the last of the periods that are named.
async fn members(state: &State, group: &Code, new: &wire::NewAssessment, faults: &mut Faults) -> Result<Vec<String>, Failure> {
    let group = peer_groups::find(state.db(), group.as_str()).await?;
    let periods = new.periods.iter().flatten().filter_map(|period| period.as_str().parse::<Period>().ok());
    let found = resolve(state, &group, Use { city: None, period: periods.max_by_key(|period| period.last_day()) }).await;
    match found {
        Ok(found) => Ok(found.cohort()),
        Err(Failure::Invalid(found)) => {
            found.0.into_iter().for_each(|fault| faults.push(fault.at("/cohort/peer_group")));
            Ok(Vec::new())
        }
        Err(failure) => Err(failure),
    }
}

/// Refuses periods that no observation has yet. Those of a release are known once its file is read, by the job.
async fn observed(state: &State, options: &Options, set: &IndicatorSet) -> Result<(), Failure> {
    let mut filter = Filter {
        cities: options.cities.clone().unwrap_or_default(),
        items: set.items().iter().map(|item| item.code.clone()).collect(),
        ..Filter::default()
    };
    let wanted = periods(options.periods.as_deref()).map_err(Failure::invalid)?.unwrap_or_default();
    let mut absent = Vec::new();
    for (i, period) in wanted.into_iter().enumerate() {
        filter.periods = vec![period.to_string()];
        // One that is there is found at once; one that is not costs a look at everything, so the first is enough.
        if !absent.is_empty() || !observations::any(state.db(), &filter).await? {
            absent.push((i, period));
        }
    }
    if absent.is_empty() {
        return Ok(());
    }
    filter.periods.clear();
    let known = observations::periods(state.db(), &filter).await?;
    let mut known: Vec<Period> = known.iter().filter_map(|code| code.parse().ok()).collect();
    known.sort_unstable();
    let absent = absent.into_iter().filter(|(_, period)| !known.contains(period));
    let faults: Vec<Fault> = absent.map(|(i, period)| absent_period(period, &known).at(format!("/periods/{i}"))).collect();
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid(Faults(faults))) }
}

/// The fault of a list of periods with nothing in it.
pub fn no_periods() -> Fault {
    Fault::error("periods.empty", "时期为空", "no period is named")
        .at("/periods")
        .hint("至少列出一个时期；不给出 periods 即全部时期", "name one period at least, or leave periods out for all of them")
}
