//! The smallest score: the weakest child decides.
//!
//! Source: the limit of the power mean as its exponent falls (Hardy, Littlewood and Polya, *Inequalities*, 2.3); the
//! non-compensatory end of the OECD/JRC Handbook's section 6. Weights do not matter, but a child of weight 0 is left out.

use super::number::{Number, Why};
use crate::sql::MethodSql;

/// min(x).
pub(crate) fn of<N: Number>(scores: &[N]) -> Result<N, Why> {
    scores.iter().cloned().reduce(N::least).ok_or(Why::DivisionByZero)
}

/// The smallest score in SQL; it is no further off than the worst of them.
pub(crate) fn sql() -> MethodSql {
    MethodSql { gathered: Vec::new(), value: "smallest".to_owned(), bound: "err".to_owned(), doubt: None }
}
