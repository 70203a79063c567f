//! Operating models (9.2): the four of clause 9.2.1, compared on the criteria of 9.2.2.

use serde::Serialize;

use super::OperatingModel;
use super::grade::Grade;
use super::words::{read_document, words};
use crate::text::Text;

words! {
    /// The criteria of clause 9.2.2.
    OperatingCriterion {
        /// Channels and subjects of finance (投融资渠道与主体).
        Financing = "financing",
        /// Capacity of the market (市场能力).
        MarketCapacity = "market_capacity",
        /// The chain of industry (产业链).
        IndustryChain = "industry_chain",
        /// Where the money of projects comes from (项目资金来源).
        FundingSource = "funding_source",
        /// What the budget can bear (财政承受能力).
        FiscalCapacity = "fiscal_capacity",
        /// Demand for its use (使用需求).
        Demand = "demand",
        /// How far there is a market (市场化程度).
        Marketisation = "marketisation",
        /// How it pays back (回报机制).
        ReturnMechanism = "return_mechanism",
        /// How risks are managed (风险管理).
        RiskManagement = "risk_management",
    }
}

words! {
    /// What a model of operation is for.
    OperatingScope {
        /// The whole design.
        Overall = "overall",
        /// Key projects, named by links.
        KeyProjects = "key_projects",
    }
}

/// A model judged by one criterion.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CriterionScore {
    /// What is judged.
    pub criterion: OperatingCriterion,
    /// How well the model does by it.
    pub score: Grade,
    /// Why.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub text: Text,
}

read_document!(CriterionScore { required criterion, required score, default text });

/// A part in the operation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OperatingRole {
    /// Who.
    pub who: Text,
    /// What falls to it.
    pub does: Text,
}

read_document!(OperatingRole { required who, required does });

/// An operating model that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OperatingModelChoice {
    /// Unique in the dossier.
    pub code: String,
    /// The model.
    pub model: OperatingModel,
    /// What it is for.
    pub scope: OperatingScope,
    /// The model on the criteria of clause 9.2.2.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub scores: Vec<CriterionScore>,
    /// Whether it is recommended.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub recommended: bool,
    /// Why it is, or is not.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub text: Text,
    /// Who does what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub roles: Vec<OperatingRole>,
    /// How it is financed.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub financing: Text,
    /// How it is operated.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub operation: Text,
    /// The estimated investment, in the unit of the budgets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub investment: Option<f64>,
}

read_document!(OperatingModelChoice {
    required code,
    required model,
    required scope,
    default scores,
    default recommended,
    default text,
    default roles,
    default financing,
    default operation,
    optional investment,
});
