//! Strict JSON: what a lenient parser would repair in silence is a fault here.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::fault::{Fault, Faults};

/// Parses JSON and refuses duplicate keys; syntax faults name line and column. What is larger than the bounds of this module say is read no
/// further, so that a small document cannot take much memory.
///
/// # Errors
/// A syntax fault, a bound that was passed, or one fault for every key that stands twice in an object.
pub fn parse_strict(text: &[u8]) -> Result<Value, Faults> {
    let mut reading = Reading::default();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let seed = Strict { pointer: String::new(), reading: &mut reading };
    let parsed = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    let Reading { mut faults, beyond, .. } = reading;
    match parsed {
        Ok(value) if faults.is_empty() => Ok(value),
        Ok(_) => Err(faults),
        // What is beyond a bound is read no further.
        Err(error) => {
            faults.push(beyond.unwrap_or_else(|| syntax_fault(&error)));
            Err(faults)
        }
    }
}

/// The most elements of one array.
pub const MOST_ELEMENTS: usize = 500_000;
/// The most members of one object.
pub const MOST_MEMBERS: usize = 100_000;
/// The most characters of one text.
pub const MOST_CHARACTERS: usize = 100_000;
/// The most characters of the name of a member.
pub const MOST_OF_A_NAME: usize = 1_000;
/// The most values of one document. Each takes some 80 bytes of memory however few it has in the document.
pub const MOST_VALUES: usize = 3_000_000;
/// How many arrays and objects may stand in each other; the bound is that of `serde_json`.
pub const MOST_DEPTH: usize = 127;
/// The most keys that stand twice which are named.
const MOST_DUPLICATES: usize = 1_000;

/// What was found while a document is read.
#[derive(Default)]
struct Reading {
    faults: Faults,
    values: usize,
    /// What is larger than it may be, at which reading ends.
    beyond: Option<Fault>,
}

impl Reading {
    /// Counts one more value.
    fn count<E: Error>(&mut self, pointer: &str) -> Result<(), E> {
        self.values += 1;
        self.within("json.too_many_values", self.values, MOST_VALUES, pointer, ("整个文件的值", "values in the whole document"))
    }

    /// Ends the reading where there are more of something than there may be.
    fn within<E: Error>(
        &mut self,
        code: &'static str,
        count: usize,
        most: usize,
        pointer: &str,
        (zh, en): (&str, &str),
    ) -> Result<(), E> {
        if count <= most {
            return Ok(());
        }
        let fault = Fault::error(code, format!("{zh}多于 {most}"), format!("there are more than {most} {en}"));
        let fault = fault.at(pointer).expected(format!("..{most}")).hint("请分成几次发送", "send it in parts");
        self.beyond = Some(fault);
        Err(E::custom("beyond a bound"))
    }
}

fn syntax_fault(error: &serde_json::Error) -> Fault {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default().to_owned();
    Fault::error(
        "json.syntax",
        format!("第 {line} 行第 {column} 列不是合法的 JSON：{what}"),
        format!("not valid JSON at line {line}, column {column}: {what}"),
    )
    .row(line as u64)
    .column(column.to_string())
    .hint("请改正此处的 JSON 语法", "correct the JSON there")
}

struct Strict<'f> {
    pointer: String,
    reading: &'f mut Reading,
}

