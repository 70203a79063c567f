//! Validation: rules that are kept in the service, waivers, and what the rules find.

use citygauge_indicators::Rule;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Digest, Id, Line, Moment, Note, PeriodCode, Severity};

/// A validation rule, and where it applies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceRuleDocument {
    /// The code of the only set whose observations it judges, in every version that has its items; every set that has them
    /// unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<Code>,
    /// Whether it is evaluated.
    #[serde(default = "yes")]
    #[schema(required = false, default = true)]
    pub enabled: bool,
    /// The rule, in the form that it has in a set document.
    #[schema(value_type = Rule)]
    pub rule: Value,
}

fn yes() -> bool {
    true
}

/// A validation rule that is kept in the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServiceRule {
    /// Its code.
    pub code: Code,
    /// The only set that it is about; every set that has its items where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<Code>,
    /// Whether it is evaluated.
    pub enabled: bool,
    /// The rule, in the form that it has in a set document.
    #[schema(value_type = Rule)]
    pub rule: Value,
    /// The SHA-256 digest of the rule's canonical form.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at: Moment,
}

page_of!(
    /// A page of validation rules, by code.
    ServiceRulePage, ServiceRule
);

/// Somebody answers for a finding: it refuses nothing any more, and is reported as waived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWaiver {
    /// The code of the rule.
    pub rule: Code,
    /// The code of the set whose observations are judged, in every version.
    pub set: Code,
    /// The city.
    pub city: Code,
    /// The period of the finding; every period unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodCode>,
    /// The data item of the finding, or one of its items; any of those that the rule reads unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Code>,
    /// The `value` of the finding, letter by letter: a correction that changes it is not waived. Any value unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Note>,
    /// Why the finding stands.
    pub reason: Note,
    /// The person who answers for it.
    pub name: Line,
    /// From when on the waiver does not hold any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
}

/// A finding that somebody answers for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Waiver {
    /// Its identifier.
    pub id: Id,
    /// The code of the rule.
    pub rule: Code,
    /// The code of the set.
    pub set: Code,
    /// The city.
    pub city: Code,
    /// The only period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodCode>,
    /// The only data item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Code>,
    /// The only value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Note>,
    /// Why the finding stands.
    pub reason: Note,
    /// The person who answers for it.
    pub name: Line,
    /// Whether it holds now: neither withdrawn nor expired.
    pub holds: bool,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// From when on it does not hold any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
    /// When it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Moment>,
    /// Who withdrew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<String>,
}

page_of!(
    /// A page of waivers, the newest first.
    WaiverPage, Waiver
);

/// Where a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleHome {
    /// In the document of the set.
    Set,
    /// In the service.
    Service,
}

/// Who answers for a finding, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingWaiver {
    /// The waiver.
    pub id: Id,
    /// The person.
    pub name: Line,
    /// Why the finding stands.
    pub reason: Note,
}

/// What a validation rule finds in the stored observations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleFinding {
    /// The code of the rule.
    pub rule: Code,
    /// Where the rule stands.
    pub home: RuleHome,
    /// The severity of the rule; an error that is waived refuses nothing.
    pub severity: Severity,
    /// The city.
    pub city: Code,
    /// The first period that was looked at.
    pub since: PeriodCode,
    /// The period in which it was found: the last one that was looked at.
    pub period: PeriodCode,
    /// The data items that take part.
    pub items: Vec<Code>,
    /// What was found: a value, or the figure that the rule computes.
    pub value: String,
    /// What would have been no finding.
    pub expected: String,
    /// What is wrong, in the caller's language.
    pub message: String,
    /// What to do about it, in the caller's language.
    pub hint: String,
    /// Who answers for it, where somebody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<FindingWaiver>,
}

page_of!(
    /// A page of findings, by city, period, rule and items.
    RuleFindingPage, RuleFinding
);
