use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor, Id};

use super::present;
use crate::answer::Answer;
use crate::auth::Reader;
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::uncertainty_analyses;

/// List the uncertainty analyses of an assessment, the newest first.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of analyses", body = wire::UncertaintyAnalysisPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/assessments/{id}/uncertainty")]
pub async fn list_uncertainty_analyses(
    reader: Reader,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    query: Query<Paging>,
) -> Result<Answer, Failure> {
    let before: Option<i64> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    visibility::open(&state, &reader, id.as_str(), Operation::Uncertainty).await?;
    let page = uncertainty_analyses::page(state.db(), id.as_str(), before, limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(|stored| present(stored, language.0)).collect::<Result<_, _>>()?;
    Ok(Answer::page(&wire::UncertaintyAnalysisPage { items, next: next.clone() }, next.as_ref()))
}
