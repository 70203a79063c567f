use actix_web::{post, web};
use citygauge_assessment::AssessmentError;
use citygauge_assessment::gap::Reference;
use citygauge_assessment::goals::{Ambition, Asked, Proposal, propose};
use citygauge_indicators::{Fault, Faults, Text};
use citygauge_openapi::{self as wire, Code, Id};
use serde_json::json;

use super::create::{drafted, keep};
use super::{planned, present_rates, subject, tag};
use crate::answer::{Answer, Tag};
use crate::assessments::reading::period_of;
use crate::assessments::recompute::{manifest, recompute};
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang, Once};
use crate::goal_plans::peers;
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::assessments;
use crate::write::once;

/// Draft a plan of goals from an assessment and an ambition.
///
/// Targets are in raw units, with a path per year and the rates behind them; where they fall short of the ambition the answer says by
/// how much. Owners, the vision and the requirements are for people to add. With `keep` the draft is kept as a plan.
#[utoipa::path(
    tag = "goal-plans",
    params(IdempotencyKeyHeader),
    request_body = wire::NewGoalPlanProposal,
    security(("token" = [])),
    responses(
        (status = 200, description = "The draft", body = wire::GoalPlanProposal),
        (status = 201, description = "The draft, which is kept", body = wire::GoalPlanProposal),
        Problems,
        BodyProblems,
        CreateProblems,
    )
)]
#[post("/goal-plans/propose")]
pub async fn propose_goal_plan(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    // Needed to keep a plan as well.
    caller.require(Right::ReadPlanning)?;
    let new: wire::NewGoalPlanProposal = body.read()?;
    caller.require(if new.keep { Right::WritePlanning } else { Right::ReadPlanning })?;
    caller.require_city(new.city.as_str())?;
    let ambition = ambition(&caller, &new)?;
    let stored = assessments::find(state.db(), new.assessment.as_str()).await?;
    let period = period_of(&manifest(&stored)?, new.period.as_ref())?.parse().map_err(Failure::invalid)?;
    let peers = peers(&state, new.peer_group.as_ref(), new.city.as_str(), period).await?;
    let assessment = recompute(&state, &stored).await?;
    let ambition = match ambition {
        Ambition::Gap(against) => Ambition::Gap(planned(&state, &caller, against, assessment.set(), new.city.as_str()).await?),
        other => other,
    };
    let asked = Owned {
        code: new.code.as_ref().map_or_else(|| code(&new), ToString::to_string),
        given: new.targets.iter().map(|target| (target.node.to_string(), target.value)).collect(),
        city: new.city.to_string(),
        by: super::period(&new.by),
        title: new.title.clone(),
        stages: new.stages,
        ambition,
        peers,
    };
    let ambition = asked.ambition.to_string();
    let beside = assessment.clone();
    let proposal = state.engine(move || {
        let asked = Asked {
            code: &asked.code,
            title: asked.title.clone(),
            city: &asked.city,
            period,
            by: asked.by,
            ambition: &asked.ambition,
            given: &asked.given,
            peers: asked.peers.as_deref(),
            stages: asked.stages,
        };
        propose(&beside, &asked)
    });
    let proposal: Result<Proposal, AssessmentError> = proposal.await?;
    let mut proposal = proposal?;
    proposal.plan.baseline.assessment = Some(new.assessment.to_string());
    let set = assessment.set();
    let rates = |goal: &str, evidence| present_rates(set, goal, evidence);
    let answer = wire::GoalPlanProposal {
        document: json!(proposal.plan),
        id: None,
        ambition,
        score: proposal.score,
        score_reached: proposal.score_reached,
        level_reached: proposal.level_reached.clone(),
        reached: proposal.reached,
        shortfall: proposal.shortfall,
        part: proposal.part,
        targets: proposal
            .targets
            .iter()
            .map(|target| wire::ProposedTarget {
                rates: rates(&target.goal, &target.evidence),
                score: target.score,
                score_reached: target.score_reached,
            })
            .collect(),
        scores: proposal.scores.iter().map(|(goal, evidence)| rates(goal, evidence)).collect(),
        unmoved: proposal
            .unmoved
            .iter()
            .map(|unmoved| wire::UnmovedIndicator {
                node: Code::trusted(set.nodes()[unmoved.node].code.clone()),
                title: set.nodes()[unmoved.node].title.get(language.0).to_owned(),
                reason: unmoved.reason.get(language.0).to_owned(),
            })
            .collect(),
        rule: Proposal::rule().get(language.0).to_owned(),
    };
    if !new.keep {
        return Ok(Answer::ok(&answer));
    }
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let plan = drafted(&state, &caller, &proposal.plan);
        keep(transaction, &state, &caller, &plan).await?;
        let answer = wire::GoalPlanProposal { id: Some(Id::trusted(plan.id.clone())), ..answer.clone() };
        let (place, tag): (String, Tag) = (subject(&plan), tag(&plan));
        Ok(Answer::created(&format!("{}/{place}", wire::API_ROOT), &answer, &tag))
    })
    .await
}

struct Owned {
    code: String,
    title: Option<Text>,
    city: String,
    by: citygauge_indicators::Period,
    ambition: Ambition,
    given: Vec<(String, f64)>,
    peers: Option<Vec<String>>,
    stages: Option<u32>,
}

/// The ambition; the caller may see a city that it names.
fn ambition(caller: &Caller, new: &wire::NewGoalPlanProposal) -> Result<Ambition, Failure> {
    const MOST_TARGETS: usize = 2_000;
    let mut faults = Faults::default();
    if new.targets.len() > MOST_TARGETS {
        let fault = Fault::error("goal_plan.size", "目标值过多", "too many targets").at("/targets");
        faults.push(fault.expected(format!("0..{MOST_TARGETS}")).hint("请减少条目", "give fewer of them"));
    }
    let ambition = new.ambition.as_str().parse::<Ambition>().map_err(|fault| faults.push(fault.at("/ambition"))).ok();
    let Some(ambition) = ambition.filter(|_| faults.is_empty()) else { return Err(Failure::Invalid(faults)) };
    if let Ambition::Gap(Reference::City(city)) = &ambition {
        caller.require_city(city)?;
    }
    Ok(ambition)
}

/// A code for a plan that is given none.
fn code(new: &wire::NewGoalPlanProposal) -> String {
    let city: String = new.city.as_str().chars().take(80).collect();
    format!("goals-{}-{}", city.trim(), new.by)
}
