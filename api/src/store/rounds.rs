//! Rounds: what is collected in an evaluation, from whom and until when.

use std::collections::BTreeSet;

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entity::round::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::indicator_sets::SetKey;
use super::row::{self, Row, words};
use super::{Page, StoreError, Word};

const TABLE: &str = "rounds";

words! {
    /// How far a round is.
    RoundState {
        /// It may still change.
        Draft = "draft",
        /// Cities fill and submit.
        Open = "open",
        /// Nothing more is submitted.
        Closed = "closed",
        /// Its assessment is made.
        Published = "published",
    }
}

words! {
    /// Who sees the results of a round, beside those who see all results.
    Visibility {
        /// Each city its own.
        Private = "private",
        /// Each city its own, and those of the others without their names.
        Participants = "participants",
        /// Anybody, from a moment on.
        Public = "public",
    }
}

/// A department and the items it reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// Its name; empty for the items that name none.
    pub department: String,
    /// The codes of its items, in the order of the set.
    pub items: Vec<String>,
}

/// A class of cities that reports for a set version of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// Its code.
    pub code: String,
    /// The Chinese title; one of the two is needed.
    pub title_zh: Option<String>,
    /// The English title.
    pub title_en: Option<String>,
    /// The set version.
    pub set: SetKey,
    /// Its cities as they were asked for.
    pub members: Value,
    /// Its cities, by code; empty before the opening.
    #[serde(default)]
    pub cities: Vec<String>,
    /// Its departments, by name; empty before the opening.
    #[serde(default)]
    pub departments: Vec<Department>,
}

/// What is said of a round while it is a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRound {
    /// Its code.
    pub code: String,
    /// The Chinese title; one of the two is needed.
    pub title_zh: Option<String>,
    /// The English title.
    pub title_en: Option<String>,
    /// The set version; with classes, that of the first.
    pub set: SetKey,
    /// The periods.
    pub periods: Vec<String>,
    /// The cohort as it was asked for.
    pub cohort: Value,
    /// The classes of its cities, each with a set version; none means that all report for `set`.
    pub classes: Vec<Class>,
    /// Whether the province reviews.
    pub province_review: bool,
    /// From when on submissions are taken.
    pub opens_at_ms: Option<i64>,
    /// Until when they are on time.
    pub due_at_ms: Option<i64>,
    /// From when on none is taken.
    pub closes_at_ms: Option<i64>,
    /// Who sees the results.
    pub visibility: Visibility,
    /// From when on they are public.
    pub public_from_ms: Option<i64>,
}

/// A round.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// What is said of it.
    pub profile: NewRound,
    /// How far it is.
    pub state: RoundState,
    /// The cities that take part, by code; empty before the opening.
    pub cities: Vec<String>,
    /// The departments, by name; empty before the opening. With classes, what any of them reports.
    pub departments: Vec<Department>,
    /// The cities in the order of their pseudonyms, which is drawn by lot; where others see them without their names.
    pub pseudonyms: Option<Vec<String>>,
    /// The assessments that were published, in the order of time; of a publication one per class, in the order of the classes.
    pub assessments: Vec<String>,
    /// The row's version, for `If-Match`.
    pub revision: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at_ms: i64,
}

impl Round {
    /// Every item that is reported, once.
    pub fn items(&self) -> Vec<String> {
        let all = self.departments.iter().flat_map(|department| department.items.iter().cloned());
        all.collect::<BTreeSet<String>>().into_iter().collect()
    }

    /// The class of a city, in a round with classes that was opened.
    pub fn class_of(&self, city: &str) -> Option<&Class> {
        self.profile.classes.iter().find(|class| class.cities.binary_search_by(|known| known.as_str().cmp(city)).is_ok())
    }

    /// The set version that a city reports for.
    pub fn set_of(&self, city: &str) -> &SetKey {
        self.class_of(city).map_or(&self.profile.set, |class| &class.set)
    }

    /// The departments of a city.
    pub fn departments_of(&self, city: &str) -> &[Department] {
        self.class_of(city).map_or(&self.departments, |class| &class.departments)
    }

    /// The cities that report the same, with their departments: those of each class, or all.
    pub fn alike(&self) -> Vec<(&[String], &[Department])> {
        if self.profile.classes.is_empty() {
            return vec![(&self.cities, &self.departments)];
        }
        self.profile.classes.iter().map(|class| (class.cities.as_slice(), class.departments.as_slice())).collect()
    }

    /// The assessments of each publication, one per class.
    pub fn publications(&self) -> impl DoubleEndedIterator<Item = &[String]> + ExactSizeIterator {
        self.assessments.chunks(self.profile.classes.len().max(1))
    }
}

/// The round with this code.
pub async fn find(conn: &impl ConnectionTrait, code: &str) -> Result<Round, StoreError> {
    find_by_code(conn, code).await?.ok_or_else(|| StoreError::absent(TABLE, code))
}

/// The round with this code, if there is one.
pub async fn find_by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Round>, StoreError> {
    Entity::find_by_id(code).one(conn).await?.map(Round::try_from).transpose()
}

/// As [`find`]; the round does not change until the caller's transaction is over.
pub async fn find_and_hold(conn: &impl ConnectionTrait, code: &str) -> Result<Round, StoreError> {
    let row = Entity::find_by_id(code).lock_shared().one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, code))?.try_into()
}

/// As [`find`]; nobody else may write or hold the round until the caller's transaction is over.
pub async fn find_to_change(conn: &impl ConnectionTrait, code: &str) -> Result<Round, StoreError> {
    let row = Entity::find_by_id(code).lock_exclusive().one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, code))?.try_into()
}

