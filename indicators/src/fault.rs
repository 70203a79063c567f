//! What is wrong with an input, said once in one shape: where, what, what was expected, how to mend it.

use serde::Serialize;

use crate::text::{Language, Text};

/// Whether a finding stops the work or only accompanies its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = RuleSeverity))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The result stands, and a reader should know this.
    Warning,
    /// The input is refused.
    Error,
}

impl Severity {
    /// The word used in files and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One fault or warning: a place, a stable code and a sentence in both languages.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Whether it refuses the input.
    pub severity: Severity,
    /// Stable and dotted, such as `node.duplicate`; programs may rely on it.
    pub code: &'static str,
    /// The name of the file, as the person gave it.
    pub file: Option<String>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The row in the file, counted from 1 with the header as row 1.
    pub row: Option<u64>,
    /// The header of the column, or its letter where it has none.
    pub column: Option<String>,
    /// RFC 6901 pointer into a JSON document.
    pub pointer: Option<String>,
    /// The code of the city.
    pub city: Option<String>,
    /// The period.
    pub period: Option<String>,
    /// The code of the node or data item.
    pub node_or_item: Option<String>,
    /// The value found, shortened where it is long.
    pub value: Option<String>,
    /// What would have been accepted.
    pub expected: Option<String>,
    /// How to mend it.
    pub hint: Option<Text>,
    /// What is wrong.
    pub message: Text,
}

/// The longest excerpt of an input that a fault repeats, in characters.
const EXCERPT: usize = 80;

impl Fault {
    /// An error with its sentence in both languages.
    pub fn error(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, zh, en)
    }

    /// A warning with its sentence in both languages.
    pub fn warning(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, zh, en)
    }

    fn new(severity: Severity, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            file: None,
            sheet: None,
            row: None,
            column: None,
            pointer: None,
            city: None,
            period: None,
            node_or_item: None,
            value: None,
            expected: None,
            hint: None,
            message: Text::both(zh, en),
        }
    }

    /// Places it in a JSON document.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Places it in a row of a file.
    #[must_use]
    pub fn row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// Places it in a column of a file.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// Names the city.
    #[must_use]
    pub fn city(mut self, city: impl Into<String>) -> Self {
        self.city = Some(city.into());
        self
    }

    /// Names the period.
    #[must_use]
    pub fn period(mut self, period: impl Into<String>) -> Self {
        self.period = Some(period.into());
        self
    }

    /// Names the node or data item.
    #[must_use]
    pub fn of(mut self, node_or_item: impl Into<String>) -> Self {
        self.node_or_item = Some(node_or_item.into());
        self
    }

    /// Repeats the value found, shortened to an excerpt.
    #[must_use]
    pub fn value(mut self, value: impl AsRef<str>) -> Self {
        self.value = Some(excerpt(value.as_ref()));
        self
    }

    /// Says what would have been accepted.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn hint(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.hint = Some(Text::both(zh, en));
        self
    }

    /// Whether it refuses the input.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The whole finding as one line for a terminal: where, what, how to mend it.
    #[must_use]
    pub fn line(&self, language: Language) -> String {
        let mut place: Vec<String> = Vec::new();
        place.extend(self.file.clone());
        place.extend(self.sheet.clone());
        let (row, column) = match language {
            Language::Zh => ("第", "列 "),
            Language::En => ("row ", "column "),
        };
        place.extend(self.row.map(|n| if language == Language::Zh { format!("{row}{n}行") } else { format!("{row}{n}") }));
        place.extend(self.column.as_ref().map(|name| format!("{column}{name}")));
        place.extend(self.pointer.as_ref().map(|p| if p.is_empty() { "/".into() } else { p.clone() }));
        if self.row.is_none() {
            place.extend(self.city.clone());
            place.extend(self.period.clone());
        }
        if self.column.is_none() && self.pointer.is_none() {
            place.extend(self.node_or_item.clone());
        }
        let mut line = format!("{}[{}]", self.severity.word(), self.code);
        if !place.is_empty() {
            line.push(' ');
            line.push_str(&place.join(", "));
        }
        line.push_str(": ");
        line.push_str(self.message.get(language));
        let hint = self.hint.as_ref().map(|hint| hint.get(language));
        let (value, expected) = (self.value.as_deref(), self.expected.as_deref());
        line.push_str(&found_and_expected(self.message.get(language), hint, value, expected, language));
        if let Some(hint) = &self.hint {
            line.push_str(if language == Language::Zh { "　建议：" } else { "  Mend: " });
            line.push_str(hint.get(language));
        }
        line
    }
}

