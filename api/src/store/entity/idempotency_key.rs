//! An answer kept for a repeated request.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub caller: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub request_digest: String,
    pub status: i32,
    pub headers: String,
    pub body: Vec<u8>,
    pub created_at_ms: i64,
}

impl ActiveModelBehavior for ActiveModel {}
