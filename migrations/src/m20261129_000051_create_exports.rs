//! Tables that are too large for an answer, as files for a while: what was asked for and by whom; the file once its job has made it.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, count, key, key_null, text, text_null};

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
                    .table("exports")
                    .col(key("id", manager).primary_key())
                    .col(text("address"))
                    .col(key("format", manager))
                    .col(ColumnDef::new("bom").boolean().not_null())
                    .col(key("language", manager))
                    .col(text("caller"))
                    .col(count("estimated_rows"))
                    .col(text_null("file_name"))
                    .col(key_null("digest", manager))
                    .col(ColumnDef::new("byte_size").big_integer())
                    .col(key("job_id", manager))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms("expires_at_ms"))
                    .check(Expr::col("digest").is_null().eq(Expr::col("byte_size").is_null()))
                    .foreign_key(ForeignKey::create().name("fk_exports_job").from("exports", "job_id").to("jobs", "id"))
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("ix_exports_expires_at").table("exports").col("expires_at_ms").take()).await
    }
}
