//! Cuts JSON into its values without interpreting them, so that one bad value spoils only its own row.
//!
//! A usual parser stops at the first fault, and one number beyond a double (`1e999`) hides every other
//! fault of the file. Here brackets and quotes are followed first; what stands between them is read after.

use std::borrow::Cow;

use super::super::cell::Cell;

/// Where JSON stops being JSON, in bytes from the start of the text, and what is wrong there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syntax {
    pub at: usize,
    pub expected: &'static str,
}

/// Walks over a text.
pub(super) struct Cursor<'t> {
    pub text: &'t str,
    pub at: usize,
}

impl<'t> Cursor<'t> {
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub fn skip_space(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).unwrap_or(rest.len());
    }

    /// Steps over `byte`, and over the space before and after it.
    pub fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), Syntax> {
        self.skip_space();
        if self.peek() != Some(byte) {
            return Err(Syntax { at: self.at, expected });
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    /// Steps to the next member of a list, or over its end: answers whether there is another one.
    pub fn another(&mut self, first: bool, close: u8) -> Result<bool, Syntax> {
        self.skip_space();
        if self.peek() == Some(close) && first {
            self.at += 1;
            return Ok(false);
        }
        if first {
            return Ok(true);
        }
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') => {
                self.at += 1;
                self.skip_space();
                Ok(true)
            }
            _ => Err(Syntax { at: self.at, expected: if close == b']' { "',' or ']'" } else { "',' or '}'" } }),
        }
    }

    /// The text of the next value, brackets and quotes balanced.
    pub fn value(&mut self) -> Result<&'t str, Syntax> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => self.string()?,
            Some(b'{' | b'[') => self.nested()?,
            _ => {
                let rest = &self.text.as_bytes()[self.at..];
                let ends =
                    |byte: &u8| matches!(byte, b',' | b']' | b'}' | b':' | b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'{' | b'[');
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
            }
        }
        if self.at == start {
            return Err(Syntax { at: start, expected: "a value" });
        }
        Ok(&self.text[start..self.at])
    }

    fn string(&mut self) -> Result<(), Syntax> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        self.at += 1;
        loop {
            let rest = &bytes[self.at.min(bytes.len())..];
            let Some(step) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) else {
                return Err(Syntax { at: start, expected: "a closing quote" });
            };
            self.at += step + 1;
            if rest[step] == b'"' {
                return Ok(());
            }
            self.at += 1;
        }
    }

    fn nested(&mut self) -> Result<(), Syntax> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'{' | b'[') => depth += 1,
                Some(b'}' | b']') => depth -= 1,
                Some(b'"') => {
                    self.string()?;
                    continue;
                }
                Some(_) => {}
                None => return Err(Syntax { at: start, expected: "a closing bracket" }),
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

/// The members of an object that begins at byte `at` of `text`, with the place of each value.
pub(super) fn members<'t>(
    text: &'t str,
    at: usize,
    mut member: impl FnMut(Cow<'t, str>, &'t str, usize) -> Result<(), Syntax>,
) -> Result<usize, Syntax> {
    let mut cursor = Cursor { text, at };
    cursor.expect(b'{', "an object")?;
    let mut first = true;
    while cursor.another(first, b'}')? {
        first = false;
        let at = cursor.at;
        let key = cursor.value()?;
        let key = string(key).ok_or(Syntax { at, expected: "a key in double quotes" })?;
        cursor.expect(b':', "':'")?;
        let at = cursor.at;
        let value = cursor.value()?;
        member(key, value, at)?;
    }
    Ok(cursor.at)
}

/// The cell that a value is; `None` where it is not JSON.
///
/// `NaN`, `Infinity` and numbers beyond a double become text: their column reports them as not finite.
pub(super) fn cell(value: &str) -> Option<Cell<'_>> {
    match value.as_bytes() {
        [b'"', ..] => string(value).map(Cell::text),
        [b'{' | b'[', ..] => Some(Cell::Nested),
        b"null" => Some(Cell::Empty),
        b"true" => Some(Cell::Boolean(true)),
        b"false" => Some(Cell::Boolean(false)),
        b"NaN" | b"Infinity" | b"-Infinity" => Some(Cell::text(value)),
        _ if is_number(value) => {
            // Rust's parser rounds to the nearest double; that of serde_json may miss it by one step.
            let number: f64 = value.parse().ok()?;
            let plain = number.fract() != 0.0 || value.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
            Some(match number.is_finite() {
                true if plain => Cell::Number(number),
                true => Cell::Written(number, value),
                false => Cell::text(value),
            })
        }
        _ => None,
    }
}

/// The string that a value in quotes stands for.
fn string(value: &str) -> Option<Cow<'_, str>> {
    let inner = value.strip_prefix('"')?.strip_suffix('"')?;
    if inner.bytes().all(|byte| byte >= 0x20 && byte != b'\\') {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str::<String>(value).ok().map(Cow::Owned)
}

/// Whether a text is a number as RFC 8259 writes them.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(digits) && exponent.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_json_and_nothing_else() {
        for text in ["0", "-0", "10", "1.5", "1e5", "1E-5", "0.1e+7"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", "01", "+1", ".5", "1.", "1e", "0x1", "1_0", "١", "--1", "1e+-5"] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn members_are_found_whatever_their_strings_hold() {
        let mut found = Vec::new();
        let text = r#" { "a\"}" : "x,]\\" , "b":[{"c":"]"}], "d" : 1e999 } "#;
        let end = members(text, 0, |key, value, _| {
            found.push((key.into_owned(), value.to_owned()));
            Ok(())
        });
        assert_eq!(end, Ok(text.len() - 1));
        let expected = [("a\"}", r#""x,]\\""#), ("b", r#"[{"c":"]"}]"#), ("d", "1e999")];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_is_not_json_is_placed() {
        let fails = |text: &str| members(text, 0, |_, _, _| Ok(())).expect_err(text).at;
        assert_eq!(fails("{\"a\":1,}"), 7);
        assert_eq!(fails("{a:1}"), 1);
        assert_eq!(fails("{\"a\" 1}"), 5);
        assert_eq!(fails("{\"a\":1"), 6);
        assert_eq!(fails("{\"a\":\"\\"), 5);
        assert_eq!(fails("[1]"), 0);
    }
}
