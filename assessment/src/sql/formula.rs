//! Formulas in SQL: every operation is a step with columns of its own for value, bound and doubt, as in
//! [`crate::measure`]; a step that reads another stands in a later query of the chain.

use citygauge_indicators::exact::rational;
use citygauge_indicators::formula::{Expr as Part, Formula, Function, Operator};
use citygauge_indicators::{IndicatorSet, RoundingMode};

use super::Dialect;
use super::quantity::{Fraction, Quantity, Rounding, any, grain, whole_parts};
use crate::quantity::EPSILON;

/// The steps of the formulas of a set, by the level at which each can be taken.
pub(crate) struct Steps<'s> {
    set: &'s IndicatorSet,
    dialect: Dialect,
    /// The columns of each level, `expression AS name`.
    pub levels: Vec<Vec<String>>,
    taken: usize,
    /// The items whose whole-number form has been made.
    grained: Vec<usize>,
}

impl<'s> Steps<'s> {
    pub(crate) fn new(set: &'s IndicatorSet, dialect: Dialect) -> Self {
        Self { set, dialect, levels: Vec::new(), taken: 0, grained: Vec::new() }
    }

    fn n(&self, number: f64) -> String {
        self.dialect.number(number)
    }

    fn column(&mut self, level: usize, column: String) {
        if self.levels.len() <= level {
            self.levels.resize(level + 1, Vec::new());
        }
        self.levels[level].push(column);
    }

    /// Adds the steps of a formula; gives its value over the rows after all steps. What left the range of doubles is
    /// missing, and what cancellation has left with too few digits is in doubt.
    pub(crate) fn formula(&mut self, formula: &Formula) -> Quantity {
        let (made, _) = self.part(formula.root());
        let fraction = self.fraction(formula.root());
        let Some(bound) = made.bound.clone() else { return Quantity { fraction, ..made } };
        let greatest = self.n(f64::MAX);
        let value = format!("CASE WHEN ABS({0}) <= {greatest} THEN {0} END", made.value);
        let imprecise = format!("COALESCE({bound} > (ABS({}) + {}) * {}, FALSE)", made.value, self.n(1.0), self.n(1e-10));
        Quantity { value, bound: Some(bound), doubt: any([made.doubt, Some(imprecise)]), fraction }
    }

    /// The whole-number form of an item, a number, or a quotient of two of them.
    fn fraction(&mut self, part: &Part) -> Option<Fraction> {
        match part {
            Part::Number(number) => {
                let [p, q] = whole_parts(&rational(*number)?)?;
                Some(Fraction { numerator: self.n(p), denominator: self.n(q) })
            }
            Part::Item(code) => {
                let index = self.set.item_index(code)?;
                let (item, at) = (item(index), format!("g{index}"));
                if !self.grained.contains(&index) {
                    self.grained.push(index);
                    self.column(0, format!("{} AS {at}", grain(self.dialect, &item)));
                    self.column(1, format!("FLOOR({item} * {at} + {}) AS f{index}", self.n(0.5)));
                }
                Some(Fraction { numerator: format!("f{index}"), denominator: at })
            }
            Part::Binary(Operator::Divide, left, right) => {
                let is_simple = |part: &Part| matches!(part, Part::Number(_) | Part::Item(_));
                if !is_simple(left) || !is_simple(right) {
                    return None;
                }
                let (left, right) = (self.fraction(left)?, self.fraction(right)?);
                let level = self.levels.len().max(2);
                let number = self.taken;
                self.taken += 1;
                let sign =
                    format!("CASE WHEN {} < {} THEN {} ELSE {} END", right.numerator, self.n(0.0), self.n(-1.0), self.n(1.0));
                self.column(
                    level,
                    format!(
                        "{} * {} * {sign} AS p{number}, {} * ABS({}) AS q{number}",
                        left.numerator, right.denominator, left.denominator, right.numerator
                    ),
                );
                Some(Fraction { numerator: format!("p{number}"), denominator: format!("q{number}") })
            }
            _ => None,
        }
    }

