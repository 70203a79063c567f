//! Formulas: what is read, printed and read again is the same.

use citygauge_indicators::formula::{Expr, Formula, MAX_PARTS};

pub(super) const WORDS: &[&str] = &[
    "if(",
    "min(",
    "max(",
    "abs(",
    "sqrt(",
    "ln(",
    "log10(",
    "exp(",
    "round(",
    "coalesce(",
    "sum(",
    "mean(",
    "previous(",
    "`a b`",
    "a",
    "b",
    "人口",
    "==",
    "!=",
    "<=",
    ">=",
    "<",
    ">",
    "+",
    "-",
    "*",
    "/",
    "^",
    "(",
    ")",
    ",",
    "0",
    "1",
    "2",
    ".5",
    "1e-300",
    "1e308",
    "9007199254740993",
    " ",
    "--",
    "^-",
];

/// Reads a formula.
///
/// # Panics
/// Where a refusal has no place or no sentence, or what is printed is another formula.
pub fn formula(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let formula = match Formula::parse(text) {
        Ok(formula) => formula,
        Err(fault) => {
            assert!(fault.code.starts_with("formula."), "{fault:?}");
            assert!((1..=text.chars().count() + 1).contains(&fault.position), "{fault:?} lies outside");
            assert!(!fault.zh.is_empty() && !fault.en.is_empty());
            return false;
        }
    };
    assert_eq!(formula.text(), text);
    let mut parts = 0;
    formula.root().visit(&mut |_| parts += 1);
    assert!(parts <= MAX_PARTS, "{parts} parts");
    let printed = formula.root().to_string();
    let again = Formula::parse(&printed).unwrap_or_else(|fault| panic!("{printed} cannot be read: {fault:?}"));
    assert_eq!(again.root(), formula.root(), "{printed}");
    assert_eq!(again.root().to_string(), printed);
    assert!(formula.current_items().is_subset(&formula.items()));
    assert_eq!(formula.as_item().is_some(), matches!(formula.root(), Expr::Item(_)));
    true
}
