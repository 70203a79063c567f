//! The classes of a round, each with a set version of its own, and which round an assessment was published in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseBackend};

use crate::columns::{key_null, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let classes = text("classes").default("[]").take();
        manager.alter_table(Table::alter().table("rounds").add_column(classes).take()).await?;
        // SQLite adds one column at a time.
        for column in [key_null("round_code", manager), key_null("round_class", manager)] {
            manager.alter_table(Table::alter().table("assessments").add_column(column).take()).await?;
        }
        let known = match manager.get_database_backend() {
            DatabaseBackend::Sqlite => {
                "UPDATE assessments SET round_code = (SELECT rounds.code FROM rounds, json_each(rounds.assessments) AS published \
                 WHERE published.value = assessments.id)"
            }
            _ => {
                "UPDATE assessments SET round_code = (SELECT rounds.code FROM rounds, \
                 json_array_elements_text(rounds.assessments::json) AS published(id) WHERE published.id = assessments.id)"
            }
        };
        manager.get_connection().execute_unprepared(known).await?;
        Ok(())
    }
}
