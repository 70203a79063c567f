//! From the relation to a row per city, period and node: the items, the steps of the formulas, the leaves.

use std::collections::BTreeSet;

use citygauge_indicators::formula::{Expr, Formula};
use citygauge_indicators::{AdjustmentKind, IndicatorSet, ItemIndex, ItemKind, Leaf, NodeIndex, NodeKind, Requirement, Scoring};

use super::chain::Chain;
use super::dialect::Relation;
use super::formula::{Steps, earlier};
use super::item;
use super::leaf::flag;
use super::quantity::{Quantity, any};
use super::tree::Tree;
use crate::normalise::{self, checklist, ratio};
use crate::quantity::EPSILON;

/// What rows carry beside their scores.
pub(crate) struct Carried {
    /// The items that levels require, each with the least value; the column is `met` and its place.
    pub required: Vec<(ItemIndex, f64)>,
    /// Whether the total is adjusted; the columns are `adjustment` and `adjustment_bound`.
    pub is_adjusted: bool,
    /// Whether something reads earlier periods; the columns are `kind` and `ordinal`.
    pub has_time: bool,
}

impl Carried {
    fn of(tree: &Tree) -> Self {
        let set = tree.set;
        let gates = set.levels().into_iter().flat_map(|levels| &levels.gates).flat_map(|gate| &gate.require);
        let required = gates.filter_map(|requirement| match requirement {
            Requirement::Item { item, at_least } => Some((set.item_index(item)?, *at_least)),
            _ => None,
        });
        Self {
            required: required.collect(),
            is_adjusted: !set.document().adjustments.is_empty(),
            has_time: tree.has_previous || !earlier_items(set).is_empty(),
        }
    }

    /// The columns that every row keeps on its way up.
    pub(crate) fn keys(&self) -> Vec<&'static str> {
        let mut keys = vec!["city", "period"];
        keys.extend(self.has_time.then_some(["kind", "ordinal"]).into_iter().flatten());
        keys
    }

    /// What TOTAL's row carries, and the others carry along.
    pub(crate) fn beside(&self) -> Vec<String> {
        let mut beside: Vec<String> = (0..self.required.len()).map(|place| format!("met{place}")).collect();
        if self.is_adjusted {
            beside.extend(["adjustment".to_owned(), "adjustment_bound".to_owned(), "adjustment_doubt".to_owned()]);
        }
        beside
    }
}

/// Writes the queries up to `cells`.
pub(crate) fn write(chain: &mut Chain, tree: &Tree, from: &Relation) -> Carried {
    let carried = Carried::of(tree);
    items(chain, tree.set, from, &carried);
    let mut steps = Steps::new(tree.set, chain.dialect);
    let beside = beside(&mut steps, tree.set, chain, &carried);
    let rows: Vec<Vec<String>> = (0..tree.set.nodes().len()).map(|node| cell(&mut steps, tree, node, &beside)).collect();
    for (level, columns) in steps.levels.iter().enumerate().filter(|(_, columns)| !columns.is_empty()) {
        let body = format!("  SELECT *,\n    {}\n  FROM {}", columns.join(",\n    "), chain.last());
        chain.add(
            &format!("step_{level}"),
            "formulas: value s, bound b, doubt d, and whole numbers p / q where they tell it",
            &body,
        );
    }
    let named = ["node", "value", "score", "bound", "doubt", "applies", "coverage", "num", "den"];
    let named: Vec<String> = named.into_iter().map(str::to_owned).chain(carried.beside()).collect();
    let body = chain.dialect.unpivot(&chain.last(), &carried.keys().join(", "), &named, &rows);
    chain.add("cells", "a row per city, period and node; coverage -1 is told by the score", &body);
    carried
}

