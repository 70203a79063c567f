//! Roadmaps: the schedule of a city's projects, and what follows from it.

mod chart;
mod create;
mod list;
mod remove;
mod show;
pub(super) mod table;
#[cfg(test)]
mod tests;

use citygauge_openapi::{self as wire, Id};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::error::Failure;
use crate::store::roadmaps::Roadmap as Stored;

/// Mounts the operations on roadmaps.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_roadmaps)
        .service(create::create_roadmap)
        .service(show::show_roadmap)
        .service(table::show_roadmap_table)
        .service(chart::show_roadmap_chart)
        .service(remove::remove_roadmap);
}

/// The roadmap as it was answered.
fn present(stored: Stored) -> Result<wire::Roadmap, Failure> {
    serde_json::from_value(stored.document).map_err(Failure::internal)
}

/// A roadmap never changes.
fn tag(id: &Id) -> Tag {
    Tag::of_name(&format!("roadmap-{id}"))
}
