//! The append-only trail: who did what to which thing, and when.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::{at_ms, key, serial, text};

const APPEND_ONLY_POSTGRES: &str = r#"
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit trail is append-only';
    END $$;
    CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events
        FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
    CREATE TRIGGER audit_events_not_emptied BEFORE TRUNCATE ON audit_events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
"#;

const APPEND_ONLY_SQLITE: &str = r#"
    CREATE TRIGGER audit_events_not_updated BEFORE UPDATE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
    CREATE TRIGGER audit_events_not_deleted BEFORE DELETE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
"#;

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
                    .table("audit_events")
                    .col(serial())
                    .col(at_ms("at_ms"))
                    .col(key("actor", manager))
                    .col(key("action", manager))
                    .col(key("subject", manager))
                    .col(text("detail").default("{}"))
                    .take(),
            )
            .await?;
        manager
            .create_index(Index::create().name("ix_audit_events_subject").table("audit_events").col("subject").col("id").take())
            .await?;
        let connection = manager.get_connection();
        match manager.get_database_backend() {
            DatabaseBackend::Postgres => connection.execute_unprepared(APPEND_ONLY_POSTGRES).await?,
            _ => connection.execute_unprepared(APPEND_ONLY_SQLITE).await?,
        };
        Ok(())
    }
}
