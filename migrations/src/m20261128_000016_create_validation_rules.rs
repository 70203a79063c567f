//! Validation rules that stand beside those of the set documents.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, key_null, revision, text};

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
                    .table("validation_rules")
                    .col(key("code", manager).primary_key())
                    .col(key_null("set_code", manager))
                    .col(ColumnDef::new("enabled").boolean().not_null())
                    .col(text("document"))
                    .col(key("digest", manager))
                    .col(revision())
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms("updated_at_ms"))
                    .take(),
            )
            .await
    }
}
