use actix_web::{get, web};
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Id};

use super::{present, tells_of_others};
use crate::answer::{Answer, Tag};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Lang;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::paths;

/// Show a path as it was found.
///
/// A reporter sees those of its own cities; not those to a rank or a percentile, which tell of the scores of others.
#[utoipa::path(
    tag = "paths",
    params(("id" = Id, Path, description = "The path"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The path", body = wire::Path),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/paths/{id}")]
pub async fn show_path(caller: Caller, state: web::Data<State>, language: Lang, id: web::Path<Id>) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    let stored = paths::find(state.db(), id.as_str()).await?;
    caller.require_city(&stored.city)?;
    if tells_of_others(&stored.goal) {
        caller.require(Right::ReadScores)?;
    }
    let tag = tag(id.as_str(), &caller, language.0);
    Ok(Answer::row(&present(stored, &caller, language.0)?, &Tag::of_bytes(&tag)))
}

/// What the answer depends on: a path never changes, but its texts have a language, and ranks are not for everyone.
pub(super) fn tag(id: &str, caller: &Caller, language: Language) -> Vec<u8> {
    format!("{id}|{}|{}", language.tag(), caller.may(Right::ReadScores)).into_bytes()
}
