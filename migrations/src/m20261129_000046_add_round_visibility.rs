//! Who sees the published results of a round, from when on, and under which names.

use sea_orm_migration::prelude::*;

use crate::columns::{at_ms_null, key, one_of, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let words = one_of("visibility", &["private", "participants", "public"]);
        let visibility = key("visibility", manager).default("private").check(words).take();
        // SQLite adds one column at a time.
        for column in [visibility, at_ms_null("public_from_ms"), text_null("pseudonyms")] {
            manager.alter_table(Table::alter().table("rounds").add_column(column).take()).await?;
        }
        Ok(())
    }
}
