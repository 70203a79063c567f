//! The statements that take a delivery up, which the query builder cannot say.
//!
//! They differ between the databases in one place: PostgreSQL skips the rows that somebody else has locked; SQLite has one
//! writer at a time. The state is spelled as in the partial index `ix_webhook_deliveries_due`, or SQLite would not use it.

use sea_orm::DbBackend;

/// What is due: to a webhook that is enabled and not paused. Binds: now.
const DUE: &str = "SELECT id FROM webhook_deliveries
    WHERE state IN ('pending') AND run_at_ms <= $1
      AND webhook_id IN (SELECT id FROM webhooks WHERE enabled AND paused_until_ms <= $1";

/// Whether anything is due. Binds: now.
pub(super) fn is_due() -> String {
    format!("{DUE}) LIMIT 1")
}

/// Takes the delivery that has waited longest. Binds: now, when it is due again if nobody ends it, the name of the key.
pub(super) fn claim(backend: DbBackend) -> String {
    let skip = match backend {
        DbBackend::Postgres => "FOR UPDATE SKIP LOCKED",
        _ => "",
    };
    format!(
        "UPDATE webhook_deliveries SET claims = claims + 1, tries = tries + 1, run_at_ms = $2
         WHERE id = ({DUE} AND key_id = $3) ORDER BY run_at_ms, id LIMIT 1 {skip})
         RETURNING *"
    )
}
