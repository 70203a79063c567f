//! Cuts a formula into tokens.

use super::FormulaFault;

/// A token with the position of its first character, counted from 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub position: usize,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Number(f64),
    /// A bare word: an item or a function.
    Word(String),
    /// An item code in backticks.
    Quoted(String),
    /// An operator, a parenthesis or a comma.
    Symbol(&'static str),
    End,
}

/// The longest first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 14] = ["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "^", "(", ")", ","];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, FormulaFault> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let position = at + 1;
        let first = characters[at];
        if first.is_whitespace() {
            at += 1;
            continue;
        }
        let kind = if first.is_ascii_digit() || first == '.' {
            number(&characters, &mut at)?
        } else if first == '`' {
            quoted(&characters, &mut at)?
        } else if first.is_alphabetic() || first == '_' {
            let word: String = characters[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
            at += word.chars().count();
            Kind::Word(word)
        } else {
            let found = SYMBOLS.iter().find(|symbol| symbol.chars().enumerate().all(|(i, c)| characters.get(at + i) == Some(&c)));
            let Some(symbol) = found else {
                return Err(FormulaFault {
                    code: "formula.syntax",
                    position,
                    zh: format!("第 {position} 个字符“{first}”在公式中没有意义"),
                    en: format!("'{first}' at character {position} means nothing in a formula"),
                });
            };
            at += symbol.len();
            Kind::Symbol(symbol)
        };
        tokens.push(Token { position, kind });
    }
    tokens.push(Token { position: characters.len() + 1, kind: Kind::End });
    Ok(tokens)
}

fn number(characters: &[char], at: &mut usize) -> Result<Kind, FormulaFault> {
    let start = *at;
    let mut end = start;
    while end < characters.len() && (characters[end].is_ascii_digit() || characters[end] == '.') {
        end += 1;
    }
    if end < characters.len() && matches!(characters[end], 'e' | 'E') {
        let sign = usize::from(matches!(characters.get(end + 1), Some('+' | '-')));
        if characters.get(end + 1 + sign).is_some_and(char::is_ascii_digit) {
            end += 1 + sign;
            while end < characters.len() && characters[end].is_ascii_digit() {
                end += 1;
            }
        }
    }
    let written: String = characters[start..end].iter().collect();
    *at = end;
    match written.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Kind::Number(value)),
        _ => Err(FormulaFault {
            code: "formula.number",
            position: start + 1,
            zh: format!("“{written}”不是可用的数字"),
            en: format!("'{written}' is not a number that can be computed with"),
        }),
    }
}

fn quoted(characters: &[char], at: &mut usize) -> Result<Kind, FormulaFault> {
    let start = *at;
    match characters[start + 1..].iter().position(|c| *c == '`') {
        Some(length) if length > 0 => {
            *at = start + length + 2;
            Ok(Kind::Quoted(characters[start + 1..=start + length].iter().collect()))
        }
        _ => Err(FormulaFault {
            code: "formula.syntax",
            position: start + 1,
            zh: format!("第 {} 个字符处的反引号没有配对或为空", start + 1),
            en: format!("the backtick at character {} has no partner or holds nothing", start + 1),
        }),
    }
}
