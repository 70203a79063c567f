//! Files that support an observation. What was withdrawn stays, with who did it; the bytes are artifacts.

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{PaginatorTrait, QueryFilter, QueryOrder};

use super::StoreError;
use super::entity::evidence::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::observations::Place;

const TABLE: &str = "evidence";

/// A file that supports an observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its identifier.
    pub id: String,
    /// The observation.
    pub place: Place,
    /// SHA-256 of its bytes, in hex: the name of the artifact.
    pub digest: String,
    /// Its size.
    pub bytes: i64,
    /// Its media type, as its content says.
    pub media_type: String,
    /// Its name.
    pub file_name: String,
    /// What it is.
    pub title: Option<String>,
    /// When it was attached.
    pub created_at_ms: i64,
    /// Who attached it.
    pub created_by: String,
    /// When and by whom it was withdrawn.
    pub withdrawn: Option<(i64, String)>,
}

/// The file with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Evidence, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// Every file of an observation, withdrawn ones included, the earliest first. Their number is bounded when they are attached.
pub async fn list(conn: &impl ConnectionTrait, place: &Place) -> Result<Vec<Evidence>, StoreError> {
    let query = at(place).order_by_asc(COLUMN.id);
    query.all(conn).await?.into_iter().map(Evidence::try_from).collect()
}

/// How many files an observation has, withdrawn ones included.
pub async fn count(conn: &impl ConnectionTrait, place: &Place) -> Result<u64, StoreError> {
    Ok(at(place).count(conn).await?)
}

fn at(place: &Place) -> sea_orm::Select<Entity> {
    Entity::find().filter(COLUMN.city.eq(&place.city)).filter(COLUMN.period.eq(&place.period)).filter(COLUMN.item.eq(&place.item))
}

/// Attaches a file whose artifact is in its place already.
pub async fn insert(conn: &impl ConnectionTrait, new: &Evidence) -> Result<(), StoreError> {
    let Evidence { id, place, digest, bytes, media_type, file_name, title, created_at_ms, created_by, withdrawn } = new.clone();
    let (withdrawn_at_ms, withdrawn_by) = withdrawn.unzip();
    let row = Model {
        id,
        city: place.city,
        period: place.period,
        item: place.item,
        digest,
        byte_size: bytes,
        media_type,
        file_name,
        title,
        created_at_ms,
        created_by,
        withdrawn_at_ms,
        withdrawn_by,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.id)?;
    Ok(())
}

/// Marks a file as withdrawn; doing it again changes nothing.
pub async fn withdraw(conn: &impl ConnectionTrait, id: &str, by: &str, now_ms: i64) -> Result<Evidence, StoreError> {
    Entity::update_many()
        .col_expr(Column::WithdrawnAtMs, Expr::value(now_ms))
        .col_expr(Column::WithdrawnBy, Expr::value(by))
        .filter(COLUMN.id.eq(id))
        .filter(COLUMN.withdrawn_at_ms.is_null())
        .exec(conn)
        .await?;
    find(conn, id).await
}

impl TryFrom<Model> for Evidence {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            place: Place { city: row.city, period: row.period, item: row.item },
            digest: row.digest,
            bytes: row.byte_size,
            media_type: row.media_type,
            file_name: row.file_name,
            title: row.title,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            withdrawn: row.withdrawn_at_ms.zip(row.withdrawn_by),
        })
    }
}
