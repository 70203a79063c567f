//! Numbers as files write them, by declared rules only and in exact decimal arithmetic.

use citygauge_indicators::exact::{decimal, nearest_double, rational};
use citygauge_openapi::{DecimalMark, NumberRules, Percent, Thousands};

use super::super::cell::Cell;
use crate::export::number::shortest;

/// How numbers are written; what is not declared is not understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rules(NumberRules);

/// The factor that a suffix stands for, as a power of ten.
const SUFFIXES: [(&str, &str); 3] = [("万亿", "1e12"), ("亿", "1e8"), ("万", "1e4")];

impl Rules {
    /// The rules of a file, and of a column of it where that says more.
    pub fn new(file: Option<&NumberRules>, column: Option<&NumberRules>) -> Self {
        let (file, column) = (file.cloned().unwrap_or_default(), column.cloned().unwrap_or_default());
        Self(NumberRules {
            full_width: column.full_width.or(file.full_width),
            thousands: column.thousands.or(file.thousands),
            decimal: column.decimal.or(file.decimal),
            percent: column.percent.or(file.percent),
            wan_yi: column.wan_yi.or(file.wan_yi),
            trim: column.trim.or(file.trim),
            blank: column.blank.or(file.blank),
            times: column.times.or(file.times),
        })
    }

    /// The same rules without a factor: a size of a sample is a count of people in any file.
    pub fn without_factor(&self) -> Self {
        Self(NumberRules { times: None, ..self.0.clone() })
    }

    /// Whether they say nothing.
    pub fn are_plain(&self) -> bool {
        self.0 == NumberRules::default()
    }

    /// Whether the marks of thousands and decimals cannot be told apart.
    pub fn clash(&self) -> bool {
        let decimal = self.0.decimal.unwrap_or(DecimalMark::Point);
        matches!(
            (self.0.thousands, decimal),
            (Some(Thousands::Point), DecimalMark::Point) | (Some(Thousands::Comma | Thousands::WideComma), DecimalMark::Comma)
        )
    }

    /// Whether a text means that nothing was reported.
    pub fn is_blank(&self, text: &str) -> bool {
        let text = if self.0.trim == Some(true) { text.trim() } else { text };
        text.is_empty() || self.0.blank.as_ref().is_some_and(|words| words.iter().any(|word| word == text))
    }

    /// Digits of full width as those of half width, where that was declared.
    pub fn narrowed(&self, text: &str) -> String {
        if self.0.full_width == Some(true) { narrow(text) } else { text.to_owned() }
    }

    /// A cell of a column of numbers; what no rule explains stays as it is, and so becomes a fault.
    pub fn apply<'c>(&self, cell: &Cell<'c>, shift: i32) -> Cell<'c> {
        match cell {
            Cell::Text(text) if self.is_blank(text) => Cell::Empty,
            Cell::Number(number) | Cell::Written(number, _) if self.0.blank.is_some() && self.is_blank(&shortest(*number)) => {
                Cell::Empty
            }
            Cell::Text(text) => self.number(text, shift).map_or_else(|| cell.clone(), Cell::Number),
            Cell::Number(number) | Cell::Written(number, _) if self.0.times.is_some() || shift != 0 => {
                rational(*number).and_then(|exact| self.scaled(exact, shift)).map_or_else(|| cell.clone(), Cell::Number)
            }
            _ => cell.clone(),
        }
    }

    /// The number that a text writes under these rules, times the factor and ten to the power of `shift`.
    fn number(&self, text: &str, shift: i32) -> Option<f64> {
        let narrowed = self.narrowed(text);
        let mut rest = if self.0.trim == Some(true) { narrowed.trim() } else { &narrowed };
        let mut power = "1";
        if let Some(percent) = self.0.percent
            && let Some(before) = rest.strip_suffix(['%', '％'])
        {
            rest = before;
            power = if percent == Percent::Fraction { "1e-2" } else { "1" };
        } else if self.0.wan_yi == Some(true)
            && let Some((suffix, factor)) = SUFFIXES.iter().find(|(suffix, _)| rest.ends_with(suffix))
        {
            rest = rest.strip_suffix(suffix)?;
            power = factor;
        }
        let exact = decimal(&self.plain(rest)?)? * decimal(power)?;
        self.scaled(exact, shift)
    }

    fn scaled(&self, exact: Exact, shift: i32) -> Option<f64> {
        let factor = match &self.0.times {
            Some(factor) => decimal(&factor.0)?,
            None => decimal("1")?,
        };
        Some(nearest_double(&(exact * factor * decimal(&format!("1e{shift}"))?)))
    }

    /// The text with a point for the decimal mark and no marks of thousands; `None` where those stand in the wrong places.
    fn plain(&self, text: &str) -> Option<String> {
        let mark = match self.0.decimal.unwrap_or(DecimalMark::Point) {
            DecimalMark::Point => '.',
            DecimalMark::Comma => ',',
        };
        let (sign, unsigned) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (&text[..1], rest),
            None => ("", text),
        };
        let (whole, fraction) = match unsigned.split_once(mark) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (unsigned, None),
        };
        let whole = self.ungrouped(whole)?;
        let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
        Some(format!("{sign}{whole}{fraction}"))
    }

    /// Digits without marks between them; the groups behind a mark have three digits each.
    fn ungrouped(&self, whole: &str) -> Option<String> {
        let is_mark = |c: char| match self.0.thousands {
            Some(Thousands::Comma) => c == ',',
            Some(Thousands::WideComma) => c == '，' || (self.0.full_width == Some(true) && c == ','),
            Some(Thousands::Blank) => matches!(c, ' ' | '\u{A0}' | '\u{2009}' | '\u{202F}'),
            Some(Thousands::Point) => c == '.',
            Some(Thousands::Apostrophe) => matches!(c, '\'' | '’'),
            None => false,
        };
        let mut groups = whole.split(is_mark);
        let first = groups.next().unwrap_or_default();
        let rest: Vec<&str> = groups.collect();
        if rest.is_empty() {
            return Some(whole.to_owned());
        }
        let grouped = (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
        let digits = [first].iter().chain(&rest).all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
        (grouped && digits).then(|| whole.replace(is_mark, ""))
    }
}

