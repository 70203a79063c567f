//! Maps that were uploaded, with the number under which each was approved; the shapes are an artifact.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, count, key, key_null, text};

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
                    .table("maps")
                    .col(key("code", manager).primary_key())
                    .col(key_null("title_zh", manager))
                    .col(key_null("title_en", manager))
                    .col(text("approval_number"))
                    .col(text("key_property"))
                    .col(count("features"))
                    .col(key("digest", manager))
                    .col(count("revision"))
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms("updated_at_ms"))
                    .take(),
            )
            .await
    }
}
