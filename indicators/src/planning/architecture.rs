//! Elements of the architecture (7.4, 8, Annex B).

use serde::Serialize;

use super::grade::BusinessLevel;
use super::words::{read_document, words};
use crate::text::Text;

words! {
    /// The seven parts of clause 7.4.1, and the whole.
    ArchitecturePart {
        /// The whole (7.4.2).
        Overall = "overall",
        /// Business (8.1).
        Business = "business",
        /// Data (8.2).
        Data = "data",
        /// Applications (8.3).
        Application = "application",
        /// Infrastructure (8.4).
        Infrastructure = "infrastructure",
        /// Security (8.5).
        Security = "security",
        /// Standards (8.6).
        Standards = "standards",
        /// Industry (8.7).
        Industry = "industry",
    }
}

words! {
    /// What clauses 7.4 and 8 and Annex A ask of each part.
    ArchitectureAspect {
        /// Smart applications (7.4.2).
        SmartApplication = "smart_application",
        /// Fusion of data and services (7.4.2).
        DataAndServiceFusion = "data_and_service_fusion",
        /// Computing and storage (7.4.2).
        ComputingAndStorage = "computing_and_storage",
        /// Networks (7.4.2).
        NetworkCommunication = "network_communication",
        /// Sensing (7.4.2).
        Sensing = "sensing",
        /// Management of construction (7.4.2).
        ConstructionManagement = "construction_management",
        /// Security (7.4.2).
        SecurityAssurance = "security_assurance",
        /// Operation and maintenance (7.4.2).
        OperationManagement = "operation_management",
        /// How businesses belong together (Annex A, 映射关系).
        Mapping = "mapping",
        /// Framework of data resources (8.2.3 a).
        ResourceFramework = "resource_framework",
        /// Data services (8.2.3 b).
        DataServices = "data_services",
        /// Data governance (8.2.3 c).
        DataGovernance = "data_governance",
        /// Data standards (Annex A).
        DataStandards = "data_standards",
        /// The systems as a whole (Annex A).
        SystemOverview = "system_overview",
        /// Modules and their functions (8.3.2).
        FunctionModules = "function_modules",
        /// Interfaces of systems (8.3.3).
        Interfaces = "interfaces",
        /// Common supporting systems (Annex A).
        CommonSupport = "common_support",
        /// Key systems to be built (Annex A).
        KeySystems = "key_systems",
        /// Requirements on the construction of systems (8.3.2, Annex A).
        ConstructionRequirements = "construction_requirements",
        /// Sensing (8.4.2 a).
        SensingLayer = "sensing_layer",
        /// Networks (8.4.2 b).
        NetworkLayer = "network_layer",
        /// Computing and storage (8.4.2 c).
        ComputingLayer = "computing_layer",
        /// Fusion of data and services (8.4.2 d).
        FusionLayer = "fusion_layer",
        /// The framework of security (Annex A).
        SecurityFramework = "security_framework",
        /// Rules (8.5.3 a).
        SecurityRules = "security_rules",
        /// Technology (8.5.3 b).
        SecurityTechnology = "security_technology",
        /// Management (8.5.3 c).
        SecurityManagement = "security_management",
        /// Where security is deployed (8.5.2).
        SecurityDeployment = "security_deployment",
        /// General, foundational standards (8.6.1).
        FoundationalStandards = "foundational_standards",
        /// Supporting technology and platforms (8.6.1).
        PlatformStandards = "platform_standards",
        /// Infrastructure (8.6.1).
        InfrastructureStandards = "infrastructure_standards",
        /// Construction and livability (8.6.1).
        ConstructionStandards = "construction_standards",
        /// Management and services (8.6.1).
        ServiceStandards = "service_standards",
        /// Industry and economy (8.6.1).
        IndustryStandards = "industry_standards",
        /// Security and assurance (8.6.1).
        SecurityStandards = "security_standards",
        /// The framework of standards (Annex A).
        StandardsFramework = "standards_framework",
        /// Standards to be made or revised (8.6.2, Annex A).
        StandardsList = "standards_list",
        /// The way to them (Annex A).
        StandardsRoute = "standards_route",
        /// Goals of the smart industry (8.7.1).
        IndustryGoals = "industry_goals",
        /// Providers of infrastructure (8.7.2).
        InfrastructureProviders = "infrastructure_providers",
        /// Providers of information technology (8.7.2).
        TechnologyProviders = "technology_providers",
        /// System integrators (8.7.2).
        SystemIntegrators = "system_integrators",
        /// Enterprises of public service platforms (8.7.2).
        PlatformEnterprises = "platform_enterprises",
        /// Innovators of applications of a field (8.7.2).
        ApplicationInnovators = "application_innovators",
        /// Providers of solutions of a sector (8.7.2).
        SolutionProviders = "solution_providers",
        /// Services for start-ups (8.7.3).
        StartupServices = "startup_services",
        /// A platform of open data (8.7.3).
        OpenDataPlatform = "open_data_platform",
        /// Links to resources of innovation (8.7.3).
        InnovationResources = "innovation_resources",
        /// Research and use of new technology (8.7.3).
        TechnologyResearch = "technology_research",
    }
}

