//! Trends and changes as tables.

use citygauge_assessment::years::{Change, Trend};
use citygauge_indicators::{IndicatorSet, Language, Text};
use citygauge_openapi::Frequency;

use super::places;
use crate::export::{Column, Table};

/// How many columns the table of trends has.
pub const TRENDS: usize = 17;

/// How many columns the table of changes has.
pub const CHANGES: usize = 13;

/// One row per city, node and length of period.
#[must_use]
pub fn trends<'a>(set: &'a IndicatorSet, trends: &'a [Trend<'a>], language: Language) -> Table<'a> {
    let columns = vec![
        Column::text("city"),
        Column::text("node"),
        Column::text("frequency"),
        Column::integer("periods"),
        Column::integer("points"),
        Column::text("first"),
        Column::number("first_value"),
        Column::text("latest"),
        Column::number("latest_value"),
        Column::number("change"),
        Column::number("growth_rate"),
        Column::number("percent_per_year"),
        Column::number("slope"),
        Column::number("p_value"),
        Column::number("progress"),
        Column::number("reached_in"),
        Column::text("note"),
    ];
    Table::streamed("trends", columns, move |emit| {
        trends.iter().try_for_each(|trend| {
            emit(&[
                trend.city.into(),
                set.nodes()[trend.node].code.as_str().into(),
                Frequency::from(trend.frequency).word().into(),
                count(trend.periods).into(),
                count(trend.points).into(),
                trend.first.map(|(period, _)| period.to_string()).into(),
                trend.first.map(|(_, value)| value).into(),
                trend.latest.map(|(period, _)| period.to_string()).into(),
                trend.latest.map(|(_, value)| value).into(),
                trend.change.into(),
                trend.growth_rate.into(),
                trend.percent_per_year.into(),
                trend.slope.into(),
                trend.p_value.into(),
                trend.progress.into(),
                trend.reached_in.into(),
                noted(&trend.notes, language).into(),
            ])
        })
    })
}

/// Notes as one sentence; none where there are none.
#[must_use]
pub fn noted(notes: &[Text], language: Language) -> Option<String> {
    let join = if language == Language::Zh { "；" } else { "; " };
    let notes: Vec<&str> = notes.iter().map(|note| note.get(language)).collect();
    (!notes.is_empty()).then(|| notes.join(join))
}

/// One row per city and node: the change, and what it came from.
#[must_use]
pub fn changes<'a>(set: &IndicatorSet, changes: &'a [Change], language: Language) -> Table<'a> {
    let places = places(set);
    let columns = vec![
        Column::text("city"),
        Column::text("node"),
        Column::number("score_before").places(places),
        Column::number("score_after").places(places),
        Column::number("change"),
        Column::number("data"),
        Column::number("set"),
        Column::number("cohort"),
        Column::number("coverage"),
        Column::integer("rank_before"),
        Column::integer("rank_after"),
        Column::number("rest"),
        Column::text("note"),
    ];
    Table::streamed("changes", columns, move |emit| {
        changes.iter().try_for_each(|change| {
            emit(&[
                change.city.as_str().into(),
                change.node.as_str().into(),
                change.before.into(),
                change.after.into(),
                change.change.into(),
                change.parts.map(|parts| parts.data).into(),
                change.parts.map(|parts| parts.set).into(),
                change.parts.map(|parts| parts.cohort).into(),
                change.parts.map(|parts| parts.coverage).into(),
                change.rank_before.into(),
                change.rank_after.into(),
                change.rest.into(),
                change.note.as_ref().map(|note| note.get(language)).into(),
            ])
        })
    })
}

/// One row per city, node and child: what the child contributed to the change of the node.
#[must_use]
pub fn contributions(changes: &[Change]) -> Table<'_> {
    let columns = vec![Column::text("city"), Column::text("node"), Column::text("child"), Column::number("change")];
    Table::streamed("contributions", columns, move |emit| {
        changes.iter().flat_map(|change| change.children.iter().map(move |child| (change, child))).try_for_each(
            |(change, child)| {
                emit(&[change.city.as_str().into(), change.node.as_str().into(), child.node.as_str().into(), child.change.into()])
            },
        )
    })
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
