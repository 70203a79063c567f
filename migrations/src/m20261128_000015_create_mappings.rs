//! How a file is to be understood: mappings by name, and with each import the mapping that was used, how the file was read,
//! and what was found apart from faults.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms, count, key, key_null, one_of, revision, text, text_null};

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
                    .table("mappings")
                    .col(key("code", manager).primary_key())
                    .col(text("document"))
                    .col(key("digest", manager))
                    .col(revision())
                    .col(at_ms("created_at_ms"))
                    .col(key("created_by", manager))
                    .col(at_ms("updated_at_ms"))
                    .take(),
            )
            .await?;
        // SQLite adds one column at a time.
        let added = [
            count("warnings_total"),
            key_null("mapping_code", manager),
            key_null("mapping_digest", manager),
            text_null("mapping"),
            key_null("encoding", manager),
            key_null("shape", manager),
        ];
        for column in added {
            manager.alter_table(Table::alter().table("imports").add_column(column).take()).await?;
        }
        let severity = key("severity", manager).default("error").check(one_of("severity", &["error", "warning"])).take();
        manager.alter_table(Table::alter().table("import_faults").add_column(severity).take()).await
    }
}
