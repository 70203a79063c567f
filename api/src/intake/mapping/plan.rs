//! What each column of a file is, decided once at its header.

use std::collections::HashMap;

use citygauge_indicators::{Fault, IndicatorSet, ItemIndex};
use citygauge_openapi::{CityBy, ImportKind};

use super::super::cell::Cell;
use super::super::findings::{Findings, shown};
use super::number::Rules;
use super::{CityNames, Mapping, aliases, sdmx};
use crate::intake::observations::titled;

/// What is known when a header is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guide<'g> {
    /// What the file holds.
    pub kind: ImportKind,
    /// The set, where it holds observations.
    pub set: Option<&'g IndicatorSet>,
    /// The names of the registered cities, where they are known.
    pub names: Option<&'g CityNames>,
    /// The mapping, where one is given.
    pub mapping: Option<&'g Mapping>,
    /// Whether the file was declared to be SDMX-CSV.
    pub sdmx: bool,
}

/// What is done to the cells of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Role {
    /// They stay as they are.
    Same,
    /// They are left out.
    Left,
    /// They name the city of their row.
    City(CityBy),
    /// They name the city once more; whoever knows its code can compare.
    CityName,
    Period,
    /// The data item of a long row.
    Item,
    /// The value of a long row.
    Value,
    /// The values of an item in the wide form.
    ItemValue(ItemIndex, Rules),
    Status,
    /// A number that is no value.
    Number(Rules),
    /// What SDMX asks to do with the row.
    Action,
    /// The power of ten in which SDMX counts.
    UnitMultiplier,
    /// The structure that SDMX names.
    Structure,
    /// The chosen option of a long row of our own SDMX.
    Choice,
}

/// The columns of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    /// The standard name of each column; absent where it is left out.
    pub names: Vec<Option<String>>,
    pub roles: Vec<Role>,
    /// Whether the cells of a column begin with a code and a colon, and a label follows.
    pub labelled: Vec<bool>,
    pub is_sdmx: bool,
}

impl Plan {
    /// Whether every cell stays as it is.
    pub fn is_plain(&self) -> bool {
        self.roles.iter().all(|role| matches!(role, Role::Same | Role::Left))
    }

