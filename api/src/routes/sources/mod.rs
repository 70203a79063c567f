//! Sources: where observations are fetched from, when, and what became of it.

mod list;
mod put;
mod remove;
mod runs;
mod show;
#[cfg(test)]
mod tests;

use citygauge_openapi::{self as wire, Code, Line, Moment, path_segment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::collection::Document;
use crate::error::Failure;
use crate::store::sources::Source;

/// Mounts the operations on sources and their runs.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_sources)
        .service(show::show_source)
        .service(put::put_source)
        .service(remove::remove_source)
        .configure(runs::operations);
}

/// The path of a source below the API's root.
fn subject(code: &str) -> String {
    format!("sources/{}", path_segment(code))
}

fn tag(source: &Source) -> Tag {
    Tag::of_row(source.revision, source.updated_at_ms)
}

fn present(source: Source) -> Result<wire::Source, Failure> {
    let Document { from, secret, import, schedule, note } = Document::kept(&source)?;
    let Source { profile, created_at_ms, created_by, updated_at_ms, .. } = source;
    Ok(wire::Source {
        code: Code::trusted(profile.code),
        title_zh: profile.title_zh.map(Line::trusted),
        title_en: profile.title_en.map(Line::trusted),
        from,
        secret,
        import,
        schedule,
        enabled: profile.enabled,
        note,
        created_at: Moment::from_ms(created_at_ms),
        created_by,
        updated_at: Moment::from_ms(updated_at_ms),
    })
}
