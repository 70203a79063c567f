//! Principles of the design (7.2.2), and the basic ones that they carry out (4.2).

use serde::Serialize;

use super::words::{read_document, words};
use crate::text::Text;

words! {
    /// The basic principles of clause 4.2, a to g.
    BasicPrinciple {
        /// People come first (a, 以人为本).
        PeopleOriented = "people_oriented",
        /// It fits this city (b, 因城施策).
        FitToCity = "fit_to_city",
        /// Fusion and sharing (c, 融合共享).
        FusionAndSharing = "fusion_and_sharing",
        /// Coordinated development (d, 协同发展).
        CoordinatedDevelopment = "coordinated_development",
        /// Many take part (e, 多元参与).
        Participation = "participation",
        /// Green development (f, 绿色发展).
        GreenDevelopment = "green_development",
        /// Driven by innovation (g, 创新驱动).
        Innovation = "innovation",
    }
}

words! {
    /// The fields that clause 7.2.2 names.
    PrincipleField {
        /// Infrastructure of the city.
        Infrastructure = "infrastructure",
        /// The way in which the city develops.
        DevelopmentModel = "development_model",
        /// Livelihood.
        Livelihood = "livelihood",
        /// How the city is managed.
        CityManagement = "city_management",
    }
}

/// A principle of the design.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = DesignPrinciple))]
pub struct Principle {
    /// Unique in the dossier.
    pub code: String,
    /// The principle.
    pub text: Text,
    /// Which of the basic principles of clause 4.2 it carries out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub follows: Vec<BasicPrinciple>,
    /// To which fields of clause 7.2.2 it speaks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub fields: Vec<PrincipleField>,
}

read_document!(Principle { required code, required text, default follows, default fields });
