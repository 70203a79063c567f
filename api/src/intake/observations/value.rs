//! The value of a data item as its set types it: nothing is guessed and nothing is mended.

use citygauge_indicators::{Fault, Item, ItemKind, Value};

use super::super::cell::Cell;
use crate::export::number::shortest;

/// The words of a yes and of a no; capitals count as small letters.
const BOOLEANS: &str = "true | false | 1 | 0 | yes | no | 是 | 否";

/// Reads the value of `item`; `None` where the cell is empty.
pub(super) fn read(cell: &Cell<'_>, item: &Item) -> Result<Option<Value>, Box<Fault>> {
    if matches!(cell, Cell::Empty | Cell::Faulty) {
        return Ok(None);
    }
    match item.kind {
        ItemKind::Boolean => boolean(cell),
        ItemKind::Choice => choice(cell, item),
        ItemKind::Count | ItemKind::Amount | ItemKind::Ratio | ItemKind::Index | ItemKind::Survey => number(cell, item),
    }
    .map(Some)
    .map_err(|fault| Box::new(fault.of(&item.code)))
}

fn number(cell: &Cell<'_>, item: &Item) -> Result<Value, Box<Fault>> {
    in_range(finite(cell)?, item)
}

/// A number, whatever its range.
pub(super) fn finite(cell: &Cell<'_>) -> Result<f64, Box<Fault>> {
    let value = match cell {
        Cell::Number(number) | Cell::Written(number, _) => *number,
        Cell::Text(text) => plain_number(text).ok_or_else(|| match is_not_finite(text) {
            true => not_finite(text),
            false => not_a_number(text),
        })?,
        other => return Err(not_a_number(&other.shown())),
    };
    if value.is_finite() { Ok(value) } else { Err(not_finite(&cell.shown())) }
}

/// A number as programs write it: digits with a point and an exponent, and nothing else.
fn plain_number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    if plain { text.parse().ok() } else { None }
}

fn is_not_finite(text: &str) -> bool {
    let bare = text.trim().trim_start_matches(['+', '-']).to_lowercase();
    matches!(bare.as_str(), "nan" | "inf" | "infinity" | "∞" | "1.#inf" | "1.#qnan" | "1.#ind")
}

fn in_range(value: f64, item: &Item) -> Result<Value, Box<Fault>> {
    let (min, max) = item.range();
    let shown = || shortest(value);
    let (zh, en) = match (min, max) {
        (Some(min), _) if value < min => (format!("低于下限 {}", shortest(min)), format!("below {}", shortest(min))),
        (_, Some(max)) if value > max => (format!("高于上限 {}", shortest(max)), format!("above {}", shortest(max))),
        _ => return Ok(Value::Number(value)),
    };
    let fault = Fault::error("observation.out_of_range", format!("{} {zh}", shown()), format!("{} is {en}", shown()));
    let fault = fault.value(shown()).expected(range(min, max));
    Err(match &item.unit {
        Some(unit) if unit != "1" => {
            fault.hint(format!("请检查数值与单位（{unit}）"), format!("check the value and its unit ({unit})"))
        }
        _ => fault.hint("请检查数值与单位", "check the value and its unit"),
    }
    .into())
}

fn range(min: Option<f64>, max: Option<f64>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("{}..{}", shortest(min), shortest(max)),
        (Some(min), None) => format!(">= {}", shortest(min)),
        (None, Some(max)) => format!("<= {}", shortest(max)),
        (None, None) => "number".into(),
    }
}

fn not_finite(text: &str) -> Box<Fault> {
    Fault::error("observation.not_finite", "数值不是有限的数", "the value is not a finite number")
        .value(text)
        .expected("number")
        .hint(
            "没有数据时留空；数值过大时请检查单位",
            "leave it empty where nothing was reported; check the unit where it is too large",
        )
        .into()
}

fn not_a_number(text: &str) -> Box<Fault> {
    let (zh, en) = advice(text);
    Fault::error("observation.not_a_number", "这里应是数值", "a number is expected here")
        .value(text)
        .expected("number")
        .hint(zh, en)
        .into()
}

