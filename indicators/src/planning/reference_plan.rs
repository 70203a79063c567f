//! Other plans of a city, and the targets that they name (6.4).

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::period::Period;
use crate::read::{Object, Read, read_words};
use crate::text::Text;

/// What kind of plan it is: the eight that clause 6.4 names, the three further ones of Annex A, or another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReferencePlanKind {
    /// National economic and social development (国民经济和社会发展规划).
    EconomicAndSocialDevelopment,
    /// Functional zoning (主体功能区规划).
    FunctionalZoning,
    /// Land use (土地利用总体规划).
    LandUse,
    /// Urban and rural construction (城乡建设规划).
    UrbanAndRuralConstruction,
    /// Protection of the environment (生态环境保护规划).
    EnvironmentalProtection,
    /// Informatization (信息化规划).
    Informatization,
    /// Adaptation to climate change (城市适应气候变化应对方案).
    ClimateAdaptation,
    /// Energy saving and emission reduction (节能减排工作方案).
    EnergySaving,
    /// Urban space (城市空间规划, Annex A).
    UrbanSpace,
    /// Municipal infrastructure (城市市政基础设施建设规划, Annex A).
    MunicipalInfrastructure,
    /// Public services (城市公共服务规划, Annex A).
    PublicServices,
    /// Any other plan.
    Other,
}

read_words!(ReferencePlanKind {
    "economic_and_social_development" => Self::EconomicAndSocialDevelopment,
    "functional_zoning" => Self::FunctionalZoning,
    "land_use" => Self::LandUse,
    "urban_and_rural_construction" => Self::UrbanAndRuralConstruction,
    "environmental_protection" => Self::EnvironmentalProtection,
    "informatization" => Self::Informatization,
    "climate_adaptation" => Self::ClimateAdaptation,
    "energy_saving" => Self::EnergySaving,
    "urban_space" => Self::UrbanSpace,
    "municipal_infrastructure" => Self::MunicipalInfrastructure,
    "public_services" => Self::PublicServices,
    "other" => Self::Other,
});

/// How a target limits the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TargetBound {
    /// The value or more.
    AtLeast,
    /// The value or less.
    AtMost,
    /// The value itself.
    Equal,
}

read_words!(TargetBound { "at_least" => Self::AtLeast, "at_most" => Self::AtMost, "equal" => Self::Equal });

/// A target that another plan names for an indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct QuotedTarget {
    /// The code of the indicator (a leaf of the set).
    pub node: String,
    /// The period by which it is to be reached.
    #[serde(serialize_with = "crate::planning::as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2030"))]
    pub period: Period,
    /// The raw value, in the indicator's unit.
    pub value: f64,
    /// How it limits the value; as the indicator's direction says unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<TargetBound>,
    /// The passage that is quoted, with its place.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub quote: Text,
}

/// Another plan of the city.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReferencePlan {
    /// Unique among the plans.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// What kind of plan it is.
    pub kind: ReferencePlanKind,
    /// How the design relates to it (顶层设计与该规划的关系, Annex A).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub relation: Text,
    /// The targets that it names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub targets: Vec<QuotedTarget>,
}

impl Read for QuotedTarget {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (node, period) = (object.required("node", faults), object.required("period", faults));
        let (value, bound) = (object.required("value", faults), object.optional("bound", faults));
        let quote = object.optional("quote", faults).unwrap_or_default();
        object.close(faults).then_some(Self { node: node?, period: period?, value: value?, bound, quote })
    }
}

impl Read for ReferencePlan {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (code, title) = (object.required("code", faults), object.required("title", faults));
        let (kind, relation) = (object.required("kind", faults), object.optional("relation", faults).unwrap_or_default());
        let targets = object.or("targets", Vec::new(), faults);
        object.close(faults).then_some(Self { code: code?, title: title?, kind: kind?, relation, targets })
    }
}
