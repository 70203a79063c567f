//! Which assessment another one supersedes, and why.

use sea_orm_migration::prelude::*;

use crate::columns::{key_null, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in [key_null("supersedes", manager), text_null("supersedes_reason")] {
            manager.alter_table(Table::alter().table("assessments").add_column(column).take()).await?;
        }
        let index = Index::create().name("ix_assessments_supersedes").table("assessments").col("supersedes").take();
        manager.create_index(index).await
    }
}
