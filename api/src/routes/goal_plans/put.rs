use actix_web::{put, web};
use citygauge_indicators::Fault;
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use super::create::{drafted, keep};
use super::{named, present, read_body, subject, tag, wrong_state};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::goal_plans::{self, GoalPlan, PlanState};
use crate::write::trail;

/// Keep a plan of goals under its code, or change a draft.
///
/// A draft changes for a caller who has seen it: `If-Match` is needed. A plan in force changes by a revision.
#[utoipa::path(
    tag = "goal-plans",
    params(("plan" = Code, Path, description = "The code or the identifier of the plan; the code of a new one"), IfMatchHeader),
    request_body = citygauge_indicators::planning::GoalPlan,
    security(("token" = [])),
    responses(
        (status = 200, description = "The draft was changed", body = wire::GoalPlan),
        (status = 201, description = "The draft is kept", body = wire::GoalPlan),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/goal-plans/{plan}")]
pub async fn put_goal_plan(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WritePlanning)?;
    let document = read_body(&body.bytes)?;
    let (named, city) = named(&document, "")?;
    caller.require_city(city.as_str())?;
    let transaction = state.store().begin().await?;
    let known = goal_plans::find_by_code_or_id(&transaction, code.as_str()).await?;
    if let Some(known) = &known {
        caller.require_city(&known.city)?;
    }
    if named.as_str() != known.as_ref().map_or(code.as_str(), |known| known.code.as_str()) {
        let fault = Fault::error("goal_plan.other_code", "计划的代码与路径不同", "the code of the plan is not that of the path");
        return Err(Failure::invalid(
            fault.at("/code").value(named.as_str()).hint("两处使用同一代码", "give one code in both places"),
        ));
    }
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    let was_there = known.is_some();
    let plan = match known {
        None => {
            let plan = drafted(&state, &caller, &document);
            keep(&transaction, &state, &caller, &plan).await?;
            plan
        }
        Some(known) if known.state != PlanState::Draft => {
            return Err(wrong_state(&known, "已经生效，请以修订更改", "is in force: change it by a revision"));
        }
        Some(known) if known.city != document.city => {
            return Err(wrong_state(&known, "属于另一城市", "is of another city"));
        }
        Some(known) => {
            let plan = GoalPlan { document: json!(document), ..known };
            let plan = goal_plans::replace(&transaction, &plan, state.now_ms()).await?;
            trail(&transaction, &state, &caller, "replace_goal_plan", &subject(&plan), json!({"code": plan.code})).await?;
            plan
        }
    };
    let (place, tag) = (subject(&plan), tag(&plan));
    let presented = present(&transaction, plan).await?;
    transaction.commit().await?;
    Ok(Answer::put(was_there, &place, &presented, &tag))
}