/// The items in a row per city and period, and what earlier periods say of them.
fn items(chain: &mut Chain, set: &IndicatorSet, from: &Relation, carried: &Carried) {
    let dialect = chain.dialect;
    let read: BTreeSet<ItemIndex> = set.leaves().flat_map(|(_, leaf)| leaf.items.iter().copied()).collect();
    let mut columns = Vec::new();
    for (index, described) in set.items().iter().enumerate() {
        let code = dialect.text(&described.code);
        let reported = format!("item = {code} AND status = 'reported'");
        let value = if described.kind == ItemKind::Choice {
            let options = described.options.iter().enumerate();
            let whens: Vec<String> =
                options.map(|(place, option)| format!("WHEN {} THEN {}", dialect.text(option), chain.n(place as f64))).collect();
            format!("CASE choice {} END", whens.join(" "))
        } else {
            "value".to_owned()
        };
        columns.push(format!("MAX(CASE WHEN {reported} THEN {value} END) AS {}", item(index)));
        if read.contains(&index) {
            columns
                .push(format!("MAX(CASE WHEN item = {code} AND status = 'not_applicable' THEN 1 ELSE 0 END) AS {}", flag(index)));
        }
    }
    let codes: Vec<String> = set.items().iter().map(|item| dialect.text(&item.code)).collect();
    let body = format!(
        "  SELECT city, period,\n    {}\n  FROM {}\n  WHERE item IN ({})\n  GROUP BY city, period",
        columns.join(",\n    "),
        from.sql(dialect),
        codes.join(", ")
    );
    chain.add("items", "a row per city and period: i the number of an item, n whether it is not applicable", &body);
    if !carried.has_time {
        return;
    }
    // A year, or S, Q and a digit, or the two digits of a month.
    let body = format!(
        "  SELECT *,\n    CASE WHEN LENGTH(period) = 4 THEN 'Y' WHEN SUBSTR(period, 6, 1) IN ('S', 'Q') THEN SUBSTR(period, 6, 1) ELSE 'M' END AS kind,\n    \
         CASE WHEN LENGTH(period) = 4 THEN CAST(period AS INTEGER)\n      \
         WHEN SUBSTR(period, 6, 1) = 'S' THEN CAST(SUBSTR(period, 1, 4) AS INTEGER) * 2 + CAST(SUBSTR(period, 7, 1) AS INTEGER)\n      \
         WHEN SUBSTR(period, 6, 1) = 'Q' THEN CAST(SUBSTR(period, 1, 4) AS INTEGER) * 4 + CAST(SUBSTR(period, 7, 1) AS INTEGER)\n      \
         ELSE CAST(SUBSTR(period, 1, 4) AS INTEGER) * 12 + CAST(SUBSTR(period, 6, 2) AS INTEGER) END AS ordinal\n  FROM {}",
        chain.last()
    );
    chain.add("timeline", "periods of one kind are counted", &body);
    let earlier_items = earlier_items(set);
    if earlier_items.is_empty() {
        return;
    }
    let columns = earlier_items.into_iter().map(|(index, periods)| {
        format!(
            "MAX({}) OVER (PARTITION BY city, kind ORDER BY ordinal RANGE BETWEEN {periods} PRECEDING AND {periods} PRECEDING) AS {}",
            item(index),
            earlier(index, periods)
        )
    });
    let body = format!("  SELECT *,\n    {}\n  FROM {}", columns.collect::<Vec<_>>().join(",\n    "), chain.last());
    chain.add("history", "items of earlier periods", &body);
}

/// The items that some formula reads of an earlier period, with how many periods earlier.
fn earlier_items(set: &IndicatorSet) -> BTreeSet<(ItemIndex, u32)> {
    let formulas = set.leaves().filter_map(|(_, leaf)| leaf.formula.as_ref()).chain(set.adjustment_formulas());
    let mut items = BTreeSet::new();
    for formula in formulas.map(Formula::root) {
        formula.visit(&mut |part| {
            if let Expr::Previous { item, periods } = part {
                items.extend(set.item_index(item).map(|index| (index, *periods)));
            }
        });
    }
    items
}

/// The cell of a node.
fn cell(steps: &mut Steps, tree: &Tree, index: NodeIndex, beside: &[String]) -> Vec<String> {
    let (set, dialect) = (tree.set, tree.dialect);
    let n = |number: f64| dialect.number(number);
    let NodeKind::Leaf(leaf) = &set.nodes()[index].kind else {
        let missing = || dialect.missing();
        let plain = [index.to_string(), missing(), missing(), n(0.0), "0".into(), "0".into(), missing(), n(0.0), n(0.0)];
        return plain.into_iter().chain(beside.iter().cloned()).collect();
    };
    let Measured { raw, score, coverage, applies } = measured(steps, tree, leaf);
    let is_unlimited = matches!(leaf.scoring, Scoring::Scaled { .. } | Scoring::Goalposts { clamp: false, .. });
    let limited = if is_unlimited {
        format!("CASE WHEN ABS({0}) <= {1} THEN {0} END", score.value, n(normalise::GREATEST))
    } else {
        score.value.clone()
    };
    let is_option =
        !leaf.options.is_empty() && leaf.items.first().is_some_and(|&item| set.items()[item].kind == ItemKind::Choice);
    let doubt = any([score.doubt.clone()]).map_or_else(|| "0".to_owned(), |doubt| format!("CASE WHEN {doubt} THEN 1 ELSE 0 END"));
    let fraction = score.fraction.as_ref();
    let whole = |of: fn(&super::Fraction) -> &String| fraction.map_or_else(|| n(0.0), |fraction| of(fraction).clone());
    let cell = [
        index.to_string(),
        if is_option { dialect.missing() } else { raw.value.clone() },
        limited,
        score.bound(dialect),
        doubt,
        applies,
        coverage,
        whole(|fraction| &fraction.numerator),
        whole(|fraction| &fraction.denominator),
    ];
    cell.into_iter().chain(beside.iter().cloned()).collect()
}

