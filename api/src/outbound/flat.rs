//! JSON objects become flat rows of NDJSON, whose keys a mapping can name as columns.
//!
//! Numbers, texts and truth values are copied as they stand. A member of an object within an object is called
//! `outer.inner`; a list of such values is their text with commas, any other list is kept as its JSON text.
//!
//! Of NGSI-LD the normalised and the concise form are read as well as the simplified one (ETSI GS CIM 009, clauses 4.5.1,
//! 4.5.4 and 4.5.2): an attribute's value stands under the attribute's own name, what is said of it beside
//! (`unitCode`, `observedAt`, a property of the property) under `attribute.unitCode` and so on.

use std::fmt;

use citygauge_indicators::Fault;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The deepest nesting that is read.
const DEEPEST: usize = 16;
/// The longest row, in bytes; an import reads no longer line.
const LONGEST: usize = 1 << 20;

/// The members of a JSON object in their order, not interpreted.
pub(super) struct Members<'m>(pub Vec<(String, &'m RawValue)>);

/// How objects within an object are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Each as an object and nothing else.
    Plain,
    /// As attributes of an NGSI-LD entity where they have that form.
    NgsiLd,
}

/// A row that grows by its fields.
pub(super) struct Row {
    text: String,
    reading: Reading,
}

impl Row {
    pub fn new(reading: Reading) -> Self {
        Self { text: String::from("{"), reading }
    }

    /// Adds a value under a name, or what is in it under names below it.
    pub fn put(&mut self, name: &str, value: &RawValue) -> Result<(), Fault> {
        self.put_at(name, value, 0)
    }

    /// The row with the end of its line.
    pub fn finish(mut self) -> String {
        self.text.push_str("}\n");
        self.text
    }

    fn put_at(&mut self, name: &str, value: &RawValue, depth: usize) -> Result<(), Fault> {
        if depth > DEEPEST {
            return Err(too_deep(name));
        }
        match value.get().as_bytes().first() {
            Some(b'{') => self.object(name, members(value)?, value, depth),
            Some(b'[') => self.list(name, value, depth),
            _ => self.field(name, value.get()),
        }
    }

    fn object(&mut self, name: &str, members: Members<'_>, whole: &RawValue, depth: usize) -> Result<(), Fault> {
        if let Some(value) = members.get("@value") {
            return self.put_at(name, value, depth + 1);
        }
        if members.get("coordinates").is_some() && members.get("type").is_some() {
            return self.field(name, &quoted(whole.get()));
        }
        let main = (self.reading == Reading::NgsiLd).then(|| members.value_of_attribute()).flatten();
        for (key, value) in &members.0 {
            match main {
                Some(main) if key == main => self.put_at(name, value, depth + 1)?,
                // What kind of attribute it is says nothing of it.
                Some(_) if key == "type" => {}
                _ => self.put_at(&format!("{name}.{key}"), value, depth + 1)?,
            }
        }
        Ok(())
    }

    fn list(&mut self, name: &str, whole: &RawValue, depth: usize) -> Result<(), Fault> {
        let items: Vec<&RawValue> = serde_json::from_str(whole.get()).map_err(|error| not_json(&error))?;
        let is_nested = |item: &&RawValue| matches!(item.get().as_bytes().first(), Some(b'{' | b'['));
        match items.as_slice() {
            [] => self.field(name, "null"),
            [one] if !is_nested(one) => self.field(name, one.get()),
            _ if !items.iter().any(is_nested) => {
                let texts: Vec<String> = items.iter().map(|item| unquoted(item)).collect();
                self.field(name, &quoted(&texts.join(",")))
            }
            _ if self.reading == Reading::NgsiLd && items.iter().all(|item| is_instance(item)) => {
                // Several values of one attribute, told apart by the set that they belong to.
                for item in items {
                    let set = members(item)?.get("datasetId").map(unquoted);
                    let name = set.map_or_else(|| name.to_owned(), |set| format!("{name}[{set}]"));
                    self.put_at(&name, item, depth + 1)?;
                }
                Ok(())
            }
            _ => self.field(name, &quoted(whole.get())),
        }
    }

