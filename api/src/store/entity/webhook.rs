//! Who is told of changes, and where.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub url: String,
    pub events: String,
    pub description: Option<String>,
    pub enabled: bool,
    pub disabled_reason: Option<String>,
    pub owner: String,
    pub key_id: String,
    pub salt: String,
    pub previous_salt: Option<String>,
    pub previous_until_ms: Option<i64>,
    pub paused_until_ms: i64,
    pub failures: i64,
    pub failing_since_ms: Option<i64>,
    pub revision: i64,
    pub created_at_ms: i64,
    pub created_by: String,
    pub updated_at_ms: i64,
}

impl ActiveModelBehavior for ActiveModel {}
