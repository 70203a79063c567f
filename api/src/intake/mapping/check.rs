//! The check of a mapping document: what it says must make sense, and every fault is told.

use std::collections::HashMap;

use citygauge_indicators::exact::decimal;
use citygauge_indicators::{Fault, Faults, Status};
use citygauge_openapi::{ImportKind, MappingDocument, NumberRules};

use super::number::Rules;
use super::period::Pattern;
use super::{Mapping, aliases};
use crate::intake::observations::is_malformed;

/// Members of one table of the document.
pub const MOST_MEMBERS: usize = 5_000;
/// Characters of a header or a word.
const LONGEST_NAME: usize = 500;

/// A pointer to a member.
pub(super) fn pointer(path: &[&str]) -> String {
    path.iter().map(|segment| format!("/{}", segment.replace('~', "~0").replace('/', "~1"))).collect()
}

/// The mapping of a document without a fault.
pub(super) fn check(document: MappingDocument) -> Result<Mapping, Faults> {
    let mut faults = Faults::default();
    places(&document, &mut faults);
    names(&document, &mut faults);
    of_its_kind(&document, &mut faults);
    targets(&document, &mut faults);
    contradictions(&document, &mut faults);
    let patterns = patterns(&document, &mut faults);
    let file = document.numbers.as_ref();
    if let Some(rules) = file {
        numbers(rules, &Rules::new(Some(rules), None), "/numbers", &mut faults);
    }
    let mut item_rules = HashMap::new();
    let mut units: HashMap<&str, &str> = HashMap::new();
    for (header, mapped) in &document.items {
        let rules = Rules::new(file, mapped.numbers.as_ref());
        if let Some(own) = &mapped.numbers {
            numbers(own, &rules, &pointer(&["items", header, "numbers"]), &mut faults);
            item_rules.insert(header.clone(), rules);
        }
        let unit = mapped.unit.as_ref().map_or("", |unit| unit.as_str());
        if *units.entry(&mapped.item).or_insert(unit) != unit {
            let code = &mapped.item;
            let fault = Fault::error(
                "mapping.two_units",
                format!("数据项“{code}”有两个不同的单位"),
                format!("the item '{code}' is given two units"),
            );
            let fault = fault.at(pointer(&["items", header, "unit"])).value(unit).expected(units[code.as_str()]);
            faults.push(fault.hint("两处写同一单位", "give it the same unit in both places"));
        }
    }
    let period = document.period.as_ref().and_then(|period| period.constant.as_ref()?.as_str().parse().ok());
    let rules = Rules::new(file, None);
    if faults.is_empty() { Ok(Mapping { rules, item_rules, patterns, period, document }) } else { Err(faults) }
}

fn places(document: &MappingDocument, faults: &mut Faults) {
    let row = document.header_row.unwrap_or(1);
    if !(1..=1_000).contains(&row) {
        out_of_bounds("/header_row", row, "1..1000", faults);
    }
    let below = document.skip_below.unwrap_or(0);
    if below > 1_000 {
        out_of_bounds("/skip_below", below, "0..1000", faults);
    }
}

fn out_of_bounds(at: &str, found: u32, expected: &str, faults: &mut Faults) {
    let fault = Fault::error("mapping.out_of_bounds", "数值超出范围", "the number is out of bounds").at(at);
    faults.push(
        fault.value(found.to_string()).expected(expected).hint(format!("应在 {expected} 之间"), format!("it lies in {expected}")),
    );
}

