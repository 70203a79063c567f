//! Reads the tokens of a formula into its tree, with bounded depth and size.

use super::lex::{Kind, Token, tokens};
use super::{Expr, FormulaFault, Function, MAX_DEPTH, MAX_PARTS, Operator};

pub(super) fn parse(text: &str) -> Result<Expr, FormulaFault> {
    // Every part is at least one character, so a longer text need not be cut into tokens at all.
    if text.len() > MAX_PARTS * 200 {
        return Err(too_many_parts(1));
    }
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0, parts: 0 };
    let root = parser.comparison()?;
    match parser.peek() {
        Kind::End => Ok(root),
        Kind::Symbol("==" | "!=" | "<" | "<=" | ">" | ">=") => Err(parser.fault(
            "formula.chained_comparison",
            "比较不能连写，请用 if 或括号",
            "comparisons are not chained; use if(...) or parentheses",
        )),
        _ => Err(parser.unexpected("运算符或结尾", "an operator or the end")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    parts: usize,
}

impl Parser {
    fn peek(&self) -> &Kind {
        &self.tokens[self.next].kind
    }

    fn position(&self) -> usize {
        self.tokens[self.next].position
    }

    fn advance(&mut self) -> Kind {
        let kind = self.tokens[self.next].kind.clone();
        if self.next + 1 < self.tokens.len() {
            self.next += 1;
        }
        kind
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Kind::Symbol(s) if *s == symbol);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), FormulaFault> {
        if self.eat(symbol) { Ok(()) } else { Err(self.unexpected(&format!("“{symbol}”"), &format!("'{symbol}'"))) }
    }

    fn part(&mut self) -> Result<(), FormulaFault> {
        self.parts += 1;
        if self.parts > MAX_PARTS { Err(too_many_parts(self.position())) } else { Ok(()) }
    }

    /// Runs `read` one level deeper.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, FormulaFault>) -> Result<T, FormulaFault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.fault(
                "formula.too_deep",
                &format!("嵌套超过 {MAX_DEPTH} 层"),
                &format!("nested deeper than {MAX_DEPTH} levels"),
            ));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn comparison(&mut self) -> Result<Expr, FormulaFault> {
        let left = self.sum()?;
        let operator = match self.peek() {
            Kind::Symbol("==") => Operator::Equal,
            Kind::Symbol("!=") => Operator::NotEqual,
            Kind::Symbol("<") => Operator::Less,
            Kind::Symbol("<=") => Operator::LessEqual,
            Kind::Symbol(">") => Operator::Greater,
            Kind::Symbol(">=") => Operator::GreaterEqual,
            _ => return Ok(left),
        };
        self.advance();
        self.part()?;
        Ok(Expr::Binary(operator, Box::new(left), Box::new(self.sum()?)))
    }

    fn sum(&mut self) -> Result<Expr, FormulaFault> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek() {
                Kind::Symbol("+") => Operator::Add,
                Kind::Symbol("-") => Operator::Subtract,
                _ => return Ok(left),
            };
            self.advance();
            self.part()?;
            left = Expr::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Result<Expr, FormulaFault> {
        let mut left = self.unary()?;
        loop {
            let operator = match self.peek() {
                Kind::Symbol("*") => Operator::Multiply,
                Kind::Symbol("/") => Operator::Divide,
                _ => return Ok(left),
            };
            self.advance();
            self.part()?;
            left = Expr::Binary(operator, Box::new(left), Box::new(self.unary()?));
        }
    }

    fn unary(&mut self) -> Result<Expr, FormulaFault> {
        if !self.eat("-") {
            return self.power();
        }
        self.part()?;
        self.deeper(|parser| Ok(Expr::Negate(Box::new(parser.unary()?))))
    }

    fn power(&mut self) -> Result<Expr, FormulaFault> {
        let base = self.atom()?;
        if !self.eat("^") {
            return Ok(base);
        }
        self.part()?;
        let exponent = self.deeper(Self::unary)?;
        Ok(Expr::Binary(Operator::Power, Box::new(base), Box::new(exponent)))
    }

    fn atom(&mut self) -> Result<Expr, FormulaFault> {
        if self.eat("(") {
            let inner = self.deeper(Self::comparison)?;
            self.expect(")")?;
            return Ok(inner);
        }
        match self.peek().clone() {
            Kind::Number(value) => {
                self.part()?;
                self.advance();
                Ok(Expr::Number(value))
            }
            Kind::Quoted(item) => {
                self.part()?;
                self.advance();
                Ok(Expr::Item(item))
            }
            Kind::Word(word) => {
                self.part()?;
                self.advance();
                if matches!(self.peek(), Kind::Symbol("(")) { self.call(&word) } else { Ok(Expr::Item(word)) }
            }
            _ => Err(self.unexpected("数字、数据项或函数", "a number, an item or a function")),
        }
    }

    fn call(&mut self, word: &str) -> Result<Expr, FormulaFault> {
        if word == "previous" {
            return self.previous();
        }
        let (function, least, most) = match word {
            "if" => (Function::If, 3, 3),
            "min" => (Function::Min, 1, MAX_PARTS),
            "max" => (Function::Max, 1, MAX_PARTS),
            "abs" => (Function::Abs, 1, 1),
            "sqrt" => (Function::Sqrt, 1, 1),
            "ln" => (Function::Ln, 1, 1),
            "log10" => (Function::Log10, 1, 1),
            "exp" => (Function::Exp, 1, 1),
            "round" => (Function::Round, 1, 2),
            "coalesce" => (Function::Coalesce, 1, MAX_PARTS),
            "sum" => (Function::Sum, 1, MAX_PARTS),
            "mean" => (Function::Mean, 1, MAX_PARTS),
            other => {
                return Err(self.fault(
                    "formula.unknown_function",
                    &format!("没有名为“{other}”的函数"),
                    &format!("there is no function named '{other}'"),
                ));
            }
        };
        self.expect("(")?;
        let arguments = self.deeper(|parser| {
            let mut arguments = vec![parser.comparison()?];
            while parser.eat(",") {
                arguments.push(parser.comparison()?);
            }
            Ok(arguments)
        })?;
        self.expect(")")?;
        if !(least..=most).contains(&arguments.len()) {
            return Err(self.fault(
                "formula.arguments",
                &format!("函数 {word} 的参数个数不对：{}", arguments.len()),
                &format!("{word} does not take {} arguments", arguments.len()),
            ));
        }
        if function == Function::Round
            && let Some(places) = arguments.get(1)
            && !matches!(places, Expr::Number(n) if n.fract() == 0.0 && (0.0..=15.0).contains(n))
        {
            return Err(self.fault(
                "formula.arguments",
                "round 的位数应为 0 到 15 的整数",
                "round takes a whole number of places from 0 to 15",
            ));
        }
        Ok(Expr::Call(function, arguments))
    }

    fn previous(&mut self) -> Result<Expr, FormulaFault> {
        self.expect("(")?;
        let item = match self.advance() {
            Kind::Word(item) | Kind::Quoted(item) => item,
            _ => return Err(self.unexpected("数据项", "an item")),
        };
        self.expect(",")?;
        let periods = match self.advance() {
            Kind::Number(n) if n.fract() == 0.0 && (1.0..=1_000.0).contains(&n) => n as u32,
            _ => {
                return Err(self.fault(
                    "formula.arguments",
                    "previous 的期数应为 1 到 1000 的整数",
                    "previous takes a whole number of periods from 1 to 1000",
                ));
            }
        };
        self.expect(")")?;
        Ok(Expr::Previous { item, periods })
    }

    fn unexpected(&self, zh: &str, en: &str) -> FormulaFault {
        let position = self.position();
        match self.peek() {
            Kind::End => self.fault(
                "formula.syntax",
                &format!("公式到此中断，还缺{zh}"),
                &format!("the formula ends where {en} is missing"),
            ),
            _ => self.fault(
                "formula.syntax",
                &format!("第 {position} 个字符处应为{zh}"),
                &format!("expected {en} at character {position}"),
            ),
        }
    }

    fn fault(&self, code: &'static str, zh: &str, en: &str) -> FormulaFault {
        FormulaFault { code, position: self.position(), zh: zh.to_owned(), en: en.to_owned() }
    }
}

