//! The status of a long row.

use citygauge_indicators::{Fault, Status};

use super::super::cell::Cell;
use super::super::findings::Findings;
use super::columns::Long;

/// The status of a row; `None` where it is none, which is reported.
pub(super) fn status(cells: &[Cell<'_>], columns: &Long, findings: &mut Findings) -> Option<Status> {
    let has_value = !cells[columns.value].is_empty();
    let without_word = if has_value { Status::Reported } else { Status::Missing };
    let Some(column) = columns.status else { return Some(without_word) };
    let status = match cells[column].as_text() {
        Ok(None) => return (cells[column] != Cell::Faulty).then_some(without_word),
        Ok(Some(word)) => Status::from_word(&word),
        Err(_) => None,
    };
    let Some(status) = status else {
        findings.cell(
            column,
            Fault::error("observation.unknown_status", "没有这种状态", "there is no such status")
                .value(cells[column].shown())
                .expected(Status::ALL.map(Status::word).join(" | "))
                .hint("请填写其中一个状态，或留空", "write one of these, or leave it empty"),
        );
        return None;
    };
    let word = status.word();
    match status {
        Status::Reported if !has_value => findings.cell(
            columns.value,
            Fault::error("observation.no_value", "状态为 reported，但没有值", "the status is reported, yet there is no value")
                .hint("请填写值，或将状态改为 missing", "enter the value, or make the status missing"),
        ),
        Status::Missing | Status::NotApplicable if has_value => findings.cell(
            columns.value,
            Fault::error(
                "observation.unexpected_value",
                format!("状态为 {word}，却有值"),
                format!("the status is {word}, yet there is a value"),
            )
            .value(cells[columns.value].shown())
            .hint("请清空值或更改状态", "clear the value, or change the status"),
        ),
        _ => {}
    }
    if status == Status::NotApplicable && columns.note.is_none_or(|note| cells[note].is_empty()) {
        findings.cell(
            columns.note.unwrap_or(column),
            Fault::error("observation.no_reason", "不适用须说明理由", "not applicable needs a reason")
                .hint("请在 note 列填写理由", "give the reason in the column note"),
        );
    }
    Some(status)
}
