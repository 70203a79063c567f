//! One sheet as a table: its cells gathered into rows under a header, or under the mark of a template.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{DataRef, XlsxCellReader, XlsxError};

use super::super::cell::{Cell, letter};
use super::super::feed::{Feed, Rows};
use super::links::Links;
use super::look::{Look, Merged};
use super::notices;
use super::template::{self, Form};
use super::value::{FARTHEST, Value, uncalculated, unreadable, value};

/// Reads a sheet from its header on, which is the first row from `header_row` on that is not empty. A sheet's rows and
/// cells stand in order; one that does not is damaged.
pub(super) fn read<R: Rows>(
    reader: &mut XlsxCellReader<'_, Cursor<&[u8]>>,
    look: &Look,
    header_row: u64,
    feed: &mut Feed<'_, R>,
) -> Result<(), XlsxError> {
    if look.too_much {
        feed.findings.whole(notices::overloaded());
        return Ok(());
    }
    let mut sheet = Sheet::new(look);
    let mut last: Option<(u32, u32)> = None;
    while let Some(found) = reader.next_cell_with_formula_metadata()? {
        let place = found.pos;
        if place.0 > FARTHEST.0 || place.1 > FARTHEST.1 || last.is_some_and(|last| place <= last) {
            feed.findings.whole(unreadable("cell reference").row(u64::from(place.0) + 1));
            return Ok(());
        }
        if last.is_some_and(|last| last.0 != place.0) && !sheet.end_row(feed) {
            return Ok(());
        }
        last = Some(place);
        let row = u64::from(place.0) + 1;
        if row < header_row {
            continue;
        }
        sheet.number = row;
        if let Some(formula) = &found.formula {
            sheet.links.look_at(formula, row, place.1);
        }
        let value = match found.value {
            DataRef::Empty if found.formula.is_some() => Value::Fault(uncalculated(found.formula.as_ref()).into()),
            other => value(other),
        };
        if value != Value::Cell(Cell::Empty) {
            sheet.row.push((place.1, value));
        }
    }
    if sheet.end_row(feed) {
        sheet.end(feed);
    }
    Ok(())
}

/// How far the reading of a sheet has come.
enum Stage {
    /// Nothing was seen yet.
    Start,
    /// The mark of a template was seen; what follows down to its row of names is for people.
    Marked(Form),
    /// Below the header: the place of each named column among the columns that are fed.
    Table(HashMap<u32, usize>),
    /// Below the names of a template.
    Template(template::Columns),
}

