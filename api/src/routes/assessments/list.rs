use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::sets;
use crate::state::State;
use crate::store::assessments::{self, AssessmentFilter};

/// List the assessments, the newest first.
#[utoipa::path(
    tag = "assessments",
    params(Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of assessments", body = wire::AssessmentPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/assessments")]
pub async fn list_assessments(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    query: Query<Paging>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadAssessments)?;
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = assessments::page(state.db(), &AssessmentFilter::default(), before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let ids: Vec<&str> = page.items.iter().map(|stored| stored.request.id.as_str()).collect();
    let mut superseding = assessments::superseding(state.db(), &ids).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for stored in page.items {
        let (_, set) = sets::find(&state, &stored.request.set).await?;
        let superseded_by = superseding.remove(&stored.request.id);
        // Lists of thousands of cities, assessment by assessment, are for whoever looks at one.
        items.push(wire::Assessment { cities: None, ..present(stored, superseded_by, &set, language.0)? });
    }
    Ok(Answer::page(&wire::AssessmentPage { items, next: next.clone() }, next.as_ref()))
}
