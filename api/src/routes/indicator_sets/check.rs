use actix_web::{post, web};
use citygauge_indicators::SetDocument;
use citygauge_openapi::{self as wire, Digest, Fault};

use super::body::SetBody;
use super::document;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, Failure, Problems};
use crate::extract::Lang;
use crate::state::State;

/// Check a set document without keeping it.
///
/// The document is JSON or a workbook. Faults are part of the answer here: it is 200 whether the document is in order or not.
#[utoipa::path(
    tag = "indicator-sets",
    request_body(content(
        (SetDocument = "application/json"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )),
    security(("token" = [])),
    responses((status = 200, description = "What the check says", body = wire::SetCheck), Problems, BodyProblems)
)]
#[post("/indicator-sets/check")]
pub async fn check_indicator_set(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    body: SetBody,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadSets)?;
    Ok(Answer::ok(&match document::check(&state, &body).await? {
        Ok(checked) => wire::SetCheck {
            ok: true,
            digest: Some(Digest::trusted(checked.new.digest)),
            faults: Fault::list(checked.set.warnings(), language.0),
        },
        Err(faults) => wire::SetCheck { ok: false, digest: None, faults: Fault::list(&faults, language.0) },
    }))
}
