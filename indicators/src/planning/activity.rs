//! Research: how the strategy and the state of the city were learned (6.1.1).

use serde::Serialize;

use super::grade::CalendarDay;
use super::words::{read_document, words};
use crate::text::Text;

words! {
    /// The methods that clause 6.1.1 names.
    ResearchMethod {
        /// Reading what there is (资料分析).
        DocumentAnalysis = "document_analysis",
        /// Going there (现场调研).
        SiteVisit = "site_visit",
        /// A meeting with departments (部门座谈会).
        Meeting = "meeting",
        /// An interview with those who lead (领导访谈).
        Interview = "interview",
        /// An interview with experts (专家访谈).
        ExpertInterview = "expert_interview",
    }
}

/// Something that was done to learn of the city.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResearchActivity {
    /// Unique in the dossier.
    pub code: String,
    /// What it was.
    pub title: Text,
    /// How it was done.
    pub method: ResearchMethod,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<CalendarDay>,
    /// Who took part, or was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub people: Vec<String>,
    /// What it brought.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub text: Text,
}

read_document!(ResearchActivity {
    required code,
    required title,
    required method,
    optional date,
    default people,
    default text,
});
