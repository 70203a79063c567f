//! The validation rules of the set, over the stored observations with the rows of the file laid over them.
//!
//! Only the items of rules that read an item of the file are loaded, and only the periods and cities that these rules
//! look at. Findings in places that the file does not touch are not its own and not reported here.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use citygauge_assessment::validation::{Finding, Panel, validate_by};
use citygauge_indicators::{
    City, DigitsOver, Fault, Faults, IndicatorSet, ItemIndex, Period, RepeatedOver, RuleCheck, SetRule, Severity, Status, Value,
};
use futures_util::TryStreamExt;

use super::rows::{Read, Rows};
use crate::assessments::described;
use crate::intake::Limits;
use crate::intake::observations::ReadObservation;
use crate::state::State;
use crate::store::observations::{self, Filter, read_as_of};
use crate::store::{StoreError, Transaction};

/// Codes that one condition of a query lists; more are loaded without it.
const MAX_LISTED: usize = 4_000;

/// The rules that read an item of the file, and what is stored of what they look at.
pub(super) struct Ground {
    rules: Vec<SetRule>,
    stored: Panel,
}

impl Ground {
    /// Loads what is needed; none where no rule reads an item of the file.
    pub async fn load(state: &State, set: &IndicatorSet, read: &Read) -> Result<Option<Self>, StoreError> {
        let Rows::Observations(rows, _) = &read.rows else { return Ok(None) };
        let touched: BTreeSet<ItemIndex> = rows.iter().map(|row| row.item).collect();
        let reads = |rule: &&SetRule| rule.items.iter().any(|item| touched.contains(item));
        let rules: Vec<SetRule> = set.rules().iter().filter(reads).cloned().collect();
        if rules.is_empty() {
            return Ok(None);
        }
        let own: BTreeSet<&str> = rows.iter().map(|row| &*row.city).collect();
        let alone = rules.iter().all(|rule| looks_at_one_city(&rule.rule.check));
        let needed = |city: &City| !alone || own.contains(city.code.as_str());
        let mut stored = Panel::new(described(state).await?.into_iter().filter(needed).collect());
        let filter = Filter {
            items: rules
                .iter()
                .flat_map(|rule| &rule.items)
                .map(|&item| set.items()[item].code.clone())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            periods: periods(&rules, rows),
            cities: if alone && own.len() <= MAX_LISTED { own.into_iter().map(str::to_owned).collect() } else { Vec::new() },
            ..Filter::default()
        };
        let filter = if filter.items.len() > MAX_LISTED { Filter { items: Vec::new(), ..filter } } else { filter };
        let reading = state.store().begin_reading().await?;
        fill(&reading, &filter, set, &mut stored).await?;
        reading.rollback().await?;
        Ok(Some(Self { rules, stored }))
    }

    /// Adds what the rules find in the places of the file. Where rows may be skipped, those with an error are taken out
    /// and the rest is judged again, until nothing more is to be taken out.
    pub fn judge(&self, set: &IndicatorSet, read: &mut Read, skip_rows: bool, file: Option<&str>) {
        loop {
            let Rows::Observations(rows, _) = &read.rows else { return };
            let mut panel = self.stored.clone();
            for row in rows {
                let number = match (&row.value, row.status) {
                    (Some(Value::Number(number)), Status::Reported) => Some(*number),
                    _ => None,
                };
                panel.put(&row.city, row.period, row.item, number);
            }
            let mut faulty = HashSet::new();
            let mut found = Vec::new();
            for finding in validate_by(set, &self.rules, &panel) {
                let Some(row) = row_of(&finding, rows, set) else { continue };
                if finding.severity == Severity::Error {
                    faulty.insert(row.clone());
                }
                found.push((row, finding));
            }
            let again = skip_rows && !faulty.is_empty();
            // What is only a warning may be gone once the rows at fault are.
            found.retain(|(_, finding)| !again || finding.severity == Severity::Error);
            read.add(found, faulty.len() as u64, file);
            if !again {
                return;
            }
            if let Rows::Observations(rows, _) = &mut read.rows {
                rows.retain(|row| !faulty.contains(&Place::of(row)));
            }
        }
    }
}

/// Where in the file a row stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    sheet: Option<Arc<str>>,
    row: u64,
}

