//! A run of a source and what became of it.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "source_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub source_code: String,
    pub started_by: String,
    pub due_at_ms: Option<i64>,
    pub state: String,
    pub attempts: String,
    pub faults: String,
    pub fingerprint: Option<String>,
    pub digest: Option<String>,
    pub bytes: Option<i64>,
    pub pages: Option<i64>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub import_id: Option<String>,
    pub job_id: Option<String>,
    pub created_at_ms: i64,
    pub created_by: String,
    pub finished_at_ms: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