    /// Whether a row of SDMX is of a structure of our own.
    pub fn is_own(&self, cells: &[Cell<'_>]) -> bool {
        let place = self.place(&Role::Structure).filter(|_| self.is_sdmx);
        place.is_some_and(|place| cells[place].as_text().ok().flatten().is_some_and(|text| sdmx::is_own(&text)))
    }

    /// Whether a row of SDMX describes a group of observations instead of being one: it has neither value nor status, and a
    /// part of its key is left open. One that asks to delete is something else.
    pub fn has_partial_key(&self, cells: &[Cell<'_>]) -> bool {
        let is_empty = |name: &str| {
            let place = self.names.iter().position(|known| known.as_deref() == Some(name));
            place.map(|place| cells.get(place).is_none_or(Cell::is_empty))
        };
        let action = self.place(&Role::Action).and_then(|place| cells.get(place)?.as_text().ok().flatten());
        if action.is_some_and(|action| action == "D") {
            return false;
        }
        let says_nothing = ["value", "status"].iter().all(|name| is_empty(name) != Some(false));
        says_nothing && ["city", "item", "period"].iter().any(|name| is_empty(name) == Some(true))
    }

    /// The column with a role.
    pub fn place(&self, wanted: &Role) -> Option<usize> {
        self.roles.iter().position(|role| role == wanted)
    }
}

/// What a header means.
enum Meaning {
    Standard(String),
    Item(ItemIndex),
    Attribute(String),
    Left,
    /// Nothing that is known; those who take the rows will say so.
    Strange,
}

/// Decides what each column is; what is ambiguous is reported.
pub(super) fn plan(headers: &[Option<String>], guide: &Guide<'_>, findings: &mut Findings) -> Plan {
    let is_sdmx = sdmx::is_header(headers);
    if guide.sdmx && !is_sdmx {
        findings.whole(sdmx::no_header(headers));
    }
    let mut plan = Plan { names: Vec::new(), roles: Vec::new(), labelled: Vec::new(), is_sdmx };
    for header in headers {
        let header = header.as_deref().map(|header| if is_sdmx { sdmx::column(header) } else { (header, false) });
        let (name, role) = match header.map(|(header, _)| (header, meaning(header, is_sdmx, guide))) {
            None | Some((_, Meaning::Left)) => (None, Role::Left),
            Some((header, Meaning::Strange)) => (Some(header.to_owned()), Role::Same),
            Some((_, Meaning::Attribute(name))) => (Some(name), Role::Same),
            Some((header, Meaning::Item(item))) => {
                let code = guide.set.map(|set| set.items()[item].code.clone());
                let rules = guide.mapping.map(|mapping| mapping.rules_for(header)).unwrap_or_default();
                (code, if rules.are_plain() { Role::Same } else { Role::ItemValue(item, rules) })
            }
            Some((_, Meaning::Standard(name))) => standard(name, guide),
        };
        plan.names.push(name);
        plan.roles.push(role);
        plan.labelled.push(header.is_some_and(|(_, labelled)| labelled));
    }
    if is_sdmx {
        sdmx::service_columns(headers, &mut plan);
    }
    city_and_its_name(&mut plan);
    twice(headers, &mut plan, findings);
    absent(headers, &plan, guide, findings);
    plan
}

/// What a header means; what the mapping says comes first.
fn meaning(header: &str, is_sdmx: bool, guide: &Guide<'_>) -> Meaning {
    let item = |code: &str| guide.set.and_then(|set| set.item_index(code));
    let document = guide.mapping.map(Mapping::document);
    if let Some(document) = document {
        if let Some(column) = document.columns.get(header) {
            return Meaning::Standard(column.clone());
        }
        if let Some(mapped) = document.items.get(header) {
            return item(&mapped.item).map_or(Meaning::Strange, Meaning::Item);
        }
        if let Some(attribute) = document.attributes.get(header) {
            return Meaning::Attribute(attribute.clone());
        }
        if document.ignore.iter().any(|ignored| ignored == header) {
            return Meaning::Left;
        }
    }
    if is_sdmx {
        let mapped = |column: &str| document.is_some_and(|document| document.columns.values().any(|meant| meant == column));
        return sdmx::standard(header)
            .filter(|column| !mapped(column))
            .map_or(Meaning::Left, |name| Meaning::Standard(name.into()));
    }
    if let Some(name) = aliases::standard(guide.kind).find(|name| *name == header && *name != "city_name") {
        return Meaning::Standard(name.into());
    }
    if let Some(item) = item(header) {
        return Meaning::Item(item);
    }
    let usual = if header == "city_name" && guide.kind == ImportKind::Observations {
        Some("city_name")
    } else {
        aliases::of(guide.kind, header)
    };
    if let Some(name) = usual {
        return Meaning::Standard(name.into());
    }
    if let Some(item) = guide.set.and_then(|set| titled(header, set)) {
        return Meaning::Item(item);
    }
    if document.is_some_and(|document| document.ignore_others == Some(true)) { Meaning::Left } else { Meaning::Strange }
}

/// The name and the role of a standard column.
fn standard(name: String, guide: &Guide<'_>) -> (Option<String>, Role) {
    let mapping = guide.mapping;
    let rules = || mapping.map(|mapping| mapping.rules.clone()).unwrap_or_default();
    let role = match name.as_str() {
        _ if guide.kind == ImportKind::Cities => Role::Same,
        "city" => match mapping.and_then(|mapping| mapping.document.city_by).unwrap_or_default() {
            CityBy::Code => Role::Same,
            by => Role::City(by),
        },
        "city_name" => Role::CityName,
        "period" if mapping.is_some_and(|mapping| !mapping.patterns.is_empty()) => Role::Period,
        "item" if mapping.is_some_and(|mapping| !mapping.document.items.is_empty()) => Role::Item,
        "value" if mapping.is_some_and(|mapping| !mapping.rules.are_plain() || !mapping.item_rules.is_empty()) => Role::Value,
        "status" if mapping.is_some_and(|mapping| !mapping.document.statuses.is_empty()) => Role::Status,
        "sample_size" if !rules().without_factor().are_plain() => Role::Number(rules().without_factor()),
        "margin" if !rules().are_plain() => Role::Number(rules()),
        _ => Role::Same,
    };
    (Some(name), role)
}

/// A name beside a code is compared with it; a name alone names the city.
fn city_and_its_name(plan: &mut Plan) {
    let Some(named) = plan.place(&Role::CityName) else { return };
    if plan.names.iter().flatten().any(|name| name == "city") {
        plan.names[named] = None;
    } else {
        plan.names[named] = Some("city".into());
        plan.roles[named] = Role::City(CityBy::Any);
    }
}

/// Reports columns that mean the same, each after the first.
fn twice(headers: &[Option<String>], plan: &mut Plan, findings: &mut Findings) {
    let mut first: HashMap<String, usize> = HashMap::new();
    for column in 0..plan.names.len() {
        let Some(name) = plan.names[column].clone() else { continue };
        let Some(known) = first.insert(name.clone(), column) else { continue };
        let header = |column: usize| headers[column].as_deref().map(shown).unwrap_or_default();
        let (one, other) = (header(known), header(column));
        findings.heading(
            column,
            Fault::error(
                "file.duplicate_column",
                format!("“{one}”和“{other}”都是 {name}"),
                format!("'{one}' and '{other}' are both {name}"),
            )
            .value(&other)
            .hint(
                "只保留一列，或在映射的 ignore 中列出另一列",
                "keep one of them, or list the other under 'ignore' of a mapping",
            ),
        );
        first.insert(name, known);
        (plan.names[column], plan.roles[column]) = (None, Role::Left);
    }
}

/// Warns of columns that the mapping speaks of and the file does not have.
fn absent(headers: &[Option<String>], plan: &Plan, guide: &Guide<'_>, findings: &mut Findings) {
    let Some(document) = guide.mapping.map(Mapping::document) else { return };
    let is_long = plan.names.iter().flatten().any(|name| name == "item");
    let items = document.items.keys().filter(|_| !is_long);
    let has = |wanted: &String| {
        let named = |header: &str| header == wanted || (plan.is_sdmx && sdmx::column(header).0 == wanted);
        headers.iter().flatten().any(|header| named(header))
    };
    for header in document.columns.keys().chain(document.attributes.keys()).chain(items).filter(|header| !has(header)) {
        let name = shown(header);
        findings.whole(
            Fault::warning(
                "mapping.column_absent",
                format!("映射中的列“{name}”不在文件中"),
                format!("the file has no column '{name}', of which the mapping speaks"),
            )
            .column(name)
            .hint("请核对列名是否一致", "check whether the name is exactly the same"),
        );
    }
}
