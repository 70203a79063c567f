use actix_web::{post, web};
use citygauge_assessment::AssessmentError;
use citygauge_assessment::path::{Basis, Bound, Cost, Goal, Limits, Minimise, Request, find};
use citygauge_indicators::{Fault, Faults, Period};
use citygauge_openapi::{self as wire, Code, Id, Moment, PeriodCode};
use serde_json::json;

use super::kept::Kept;
use super::{present, tells_of_others};
use crate::answer::{Answer, Tag};
use crate::assessments::reading::period_of;
use crate::assessments::recompute::{manifest, recompute};
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang, Once};
use crate::peers::{Use, resolve};
use crate::routes::indicator_sets::present_key;
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::paths::{self, Path as Stored};
use crate::store::{assessments, peer_groups};
use crate::write::{once, trail};

/// How many indicators a list of a request names at most.
const MOST: usize = 1000;

/// The percentile of the peers beyond which a limit comes near to what a single city has.
const TELLING: f64 = 0.9;

/// Look for the least-effort path to a goal.
///
/// Gives the smallest set of raw-value changes, within rates that peers have really achieved, that brings a city to a level, a score, a
/// rank or a percentile by a year, with the trade-off of effort against points; or that the goal cannot be reached by then, and the
/// earliest year by which it can.
#[utoipa::path(
    tag = "paths",
    params(IdempotencyKeyHeader),
    request_body = wire::NewPath,
    security(("token" = [])),
    responses((status = 201, description = "The path", body = wire::Path), Problems, BodyProblems, CreateProblems)
)]
#[post("/paths")]
pub async fn create_path(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WritePlanning)?;
    let new: wire::NewPath = body.read()?;
    caller.require_city(new.city.as_str())?;
    let (goal, by) = read(&new).map_err(Failure::Invalid)?;
    if tells_of_others(new.goal.as_str()) || new.limits.percentile > TELLING {
        caller.require(Right::ReadScores)?;
    }
    let stored = assessments::find(state.db(), new.assessment.as_str()).await?;
    let period = period_of(&manifest(&stored)?, new.period.as_ref())?;
    let at = period.parse::<Period>().map_err(Failure::invalid)?;
    let peers = match &new.peer_group {
        Some(group) => {
            let group = peer_groups::find(state.db(), group.as_str()).await?;
            Some(resolve(&state, &group, Use { city: Some(new.city.as_str()), period: Some(at) }).await?.codes())
        }
        None => None,
    };
    let assessment = recompute(&state, &stored).await?;
    let wanted = wanted(&new, goal, at, by, peers);
    let frame = wire::Path {
        id: Id::trusted(state.sources().id()),
        assessment: new.assessment.clone(),
        set: present_key(stored.request.set.clone()),
        set_title: assessment.set().document().title.clone(),
        basis: assessment.set().document().basis.as_ref().map(Into::into),
        city: new.city.clone(),
        period: PeriodCode::trusted(period.clone()),
        goal: wanted.goal.to_string(),
        node: Code::trusted(citygauge_indicators::TOTAL.to_owned()),
        by: new.by.clone(),
        limits: new.limits,
        peer_group: new.peer_group.clone(),
        minimise: new.minimise,
        wanted: None,
        outcome: wire::PathOutcome::Reached,
        earliest: None,
        before: wire::PathPlace::default(),
        after: None,
        furthest: wire::PathPlace::default(),
        effort: None,
        least_effort: None,
        changes: Vec::new(),
        movable: 0,
        unmoved: Vec::new(),
        curve_is_exact: false,
        curve: Vec::new(),
        rule: String::new(),
        notes: Vec::new(),
        created_at: Moment::from_ms(state.now_ms()),
        created_by: caller.id().to_owned(),
    };
    let kept = state.engine(move || {
        let found = find(&assessment, &wanted)?;
        Ok::<Kept, AssessmentError>(Kept::of(&assessment, &wanted, &found, frame))
    });
    let kept = kept.await??;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let id = kept.path.id.to_string();
        let row = Stored {
            id: id.clone(),
            assessment_id: new.assessment.to_string(),
            city: new.city.to_string(),
            goal: kept.path.goal.clone(),
            by: new.by.to_string(),
            document: json!(kept),
            created_at_ms: state.now_ms(),
            created_by: caller.id().to_owned(),
        };
        paths::insert(transaction, &row).await?;
        let subject = format!("paths/{id}");
        trail(transaction, &state, &caller, "create_path", &subject, json!({ "assessment": row.assessment_id })).await?;
        let tag = super::show::tag(&id, &caller, language.0);
        Ok(Answer::created(&format!("{}/{subject}", wire::API_ROOT), &present(row, &caller, language.0)?, &Tag::of_bytes(&tag)))
    })
    .await
}

/// The goal and the deadline, and the faults of what no assessment is needed to see.
fn read(new: &wire::NewPath) -> Result<(Goal, Period), Faults> {
    let mut faults = Faults::default();
    let goal = new.goal.as_str().parse::<Goal>().map_err(|fault| faults.push(fault.at("/goal"))).ok();
    let by = new.by.as_str().parse::<Period>().map_err(|fault| faults.push(fault.at("/by"))).ok();
    for (list, length) in [("fixed", new.fixed.len()), ("bounds", new.bounds.len()), ("costs", new.costs.len())] {
        if length > MOST {
            faults.push(
                Fault::error("path.too_many", "列出的指标分项过多", "the list names too many indicators")
                    .at(format!("/{list}"))
                    .value(length.to_string())
                    .expected(format!("0..{MOST}"))
                    .hint("请减少列出的指标分项", "name fewer indicators"),
            );
        }
    }
    goal.zip(by).filter(|_| faults.is_empty()).ok_or(faults)
}

/// The request as the engine takes it.
fn wanted(new: &wire::NewPath, goal: Goal, period: Period, by: Period, peers: Option<Vec<String>>) -> Request {
    Request {
        city: new.city.to_string(),
        period,
        goal,
        node: new.node.as_ref().map(ToString::to_string),
        by,
        limits: Limits {
            basis: match new.limits.basis {
                wire::PathBasis::Rates => Basis::Rates,
                wire::PathBasis::PeerLevel => Basis::PeerLevel,
            },
            percentile: new.limits.percentile,
        },
        peers,
        fixed: new.fixed.iter().map(ToString::to_string).collect(),
        bounds: new
            .bounds
            .iter()
            .map(|bound| Bound { node: bound.node.to_string(), least: bound.least, greatest: bound.greatest })
            .collect(),
        costs: new.costs.iter().map(|cost| Cost { node: cost.node.to_string(), per_unit: cost.per_unit }).collect(),
        minimise: match new.minimise {
            wire::PathMinimise::Effort => Minimise::Effort,
            wire::PathMinimise::Indicators => Minimise::Indicators,
        },
    }
}
