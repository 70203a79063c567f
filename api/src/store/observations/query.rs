//! The queries behind pages, frames and histories.
//!
//! Rows lie in two halves, the current and the superseded, each with an index in the order of places. A
//! query that needs both asks each half and lets the database merge them.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{EntityTrait, Iterable, Order, QueryTrait, Select};

use super::{Filter, Place};
use crate::store::Word;
use crate::store::entity::observation::{Column, Entity};

const PLACE: [Column; 3] = [Column::City, Column::Period, Column::Item];

/// The whole rows of what a filter lets through, after a place, in the order of places.
pub(super) fn page(filter: &Filter, after: Option<&Place>) -> SelectStatement {
    select(&all_columns(), filter, after)
}

/// These columns of what a filter lets through, in the order of places.
///
/// What was current at a moment is either still current or has been superseded since.
pub(super) fn select(columns: &[Column], filter: &Filter, after: Option<&Place>) -> SelectStatement {
    let mut query = current(columns);
    narrow(&mut query, filter, after);
    if let Some(as_of_ms) = filter.as_of_ms {
        query.and_where(Expr::col(Column::RecordedAtMs).lte(as_of_ms));
        let mut former = superseded(columns);
        narrow(&mut former, filter, after);
        former.and_where(Expr::col(Column::RecordedAtMs).lte(as_of_ms)).and_where(Expr::col(Column::SupersededAtMs).gt(as_of_ms));
        query.union(UnionType::All, former);
    }
    for column in PLACE {
        query.order_by(column, Order::Asc);
    }
    query
}

/// How many rows a filter lets through, the latest of their numbers, and when the latest of them was recorded.
pub(super) fn mark(filter: &Filter) -> SelectStatement {
    let columns = [&PLACE[..], &[Column::Id, Column::RecordedAtMs]].concat();
    let found = select(&columns, filter, None);
    Query::select()
        .expr(Expr::col(Column::Id).count())
        .expr(Expr::col(Column::Id).max())
        .expr(Expr::col(Column::RecordedAtMs).max())
        .from_subquery(found, "found")
        .take()
}

/// The codes of a column in what is current or was, each once.
pub(super) fn codes(column: Column, cities: &[String]) -> SelectStatement {
    let mut query = Query::select();
    query.distinct().column(column).from(Entity).order_by(column, Order::Asc);
    if !cities.is_empty() {
        query.and_where(Expr::col(Column::City).is_in(cities.iter().map(String::as_str)));
    }
    query
}

/// The current rows that a filter lets through, in no order.
pub(super) fn narrowed(filter: &Filter) -> Select<Entity> {
    let mut query = Entity::find();
    QueryTrait::query(&mut query).and_where(Expr::col(Column::SupersededAtMs).is_null());
    narrow(QueryTrait::query(&mut query), filter, None);
    query
}

/// Every row a place ever had, oldest first.
pub(super) fn history(place: &Place) -> SelectStatement {
    let columns = all_columns();
    let [mut query, mut former] = [current(&columns), superseded(&columns)];
    for half in [&mut query, &mut former] {
        for (column, code) in PLACE.into_iter().zip([&place.city, &place.period, &place.item]) {
            half.and_where(Expr::col(column).eq(code.as_str()));
        }
    }
    query.union(UnionType::All, former).order_by(Column::Id, Order::Asc);
    query
}

fn all_columns() -> Vec<Column> {
    Column::iter().collect()
}

fn current(columns: &[Column]) -> SelectStatement {
    let mut query = Query::select();
    query.columns(columns.iter().copied()).from(Entity).and_where(Expr::col(Column::SupersededAtMs).is_null());
    query
}

fn superseded(columns: &[Column]) -> SelectStatement {
    let mut query = Query::select();
    query.columns(columns.iter().copied()).from(Entity).and_where(Expr::col(Column::SupersededAtMs).is_not_null());
    query
}

fn narrow(query: &mut SelectStatement, filter: &Filter, after: Option<&Place>) {
    let codes = [
        (Column::City, &filter.cities),
        (Column::Item, &filter.items),
        (Column::Period, &filter.periods),
        (Column::Quality, &filter.qualities),
    ];
    for (column, codes) in codes {
        if !codes.is_empty() {
            query.and_where(Expr::col(column).is_in(codes.iter().map(String::as_str)));
        }
    }
    if !filter.providers.is_empty() {
        query.and_where(Expr::col(Column::Provider).is_in(filter.providers.iter().map(|provider| provider.as_str())));
    }
    if let Some(after) = after {
        let after = [&after.city, &after.period, &after.item].map(|part| Expr::value(part.as_str()));
        query.and_where(Expr::tuple(PLACE.map(Expr::col)).gt(Expr::tuple(after)));
    }
}
