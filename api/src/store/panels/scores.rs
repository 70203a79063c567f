//! What experts said. A score is written once: a correction inserts another one and stamps the former.
//!
//! Whoever writes holds the panel ([`super::find_to_change`]), so that nobody else does at the same time.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};

use crate::store::entity::panel_score::{ActiveModel, COLUMN, Column, Entity, Model};
use crate::store::error::Keyed;
use crate::store::{Page, StoreError};

const TABLE: &str = "panel_scores";

/// Rows that are written, and identifiers that are named, at once.
const CHUNK: usize = 1_000;

/// A score that is to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewScore {
    /// The city.
    pub city: String,
    /// The data item.
    pub item: String,
    /// The score.
    pub score: f64,
    /// Why.
    pub comment: Option<String>,
}

/// A score that was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Its number, growing with time.
    pub id: i64,
    /// The key of the expert.
    pub expert: String,
    /// What was said.
    pub said: NewScore,
    /// When.
    pub recorded_at_ms: i64,
    /// When it ceased to count.
    pub superseded_at_ms: Option<i64>,
}

/// How far an expert is.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Progress {
    /// The key of the expert.
    pub expert: String,
    /// How many scores count.
    pub given: i64,
    /// When the last of them was given.
    pub last_at_ms: i64,
}

/// The place of a score in its list: city, item, number.
pub type Position = (String, String, i64);

/// The scores of a panel that count, of one expert.
pub async fn of_expert(conn: &impl ConnectionTrait, panel: &str, expert: &str) -> Result<Vec<Score>, StoreError> {
    let query = Entity::find()
        .filter(COLUMN.panel_code.eq(panel))
        .filter(COLUMN.superseded_at_ms.is_null())
        .filter(COLUMN.expert.eq(expert));
    Ok(query.all(conn).await?.into_iter().map(Score::from).collect())
}

/// The scores that count from one city and item to another, both included, by city and item.
pub async fn between(
    conn: &impl ConnectionTrait,
    panel: &str,
    first: (&str, &str),
    last: (&str, &str),
) -> Result<Vec<(String, String, f64)>, StoreError> {
    let place = || Expr::tuple([Expr::col(Column::City), Expr::col(Column::Item)]);
    let at = |(city, item): (&str, &str)| Expr::tuple([Expr::value(city), Expr::value(item)]);
    let query = Entity::find()
        .filter(COLUMN.panel_code.eq(panel))
        .filter(COLUMN.superseded_at_ms.is_null())
        .filter(place().gte(at(first)))
        .filter(place().lte(at(last)))
        .order_by_asc(COLUMN.city)
        .order_by_asc(COLUMN.item)
        .select_only()
        .columns([Column::City, Column::Item, Column::Score]);
    Ok(query.into_tuple().all(conn).await?)
}

/// The scores of a panel after a position, those that count or every one that was given; of one expert or of all.
pub async fn page(
    conn: &impl ConnectionTrait,
    panel: &str,
    expert: Option<&str>,
    former: bool,
    after: Option<&Position>,
    limit: u64,
) -> Result<Page<Score, Position>, StoreError> {
    let mut query = Entity::find()
        .filter(COLUMN.panel_code.eq(panel))
        .order_by_asc(COLUMN.city)
        .order_by_asc(COLUMN.item)
        .order_by_asc(COLUMN.id)
        .limit(limit.saturating_add(1));
    if !former {
        query = query.filter(COLUMN.superseded_at_ms.is_null());
    }
    if let Some(expert) = expert {
        query = query.filter(COLUMN.expert.eq(expert));
    }
    if let Some((city, item, id)) = after {
        let place = Expr::tuple([Column::City, Column::Item, Column::Id].map(Expr::col));
        query = query.filter(place.gt(Expr::tuple([Expr::value(city.as_str()), Expr::value(item.as_str()), Expr::value(*id)])));
    }
    let scores = query.all(conn).await?.into_iter().map(Score::from).collect();
    Ok(Page::cut(scores, limit, |score: &Score| (score.said.city.clone(), score.said.item.clone(), score.id)))
}

