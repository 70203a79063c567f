use std::collections::BTreeMap;

use actix_web::{get, web};
use citygauge_indicators::planning::ElementKind;
use citygauge_openapi::{self as wire, Cursor, Id, Line};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::auth::Caller;
use crate::designs::recheck;
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::designs::{present_element, readable};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::designs;

/// Which elements, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedElements {
    /// Only those of this kind.
    kind: Option<ElementKind>,
    /// Only those that link to this: the code of an element, or a target as a trace names it (`gap:<analysis>/L1`).
    linked_to: Option<Line>,
    /// Only those that are to be re-checked.
    #[serde(default)]
    #[param(required = false)]
    recheck: bool,
    /// How many members a page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the elements of a design, by code.
#[utoipa::path(
    tag = "designs",
    params(("id" = Id, Path, description = "The design"), WantedElements, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of elements", body = wire::DesignElementPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/designs/{id}/elements")]
pub async fn list_design_elements(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    query: Query<WantedElements>,
) -> Result<Answer, Failure> {
    let design = readable(&state, &caller, &id).await?;
    let after: Option<String> = position(query.cursor.as_ref())?;
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let stored = designs::elements(state.db(), &design.id).await?;
    let marks = recheck::find(&state, &design, &stored).await?;
    let mut marks: BTreeMap<String, _> = marks.into_iter().map(|mark| (mark.code.clone(), mark)).collect();
    let links_there = |stored: &designs::StoredElement, wanted: &str| {
        stored.element.links.iter().any(|link| link.to.element() == Some(wanted) || link.to.to_string() == wanted)
    };
    let mut wanted = stored.into_iter().filter(|stored| {
        let code = stored.element.code();
        after.as_deref().is_none_or(|after| code > after)
            && query.kind.is_none_or(|kind| kind == stored.element.kind())
            && query.linked_to.as_ref().is_none_or(|target| links_there(stored, target.as_str()))
            && (!query.recheck || marks.contains_key(code))
    });
    let page: Vec<designs::StoredElement> = wanted.by_ref().take(limit).collect();
    let more = wanted.next().is_some();
    drop(wanted);
    let next = page.last().filter(|_| more).map(|last| Cursor::after(&last.element.code()));
    let items = page.into_iter().map(|stored| {
        let mark = marks.remove(stored.element.code());
        present_element(stored, mark)
    });
    Ok(Answer::page(&wire::DesignElementPage { items: items.collect(), next: next.clone() }, next.as_ref()))
}
