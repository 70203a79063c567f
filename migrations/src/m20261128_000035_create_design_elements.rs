//! What a design holds: elements with their documents and links.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, revision, text};

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
                    .table("design_elements")
                    .col(key("design_id", manager))
                    .col(key("code", manager))
                    .col(key("kind", manager))
                    .col(text("document"))
                    .col(text("seen"))
                    .col(revision())
                    .col(at_ms("created_at_ms"))
                    .col(at_ms("updated_at_ms"))
                    .col(key("updated_by", manager))
                    .primary_key(Index::create().col("design_id").col("code"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_design_elements_design")
                            .from("design_elements", "design_id")
                            .to("designs", "id"),
                    )
                    .take(),
            )
            .await
    }
}
