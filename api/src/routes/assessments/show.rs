use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Lang;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::assessments;

/// Show an assessment.
///
/// Once it has succeeded it never changes; later edits of observations or sets do not touch it. `superseded_by` names the correction
/// that stands in its place, where there is one.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The assessment", body = wire::Assessment),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/assessments/{id}")]
pub async fn show_assessment(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadAssessments)?;
    let stored = assessments::find(state.db(), id.as_str()).await?;
    let (_, set) = sets::find(&state, &stored.request.set).await?;
    let superseded_by = assessments::superseding(state.db(), &[id.as_str()]).await?.remove(id.as_str());
    let tag = tag(&stored, superseded_by.as_deref(), language.0);
    Ok(Answer::row(&present(stored, superseded_by, &set, language.0)?, &tag))
}
