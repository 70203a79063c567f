//! Tables as files for a while.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "exports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub address: String,
    pub format: String,
    pub bom: bool,
    pub language: String,
    pub caller: String,
    pub estimated_rows: i64,
    pub file_name: Option<String>,
    pub digest: Option<String>,
    pub byte_size: Option<i64>,
    pub job_id: String,
    pub created_at_ms: i64,
    pub created_by: String,
    pub expires_at_ms: i64,
}

impl ActiveModelBehavior for ActiveModel {}
