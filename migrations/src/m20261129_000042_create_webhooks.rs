//! Webhooks: who is told of changes, where, and how that goes. Of a secret only the salt is kept.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, at_ms_null, count, key, key_null, one_of, revision, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let reason = key_null("disabled_reason", manager)
            .check(Expr::col("disabled_reason").is_null().or(one_of("disabled_reason", &["person", "gone", "failing", "key"])))
            .take();
        manager
            .create_table(
                Table::create()
                    .table("webhooks")
                    .col(key("id", manager).primary_key())
                    .col(text("url"))
                    .col(text("events"))
                    .col(text_null("description"))
                    .col(ColumnDef::new("enabled").boolean().not_null())
                    .col(reason)
                    .col(key("owner", manager))
                    .col(key("key_id", manager))
                    .col(key("salt", manager))
                    .col(key_null("previous_salt", manager))
                    .col(at_ms_null("previous_until_ms"))
                    .col(ColumnDef::new("paused_until_ms").big_integer().not_null().default(0))
                    .col(count("failures"))
                    .col(at_ms_null("failing_since_ms"))
                    .col(revision())
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms("updated_at_ms"))
                    .check(Expr::col("enabled").eq(Expr::col("disabled_reason").is_null()))
                    .check(Expr::col("previous_salt").is_null().eq(Expr::col("previous_until_ms").is_null()))
                    .take(),
            )
            .await
    }
}
