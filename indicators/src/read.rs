//! Reads a document member by member, so that one wrong member does not hide the next.
//!
//! A derived deserialiser stops at its first fault; a person who mends a set of two hundred nodes wants
//! to see all of them. Each type of the document says here which members it has; what is left over is an
//! unknown key.

use serde_json::{Map, Value};

use crate::fault::{Fault, Faults};
use crate::json::escape;
use crate::text::Text;

/// A type that can be read out of a JSON value, its faults collected.
pub(crate) trait Read: Sized {
    /// Reads it, or notes what is wrong at `at` and gives `None`.
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self>;
}

/// An object under reading: remembers which members were asked for.
pub(crate) struct Object<'v> {
    members: &'v Map<String, Value>,
    at: String,
    known: Vec<&'static str>,
    complete: bool,
}

impl<'v> Object<'v> {
    /// Opens `value` as an object.
    pub(crate) fn open(value: &'v Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value {
            Value::Object(members) => Some(Self { members, at: at.to_owned(), known: Vec::new(), complete: true }),
            other => wrong_type(other, at, "an object", "对象", faults),
        }
    }

    /// The pointer of a member.
    pub(crate) fn pointer(&self, key: &str) -> String {
        format!("{}/{}", self.at, escape(key))
    }

    /// The raw value of a member, `null` counting as absent.
    pub(crate) fn raw(&mut self, key: &'static str) -> Option<&'v Value> {
        self.known.push(key);
        self.members.get(key).filter(|value| !value.is_null())
    }

    /// A member that may be absent.
    pub(crate) fn optional<T: Read>(&mut self, key: &'static str, faults: &mut Faults) -> Option<T> {
        let value = self.raw(key)?;
        let read = T::read(value, &self.pointer(key), faults);
        self.complete &= read.is_some();
        read
    }

    /// A member that may be absent and then has a default.
    pub(crate) fn or<T: Read>(&mut self, key: &'static str, default: T, faults: &mut Faults) -> T {
        self.optional(key, faults).unwrap_or(default)
    }

    /// A member that must be there.
    pub(crate) fn required<T: Read>(&mut self, key: &'static str, faults: &mut Faults) -> Option<T> {
        if self.raw(key).is_none() {
            self.complete = false;
            faults.push(
                Fault::error("set.missing_key", format!("缺少“{key}”"), format!("'{key}' is missing"))
                    .at(self.at.clone())
                    .expected(key)
                    .hint(format!("请补上“{key}”"), format!("add '{key}'")),
            );
            return None;
        }
        self.optional(key, faults)
    }

    /// Notes every member that was never asked for; gives whether all that was read was in order.
    pub(crate) fn close(self, faults: &mut Faults) -> bool {
        let mut known: Vec<&str> = Vec::new();
        for key in &self.known {
            if !known.contains(key) {
                known.push(key);
            }
        }
        for key in self.members.keys().filter(|key| !known.contains(&key.as_str())) {
            faults.push(
                Fault::error("set.unknown_key", format!("未知的键“{key}”"), format!("unknown key '{key}'"))
                    .at(self.pointer(key))
                    .expected(known.join(", "))
                    .hint("删除它，或改正拼写", "remove it, or correct its spelling"),
            );
        }
        self.complete
    }
}

/// Notes that a value has the wrong type.
pub(crate) fn wrong_type<T>(value: &Value, at: &str, expected: &str, expected_zh: &str, faults: &mut Faults) -> Option<T> {
    let (zh, en) = match value {
        Value::Null => ("空值", "null"),
        Value::Bool(_) => ("布尔值", "true or false"),
        Value::Number(_) => ("数字", "a number"),
        Value::String(_) => ("文本", "text"),
        Value::Array(_) => ("列表", "a list"),
        Value::Object(_) => ("对象", "an object"),
    };
    faults.push(
        Fault::error(
            "set.wrong_type",
            format!("这里应为{expected_zh}，却是{zh}"),
            format!("expected {expected} here, found {en}"),
        )
        .at(at)
        .value(value.to_string())
        .expected(expected)
        .hint(format!("请改为{expected_zh}"), format!("put {expected} here")),
    );
    None
}

/// Notes that a word is none of those a member knows.
pub(crate) fn wrong_word<T>(word: &str, at: &str, words: &[&str], faults: &mut Faults) -> Option<T> {
    let list = words.join(" | ");
    faults.push(
        Fault::error("set.wrong_word", format!("“{word}”不在可选范围内"), format!("'{word}' is none of the words known here"))
            .at(at)
            .value(word)
            .expected(list.clone())
            .hint(format!("可选：{list}"), format!("one of: {list}")),
    );
    None
}

impl Read for String {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value {
            Value::String(text) => Some(text.clone()),
            other => wrong_type(other, at, "text", "文本", faults),
        }
    }
}

impl Read for f64 {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value.as_f64().filter(|number| number.is_finite()) {
            Some(number) => Some(number),
            None => wrong_type(value, at, "a number", "数字", faults),
        }
    }
}

impl Read for u32 {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value.as_u64().and_then(|number| Self::try_from(number).ok()) {
            Some(number) => Some(number),
            None => wrong_type(value, at, "a whole number from 0", "非负整数", faults),
        }
    }
}

impl Read for bool {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value.as_bool() {
            Some(flag) => Some(flag),
            None => wrong_type(value, at, "true or false", "true 或 false", faults),
        }
    }
}

impl Read for Text {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let zh = object.optional("zh", faults);
        let en = object.optional("en", faults);
        object.close(faults).then_some(Self { zh, en })
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let Value::Array(values) = value else { return wrong_type(value, at, "a list", "列表", faults) };
        let read: Vec<Option<T>> =
            values.iter().enumerate().map(|(i, value)| T::read(value, &format!("{at}/{i}"), faults)).collect();
        read.into_iter().collect()
    }
}

impl Read for [f64; 2] {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let numbers: Vec<f64> = Vec::read(value, at, faults)?;
        match numbers.try_into() {
            Ok(pair) => Some(pair),
            Err(_) => wrong_type(value, at, "a pair of numbers", "两个数字", faults),
        }
    }
}

impl Read for serde_json::Value {
    fn read(value: &Value, _: &str, _: &mut Faults) -> Option<Self> {
        Some(value.clone())
    }
}

/// Reads an object whose member names are free, such as the scores of a choice.
pub(crate) fn read_members<T: Read>(value: &Value, at: &str, faults: &mut Faults) -> Option<Vec<(String, T)>> {
    let Value::Object(members) = value else { return wrong_type(value, at, "an object", "对象", faults) };
    let read: Vec<Option<(String, T)>> = members
        .iter()
        .map(|(key, value)| Some((key.clone(), T::read(value, &format!("{at}/{}", escape(key)), faults)?)))
        .collect();
    read.into_iter().collect()
}

/// Implements [`Read`] for an enum of plain words.
macro_rules! read_words {
    ($type:ty { $($word:literal => $variant:expr),+ $(,)? }) => {
        impl $crate::read::Read for $type {
            fn read(value: &serde_json::Value, at: &str, faults: &mut $crate::fault::Faults) -> Option<Self> {
                let word = <String as $crate::read::Read>::read(value, at, faults)?;
                match word.as_str() {
                    $($word => Some($variant),)+
                    other => $crate::read::wrong_word(other, at, &[$($word),+], faults),
                }
            }
        }
    };
}
pub(crate) use read_words;