/// What is known of a leaf.
struct Measured {
    raw: Quantity,
    score: Quantity,
    coverage: String,
    applies: String,
}

fn measured(steps: &mut Steps, tree: &Tree, leaf: &Leaf) -> Measured {
    let (set, dialect) = (tree.set, tree.dialect);
    if let Scoring::Checklist { items } = &leaf.scoring {
        let listed = checklist::sql(dialect, items, set);
        let raw = steps.keep(listed.share);
        let score = ratio::sql(dialect, &raw, 1.0, set.full_mark());
        return Measured { raw, score, coverage: listed.coverage, applies: listed.applies };
    }
    let formula = leaf.formula.as_ref().expect("a checked leaf has a formula unless it is a checklist");
    let raw = steps.formula(formula);
    let score = normalise::sql(leaf, dialect, &raw, set.full_mark()).expect("the other rules are refused");
    let lacking: Vec<String> = leaf.items.iter().map(|&item| format!("{} = 1", flag(item))).collect();
    let applies = if lacking.is_empty() {
        "1".to_owned()
    } else {
        format!("CASE WHEN {} IS NULL AND ({}) THEN 0 ELSE 1 END", raw.value, lacking.join(" OR "))
    };
    Measured { raw, score, coverage: dialect.number(-1.0), applies }
}

/// What every row carries beside its scores: whether requirements on items hold, and the sum of the adjustments.
fn beside(steps: &mut Steps, set: &IndicatorSet, chain: &Chain, carried: &Carried) -> Vec<String> {
    let met =
        |(index, at_least): &(ItemIndex, f64)| format!("CASE WHEN {} >= {} THEN 1 ELSE 0 END", item(*index), chain.n(*at_least));
    let mut beside: Vec<String> = carried.required.iter().map(met).collect();
    if carried.is_adjusted {
        beside.extend(adjustment(steps, set, chain));
    }
    beside
}

/// The sum of the adjustments of a row, its bound, and whether it is in doubt; a missing value counts 0. Caps and limits
/// move no sum further from the exact one.
fn adjustment(steps: &mut Steps, set: &IndicatorSet, chain: &Chain) -> [String; 3] {
    let n = |number: f64| chain.n(number);
    let document = set.document();
    let at_most = |value: String, limit: Option<f64>| match limit {
        Some(limit) => format!("LEAST({value}, {})", n(limit)),
        None => value,
    };
    let (mut bonuses, mut deductions, mut bounds, mut doubts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (adjustment, formula) in document.adjustments.iter().zip(set.adjustment_formulas()) {
        let units = steps.formula(formula);
        let per_unit = adjustment.points_per_unit;
        let points = format!("COALESCE({}, {}) * {}", units.value, n(0.0), n(per_unit));
        let bound = format!("COALESCE({} * {}, {})", units.bound(chain.dialect), n(per_unit.abs()), n(0.0));
        bounds.push(format!("{bound} + ABS({points}) * {}", n(8.0 * EPSILON)));
        doubts.push(units.doubt);
        let sums = if adjustment.kind == AdjustmentKind::Bonus { &mut bonuses } else { &mut deductions };
        sums.push(at_most(points, adjustment.cap));
    }
    let sum = |terms: &[String], limit: Option<f64>| {
        if terms.is_empty() { n(0.0) } else { at_most(format!("({})", terms.join(" + ")), limit) }
    };
    let limits = document.adjustment_limits.as_ref();
    let bonus = sum(&bonuses, limits.and_then(|limits| limits.bonus));
    let deduction = sum(&deductions, limits.and_then(|limits| limits.deduction));
    let doubt = any(doubts).map_or_else(|| "0".to_owned(), |doubt| format!("CASE WHEN {doubt} THEN 1 ELSE 0 END"));
    [format!("{bonus} - {deduction}"), bounds.join(" + "), doubt]
}
