//! What differs between two sets, as a table for programs and as lines for people.

use citygauge_indicators::Language;
use citygauge_openapi::{SetChange, SetChangeKind, SetDiff, SetSubject};
use serde_json::Value;

use super::number::shortest;
use super::table::{Cell, Column, EmptyInJson, Table};

/// The differences as a table: a row per member that changed. Values are text as it is, and anything else as JSON.
#[must_use]
pub fn changes(diff: &SetDiff, language: Language) -> Table<'_> {
    let columns = vec![
        Column::text("of"),
        Column::text("code"),
        Column::text("title"),
        Column::text("change"),
        Column::text("member"),
        Column::text("before"),
        Column::text("after"),
        Column::number("share_before"),
        Column::number("share_after"),
    ];
    Table::streamed("changes", columns, move |emit| {
        diff.changes.iter().try_for_each(|change| {
            let title = Some(change.title.get(language)).filter(|title| !title.is_empty());
            emit(&[
                subject(change.of).into(),
                change.code.as_ref().into(),
                title.into(),
                kind(change.change).into(),
                change.member.as_ref().into(),
                change.before.as_ref().map(text).into(),
                change.after.as_ref().map(text).into(),
                Cell::from(change.share_before),
                Cell::from(change.share_after),
            ])
        })
    })
    .empty_in_json(EmptyInJson::LeftOut)
}

/// The differences as a page of text.
#[must_use]
pub fn differences(diff: &SetDiff, language: Language) -> String {
    let (before, after) = (&diff.before, &diff.after);
    let mut page = format!("{}@{} -> {}@{}\n", before.code, before.version, after.code, after.version);
    if diff.changes.is_empty() {
        page.push_str(language.pick("没有差异", "no difference"));
        return page;
    }
    let lines: Vec<String> = diff.changes.iter().map(|change| line(change, language)).collect();
    page.push_str(&lines.join("\n"));
    page
}

fn line(change: &SetChange, language: Language) -> String {
    let sign = match change.change {
        SetChangeKind::Added => '+',
        SetChangeKind::Removed => '-',
        SetChangeKind::Changed => '~',
        SetChangeKind::Moved => '>',
    };
    let mut line = format!("{sign} {}", spoken(change.of, language));
    let whole = change.member.is_none();
    for part in [change.code.as_deref(), Some(change.title.get(language)).filter(|_| whole)] {
        line.extend(part.filter(|part| !part.is_empty()).map(|part| format!(" {part}")));
    }
    match change.member.as_deref() {
        None => line.push_str(&share(change, language)),
        Some("share") => line.push_str(&share(change, language)),
        Some(member) if member.ends_with(".order") && change.before.is_none() && change.after.is_none() => {
            line.push_str(&format!(" {member}: {}", language.pick("次序不同", "another order")));
        }
        Some(member) => {
            let value = |value: &Option<Value>| value.as_ref().map_or_else(|| "-".to_owned(), |value| excerpt(&text(value)));
            line.push_str(&format!(" {member}: {} -> {}", value(&change.before), value(&change.after)));
        }
    }
    line
}

/// The longest value that a line repeats, in characters; files hold it whole.
const EXCERPT: usize = 60;

fn excerpt(text: &str) -> String {
    let mut cut: String = text.chars().take(EXCERPT).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(EXCERPT).is_some() {
        cut.push('…');
    }
    cut
}

/// The share of the total before and after, as far as the node is there.
fn share(change: &SetChange, language: Language) -> String {
    let percent = |share: f64| format!("{:.2} %", share * 100.0);
    let word = language.pick("占比", "share");
    match (change.share_before, change.share_after) {
        (Some(before), Some(after)) => format!(" {word}: {} -> {}", percent(before), percent(after)),
        (Some(share), None) | (None, Some(share)) => format!(" ({word} {})", percent(share)),
        (None, None) => String::new(),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), shortest),
        other => other.to_string(),
    }
}

fn subject(subject: SetSubject) -> &'static str {
    match subject {
        SetSubject::Set => "set",
        SetSubject::Item => "item",
        SetSubject::Node => "node",
        SetSubject::Adjustment => "adjustment",
        SetSubject::Rule => "rule",
        SetSubject::Level => "level",
    }
}

fn spoken(subject: SetSubject, language: Language) -> &'static str {
    match subject {
        SetSubject::Set => language.pick("体系", "set"),
        SetSubject::Item => language.pick("数据项", "item"),
        SetSubject::Node => language.pick("节点", "node"),
        SetSubject::Adjustment => language.pick("加减分", "adjustment"),
        SetSubject::Rule => language.pick("校验规则", "validation rule"),
        SetSubject::Level => language.pick("等级", "level"),
    }
}

fn kind(kind: SetChangeKind) -> &'static str {
    match kind {
        SetChangeKind::Added => "added",
        SetChangeKind::Removed => "removed",
        SetChangeKind::Changed => "changed",
        SetChangeKind::Moved => "moved",
    }
}
