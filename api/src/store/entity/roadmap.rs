//! A roadmap as it was answered.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "roadmaps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub assessment_id: String,
    pub city: String,
    pub document: String,
    pub created_at_ms: i64,
    pub created_by: String,
}

impl ActiveModelBehavior for ActiveModel {}
