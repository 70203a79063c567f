//! Whom an event is told to, and how far that is.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub webhook_id: String,
    pub event_id: i64,
    pub state: String,
    pub claims: i64,
    pub tries: i64,
    pub attempts: String,
    pub run_at_ms: i64,
    pub created_at_ms: i64,
    pub finished_at_ms: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
