//! Stands between a file and those who take its rows: gives columns their standard names and cells their standard form.

use std::borrow::Cow;
use std::collections::HashSet;

use citygauge_indicators::{Fault, ItemKind, Period};
use citygauge_openapi::CityBy;

use super::super::cell::Cell;
use super::super::feed::{Rows, Taken};
use super::super::findings::{Findings, shown};
use super::super::xlsx::template::Form;
use super::names::Meant;
use super::number::Rules;
use super::plan::{Guide, Plan, Role, plan};
use super::sdmx;
use crate::export::sdmx::code;

/// Rows under standard names.
pub(crate) struct Translated<'g, R> {
    /// Those who take the rows.
    pub inner: R,
    guide: Guide<'g>,
    plan: Option<Plan>,
    is_plain: bool,
    /// Cities and names that contradict each other and were reported.
    contradictions: HashSet<(String, String)>,
    /// Flags of SDMX that are not kept and were reported.
    flags: HashSet<String>,
    /// Whether rows of SDMX that bring no observation were reported.
    has_partial_keys: bool,
}

impl<'g, R> Translated<'g, R> {
    pub fn new(inner: R, guide: Guide<'g>) -> Self {
        Self {
            inner,
            guide,
            plan: None,
            is_plain: true,
            contradictions: HashSet::new(),
            flags: HashSet::new(),
            has_partial_keys: false,
        }
    }

    /// Whether the file is SDMX-CSV.
    pub fn is_sdmx(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.is_sdmx)
    }
}

impl<R: Rows> Rows for Translated<'_, R> {
    fn header(&mut self, names: &[Option<String>], findings: &mut Findings) -> bool {
        let plan = plan(names, &self.guide, findings);
        let readable = self.inner.header(&plan.names, findings);
        self.is_plain = plan.is_plain();
        self.plan = Some(plan);
        readable
    }

    fn knows(&mut self, names: &[Option<String>]) -> bool {
        // Whatever is wrong with the header is told when it is read.
        let mut aside = Findings::new(0);
        aside.columns = names.iter().map(|name| name.clone().unwrap_or_default()).collect();
        let plan = plan(names, &self.guide, &mut aside);
        self.inner.knows(&plan.names)
    }

    fn template(&mut self, form: &Form, findings: &mut Findings) -> bool {
        self.inner.template(form, findings)
    }

    fn row(&mut self, number: u64, cells: &[Cell<'_>], findings: &mut Findings) -> Taken {
        let Some(plan) = self.plan.as_ref().filter(|_| !self.is_plain) else { return self.inner.row(number, cells, findings) };
        if plan.is_sdmx && plan.has_partial_key(cells) {
            if !std::mem::replace(&mut self.has_partial_keys, true) {
                findings.line(number, sdmx::partial_key());
            }
            return Taken::Sound;
        }
        let mut read: Vec<Cell<'_>> =
            cells.iter().zip(&plan.labelled).map(|(cell, labelled)| unlabelled(cell, *labelled)).collect();
        let context = Row { guide: &self.guide, plan, written: cells, is_own: plan.is_own(cells) };
        if context.is_own {
            context.identifiers(&mut read, findings);
        }
        context.cities(&mut read, &mut self.contradictions, findings);
        context.words(&mut read, &mut self.flags, findings);
        context.numbers(&mut read, findings);
        self.inner.row(number, &read, findings)
    }
}

/// The code of a cell that shows a label behind it.
fn unlabelled<'c>(cell: &Cell<'c>, labelled: bool) -> Cell<'c> {
    match cell {
        Cell::Text(Cow::Borrowed(text)) if labelled => Cell::text(text.split_once(": ").map_or(*text, |(code, _)| code)),
        Cell::Text(Cow::Owned(text)) if labelled => match text.split_once(": ") {
            Some((code, _)) => Cell::text(code.to_owned()),
            None => cell.clone(),
        },
        other => other.clone(),
    }
}

/// One row under translation.
struct Row<'r, 'c> {
    guide: &'r Guide<'r>,
    plan: &'r Plan,
    written: &'r [Cell<'c>],
    /// Whether it is SDMX that the service wrote.
    is_own: bool,
}

