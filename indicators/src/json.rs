//! Strict JSON: what a lenient parser would repair in silence is a fault here.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::fault::{Fault, Faults};

/// Parses JSON and refuses duplicate keys; syntax faults name line and column.
///
/// # Errors
/// A syntax fault, or one fault for every key that stands twice in an object.
pub fn parse_strict(text: &[u8]) -> Result<Value, Faults> {
    let mut faults = Faults::default();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let seed = Strict { pointer: String::new(), faults: &mut faults };
    let parsed = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    match parsed {
        Ok(value) if faults.is_empty() => Ok(value),
        Ok(_) => Err(faults),
        Err(error) => Err(syntax_fault(&error).into()),
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
    faults: &'f mut Faults,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
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

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) =
            seq.next_element_seed(Strict { pointer: format!("{}/{}", self.pointer, values.len()), faults: &mut *self.faults })?
        {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let pointer = format!("{}/{}", self.pointer, escape(&key));
            let value = entries.next_value_seed(Strict { pointer: pointer.clone(), faults: &mut *self.faults })?;
            if map.insert(key.clone(), value).is_some() {
                self.faults.push(
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
    }
}
