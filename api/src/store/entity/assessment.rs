//! One computation.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "assessments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub state: String,
    pub set_code: String,
    pub set_version: String,
    pub set_digest: String,
    pub release_id: Option<String>,
    pub options: String,
    pub engine_version: String,
    pub result: Option<String>,
    pub summary: Option<String>,
    pub warnings_total: i64,
    pub error: Option<String>,
    pub job_id: String,
    pub created_at_ms: i64,
    pub created_by: String,
    pub finished_at_ms: Option<i64>,
    pub supersedes: Option<String>,
    pub supersedes_reason: Option<String>,
    pub round_code: Option<String>,
    pub round_class: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