    /// Adds the steps of a part; gives its value, and how many levels of steps must be taken before.
    fn part(&mut self, part: &Part) -> (Quantity, usize) {
        let set = self.set;
        let index = |code: &str| set.item_index(code).expect("a checked formula names items of the set");
        match part {
            Part::Number(number) => (Quantity::decimal(self.n(*number)), 0),
            Part::Item(code) => (Quantity::decimal(item(index(code))), 0),
            Part::Previous { item, periods } => (Quantity::decimal(earlier(index(item), *periods)), 0),
            Part::Negate(inner) => {
                let (inner, level) = self.part(inner);
                let value = format!("{} - {}", self.n(0.0), inner.value);
                self.step(Quantity { value, ..inner }, level)
            }
            Part::Binary(operator, left_part, right_part) => {
                let ((left, left_level), (right, right_level)) = (self.part(left_part), self.part(right_part));
                let made = Operations(self.dialect).binary(*operator, right_part, &left, &right);
                self.step(made, left_level.max(right_level))
            }
            Part::Call(function, arguments) => {
                let (made, levels): (Vec<Quantity>, Vec<usize>) = arguments.iter().map(|argument| self.part(argument)).unzip();
                let to_even = set.rounding_mode() == RoundingMode::HalfEven;
                let made = Operations(self.dialect).call(*function, &made, arguments, to_even);
                self.step(made, levels.into_iter().max().unwrap_or(0))
            }
        }
    }

    /// Makes columns of an operation whose operands are there after `level` levels.
    fn step(&mut self, made: Quantity, level: usize) -> (Quantity, usize) {
        let number = self.taken;
        self.taken += 1;
        self.column(level, format!("{} AS s{number}", made.value));
        let bound = made.bound.map(|bound| {
            self.column(level, format!("{bound} AS b{number}"));
            format!("b{number}")
        });
        let doubt = made.doubt.map(|doubt| {
            self.column(level, format!("{doubt} AS d{number}"));
            format!("d{number}")
        });
        let fraction = made.fraction.map(|Fraction { numerator, denominator }| {
            self.column(level, format!("{numerator} AS p{number}, {denominator} AS q{number}"));
            Fraction { numerator: format!("p{number}"), denominator: format!("q{number}") }
        });
        (Quantity { value: format!("s{number}"), bound, doubt, fraction }, level + 1)
    }

    /// Makes columns of a number over the items themselves.
    pub(crate) fn keep(&mut self, made: Quantity) -> Quantity {
        self.step(made, 0).0
    }
}

/// The column of an item.
pub(crate) fn item(index: usize) -> String {
    format!("i{index}")
}

/// The column of an item some periods earlier.
pub(crate) fn earlier(index: usize, periods: u32) -> String {
    format!("i{index}_{periods}")
}

/// Whether the engine's power can be written: a number as exponent.
pub(crate) fn is_power_of_number(exponent: &Part) -> Option<f64> {
    match exponent {
        Part::Number(number) => Some(*number),
        Part::Negate(inner) => is_power_of_number(inner).map(|number| -number),
        _ => None,
    }
}

struct Operations(Dialect);

impl Operations {
    fn n(&self, number: f64) -> String {
        self.0.number(number)
    }

    fn bound(&self, of: &Quantity) -> String {
        of.bound(self.0)
    }

    /// A condition that is false where something is missing.
    fn doubtful(&self, condition: &str) -> Option<String> {
        Some(format!("COALESCE({condition}, FALSE)"))
    }

