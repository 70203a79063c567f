//! Safeguards (9.4, and Annex A).

use serde::Serialize;

use super::words::{read_document, words};
use crate::text::Text;

words! {
    /// What a safeguard secures: clause 9.4 a to d, and Annex A.
    SafeguardKind {
        /// Organisation (a, 组织保障).
        Organisation = "organisation",
        /// Policy (b, 政策保障).
        Policy = "policy",
        /// Talent (c, 人才保障).
        Talent = "talent",
        /// Funding (d, 资金保障).
        Funding = "funding",
        /// Assessment of those who answer (考核保障).
        Assessment = "assessment",
        /// Technology (技术保障).
        Technology = "technology",
        /// Operation and maintenance (运维保障).
        Operation = "operation",
        /// Publicity (宣传推广).
        Publicity = "publicity",
    }
}

words! {
    /// The parts of the organisation that clause 9.4 a names.
    BodyRole {
        /// The structure of the organisation.
        Structure = "structure",
        /// Who decides.
        Decision = "decision",
        /// Who answers.
        Responsibility = "responsibility",
        /// Who supervises.
        Supervision = "supervision",
        /// Who assesses.
        Assessment = "assessment",
    }
}

/// A body with its part.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResponsibleBody {
    /// Its part.
    pub role: BodyRole,
    /// Who.
    pub who: Text,
}

read_document!(ResponsibleBody { required role, required who });

/// Who answers for an indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Answerable {
    /// Who answers.
    pub who: Text,
    /// The code of the indicator.
    pub node: String,
}

read_document!(Answerable { required who, required node });

/// A safeguard.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Safeguard {
    /// Unique in the dossier.
    pub code: String,
    /// What it secures.
    pub kind: SafeguardKind,
    /// The measure.
    pub text: Text,
    /// Who decides, answers, supervises and assesses (9.4 a).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub bodies: Vec<ResponsibleBody>,
    /// Who answers for which indicator (考核).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub answers: Vec<Answerable>,
}

read_document!(Safeguard { required code, required kind, required text, default bodies, default answers });
