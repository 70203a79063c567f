//! Mappings: how files are to be understood, by name.

mod check;
mod list;
mod put;
mod remove;
mod show;
#[cfg(test)]
mod tests;

use citygauge_openapi::{self as wire, Code, Digest, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::mappings::Mapping;

/// Mounts the operations on mappings.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_mappings)
        .service(check::check_mapping)
        .service(show::show_mapping)
        .service(put::put_mapping)
        .service(remove::remove_mapping);
}

fn tag(mapping: &Mapping) -> Tag {
    Tag::of_row(mapping.revision, mapping.updated_at_ms)
}

/// A document as it was kept.
pub fn present_document(document: &str, row: &str) -> Result<wire::MappingDocument, Failure> {
    let corrupt = |error: serde_json::Error| StoreError::Corrupt {
        table: "mappings",
        column: "document",
        row: row.to_owned(),
        reason: error.to_string(),
    };
    Ok(serde_json::from_str(document).map_err(corrupt)?)
}

fn present(mapping: Mapping) -> Result<wire::Mapping, Failure> {
    Ok(wire::Mapping {
        document: present_document(&mapping.document, &mapping.code)?,
        code: Code::trusted(mapping.code),
        digest: Digest::trusted(mapping.digest),
        created_at: Moment::from_ms(mapping.created_at_ms),
        created_by: mapping.created_by,
        updated_at: Moment::from_ms(mapping.updated_at_ms),
    })
}