/// How to mend what somebody wrote for a number, by the usual causes.
fn advice(text: &str) -> (&'static str, &'static str) {
    const NOTHING: [&str; 16] =
        ["-", "--", "—", "——", "/", "..", "...", "…", "n/a", "na", "null", "none", "无", "缺", "缺失", "暂无"];
    let bare = text.trim();
    if bare.is_empty() || NOTHING.contains(&bare.to_lowercase().as_str()) {
        (
            "没有数据时留空，或在映射中声明 numbers.blank",
            "leave it empty where nothing was reported, or declare numbers.blank in a mapping",
        )
    } else if bare.contains(|c: char| ('\u{FF10}'..='\u{FF19}').contains(&c) || c == '．' || c == '－') {
        (
            "请使用半角数字，或在映射中声明 numbers.full_width",
            "write half-width digits, or declare numbers.full_width in a mapping",
        )
    } else if bare.contains(['%', '％', '‰']) {
        (
            "请去掉百分号，并按该数据项的单位填写，或在映射中声明 numbers.percent",
            "leave out the percent sign and give the value in the item's unit, or declare numbers.percent in a mapping",
        )
    } else if bare.contains(['万', '亿']) {
        ("请写出完整的数字，或在映射中声明 numbers.wan_yi", "write the number in full, or declare numbers.wan_yi in a mapping")
    } else if bare.contains(['千', '百']) {
        ("请写出完整的数字", "write the number in full")
    } else if bare.contains([',', '，', '\'', '’', '_']) {
        (
            "请去掉千位分隔符，小数点用“.”，或在映射中声明 numbers.thousands 和 numbers.decimal",
            "leave out thousands marks and write the decimal mark as a point, or declare numbers.thousands and numbers.decimal in a mapping",
        )
    } else if bare.len() != text.len() {
        (
            "请去掉数字前后的空格，或在映射中声明 numbers.trim",
            "remove the spaces around the number, or declare numbers.trim in a mapping",
        )
    } else if bare.starts_with(|c: char| c.is_ascii_digit()) {
        ("只写数字，不写单位和其他字符", "write the number alone, without unit or other characters")
    } else {
        ("请填写数值，例如 12.5", "write a number such as 12.5")
    }
}

fn boolean(cell: &Cell<'_>) -> Result<Value, Box<Fault>> {
    let yes = match cell {
        Cell::Boolean(yes) => Some(*yes),
        Cell::Number(1.0) | Cell::Written(1.0, _) => Some(true),
        Cell::Number(0.0) | Cell::Written(0.0, _) => Some(false),
        Cell::Text(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "是" => Some(true),
            "false" | "0" | "no" | "否" => Some(false),
            _ => None,
        },
        _ => None,
    };
    yes.map(|yes| Value::Number(f64::from(yes))).ok_or_else(|| {
        Fault::error("observation.not_a_boolean", "这里应是“是”或“否”", "yes or no is expected here")
            .value(cell.shown())
            .expected(BOOLEANS)
            .hint("请填写其中一个词", "write one of these words")
            .into()
    })
}