    fn field(&mut self, name: &str, json: &str) -> Result<(), Fault> {
        let name = quoted(name);
        if self.text.len() + name.len() + json.len() + 4 > LONGEST {
            return Err(Fault::error(
                "source.row_too_large",
                format!("一条记录超过 {LONGEST} 字节"),
                format!("a record is larger than {LONGEST} bytes"),
            )
            .expected(format!("<= {LONGEST}"))
            .hint("请在数据源一侧去掉长文本", "leave long texts out at the source"));
        }
        if self.text.len() > 1 {
            self.text.push(',');
        }
        self.text.push_str(&name);
        self.text.push(':');
        // A line break between two parts of a value would end the row.
        self.text.extend(json.chars().filter(|c| !matches!(c, '\n' | '\r')));
        Ok(())
    }
}

impl Members<'_> {
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| *value)
    }

    /// The member that holds the value, where this is an attribute in the normalised or the concise form.
    fn value_of_attribute(&self) -> Option<&'static str> {
        let kind = self.get("type").map(unquoted);
        let by_kind = match kind.as_deref() {
            Some("Property" | "GeoProperty") => "value",
            Some("Relationship") => "object",
            Some("LanguageProperty") => "languageMap",
            Some("VocabProperty") => "vocab",
            Some("JsonProperty") => "json",
            Some("ListProperty") => "valueList",
            Some("ListRelationship") => "objectList",
            Some(_) => return None,
            None => {
                let concise = ["value", "object", "languageMap", "vocab", "json", "valueList", "objectList"];
                return concise.into_iter().find(|name| self.get(name).is_some());
            }
        };
        self.get(by_kind).is_some().then_some(by_kind)
    }
}

fn is_instance(value: &RawValue) -> bool {
    value.get().starts_with('{') && members(value).is_ok_and(|members| members.value_of_attribute().is_some())
}

/// The members of a value that is an object.
pub(super) fn members(value: &RawValue) -> Result<Members<'_>, Fault> {
    serde_json::from_str(value.get()).map_err(|error| not_json(&error))
}

