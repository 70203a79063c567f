//! What became of each element of a design: every version that it ever had, its removal, and who re-checked it.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, one_of, serial, text_null};

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
                    .table("design_events")
                    .col(serial())
                    .col(key("design_id", manager))
                    .col(key("code", manager))
                    .col(key("action", manager).check(one_of("action", &["put", "removed", "rechecked"])))
                    .col(text_null("document"))
                    .col(text_null("reason"))
                    .col(at_ms("recorded_at_ms"))
                    .col(key("recorded_by", manager))
                    .check(Expr::col("action").eq("put").eq(Expr::col("document").is_not_null()))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_design_events_design")
                            .from("design_events", "design_id")
                            .to("designs", "id"),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_design_events_element")
                    .table("design_events")
                    .col("design_id")
                    .col("code")
                    .col("id")
                    .take(),
            )
            .await
    }
}
