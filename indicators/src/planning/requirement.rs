//! What the city needs (6.5).

use serde::Serialize;

use super::grade::Grade;
use super::words::{read_document, words};
use crate::text::Text;

words! {
    /// The ten kinds of clause 6.5.2, and one more that Annex A asks for.
    RequirementKind {
        /// Goals (a).
        Goal = "goal",
        /// Users (b).
        User = "user",
        /// Business (c).
        Business = "business",
        /// Functions of systems (d).
        SystemFunction = "system_function",
        /// Information resources (e).
        InformationResource = "information_resource",
        /// Sharing of information and coordination of business (f).
        SharingAndCoordination = "sharing_and_coordination",
        /// Infrastructure (g).
        Infrastructure = "infrastructure",
        /// Performance (h).
        Performance = "performance",
        /// Security (i).
        Security = "security",
        /// Interfaces (j).
        Interface = "interface",
        /// Regulations and standards (Annex A).
        RegulationAndStandards = "regulation_and_standards",
    }
}

words! {
    /// Whose needs and opinions count (4.1.4, 4.2 e).
    Party {
        /// The government.
        Government = "government",
        /// Enterprises.
        Enterprise = "enterprise",
        /// Residents.
        Resident = "resident",
    }
}

/// A need, with its origin among the links.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DesignRequirement {
    /// Unique in the dossier.
    pub code: String,
    /// What is needed.
    pub kind: RequirementKind,
    /// The need.
    pub text: Text,
    /// How things stand today (现状).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub status: Text,
    /// Whose need it is (4.1.4).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub parties: Vec<Party>,
    /// How urgent it is.
    pub urgency: Grade,
    /// Why it is as urgent as that (4.1.5).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub reason: Text,
}

read_document!(DesignRequirement {
    required code,
    required kind,
    required text,
    default status,
    default parties,
    required urgency,
    default reason,
});
