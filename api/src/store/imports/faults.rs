//! What was found in an upload: its faults and warnings, in the order of the file.

use sea_orm::{ActiveValue, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use crate::store::entity::import_fault::{ActiveModel, COLUMN, Entity, Model};
use crate::store::error::Keyed;
use crate::store::row::{self, Row, words};
use crate::store::{Page, StoreError, Word};

const TABLE: &str = "import_faults";

/// Faults written in one statement; three columns each, far below what both databases can bind.
const CHUNK: usize = 5_000;

words! {
    /// Whether a finding withholds its row.
    Severity {
        /// It does.
        Error = "error",
        /// It does not.
        Warning = "warning",
    }
}

/// Keeps the faults of an import instead of those an earlier attempt may have left; belongs into a
/// transaction. The first has the number 1. No more of them exist at once than are written in one statement.
pub async fn replace_faults(
    conn: &impl ConnectionTrait,
    import_id: &str,
    faults: impl IntoIterator<Item = Value>,
) -> Result<(), StoreError> {
    Entity::delete_many().filter(COLUMN.import_id.eq(import_id)).exec(conn).await?;
    let mut rows = (1_i64..).zip(faults).map(|(seq, fault)| {
        Ok(ActiveModel {
            import_id: ActiveValue::Set(import_id.to_owned()),
            seq: ActiveValue::Set(seq),
            severity: ActiveValue::Set(severity(&fault).as_str().to_owned()),
            fault: ActiveValue::Set(row::text(&fault)?),
        })
    });
    loop {
        let rows = rows.by_ref().take(CHUNK).collect::<Result<Vec<_>, StoreError>>()?;
        if rows.is_empty() {
            break;
        }
        Entity::insert_many(rows).exec_without_returning(conn).await.keyed(TABLE, import_id)?;
    }
    Ok(())
}

/// How grave a fault is by its own word; without one it is an error.
fn severity(fault: &Value) -> Severity {
    fault.get("severity").and_then(Value::as_str).and_then(Severity::parse).unwrap_or(Severity::Error)
}

/// How many faults and warnings an import has, of one severity where one is named.
pub async fn count_faults_of(
    conn: &impl ConnectionTrait,
    import_id: &str,
    severity: Option<Severity>,
) -> Result<u64, StoreError> {
    let mut query = Entity::find().filter(COLUMN.import_id.eq(import_id));
    if let Some(severity) = severity {
        query = query.filter(COLUMN.severity.eq(severity.as_str()));
    }
    Ok(query.count(conn).await?)
}

/// The faults and warnings of an import after one, in the order they were found.
pub async fn page_faults(
    conn: &impl ConnectionTrait,
    import_id: &str,
    after: Option<i64>,
    limit: u64,
) -> Result<Page<Value, i64>, StoreError> {
    page_faults_of(conn, import_id, None, after, limit).await
}

/// Like [`page_faults`], those of one severity where one is named.
pub async fn page_faults_of(
    conn: &impl ConnectionTrait,
    import_id: &str,
    severity: Option<Severity>,
    after: Option<i64>,
    limit: u64,
) -> Result<Page<Value, i64>, StoreError> {
    let mut query = Entity::find()
        .filter(COLUMN.import_id.eq(import_id))
        .filter(COLUMN.seq.gt(after.unwrap_or(0)))
        .order_by_asc(COLUMN.seq)
        .limit(limit.saturating_add(1));
    if let Some(severity) = severity {
        query = query.filter(COLUMN.severity.eq(severity.as_str()));
    }
    let rows = query.all(conn).await?;
    let Page { items, next } = Page::cut(rows, limit, |row: &Model| row.seq);
    let read = |row: Model| {
        let key = format!("{} {}", row.import_id, row.seq);
        Row { table: TABLE, key: &key }.json("fault", &row.fault)
    };
    Ok(Page { items: items.into_iter().map(read).collect::<Result<_, _>>()?, next })
}
