//! What every connection to PostgreSQL asks for when it is opened.

use std::fmt::Write as _;

use super::StoreOptions;

/// How soon PostgreSQL looks for a client that says nothing, and gives it up: within half a minute. The default of
/// most systems is two hours, in which whatever the client had locked stays locked.
const KEEPALIVE: &str = "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;";

/// A statement that still runs for a client that is gone ends, where the server can look (from PostgreSQL 14 on, not on
/// every system); elsewhere it ends when it is done.
const LOOK_FOR_THE_CLIENT: &str =
    "DO $$ BEGIN SET client_connection_check_interval = 5000; EXCEPTION WHEN OTHERS THEN NULL; END $$;";

/// The statements that a new connection runs.
pub(super) fn settings(options: &StoreOptions) -> String {
    let StoreOptions { busy_timeout_ms, statement_timeout_ms, idle_transaction_timeout_ms, schema, .. } = options;
    let mut sql = String::new();
    let mut set = |setting: &str, ms: &u64| {
        write!(sql, "SET {setting} = {ms};").expect("a text takes everything");
    };
    set("lock_timeout", busy_timeout_ms);
    set("statement_timeout", statement_timeout_ms);
    set("idle_in_transaction_session_timeout", idle_transaction_timeout_ms);
    if let Some(schema) = schema {
        write!(sql, "SET search_path = \"{}\";", schema.replace('"', "\"\"")).expect("a text takes everything");
    }
    sql + KEEPALIVE + LOOK_FOR_THE_CLIENT
}

/// A transaction that waits as long as it takes for other writers, and whose statements take as long as they take.
pub(super) const PATIENT: &str = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0";

/// A transaction that would rather fail than wait for other writers.
pub(super) const BRIEF: &str = "SET LOCAL lock_timeout = 1000";

/// A transaction that only reads, however much.
pub(super) const LONG_READ: &str = "SET LOCAL statement_timeout = 0";
