//! One version of an indicator set.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "indicator_sets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: String,
    pub state: String,
    pub document: String,
    pub digest: String,
    pub title_zh: Option<String>,
    pub title_en: Option<String>,
    pub derived_from_code: Option<String>,
    pub derived_from_version: Option<String>,
    pub revision: i64,
    pub created_at_ms: i64,
    pub created_by: String,
    pub updated_at_ms: i64,
    pub published_at_ms: Option<i64>,
    pub published_by: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
