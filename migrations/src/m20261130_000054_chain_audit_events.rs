//! The lines of the trail as a chain: each has its place, and the digest of its content and of the line before. A line without a place is one of
//! before, or of a former version of the service that still runs; it gets its place once, and is never changed otherwise.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::columns::key_null;

const CHAINED_POSTGRES: &str = r#"
    CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.place IS NULL AND NEW.place IS NOT NULL AND NEW.previous IS NOT NULL AND NEW.digest IS NOT NULL
                AND ROW(NEW.id, NEW.at_ms, NEW.actor, NEW.action, NEW.subject, NEW.detail)
                    IS NOT DISTINCT FROM ROW(OLD.id, OLD.at_ms, OLD.actor, OLD.action, OLD.subject, OLD.detail) THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION 'the audit trail is append-only';
    END $$;
"#;

const CHAINED_SQLITE: &str = r#"
    DROP TRIGGER audit_events_not_updated;
    CREATE TRIGGER audit_events_not_updated BEFORE UPDATE ON audit_events
    WHEN NOT (OLD.place IS NULL AND NEW.place IS NOT NULL AND NEW.previous IS NOT NULL AND NEW.digest IS NOT NULL
        AND NEW.id IS OLD.id AND NEW.at_ms IS OLD.at_ms AND NEW.actor IS OLD.actor AND NEW.action IS OLD.action
        AND NEW.subject IS OLD.subject AND NEW.detail IS OLD.detail)
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
        // SQLite adds one column at a time.
        let place = ColumnDef::new("place").big_integer().take();
        for column in [place, key_null("previous", manager), key_null("digest", manager)] {
            manager.alter_table(Table::alter().table("audit_events").add_column(column).take()).await?;
        }
        let index = Index::create().name("uq_audit_events_place").table("audit_events").col("place").unique().take();
        manager.create_index(index).await?;
        let connection = manager.get_connection();
        match manager.get_database_backend() {
            DatabaseBackend::Postgres => connection.execute_unprepared(CHAINED_POSTGRES).await?,
            _ => connection.execute_unprepared(CHAINED_SQLITE).await?,
        };
        Ok(())
    }
}
