//! Reports that were handed over.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub assessment_id: String,
    pub round_code: Option<String>,
    pub city: Option<String>,
    pub period: String,
    pub against: Option<String>,
    pub by_period: Option<String>,
    pub body: Option<String>,
    pub language: String,
    pub format: String,
    pub template_digest: Option<String>,
    pub digest: Option<String>,
    pub byte_size: Option<i64>,
    pub job_id: String,
    pub created_at_ms: i64,
    pub created_by: String,
}

impl ActiveModelBehavior for ActiveModel {}
