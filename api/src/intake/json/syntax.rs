//! Says where JSON stops being JSON, as people count: in lines and characters.

use citygauge_indicators::Fault;

use super::split::Syntax;

/// Turns places in bytes into lines and characters; places come in the order of the text, so it is walked once.
pub(super) struct SyntaxPlaces<'t> {
    text: &'t str,
    at: usize,
    line: u64,
    character: u64,
}

impl<'t> SyntaxPlaces<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, line: 1, character: 1 }
    }

    /// The fault at a place that does not lie before the last one.
    pub fn fault(&mut self, syntax: Syntax) -> Fault {
        for byte in &self.text.as_bytes()[self.at.min(syntax.at)..syntax.at] {
            if *byte == b'\n' {
                self.line += 1;
                self.character = 1;
            } else if (byte & 0xC0) != 0x80 {
                self.character += 1;
            }
        }
        self.at = syntax.at;
        let (line, character) = (self.line, self.character);
        let found: String = self.text[syntax.at..].chars().take(20).collect();
        Fault::error(
            "json.syntax",
            format!("第 {line} 行第 {character} 个字符处不是合法的 JSON"),
            format!("not valid JSON at line {line}, character {character}"),
        )
        .value(found)
        .expected(syntax.expected)
    }
}

/// The fault at a single place.
pub(super) fn syntax_fault(text: &str, syntax: Syntax) -> Fault {
    SyntaxPlaces::new(text).fault(syntax)
}
