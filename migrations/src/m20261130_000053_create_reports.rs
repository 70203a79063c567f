//! Reports that were handed over: what was asked for and by whom; the file once its job has made it, an artifact.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, key_null, text_null};

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
                    .table("reports")
                    .col(key("id", manager).primary_key())
                    .col(key("assessment_id", manager))
                    .col(key_null("round_code", manager))
                    .col(key_null("city", manager))
                    .col(key("period", manager))
                    .col(key_null("against", manager))
                    .col(key_null("by_period", manager))
                    .col(text_null("body"))
                    .col(key("language", manager))
                    .col(key("format", manager))
                    .col(key_null("template_digest", manager))
                    .col(key_null("digest", manager))
                    .col(ColumnDef::new("byte_size").big_integer())
                    .col(key("job_id", manager))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .check(Expr::col("digest").is_null().eq(Expr::col("byte_size").is_null()))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_reports_assessment")
                            .from("reports", "assessment_id")
                            .to("assessments", "id"),
                    )
                    .foreign_key(ForeignKey::create().name("fk_reports_job").from("reports", "job_id").to("jobs", "id"))
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("ix_reports_assessment").table("reports").col("assessment_id").take()).await
    }
}
