//! Gap analyses: the distance of a city from a reference, node by node.

mod chart;
mod create;
mod list;
pub(super) mod requirements;
pub(super) mod show;
#[cfg(test)]
mod tests;

use citygauge_openapi::{self as wire, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::error::Failure;
use crate::gaps::Kept;
use crate::store::gap_analyses::GapAnalysis as Stored;

/// Mounts the operations on gap analyses.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_gap_analyses)
        .service(create::create_gap_analysis)
        .service(show::show_gap_analysis)
        .service(chart::show_gap_chart)
        .service(requirements::list_gap_requirements);
}

/// The cities whose scores an analysis shows: its own, and the one that it is compared with by name.
fn cities(stored: &Stored) -> impl Iterator<Item = &str> {
    std::iter::once(stored.city.as_str()).chain(stored.against.strip_prefix("city:"))
}

fn kept(stored: &Stored) -> Result<Kept, Failure> {
    serde_json::from_value(stored.document.clone()).map_err(Failure::internal)
}

fn present(stored: Stored, language: citygauge_indicators::Language) -> Result<wire::GapAnalysis, Failure> {
    let created_at = Moment::from_ms(stored.created_at_ms);
    let kept: Kept = serde_json::from_value(stored.document).map_err(Failure::internal)?;
    Ok(wire::GapAnalysis { created_at, ..kept.present(language) })
}
