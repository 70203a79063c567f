//! One cell as its format gives it, before the column says what it should be.

use std::borrow::Cow;

use citygauge_indicators::Fault;

use super::findings::shown;
use crate::export::number::shortest;

/// A cell of any format.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing stands there.
    Empty,
    /// Text, never empty; a number in CSV is text until its column is known.
    Text(Cow<'a, str>),
    /// A number where the format has numbers; may be NaN or infinite.
    Number(f64),
    /// A whole number that was written with a point or an exponent, and how: a number, but no code or period.
    Written(f64, &'a str),
    /// Yes or no where the format has them.
    Boolean(bool),
    /// A date of a workbook.
    Date(String),
    /// A list or an object of a JSON document.
    Nested,
    /// Already reported; nothing more is said about it.
    Faulty,
}

impl<'a> Cell<'a> {
    /// Text, or nothing where it is empty.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::Empty
    }

    /// What a fault repeats of it.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty | Self::Faulty => String::new(),
            Self::Text(text) => shown(text),
            Self::Number(number) => shortest(*number),
            Self::Written(_, text) => shown(text),
            Self::Boolean(yes) => yes.to_string(),
            Self::Date(date) => date.clone(),
            Self::Nested => "[…]".into(),
        }
    }

    /// The name that a header cell gives to its column.
    pub fn header_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone().into_owned(),
            other => other.shown(),
        }
    }

    /// The cell in a column of text: text as it stands, a whole number as its digits.
    /// `None` where it is empty or already reported.
    pub fn as_text(&self) -> Result<Option<Cow<'_, str>>, Box<Fault>> {
        match self {
            Self::Empty | Self::Faulty => Ok(None),
            Self::Text(text) => Ok(Some(Cow::Borrowed(text))),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 => {
                Ok(Some(Cow::Owned(format!("{number:.0}"))))
            }
            Self::Number(_) | Self::Written(..) | Self::Boolean(_) | Self::Date(_) | Self::Nested => {
                let fault = Fault::error("cell.not_text", "这里应是文本", "text is expected here").value(self.shown());
                Err(fault.hint("请把该单元格设为文本格式", "give the cell the format text").into())
            }
        }
    }
}

/// The letter of a column as a spreadsheet shows it, counted from 0.
pub(crate) fn letter(mut index: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(index % 26).unwrap_or(0)));
        index /= 26;
        if index == 0 {
            return letters.iter().rev().collect();
        }
        index -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_in_a_column_of_text_is_read_as_its_digits() {
        assert_eq!(Cell::Number(330_100.0).as_text().expect("whole"), Some(Cow::Borrowed("330100")));
        assert_eq!(Cell::Number(0.5).as_text().expect_err("no code").code, "cell.not_text");
        assert_eq!(Cell::Boolean(true).as_text().expect_err("no code").value.as_deref(), Some("true"));
        assert_eq!(Cell::text("").as_text().expect("empty"), None);
    }

    #[test]
    fn columns_have_the_letters_of_a_spreadsheet() {
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(letter), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }
}
