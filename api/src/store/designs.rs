//! Designs of cities with their elements, and what became of each element.

use std::collections::BTreeMap;

use citygauge_indicators::planning::{DesignHeader, DesignState, Document, Element};
use citygauge_indicators::{Period, Text};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue, ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};

use super::entity::design::{COLUMN, Column, Entity, Model};
use super::entity::{design_element as element, design_event as event};
use super::error::Keyed;
use super::row::{self, Row, words};
use super::{Page, StoreError, Word};

const TABLE: &str = "designs";
const ELEMENTS: &str = "design_elements";
const EVENTS: &str = "design_events";

/// Rows that are written, and codes that are named, at once.
const CHUNK: usize = 500;
/// Events of an element that are read.
const EVENTS_LIMIT: u64 = 1_000;

words! {
    /// What became of an element.
    EventAction {
        /// It was put, or changed.
        Put = "put",
        /// It was removed.
        Removed = "removed",
        /// It was confirmed after what it rests on had changed.
        Rechecked = "rechecked",
    }
}

/// A design.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// Its identifier.
    pub id: String,
    /// Whose it is, and for which years.
    pub header: DesignHeader,
    /// Its version, raised with every change of it or of an element.
    pub revision: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at_ms: i64,
}

/// An element as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredElement {
    /// The element.
    pub element: Element,
    /// What each target of its links was when the link was made or confirmed: a fingerprint by target.
    pub seen: BTreeMap<String, String>,
    /// Its version.
    pub revision: i64,
    /// When it was first put.
    pub created_at_ms: i64,
    /// When it last changed.
    pub updated_at_ms: i64,
    /// Who changed it.
    pub updated_by: String,
}

/// Something that becomes of an element.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// The code of the element.
    pub code: String,
    /// What.
    pub action: EventAction,
    /// The element, where it was put.
    pub document: Option<Value>,
    /// Why it was confirmed.
    pub reason: Option<String>,
    /// When.
    pub at_ms: i64,
    /// Who.
    pub by: String,
}

