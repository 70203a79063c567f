//! The ranking of a round as a table.

use citygauge_indicators::Language;
use citygauge_openapi::RoundRanking;

use crate::export::{Cell, Column, Table};

fn counted(number: Option<u64>) -> Cell<'static> {
    number.and_then(|number| i64::try_from(number).ok()).into()
}

/// One row per city. A rank over classes has a column of its own name, so that no file passes for a ranking of one class.
#[must_use]
pub fn ranking(ranking: &RoundRanking) -> Table<'_> {
    let rank = if ranking.across_classes { "rank_across_classes" } else { "rank" };
    let mut columns = vec![Column::text("period"), Column::text("node"), Column::text("class"), Column::integer(rank)];
    if ranking.across_classes {
        columns.push(Column::integer("class_rank"));
    }
    columns.extend([
        Column::text("city"),
        Column::text("name"),
        Column::number("score"),
        Column::text("level"),
        Column::number("coverage"),
        Column::text("set"),
        Column::text("assessment"),
    ]);
    let rows = ranking.items.iter().map(|city| {
        let part = ranking.parts.iter().find(|part| part.class == city.class);
        let mut row = vec![
            ranking.period.to_string().into(),
            ranking.node.to_string().into(),
            city.class.as_ref().map(|class| class.to_string()).into(),
            counted(city.rank),
        ];
        if ranking.across_classes {
            row.push(counted(city.class_rank));
        }
        row.extend([
            city.city.to_string().into(),
            city.name.as_str().into(),
            city.score.into(),
            city.level.as_ref().map(|level| level.to_string()).into(),
            city.coverage.into(),
            part.map(|part| format!("{}@{}", part.set.code, part.set.version)).into(),
            part.map(|part| part.assessment.to_string()).into(),
        ]);
        row
    });
    Table::new("ranking", columns, rows.collect())
}

/// What the ranking was computed from, as names and values.
#[must_use]
pub fn about(ranking: &RoundRanking, language: Language) -> Table<'_> {
    let mut lines: Vec<(&str, String)> =
        vec![("round", ranking.round.to_string()), ("publication", ranking.publication.to_string())];
    lines.extend(ranking.note.as_ref().map(|note| ("note", note.get(language).to_owned())));
    for part in &ranking.parts {
        lines.extend(part.class.as_ref().map(|class| ("class", class.to_string())));
        lines.push(("set", part.set.code.to_string()));
        lines.push(("version", part.set.version.to_string()));
        lines.push(("digest", part.set_digest.to_string()));
        lines.push(("title", part.set_title.get(language).to_owned()));
        lines.push(("assessment", part.assessment.to_string()));
        lines.extend(part.release.as_ref().map(|release| ("release", release.to_string())));
        lines.push(("engine_version", part.engine_version.clone()));
    }
    let rows = lines.into_iter().map(|(name, value)| vec![name.into(), value.into()]);
    Table::new("about", vec![Column::text("name"), Column::text("value")], rows.collect())
}
