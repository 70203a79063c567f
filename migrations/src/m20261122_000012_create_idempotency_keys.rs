//! Answers already given, so that a repeated POST gets the same one again.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("idempotency_keys")
                    .col(key("caller", manager))
                    .col(key("key", manager))
                    .col(key("request_digest", manager))
                    .col(ColumnDef::new("status").integer().not_null())
                    .col(text("headers"))
                    .col(ColumnDef::new("body").blob().not_null())
                    .col(at_ms("created_at_ms"))
                    .primary_key(Index::create().col("caller").col("key"))
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("ix_idempotency_keys_created").table("idempotency_keys").col("created_at_ms").take(),
            )
            .await
    }
}
