//! How a value of the document is written in a cell, so that it reads back to the same value.
//!
//! Text stands as it is. Text that a spreadsheet or this reader would take for something else (nothing at all, blanks
//! at an end, control characters, a leading quotation mark or bracket) is written as a JSON string, in its quotes. Whatever has
//! no form of its own is written as JSON.

use citygauge_indicators::{Fault, Faults, Language, parse_strict};
use serde_json::{Map, Value, json};

use crate::export::number::shortest;
use crate::intake::cell::Cell;

/// The form of a column's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text; a whole number is read as its digits.
    Text,
    /// A number.
    Number,
    /// TRUE or FALSE.
    Bool,
    /// Text, a number or yes and no as they stand; lists and objects as JSON.
    Auto,
    /// Texts separated by `|`.
    List,
    /// Two numbers: `1 .. 5`.
    Pair,
    /// Pairs of numbers: `0 = 0 | 50 = 80`.
    Points,
    /// Objects of `from` and `score`: `0 = 10 | 5 = 60`; nothing before the sign where there is no `from`.
    Thresholds,
    /// An object of numbers: `yes = 100 | no = 0`.
    Scores,
    /// Requirements of levels: `node:L6 >= 60 | item:fires >= 3`.
    Requirements,
    /// A word, or the word of an object whose other members have columns of their own.
    Tagged(&'static str),
    /// The members of an object that have no column of their own, as JSON.
    Rest,
}

/// Characters of a cell, in UTF-16, that a spreadsheet keeps.
pub(super) const CHARACTERS: usize = 32_767;

/// The numbers that a spreadsheet keeps; others are written as text.
const KEPT: std::ops::RangeInclusive<f64> = 2.3e-308..=9.9e307;

/// The cell of a value; none where the value does not have this form.
pub(super) fn encode(form: Form, value: &Value) -> Option<Cell<'static>> {
    let cell = match (form, value) {
        (Form::Text, Value::String(text)) => text_cell(plain(text, &['"'])),
        (Form::Number, Value::Number(number)) => number_cell(number.as_f64()?),
        (Form::Bool, Value::Bool(yes)) => Cell::Boolean(*yes),
        (Form::Text | Form::Number | Form::Bool, _) => return None,
        (Form::Auto, Value::Number(number)) => Cell::Number(number.as_f64().filter(|number| is_kept(*number))?),
        (Form::Auto, Value::Bool(yes)) => Cell::Boolean(*yes),
        (Form::Auto | Form::Tagged(_), Value::String(text)) => text_cell(plain(text, &['"', '{', '['])),
        (Form::List, Value::Array(texts)) => text_cell(list(texts).unwrap_or_else(|| json_text(value))),
        (Form::Pair, Value::Array(pair)) => text_cell(self::pair(pair, " .. ").unwrap_or_else(|| json_text(value))),
        (Form::Points, Value::Array(points)) => {
            let one = |point: &Value| self::pair(point.as_array()?, " = ");
            text_cell(joined(points.iter().map(one)).unwrap_or_else(|| json_text(value)))
        }
        (Form::Thresholds, Value::Array(steps)) => {
            text_cell(joined(steps.iter().map(threshold)).unwrap_or_else(|| json_text(value)))
        }
        (Form::Scores, Value::Object(scores)) => {
            let one = |(key, score): (&String, &Value)| {
                is_simple(key, &["="]).then_some(format!("{key} = {}", shortest(score.as_f64()?)))
            };
            text_cell(joined(scores.iter().map(one)).unwrap_or_else(|| json_text(value)))
        }
        (Form::Requirements, Value::Array(all)) => {
            text_cell(joined(all.iter().map(requirement)).unwrap_or_else(|| json_text(value)))
        }
        (_, Value::Array(_) | Value::Object(_)) => text_cell(json_text(value)),
        _ => return None,
    };
    match &cell {
        Cell::Text(text) if text.encode_utf16().count() > CHARACTERS => None,
        _ => Some(cell),
    }
}

