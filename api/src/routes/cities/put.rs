use actix_web::{put, web};
use citygauge_openapi::{self as wire, Code, path_segment};
use serde_json::json;

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::cities::{self, NewCity};
use crate::write::trail;

/// Register a city, or change it.
///
/// A city that is registered already changes only for a caller who has seen it: `If-Match` is needed.
#[utoipa::path(
    tag = "cities",
    params(("code" = Code, Path, description = "The code of the city"), IfMatchHeader),
    request_body = wire::CityProfile,
    security(("token" = [])),
    responses(
        (status = 200, description = "The city was changed", body = wire::City),
        (status = 201, description = "The city was registered", body = wire::City),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/cities/{code}")]
pub async fn put_city(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteCities)?;
    let new = profile(&code, body.read()?);
    let place = format!("cities/{}", path_segment(code.as_str()));
    let transaction = state.store().begin().await?;
    let known = cities::find_by_code(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    let city = match &known {
        Some(known) => cities::replace(&transaction, &new, known.revision, state.now_ms()).await?,
        None => cities::insert(&transaction, &new, state.now_ms()).await?,
    };
    let action = if known.is_some() { "replace_city" } else { "create_city" };
    trail(&transaction, &state, &caller, action, &place, json!({})).await?;
    transaction.commit().await?;
    let tag = tag(&city);
    Ok(Answer::put(known.is_some(), &place, &present(city), &tag))
}

fn profile(code: &Code, profile: wire::CityProfile) -> NewCity {
    let text = |text: Option<wire::Line>| text.map(String::from);
    NewCity {
        code: code.to_string(),
        name: profile.name.into(),
        name_zh: text(profile.name_zh),
        name_en: text(profile.name_en),
        attributes: profile.attributes.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
        valid_from: profile.valid_from.map(|day| day.to_string()),
        valid_to: profile.valid_to.map(|day| day.to_string()),
    }
}
