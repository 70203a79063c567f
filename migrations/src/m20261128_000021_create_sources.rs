//! Sources: where files are fetched from, when, and what is known of the one that was imported last.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, at_ms_null, key, key_null, revision, text, text_null};

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
                    .table("sources")
                    .col(key("code", manager).primary_key())
                    .col(text_null("title_zh"))
                    .col(text_null("title_en"))
                    .col(text("document"))
                    .col(ColumnDef::new("enabled").boolean().not_null())
                    .col(at_ms_null("next_due_at_ms"))
                    .col(key_null("known_fingerprint", manager))
                    .col(key_null("known_digest", manager))
                    .col(text_null("known_etag"))
                    .col(text_null("known_last_modified"))
                    .col(revision())
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms("updated_at_ms"))
                    .check(Expr::col("title_zh").is_not_null().or(Expr::col("title_en").is_not_null()))
                    .check(Expr::col("next_due_at_ms").is_null().or(Expr::col("enabled")))
                    .check(Expr::col("known_fingerprint").is_null().eq(Expr::col("known_digest").is_null()))
                    .take(),
            )
            .await?;
        // Serves the look for what is due, every few seconds.
        manager.create_index(Index::create().name("ix_sources_due").table("sources").col("next_due_at_ms").take()).await
    }
}
