use actix_web::{put, web};
use citygauge_openapi::{self as wire, API_ROOT, Code, path_segment};
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
    let answer = match cities::find_by_code(&transaction, code.as_str()).await? {
        Some(known) => {
            if_match.admit(&tag(&known))?;
            let city = cities::replace(&transaction, &new, known.revision, state.now_ms()).await?;
            trail(&transaction, &state, &caller, "replace_city", &place, json!({})).await?;
            let tag = tag(&city);
            Answer::row(&present(city), &tag)
        }
        None => {
            if_match.admit_absent()?;
            let city = cities::insert(&transaction, &new, state.now_ms()).await?;
            trail(&transaction, &state, &caller, "create_city", &place, json!({})).await?;
            let tag = tag(&city);
            Answer::created(&format!("{API_ROOT}/{place}"), &present(city), &tag)
        }
    };
    transaction.commit().await?;
    Ok(answer)
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
