//! Least-effort paths: the smallest set of raw-value changes that brings a city to a goal by a year.

mod create;
mod kept;
mod list;
mod show;
#[cfg(test)]
mod tests;

use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::{Caller, Right};
use crate::error::Failure;
use crate::store::paths::Path as Stored;
use kept::Kept;

/// Mounts the operations on paths.
pub fn operations(config: &mut ServiceConfig) {
    config.service(list::list_paths).service(create::create_path).service(show::show_path);
}

/// Whether a goal tells of the scores of other cities: a rank and a percentile are a score that others have.
fn tells_of_others(goal: &str) -> bool {
    goal.starts_with("rank:") || goal.starts_with("percentile:")
}

/// Whether a caller may read a path.
fn may_read(caller: &Caller, stored: &Stored) -> bool {
    caller.may_touch(&stored.city) && (caller.may(Right::ReadScores) || !tells_of_others(&stored.goal))
}

/// The path as a caller may see it: ranks tell of other cities.
fn present(stored: Stored, caller: &Caller, language: Language) -> Result<wire::Path, Failure> {
    let created_at = Moment::from_ms(stored.created_at_ms);
    let kept: Kept = serde_json::from_value(stored.document).map_err(Failure::internal)?;
    Ok(wire::Path { created_at, ..kept.present(language, caller.may(Right::ReadScores)) })
}
