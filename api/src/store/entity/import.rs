//! An upload and what became of it.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub kind: String,
    pub mode: String,
    pub on_fault: String,
    pub set_code: Option<String>,
    pub set_version: Option<String>,
    pub period: Option<String>,
    pub lang: String,
    pub file_name: Option<String>,
    pub media_type: String,
    pub upload_digest: String,
    pub upload_bytes: i64,
    pub state: String,
    pub accepted: i64,
    pub rejected: i64,
    pub unchanged: i64,
    pub faults_total: i64,
    pub warnings_total: i64,
    pub mapping_code: Option<String>,
    pub mapping_digest: Option<String>,
    pub mapping: Option<String>,
    pub encoding: Option<String>,
    pub shape: Option<String>,
    pub score_changes: Option<String>,
    pub source_code: Option<String>,
    pub source_run_id: Option<String>,
    pub job_id: String,
    pub created_at_ms: i64,
    pub created_by: String,
    pub finished_at_ms: Option<i64>,
    pub revision: i64,
}

impl ActiveModelBehavior for ActiveModel {}
