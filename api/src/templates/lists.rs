//! The hidden sheet of the words that drop-downs offer. Lists in the validation itself are short and know no comma.

use citygauge_indicators::{Language, QualityGrade};
use rust_xlsxwriter::{DataValidation, Formula, Worksheet, XlsxError};

use super::words;
use crate::intake::cell::letter;
use crate::intake::xlsx::template::ABOUT_MARK;

/// The first row of a list, counted from 1; the mark stands above.
const FIRST: usize = 2;

/// The lists so far, each in a column of its own.
pub(super) struct Lists {
    sheet: String,
    lists: Vec<Vec<String>>,
    pub statuses: DataValidation,
    pub grades: DataValidation,
    pub yes_or_no: DataValidation,
}

impl Lists {
    pub fn new(sheet: String, language: Language) -> Self {
        let mut lists = Self {
            sheet,
            lists: Vec::new(),
            statuses: DataValidation::new(),
            grades: DataValidation::new(),
            yes_or_no: DataValidation::new(),
        };
        lists.statuses = lists.offer(words::STATUSES.map(|status| words::status_title(status).get(language).to_owned()).into());
        lists.grades = lists.offer(QualityGrade::ALL.map(|grade| grade.title().get(language).to_owned()).into());
        lists.yes_or_no = lists.offer(language.pick(["是", "否"], ["yes", "no"]).map(str::to_owned).into());
        lists
    }

    /// A drop-down of these words.
    pub fn offer(&mut self, list: Vec<String>) -> DataValidation {
        let place = self.lists.iter().position(|known| *known == list).unwrap_or_else(|| {
            self.lists.push(list);
            self.lists.len() - 1
        });
        let (column, last) = (letter(place), FIRST + self.lists[place].len().saturating_sub(1));
        let sheet = self.sheet.replace('\'', "''");
        DataValidation::new().allow_list_formula(Formula::new(format!("='{sheet}'!${column}${FIRST}:${column}${last}")))
    }

    /// Writes the sheet.
    pub fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(&self.sheet)?.set_hidden(true).protect();
        sheet.write_string(0, 0, ABOUT_MARK)?;
        for (list, column) in self.lists.iter().zip(0_u16..) {
            for (word, row) in list.iter().zip(1_u32..) {
                sheet.write_string(row, column, word)?;
            }
        }
        Ok(())
    }
}
