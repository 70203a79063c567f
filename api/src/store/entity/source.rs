//! Where files are fetched from, and when.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sources")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub title_zh: Option<String>,
    pub title_en: Option<String>,
    pub document: String,
    pub enabled: bool,
    pub next_due_at_ms: Option<i64>,
    pub known_fingerprint: Option<String>,
    pub known_digest: Option<String>,
    pub known_etag: Option<String>,
    pub known_last_modified: Option<String>,
    pub revision: i64,
    pub created_at_ms: i64,
    pub created_by: String,
    pub updated_at_ms: i64,
}

impl ActiveModelBehavior for ActiveModel {}
