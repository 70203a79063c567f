//! Every limit of the service in one table: what `x-limits` of the description says, and `docs/limits.md`, which is held to it.
//!
//! Adding a limit: give it a row here, with the test that sends one more than it and finds the answer.

mod table;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::config::Config;

pub use table::TABLE;

/// A limit.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What is limited, as one stable word.
    pub name: &'static str,
    /// What is limited.
    pub what: &'static str,
    /// How much there may be unless it is set.
    pub usual: fn(&Config) -> u64,
    /// Of what.
    pub unit: &'static str,
    /// The setting that changes it.
    pub setting: Option<&'static str>,
    /// How one more is answered: a status and a code, or what happens.
    pub answer: &'static str,
    /// The test that sends one more.
    pub test: &'static str,
}

/// The limits as the description has them.
#[must_use]
pub fn described() -> Value {
    let config = Config::default();
    let described = TABLE.iter().map(|limit| {
        json!({
            "name": limit.name,
            "what": limit.what,
            "default": (limit.usual)(&config),
            "unit": limit.unit,
            "setting": limit.setting,
            "answer": limit.answer,
        })
    });
    described.collect()
}

/// The limits as the page has them: the rows of a table in Markdown.
#[must_use]
pub fn page() -> String {
    let config = Config::default();
    let rows = TABLE.iter().map(|limit| {
        let Limit { name, what, unit, answer, test, .. } = limit;
        let setting = limit.setting.map(|setting| format!("`{setting}`")).unwrap_or_default();
        format!("| `{name}` | {what} | {} {unit} | {setting} | {answer} | `{test}` |\n", grouped((limit.usual)(&config)))
    });
    rows.collect()
}

/// A number as people read it: 1,000,000.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