/// How far the experts are, by key; who has said nothing is left out.
pub async fn progress(conn: &impl ConnectionTrait, panel: &str) -> Result<Vec<Progress>, StoreError> {
    let query = Entity::find()
        .filter(COLUMN.panel_code.eq(panel))
        .filter(COLUMN.superseded_at_ms.is_null())
        .select_only()
        .column(Column::Expert)
        .column_as(Column::Id.count(), "given")
        .column_as(Column::RecordedAtMs.max(), "last_at_ms")
        .group_by(Column::Expert)
        .order_by_asc(Column::Expert);
    Ok(query.into_model::<Progress>().all(conn).await?)
}

/// The number of the score that was given last, 0 where none was: as long as it stays and the panel has its revision, the
/// scores that count are the same.
pub async fn last_id(conn: &impl ConnectionTrait, panel: &str) -> Result<i64, StoreError> {
    let query = Entity::find().filter(COLUMN.panel_code.eq(panel)).select_only().column_as(Column::Id.max(), "last");
    let last: Option<Option<i64>> = query.into_tuple().one(conn).await?;
    Ok(last.flatten().unwrap_or(0))
}

/// Keeps scores of an expert; those with the given numbers make room for them first.
pub async fn record(
    conn: &impl ConnectionTrait,
    panel: &str,
    expert: &str,
    new: &[NewScore],
    replaced: &[i64],
    now_ms: i64,
) -> Result<(), StoreError> {
    for ids in replaced.chunks(CHUNK) {
        Entity::update_many()
            .col_expr(Column::SupersededAtMs, Expr::value(now_ms))
            .filter(COLUMN.id.is_in(ids.iter().copied()))
            .exec(conn)
            .await?;
    }
    for chunk in new.chunks(CHUNK) {
        let rows = chunk.iter().map(|said| ActiveModel {
            id: ActiveValue::NotSet,
            panel_code: ActiveValue::Set(panel.to_owned()),
            city: ActiveValue::Set(said.city.clone()),
            item: ActiveValue::Set(said.item.clone()),
            expert: ActiveValue::Set(expert.to_owned()),
            // SQLite stores the negative zero as zero; so does this, for both.
            score: ActiveValue::Set(said.score + 0.0),
            comment: ActiveValue::Set(said.comment.clone()),
            recorded_at_ms: ActiveValue::Set(now_ms),
            superseded_at_ms: ActiveValue::Set(None),
        });
        Entity::insert_many(rows).exec_without_returning(conn).await.keyed(TABLE, panel)?;
    }
    Ok(())
}

/// Takes out what an expert said of some cities, or all of it; gives the number of scores that ceased to count.
pub async fn take_out(
    conn: &impl ConnectionTrait,
    panel: &str,
    expert: &str,
    cities: Option<&[String]>,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let mut query = Entity::update_many()
        .col_expr(Column::SupersededAtMs, Expr::value(now_ms))
        .filter(COLUMN.panel_code.eq(panel))
        .filter(COLUMN.expert.eq(expert))
        .filter(COLUMN.superseded_at_ms.is_null());
    if let Some(cities) = cities {
        query = query.filter(COLUMN.city.is_in(cities.iter().map(String::as_str)));
    }
    Ok(query.exec(conn).await?.rows_affected)
}

/// Whether any score of a panel counts.
pub async fn any(conn: &impl ConnectionTrait, panel: &str) -> Result<bool, StoreError> {
    let query = Entity::find().filter(COLUMN.panel_code.eq(panel)).filter(COLUMN.superseded_at_ms.is_null());
    let found: Option<i64> = query.select_only().column(Column::Id).limit(1).into_tuple().one(conn).await?;
    Ok(found.is_some())
}

impl From<Model> for Score {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            expert: row.expert,
            said: NewScore { city: row.city, item: row.item, score: row.score, comment: row.comment },
            recorded_at_ms: row.recorded_at_ms,
            superseded_at_ms: row.superseded_at_ms,
        }
    }
}