fn choice(cell: &Cell<'_>, item: &Item) -> Result<Value, Box<Fault>> {
    let text = cell.as_text()?.unwrap_or_default();
    if item.options.iter().any(|option| *option == text) {
        return Ok(Value::Choice(text.into_owned()));
    }
    Err(Fault::error("observation.not_an_option", "不是该数据项的选项", "this is not an option of the item")
        .value(text)
        .expected(item.options.join(" | "))
        .hint("请填写其中一个选项", "write one of these options")
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use citygauge_indicators::{Language, SetDocument};

    fn item(json: serde_json::Value) -> Item {
        let mut item = serde_json::json!({"code": "x"});
        item.as_object_mut().expect("an object").extend(json.as_object().expect("an object").clone());
        let set = serde_json::json!({
            "code": "s", "version": "1", "title": {"en": "S", "zh": "集"}, "items": [item, {"code": "n"}],
            "nodes": [{"code": "A", "title": {"en": "A", "zh": "甲"}, "indicator": {"formula": "n", "scoring": {"rule": "ratio"}}}]
        });
        SetDocument::check_value(&set).expect("sound").items()[0].clone()
    }

    fn code(text: &str, item: &Item) -> &'static str {
        read(&Cell::text(text), item).expect_err(text).code
    }

    #[test]
    fn a_number_is_plain_or_a_fault_that_says_how_to_mend_it() {
        let item = item(serde_json::json!({"kind": "amount"}));
        for (text, number) in [("12.5", 12.5), ("-3", -3.0), ("1e3", 1000.0), ("0.1", 0.1), ("+5", 5.0)] {
            assert_eq!(read(&Cell::text(text), &item).expect(text), Some(Value::Number(number)));
        }
        for (text, hint) in [
            ("1,200", "thousands"),
            ("35%", "percent"),
            ("１２", "half-width"),
            ("3万", "in full"),
            (" 5", "spaces"),
            ("N/A", "empty"),
            ("5 kg", "alone"),
            ("many", "such as"),
        ] {
            let fault = read(&Cell::text(text), &item).expect_err(text);
            assert_eq!(fault.code, "observation.not_a_number", "{text}");
            assert!(fault.hint.expect("hint").get(Language::En).contains(hint), "{text}");
        }
        for text in ["0x10", "1e", "--1", "1.2.3", "e5", "-"] {
            assert_eq!(code(text, &item), "observation.not_a_number", "{text}");
        }
        for text in ["NaN", "-inf", "Infinity", "1e999", "-1e999"] {
            assert_eq!(code(text, &item), "observation.not_finite", "{text}");
        }
        assert_eq!(read(&Cell::Number(f64::NAN), &item).expect_err("NaN").code, "observation.not_finite");
        assert_eq!(read(&Cell::Date("2026-01-01".into()), &item).expect_err("date").code, "observation.not_a_number");
        assert_eq!(read(&Cell::Boolean(true), &item).expect_err("boolean").code, "observation.not_a_number");
        assert_eq!(read(&Cell::Empty, &item), Ok(None));
    }

    #[test]
    fn a_number_lies_within_the_bounds_of_its_item_or_its_scale() {
        let percent = item(serde_json::json!({"kind": "ratio", "min": 0, "max": 100}));
        assert!(read(&Cell::text("100"), &percent).is_ok() && read(&Cell::text("0"), &percent).is_ok());
        let fault = read(&Cell::text("412"), &percent).expect_err("above");
        assert_eq!((fault.code, fault.expected.as_deref()), ("observation.out_of_range", Some("0..100")));
        assert_eq!(fault.message.get(Language::En), "412 is above 100");
        let survey = item(serde_json::json!({"kind": "survey", "scale": [1, 5]}));
        assert_eq!(code("0.9", &survey), "observation.out_of_range");
    }

    #[test]
    fn booleans_and_choices_are_words_of_a_list() {
        let boolean = item(serde_json::json!({"kind": "boolean"}));
        for (text, value) in
            [("true", 1.0), ("FALSE", 0.0), ("1", 1.0), ("0", 0.0), ("yes", 1.0), ("no", 0.0), ("是", 1.0), ("否", 0.0)]
        {
            assert_eq!(read(&Cell::text(text), &boolean).expect(text), Some(Value::Number(value)));
        }
        assert_eq!(code("2", &boolean), "observation.not_a_boolean");
        assert_eq!(read(&Cell::Number(0.5), &boolean).expect_err("half").code, "observation.not_a_boolean");
        let choice = item(serde_json::json!({"kind": "choice", "options": ["A", "B"]}));
        assert_eq!(read(&Cell::text("B"), &choice).expect("option"), Some(Value::Choice("B".into())));
        assert_eq!(code("b", &choice), "observation.not_an_option");
    }
}
