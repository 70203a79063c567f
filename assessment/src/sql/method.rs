//! What an aggregation says of itself in SQL.

/// An aggregation over the children of a node: the columns `x`, `x_bound` and `w` of each that is there. What it gathers
/// is summed up in windows; the result reads that and `sum_w` (of those that are there), `count_x`, `top` (the greatest
/// magnitude) and `err` (the greatest bound).
pub(crate) struct MethodSql {
    /// The aggregates, each a name and an expression over the children, such as `SUM(w * x)`.
    pub gathered: Vec<(String, String)>,
    /// The score before rounding, NULL where the method has none.
    pub value: String,
    /// How far it may lie from the exact score.
    pub bound: String,
    /// Whether the doubles leave open if there is a score.
    pub doubt: Option<String>,
}
