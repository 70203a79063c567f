//! A validation rule that stands beside those of the set documents.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "validation_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub set_code: Option<String>,
    pub enabled: bool,
    pub document: String,
    pub digest: String,
    pub revision: i64,
    pub created_at_ms: i64,
    pub created_by: String,
    pub updated_at_ms: i64,
}

impl ActiveModelBehavior for ActiveModel {}
