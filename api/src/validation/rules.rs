//! The rules by which the observations of a set are judged: its own, and those kept in the service.

use citygauge_indicators::{IndicatorSet, Rule, SetRule};
use serde_json::Value;

use crate::store::validation_rules::{self, ValidationRule};
use crate::store::{ConnectionTrait, StoreError};

/// The rules of a set in their order, then those of the service by code.
///
/// A rule of the service speaks of a version that has all of its items as numbers. Where a version has a rule of the same
/// code, as only a draft can have, its own one counts.
pub async fn of_set(conn: &impl ConnectionTrait, set: &IndicatorSet) -> Result<Vec<SetRule>, StoreError> {
    let mut rules = set.rules().to_vec();
    for kept in validation_rules::of_set(conn, &set.document().code).await? {
        if !kept.said.enabled || is_own(set, &kept.said.code) {
            continue;
        }
        rules.extend(set.check_rule(&read(&kept)?, "").ok());
    }
    Ok(rules)
}

/// Whether the document of a set has a rule of this code.
pub fn is_own(set: &IndicatorSet, code: &str) -> bool {
    set.rules().iter().any(|rule| rule.rule.code == code)
}

/// A rule as it was kept.
pub fn read(kept: &ValidationRule) -> Result<Rule, StoreError> {
    let corrupt = |reason: String| StoreError::Corrupt {
        table: "validation_rules",
        column: "document",
        row: kept.said.code.clone(),
        reason,
    };
    let value: Value = serde_json::from_str(&kept.said.document).map_err(|error| corrupt(error.to_string()))?;
    Rule::read_alone(&value, "").map_err(|faults| corrupt(faults.to_string()))
}
