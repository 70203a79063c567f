//! What a reader of paths, queries and bodies says is wrong, in words for people in both languages.

use citygauge_indicators::{Fault, Text};

/// A fault from the sentence of a reader; `named` is the parameter or member that was being read, where it is known.
pub fn fault(code: &'static str, named: Option<&str>, reason: &str) -> Fault {
    let reason = reason.trim_end_matches('.');
    let quoted = || reason.split('`').nth(1).unwrap_or_default();
    let (message, expected) = if reason.starts_with("missing field") {
        (Text::both(format!("缺少“{}”", quoted()), format!("'{}' is missing", quoted())), None)
    } else if reason.starts_with("unknown field") {
        (Text::both(format!("没有“{}”这一项", quoted()), format!("there is no '{}' here", quoted())), listed(reason))
    } else if reason.starts_with("duplicate field") {
        (Text::both(format!("“{}”出现了两次", quoted()), format!("'{}' stands twice", quoted())), None)
    } else {
        let expected = reason.rsplit_once("expected ").map(|(_, expected)| expected).or_else(|| number(reason));
        let expected = listed(reason).or_else(|| expected.map(both));
        let subject = named.map_or_else(
            || Text::both("这里的值不符合要求", "the value here is not what is expected"),
            |name| Text::both(format!("“{name}”的值不符合要求"), format!("the value of '{name}' is not what is expected")),
        );
        (subject, expected)
    };
    let (mut zh, mut en) = (message.zh.unwrap_or_default(), message.en.unwrap_or_default());
    if let Some(expected) = &expected {
        zh.push_str(&format!("；应为 {}", expected.zh.as_deref().unwrap_or_default()));
        en.push_str(&format!("; expected {}", expected.en.as_deref().unwrap_or_default()));
    }
    Fault::error(code, zh, en)
}

/// The words that a reader lists as those it knows.
fn listed(reason: &str) -> Option<Text> {
    let known = reason.split_once(", expected ").filter(|_| reason.starts_with("unknown "))?.1;
    let words: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let words = words.join(" | ");
    Some(Text::both(words.clone(), words))
}

/// What a text should have been that is no number.
fn number(reason: &str) -> Option<&'static str> {
    let fails = ["invalid digit", "number too large", "number too small", "cannot parse integer", "invalid float"];
    fails.iter().any(|start| reason.contains(start)).then_some("a number")
}

/// The contract's own words for what it expects, and plain ones for the names of types.
fn both(expected: &str) -> Text {
    let (zh, en) = match expected {
        "a number" => ("数", expected),
        "1 to 1000" => ("1 至 1000", expected),
        "0s to 60s" => ("0s 至 60s", expected),
        "1 to 100 characters without control characters, backticks or blanks at the ends" => {
            ("1 至 100 个字符，不含控制字符和反引号，首尾无空白", expected)
        }
        "1 to 200 characters without control characters" => ("1 至 200 个字符，不含控制字符", expected),
        "up to 2000 characters without NUL" => ("至多 2000 个字符，不含 NUL", expected),
        "a UUID in lower case" => ("小写的 UUID", expected),
        "64 hexadecimal digits in lower case" => ("64 位小写十六进制数字", expected),
        "a period: 2026, 2026-S1, 2026-Q3 or 2026-09" => ("时期：2026、2026-S1、2026-Q3 或 2026-09", expected),
        "a moment such as 2026-11-22T08:00:00Z" => ("时刻，如 2026-11-22T08:00:00Z", expected),
        "a day such as 2026-10-31" => ("日期，如 2026-10-31", expected),
        "a cursor as a page of this list gave it" => ("上一页给出的 next", expected),
        "a boolean" => ("true 或 false", "true or false"),
        "a string" | "a borrowed string" | "str" => ("文本", "text"),
        "a sequence" => ("数组 […]", "an array […]"),
        "an object" | "a map" => ("对象 {…}", "an object {…}"),
        number if matches!(number.as_bytes(), [b'u' | b'i', b'0'..=b'9', ..]) => ("整数", "a whole number"),
        "f64" => ("数", "a number"),
        named if named.starts_with("struct ") => ("对象 {…}", "an object {…}"),
        _ => ("接口说明中的值", "what the description says"),
    };
    Text::both(zh, en)
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::Language;

    use super::*;

    #[test]
    fn a_sentence_of_the_reader_is_said_in_both_languages() {
        for (reason, zh, en) in [
            (
                "invalid digit found in string",
                "“limit”的值不符合要求；应为 数",
                "the value of 'limit' is not what is expected; expected a number",
            ),
            (
                "limit: expected 1 to 1000",
                "“limit”的值不符合要求；应为 1 至 1000",
                "the value of 'limit' is not what is expected; expected 1 to 1000",
            ),
            ("missing field `kind`", "缺少“kind”", "'kind' is missing"),
            ("unknown field `x`, expected `a` or `b`", "没有“x”这一项；应为 a | b", "there is no 'x' here; expected a | b"),
            (
                "unknown variant `x`, expected one of `a`, `b`",
                "“limit”的值不符合要求；应为 a | b",
                "the value of 'limit' is not what is expected; expected a | b",
            ),
            (
                "invalid type: string \"x\", expected u64",
                "“limit”的值不符合要求；应为 整数",
                "the value of 'limit' is not what is expected; expected a whole number",
            ),
        ] {
            let fault = fault("query.invalid", Some("limit"), reason);
            assert_eq!((fault.message.get(Language::Zh), fault.message.get(Language::En)), (zh, en), "{reason}");
        }
    }
}
