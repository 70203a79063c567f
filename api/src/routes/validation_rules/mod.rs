//! Validation rules that are kept in the service, beside those of the set documents.

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
use crate::store::validation_rules::ValidationRule;

pub(super) use self::check::taken;

/// Mounts the operations on validation rules.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_validation_rules)
        .service(show::show_validation_rule)
        .service(put::put_validation_rule)
        .service(remove::remove_validation_rule);
}

fn tag(rule: &ValidationRule) -> Tag {
    Tag::of_row(rule.revision, rule.updated_at_ms)
}

fn present(rule: ValidationRule) -> Result<wire::ServiceRule, Failure> {
    let corrupt = |error: serde_json::Error| StoreError::Corrupt {
        table: "validation_rules",
        column: "document",
        row: rule.said.code.clone(),
        reason: error.to_string(),
    };
    Ok(wire::ServiceRule {
        rule: serde_json::from_str(&rule.said.document).map_err(corrupt)?,
        code: Code::trusted(rule.said.code),
        set: rule.said.set.map(Code::trusted),
        enabled: rule.said.enabled,
        digest: Digest::trusted(rule.said.digest),
        created_at: Moment::from_ms(rule.created_at_ms),
        created_by: rule.created_by,
        updated_at: Moment::from_ms(rule.updated_at_ms),
    })
}
