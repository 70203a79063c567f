//! Designs: planning projects of a city with their dossiers.

mod business;
pub(super) mod conformance;
mod create;
mod dossier;
mod elements;
mod list;
mod put;
mod recheck;
mod replace_dossier;
mod show;
#[cfg(test)]
mod tests;
mod trace;

use citygauge_indicators::parse_strict;
use citygauge_indicators::planning::Document;
use citygauge_indicators::planning::dossier::Mark;
use citygauge_openapi::{self as wire, Code, Id, Moment, PeriodCode};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::auth::{Caller, Right};
use crate::error::Failure;
use crate::extract::JsonBody;
use crate::state::State;
use crate::store::designs::{self, Design, StoredElement};

/// Mounts the operations on designs.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_designs)
        .service(create::create_design)
        .service(show::show_design)
        .service(put::update_design)
        .service(dossier::show_design_dossier)
        .service(replace_dossier::replace_design_dossier)
        .service(business::show_business_architecture)
        .service(recheck::list_design_rechecks)
        .service(trace::trace_design_element)
        .service(conformance::show_design_conformance)
        .configure(elements::operations);
}

/// A design that the caller may read.
async fn readable(state: &State, caller: &Caller, id: &Id) -> Result<Design, Failure> {
    caller.require(Right::ReadPlanning)?;
    let design = designs::find(state.db(), id.as_str()).await?;
    caller.require_city(&design.header.city)?;
    Ok(design)
}

/// A design that the caller may change.
async fn writable(state: &State, caller: &Caller, id: &Id) -> Result<Design, Failure> {
    caller.require(Right::WritePlanning)?;
    let design = designs::find(state.db(), id.as_str()).await?;
    caller.require_city(&design.header.city)?;
    Ok(design)
}

/// A planning document in a body: every fault of it at once.
fn document<T: Document>(body: &JsonBody) -> Result<T, Failure> {
    Ok(T::read_at(&parse_strict(&body.bytes)?, "")?)
}

fn tag(design: &Design) -> Tag {
    Tag::of_row(design.revision, design.updated_at_ms)
}

fn subject(id: &str) -> String {
    format!("designs/{id}")
}

fn present(design: Design) -> wire::Design {
    let header = design.header;
    wire::Design {
        id: Id::trusted(design.id),
        title: header.title,
        city: Code::trusted(header.city),
        from: PeriodCode::from(header.from),
        to: PeriodCode::from(header.to),
        state: header.state,
        members: header.members,
        created_at: Moment::from_ms(design.created_at_ms),
        created_by: design.created_by,
        updated_at: Moment::from_ms(design.updated_at_ms),
    }
}

fn present_mark(mark: Mark) -> wire::ElementMark {
    wire::ElementMark { changed: mark.changed, through: mark.through.into_iter().map(Code::trusted).collect() }
}

fn present_element(stored: StoredElement, mark: Option<Mark>) -> wire::DesignElement {
    wire::DesignElement {
        code: Code::trusted(stored.element.code()),
        element: stored.document(),
        recheck: mark.map(present_mark),
        created_at: Moment::from_ms(stored.created_at_ms),
        updated_at: Moment::from_ms(stored.updated_at_ms),
        updated_by: stored.updated_by,
    }
}