    fn binary(&self, operator: Operator, exponent: &Part, left: &Quantity, right: &Quantity) -> Quantity {
        let doubt = || any([left.doubt.clone(), right.doubt.clone()]);
        let (l, r) = (&left.value, &right.value);
        let epsilon = self.n(EPSILON);
        match operator {
            Operator::Add | Operator::Subtract => {
                let sign = if operator == Operator::Add { '+' } else { '-' };
                let bound = format!("{} + {} + (ABS({l}) + ABS({r})) * {epsilon}", self.bound(left), self.bound(right));
                Quantity { value: format!("{l} {sign} {r}"), bound: Some(bound), doubt: doubt(), fraction: None }
            }
            Operator::Multiply => self.product(left, right),
            Operator::Divide => {
                let value = format!("{l} / NULLIF({r}, {})", self.n(0.0));
                let (bl, br) = (self.bound(left), self.bound(right));
                let margin = format!("CASE WHEN ABS({r}) > {br} THEN ABS({r}) - {br} END");
                let bound = format!("({bl} + ABS({value}) * {br}) / ({margin}) + ABS({value}) * {epsilon}");
                let zero = right
                    .bound
                    .as_ref()
                    .and_then(|bound| self.doubtful(&format!("{bound} > {} AND ABS({r}) <= {bound}", self.n(0.0))));
                Quantity { value, bound: Some(bound), doubt: any([doubt(), zero]), fraction: None }
            }
            Operator::Power => self.power(is_power_of_number(exponent).unwrap_or(1.0), left),
            comparison => {
                let (holds, fails) = match comparison {
                    Operator::Equal => ("=", "<>"),
                    Operator::NotEqual => ("<>", "="),
                    Operator::Less => ("<", ">="),
                    Operator::LessEqual => ("<=", ">"),
                    Operator::Greater => (">", "<="),
                    _ => (">=", "<"),
                };
                let value =
                    format!("CASE WHEN {l} {holds} {r} THEN {} WHEN {l} {fails} {r} THEN {} END", self.n(1.0), self.n(0.0));
                let close = if left.bound.is_none() && right.bound.is_none() {
                    None
                } else {
                    let (bl, br) = (self.bound(left), self.bound(right));
                    let within = format!("ABS({l} - {r}) <= {bl} + {br} + (ABS({l}) + ABS({r})) * {}", self.n(EPSILON / 4.0));
                    self.doubtful(&format!("{bl} + {br} > {} AND {within}", self.n(0.0)))
                };
                Quantity { value, bound: None, doubt: any([doubt(), close]), fraction: None }
            }
        }
    }

    fn product(&self, left: &Quantity, right: &Quantity) -> Quantity {
        let (l, r) = (&left.value, &right.value);
        let (bl, br) = (self.bound(left), self.bound(right));
        let bound = format!("ABS({l}) * {br} + ABS({r}) * {bl} + {bl} * {br} + ABS({l} * {r}) * {}", self.n(EPSILON));
        let doubt = any([left.doubt.clone(), right.doubt.clone()]);
        Quantity { value: format!("{l} * {r}"), bound: Some(bound), doubt, fraction: None }
    }

    /// A power with a number as exponent. Zero to a power of 0 is 1, to one above 0 is 0; below zero only whole exponents
    /// have a power.
    fn power(&self, exponent: f64, base: &Quantity) -> Quantity {
        let (x, bx) = (&base.value, self.bound(base));
        let (zero, one, epsilon) = (self.n(0.0), self.n(1.0), self.n(EPSILON));
        if exponent == 0.0 {
            let value = format!("CASE WHEN {x} IS NOT NULL THEN {one} END");
            return Quantity { value, bound: None, doubt: base.doubt.clone(), fraction: None };
        }
        let p = self.n(exponent);
        let is_whole = exponent.fract() == 0.0;
        // The logarithm of the result keeps every engine from leaving the range of doubles.
        let logarithm = format!("LN(ABS(NULLIF({x}, {zero}))) * {p}");
        let magnitude = format!("EXP(CASE WHEN ABS({logarithm}) < {} THEN {logarithm} END)", self.n(700.0));
        let sign = if is_whole && exponent % 2.0 != 0.0 {
            format!("CASE WHEN {x} < {zero} THEN {} ELSE {one} END * ", self.n(-1.0))
        } else {
            String::new()
        };
        let domain = if is_whole { format!("{x} <> {zero}") } else { format!("{x} > {zero}") };
        let at_zero = if exponent > 0.0 { zero.clone() } else { self.0.missing() };
        let value = format!("CASE WHEN {x} = {zero} THEN {at_zero} WHEN {domain} THEN {sign}{magnitude} END");
        let relative = format!(
            "({} * {bx} / NULLIF(ABS({x}) - {bx}, {zero}) + {epsilon} * ({} + {} * ABS({logarithm})))",
            self.n(exponent.abs() * 2.0),
            self.n(8.0 + exponent.abs()),
            self.n(4.0)
        );
        let bound = format!("CASE WHEN {x} = {zero} THEN {zero} ELSE {magnitude} * {relative} END");
        // Near zero, and where the logarithm leaves its range, the double says nothing.
        let near = base
            .bound
            .as_ref()
            .map(|bound| format!("{bound} > {zero} AND ABS({x}) <= {} * {bound}", self.n(4.0 * exponent.abs().max(1.0))));
        let near = near.and_then(|near| self.doubtful(&near));
        let beyond = self.doubtful(&format!("ABS({logarithm}) >= {}", self.n(690.0)));
        Quantity { value, bound: Some(bound), doubt: any([base.doubt.clone(), near, beyond]), fraction: None }
    }

