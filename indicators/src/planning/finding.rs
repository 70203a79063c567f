//! What the survey of the city found (6.2).

use serde::Serialize;

use super::words::{read_document, words};
use crate::text::Text;

words! {
    /// What a finding is about.
    FindingTopic {
        /// Resources and environment (6.2.1).
        ResourcesEnvironment = "resources_environment",
        /// Economy (6.2.2).
        Economy = "economy",
        /// Social governance (6.2.3).
        SocialGovernance = "social_governance",
        /// Informatization (6.2.4).
        Informatization = "informatization",
        /// Institutions and mechanisms (6.2.5).
        Institutions = "institutions",
    }
}

words! {
    /// What kind of finding it is: the outputs that Annex A names.
    FindingKind {
        /// The state as it is (发展概况).
        Overview = "overview",
        /// What is particular (发展特点与特色).
        Characteristic = "characteristic",
        /// What is wrong (存在问题).
        Problem = "problem",
        /// What is needed (发展需求).
        Need = "need",
        /// How far informatization is (信息化建设情况).
        InformatizationStatus = "informatization_status",
        /// What informatization should turn to (信息化重点建设内容).
        Focus = "focus",
    }
}

words! {
    /// Parts that clauses 6.2.3 to 6.2.5 ask for.
    FindingAspect {
        /// The people: size, age, education, employment (6.2.3 a).
        Population = "population",
        /// Density, places to live, facilities (6.2.3 b).
        Space = "space",
        /// Order and safety (6.2.3 c).
        CityManagement = "city_management",
        /// The units that were asked: systems, sharing, networks (6.2.4 a).
        SurveyedUnits = "surveyed_units",
        /// Strategies and plans of sectors (6.2.4 b).
        SectorStrategies = "sector_strategies",
        /// Who manages what (6.2.5 a).
        ManagementStructure = "management_structure",
        /// Problems of institutions, and where to improve (6.2.5 b).
        InstitutionalProblems = "institutional_problems",
        /// How far reform is accepted (6.2.5 c).
        ReformAcceptance = "reform_acceptance",
        /// Feasible institutions and improvements (6.2.5 d).
        InstitutionalImprovement = "institutional_improvement",
    }
}

/// A comparison with a neighbouring or benchmark region.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RegionalComparison {
    /// The neighbouring or benchmark region.
    pub with: Text,
    /// Where they compete and where they cooperate, and what follows.
    pub result: Text,
}

read_document!(RegionalComparison { required with, required result });

/// Something that the survey found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SurveyFinding {
    /// Unique in the dossier.
    pub code: String,
    /// What it is about.
    pub topic: FindingTopic,
    /// What kind of finding it is.
    pub kind: FindingKind,
    /// Which parts of clauses 6.2.3 to 6.2.5 it covers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub aspects: Vec<FindingAspect>,
    /// What was found.
    pub text: Text,
    /// The comparison with another region (6.2.2 d).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<RegionalComparison>,
}

read_document!(SurveyFinding {
    required code,
    required topic,
    required kind,
    default aspects,
    required text,
    optional comparison,
});
