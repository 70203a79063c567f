use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::{cities, present};
use crate::answer::{Answer, Tag};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Lang;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::gap_analyses;

/// Show a gap analysis as it was made.
///
/// A reporter sees those of its own cities; not those against a city of others.
#[utoipa::path(
    tag = "gap-analyses",
    params(("id" = Id, Path, description = "The analysis"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The analysis", body = wire::GapAnalysis),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/gap-analyses/{id}")]
pub async fn show_gap_analysis(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadScoreCards)?;
    let stored = gap_analyses::find(state.db(), id.as_str()).await?;
    cities(&stored).try_for_each(|city| caller.require_city(city))?;
    let tag = Tag::of_bytes(format!("{id}|{}", language.0.tag()).as_bytes());
    Ok(Answer::row(&present(stored, language.0)?, &tag))
}
