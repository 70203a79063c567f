//! Deliveries: an event and a webhook that is told of it, and every attempt to do so.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, at_ms_null, count, key, one_of, serial, text};

const STATES: [&str; 4] = ["pending", "delivered", "failed", "cancelled"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let pending = || one_of("state", &["pending"]);
        let to = |name: &'static str, column: &'static str, table: &'static str| {
            ForeignKey::create()
                .name(name)
                .from("webhook_deliveries", column)
                .to(table, "id")
                .on_delete(ForeignKeyAction::Cascade)
                .take()
        };
        manager
            .create_table(
                Table::create()
                    .table("webhook_deliveries")
                    .col(serial())
                    .col(key("webhook_id", manager))
                    .col(ColumnDef::new("event_id").big_integer().not_null())
                    .col(key("state", manager).check(one_of("state", &STATES)))
                    .col(count("claims"))
                    .col(count("tries"))
                    .col(text("attempts").default("[]"))
                    .col(at_ms("run_at_ms"))
                    .col(at_ms("created_at_ms"))
                    .col(at_ms_null("finished_at_ms"))
                    .check(pending().eq(Expr::col("finished_at_ms").is_null()))
                    .foreign_key(&mut to("fk_webhook_deliveries_webhook", "webhook_id", "webhooks"))
                    .foreign_key(&mut to("fk_webhook_deliveries_event", "event_id", "webhook_events"))
                    .take(),
            )
            .await?;
        let index = |name: &'static str| Index::create().name(name).table("webhook_deliveries").take();
        // A webhook is told of an event once, or again under the same identifier.
        manager.create_index(index("ux_webhook_deliveries_event").unique().col("event_id").col("webhook_id").take()).await?;
        manager.create_index(index("ix_webhook_deliveries_webhook").col("webhook_id").col("id").take()).await?;
        // Serves the look for what is due, every second.
        let due = index("ix_webhook_deliveries_due").col("run_at_ms").col("id").take();
        manager.create_index(due.clone().and_where(pending()).take()).await
    }
}