fn names(document: &MappingDocument, faults: &mut Faults) {
    let tables: [(&str, Vec<&String>); 5] = [
        ("columns", document.columns.keys().collect()),
        ("items", document.items.keys().collect()),
        ("attributes", document.attributes.keys().collect()),
        ("ignore", document.ignore.iter().collect()),
        ("statuses", document.statuses.keys().collect()),
    ];
    for (table, keys) in tables {
        if keys.len() > MOST_MEMBERS {
            let (found, at) = (u32::try_from(keys.len()).unwrap_or(u32::MAX), format!("/{table}"));
            out_of_bounds(&at, found, "0..5000", faults);
        }
        for (place, key) in keys.into_iter().enumerate() {
            if key.is_empty() || key.chars().count() > LONGEST_NAME {
                let at = if table == "ignore" { format!("/ignore/{place}") } else { pointer(&[table, key]) };
                let fault = Fault::error("mapping.name", "名称为空或过长", "the name is empty or too long").at(at).value(key);
                faults.push(fault.expected("1..500 characters").hint("请照文件中的写法填写", "write it as the file does"));
            }
        }
    }
    for (header, attribute) in &document.attributes {
        if attribute.is_empty() || is_malformed(attribute, 64) {
            let fault = Fault::error("mapping.attribute", "属性名不合法", "this cannot be the name of an attribute");
            let fault = fault.at(pointer(&["attributes", header])).value(attribute).expected("1..64 characters");
            faults.push(fault.hint("前后不能有空格，也不能过长", "no spaces around it, and not that long"));
        }
    }
}

/// What only one kind of file has.
fn of_its_kind(document: &MappingDocument, faults: &mut Faults) {
    let (kind, strange) = match document.kind {
        ImportKind::Cities => (
            "cities",
            vec![
                ("items", !document.items.is_empty()),
                ("city_by", document.city_by.is_some()),
                ("period", document.period.is_some()),
                ("statuses", !document.statuses.is_empty()),
                ("numbers", document.numbers.is_some()),
            ],
        ),
        ImportKind::Observations => {
            ("observations", vec![("attributes", !document.attributes.is_empty()), ("distinct", document.distinct.is_some())])
        }
    };
    for (member, _) in strange.into_iter().filter(|(_, is_there)| *is_there) {
        let fault = Fault::error(
            "mapping.not_of_kind",
            format!("{kind} 文件的映射没有“{member}”"),
            format!("a mapping of {kind} has no '{member}'"),
        );
        faults.push(fault.at(format!("/{member}")).hint("请删除它", "remove it"));
    }
}

/// Each header means something that there is, and no two mean the same column.
fn targets(document: &MappingDocument, faults: &mut Faults) {
    let standard: Vec<&str> = aliases::standard(document.kind).collect();
    let mut meant: HashMap<&str, &str> = HashMap::new();
    for (header, column) in &document.columns {
        let at = pointer(&["columns", header]);
        if !standard.contains(&column.as_str()) {
            let known = standard.join(" | ");
            let fault =
                Fault::error("mapping.unknown_column", format!("没有标准列“{column}”"), format!("there is no column '{column}'"));
            let fault = fault.at(at).value(column).expected(known);
            faults.push(match document.kind {
                ImportKind::Observations => fault.hint("数据项写在 items 中", "data items belong into 'items'"),
                ImportKind::Cities => fault.hint("属性写在 attributes 中", "attributes belong into 'attributes'"),
            });
        } else if let Some(first) = meant.insert(column, header) {
            let fault = Fault::error(
                "mapping.two_columns",
                format!("“{first}”和“{header}”都是 {column}"),
                format!("'{first}' and '{header}' are both {column}"),
            );
            faults.push(fault.at(at).value(column).hint("只保留一个", "keep one of them"));
        }
    }
    let explained = document.items.keys().map(|header| ("items", header));
    let explained = explained.chain(document.attributes.keys().map(|header| ("attributes", header)));
    let ignored = |header: &String| document.ignore.contains(header);
    for (table, header) in explained.filter(|(_, header)| document.columns.contains_key(*header) || ignored(header)) {
        two_meanings(&pointer(&[table, header]), header, faults);
    }
    for header in document.columns.keys().filter(|header| ignored(header)) {
        two_meanings(&pointer(&["columns", header]), header, faults);
    }
    for (word, status) in &document.statuses {
        if Status::from_word(status).is_none() {
            let fault = Fault::error("mapping.unknown_status", "没有这种状态", "there is no such status");
            let fault = fault.at(pointer(&["statuses", word])).value(status);
            let words = Status::ALL.map(Status::word).join(" | ");
            faults.push(fault.expected(words).hint("请填写其中一个状态", "write one of these"));
        }
    }
}