    fn call(&self, function: Function, arguments: &[Quantity], parts: &[Part], to_even: bool) -> Quantity {
        let doubts = || any(arguments.iter().map(|argument| argument.doubt.clone()));
        let zero = self.n(0.0);
        let first = &arguments[0];
        let (x, epsilon) = (&first.value, self.n(EPSILON));
        let values: Vec<&str> = arguments.iter().map(|argument| argument.value.as_str()).collect();
        let all_decimal = arguments.iter().all(|argument| argument.bound.is_none());
        match function {
            Function::If => {
                let (then, otherwise) = (&arguments[1], &arguments[2]);
                let choose = |yes: &str, no: &str| format!("CASE WHEN {x} <> {zero} THEN {yes} WHEN {x} = {zero} THEN {no} END");
                let decided = then.bound.is_none() && otherwise.bound.is_none();
                let near =
                    first.bound.as_ref().and_then(|bound| self.doubtful(&format!("{bound} > {zero} AND ABS({x}) <= {bound}")));
                Quantity {
                    value: choose(&then.value, &otherwise.value),
                    bound: (!decided).then(|| choose(&self.bound(then), &self.bound(otherwise))),
                    doubt: any([doubts(), near]),
                    fraction: None,
                }
            }
            Function::Min | Function::Max => {
                let extreme = if function == Function::Min { "LEAST" } else { "GREATEST" };
                let one_of = |chosen: String| if values.len() == 1 { values[0].to_owned() } else { chosen };
                let chosen = one_of(format!("{extreme}({})", values.join(", ")));
                let missing: Vec<String> = values.iter().map(|value| format!("{value} IS NULL")).collect();
                let value = format!("CASE WHEN {} THEN NULL ELSE {chosen} END", missing.join(" OR "));
                let bounds: Vec<String> = arguments.iter().map(|argument| self.bound(argument)).collect();
                let bound = if bounds.len() == 1 { bounds[0].clone() } else { format!("GREATEST({})", bounds.join(", ")) };
                let bound = format!("{bound} + ABS({chosen}) * {epsilon}");
                Quantity { value, bound: (!all_decimal).then_some(bound), doubt: doubts(), fraction: None }
            }
            Function::Abs => Quantity { value: format!("ABS({x})"), ..first.clone() },
            Function::Sqrt => {
                let root = format!("SQRT(CASE WHEN {x} >= {zero} THEN {x} END)");
                let bound = format!("COALESCE({} / NULLIF({root}, {zero}), {zero}) + {root} * {epsilon}", self.bound(first));
                let near = first
                    .bound
                    .as_ref()
                    .and_then(|b| self.doubtful(&format!("{b} > {zero} AND {x} <= {b} AND {x} >= {zero} - {b}")));
                Quantity { value: root, bound: Some(bound), doubt: any([doubts(), near]), fraction: None }
            }
            Function::Ln | Function::Log10 => {
                let name = if function == Function::Ln { "LN" } else { "LOG10" };
                let made = format!("{name}(CASE WHEN {x} > {zero} THEN {x} END)");
                let b = self.bound(first);
                let bound =
                    format!("COALESCE({b} / NULLIF({x} - {b}, {zero}), {zero}) + (ABS({made}) + {}) * {epsilon}", self.n(1.0));
                let near = first
                    .bound
                    .as_ref()
                    .and_then(|b| self.doubtful(&format!("{b} > {zero} AND {x} <= {b} AND {x} >= {zero} - {b}")));
                Quantity { value: made, bound: Some(bound), doubt: any([doubts(), near]), fraction: None }
            }
            Function::Exp => {
                let made = format!("EXP(CASE WHEN {x} < {} THEN GREATEST({x}, {}) END)", self.n(709.0), self.n(-700.0));
                let b = self.bound(first);
                let bound =
                    format!("{made} * ({} * {b} + (ABS({x}) + {}) * {epsilon}) + {}", self.n(2.0), self.n(2.0), self.n(1e-300));
                let wide = self.doubtful(&format!("{b} > {} OR ABS({x} - {}) < {}", self.n(0.5), self.n(709.0), self.n(1.0)));
                Quantity { value: made, bound: Some(bound), doubt: any([doubts(), wide]), fraction: None }
            }
            Function::Round => self.round(first, parts.get(1), to_even),
            Function::Coalesce => {
                let whens: Vec<String> =
                    arguments.iter().map(|a| format!("WHEN {} IS NOT NULL THEN {}", a.value, self.bound(a))).collect();
                Quantity {
                    value: format!("COALESCE({})", values.join(", ")),
                    bound: (!all_decimal).then(|| format!("CASE {} END", whens.join(" "))),
                    doubt: doubts(),
                    fraction: None,
                }
            }
            Function::Sum | Function::Mean => {
                let filled = |text: &str| format!("COALESCE({text}, {zero})");
                let sum = |terms: Vec<String>| format!("({})", terms.join(" + "));
                let count =
                    sum(values.iter().map(|v| format!("CASE WHEN {v} IS NULL THEN {zero} ELSE {} END", self.n(1.0))).collect());
                let total = sum(values.iter().map(|v| filled(v)).collect());
                let magnitude = sum(values.iter().map(|v| format!("ABS({})", filled(v))).collect());
                let errors = sum(arguments.iter().map(|a| filled(&self.bound(a))).collect());
                let bound = format!("{errors} + {magnitude} * {}", self.n(EPSILON * (values.len() as f64 + 2.0)));
                let over = if function == Function::Mean { format!(" / NULLIF({count}, {zero})") } else { String::new() };
                let value = format!("CASE WHEN {count} > {zero} THEN {total}{over} END");
                Quantity { value, bound: Some(bound), doubt: doubts(), fraction: None }
            }
        }
    }

    /// Rounded by the mode of the set. Where a half is open, the bound holds both outcomes.
    fn round(&self, inner: &Quantity, places: Option<&Part>, to_even: bool) -> Quantity {
        let places = match places {
            Some(Part::Number(places)) => *places as u32,
            _ => 0,
        };
        let (zero, scale) = (self.n(0.0), self.n(crate::round::scale(places)));
        let (value, bound) = (inner.value.as_str(), self.bound(inner));
        // A number that was read decides by its decimal.
        let at = grain(self.0, value);
        let fraction = [format!("FLOOR({value} * ({at}) + {})", self.n(0.5)), format!("({at})")];
        let told = inner.bound.is_none().then(|| [fraction[0].as_str(), fraction[1].as_str()]);
        let rounding =
            Rounding { dialect: self.0, value, bound: &bound, fraction: told.unwrap_or([&zero, &zero]), scale: &scale, to_even };
        Quantity { value: rounding.value(), bound: Some(rounding.bound()), doubt: inner.doubt.clone(), fraction: None }
    }
}