/// The value of a cell. What does not have the form is read as the text that it is: the check of the document says so.
pub(super) fn decode(form: Form, cell: &Cell<'_>) -> Result<Option<Value>, Box<Fault>> {
    let text = match (form, cell) {
        (_, Cell::Empty | Cell::Faulty) => return Ok(None),
        (Form::Text, _) => return Ok(cell.as_text()?.map(|text| Value::String(unquoted(&text)))),
        (_, Cell::Number(value)) => return Ok(Some(number(*value))),
        (_, Cell::Boolean(yes)) => return Ok(Some(json!(yes))),
        (_, Cell::Text(text)) => text.trim(),
        (_, other) => return Ok(Some(json!(other.shown()))),
    };
    let literal = || json!(text);
    Ok(Some(match form {
        Form::Number => parsed(text).unwrap_or_else(literal),
        Form::Bool => match text.to_lowercase().as_str() {
            "true" | "yes" | "是" => json!(true),
            "false" | "no" | "否" => json!(false),
            _ => literal(),
        },
        Form::Rest if !text.starts_with('{') => return Err(no_object(text).into()),
        _ if text.starts_with(['{', '[']) => parse_strict(text.as_bytes()).map_err(|faults| no_json(text, &faults))?,
        // Only an object comes as far as here, and that was read above.
        Form::Rest => literal(),
        Form::Auto | Form::Tagged(_) => json!(unquoted(text)),
        Form::List => text.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect(),
        Form::Pair => text.split_once("..").and_then(two).unwrap_or_else(literal),
        Form::Points => split(text, |part| two(part.rsplit_once('=')?)).unwrap_or_else(literal),
        Form::Thresholds => split(text, read_threshold).unwrap_or_else(literal),
        Form::Scores => read_scores(text).unwrap_or_else(literal),
        Form::Requirements => split(text, read_requirement).unwrap_or_else(literal),
        Form::Text => literal(),
    }))
}

/// A number as the document holds it: whole ones without a fraction.
pub(super) fn number(value: f64) -> Value {
    // Beyond 2^53 not every whole number is a double, so none is written as one.
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 { json!(value as i64) } else { json!(value) }
}

fn number_cell(number: f64) -> Cell<'static> {
    if is_kept(number) { Cell::Number(number) } else { text_cell(shortest(number)) }
}

fn is_kept(number: f64) -> bool {
    number == 0.0 || KEPT.contains(&number.abs())
}

fn text_cell(text: String) -> Cell<'static> {
    Cell::Text(text.into())
}

/// A value as JSON that a spreadsheet keeps.
pub(super) fn json_text(value: &Value) -> String {
    let json = value.to_string();
    if has_escape(&json) || json.chars().any(is_lost) { guarded(&json) } else { json }
}

/// Text as it stands, or as a JSON string where it would be taken for something else.
fn plain(text: &str, marks: &[char]) -> String {
    let is_misread = text.starts_with(marks) && serde_json::from_str::<Value>(text).is_ok()
        || text.starts_with(['{', '[']) && marks.contains(&'{');
    if text.is_empty() || is_misread || text.trim() != text || text.contains(is_lost) || has_escape(text) {
        quoted(text)
    } else {
        text.to_owned()
    }
}

/// Whether a spreadsheet loses a character, or changes it.
fn is_lost(c: char) -> bool {
    (c.is_control() && c != '\n') || matches!(c, '\u{FFFE}' | '\u{FFFF}' | '\u{2028}' | '\u{2029}')
}

/// Whether a spreadsheet would take a part of the text for its own notation of a character, `_x0041_`.
fn has_escape(text: &str) -> bool {
    text.match_indices("_x").any(|(at, _)| {
        let after = &text.as_bytes()[at + 2..];
        after.len() > 4 && after[..4].iter().all(u8::is_ascii_hexdigit) && after[4] == b'_'
    })
}

/// A JSON string in printable characters that no spreadsheet changes.
fn quoted(text: &str) -> String {
    guarded(&json!(text).to_string())
}

/// JSON in which everything that a spreadsheet might change is escaped; only strings can hold any of it.
fn guarded(json: &str) -> String {
    let mut guarded = String::with_capacity(json.len());
    for c in json.replace("_x", "\\u005fx").chars() {
        if is_lost(c) || c == '\n' {
            guarded.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            guarded.push(c);
        }
    }
    guarded
}

