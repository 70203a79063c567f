use std::collections::BTreeSet;

use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Id};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::readable;
use crate::answer::Answer;
use crate::auth::Caller;
use crate::designs::recheck;
use crate::designs::trace::{Direction, Tracing};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::designs;

/// Which way a trace goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TraceDirection {
    /// To what the element rests on.
    #[default]
    Back,
    /// To what rests on it.
    Forward,
}

/// From where, and which way.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedTrace {
    /// The code of the element.
    from: Code,
    /// Which way: back unless given.
    #[serde(default)]
    #[param(required = false, inline)]
    direction: TraceDirection,
}

/// Trace an element back to what it rests on, or forward to what rests on it.
///
/// Back from a project: its tasks, their goals and gaps; from a gap its assessment and indicator, the observations of the city
/// and period that the indicator reads, and the evidence of each, for whoever may read it. At most 500 nodes.
#[utoipa::path(
    tag = "designs",
    params(("id" = Id, Path, description = "The design"), WantedTrace, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The graph", body = wire::DesignTrace),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/designs/{id}/trace")]
pub async fn trace_design_element(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    query: Query<WantedTrace>,
) -> Result<Answer, Failure> {
    let design = readable(&state, &caller, &id).await?;
    let elements = designs::elements(state.db(), &design.id).await?;
    if !elements.iter().any(|stored| stored.element.code() == query.from.as_str()) {
        return Err(super::elements::absent(&query.from));
    }
    let marked: BTreeSet<String> = recheck::find(&state, &design, &elements).await?.into_iter().map(|mark| mark.code).collect();
    let tracing =
        Tracing { state: &state, caller: &caller, language: language.0, design: &design, elements: &elements, marked: &marked };
    let direction = match query.direction {
        TraceDirection::Back => Direction::Back,
        TraceDirection::Forward => Direction::Forward,
    };
    Ok(Answer::ok(&tracing.trace(query.from.as_str(), direction).await?))
}
