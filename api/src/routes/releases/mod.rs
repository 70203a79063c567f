//! Releases: frozen copies of the observations.

mod create;
mod download;
mod list;
mod show;
#[cfg(test)]
mod tests;
mod upload;

use citygauge_openapi::{self as wire, Digest, Id, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::store::releases::Release;

/// Mounts the operations on releases.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_releases)
        .service(create::create_release)
        .service(upload::upload_release)
        .service(show::show_release)
        .service(download::download_release);
}

fn present(release: Release) -> wire::Release {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    wire::Release {
        id: Id::trusted(release.id),
        digest: Digest::trusted(release.digest),
        bytes: count(release.byte_size),
        rows: count(release.rows),
        items: count(release.items),
        cities: count(release.cities),
        periods: count(release.periods),
        uploaded: release.is_uploaded,
        as_of: Moment::from_ms(release.as_of_ms),
        created_at: Moment::from_ms(release.created_at_ms),
        created_by: release.created_by,
    }
}
