//! An uploaded map; its shapes are an artifact.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "maps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub title_zh: Option<String>,
    pub title_en: Option<String>,
    pub approval_number: String,
    pub key_property: String,
    pub features: i64,
    pub digest: String,
    pub revision: i64,
    pub created_at_ms: i64,
    pub created_by: String,
    pub updated_at_ms: i64,
}

impl ActiveModelBehavior for ActiveModel {}