fn too_many_parts(position: usize) -> FormulaFault {
    FormulaFault {
        code: "formula.too_long",
        position,
        zh: format!("公式超过 {MAX_PARTS} 个组成部分"),
        en: format!("the formula has more than {MAX_PARTS} parts"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        parse(text).expect_err(text).code
    }

    fn item(code: &str) -> Box<Expr> {
        Box::new(Expr::Item(code.into()))
    }

    #[test]
    fn power_binds_tightest_and_to_the_right() {
        let minus_two_squared = parse("-2^2").expect("valid");
        assert!(matches!(minus_two_squared, Expr::Negate(inner) if matches!(*inner, Expr::Binary(Operator::Power, ..))));
        let tower = parse("a^b^c").expect("valid");
        let inner = Expr::Binary(Operator::Power, item("b"), item("c"));
        assert_eq!(tower, Expr::Binary(Operator::Power, item("a"), Box::new(inner)));
        assert!(parse("2^-1").is_ok());
    }

    #[test]
    fn subtraction_and_division_read_from_the_left() {
        let difference = Expr::Binary(Operator::Subtract, item("a"), item("b"));
        assert_eq!(parse("a - b - c").expect("valid"), Expr::Binary(Operator::Subtract, Box::new(difference), item("c")));
    }

    #[test]
    fn codes_that_are_no_identifiers_stand_in_backticks() {
        assert_eq!(parse("`L1P2-A1_value`").expect("valid"), Expr::Item("L1P2-A1_value".into()));
        assert_eq!(parse("人口 / 2").expect("valid"), Expr::Binary(Operator::Divide, item("人口"), Box::new(Expr::Number(2.0))));
    }

    #[test]
    fn sixty_four_parentheses_are_read_and_sixty_five_refused() {
        let nested = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
        assert!(parse(&nested(64)).is_ok());
        assert_eq!(code(&nested(65)), "formula.too_deep");
        assert_eq!(code(&"(".repeat(100_000)), "formula.too_deep");
        assert_eq!(code(&"-".repeat(100_000)), "formula.too_deep");
        assert_eq!(code(&"2^".repeat(50_000)), "formula.too_deep");
    }

    #[test]
    fn a_thousand_parts_are_read_and_more_refused() {
        let sum = |n: usize| vec!["a"; n].join("+");
        assert!(parse(&sum(500)).is_ok());
        assert_eq!(code(&sum(501)), "formula.too_long");
        assert_eq!(code(&sum(1_000_000)), "formula.too_long");
    }

    #[test]
    fn what_is_printed_is_read_as_the_same_and_has_no_parentheses_that_it_does_not_need() {
        for (written, printed) in [
            ("a-(b-c)-d", "a - (b - c) - d"),
            ("(a+b)+c*(d/e)", "a + b + c * (d / e)"),
            ("(a^b)^c^(-d)", "(a ^ b) ^ c ^ -d"),
            ("(-a)^2*-(-b)", "(-a) ^ 2 * --b"),
            ("-(a+b)^2", "-(a + b) ^ 2"),
            ("(a<b)==(c>=`d e`)", "(a < b) == (c >= `d e`)"),
        ] {
            let tree = parse(written).expect(written);
            assert_eq!(tree.to_string(), printed);
            assert_eq!(parse(printed), Ok(tree));
        }
        let long = vec!["a"; 500].join(" + ");
        assert_eq!(parse(&long).expect("a sum").to_string(), long);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        assert_eq!(code(""), "formula.syntax");
        assert_eq!(code("a +"), "formula.syntax");
        assert_eq!(code("a b"), "formula.syntax");
        assert_eq!(code("a $ b"), "formula.syntax");
        assert_eq!(code("`a"), "formula.syntax");
        assert_eq!(code("a < b < c"), "formula.chained_comparison");
        assert_eq!(code("sin(a)"), "formula.unknown_function");
        assert_eq!(code("if(a, b)"), "formula.arguments");
        assert_eq!(code("previous(a, 0)"), "formula.arguments");
        assert_eq!(code("round(a, b)"), "formula.arguments");
        assert_eq!(code("1e999"), "formula.number");
        assert_eq!(code("1.2.3"), "formula.number");
    }
}
