//! The chain of named queries.

use super::Dialect;

/// Named queries, each reading the one before.
pub(crate) struct Chain {
    pub dialect: Dialect,
    queries: Vec<String>,
    last: String,
}

impl Chain {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, queries: Vec::new(), last: String::new() }
    }

    /// Adds a query.
    pub(crate) fn add(&mut self, name: &str, comment: &str, body: &str) {
        // PostgreSQL would put each query into the next, and every expression with it as often as it is mentioned.
        let fence = if self.dialect == Dialect::Postgres { "MATERIALIZED " } else { "" };
        self.queries.push(format!("-- {comment}\n{name} AS {fence}(\n{body}\n)"));
        name.clone_into(&mut self.last);
    }

    /// Goes on from an earlier one.
    pub(crate) fn resume(&mut self, name: &str) {
        name.clone_into(&mut self.last);
    }

    /// The name of the last one.
    pub(crate) fn last(&self) -> String {
        self.last.clone()
    }

    /// A double literal.
    pub(crate) fn n(&self, number: f64) -> String {
        self.dialect.number(number)
    }

    /// The queries as they stand before the final SELECT.
    pub(crate) fn text(&self) -> String {
        format!("WITH\n{}\n", self.queries.join(",\n"))
    }
}
