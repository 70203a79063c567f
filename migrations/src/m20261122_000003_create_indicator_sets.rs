//! Versions of indicator sets, each with its canonical document.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, at_ms_null, key, key_null, one_of, revision, text, text_null};

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
                    .table("indicator_sets")
                    .col(key("code", manager))
                    .col(key("version", manager))
                    .col(key("state", manager).check(one_of("state", &["draft", "published", "retired"])))
                    .col(text("document"))
                    .col(key("digest", manager))
                    .col(text_null("title_zh"))
                    .col(text_null("title_en"))
                    .col(key_null("derived_from_code", manager))
                    .col(key_null("derived_from_version", manager))
                    .col(revision())
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms("updated_at_ms"))
                    .col(at_ms_null("published_at_ms"))
                    .col(key_null("published_by", manager))
                    .primary_key(Index::create().col("code").col("version"))
                    .check(Expr::col("derived_from_code").is_null().eq(Expr::col("derived_from_version").is_null()))
                    .check(one_of("state", &["draft"]).eq(Expr::col("published_at_ms").is_null()))
                    .take(),
            )
            .await
    }
}
