//! Panels of experts and their members; [`scores`] keeps what they said.

pub mod scores;

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue, ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::entity::panel::{COLUMN, Column, Entity, Model};
use super::entity::panel_expert as expert;
use super::error::Keyed;
use super::indicator_sets::SetKey;
use super::row::{self, Row, words};
use super::{Page, StoreError, Word, keys};

const TABLE: &str = "panels";

words! {
    /// Whether a panel takes scores.
    PanelState {
        /// The experts score.
        Open = "open",
        /// Nothing more is scored.
        Closed = "closed",
    }
}

/// What is said of a panel.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPanel {
    /// Its code.
    pub code: String,
    /// The Chinese title.
    pub title_zh: Option<String>,
    /// The English title.
    pub title_en: Option<String>,
    /// The set that has the items.
    pub set: SetKey,
    /// The period.
    pub period: String,
    /// The data items, sorted.
    pub items: Vec<String>,
    /// The cities, sorted.
    pub cities: Vec<String>,
    /// The least score.
    pub least: f64,
    /// The greatest score.
    pub greatest: f64,
    /// The distance from one score to the next.
    pub step: f64,
    /// The part of the scores that is left out at each end.
    pub trim: f64,
    /// The decimals of a mean.
    pub places: Option<u8>,
    /// How many scores a result needs.
    pub least_scores: u32,
    /// The experts, by key.
    pub experts: Vec<Expert>,
}

/// An expert of a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expert {
    /// The identifier of its key.
    pub key: String,
    /// The cities that are its own by what the panel says.
    pub own_cities: Vec<String>,
}

/// A panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// What it is about.
    pub profile: NewPanel,
    /// Whether it takes scores.
    pub state: PanelState,
    /// The row's version, for `If-Match`.
    pub revision: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at_ms: i64,
}

impl Panel {
    /// The member with this key.
    pub fn expert(&self, key: &str) -> Option<&Expert> {
        self.profile.experts.iter().find(|expert| expert.key == key)
    }
}

/// The panel with this code.
pub async fn find(conn: &impl ConnectionTrait, code: &str) -> Result<Panel, StoreError> {
    find_by_code(conn, code).await?.ok_or_else(|| StoreError::absent(TABLE, code))
}

/// The panel with this code, if there is one.
pub async fn find_by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Panel>, StoreError> {
    let Some(row) = Entity::find_by_id(code).one(conn).await? else { return Ok(None) };
    let mut members = members(conn, &[&row.code]).await?;
    let experts = members.remove(&row.code).unwrap_or_default();
    panel(row, experts).map(Some)
}

/// As [`find_by_code`]; nobody else may write the panel or its scores until the caller's transaction is over.
pub async fn find_by_code_to_change(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Panel>, StoreError> {
    let held: Option<String> =
        Entity::find_by_id(code).select_only().column(Column::Code).lock_exclusive().into_tuple().one(conn).await?;
    // What somebody else wrote meanwhile is seen by a statement that begins after the lock was given.
    match held {
        Some(code) => find_by_code(conn, &code).await,
        None => Ok(None),
    }
}

/// As [`find`]; nobody else may write the panel or its scores until the caller's transaction is over.
pub async fn find_to_change(conn: &impl ConnectionTrait, code: &str) -> Result<Panel, StoreError> {
    find_by_code_to_change(conn, code).await?.ok_or_else(|| StoreError::absent(TABLE, code))
}

/// The panels after a code, by code; those that a key is a member of, or all.
pub async fn page(
    conn: &impl ConnectionTrait,
    member: Option<&str>,
    after: Option<&str>,
    limit: u64,
) -> Result<Page<Panel, String>, StoreError> {
    let mut query = Entity::find().order_by_asc(COLUMN.code).limit(limit.saturating_add(1));
    if let Some(member) = member {
        let own = expert::Entity::find().filter(expert::COLUMN.key_id.eq(member));
        let own = own.select_only().column(expert::Column::PanelCode).into_query();
        query = query.filter(COLUMN.code.in_subquery(own));
    }
    if let Some(after) = after {
        query = query.filter(COLUMN.code.gt(after));
    }
    let rows = query.all(conn).await?;
    let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
    let mut members = members(conn, &codes).await?;
    let panels = rows.into_iter().map(|row| {
        let experts = members.remove(&row.code).unwrap_or_default();
        panel(row, experts)
    });
    Ok(Page::cut(panels.collect::<Result<_, _>>()?, limit, |panel: &Panel| panel.profile.code.clone()))
}

/// Makes a panel, which is open.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewPanel, created_by: &str, now_ms: i64) -> Result<Panel, StoreError> {
    let row = Model {
        code: new.code.clone(),
        title_zh: new.title_zh.clone(),
        title_en: new.title_en.clone(),
        set_code: new.set.code.clone(),
        set_version: new.set.version.clone(),
        period: new.period.clone(),
        items: row::text(&new.items)?,
        cities: row::text(&new.cities)?,
        least: new.least,
        greatest: new.greatest,
        step: new.step,
        trim: new.trim,
        places: new.places.map(i32::from),
        least_scores: whole(new.least_scores)?,
        state: PanelState::Open.as_str().to_owned(),
        revision: 1,
        created_at_ms: now_ms,
        created_by: created_by.to_owned(),
        updated_at_ms: now_ms,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.code)?;
    insert_members(conn, new).await?;
    find(conn, &new.code).await
}

