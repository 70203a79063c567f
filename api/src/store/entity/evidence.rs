//! A file that supports an observation.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "evidence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub city: String,
    pub period: String,
    pub item: String,
    pub digest: String,
    pub byte_size: i64,
    pub media_type: String,
    pub file_name: String,
    pub title: Option<String>,
    pub created_at_ms: i64,
    pub created_by: String,
    pub withdrawn_at_ms: Option<i64>,
    pub withdrawn_by: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
