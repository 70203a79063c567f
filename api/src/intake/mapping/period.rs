//! Periods as files write them: `2018年`, `FY2018`, `2018年9月`.

use citygauge_indicators::Period;

/// How a column writes its periods: text with `{year}` and at most one of `{half}`, `{quarter}` and `{month}`; `{any}` at
/// its end is whatever follows, such as the rest of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Year,
    Part(Part),
    /// Whatever follows.
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Half,
    Quarter,
    Month,
}

impl Pattern {
    /// Reads a pattern; `None` where it is none.
    pub fn new(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            if start > 0 {
                pieces.push(Piece::Text(rest[..start].to_owned()));
            }
            let end = start + rest[start..].find('}')?;
            pieces.push(match &rest[start + 1..end] {
                "year" => Piece::Year,
                "half" => Piece::Part(Part::Half),
                "quarter" => Piece::Part(Part::Quarter),
                "month" => Piece::Part(Part::Month),
                "any" => Piece::Any,
                _ => return None,
            });
            rest = &rest[end + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        let years = pieces.iter().filter(|piece| **piece == Piece::Year).count();
        let parts = pieces.iter().filter(|piece| matches!(piece, Piece::Part(_))).count();
        // Digits next to each other have no end of their own; the year has four, so only what follows it can be told.
        let told = pieces.windows(2).all(|pair| !matches!(pair, [Piece::Part(_), Piece::Year]));
        let is_told_before = pieces.iter().rev().skip(1).all(|piece| *piece != Piece::Any);
        // Digits before whatever follows would end anywhere.
        let ends = pieces.windows(2).all(|pair| !matches!(pair, [Piece::Part(_), Piece::Any]));
        (years == 1 && parts <= 1 && told && is_told_before && ends && !rest.contains('}')).then_some(Self(pieces))
    }

    /// The period that a text writes in this way.
    pub fn read(&self, text: &str) -> Option<Period> {
        let (mut year, mut part) = (None, None);
        let mut rest = text.trim();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => rest = rest.strip_prefix(text.as_str())?,
                Piece::Year => (year, rest) = (Some(digits(rest, 4)?), rest.get(4..)?),
                Piece::Part(kind) => {
                    let length = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
                    part = Some((*kind, digits(rest, length)?));
                    rest = &rest[length..];
                }
                Piece::Any => rest = "",
            }
        }
        if !rest.is_empty() {
            return None;
        }
        let year = year?;
        match part {
            None => format!("{year:04}"),
            Some((Part::Half, number)) => format!("{year:04}-S{number}"),
            Some((Part::Quarter, number)) => format!("{year:04}-Q{number}"),
            Some((Part::Month, number)) => format!("{year:04}-{number:02}"),
        }
        .parse()
        .ok()
    }
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let digits = text.get(..length).filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_says_where_year_and_part_stand() {
        for (pattern, text, period) in [
            ("{year}年", "2018年", Some("2018")),
            ("FY{year}", "FY2018", Some("2018")),
            ("{year}年{month}月", "2018年9月", Some("2018-09")),
            ("{year}{month}", "201812", Some("2018-12")),
            ("Q{quarter}/{year}", "Q3/2018", Some("2018-Q3")),
            ("{year}-{any}", "2018-06-30T00:00:00Z", Some("2018")),
            ("{year}-{month}-{any}", "2018-06-30", Some("2018-06")),
            ("{year}{any}", "2018", Some("2018")),
            ("{year}-{any}", "2018", None),
            ("{year}-{month}-{any}", "2018-6", None),
            ("{year}年", "2018", None),
            ("{year}年", "18年", None),
            ("{year}年{month}月", "2018年13月", None),
            ("{year}年{half}", "2018年3", None),
            ("{year}年", "2018年底", None),
        ] {
            let read = Pattern::new(pattern).expect(pattern).read(text).map(|period| period.to_string());
            assert_eq!(read.as_deref(), period, "{pattern} {text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_no_pattern() {
        for text in [
            "",
            "年",
            "{year}{year}",
            "{month}",
            "{month}{quarter}{year}",
            "{year",
            "{day}{year}",
            "{month}{year}",
            "{year}}",
            "{any}{year}",
            "{year}{any}{month}",
            "{year}-{month}{any}",
            "{year}{any}{any}",
            "{any}",
        ] {
            assert_eq!(Pattern::new(text), None, "{text}");
        }
    }
}