/// A fraction of whole numbers of any size.
type Exact = citygauge_indicators::exact::Rational;

/// Full-width digits, signs, marks and blanks as half-width ones.
fn narrow(text: &str) -> String {
    let narrowed = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        '−' => '-',
        other => other,
    };
    text.chars().map(narrowed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(json: serde_json::Value) -> Rules {
        Rules::new(Some(&serde_json::from_value(json).expect("rules")), None)
    }

    fn read(text: &str, rules: &Rules) -> Option<f64> {
        match rules.apply(&Cell::text(text), 0) {
            Cell::Number(number) => Some(number),
            _ => None,
        }
    }

    #[test]
    fn each_rule_admits_what_it_names_and_nothing_else() {
        for (json, admitted, refused) in [
            (serde_json::json!({}), vec![("12.5", 12.5)], vec!["1,234", "１２", "35%", "3万", " 5", "1.2.3"]),
            (serde_json::json!({"full_width": true}), vec![("－１２．５", -12.5)], vec!["１，２３４", "１２％"]),
            (
                serde_json::json!({"thousands": ","}),
                vec![("1,234,567.25", 1_234_567.25), ("-1,234", -1_234.0), ("1234", 1_234.0)],
                vec!["12,34", "1,2345", ",123", "1,234,", "1234,567", "1，234", "1,234.5,6"],
            ),
            (serde_json::json!({"thousands": "，"}), vec![("1，234", 1_234.0)], vec!["1,234"]),
            (serde_json::json!({"thousands": " "}), vec![("1 234\u{A0}567", 1_234_567.0)], vec!["1 23"]),
            (serde_json::json!({"thousands": ".", "decimal": ","}), vec![("1.234,5", 1_234.5)], vec!["1,234.5", "1.23"]),
            (serde_json::json!({"percent": "as_is"}), vec![("35%", 35.0), ("35％", 35.0), ("35", 35.0)], vec!["%", "35%%"]),
            (serde_json::json!({"percent": "fraction"}), vec![("35%", 0.35), ("0.7%", 0.007)], vec!["35‰"]),
            (
                serde_json::json!({"wan_yi": true}),
                vec![("1.23万", 12_300.0), ("4.1亿", 410_000_000.0), ("2万亿", 2e12), ("0.29万", 2_900.0)],
                vec!["万", "1亿2万", "3千", "3万元"],
            ),
            (serde_json::json!({"trim": true}), vec![(" 5\u{A0}", 5.0)], vec!["5 5"]),
        ] {
            let rules = rules(json.clone());
            for (text, number) in admitted {
                assert_eq!(read(text, &rules), Some(number), "{text} under {json}");
            }
            for text in refused {
                assert_eq!(read(text, &rules), None, "{text} under {json}");
            }
        }
    }

    #[test]
    fn factors_multiply_decimals_and_not_doubles() {
        let ten_thousand = rules(serde_json::json!({"times": "10000", "wan_yi": true}));
        assert_eq!(read("0.29", &ten_thousand), Some(2_900.0));
        assert_ne!(0.29 * 10_000.0 * 1.1, 3_190.0, "doubles would not do");
        assert_eq!(read("1.1万", &ten_thousand), Some(110_000_000.0));
        let third = rules(serde_json::json!({"times": 1.1}));
        assert_eq!(read("3", &third), Some(3.3));
        assert_ne!(3.0 * 1.1, 3.3);
        assert_eq!(third.apply(&Cell::Number(3.0), 0), Cell::Number(3.3));
        assert_eq!(rules(serde_json::json!({})).apply(&Cell::text("1.15"), 6), Cell::Number(1_150_000.0));
    }

    #[test]
    fn declared_words_mean_that_nothing_was_reported() {
        let rules = rules(serde_json::json!({"blank": ["—", "N/A"], "trim": true}));
        assert_eq!(rules.apply(&Cell::text("—"), 0), Cell::Empty);
        assert_eq!(rules.apply(&Cell::text(" N/A "), 0), Cell::Empty);
        assert_eq!(rules.apply(&Cell::text("n/a"), 0), Cell::text("n/a"));
        let sentinel = self::rules(serde_json::json!({"blank": ["-999"], "times": "2"}));
        assert_eq!(sentinel.apply(&Cell::Number(-999.0), 0), Cell::Empty);
        assert_eq!(sentinel.apply(&Cell::text("-999.0"), 0), Cell::Number(-1998.0));
    }

    #[test]
    fn a_column_says_more_than_the_file() {
        let file: NumberRules = serde_json::from_value(serde_json::json!({"thousands": ",", "times": "10"})).expect("rules");
        let column: NumberRules = serde_json::from_value(serde_json::json!({"times": "100"})).expect("rules");
        assert_eq!(read("1,000", &Rules::new(Some(&file), Some(&column))), Some(100_000.0));
    }

    #[test]
    fn marks_that_cannot_be_told_apart_are_seen() {
        assert!(rules(serde_json::json!({"thousands": ".", "decimal": "."})).clash());
        assert!(rules(serde_json::json!({"thousands": "."})).clash());
        assert!(rules(serde_json::json!({"thousands": ",", "decimal": ","})).clash());
        assert!(!rules(serde_json::json!({"thousands": ","})).clash());
    }
}
