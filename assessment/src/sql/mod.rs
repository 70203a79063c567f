//! A set as one SQL query over the Parquet of a release: an analyst recomputes its scores in a warehouse.
//!
//! The query is a chain of steps, each a named query that reads the one before and no other:
//!
//! - `items`: a row per city and period, a column per item; then the steps of the formulas (`formula.rs`);
//! - `cells`: a row per city, period and node, the leaves scored. The SQL of a scoring rule stands in the rule's own file
//!   beside its expression (`normalise/<rule>.rs`), that of an aggregation in `aggregate/<method>.rs`;
//! - the tree, from the deepest level up (`levels.rs`): every step is a window over the children of a node together with
//!   the node itself, so that a level reads the level below once. Joins and unions would make an engine that inlines
//!   named queries compute the leaves again for every level; columns per node would make thousands of columns of a large
//!   set. Sets differ in the rows of the table `tree` rather than in the text;
//! - adjustments, levels with their gates and ranks, and the table of scores.
//!
//! Doubles cannot decide everything that the engine decides exactly. Every number carries the bound on the error of its
//! double, and where a decision lies within it the cell, and what depends on it, is marked `undecided`.
//!
//! **Adding to it:** a new rule or method needs its `sql` in its own file and its arm in `normalise::sql` or
//! `aggregate::sql`; until then `refuse.rs` names it.

mod cells;
mod chain;
mod dialect;
mod formula;
mod leaf;
mod levels;
mod method;
mod quantity;
mod refuse;
mod result;
mod tree;

use citygauge_indicators::{Faults, IndicatorSet, Language};

use crate::assess::ENGINE_VERSION;
use chain::Chain;
use dialect::comment;
pub use dialect::{Dialect, Relation};
pub(crate) use formula::item;
pub(crate) use leaf::{flag, stairs};
pub(crate) use method::MethodSql;
pub(crate) use quantity::{Fraction, Quantity, whole_parts};
use tree::Tree;

/// The query that scores a set over the observations in a relation.
///
/// # Errors
/// Everything in the set that SQL does not tell, at once.
pub fn query(set: &IndicatorSet, dialect: Dialect, from: &Relation) -> Result<String, Faults> {
    let faults = refuse::faults(set);
    if !faults.is_empty() {
        return Err(faults);
    }
    let tree = Tree::new(set, dialect);
    let mut chain = Chain::new(dialect);
    let extra = cells::write(&mut chain, &tree, from);
    levels::write(&mut chain, &tree, &extra);
    let last = result::write(&mut chain, &tree, &extra);
    Ok(format!("{}{}{last}", header(set, dialect, from), chain.text()))
}

/// What the query is, in comments.
fn header(set: &IndicatorSet, dialect: Dialect, from: &Relation) -> String {
    let document = set.document();
    let title = document.title.get(Language::En);
    let lines = [
        format!("{} {}: {title}", document.code, document.version),
        format!("digest {}; CityGauge {ENGINE_VERSION}; {}", set.digest(), dialect.title()),
        format!("reads {}: city, period, item, value, choice, status, as a release has them", from.sql(dialect)),
        "gives a row per city, period and node; every city has a row in the periods in which it was observed".to_owned(),
        "undecided names the measures of a row that doubles do not decide: there the service computes exactly".to_owned(),
    ];
    lines.iter().map(|line| format!("-- {}\n", comment(line))).collect()
}

#[cfg(test)]
mod tests;
