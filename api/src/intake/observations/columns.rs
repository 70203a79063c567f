//! Recognises the header of a table of observations: long, wide, or neither.

use citygauge_indicators::{Fault, IndicatorSet, ItemIndex};

use super::super::findings::{Findings, shown};

/// The columns of the long form; the first four are required, the period unless it is given beside the file.
const LONG: [&str; 14] = [
    "city",
    "period",
    "item",
    "value",
    "status",
    "quality",
    "source",
    "note",
    "method",
    "provider",
    "as_of",
    "unit",
    "sample_size",
    "margin",
];

/// What an accepted header looks like.
const EXPECTED: &str = "city,period,item,value[,status,quality,source,note,method,provider,as_of,unit,sample_size,margin] \
                        | city[,period],ITEM,ITEM,...";

/// Which column means what.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Columns {
    Long(Long),
    Wide(Wide),
}

/// The columns of the long form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Long {
    pub city: usize,
    pub period: Option<usize>,
    pub item: usize,
    pub value: usize,
    pub status: Option<usize>,
    pub quality: Option<usize>,
    pub source: Option<usize>,
    pub note: Option<usize>,
    pub method: Option<usize>,
    pub provider: Option<usize>,
    pub as_of: Option<usize>,
    pub unit: Option<usize>,
    pub sample_size: Option<usize>,
    pub margin: Option<usize>,
}

/// The columns of the wide form.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wide {
    pub city: usize,
    pub period: Option<usize>,
    pub items: Vec<(usize, ItemIndex)>,
}

/// Recognises the columns. What is wrong with single columns is reported and the rest still read;
/// `None` where no row can be understood.
pub(super) fn recognise(
    names: &[Option<String>],
    set: &IndicatorSet,
    period_given: bool,
    findings: &mut Findings,
) -> Option<Columns> {
    let place = |wanted: &str| names.iter().position(|name| name.as_deref() == Some(wanted));
    let names_a_column = |name: &str| place(name).is_some() && set.item_index(name).is_none();
    let is_long = (place("item").is_some() && place("value").is_some()) || names_a_column("item") || names_a_column("value");
    let has_item = names.iter().flatten().any(|name| set.item_index(name).is_some());
    if !is_long && !has_item {
        let found = findings.columns.join(",");
        let named_in = findings.named_in.first().copied().unwrap_or(1);
        findings.whole(
            Fault::error("file.header", "表头不是观测值表的表头", "the header is not that of a table of observations")
                .row(named_in)
                .value(found)
                .expected(EXPECTED)
                .hint(
                    "列名须与格式说明或指标体系的数据项代码完全一致",
                    "name the columns exactly as described, or by the codes of the set's items",
                ),
        );
        return None;
    }
    let required: &[&str] = if is_long { &["city", "period", "item", "value"] } else { &["city", "period"] };
    let mut complete = true;
    for name in required.iter().filter(|name| place(name).is_none() && !(**name == "period" && period_given)) {
        findings.whole(missing(name));
        complete = false;
    }
    let (city, period) = (place("city"), place("period"));
    let columns = if is_long {
        strangers(names, findings, |name| if LONG.contains(&name) { None } else { Some(unknown_column(name)) });
        Columns::Long(Long {
            city: city.unwrap_or_default(),
            period,
            item: place("item").unwrap_or_default(),
            value: place("value").unwrap_or_default(),
            status: place("status"),
            quality: place("quality"),
            source: place("source"),
            note: place("note"),
            method: place("method"),
            provider: place("provider"),
            as_of: place("as_of"),
            unit: place("unit"),
            sample_size: place("sample_size"),
            margin: place("margin"),
        })
    } else {
        let known = |name: &str| name == "city" || name == "period" || set.item_index(name).is_some();
        strangers(names, findings, |name| if known(name) { None } else { Some(unknown_item(name, set)) });
        let item = |(column, name): (usize, &Option<String>)| {
            let name = name.as_deref().filter(|name| *name != "city" && *name != "period")?;
            Some((column, set.item_index(name)?))
        };
        Columns::Wide(Wide { city: city.unwrap_or_default(), period, items: names.iter().enumerate().filter_map(item).collect() })
    };
    complete.then_some(columns)
}

fn strangers(names: &[Option<String>], findings: &mut Findings, fault: impl Fn(&str) -> Option<Fault>) {
    for (column, name) in names.iter().enumerate() {
        if let Some(fault) = name.as_deref().and_then(&fault) {
            findings.heading(column, fault);
        }
    }
}

fn missing(name: &str) -> Fault {
    let fault = Fault::error("file.missing_column", format!("缺少列“{name}”"), format!("the column '{name}' is missing"))
        .column(name)
        .expected(EXPECTED);
    match name {
        "period" => fault.hint("请增加 period 列，或另行指定时期", "add the column, or give the period beside the file"),
        _ => fault.hint("请增加该列", "add the column"),
    }
}

fn unknown_column(name: &str) -> Fault {
    let shown = shown(name);
    let fault =
        Fault::error("file.header", format!("未知的列“{shown}”"), format!("unknown column '{shown}'")).expected(LONG.join(","));
    match LONG.iter().find(|known| known.eq_ignore_ascii_case(name.trim())) {
        Some(known) => fault.hint(format!("列名应写作“{known}”"), format!("write it as '{known}'")),
        None => fault.hint("请改正列名或删除该列", "correct the name or remove the column"),
    }
}

/// The fault of a code that is no item of the set, with the item that was likely meant.
pub(super) fn unknown_item(code: &str, set: &IndicatorSet) -> Fault {
    let name = shown(code);
    let fault = Fault::error(
        "observation.unknown_item",
        format!("指标体系中没有数据项“{name}”"),
        format!("the set has no data item '{name}'"),
    )
    .of(name)
    .value(code);
    match set.items().iter().find(|item| item.code.eq_ignore_ascii_case(code.trim())) {
        Some(item) => fault.hint(format!("应写作“{}”", item.code), format!("write it as '{}'", item.code)),
        None => fault.hint("请核对数据项代码", "check the code against the items of the set"),
    }
}