/// Changes a panel that still has the revision the caller has seen.
pub async fn replace(conn: &impl ConnectionTrait, panel: &Panel, now_ms: i64) -> Result<Panel, StoreError> {
    let Panel { profile, revision, .. } = panel;
    let changed = Entity::update_many()
        .col_expr(Column::TitleZh, Expr::value(profile.title_zh.clone()))
        .col_expr(Column::TitleEn, Expr::value(profile.title_en.clone()))
        .col_expr(Column::SetCode, Expr::value(&profile.set.code))
        .col_expr(Column::SetVersion, Expr::value(&profile.set.version))
        .col_expr(Column::Period, Expr::value(&profile.period))
        .col_expr(Column::Items, Expr::value(row::text(&profile.items)?))
        .col_expr(Column::Cities, Expr::value(row::text(&profile.cities)?))
        .col_expr(Column::Least, Expr::value(profile.least))
        .col_expr(Column::Greatest, Expr::value(profile.greatest))
        .col_expr(Column::Step, Expr::value(profile.step))
        .col_expr(Column::Trim, Expr::value(profile.trim))
        .col_expr(Column::Places, Expr::value(profile.places.map(i32::from)))
        .col_expr(Column::LeastScores, Expr::value(whole(profile.least_scores)?))
        .col_expr(Column::State, Expr::value(panel.state.as_str()))
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .col_expr(Column::Revision, Expr::value(revision + 1))
        .filter(COLUMN.code.eq(&profile.code))
        .filter(COLUMN.revision.eq(*revision))
        .exec(conn)
        .await?;
    if changed.rows_affected == 0 {
        find(conn, &profile.code).await?;
        return Err(StoreError::stale(TABLE, &profile.code));
    }
    expert::Entity::delete_many().filter(expert::COLUMN.panel_code.eq(&profile.code)).exec(conn).await?;
    insert_members(conn, profile).await?;
    find(conn, &profile.code).await
}

/// The keys of these experts, revoked ones included, by identifier; what no key has is left out.
pub async fn keys_of<'e>(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = &'e str>,
) -> Result<HashMap<String, keys::Key>, StoreError> {
    let ids: Vec<&str> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let mut found = HashMap::new();
    for chunk in ids.chunks(10_000) {
        let keys = keys::find_by_ids(conn, chunk.iter().copied()).await?;
        found.extend(keys.into_iter().map(|key| (key.id.clone(), key)));
    }
    Ok(found)
}

async fn insert_members(conn: &impl ConnectionTrait, new: &NewPanel) -> Result<(), StoreError> {
    let rows = new.experts.iter().map(|member| {
        Ok(expert::ActiveModel {
            panel_code: ActiveValue::Set(new.code.clone()),
            key_id: ActiveValue::Set(member.key.clone()),
            own_cities: ActiveValue::Set(row::text(&member.own_cities)?),
        })
    });
    let rows: Vec<_> = rows.collect::<Result<_, StoreError>>()?;
    expert::Entity::insert_many(rows).exec_without_returning(conn).await.keyed("panel_experts", &new.code)?;
    Ok(())
}

/// The members of these panels, each list by key.
async fn members(conn: &impl ConnectionTrait, codes: &[&str]) -> Result<HashMap<String, Vec<Expert>>, StoreError> {
    let query = expert::Entity::find()
        .filter(expert::COLUMN.panel_code.is_in(codes.iter().copied()))
        .order_by_asc(expert::COLUMN.panel_code)
        .order_by_asc(expert::COLUMN.key_id);
    let mut members: HashMap<String, Vec<Expert>> = HashMap::new();
    for row in query.all(conn).await? {
        let at = Row { table: "panel_experts", key: &row.key_id };
        let own_cities = at.json("own_cities", &row.own_cities)?;
        members.entry(row.panel_code).or_default().push(Expert { key: row.key_id, own_cities });
    }
    Ok(members)
}

fn whole(number: u32) -> Result<i32, StoreError> {
    i32::try_from(number).map_err(|error| StoreError::Internal(Box::new(error)))
}

fn panel(row: Model, experts: Vec<Expert>) -> Result<Panel, StoreError> {
    let at = Row { table: TABLE, key: &row.code };
    let places = row.places.map(u8::try_from).transpose().map_err(|error| at.corrupt("places", error.to_string()))?;
    Ok(Panel {
        state: at.word("state", &row.state)?,
        profile: NewPanel {
            items: at.json("items", &row.items)?,
            cities: at.json("cities", &row.cities)?,
            places,
            least_scores: u32::try_from(row.least_scores).map_err(|error| at.corrupt("least_scores", error.to_string()))?,
            code: row.code.clone(),
            title_zh: row.title_zh,
            title_en: row.title_en,
            set: SetKey { code: row.set_code, version: row.set_version },
            period: row.period,
            least: row.least,
            greatest: row.greatest,
            step: row.step,
            trim: row.trim,
            experts,
        },
        revision: row.revision,
        created_at_ms: row.created_at_ms,
        created_by: row.created_by,
        updated_at_ms: row.updated_at_ms,
    })
}
