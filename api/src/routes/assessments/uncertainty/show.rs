use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::present;
use crate::answer::Answer;
use crate::auth::Reader;
use crate::error::{Failure, Problems};
use crate::extract::Lang;
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::uncertainty_analyses;

/// Show an uncertainty analysis.
///
/// The request, how far the work is and, once it has succeeded, the result in brief with the groups of cities that cannot be
/// told apart. It never changes then.
#[utoipa::path(
    tag = "assessments",
    params(
        ("id" = Id, Path, description = "The assessment"),
        ("n" = i64, Path, description = "The number of the analysis", minimum = 1),
        IfNoneMatchHeader,
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The analysis", body = wire::UncertaintyAnalysis),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/assessments/{id}/uncertainty/{n}")]
pub async fn show_uncertainty_analysis(
    reader: Reader,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<(Id, i64)>,
) -> Result<Answer, Failure> {
    let (id, number) = path.into_inner();
    visibility::open(&state, &reader, id.as_str(), Operation::Uncertainty).await?;
    let stored = uncertainty_analyses::find_numbered(state.db(), id.as_str(), number).await?;
    Ok(Answer::ok(&present(stored, language.0)?))
}
