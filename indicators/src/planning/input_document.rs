//! What a design starts from: the inputs that Annex A names, other plans of the city apart.

use serde::Serialize;

use super::grade::CalendarDay;
use super::words::{read_document, words};
use crate::text::Text;

words! {
    /// The inputs that Annex A names.
    InputKind {
        /// The master plan of the city (城市总体规划).
        CityMasterPlan = "city_master_plan",
        /// National strategies of development (国家发展战略).
        NationalStrategy = "national_strategy",
        /// An analysis of the region (区域发展环境分析).
        RegionalEnvironment = "regional_environment",
        /// An analysis of trends of technology (技术发展趋势分析).
        TechnologyTrends = "technology_trends",
        /// An analysis of the environment at large (宏观环境分析).
        MacroEnvironment = "macro_environment",
        /// The state of resources and environment (资源环境情况).
        ResourcesEnvironment = "resources_environment",
        /// The state of the economy (经济发展情况).
        Economy = "economy",
        /// The state of social governance (社会治理情况).
        SocialGovernance = "social_governance",
        /// The state of informatization (信息化建设情况).
        Informatization = "informatization",
        /// What the city spends (城市资金投入情况).
        FundingStatus = "funding_status",
        /// Proven models of business, investment and finance (成熟商业模式及投融资模式分析).
        BusinessModels = "business_models",
        /// General requirements on the overall design (总体设计一般要求).
        GeneralRequirements = "general_requirements",
        /// Any other input.
        Other = "other",
    }
}

/// An input of the design.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct InputDocument {
    /// Unique in the dossier.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// What kind of input it is.
    pub kind: InputKind,
    /// Who issued it.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub issuer: Text,
    /// Of when it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<CalendarDay>,
    /// What it says to the design.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub text: Text,
}

read_document!(InputDocument { required code, required title, required kind, default issuer, optional date, default text });
