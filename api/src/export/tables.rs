//! The tables of the service and their columns, which are promises to whoever reads the files.

use citygauge_openapi::Fault;

use super::ExportError;
use super::table::{Cell, Column, EmptyInJson, Table};

/// The columns of a table of scores; `places` are the decimals that a workbook shows of scores, where they are rounded.
/// The last column is there where the set imputes: 1 for a leaf whose raw value was imputed, else 0.
#[must_use]
pub fn scores_columns(places: Option<u32>, imputes: bool) -> Vec<Column> {
    let columns = vec![
        Column::text("city"),
        Column::text("period"),
        Column::text("node"),
        Column::number("value"),
        Column::number("score").places(places),
        Column::number("mark").places(places),
        Column::number("points"),
        Column::number("coverage"),
        Column::number("low").places(places),
        Column::number("high").places(places),
        Column::integer("rank"),
        Column::text("level"),
    ];
    columns.into_iter().chain(imputes.then(|| Column::integer("imputed"))).collect()
}

/// The columns of a gap analysis.
#[must_use]
pub fn gaps_columns(places: Option<u32>) -> Vec<Column> {
    vec![
        Column::text("city"),
        Column::text("period"),
        Column::text("node"),
        Column::text("against"),
        Column::number("reference").places(places),
        Column::number("score").places(places),
        Column::number("gap_score").places(places),
        Column::number("gap_points"),
        Column::number("value"),
        Column::number("target_value"),
        Column::number("gap_value"),
        Column::text("unit"),
        Column::number("required_rate"),
        Column::number("own_rate"),
        Column::number("p50"),
        Column::number("p75"),
        Column::number("p90"),
        Column::text("verdict"),
        Column::text("note"),
    ]
}

/// The columns of a table of the changes of a path.
#[must_use]
pub fn paths_columns(places: Option<u32>) -> Vec<Column> {
    vec![
        Column::text("city"),
        Column::text("period"),
        Column::text("goal"),
        Column::text("by"),
        Column::text("node"),
        Column::text("title"),
        Column::number("score").places(places),
        Column::number("score_after").places(places),
        Column::number("points_gained"),
        Column::number("value"),
        Column::number("target_value"),
        Column::number("change"),
        Column::text("unit"),
        Column::number("effort"),
        Column::number("required_rate"),
        Column::number("own_rate"),
        Column::number("p50"),
        Column::number("p75"),
        Column::number("p90"),
        Column::text("verdict"),
        Column::number("limit"),
        Column::text("stopped_by"),
        Column::text("by_year"),
    ]
}

/// The columns of a table of weights.
#[must_use]
pub fn weights_columns() -> Vec<Column> {
    vec![
        Column::text("period"),
        Column::text("node"),
        Column::text("parent"),
        Column::text("method"),
        Column::number("weight"),
        Column::number("normalised_weight"),
        Column::number("share"),
        Column::text("statistic"),
        Column::number("value"),
        Column::integer("cities"),
        Column::number("consistency_ratio"),
        Column::number("explained_variance"),
    ]
}

/// The columns of a table of faults and warnings.
#[must_use]
pub fn faults_columns() -> Vec<Column> {
    let columns = [
        "severity",
        "code",
        "file",
        "sheet",
        "row",
        "column",
        "pointer",
        "city",
        "period",
        "node_or_item",
        "value",
        "expected",
        "hint",
        "message",
    ];
    columns.map(|name| if name == "row" { Column::integer(name) } else { Column::text(name) }).into()
}

/// Faults and warnings as a table; in JSON what does not apply is left out.
#[must_use]
pub fn faults(faults: &[Fault]) -> Table<'_> {
    streamed_faults(move |take| faults.iter().try_for_each(take))
}

/// As [`faults`], of those that `each` hands to its argument.
pub fn streamed_faults<'a>(
    each: impl Fn(&mut dyn FnMut(&Fault) -> Result<(), ExportError>) -> Result<(), ExportError> + Send + Sync + 'a,
) -> Table<'a> {
    Table::streamed("faults", faults_columns(), move |emit| {
        each(&mut |fault| {
            emit(&[
                fault.severity.word().into(),
                Cell::from(&fault.code),
                fault.file.as_ref().into(),
                fault.sheet.as_ref().into(),
                fault.row.and_then(|row| i64::try_from(row).ok()).into(),
                fault.column.as_ref().into(),
                fault.pointer.as_ref().into(),
                fault.city.as_ref().into(),
                fault.period.as_ref().into(),
                fault.node_or_item.as_ref().into(),
                fault.value.as_ref().into(),
                fault.expected.as_ref().into(),
                fault.hint.as_ref().into(),
                Cell::from(&fault.message),
            ])
        })
    })
    .empty_in_json(EmptyInJson::LeftOut)
}
