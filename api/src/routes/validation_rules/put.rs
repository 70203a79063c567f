use actix_web::{put, web};
use citygauge_indicators::Fault;
use citygauge_indicators::canonical::hex;
use citygauge_openapi::{self as wire, Code, path_segment};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::check::checked;
use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::validation_rules::{self, NewValidationRule};
use crate::write::trail;

/// Rules that are kept at most: each is read for every import.
const MOST: u64 = 1_000;

/// Keep a validation rule beside those of the sets, or change it.
///
/// It is checked against the published versions of its set and has a code that none of their own rules has. From then on it
/// judges imports and reports as a rule of the set does. A rule that exists already changes only for a caller who has seen
/// it: `If-Match` is needed. What it said before stands in the trail.
#[utoipa::path(
    tag = "validation",
    params(("code" = Code, Path, description = "The code of the rule"), IfMatchHeader),
    request_body = wire::ServiceRuleDocument,
    security(("token" = [])),
    responses(
        (status = 200, description = "The rule was changed", body = wire::ServiceRule),
        (status = 201, description = "The rule is kept", body = wire::ServiceRule),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/validation-rules/{code}")]
pub async fn put_validation_rule(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteRules)?;
    let document: wire::ServiceRuleDocument = body.read()?;
    let rule = json!(checked(&state, &code, &document).await?);
    let text = rule.to_string();
    let new = NewValidationRule {
        code: code.to_string(),
        set: document.set.map(String::from),
        enabled: document.enabled,
        digest: hex(&Sha256::digest(text.as_bytes())),
        document: text,
    };
    let place = format!("validation-rules/{}", path_segment(code.as_str()));
    let transaction = state.store().begin().await?;
    let known = validation_rules::find_by_code(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    let kept = match &known {
        Some(known) => validation_rules::replace(&transaction, &new, known.revision, state.now_ms()).await?,
        None if validation_rules::count(&transaction).await? >= MOST => return Err(too_many()),
        None => validation_rules::insert(&transaction, &new, caller.id(), state.now_ms()).await?,
    };
    let action = if known.is_some() { "replace_validation_rule" } else { "create_validation_rule" };
    let detail = json!({ "set": new.set, "enabled": new.enabled, "rule": rule });
    trail(&transaction, &state, &caller, action, &place, detail).await?;
    transaction.commit().await?;
    let tag = tag(&kept);
    Ok(Answer::put(known.is_some(), &place, &present(kept)?, &tag))
}

fn too_many() -> Failure {
    Failure::invalid(
        Fault::error(
            "validation_rule.too_many",
            format!("服务中的校验规则最多 {MOST} 条"),
            format!("the service keeps {MOST} rules at most"),
        )
        .at("")
        .expected(format!("..{MOST}"))
        .hint("一条规则可列出多个数据项", "one rule can list several items"),
    )
}
