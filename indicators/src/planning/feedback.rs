//! Feedback between the activities (5.1.3): each later one checks what the one before gave, and says so.

use serde::Serialize;

use super::grade::CalendarDay;
use super::words::{read_document, words};
use crate::text::Text;

words! {
    /// The four activities of clause 5.1.2, in their order.
    DesignActivity {
        /// Analysis of requirements (需求分析, chapter 6).
        RequirementsAnalysis = "requirements_analysis",
        /// Overall design (总体设计, chapter 7).
        OverallDesign = "overall_design",
        /// Design of the architecture (架构设计, chapter 8).
        ArchitectureDesign = "architecture_design",
        /// Design of the implementation path (实施路径设计, chapter 9).
        ImplementationPath = "implementation_path",
    }
}

/// What an activity found in the output of the one before.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ActivityFeedback {
    /// Unique in the dossier.
    pub code: String,
    /// The activity that looked back.
    pub from: DesignActivity,
    /// The activity whose output it looked at: the one before.
    pub to: DesignActivity,
    /// What was found.
    pub found: Text,
    /// What was decided.
    pub decision: Text,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<CalendarDay>,
}

read_document!(ActivityFeedback {
    required code,
    required from,
    required to,
    required found,
    required decision,
    optional date,
});
