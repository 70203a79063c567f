//! Peer groups whose members follow from a rule.

use sea_orm_migration::prelude::*;

use crate::columns::{text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("peer_groups").add_column(text("kind").default("fixed")).take()).await?;
        manager.alter_table(Table::alter().table("peer_groups").add_column(text_null("definition")).take()).await
    }
}
