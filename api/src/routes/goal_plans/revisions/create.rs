use actix_web::{post, web};
use citygauge_indicators::Fault;
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody, Once};
use crate::goal_plans::{admit, linted, others};
use crate::routes::goal_plans::adopt::{Said, detail, write};
use crate::routes::goal_plans::{present, read_document, subject, tag, wrong_state};
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;
use crate::store::goal_plans::{self, GoalPlan, PlanState};
use crate::write::{once, trail};

/// Change a plan of goals that is in force.
///
/// The former targets stay visible. As when it was adopted, it is refused with the findings that nobody waives.
#[utoipa::path(
    tag = "goal-plans",
    params(("plan" = Code, Path, description = "The code or the identifier of the plan"), IfMatchHeader, IdempotencyKeyHeader),
    request_body = wire::NewGoalPlanRevision,
    security(("token" = [])),
    responses((status = 201, description = "The plan as it is now", body = wire::GoalPlan), Problems, BodyProblems, ChangeProblems)
)]
#[post("/goal-plans/{plan}/revisions")]
pub async fn create_goal_plan_revision(
    caller: Caller,
    state: web::Data<State>,
    plan: web::Path<Code>,
    if_match: IfMatch,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WritePlanning)?;
    let new: wire::NewGoalPlanRevision = body.read()?;
    let document = read_document(&new.document)?;
    let seen = goal_plans::find(state.db(), plan.as_str()).await?;
    caller.require_city(&seen.city)?;
    for (member, before, now) in [("code", &seen.code, &document.code), ("city", &seen.city, &document.city)] {
        if before != now {
            let fault =
                Fault::error("goal_plan.fixed", "修订不能更改计划的代码与城市", "a revision keeps code and city of the plan");
            let fault = fault.at(format!("/document/{member}")).value(now).expected(before.clone());
            return Err(Failure::invalid(fault.hint("请保持原值", "leave it as it was")));
        }
    }
    let against = others(&state, &caller, &new.against_plans, "/against_plans").await?;
    // The engine works before the transaction and not in it.
    let (_, report) = linted(&state, &document, against, new.peer_group.as_ref(), "/document").await?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        if_match.admit(&tag(&seen))?;
        if seen.state != PlanState::Adopted {
            return Err(wrong_state(&seen, "尚未生效，请直接更改草稿", "is a draft: change the draft itself"));
        }
        admit(&report, &new.waivers, "/document")?;
        let said = Said { reason: new.reason.as_str(), approver: new.approver.as_str(), waivers: &new.waivers };
        let plan = write(transaction, &state, &caller, GoalPlan { document: json!(document), ..seen.clone() }, &said).await?;
        trail(transaction, &state, &caller, "revise_goal_plan", &subject(&plan), detail(&plan, &said)).await?;
        let (tag, place) = (tag(&plan), format!("{}/{}/revisions/{}", wire::API_ROOT, subject(&plan), plan.number));
        Ok(Answer::created(&place, &present(transaction, plan).await?, &tag))
    })
    .await
}
