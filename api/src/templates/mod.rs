//! Templates: workbooks that the departments of a city fill in, and that are read back as they are.
//!
//! A sheet explains the others; each department has a sheet of its own with a row per data item: its code, which is
//! locked, what it is and between which bounds, its value of the period before, and the cells to be filled in, with
//! drop-downs and checks. Items that the city does not provide are listed in the explanation and have no row.
//!
//! What a sheet says to the reader of the file stands in two hidden rows. A row without anything in its input cells says
//! nothing when the workbook is imported; a row with a remark only says that the value is missing, and why.
//!
//! ```text
//! set, city, period, previous values -> render -> bytes -> imports?kind=observations -> observations
//! ```

mod about;
mod department;
mod lists;
mod look;
mod names;
mod previous;
mod serve;
#[cfg(test)]
mod tests;
pub mod words;

use std::collections::{HashMap, HashSet};

use citygauge_indicators::{IndicatorSet, Item, Language, Period, Provider, Text};
use rust_xlsxwriter::{Workbook, XlsxError};

use self::about::About;
use self::lists::Lists;
use self::look::Look;
use self::names::Names;
pub use self::previous::previous_values;
pub use self::serve::{WantedTemplate, template_answer};

/// What a template is made of.
#[derive(Debug, Clone)]
pub struct TemplateInput<'a> {
    /// The set.
    pub set: &'a IndicatorSet,
    /// The code of the city.
    pub city: &'a str,
    /// What the city is called, where that is known.
    pub city_name: Option<&'a Text>,
    /// The period that is reported.
    pub period: Period,
    /// The departments that have a sheet, by [`Item::department_name`]; all, and a sheet of the items without one, unless
    /// given.
    pub departments: Option<&'a HashSet<String>>,
    /// The items that have a row; all that the city provides, unless given.
    pub items: Option<&'a HashSet<String>>,
    /// What was reported for the period before, by the code of the item.
    pub previous: &'a HashMap<String, PreviousValue>,
    /// The language of what people read in it.
    pub language: Language,
}

/// A value that was reported before.
#[derive(Debug, Clone, PartialEq)]
pub enum PreviousValue {
    /// A number, or a yes (1) or no (0).
    Number(f64),
    /// The code of an option.
    Choice(String),
    /// It did not apply.
    NotApplicable,
}

impl TemplateInput<'_> {
    /// Whether an item has a row.
    fn asks_for(&self, item: &Item) -> bool {
        let department = |wanted: &HashSet<String>| item.department_name().is_some_and(|name| wanted.contains(name));
        item.provider == Provider::City
            && self.departments.is_none_or(department)
            && self.items.is_none_or(|items| items.contains(&item.code))
    }

    /// The items by department, in the order in which the set names them; those without one come last.
    fn by_department(&self) -> Vec<(Option<&Text>, Vec<&Item>)> {
        let mut groups: Vec<(Option<&Text>, Vec<&Item>)> = Vec::new();
        let mut places: HashMap<Option<&str>, usize> = HashMap::new();
        for item in self.set.items().iter().filter(|item| self.asks_for(item)) {
            let place = *places.entry(item.department_name()).or_insert_with(|| {
                groups.push((item.department.as_ref(), Vec::new()));
                groups.len() - 1
            });
            groups[place].1.push(item);
        }
        groups.sort_by_key(|(department, _)| department.is_none());
        groups
    }
}

/// The workbook.
///
/// # Errors
/// When the workbook cannot be made, as with a drop-down beyond what a sheet holds.
pub fn render(input: &TemplateInput<'_>) -> Result<Vec<u8>, XlsxError> {
    let look = Look::new();
    let mut workbook = Workbook::new();
    let mut names = Names::new();
    let about_name = names.unique(input.language.pick("说明", "about"));
    let groups: Vec<(String, Option<&Text>, Vec<&Item>)> = input
        .by_department()
        .into_iter()
        .map(|(department, items)| {
            let wanted = department
                .map_or_else(|| input.language.pick("未分部门", "no department"), |department| department.get(input.language));
            (names.unique(wanted), department, items)
        })
        .collect();
    let mut lists = Lists::new(names.unique("lists"), input.language);
    let about =
        About { input, look: &look, sheets: groups.iter().map(|(name, _, items)| (name.as_str(), items.len())).collect() };
    about.write(workbook.add_worksheet().set_name(&about_name)?)?;
    for (name, department, items) in &groups {
        department::write(input, *department, items, &look, &mut lists, workbook.add_worksheet().set_name(name)?)?;
    }
    lists.write(workbook.add_worksheet())?;
    if !groups.is_empty() {
        workbook.worksheet_from_index(1)?.set_active(true);
    }
    workbook.save_to_buffer()
}