impl ArchitectureAspect {
    /// The part that it belongs to.
    #[must_use]
    pub fn part(self) -> ArchitecturePart {
        match self {
            Self::SmartApplication
            | Self::DataAndServiceFusion
            | Self::ComputingAndStorage
            | Self::NetworkCommunication
            | Self::Sensing
            | Self::ConstructionManagement
            | Self::SecurityAssurance
            | Self::OperationManagement => ArchitecturePart::Overall,
            Self::Mapping => ArchitecturePart::Business,
            Self::ResourceFramework | Self::DataServices | Self::DataGovernance | Self::DataStandards => ArchitecturePart::Data,
            Self::SystemOverview
            | Self::FunctionModules
            | Self::Interfaces
            | Self::CommonSupport
            | Self::KeySystems
            | Self::ConstructionRequirements => ArchitecturePart::Application,
            Self::SensingLayer | Self::NetworkLayer | Self::ComputingLayer | Self::FusionLayer => {
                ArchitecturePart::Infrastructure
            }
            Self::SecurityFramework
            | Self::SecurityRules
            | Self::SecurityTechnology
            | Self::SecurityManagement
            | Self::SecurityDeployment => ArchitecturePart::Security,
            Self::FoundationalStandards
            | Self::PlatformStandards
            | Self::InfrastructureStandards
            | Self::ConstructionStandards
            | Self::ServiceStandards
            | Self::IndustryStandards
            | Self::SecurityStandards
            | Self::StandardsFramework
            | Self::StandardsList
            | Self::StandardsRoute => ArchitecturePart::Standards,
            Self::IndustryGoals
            | Self::InfrastructureProviders
            | Self::TechnologyProviders
            | Self::SystemIntegrators
            | Self::PlatformEnterprises
            | Self::ApplicationInnovators
            | Self::SolutionProviders
            | Self::StartupServices
            | Self::OpenDataPlatform
            | Self::InnovationResources
            | Self::TechnologyResearch => ArchitecturePart::Industry,
        }
    }
}

words! {
    /// How something comes to be there (8.3.2, 8.4.1).
    Construction {
        /// It is built.
        New = "new",
        /// It is there and is rebuilt.
        Rebuilt = "rebuilt",
        /// It is there and is used again.
        Reused = "reused",
        /// It is used in common.
        Shared = "shared",
    }
}

/// An element of the architecture.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ArchitectureElement {
    /// Unique in the dossier.
    pub code: String,
    /// The part of the architecture.
    pub part: ArchitecturePart,
    /// What of the part it covers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub aspects: Vec<ArchitectureAspect>,
    /// What it is called.
    pub title: Text,
    /// What it is.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub text: Text,
    /// Its level in the business architecture; needed there, and there only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<BusinessLevel>,
    /// The code of what stands above it in the business architecture; needed on levels 2 and 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Who provides the business (8.1.2).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub providers: Text,
    /// Whom it serves (8.1.2).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub served: Text,
    /// Through which channels (8.1.2).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub channels: Text,
    /// What is built, rebuilt, used again or shared (8.3.2, 8.4.1).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub construction: Vec<Construction>,
}

read_document!(ArchitectureElement {
    required code,
    required part,
    default aspects,
    required title,
    default text,
    optional level,
    optional parent,
    default providers,
    default served,
    default channels,
    default construction,
});
