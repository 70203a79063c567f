//! Indicator sets: drafts, published versions, the catalog.

mod body;
mod catalog;
mod check;
mod create;
pub(super) mod diff;
mod document;
mod lineage;
mod list;
mod overlay;
mod publish;
mod remove;
mod replace;
mod retire;
mod schema;
mod show;
mod sql;
mod step;
mod template;
#[cfg(test)]
mod tests;

use citygauge_indicators::{Faults, Language, Text};
use citygauge_openapi::{self as wire, API_ROOT, Code, Digest, Fault, Moment, path_segment};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::error::Failure;
use crate::store::indicator_sets::{SetEntry, SetKey, SetState};

/// Mounts the operations on indicator sets.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_indicator_sets)
        .service(create::create_indicator_set)
        .service(check::check_indicator_set)
        .service(schema::show_indicator_set_schema)
        .service(catalog::list_catalog_sets)
        .service(catalog::show_catalog_set)
        .service(show::show_indicator_set)
        .service(replace::replace_indicator_set)
        .service(remove::remove_indicator_set)
        .service(overlay::overlay_indicator_set)
        .service(diff::diff_indicator_sets)
        .service(publish::publish_indicator_set)
        .service(retire::retire_indicator_set)
        .service(template::show_template)
        .service(sql::show_indicator_set_sql);
}

/// The path of a version.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct Place {
    /// The code of the set
    code: Code,
    /// Its version
    version: Code,
}

impl Place {
    /// The version of a set.
    pub(super) fn new(code: Code, version: Code) -> Self {
        Self { code, version }
    }

    fn key(&self) -> SetKey {
        SetKey { code: self.code.to_string(), version: self.version.to_string() }
    }
}

/// The path of a version below the API's root.
fn subject(key: &SetKey) -> String {
    format!("indicator-sets/{}/versions/{}", path_segment(&key.code), path_segment(&key.version))
}

fn location(key: &SetKey) -> String {
    format!("{API_ROOT}/{}", subject(key))
}

fn tag(entry: &SetEntry) -> Tag {
    Tag::of_row(entry.revision, entry.updated_at_ms)
}

fn present_summary(entry: SetEntry) -> wire::IndicatorSetSummary {
    wire::IndicatorSetSummary {
        state: present_state(entry.state),
        title: Text { zh: entry.title_zh, en: entry.title_en },
        digest: Digest::trusted(entry.digest),
        derived_from: entry.derived_from.map(present_key),
        created_at: Moment::from_ms(entry.created_at_ms),
        created_by: entry.created_by,
        updated_at: Moment::from_ms(entry.updated_at_ms),
        published_at: entry.published_at_ms.map(Moment::from_ms),
        published_by: entry.published_by,
        code: Code::trusted(entry.key.code),
        version: Code::trusted(entry.key.version),
    }
}

/// The reference of a version, as answers carry it.
pub fn present_key(key: SetKey) -> wire::SetRef {
    wire::SetRef { code: Code::trusted(key.code), version: Code::trusted(key.version) }
}

fn present_state(state: SetState) -> wire::SetState {
    match state {
        SetState::Draft => wire::SetState::Draft,
        SetState::Published => wire::SetState::Published,
        SetState::Retired => wire::SetState::Retired,
    }
}

fn present(entry: SetEntry, document: &str, warnings: &Faults, language: Language) -> Result<wire::IndicatorSet, Failure> {
    Ok(wire::IndicatorSet {
        summary: present_summary(entry),
        warnings: Fault::list(warnings, language),
        document: serde_json::from_str(document).map_err(Failure::internal)?,
    })
}