fn two_meanings(at: &str, header: &str, faults: &mut Faults) {
    let fault =
        Fault::error("mapping.two_meanings", format!("“{header}”有两种含义"), format!("'{header}' is given two meanings"));
    faults.push(fault.at(at).value(header).hint("只在一处说明它", "explain it in one place"));
}

fn contradictions(document: &MappingDocument, faults: &mut Faults) {
    let Some(period) = &document.period else { return };
    let from_column = document.columns.values().any(|column| column == "period");
    if period.constant.is_some() && (from_column || !period.patterns.is_empty()) {
        let fault = Fault::error(
            "mapping.two_periods",
            "既给出固定时期，又从列中读取",
            "the period is both given and read from a column",
        );
        faults.push(fault.at("/period/constant").hint("二者只保留其一", "keep one of them"));
    }
    if period.constant.is_none() && period.patterns.is_empty() {
        let fault =
            Fault::error("mapping.no_period", "period 中什么也没有说明", "the member 'period' says nothing").at("/period");
        faults.push(
            fault
                .expected("constant | patterns")
                .hint("给出 constant 或 patterns，或删除它", "give constant or patterns, or remove it"),
        );
    }
}

fn patterns(document: &MappingDocument, faults: &mut Faults) -> Vec<Pattern> {
    let texts = document.period.as_ref().map(|period| period.patterns.as_slice()).unwrap_or_default();
    let mut patterns = Vec::new();
    for (place, text) in texts.iter().enumerate() {
        let pattern = if place < 20 && text.chars().count() <= 100 { Pattern::new(text) } else { None };
        match pattern {
            Some(pattern) => patterns.push(pattern),
            None => {
                let fault = Fault::error("mapping.pattern", "不是时期的写法", "this is no way to write a period");
                let fault = fault
                    .at(format!("/period/patterns/{place}"))
                    .value(text)
                    .expected("{year}年 | {year}年{month}月 | FY{year} | {year}-{any}");
                faults.push(fault.hint(
                    "须含 {year}，并至多含 {half}、{quarter}、{month} 之一；至多 20 个写法",
                    "it has {year} and at most one of {half}, {quarter}, {month}; at most 20 of them",
                ));
            }
        }
    }
    patterns
}

fn numbers(own: &NumberRules, effective: &Rules, at: &str, faults: &mut Faults) {
    if effective.clash() {
        let fault = Fault::error("mapping.marks", "千位分隔符与小数点相同", "the mark of thousands is that of decimals");
        faults.push(fault.at(format!("{at}/thousands")).hint("请声明不同的符号", "declare different marks"));
    }
    let is_factor = |text: &str| decimal(text).is_some_and(|factor| factor != decimal("0").unwrap_or_default());
    if let Some(times) = own.times.as_ref().filter(|times| !is_factor(&times.0)) {
        let fault =
            Fault::error("mapping.times", "不是非零的十进制数", "this is no decimal other than 0").at(format!("{at}/times"));
        faults.push(fault.value(&times.0).expected("10000 | 0.01").hint("请写十进制数", "write a decimal"));
    }
    let words = own.blank.as_deref().unwrap_or_default();
    for (place, word) in words.iter().enumerate() {
        if word.is_empty() || word.chars().count() > 100 || place >= 100 {
            let fault = Fault::error("mapping.blank", "不能用作缺失的标记", "this cannot mean that nothing was reported");
            let fault = fault.at(format!("{at}/blank/{place}")).value(word).expected("1..100 characters");
            faults.push(fault.hint("至多 100 个词，每个不超过 100 个字符", "at most 100 words of at most 100 characters"));
        }
    }
}
