use actix_web::{put, web};
use citygauge_indicators::Fault;
use citygauge_openapi::{self as wire, Code, Line, path_segment};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody, Query};
use crate::maps::shapes;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::maps::{self, NewMap};
use crate::write::trail;

/// What is said of the map.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MapProfile {
    /// The number under which the map was approved (审图号); it is shown on the map.
    approval_number: Line,
    /// The property of a feature that holds the code of its city; `code` unless given.
    key: Option<Line>,
    /// The Chinese title; one of the two titles is needed.
    title_zh: Option<Line>,
    /// The English title.
    title_en: Option<Line>,
}

/// Upload a map, or another state of it.
///
/// A GeoJSON `FeatureCollection` (RFC 7946) of areas in degrees, one per city. The service ships no map: whoever uploads one has the right to
/// publish it, and names the number under which it was approved. Of the properties the code of the city and `name` are kept. A map that exists
/// already changes only for a caller who has seen it: `If-Match` is needed.
#[utoipa::path(
    tag = "maps",
    params(("code" = Code, Path, description = "The code of the map"), MapProfile, IfMatchHeader),
    request_body(description = "The shapes", content((Object = "application/geo+json"), (Object = "application/json"))),
    security(("token" = [])),
    responses(
        (status = 200, description = "The map was changed", body = wire::Map),
        (status = 201, description = "The map was made", body = wire::Map),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/maps/{code}")]
pub async fn put_map(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    profile: Query<MapProfile>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WriteMaps)?;
    let key = profile.key.as_ref().map_or("code", |key| key.as_str()).to_owned();
    let (read_by, bytes) = (key.clone(), body.bytes.clone());
    let read = state.engine(move || shapes(&String::from_utf8_lossy(&bytes), &read_by)).await?;
    let mut faults = read.as_ref().err().cloned().unwrap_or_default();
    if profile.title_zh.is_none() && profile.title_en.is_none() {
        faults.push(untitled());
    }
    let Ok(read) = read.map_err(drop) else { return Err(Failure::Invalid(faults)) };
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let digest = state.artifacts().put(read.geojson.into()).await?.digest;
    let new = NewMap {
        code: code.to_string(),
        title_zh: profile.title_zh.as_ref().map(ToString::to_string),
        title_en: profile.title_en.as_ref().map(ToString::to_string),
        approval_number: profile.approval_number.to_string(),
        key,
        features: i64::try_from(read.features).unwrap_or(i64::MAX),
        digest,
    };
    let place = format!("maps/{}", path_segment(code.as_str()));
    let transaction = state.store().begin().await?;
    let known = maps::find_by_code(&transaction, code.as_str()).await?;
    if_match.admit_put(known.as_ref().map(tag).as_ref())?;
    let map = match &known {
        Some(known) => maps::replace(&transaction, &new, known.revision, state.now_ms()).await?,
        None => maps::insert(&transaction, &new, caller.id(), state.now_ms()).await?,
    };
    let action = if known.is_some() { "replace_map" } else { "create_map" };
    let detail = json!({ "approval_number": new.approval_number, "sha256": new.digest });
    trail(&transaction, &state, &caller, action, &place, detail).await?;
    transaction.commit().await?;
    let tag = tag(&map);
    Ok(Answer::put(known.is_some(), &place, &present(map), &tag))
}

fn untitled() -> Fault {
    Fault::error("map.untitled", "地图没有标题", "the map has no title")
        .at("/title_zh")
        .hint("请给出 title_zh 或 title_en", "give title_zh or title_en")
}