/// The design with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Design, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// As [`find`], and nobody else changes it or its elements before the transaction ends.
pub async fn find_to_change(conn: &impl ConnectionTrait, id: &str) -> Result<Design, StoreError> {
    let row = Entity::find_by_id(id).lock_exclusive().one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The designs before an identifier, the newest first: those of these cities, or all.
pub async fn page(
    conn: &impl ConnectionTrait,
    cities: Option<&[String]>,
    state: Option<DesignState>,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<Design, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(cities) = cities {
        query = query.filter(COLUMN.city.is_in(cities.iter().map(String::as_str)));
    }
    if let Some(state) = state {
        query = query.filter(COLUMN.state.eq(state.word()));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let designs = query.all(conn).await?.into_iter().map(Design::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(designs, limit, |design: &Design| design.id.clone()))
}

/// Keeps a new design.
pub async fn insert(conn: &impl ConnectionTrait, new: &Design) -> Result<(), StoreError> {
    let DesignHeader { title, city, from, to, state, members } = new.header.clone();
    let row = Model {
        id: new.id.clone(),
        city,
        title_zh: title.zh,
        title_en: title.en,
        first_period: from.to_string(),
        last_period: to.to_string(),
        state: state.word().to_owned(),
        members: row::text(&members)?,
        revision: new.revision,
        created_at_ms: new.created_at_ms,
        created_by: new.created_by.clone(),
        updated_at_ms: new.updated_at_ms,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.id)?;
    Ok(())
}

/// Changes a design that still has the revision the caller has seen; a change of its elements is one of it too.
pub async fn replace(conn: &impl ConnectionTrait, design: &Design, now_ms: i64) -> Result<Design, StoreError> {
    let DesignHeader { title, city: _, from, to, state, members } = &design.header;
    let changed = Entity::update_many()
        .col_expr(Column::TitleZh, Expr::value(title.zh.clone()))
        .col_expr(Column::TitleEn, Expr::value(title.en.clone()))
        .col_expr(Column::FirstPeriod, Expr::value(from.to_string()))
        .col_expr(Column::LastPeriod, Expr::value(to.to_string()))
        .col_expr(Column::State, Expr::value(state.word()))
        .col_expr(Column::Members, Expr::value(row::text(members)?))
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .col_expr(Column::Revision, Expr::value(design.revision + 1))
        .filter(COLUMN.id.eq(&design.id))
        .filter(COLUMN.revision.eq(design.revision))
        .exec(conn)
        .await?;
    if changed.rows_affected == 0 {
        return Err(StoreError::stale(TABLE, &design.id));
    }
    find(conn, &design.id).await
}

/// The elements of a design, by code. Their number is bounded when they are put.
pub async fn elements(conn: &impl ConnectionTrait, design: &str) -> Result<Vec<StoredElement>, StoreError> {
    let query = element::Entity::find().filter(element::COLUMN.design_id.eq(design)).order_by_asc(element::COLUMN.code);
    query.all(conn).await?.into_iter().map(StoredElement::try_from).collect()
}

/// Puts elements in place of those that have their codes, or beside the others.
pub async fn put_elements(conn: &impl ConnectionTrait, design: &str, new: &[StoredElement]) -> Result<(), StoreError> {
    let codes: Vec<&str> = new.iter().map(|stored| stored.element.code()).collect();
    remove_elements(conn, design, &codes).await?;
    for chunk in new.chunks(CHUNK) {
        let rows = chunk.iter().map(|stored| {
            Ok(element::ActiveModel {
                design_id: ActiveValue::Set(design.to_owned()),
                code: ActiveValue::Set(stored.element.code().to_owned()),
                kind: ActiveValue::Set(stored.element.kind().word().to_owned()),
                document: ActiveValue::Set(row::text(&stored.element)?),
                seen: ActiveValue::Set(row::text(&stored.seen)?),
                revision: ActiveValue::Set(stored.revision),
                created_at_ms: ActiveValue::Set(stored.created_at_ms),
                updated_at_ms: ActiveValue::Set(stored.updated_at_ms),
                updated_by: ActiveValue::Set(stored.updated_by.clone()),
            })
        });
        let rows: Vec<_> = rows.collect::<Result<_, StoreError>>()?;
        element::Entity::insert_many(rows).exec_without_returning(conn).await.keyed(ELEMENTS, design)?;
    }
    Ok(())
}

/// Removes elements by their codes.
pub async fn remove_elements(conn: &impl ConnectionTrait, design: &str, codes: &[&str]) -> Result<(), StoreError> {
    for chunk in codes.chunks(CHUNK) {
        element::Entity::delete_many()
            .filter(element::COLUMN.design_id.eq(design))
            .filter(element::COLUMN.code.is_in(chunk.iter().copied()))
            .exec(conn)
            .await?;
    }
    Ok(())
}

/// Notes what becomes of elements.
pub async fn note(conn: &impl ConnectionTrait, design: &str, events: &[NewEvent]) -> Result<(), StoreError> {
    for chunk in events.chunks(CHUNK) {
        let rows = chunk.iter().map(|new| {
            Ok(event::ActiveModel {
                id: ActiveValue::NotSet,
                design_id: ActiveValue::Set(design.to_owned()),
                code: ActiveValue::Set(new.code.clone()),
                action: ActiveValue::Set(new.action.as_str().to_owned()),
                document: ActiveValue::Set(new.document.as_ref().map(row::text).transpose()?),
                reason: ActiveValue::Set(new.reason.clone()),
                recorded_at_ms: ActiveValue::Set(new.at_ms),
                recorded_by: ActiveValue::Set(new.by.clone()),
            })
        });
        let rows: Vec<_> = rows.collect::<Result<_, StoreError>>()?;
        event::Entity::insert_many(rows).exec_without_returning(conn).await.keyed(EVENTS, design)?;
    }
    Ok(())
}

/// What became of an element, the newest first, at most the last thousand; also of one that was removed.
pub async fn history(conn: &impl ConnectionTrait, design: &str, code: &str) -> Result<Vec<NewEvent>, StoreError> {
    let query = event::Entity::find()
        .filter(event::COLUMN.design_id.eq(design))
        .filter(event::COLUMN.code.eq(code))
        .order_by_desc(event::COLUMN.id)
        .limit(EVENTS_LIMIT);
    let rows = query.all(conn).await?.into_iter().map(|row| {
        let at = Row { table: EVENTS, key: &row.id };
        Ok(NewEvent {
            action: at.word("action", &row.action)?,
            document: at.json_null("document", row.document.as_deref())?,
            code: row.code,
            reason: row.reason,
            at_ms: row.recorded_at_ms,
            by: row.recorded_by,
        })
    });
    rows.collect()
}

impl TryFrom<Model> for Design {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let at = Row { table: TABLE, key: &row.id };
        let period = |column: &'static str, text: &str| {
            text.parse::<Period>().map_err(|_| at.corrupt(column, format!("{text:?} is not a period")))
        };
        let state = DesignState::ALL.iter().find(|state| state.word() == row.state);
        Ok(Self {
            header: DesignHeader {
                from: period("first_period", &row.first_period)?,
                to: period("last_period", &row.last_period)?,
                state: *state.ok_or_else(|| at.corrupt("state", format!("{:?} is not one of its words", row.state)))?,
                members: at.json("members", &row.members)?,
                title: Text { zh: row.title_zh, en: row.title_en },
                city: row.city,
            },
            id: row.id,
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
        })
    }
}

impl TryFrom<element::Model> for StoredElement {
    type Error = StoreError;

    fn try_from(row: element::Model) -> Result<Self, StoreError> {
        let at = Row { table: ELEMENTS, key: &row.code };
        let document: Value = at.json("document", &row.document)?;
        let element = Element::read_at(&document, "").map_err(|faults| at.corrupt("document", faults.to_string()))?;
        Ok(Self {
            element,
            seen: at.json("seen", &row.seen)?,
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            updated_at_ms: row.updated_at_ms,
            updated_by: row.updated_by,
        })
    }
}

impl StoredElement {
    /// The element as answers and the history show it.
    pub fn document(&self) -> Value {
        json!(self.element)
    }
}