/// What a line on a terminal adds to a message: the value found and what would have been accepted, in brackets, each
/// unless the message or the hint says it already.
#[must_use]
pub fn found_and_expected(
    message: &str,
    hint: Option<&str>,
    value: Option<&str>,
    expected: Option<&str>,
    language: Language,
) -> String {
    let unsaid = |part: &&str| !part.is_empty() && !says(message, part) && !hint.is_some_and(|hint| says(hint, part));
    let value = value.filter(unsaid).map(|value| language.pick(format!("所给：{value}"), format!("found: {value}")));
    let expected = expected.filter(unsaid).map(|words| language.pick(format!("应为：{words}"), format!("expected: {words}")));
    let parts: Vec<String> = value.into_iter().chain(expected).collect();
    match language {
        _ if parts.is_empty() => String::new(),
        Language::Zh => format!("（{}）", parts.join("；")),
        Language::En => format!(" ({})", parts.join("; ")),
    }
}

/// Whether `text` contains `part`, and not only within a longer word or number.
fn says(text: &str, part: &str) -> bool {
    text.match_indices(part).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + part.len()..].chars().next();
        ![before, after].into_iter().flatten().any(|c| c.is_ascii_alphanumeric())
    })
}

/// At most 80 characters of `text`, with an ellipsis where something was cut and no control characters.
#[must_use]
pub fn excerpt(text: &str) -> String {
    let mut cut: String = text.chars().take(EXCERPT).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if text.chars().nth(EXCERPT).is_some() {
        cut.push('…');
    }
    cut
}

/// Everything found in one input, in the order of the input.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// Adds one.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Whether any of them refuses the input.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Fault::is_error)
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names the file in each of them.
    #[must_use]
    pub fn in_file(mut self, file: &str) -> Self {
        for fault in &mut self.0 {
            fault.file = Some(file.to_owned());
        }
        self
    }
}

impl std::fmt::Display for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for fault in &self.0 {
            writeln!(f, "{}", fault.line(Language::En))?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_where_what_and_how_to_mend_it() {
        let fault = Fault::error("observation.unknown_item", "没有数据项 x", "there is no data item x")
            .row(7)
            .column("item")
            .hint("检查代码", "check the code");
        assert_eq!(
            fault.line(Language::En),
            "error[observation.unknown_item] row 7, column item: there is no data item x  Mend: check the code"
        );
        assert!(fault.line(Language::Zh).contains("第7行"));
    }

    #[test]
    fn a_line_says_what_was_found_and_expected_unless_its_sentences_do() {
        let fault = Fault::error("x", "不在其中", "not a word").value("1").expected("yes | no");
        assert_eq!(
            fault.clone().hint("改", "write one").line(Language::Zh),
            "error[x]: 不在其中（所给：1；应为：yes | no）　建议：改"
        );
        assert_eq!(fault.line(Language::En), "error[x]: not a word (found: 1; expected: yes | no)");
        assert_eq!(
            fault.hint("", "one of: yes | no, 10").line(Language::En),
            "error[x]: not a word (found: 1)  Mend: one of: yes | no, 10"
        );
        let said = Fault::error("x", "", "'red' is no number").value("red");
        assert_eq!(said.line(Language::En), "error[x]: 'red' is no number");
    }

    #[test]
    fn a_long_value_is_cut_and_control_characters_are_not_repeated() {
        let fault = Fault::error("x", "x", "x").value(format!("a\u{1b}{}", "b".repeat(100)));
        let value = fault.value.expect("it was given");
        assert_eq!(value.chars().count(), EXCERPT + 1);
        assert!(!value.contains('\u{1b}'));
    }
}
