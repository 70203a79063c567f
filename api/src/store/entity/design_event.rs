//! Something that became of an element of a design.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "design_events")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub design_id: String,
    pub code: String,
    pub action: String,
    pub document: Option<String>,
    pub reason: Option<String>,
    pub recorded_at_ms: i64,
    pub recorded_by: String,
}

impl ActiveModelBehavior for ActiveModel {}
