//! Whether a release was uploaded.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new("is_uploaded").boolean().not_null().default(false).take();
        manager.alter_table(Table::alter().table("releases").add_column(column).take()).await
    }
}
