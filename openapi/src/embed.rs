//! Embeds: one view of the dashboard in somebody else's page, for a while.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Moment;

/// Asks for a token by which one view is shown in other pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEmbed {
    /// The view, by its path in the dashboard, as its address has it behind `#`: `/`, `/assessments/{id}` and below it `/compare`,
    /// `/cities/{city}`, `/cities/{city}/what-if` and `/nodes/{node}`; `/rounds`, `/rounds/{code}`, `/goal-plans`, `/goal-plans/{plan}`,
    /// `/gap-analyses/{id}`, `/roadmaps/{id}`, `/imports`, `/imports/{id}`, `/sets`, `/sets/{code}/{version}` or `/maps`. Codes are
    /// percent-encoded. A query says how the page begins, such as `?period=2026&view=tiles`.
    #[schema(min_length = 1, max_length = 1000, example = "/assessments/0192d4e0-7b7e-7c44-a5f4-2f6d0c1b9a11/cities/330100")]
    pub view: String,
    /// The origins of the pages that may show it, such as `https://city.example`; `http` only for this machine.
    #[schema(min_items = 1, max_items = 20)]
    pub parents: Vec<String>,
    /// For how many minutes it works; 60 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1440)]
    pub minutes: Option<u32>,
}

/// A view to be shown elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Embed {
    /// The view.
    pub view: String,
    /// The origins of the pages that may show it.
    pub parents: Vec<String>,
    /// The token: whoever has it reads this view, and nothing else, with the rights of the key that asked for it.
    pub token: String,
    /// Where an `iframe` finds the view, from the root of the service on. `lang=zh|en` and `theme=light|dark` may be added.
    #[schema(example = "/embed?token=cge_...")]
    pub address: String,
    /// Until when it works.
    pub expires_at: Moment,
}