impl Place {
    fn of(row: &ReadObservation) -> Self {
        Self { sheet: row.sheet.clone(), row: row.row }
    }

    fn named(&self, fault: Fault) -> Fault {
        let mut fault = fault.row(self.row);
        fault.sheet = self.sheet.as_deref().map(str::to_owned);
        fault
    }
}

impl Read {
    /// Reports findings at their rows; all are counted, and as many kept as of any other fault.
    fn add(&mut self, found: Vec<(Place, Finding)>, rows_faulty: u64, file: Option<&str>) {
        self.rows_faulty += rows_faulty;
        let room = Limits::default().max_faults.saturating_sub(self.faults.0.len());
        let errors = found.iter().filter(|(_, finding)| finding.severity == Severity::Error).count() as u64;
        self.faults_total += errors;
        self.warnings_total += found.len() as u64 - errors;
        let faults = Faults(found.iter().take(room).map(|(place, finding)| place.named(finding.to_fault())).collect());
        let faults = match file {
            Some(file) => faults.in_file(file),
            None => faults,
        };
        self.faults.0.extend(faults.0);
        self.faults.0.sort_by(|one, other| (&one.sheet, one.row).cmp(&(&other.sheet, other.row)));
    }
}

/// The row of the file that a finding is about: the one in its own period, or else the latest that it looked at.
fn row_of(finding: &Finding, rows: &[ReadObservation], set: &IndicatorSet) -> Option<Place> {
    let from = rows.partition_point(|row| (&*row.city, row.period) < (finding.city.as_str(), finding.since));
    let to = rows.partition_point(|row| (&*row.city, row.period) <= (finding.city.as_str(), finding.period));
    let is_read = |row: &&ReadObservation| finding.items.contains(&set.items()[row.item].code);
    rows.get(from..to)?.iter().rev().find(is_read).map(Place::of)
}

/// Whether a rule looks at nothing but the city itself.
fn looks_at_one_city(check: &RuleCheck) -> bool {
    match check {
        RuleCheck::Formula { .. } | RuleCheck::Change { .. } => true,
        RuleCheck::Peers { .. } => false,
        RuleCheck::Heaping { over, .. } | RuleCheck::LastDigit { over, .. } => *over == DigitsOver::City,
        RuleCheck::Repeated { over, .. } => *over != RepeatedOver::Cities,
    }
}

/// The periods that the rules look at; an empty list stands for all.
fn periods(rules: &[SetRule], rows: &[ReadObservation]) -> Vec<String> {
    let touched: BTreeSet<Period> = rows.iter().map(|row| row.period).collect();
    let mut back = BTreeSet::from([0]);
    for rule in rules {
        match &rule.rule.check {
            // A change is judged where the file has the later value and where it has the earlier one.
            RuleCheck::Change { periods, .. } => {
                back.insert(*periods);
            }
            RuleCheck::Formula { .. }
                if rule.formula.as_ref().is_some_and(|formula| formula.items() != formula.current_items()) =>
            {
                return Vec::new();
            }
            RuleCheck::Heaping { over: DigitsOver::City, .. }
            | RuleCheck::LastDigit { over: DigitsOver::City, .. }
            | RuleCheck::Repeated { over: RepeatedOver::Periods, .. } => return Vec::new(),
            _ => {}
        }
    }
    let mut periods = BTreeSet::new();
    for &count in &back {
        periods.extend(touched.iter().map(|period| period.earlier(count)));
        periods.extend(touched.iter().filter_map(|period| period.later(count)));
    }
    if periods.len() > MAX_LISTED { Vec::new() } else { periods.iter().map(Period::to_string).collect() }
}

async fn fill(reading: &Transaction, filter: &Filter, set: &IndicatorSet, panel: &mut Panel) -> Result<(), StoreError> {
    let found = read_as_of(reading, filter).await?;
    let mut found = std::pin::pin!(found);
    while let Some(row) = found.try_next().await? {
        let counts = row.status == observations::Status::Reported;
        let (Some(item), Ok(period)) = (set.item_index(&row.item), row.period.parse::<Period>()) else { continue };
        if counts && row.number.is_some() {
            panel.put(&row.city, period, item, row.number);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
