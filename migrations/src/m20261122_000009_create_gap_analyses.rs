//! Distances of one city from a reference, derived from one assessment.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, key_null, text};

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
                    .table("gap_analyses")
                    .col(key("id", manager).primary_key())
                    .col(key("assessment_id", manager))
                    .col(key("city", manager))
                    .col(key("against", manager))
                    .col(key_null("by", manager))
                    .col(text("document"))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_gap_analyses_assessment")
                            .from("gap_analyses", "assessment_id")
                            .to("assessments", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("ix_gap_analyses_assessment").table("gap_analyses").col("assessment_id").col("id").take(),
            )
            .await
    }
}
