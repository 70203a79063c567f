//! The outbox: what has happened, written in the transaction in which it happened.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, serial, text};

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
                    .table("webhook_events")
                    .col(serial())
                    .col(key("kind", manager))
                    .col(text("facts"))
                    .col(at_ms("at_ms"))
                    .take(),
            )
            .await?;
        // Serves the end of what was kept long enough, and what is sent again since a moment.
        manager.create_index(Index::create().name("ix_webhook_events_at").table("webhook_events").col("at_ms").take()).await
    }
}