impl Strict<'_> {
    fn text<E: Error>(&mut self, text: &str) -> Result<(), E> {
        // No text has more characters than bytes.
        let characters = if text.len() > MOST_CHARACTERS { text.chars().count() } else { 0 };
        let noun = ("文本的字符", "characters in a text");
        self.reading.within("json.too_long", characters, MOST_CHARACTERS, &self.pointer, noun)
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.reading.count(&self.pointer)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::Number(v.into()))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::Number(v.into()))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(Number::from_f64(v).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(mut self, v: &str) -> Result<Value, E> {
        self.text(v)?;
        Ok(Value::String(v.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) =
            seq.next_element_seed(Strict { pointer: format!("{}/{}", self.pointer, values.len()), reading: &mut *self.reading })?
        {
            values.push(value);
            let noun = ("数组的元素", "elements in an array");
            self.reading.within("json.too_many_elements", values.len(), MOST_ELEMENTS, &self.pointer, noun)?;
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            // Names are repeated in the pointers of everything below them.
            let noun = ("键的字符", "characters in the name of a member");
            self.reading.within("json.long_name", key.chars().count(), MOST_OF_A_NAME, &self.pointer, noun)?;
            let pointer = format!("{}/{}", self.pointer, escape(&key));
            let value = entries.next_value_seed(Strict { pointer: pointer.clone(), reading: &mut *self.reading })?;
            let stands_twice = map.insert(key.clone(), value).is_some();
            let noun = ("对象的成员", "members in an object");
            self.reading.within("json.too_many_members", map.len(), MOST_MEMBERS, &self.pointer, noun)?;
            if stands_twice {
                let (found, noun) = (self.reading.faults.0.len() + 1, ("重复的键", "keys that stand twice"));
                self.reading.within("json.duplicate_keys", found, MOST_DUPLICATES, &pointer, noun)?;
                self.reading.faults.push(
                    Fault::error("json.duplicate_key", format!("键“{key}”出现了两次"), format!("the key '{key}' stands twice"))
                        .at(pointer)
                        .hint("只保留一个", "keep one of them"),
                );
            }
        }
        Ok(Value::Object(map))
    }
}

/// A member name as it stands in an RFC 6901 pointer.
#[must_use]
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duplicate_key_is_named() {
        let faults = parse_strict(br#"{"a": 1, "a": 2, "b": [{"c/d": 1, "c/d": 1}]}"#).expect_err("duplicates");
        let pointers: Vec<_> = faults.0.iter().map(|f| f.pointer.clone().expect("placed")).collect();
        assert_eq!(pointers, ["/a", "/b/0/c~1d"]);
    }

    #[test]
    fn numbers_beyond_a_double_and_nan_are_syntax_faults() {
        for text in ["1e999", "NaN", "[1,]", "", "{} {}"] {
            assert_eq!(parse_strict(text.as_bytes()).expect_err(text).0[0].code, "json.syntax");
        }
    }

    /// Without its feature `float_roundtrip`, serde_json reads some of these to a neighbour.
    #[test]
    fn a_number_is_read_to_the_nearest_double() {
        for text in ["51.248178375505404", "-93.31137037688033", "-36.5739948427534", "-43.31143500699616", "4.35e-7"] {
            let nearest: f64 = text.parse().expect("a number");
            assert_eq!(parse_strict(text.as_bytes()).expect(text).as_f64(), Some(nearest), "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_not_followed() {
        let text = "[".repeat(100_000);
        assert_eq!(parse_strict(text.as_bytes()).expect_err("deep").0[0].code, "json.syntax");
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse_strict(nested(MOST_DEPTH).as_bytes()).is_ok());
        assert_eq!(parse_strict(nested(MOST_DEPTH + 1).as_bytes()).expect_err("deeper").0[0].code, "json.syntax");
    }

    fn array(of: &str, count: usize) -> String {
        format!("[{}]", vec![of; count].join(","))
    }

    fn object(members: usize) -> String {
        let members: Vec<String> = (0..members).map(|number| format!("\"{number}\":0")).collect();
        format!("{{{}}}", members.join(","))
    }

    fn refused(text: &str) -> (&'static str, String) {
        let faults = parse_strict(text.as_bytes()).expect_err("beyond a bound");
        let last = faults.0.last().expect("a fault");
        (last.code, last.pointer.clone().unwrap_or_default())
    }

    #[test]
    fn what_is_larger_than_a_bound_is_refused_and_what_is_as_large_is_read() {
        let long = |characters: usize| format!("{{\"a\":\"{}\"}}", "城".repeat(characters));
        let named = |characters: usize| format!("{{\"{}\":0}}", "n".repeat(characters));
        for at_the_bound in [array("0", MOST_ELEMENTS), object(MOST_MEMBERS), long(MOST_CHARACTERS), named(MOST_OF_A_NAME)] {
            assert!(parse_strict(at_the_bound.as_bytes()).is_ok(), "{}", &at_the_bound[..20]);
        }
        assert_eq!(refused(&array("0", MOST_ELEMENTS + 1)), ("json.too_many_elements", String::new()));
        assert_eq!(refused(&object(MOST_MEMBERS + 1)), ("json.too_many_members", String::new()));
        assert_eq!(refused(&long(MOST_CHARACTERS + 1)), ("json.too_long", "/a".into()));
        assert_eq!(refused(&named(MOST_OF_A_NAME + 1)), ("json.long_name", String::new()));
        // Six arrays and the one around them are values, too.
        let values = |more: usize| format!("[{},{}]", vec![array("0", 499_998); 6].join(","), array("0", 4 + more));
        assert!(parse_strict(values(0).as_bytes()).is_ok());
        assert_eq!(refused(&values(1)).0, "json.too_many_values");
        let twice = format!("{{{}}}", vec!["\"a\":0"; 3_000].join(","));
        assert_eq!(refused(&twice), ("json.duplicate_keys", "/a".into()));
    }
}
