//! Keys that have some of the rights of their role only, and keys that work from some networks only.

use sea_orm_migration::prelude::*;

use crate::columns::text;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in ["rights", "addresses"] {
            let added = text(column).default("[]").take();
            manager.alter_table(Table::alter().table("keys").add_column(added).take()).await?;
        }
        Ok(())
    }
}