fn unquoted(text: &str) -> String {
    if text.starts_with('"') { serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()) } else { text.to_owned() }
}

/// Whether a code can stand between the signs of a form.
fn is_simple(text: &str, signs: &[&str]) -> bool {
    let starts_well = !text.is_empty() && !text.starts_with(['[', '{', '"']);
    starts_well
        && text.trim() == text
        && !text.contains(['|', '\n'])
        && !signs.iter().any(|sign| text.contains(sign))
        && !text.chars().any(char::is_control)
        && !has_escape(text)
}

fn joined(parts: impl Iterator<Item = Option<String>>) -> Option<String> {
    let parts: Vec<String> = parts.collect::<Option<_>>()?;
    (!parts.is_empty()).then(|| parts.join(" | "))
}

fn list(texts: &[Value]) -> Option<String> {
    joined(texts.iter().map(|text| text.as_str().filter(|text| is_simple(text, &[])).map(str::to_owned)))
}

fn pair(pair: &[Value], sign: &str) -> Option<String> {
    let [left, right] = pair else { return None };
    Some(format!("{}{sign}{}", shortest(left.as_f64()?), shortest(right.as_f64()?)))
}

fn threshold(step: &Value) -> Option<String> {
    let step = step.as_object()?;
    let score = shortest(step.get("score")?.as_f64()?);
    match step.get("from") {
        Some(from) if step.len() == 2 => Some(format!("{} = {score}", shortest(from.as_f64()?))),
        None if step.len() == 1 => Some(format!("= {score}")),
        _ => None,
    }
}

fn requirement(requirement: &Value) -> Option<String> {
    let requirement = requirement.as_object().filter(|members| members.len() == 2)?;
    let at_least = shortest(requirement.get("at_least")?.as_f64()?);
    ["node", "item"].into_iter().find_map(|of| {
        let code = requirement.get(of)?.as_str().filter(|code| is_simple(code, &[">="]))?;
        Some(format!("{of}:{code} >= {at_least}"))
    })
}

fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str::<serde_json::Number>(text.trim()).ok()?.as_f64().filter(|value| value.is_finite()).map(number)
}

fn two((left, right): (&str, &str)) -> Option<Value> {
    Some(json!([parsed(left)?, parsed(right)?]))
}

fn split(text: &str, read: impl Fn(&str) -> Option<Value>) -> Option<Value> {
    text.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty()).map(read).collect()
}

fn read_threshold(text: &str) -> Option<Value> {
    let (from, score) = text.rsplit_once('=')?;
    let score = parsed(score)?;
    Some(if from.trim().is_empty() { json!({ "score": score }) } else { json!({ "from": parsed(from)?, "score": score }) })
}

fn read_scores(text: &str) -> Option<Value> {
    let mut scores = Map::new();
    for part in text.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let (key, score) = part.rsplit_once('=')?;
        // A key that stands twice would lose one of its scores in silence.
        if scores.insert(key.trim().to_owned(), parsed(score)?).is_some() {
            return None;
        }
    }
    Some(Value::Object(scores))
}

fn read_requirement(text: &str) -> Option<Value> {
    let (of, at_least) = text.rsplit_once(">=")?;
    let (of, code) = of.trim().split_once(':')?;
    let at_least = parsed(at_least)?;
    matches!(of, "node" | "item").then(|| json!({ of: code.trim(), "at_least": at_least }))
}

fn no_json(text: &str, faults: &Faults) -> Box<Fault> {
    let said = |language| faults.0.first().map(|fault| fault.message.get(language).to_owned()).unwrap_or_default();
    Fault::error("cell.not_json", said(Language::Zh), said(Language::En))
        .value(text)
        .hint("请检查引号、逗号和括号", "look at the quotation marks, commas and brackets")
        .into()
}

