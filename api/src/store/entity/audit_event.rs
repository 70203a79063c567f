//! One line of the trail.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_events")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at_ms: i64,
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub detail: String,
    #[sea_orm(unique)]
    pub place: Option<i64>,
    pub previous: Option<String>,
    pub digest: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