struct Sheet<'a, 'l> {
    stage: Stage,
    row: Vec<(u32, Value<'a>)>,
    number: u64,
    look: &'l Look,
    /// Merged ranges that reach into the row being read, each with whether it was reported.
    open: Vec<(&'l Merged, bool)>,
    /// The first merged range that begins below it.
    next_merged: usize,
    links: Links,
    /// The first of the hidden rows that were read, and how many they are.
    hidden: Option<(u64, u64)>,
}

impl<'l> Sheet<'_, 'l> {
    fn new(look: &'l Look) -> Self {
        let (row, open) = (Vec::new(), Vec::new());
        Self { stage: Stage::Start, row, number: 0, look, open, next_merged: 0, links: Links::default(), hidden: None }
    }

    /// Feeds what was gathered and answers whether to go on.
    fn end_row<R: Rows>(&mut self, feed: &mut Feed<'_, R>) -> bool {
        let row = std::mem::take(&mut self.row);
        if row.is_empty() {
            return true;
        }
        match self.merged() {
            None => {}
            Some(Overlap::Reported) => return feed.withheld_row(),
            Some(Overlap::New(range)) if matches!(self.stage, Stage::Start) => {
                feed.findings.whole(notices::merged_header(&range).row(self.number));
                return false;
            }
            Some(Overlap::New(range)) => return feed.broken_row(self.number, notices::merged_cells(&range)),
        }
        match &self.stage {
            Stage::Start => self.begin(&row, feed),
            Stage::Marked(form) => match template::Columns::of(form, &row) {
                Some(columns) => {
                    let names = columns.names();
                    let named_in = vec![self.number; names.len()];
                    self.stage = Stage::Template(columns);
                    feed.header(names, named_in)
                }
                None => true,
            },
            Stage::Table(columns) => {
                let go_on = table_row(columns, row, self.number, feed);
                self.count_hidden();
                go_on
            }
            Stage::Template(columns) => {
                let (go_on, says_something) = columns.row(row, self.number, feed);
                if says_something {
                    self.count_hidden();
                }
                go_on
            }
        }
    }

    /// Takes the first row that holds anything.
    fn begin<R: Rows>(&mut self, row: &[(u32, Value<'_>)], feed: &mut Feed<'_, R>) -> bool {
        if let Some(form) = Form::of(row) {
            let taken = feed.rows.template(&form, &mut feed.findings);
            self.stage = Stage::Marked(form);
            return taken;
        }
        let mut columns = HashMap::new();
        let mut names = Vec::with_capacity(row.len());
        for (place, value) in row {
            if let Value::Fault(fault) = value {
                feed.findings.whole(fault.clone().row(self.number).column(letter(*place as usize)));
            }
            columns.insert(*place, names.len());
            names.push(value.as_name(*place));
        }
        let hidden: Vec<&str> = row
            .iter()
            .zip(&names)
            .filter(|((place, _), _)| self.look.hides_column(*place))
            .map(|(_, name)| name.as_str())
            .collect();
        let notice = (!hidden.is_empty()).then(|| notices::hidden_columns(&hidden));
        let named_in = vec![self.number; names.len()];
        self.stage = Stage::Table(columns);
        let taken = feed.header(names, named_in);
        if let Some(notice) = notice.filter(|_| taken) {
            feed.findings.whole(notice.row(self.number));
        }
        taken
    }

    /// The merged range that reaches into a column of the table in the row being read.
    fn merged(&mut self) -> Option<Overlap> {
        let number = self.number;
        while let Some(next) = self.look.merged.get(self.next_merged).filter(|next| next.rows.0 <= number) {
            self.open.push((next, false));
            self.next_merged += 1;
        }
        self.open.retain(|(range, _)| range.rows.1 >= number);
        let counts = |range: &Merged| match &self.stage {
            Stage::Start => true,
            Stage::Marked(_) => false,
            Stage::Table(columns) => (range.columns.0..=range.columns.1).any(|column| columns.contains_key(&column)),
            Stage::Template(columns) => columns.touches(range.columns),
        };
        let place = self.open.iter().position(|(range, _)| counts(range))?;
        let (range, reported) = &mut self.open[place];
        Some(if std::mem::replace(reported, true) { Overlap::Reported } else { Overlap::New((*range).clone()) })
    }

    fn count_hidden(&mut self) {
        if self.look.hides_row(self.number) {
            let (first, count) = self.hidden.unwrap_or((self.number, 0));
            self.hidden = Some((first, count + 1));
        }
    }

    /// Says what a reader of the sheet would not have seen.
    fn end<R: Rows>(&self, feed: &mut Feed<'_, R>) {
        if matches!(self.stage, Stage::Marked(_)) {
            feed.findings.whole(template::damaged());
        }
        if let Some((first, count)) = self.hidden {
            feed.findings.whole(notices::hidden_rows(count).row(first));
        }
        if let Some(notice) = self.links.notice() {
            feed.findings.whole(notice);
        }
    }
}

/// A merged range in a row of the table.
enum Overlap {
    /// It is met for the first time.
    New(Merged),
    /// A row above has reported it.
    Reported,
}

fn table_row<R: Rows>(columns: &HashMap<u32, usize>, row: Vec<(u32, Value<'_>)>, number: u64, feed: &mut Feed<'_, R>) -> bool {
    let mut cells = vec![Cell::Empty; columns.len()];
    let mut stray = None;
    for (place, value) in row {
        match columns.get(&place) {
            Some(column) => cells[*column] = placed(value, *column, feed),
            None => {
                stray.get_or_insert(place);
            }
        }
    }
    match stray {
        None => feed.row(number, &mut cells),
        Some(place) => {
            feed.findings.forget_row();
            let column = letter(place as usize);
            feed.broken_row(number, notices::stray_cell(&column).column(column))
        }
    }
}

/// The cell that is fed for what stands in one; what is wrong with it is reported.
pub(super) fn placed<'v, R: Rows>(value: Value<'v>, column: usize, feed: &mut Feed<'_, R>) -> Cell<'v> {
    match value {
        Value::Cell(cell) => cell,
        Value::Fault(fault) => {
            feed.findings.cell(column, fault);
            Cell::Faulty
        }
    }
}