fn no_object(text: &str) -> Fault {
    Fault::error("cell.not_json", "这里应是 JSON 对象", "a JSON object is expected here")
        .value(text)
        .expected("{...}")
        .hint("请写作 {\"名称\": 值}", "write {\"name\": value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(form: Form, value: Value) -> String {
        let cell = encode(form, &value).unwrap_or_else(|| panic!("{form:?} {value}"));
        assert_eq!(decode(form, &cell).expect("ours"), Some(value.clone()), "{form:?} {value} {cell:?}");
        cell.shown()
    }

    #[test]
    fn each_form_reads_back_and_is_what_a_person_would_write() {
        assert_eq!(round_trip(Form::Text, json!("1.10")), "1.10");
        assert_eq!(round_trip(Form::Text, json!("0110")), "0110");
        assert_eq!(round_trip(Form::Text, json!("=1+1")), "=1+1");
        assert_eq!(round_trip(Form::Number, json!(0.1)), "0.1");
        assert_eq!(round_trip(Form::Auto, json!(true)), "true");
        assert_eq!(round_trip(Form::Auto, json!({"base": "2020"})), r#"{"base":"2020"}"#);
        assert_eq!(round_trip(Form::List, json!(["a", "b c"])), "a | b c");
        assert_eq!(round_trip(Form::Pair, json!([-1, 0.5])), "-1 .. 0.5");
        assert_eq!(round_trip(Form::Points, json!([[0, 0], [50.5, 80]])), "0 = 0 | 50.5 = 80");
        assert_eq!(round_trip(Form::Thresholds, json!([{"score": 25}, {"from": 0.33, "score": 50}])), "= 25 | 0.33 = 50");
        assert_eq!(round_trip(Form::Scores, json!({"是": 100, "a:b": 0})), "是 = 100 | a:b = 0");
        let requirements = json!([{"node": "L6", "at_least": 60}, {"item": "x:y", "at_least": 3}]);
        assert_eq!(round_trip(Form::Requirements, requirements), "node:L6 >= 60 | item:x:y >= 3");
    }

    #[test]
    fn what_a_spreadsheet_would_change_survives() {
        for text in
            ["", " a", "a ", "\"", "\"a\"", "\"a", "[1]", "{", "a\rb", "a\tb", "_x0041_", "a\u{1}", "\u{FFFF}", "'a", "a\nb"]
        {
            round_trip(Form::Text, json!(text));
            round_trip(Form::Auto, json!(text));
            round_trip(Form::List, json!([text, "b"]));
            round_trip(Form::Scores, json!({text: 1}));
            round_trip(Form::Requirements, json!([{"node": text, "at_least": 1}]));
        }
        for number in [1e308, 5e-324, -1e308, 1e21, 0.1 + 0.2, 9_007_199_254_740_993.0] {
            round_trip(Form::Number, self::number(number));
        }
        for (form, value) in [
            (Form::List, json!([])),
            (Form::List, json!(["a|b"])),
            (Form::Scores, json!({})),
            (Form::Scores, json!({"a=b": 1})),
            (Form::Points, json!([])),
            (Form::Requirements, json!([{"nodes": ["A"], "reach": "x", "count": 1}])),
        ] {
            round_trip(form, value);
        }
    }

    #[test]
    fn what_is_not_of_the_form_is_left_to_the_check_and_broken_json_is_told() {
        let read = |form, text: &'static str| decode(form, &Cell::text(text));
        assert_eq!(read(Form::Number, "ten").expect("text"), Some(json!("ten")));
        assert_eq!(read(Form::Points, "1 = 2 | x").expect("text"), Some(json!("1 = 2 | x")));
        assert_eq!(read(Form::Scores, "a = 1 | a = 2").expect("text"), Some(json!("a = 1 | a = 2")));
        assert_eq!(read(Form::Auto, "[1, 2").expect_err("no JSON").code, "cell.not_json");
        for text in ["shift", "[1]", r#"{"a": 1, "a": 2}"#, "{"] {
            assert_eq!(read(Form::Rest, text).expect_err("no object").code, "cell.not_json");
        }
        assert_eq!(decode(Form::Text, &Cell::Number(1.1)).expect_err("was it 1.10?").code, "cell.not_text");
        assert_eq!(decode(Form::Text, &Cell::Number(1.0)).expect("digits"), Some(json!("1")));
    }
}
