//! The register of cities that observations may name.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, key, revision, text, text_null};

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
                    .table("cities")
                    .col(key("code", manager).primary_key())
                    .col(text("name"))
                    .col(text_null("name_zh"))
                    .col(text_null("name_en"))
                    .col(text("attributes").default("{}"))
                    .col(text_null("valid_from"))
                    .col(text_null("valid_to"))
                    .col(revision())
                    .col(at_ms("created_at_ms"))
                    .col(at_ms("updated_at_ms"))
                    .take(),
            )
            .await
    }
}