/// The rounds after a code, by code.
pub async fn page(conn: &impl ConnectionTrait, after: Option<&str>, limit: u64) -> Result<Page<Round, String>, StoreError> {
    let mut query = Entity::find().order_by_asc(COLUMN.code).limit(limit.saturating_add(1));
    if let Some(after) = after {
        query = query.filter(COLUMN.code.gt(after));
    }
    let rows = query.all(conn).await?;
    let rounds = rows.into_iter().map(Round::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(rounds, limit, |round: &Round| round.profile.code.clone()))
}

/// Makes a draft.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewRound, created_by: &str, now_ms: i64) -> Result<Round, StoreError> {
    let row = Model {
        code: new.code.clone(),
        title_zh: new.title_zh.clone(),
        title_en: new.title_en.clone(),
        set_code: new.set.code.clone(),
        set_version: new.set.version.clone(),
        periods: row::text(&new.periods)?,
        cohort: row::text(&new.cohort)?,
        classes: row::text(&new.classes)?,
        cities: None,
        departments: None,
        province_review: new.province_review,
        opens_at_ms: new.opens_at_ms,
        due_at_ms: new.due_at_ms,
        closes_at_ms: new.closes_at_ms,
        state: RoundState::Draft.as_str().to_owned(),
        assessments: "[]".to_owned(),
        revision: 1,
        created_at_ms: now_ms,
        created_by: created_by.to_owned(),
        updated_at_ms: now_ms,
        visibility: new.visibility.as_str().to_owned(),
        public_from_ms: new.public_from_ms,
        pseudonyms: None,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.code)?;
    find(conn, &new.code).await
}

/// Changes a round that still has the revision the caller has seen.
pub async fn replace(conn: &impl ConnectionTrait, round: &Round, now_ms: i64) -> Result<Round, StoreError> {
    let Round { profile, revision, .. } = round;
    let drawn_up = round.state != RoundState::Draft;
    let list = |text: Result<String, StoreError>| if drawn_up { text.map(Some) } else { Ok(None) };
    let pseudonyms = round.pseudonyms.as_ref().map(row::text).transpose()?;
    let changed = Entity::update_many()
        .col_expr(Column::TitleZh, Expr::value(profile.title_zh.clone()))
        .col_expr(Column::TitleEn, Expr::value(profile.title_en.clone()))
        .col_expr(Column::SetCode, Expr::value(&profile.set.code))
        .col_expr(Column::SetVersion, Expr::value(&profile.set.version))
        .col_expr(Column::Periods, Expr::value(row::text(&profile.periods)?))
        .col_expr(Column::Cohort, Expr::value(row::text(&profile.cohort)?))
        .col_expr(Column::Classes, Expr::value(row::text(&profile.classes)?))
        .col_expr(Column::Cities, Expr::value(list(row::text(&round.cities))?))
        .col_expr(Column::Departments, Expr::value(list(row::text(&round.departments))?))
        .col_expr(Column::ProvinceReview, Expr::value(profile.province_review))
        .col_expr(Column::OpensAtMs, Expr::value(profile.opens_at_ms))
        .col_expr(Column::DueAtMs, Expr::value(profile.due_at_ms))
        .col_expr(Column::ClosesAtMs, Expr::value(profile.closes_at_ms))
        .col_expr(Column::Visibility, Expr::value(profile.visibility.as_str()))
        .col_expr(Column::PublicFromMs, Expr::value(profile.public_from_ms))
        .col_expr(Column::Pseudonyms, Expr::value(pseudonyms))
        .col_expr(Column::State, Expr::value(round.state.as_str()))
        .col_expr(Column::Assessments, Expr::value(row::text(&round.assessments)?))
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .col_expr(Column::Revision, Expr::value(revision + 1))
        .filter(COLUMN.code.eq(&profile.code))
        .filter(COLUMN.revision.eq(*revision))
        .exec(conn)
        .await?;
    let now = find(conn, &profile.code).await?;
    if changed.rows_affected == 0 { Err(StoreError::stale(TABLE, &profile.code)) } else { Ok(now) }
}

/// Removes a round that still has the revision; one with submissions is a conflict.
pub async fn remove(conn: &impl ConnectionTrait, code: &str, revision: i64) -> Result<(), StoreError> {
    let removed = Entity::delete_many()
        .filter(COLUMN.code.eq(code))
        .filter(COLUMN.revision.eq(revision))
        .exec(conn)
        .await
        .keyed(TABLE, code)?;
    if removed.rows_affected == 0 {
        find(conn, code).await?;
        return Err(StoreError::stale(TABLE, code));
    }
    Ok(())
}

impl TryFrom<Model> for Round {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let at = Row { table: TABLE, key: &row.code };
        Ok(Self {
            state: at.word("state", &row.state)?,
            cities: at.json_null("cities", row.cities.as_deref())?.unwrap_or_default(),
            departments: at.json_null("departments", row.departments.as_deref())?.unwrap_or_default(),
            pseudonyms: at.json_null("pseudonyms", row.pseudonyms.as_deref())?,
            assessments: at.json("assessments", &row.assessments)?,
            profile: NewRound {
                visibility: at.word("visibility", &row.visibility)?,
                public_from_ms: row.public_from_ms,
                classes: at.json("classes", &row.classes)?,
                periods: at.json("periods", &row.periods)?,
                cohort: at.json("cohort", &row.cohort)?,
                code: row.code.clone(),
                title_zh: row.title_zh,
                title_en: row.title_en,
                set: SetKey { code: row.set_code, version: row.set_version },
                province_review: row.province_review,
                opens_at_ms: row.opens_at_ms,
                due_at_ms: row.due_at_ms,
                closes_at_ms: row.closes_at_ms,
            },
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
        })
    }
}