/// The text of a scalar, without the quotes of JSON.
fn unquoted(value: &RawValue) -> String {
    serde_json::from_str::<String>(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn too_deep(name: &str) -> Fault {
    Fault::error("source.too_deep", format!("JSON 嵌套超过 {DEEPEST} 层"), format!("the JSON is nested deeper than {DEEPEST}"))
        .value(name)
        .expected(format!("<= {DEEPEST}"))
        .hint("请在数据源一侧去掉该成员", "leave this member out at the source")
}

/// The fault of an answer that is no JSON, or not of the expected form.
pub(super) fn not_json(error: &serde_json::Error) -> Fault {
    Fault::error(
        "source.json",
        format!("数据源的答复不是预期的 JSON：{error}"),
        format!("what the source answers is not the JSON that was expected: {error}"),
    )
    .hint("请核对地址指向的服务及其版本", "check that the address is that of such a service, and its version")
}

impl<'de: 'm, 'm> Deserialize<'de> for Members<'m> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Reader).map(Members)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn flat(reading: Reading, text: &str) -> Result<Value, &'static str> {
        let raw: &RawValue = serde_json::from_str(text).expect("JSON");
        let mut row = Row::new(reading);
        for (name, value) in members(raw).map_err(|fault| fault.code)?.0 {
            row.put(&name, value).map_err(|fault| fault.code)?;
        }
        let line = row.finish();
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        Ok(serde_json::from_str(&line).expect("a line of NDJSON"))
    }

    #[test]
    fn an_attribute_stands_under_its_own_name_in_every_representation() {
        let expected = json!({
            "kpiValue": 71.50, "kpiValue.unitCode": "P1", "kpiValue.observedAt": "2026-06-30T00:00:00Z",
            "kpiValue.quality": "good", "name": "绿地率", "owner": "urn:x:1"
        });
        let normalised = r#"{"kpiValue": {"type": "Property", "value": 71.50, "unitCode": "P1", "observedAt": "2026-06-30T00:00:00Z",
            "quality": {"type": "Property", "value": "good"}}, "name": {"type": "Property", "value": "绿地率"},
            "owner": {"type": "Relationship", "object": "urn:x:1"}}"#;
        let concise = r#"{"kpiValue": {"value": 71.50, "unitCode": "P1", "observedAt": "2026-06-30T00:00:00Z", "quality": "good"},
            "name": "绿地率", "owner": {"object": "urn:x:1"}}"#;
        assert_eq!(flat(Reading::NgsiLd, normalised), Ok(expected.clone()));
        assert_eq!(flat(Reading::NgsiLd, concise), Ok(expected));
        assert_eq!(flat(Reading::NgsiLd, r#"{"kpiValue": 71.50, "name": "x"}"#), Ok(json!({"kpiValue": 71.5, "name": "x"})));
    }

    #[test]
    fn what_is_within_a_value_is_named_below_it() {
        let entity = r#"{
            "address": {"type": "Property", "value": {"type": "PostalAddress", "addressLocality": "杭州", "addressCountry": "CN"}},
            "calculationPeriod": {"type": "Property", "value": {"from": "2026-01-01", "to": "2026-12-31"}},
            "updatedAt": {"type": "Property", "value": {"@type": "DateTime", "@value": "2026-06-29T15:59:09Z"}},
            "title": {"type": "LanguageProperty", "languageMap": {"zh": "绿", "en": "green"}},
            "category": {"type": "Property", "value": ["quantitative"]}, "tags": ["a", "b,c", 3], "none": [],
            "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [120.1, 30.2]}},
            "aggregated": [{"entityType": "A", "attrs": ["x"]}],
            "kpiValue": [{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:d:2"}]
        }"#;
        assert_eq!(
            flat(Reading::NgsiLd, entity),
            Ok(json!({
                "address.type": "PostalAddress", "address.addressLocality": "杭州", "address.addressCountry": "CN",
                "calculationPeriod.from": "2026-01-01", "calculationPeriod.to": "2026-12-31",
                "updatedAt": "2026-06-29T15:59:09Z", "title.zh": "绿", "title.en": "green",
                "category": "quantitative", "tags": "a,b,c,3", "none": null,
                "location": "{\"type\": \"Point\", \"coordinates\": [120.1, 30.2]}",
                "aggregated": "[{\"entityType\": \"A\", \"attrs\": [\"x\"]}]",
                "kpiValue": 1, "kpiValue[urn:d:2]": 2, "kpiValue[urn:d:2].datasetId": "urn:d:2"
            }))
        );
        let plain = flat(
            Reading::Plain,
            r#"{"a": {"type": "Property", "value": 1}, "b": [[1,
            2]]}"#,
        );
        assert_eq!(plain, Ok(json!({"a.type": "Property", "a.value": 1, "b": "[[1,\n            2]]"})));
    }

    #[test]
    fn a_number_is_copied_to_the_digit() {
        let raw: &RawValue = serde_json::from_str("123456789012345678901234567890.10").expect("JSON");
        let mut row = Row::new(Reading::Plain);
        row.put("x", raw).expect("a number");
        assert_eq!(row.finish(), "{\"x\":123456789012345678901234567890.10}\n");
    }

    #[test]
    fn what_is_too_deep_or_too_long_is_refused() {
        let nested = |depth| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(flat(Reading::Plain, &nested(17)).is_ok());
        assert_eq!(flat(Reading::Plain, &nested(18)), Err("source.too_deep"));
        assert_eq!(flat(Reading::NgsiLd, &nested(100_000)), Err("source.too_deep"));
        let wide = format!(
            "{{\"{}\": {{{}}}}}",
            "k".repeat(10_000),
            (0..1_000).map(|n| format!("\"{n}\":1")).collect::<Vec<_>>().join(",")
        );
        assert_eq!(flat(Reading::Plain, &wide), Err("source.row_too_large"));
    }
}
