//! The formula language: what a leaf measures, written over data items.
//!
//! ```text
//! comparison := sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum ]      not chained; 1 or 0
//! sum        := product { ("+" | "-") product }
//! product    := unary { ("*" | "/") unary }
//! unary      := "-" unary | power
//! power      := atom [ "^" unary ]                                       binds tightest, to the right
//! atom       := number | item | function "(" comparison { "," comparison } ")" | "(" comparison ")"
//! ```
//!
//! An item code that is not an identifier stands in backticks. Functions: `if min max abs sqrt ln log10 exp
//! round coalesce sum mean previous`. A formula nested deeper than [`MAX_DEPTH`] or of more than
//! [`MAX_PARTS`] parts is refused, so that no formula can exhaust the machine that reads it.

mod lex;
mod parse;

use std::collections::BTreeSet;

/// The deepest nesting that is accepted.
pub const MAX_DEPTH: usize = 64;
/// The greatest number of parts (numbers, items, operators, calls) that is accepted.
pub const MAX_PARTS: usize = 1_000;

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Addition.
    Add,
    /// Subtraction.
    Subtract,
    /// Multiplication.
    Multiply,
    /// Division; by zero it makes the result missing.
    Divide,
    /// Power.
    Power,
    /// Equal, on exact decimals.
    Equal,
    /// Not equal.
    NotEqual,
    /// Less than.
    Less,
    /// Less than or equal.
    LessEqual,
    /// Greater than.
    Greater,
    /// Greater than or equal.
    GreaterEqual,
}

impl Operator {
    /// How it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Power => "^",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
        }
    }
}

/// A function of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `if(c, a, b)`: needs only the branch it takes.
    If,
    /// The smallest of its arguments.
    Min,
    /// The largest of its arguments.
    Max,
    /// The absolute value.
    Abs,
    /// The square root.
    Sqrt,
    /// The natural logarithm.
    Ln,
    /// The logarithm to base ten.
    Log10,
    /// The exponential.
    Exp,
    /// `round(x)` to 0 places or `round(x, n)`, in the set's rounding mode.
    Round,
    /// The first argument that is not missing.
    Coalesce,
    /// The sum of the arguments that are not missing.
    Sum,
    /// The mean of the arguments that are not missing.
    Mean,
}

/// A formula's tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A number, meaning its shortest decimal.
    Number(f64),
    /// The value of a data item.
    Item(String),
    /// The value of a data item some periods of the same length earlier.
    Previous {
        /// The code of the item.
        item: String,
        /// How many periods earlier, 1 or more.
        periods: u32,
    },
    /// Minus.
    Negate(Box<Expr>),
    /// Two operands.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// A function; the number of its arguments was checked.
    Call(Function, Vec<Expr>),
}

/// A formula that was read without a fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    text: String,
    root: Expr,
}

/// Where a formula stops making sense, and why, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormulaFault {
    /// Stable, such as `formula.syntax`.
    pub code: &'static str,
    /// The character at which it was noticed, counted from 1.
    pub position: usize,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// The first place at which it stops making sense.
    pub fn parse(text: &str) -> Result<Self, FormulaFault> {
        Ok(Self { text: text.to_owned(), root: parse::parse(text)? })
    }

    /// The formula as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tree.
    #[must_use]
    pub fn root(&self) -> &Expr {
        &self.root
    }

    /// The codes of all items it reads, in this period or an earlier one.
    #[must_use]
    pub fn items(&self) -> BTreeSet<&str> {
        let mut items = BTreeSet::new();
        self.root.visit(&mut |part| {
            if let Expr::Item(item) | Expr::Previous { item, .. } = part {
                items.insert(item.as_str());
            }
        });
        items
    }

    /// The codes of the items it reads in the period itself.
    #[must_use]
    pub fn current_items(&self) -> BTreeSet<&str> {
        let mut items = BTreeSet::new();
        self.root.visit(&mut |part| {
            if let Expr::Item(item) = part {
                items.insert(item.as_str());
            }
        });
        items
    }

    /// The item that the formula consists of, where it is nothing but one.
    #[must_use]
    pub fn as_item(&self) -> Option<&str> {
        match &self.root {
            Expr::Item(item) => Some(item),
            _ => None,
        }
    }
}

impl Expr {
    /// Calls `visit` for this part and every part below it.
    pub fn visit<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        visit(self);
        match self {
            Self::Number(_) | Self::Item(_) | Self::Previous { .. } => {}
            Self::Negate(inner) => inner.visit(visit),
            Self::Binary(_, left, right) => {
                left.visit(visit);
                right.visit(visit);
            }
            Self::Call(_, arguments) => arguments.iter().for_each(|argument| argument.visit(visit)),
        }
    }
}

impl std::fmt::Display for Expr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let item = |code: &str| {
            let plain = code.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
                && code.chars().all(|c| c.is_alphanumeric() || c == '_');
            if plain { code.to_owned() } else { format!("`{code}`") }
        };
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Item(code) => f.write_str(&item(code)),
            Self::Previous { item: code, periods } => write!(f, "previous({}, {periods})", item(code)),
            Self::Negate(inner) => write!(f, "-{}", Operand(inner, Strength::Unary)),
            Self::Binary(operator, left, right) => {
                let (least_left, least_right) = operator.operands();
                write!(f, "{} {} {}", Operand(left, least_left), operator.symbol(), Operand(right, least_right))
            }
            Self::Call(function, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
                write!(f, "{}({})", function.word(), arguments.join(", "))
            }
        }
    }
}

/// How tightly an operation binds, the loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Comparison,
    Sum,
    Product,
    Unary,
    Power,
    Atom,
}

impl Operator {
    fn strength(self) -> Strength {
        match self {
            Self::Add | Self::Subtract => Strength::Sum,
            Self::Multiply | Self::Divide => Strength::Product,
            Self::Power => Strength::Power,
            Self::Equal | Self::NotEqual | Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual => {
                Strength::Comparison
            }
        }
    }

    /// How tightly its left and its right operand bind at least without parentheses, by the grammar.
    fn operands(self) -> (Strength, Strength) {
        match self.strength() {
            Strength::Sum => (Strength::Sum, Strength::Product),
            Strength::Product => (Strength::Product, Strength::Unary),
            Strength::Power => (Strength::Atom, Strength::Unary),
            _ => (Strength::Sum, Strength::Sum),
        }
    }
}

impl Expr {
    fn strength(&self) -> Strength {
        match self {
            Self::Binary(operator, ..) => operator.strength(),
            Self::Negate(_) => Strength::Unary,
            Self::Number(_) | Self::Item(_) | Self::Previous { .. } | Self::Call(..) => Strength::Atom,
        }
    }
}

/// An operand, in parentheses where it binds less tightly than it must: with more of them, a long sum would be nested too deep to be read again.
struct Operand<'e>(&'e Expr, Strength);

impl std::fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.strength() < self.1 { write!(f, "({})", self.0) } else { write!(f, "{}", self.0) }
    }
}

impl Function {
    /// How it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::If => "if",
            Self::Min => "min",
            Self::Max => "max",
            Self::Abs => "abs",
            Self::Sqrt => "sqrt",
            Self::Ln => "ln",
            Self::Log10 => "log10",
            Self::Exp => "exp",
            Self::Round => "round",
            Self::Coalesce => "coalesce",
            Self::Sum => "sum",
            Self::Mean => "mean",
        }
    }
}