impl Row<'_, '_> {
    /// Replaces the names of cities by their codes, and compares names with codes.
    fn cities(&self, read: &mut [Cell<'_>], contradictions: &mut HashSet<(String, String)>, findings: &mut Findings) {
        let Some(names) = self.guide.names else { return };
        for (column, role) in self.plan.roles.iter().enumerate() {
            let Role::City(by) = role else { continue };
            let Ok(Some(text)) = self.written[column].as_text() else { continue };
            let text = unspaced(&text, self.guide);
            let meant = if *by == CityBy::Name { names.named(&text) } else { names.meant(&text) };
            read[column] = match meant {
                Meant::One(code) => Cell::text(code.to_owned()),
                Meant::None => {
                    findings.cell(column, unknown(&text));
                    Cell::Faulty
                }
                Meant::Several(cities) => {
                    findings.cell(column, ambiguous(&text, &cities));
                    Cell::Faulty
                }
            };
        }
        let (Some(named), Some(city)) = (self.plan.place(&Role::CityName), self.city()) else { return };
        let (Ok(Some(code)), Ok(Some(name))) = (read[city].as_text(), self.written[named].as_text()) else { return };
        if names.contradicts(&code, &name) && contradictions.insert((code.to_string(), name.to_string())) {
            let known = names.of(&code).join(" | ");
            findings.cell(named, mismatch(&code, &name, &known).city(code.to_string()));
        }
    }

    /// The column that gives the city.
    fn city(&self) -> Option<usize> {
        self.plan.names.iter().position(|name| name.as_deref() == Some("city"))
    }

    /// Replaces the identifiers of our own SDMX by the codes, and puts a chosen option where values stand.
    fn identifiers(&self, read: &mut [Cell<'_>], findings: &mut Findings) {
        let place = |wanted: &str| self.plan.names.iter().position(|name| name.as_deref() == Some(wanted));
        for column in [place("city"), place("item")].into_iter().flatten() {
            let Ok(Some(text)) = read[column].as_text().map(|text| text.map(Cow::into_owned)) else { continue };
            read[column] = match code(&text) {
                Some(code) => Cell::text(code),
                None => {
                    findings.cell(column, sdmx::no_identifier(&text));
                    Cell::Faulty
                }
            };
        }
        if let (Some(value), Some(choice)) = (place("value"), self.plan.place(&Role::Choice))
            && read[value].is_empty()
        {
            read[value] = read[choice].clone();
        }
    }

    /// Replaces words by those that are known everywhere.
    fn words(&self, read: &mut [Cell<'_>], flags: &mut HashSet<String>, findings: &mut Findings) {
        for (column, role) in self.plan.roles.iter().enumerate() {
            if !matches!(role, Role::Period | Role::Item | Role::Status | Role::Action) {
                continue;
            }
            let Ok(Some(text)) = read[column].as_text().map(|text| text.map(Cow::into_owned)) else { continue };
            let mapping = self.guide.mapping;
            let word = match role {
                Role::Period => mapping.and_then(|mapping| mapping.period_of(&text)).map(|period| period.to_string()),
                Role::Item => mapping.and_then(|mapping| mapping.document.items.get(&text)).map(|mapped| mapped.item.clone()),
                Role::Status => {
                    let stated = mapping.and_then(|mapping| mapping.document.statuses.get(&text)).cloned();
                    let known = || sdmx::status(&text).filter(|_| self.plan.is_sdmx);
                    let own = || sdmx::own_status(&text).filter(|_| self.is_own).map(str::to_owned);
                    stated.or_else(own).or_else(|| {
                        let (status, flag) = known()?;
                        if let Some(flag) = flag.filter(|_| flags.insert(text.clone())) {
                            findings.cell(column, sdmx::flag_not_kept(&text, flag));
                        }
                        Some(status.to_owned())
                    })
                }
                _ => {
                    if let Some(fault) = sdmx::action_fault(&text) {
                        findings.cell(column, fault);
                    }
                    None
                }
            };
            if let Some(word) = word {
                read[column] = Cell::text(word);
            }
        }
    }

    /// Replaces numbers by what the declared rules make of them.
    fn numbers(&self, read: &mut [Cell<'_>], findings: &mut Findings) {
        let shift = self.shift(findings);
        for (column, role) in self.plan.roles.iter().enumerate() {
            match role {
                Role::ItemValue(item, rules) => {
                    let kind = self.guide.set.map(|set| set.items()[*item].kind);
                    read[column] = by_kind(&read[column], rules, kind, shift);
                }
                Role::Number(rules) => read[column] = rules.apply(&read[column], 0),
                Role::Value => {
                    let (rules, kind) = self.of_item(read);
                    read[column] = match &read[column] {
                        Cell::Text(text) if self.plan.is_sdmx && matches!(text.as_ref(), "NaN" | "#N/A") => Cell::Empty,
                        Cell::Number(number) if self.plan.is_sdmx && number.is_nan() => Cell::Empty,
                        cell => by_kind(cell, &rules, kind, shift),
                    };
                }
                _ => {}
            }
        }
    }

    /// The rules and the kind of the item of a long row.
    fn of_item(&self, read: &[Cell<'_>]) -> (Rules, Option<ItemKind>) {
        let place = self.plan.names.iter().position(|name| name.as_deref() == Some("item"));
        let text = |cells: &[Cell<'_>]| place.and_then(|place| cells[place].as_text().ok().flatten().map(Cow::into_owned));
        let set = self.guide.set;
        let kind = text(read).and_then(|code| set.and_then(|set| Some(set.items()[set.item_index(&code)?].kind)));
        let written = text(self.written).unwrap_or_default();
        (self.guide.mapping.map(|mapping| mapping.rules_for(&written)).unwrap_or_default(), kind)
    }

    /// The power of ten in which the row counts.
    fn shift(&self, findings: &mut Findings) -> i32 {
        let Some(column) = self.plan.place(&Role::UnitMultiplier) else { return 0 };
        let Ok(Some(text)) = self.written[column].as_text() else { return 0 };
        let code = text.split_once(": ").map_or(text.as_ref(), |(code, _)| code);
        match code.parse::<i32>() {
            Ok(power) if (-30..=30).contains(&power) => power,
            _ => {
                findings.cell(column, sdmx::no_multiplier(&text));
                0
            }
        }
    }
}

/// Only quantities are multiplied; a word that means nothing means that for every item.
fn by_kind<'c>(cell: &Cell<'c>, rules: &Rules, kind: Option<ItemKind>, shift: i32) -> Cell<'c> {
    match kind {
        Some(ItemKind::Boolean | ItemKind::Choice) => match cell {
            Cell::Text(text) if rules.is_blank(text) => Cell::Empty,
            other => other.clone(),
        },
        _ if rules.are_plain() && shift == 0 => cell.clone(),
        _ => rules.apply(cell, shift),
    }
}

/// Blanks around a name are dropped where that is declared for the file.
fn unspaced<'t>(text: &'t str, guide: &Guide<'_>) -> Cow<'t, str> {
    let trims = guide.mapping.is_some_and(|mapping| mapping.trims());
    Cow::Borrowed(if trims { text.trim() } else { text })
}

fn unknown(name: &str) -> Fault {
    let name = shown(name);
    Fault::error(
        "observation.unknown_city",
        format!("没有名称或代码为“{name}”的城市"),
        format!("there is no city with the name or code '{name}'"),
    )
    .value(&name)
    .hint("请核对城市名称，或先登记该城市", "check the name, or register the city first")
}

fn ambiguous(name: &str, cities: &[&str]) -> Fault {
    let (name, codes) = (shown(name), cities.join(" | "));
    Fault::error("city.ambiguous_name", format!("“{name}”可指多个城市"), format!("'{name}' may mean several cities"))
        .value(&name)
        .expected(codes)
        .hint("请改用城市代码", "write the code of the city instead")
}

/// The warning about a city that a file calls otherwise than the register.
fn mismatch(code: &str, name: &str, known: &str) -> Fault {
    let (code, name) = (shown(code), shown(name));
    Fault::warning(
        "city.name_mismatch",
        format!("代码 {code} 登记的名称不是“{name}”"),
        format!("the city {code} is not registered as '{name}'"),
    )
    .value(&name)
    .expected(known)
    .hint("请核对代码与名称是否同指一城；代码为准", "check whether code and name mean the same city; the code counts")
}

impl super::Mapping {
    /// How the numbers under a header, or beside a text in the column of items, are written.
    pub(super) fn rules_for(&self, header: &str) -> Rules {
        self.item_rules.get(header).unwrap_or(&self.rules).clone()
    }

    fn trims(&self) -> bool {
        self.document.numbers.as_ref().is_some_and(|numbers| numbers.trim == Some(true))
    }

    /// The period that a text writes in one of the declared ways; none where it is in the usual form.
    fn period_of(&self, text: &str) -> Option<Period> {
        let text = self.rules.narrowed(text);
        let usual = || text.parse::<Period>().ok();
        usual().or_else(|| self.patterns.iter().find_map(|pattern| pattern.read(&text)))
    }
}
