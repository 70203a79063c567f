//! The levels of the tree in SQL, from the deepest up: what enters a node, its aggregate, and its score and mark as
//! published. In every step a node stands in one window with its children.

use citygauge_indicators::{IndicatorSet, Method, MissingRule, RoundingMode};

use super::MethodSql;
use super::cells::Carried;
use super::chain::Chain;
use super::quantity::{Rounding, grain, whole_parts};
use super::tree::Tree;
use crate::aggregate;
use crate::quantity::EPSILON;

/// The scores of leaves that have none: in the tree as it is, and in the two that bracket it.
const SCENARIOS: &str = "(VALUES (0), (1), (2)) AS scenarios (scenario)";

/// Writes the queries from the cells to the tree of every scenario.
pub(crate) fn write(chain: &mut Chain, tree: &Tree, carried: &Carried) {
    table(chain, tree);
    let levels = Levels { tree, carried, methods: methods(tree) };
    levels.start(chain);
    levels.publish(chain, "leaves_published", None);
    let deepest = tree.set.nodes().iter().map(|node| node.depth).max().unwrap_or(0);
    for depth in (0..deepest).rev() {
        levels.level(chain, depth);
    }
    if carried.is_adjusted {
        levels.adjust(chain);
    }
}

fn methods(tree: &Tree) -> Vec<MethodSql> {
    let sql = |(key, method)| aggregate::sql(method, tree.dialect, key, tree.set.full_mark()).expect("the others are refused");
    tree.methods.iter().enumerate().map(sql).collect()
}

/// The table of the tree; it stands before the query that reads it.
fn table(chain: &mut Chain, tree: &Tree) {
    let cells = chain.last();
    let rows: Vec<String> = tree.rows().into_iter().map(|row| format!("    ({row})")).collect();
    let body = format!("  SELECT * FROM (VALUES\n{}\n  ) AS tree ({})", rows.join(",\n"), tree.columns().join(", "));
    chain.add(
        "tree",
        "the set: a row per node; by is the method of the parent, grain and the whole weights tell sums exactly",
        &body,
    );
    chain.resume(&cells);
}

struct Levels<'t> {
    tree: &'t Tree<'t>,
    carried: &'t Carried,
    methods: Vec<MethodSql>,
}

impl Levels<'_> {
    fn set(&self) -> &IndicatorSet {
        self.tree.set
    }

    fn n(&self, number: f64) -> String {
        self.tree.dialect.number(number)
    }

    /// The columns that are the same in every step.
    fn fixed(&self) -> String {
        let tree = self.tree.columns().into_iter().map(str::to_owned);
        let keys = self.carried.keys().into_iter().map(str::to_owned);
        keys.chain(["scenario".to_owned()])
            .chain(tree)
            .chain(["value".to_owned()])
            .chain(self.carried.beside())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// What enters a parent of a child: its own number and the bound of it.
    fn own(&self) -> (&'static str, &'static str) {
        if self.tree.is_points { ("mark", "mark_bound") } else { ("score", "bound") }
    }

    /// Every node in every scenario, with the scores of the leaves before rounding.
    fn start(&self, chain: &mut Chain) {
        let n = |number: f64| self.n(number);
        let full = self.set().full_mark();
        let [full_p, full_q] = whole_parts(&crate::normalise::number(full)).unwrap_or([0.0, 0.0]);
        let is_filled = "leaf = 1 AND applies = 1 AND score IS NULL AND scenario > 0";
        let fill = |own: &str, low: f64, high: f64| {
            format!("CASE WHEN {is_filled} AND scenario = 1 THEN {} WHEN {is_filled} THEN {} ELSE {own} END", n(low), n(high))
        };
        let tree: Vec<String> = self.tree.columns().into_iter().map(|column| format!("tree.{column}")).collect();
        let own: Vec<String> = self.carried.keys().into_iter().map(str::to_owned).chain(["scenario".to_owned()]).collect();
        let beside: Vec<String> = self.carried.beside().into_iter().map(|column| format!(", {column}")).collect();
        let grained = |score: &str| format!("CASE WHEN bound = {} THEN {} END", n(0.0), grain(self.tree.dialect, score));
        let body = format!(
            "  SELECT {}, {}, value{},\n    doubt, applies,\n    \
             CASE WHEN leaf = 0 OR applies = 0 THEN NULL WHEN coverage >= 0 THEN coverage WHEN score IS NULL THEN {} ELSE {} END AS coverage,\n    \
             {} AS made,\n    CASE WHEN score IS NULL THEN {} ELSE bound END AS made_bound,\n    \
             {} AS num,\n    {} AS den\n  FROM {} JOIN tree ON tree.node = cells.node CROSS JOIN {SCENARIOS}",
            own.join(", "),
            tree.join(", "),
            beside.concat(),
            n(0.0),
            n(1.0),
            fill("score", 0.0, full),
            n(0.0),
            fill(&format!("CASE WHEN den > 0 THEN num ELSE FLOOR(score * ({}) + {}) END", grained("score"), n(0.5)), 0.0, full_p),
            fill(&format!("CASE WHEN den > 0 THEN den ELSE {} END", grained("score")), 1.0, full_q),
            chain.last()
        );
        chain.add(
            "leaves",
            "every node in the tree as it is (scenario 0), and with 0 (1) and the full mark (2) for missing leaves",
            &body,
        );
    }

    /// Score and mark of the nodes at a depth out of what was made, or of all leaves.
    fn publish(&self, chain: &mut Chain, name: &str, depth: Option<u32>) {
        let n = |number: f64| self.n(number);
        let to_even = self.set().rounding_mode() == RoundingMode::HalfEven;
        let concerned = |new: &str, old: &str| match depth {
            Some(depth) => format!("CASE WHEN depth = {depth} AND leaf = 0 THEN {new} ELSE {old} END"),
            None => new.to_owned(),
        };
        let rounding =
            |value, bound, fraction| Rounding { dialect: self.tree.dialect, value, bound, fraction, scale: "scale", to_even };
        let fixed = format!("{}, doubt, applies, coverage", self.fixed());
        if !self.tree.is_points {
            let rounded = rounding("made", "made_bound", ["num", "den"]);
            let body = format!(
                "  SELECT {fixed},\n    {} AS score,\n    {} AS bound\n  FROM {}",
                concerned(&rounded.value(), "score"),
                concerned(&rounded.bound(), "bound"),
                chain.last()
            );
            chain.add(name, "scores as they are published", &body);
            return;
        }
        // What is rounded is the mark: what was made, or what was made times the factor.
        let kept = if depth.is_some() { ", score, bound, mark, mark_bound" } else { "" };
        let body = format!(
            "  SELECT {fixed}, made, made_bound{kept},\n    CASE WHEN sums_to > 0 THEN made ELSE made * to_mark END AS target,\n    \
             CASE WHEN sums_to > 0 THEN made_bound ELSE made_bound * to_mark + ABS(made * to_mark) * {} END AS target_bound,\n    \
             CASE WHEN sums_to > 0 THEN num ELSE num * mark_p END AS target_num,\n    \
             CASE WHEN sums_to > 0 THEN den ELSE den * mark_q END AS target_den\n  FROM {}",
            n(EPSILON),
            chain.last()
        );
        chain.add(&format!("{name}_target"), "the mark before rounding", &body);
        let rounded = rounding("target", "target_bound", ["target_num", "target_den"]);
        let body = format!(
            "  SELECT {fixed}, made, made_bound{},\n    {} AS rounded,\n    {} AS rounded_bound\n  FROM {}",
            kept,
            rounded.value(),
            rounded.bound(),
            chain.last()
        );
        chain.add(&format!("{name}_rounded"), "the mark", &body);
        let back = "CASE WHEN sums_to = 1 THEN rounded * to_score WHEN sums_to = 2 THEN rounded ELSE made END";
        let back_bound = format!(
            "CASE WHEN sums_to = 1 THEN rounded_bound * to_score + ABS(rounded * to_score) * {} WHEN sums_to = 2 THEN rounded_bound ELSE made_bound END",
            n(EPSILON)
        );
        let body = format!(
            "  SELECT {fixed},\n    {} AS score,\n    {} AS bound,\n    {} AS mark,\n    {} AS mark_bound\n  FROM {}",
            concerned(back, "score"),
            concerned(&back_bound, "bound"),
            concerned("rounded", "mark"),
            concerned("rounded_bound", "mark_bound"),
            chain.last()
        );
        chain.add(name, "scores and marks as they are published", &body);
    }

    /// The nodes at a depth out of their children.
    fn level(&self, chain: &mut Chain, depth: u32) {
        self.fill(chain, depth);
        self.enter(chain, depth);
        if self.tree.methods.contains(&Method::Median) {
            let body = format!(
                "  SELECT *,\n    ROW_NUMBER() OVER (PARTITION BY city, period, scenario, branch ORDER BY CASE WHEN x IS NULL THEN 1 ELSE 0 END, x) AS place,\n    \
                 COUNT(x) OVER (PARTITION BY city, period, scenario, branch) AS there\n  FROM {}",
                chain.last()
            );
            chain.add(&format!("ordered_{depth}"), "the children from the smallest", &body);
        }
        self.gather(chain, depth);
        self.make(chain, depth);
        self.publish(chain, &format!("published_{depth}"), Some(depth));
    }

    /// The missing rules of the nodes that enter at this depth, among those that look elsewhere.
    fn looks_elsewhere(&self, depth: u32, wanted: fn(&MissingRule) -> bool) -> bool {
        self.set().nodes().iter().any(|node| node.depth == depth + 1 && wanted(&node.missing))
    }

    /// What fills a child without a score from elsewhere: the columns `fill`, `fill_bound`, `fill_doubt`.
    fn fill(&self, chain: &mut Chain, depth: u32) {
        let n = |number: f64| self.n(number);
        let actual = |column: &str| format!("CASE WHEN scenario = 0 THEN {column} END");
        let by_mean = self.looks_elsewhere(depth, |rule| matches!(rule, MissingRule::PeerMean { .. }));
        let by_median = self.looks_elsewhere(depth, |rule| matches!(rule, MissingRule::PeerMedian { .. }));
        let nodes = self.set().nodes().iter().filter(|node| node.depth == depth + 1);
        let furthest = nodes.filter_map(|node| match node.missing {
            MissingRule::Previous { at_most } => Some(at_most),
            _ => None,
        });
        let furthest = furthest.max().unwrap_or(0);
        if !by_mean && !by_median && furthest == 0 {
            return;
        }
        if by_median {
            let body = format!(
                "  SELECT *,\n    ROW_NUMBER() OVER (PARTITION BY period, node ORDER BY CASE WHEN scenario = 0 AND score IS NOT NULL THEN 0 ELSE 1 END, score) AS peer_place,\n    \
                 COUNT({}) OVER (PARTITION BY period, node) AS peers\n  FROM {}",
                actual("score"),
                chain.last()
            );
            chain.add(&format!("peers_{depth}"), "the cohort's scores in order", &body);
        }
        let mut whens: [Vec<String>; 3] = [Vec::new(), Vec::new(), Vec::new()];
        let peers = "OVER (PARTITION BY period, node)";
        let mut of_peers = |word: &str, value: String| {
            whens[0].push(format!("WHEN missing = '{word}' THEN {value}"));
            whens[1].push(format!(
                "WHEN missing = '{word}' THEN MAX({}) {peers} + MAX({}) {peers} * (COUNT({}) {peers} + {}) * {}",
                actual("bound"),
                actual("ABS(score)"),
                actual("score"),
                n(8.0),
                n(EPSILON)
            ));
            whens[2].push(format!("WHEN missing = '{word}' THEN MAX({}) {peers}", actual("doubt")));
        };
        if by_mean {
            of_peers("peer_mean", format!("AVG({}) {peers}", actual("score")));
        }
        if by_median {
            let middle = "scenario = 0 AND (peer_place = FLOOR((peers + 1) / 2) OR peer_place = FLOOR(peers / 2) + 1)";
            of_peers("peer_median", format!("AVG(CASE WHEN {middle} THEN score END) {peers}"));
        }
        if furthest > 0 {
            // The latest period with a score; where an earlier one is in doubt, so is which.
            let before = |column: &str, periods: u32| {
                format!(
                    "CASE WHEN back >= {periods} THEN MAX({}) OVER (PARTITION BY city, node, kind ORDER BY ordinal RANGE BETWEEN {periods} PRECEDING AND {periods} PRECEDING) END",
                    actual(column)
                )
            };
            let all = |column: &str| (1..=furthest).map(|periods| before(column, periods)).collect::<Vec<_>>();
            whens[0].push(format!("WHEN missing = 'previous' THEN COALESCE({}, NULL)", all("score").join(", ")));
            let bounds = all("CASE WHEN score IS NULL THEN NULL ELSE bound END");
            whens[1].push(format!("WHEN missing = 'previous' THEN COALESCE({}, NULL)", bounds.join(", ")));
            let doubts: Vec<String> = all("doubt").into_iter().map(|doubt| format!("COALESCE({doubt}, 0)")).collect();
            whens[2].push(format!("WHEN missing = 'previous' THEN CASE WHEN {} > 0 THEN 1 ELSE 0 END", doubts.join(" + ")));
        }
        let [fill, bound, doubt] = whens.map(|whens| format!("CASE {} END", whens.join(" ")));
        let body = format!(
            "  SELECT *,\n    {fill} AS fill,\n    {bound} AS fill_bound,\n    {doubt} AS fill_doubt\n  FROM {}",
            chain.last()
        );
        chain.add(&format!("filled_{depth}"), "what fills a child without a score", &body);
        if self.tree.is_points {
            self.mark_fillings(chain, depth);
        }
    }

    /// Under points arithmetic it is the mark of the filling that enters.
    fn mark_fillings(&self, chain: &mut Chain, depth: u32) {
        let n = |number: f64| self.n(number);
        let fixed = format!("{}, doubt, applies, coverage, score, bound, mark, mark_bound", self.fixed());
        let body = format!(
            "  SELECT {fixed}, fill_doubt, fill * to_mark AS fill, fill_bound * to_mark + ABS(fill * to_mark) * {} AS fill_bound\n  FROM {}",
            n(EPSILON),
            chain.last()
        );
        chain.add(&format!("filling_{depth}"), "the mark of what fills", &body);
        let to_even = self.set().rounding_mode() == RoundingMode::HalfEven;
        let zero = n(0.0);
        let rounding = Rounding {
            dialect: self.tree.dialect,
            value: "fill",
            bound: "fill_bound",
            fraction: [&zero, &zero],
            scale: "scale",
            to_even,
        };
        let body = format!(
            "  SELECT {fixed}, fill_doubt,\n    {} AS fill,\n    {} AS fill_bound\n  FROM {}",
            rounding.value(),
            rounding.bound(),
            chain.last()
        );
        chain.add(&format!("filling_rounded_{depth}"), "rounded as marks are", &body);
    }

    /// What enters the nodes at a depth: `x` of each child that counts, with its bound and doubt.
    fn enter(&self, chain: &mut Chain, depth: u32) {
        let n = |number: f64| self.n(number);
        let (own, bound) = self.own();
        let child = depth + 1;
        let counts = format!("depth = {child} AND w > 0 AND applies = 1");
        let (mut value, mut value_bound, mut doubt) = (own.to_owned(), bound.to_owned(), "doubt".to_owned());
        if self.tree.has_missing {
            let elsewhere = |rule: &MissingRule| {
                matches!(rule, MissingRule::PeerMean { .. } | MissingRule::PeerMedian { .. } | MissingRule::Previous { .. })
            };
            let (mut filled, mut filled_bound) = (String::new(), String::new());
            if self.looks_elsewhere(depth, elsewhere) {
                let words = "missing IN ('peer_mean', 'peer_median', 'previous')";
                filled = format!(" WHEN {words} THEN fill");
                filled_bound = format!(" WHEN {words} THEN fill_bound");
                doubt = format!("CASE WHEN {own} IS NULL AND {words} AND fill_doubt > 0 THEN 1 ELSE doubt END");
            }
            value = format!("CASE WHEN {own} IS NOT NULL THEN {own} WHEN missing = 'zero' THEN {}{filled} END", n(0.0));
            value_bound =
                format!("CASE WHEN {own} IS NOT NULL THEN {bound} WHEN missing = 'zero' THEN {}{filled_bound} END", n(0.0));
        }
        let body = format!(
            "  SELECT {}, doubt, applies, coverage, score, bound{},\n    CASE WHEN depth = {child} THEN parent ELSE node END AS branch,\n    \
             CASE WHEN {counts} THEN {value} END AS x,\n    CASE WHEN {counts} THEN {value_bound} END AS x_bound,\n    \
             CASE WHEN {counts} THEN {doubt} END AS x_doubt\n  FROM {}",
            self.fixed(),
            if self.tree.is_points { ", mark, mark_bound" } else { "" },
            chain.last()
        );
        chain.add(&format!("entering_{depth}"), &format!("what enters the nodes at depth {depth}"), &body);
        if self.tree.has_floor {
            let body = format!(
                "  SELECT {}, doubt, applies, coverage, score, bound, branch, x_doubt,\n    CASE WHEN x < floor_at THEN floor_at ELSE x END AS x,\n    \
                 CASE WHEN x + x_bound <= floor_at THEN {} ELSE x_bound END AS x_bound\n  FROM {}",
                self.fixed(),
                n(0.0),
                chain.last()
            );
            chain.add(&format!("raised_{depth}"), "lower scores raised to the floor of their parent", &body);
        }
    }

    /// The sums over the children of every node at a depth.
    fn gather(&self, chain: &mut Chain, depth: u32) {
        let n = |number: f64| self.n(number);
        let child = depth + 1;
        let counted = format!("depth = {child} AND w > 0");
        let own = self.own().0;
        // A number that is whole at the grain counts in whole numbers, signs kept.
        let digits = format!("FLOOR(ABS(x) * grain + {})", n(0.5));
        let whole = format!("CASE WHEN x < 0 THEN {} - {digits} ELSE {digits} END", n(0.0));
        let is_whole = format!("x_bound = {} AND ABS(x) = {digits} / grain AND whole_w > 0", n(0.0));
        let mut sums = vec![
            ("sum_w", "SUM(CASE WHEN x IS NOT NULL THEN w END)".to_owned()),
            ("count_x", "COUNT(x)".to_owned()),
            ("top", "MAX(ABS(x))".to_owned()),
            ("smallest", "MIN(x)".to_owned()),
            ("err", "MAX(x_bound)".to_owned()),
            ("open", "MAX(x_doubt)".to_owned()),
            ("whole_here", "SUM(CASE WHEN x IS NOT NULL THEN whole_w END)".to_owned()),
            ("whole_grain", format!("MAX(CASE WHEN depth = {child} THEN grain END)")),
            ("is_whole", format!("MIN(CASE WHEN x IS NULL THEN NULL WHEN {is_whole} THEN 1 ELSE 0 END)")),
            ("anything", format!("MAX(CASE WHEN {counted} THEN applies END)")),
            ("covered", format!("SUM(CASE WHEN {counted} AND coverage IS NOT NULL THEN w * coverage END)")),
            ("covering", format!("SUM(CASE WHEN {counted} AND coverage IS NOT NULL THEN w END)")),
        ];
        let added = if self.tree.is_points {
            let all = format!("SUM(CASE WHEN {counted} THEN w END)");
            sums.extend([("sum_x", "SUM(x)".to_owned()), ("sum_err", "SUM(x_bound)".to_owned()), ("all_w", all)]);
            format!("SUM({whole})")
        } else {
            format!("SUM(whole_w * ({whole}))")
        };
        sums.push(("whole_sum", added));
        if self.tree.has_missing {
            sums.push((
                "blocked",
                format!("MAX(CASE WHEN {counted} AND applies = 1 AND x IS NULL AND missing = 'no_score' THEN 1 ELSE 0 END)"),
            ));
        }
        if self.tree.has_coverage {
            sums.push(("cover_own", format!("SUM(CASE WHEN {counted} AND applies = 1 AND {own} IS NOT NULL THEN cover_w END)")));
            sums.push(("cover_all", format!("SUM(CASE WHEN {counted} AND applies = 1 THEN cover_w END)")));
        }
        let needs_signs = self.methods.iter().any(|method| method.doubt.is_some());
        if needs_signs && !self.tree.is_points {
            let close = format!("MAX(CASE WHEN x_bound > {0} AND ABS(x) <= {1} * x_bound THEN 1 ELSE 0 END)", n(0.0), n(4.0));
            let worst = format!("MAX((x_bound + ABS(x) * {}) / CASE WHEN x > x_bound THEN x - x_bound END)", n(EPSILON));
            sums.extend([("close", close), ("worst", worst)]);
        }
        let mut columns: Vec<String> = sums.into_iter().map(|(name, sum)| format!("{sum} OVER siblings AS {name}")).collect();
        if !self.tree.is_points {
            for (key, method) in self.methods.iter().enumerate() {
                for (name, sum) in &method.gathered {
                    // Only the children of nodes with that method take part.
                    let sum = sum.replacen('(', &format!("(CASE WHEN method_above = {key} THEN "), 1);
                    let sum = sum.strip_suffix(')').map(|sum| format!("{sum} END)")).unwrap_or(sum);
                    columns.push(format!("{sum} OVER siblings AS {name}"));
                }
            }
        }
        let body = format!(
            "  SELECT *,\n    {}\n  FROM {}\n  WINDOW siblings AS (PARTITION BY city, period, scenario, branch)",
            columns.join(",\n    "),
            chain.last()
        );
        chain.add(&format!("gathered_{depth}"), "sums over the children", &body);
    }

    /// The aggregates of the nodes at a depth before rounding, their bounds and fractions, applicability and coverage.
    fn make(&self, chain: &mut Chain, depth: u32) {
        let n = |number: f64| self.n(number);
        let concerned = format!("depth = {depth} AND leaf = 0");
        let mut conditions = vec!["count_x > 0".to_owned()];
        conditions.extend(self.tree.has_missing.then(|| "blocked = 0".to_owned()));
        conditions.extend(self.tree.has_coverage.then(|| {
            format!("(cover_all IS NULL OR COALESCE(cover_own, {}) * cover_q >= cover_all * cover_p - cover_slack)", n(0.0))
        }));
        let has_score = conditions.join(" AND ");
        let arithmetic = self.tree.methods.iter().position(|method| *method == Method::Arithmetic);
        let num = if self.tree.is_points { "(whole_sum * sum_whole)" } else { "whole_sum" };
        let den = "(whole_here * whole_grain)";
        let told = arithmetic.map(|key| format!("method = {key} AND is_whole = 1 AND ABS({num}) < {0} AND {den} < {0}", n(9e15)));
        let told = told.unwrap_or_else(|| "1 = 0".to_owned());
        // A quotient that is a decimal of few places is that decimal's double.
        let is_decimal = format!(
            "FLOOR(ABS({num} / {den}) * {0} + {1}) * {den} = ABS({num}) * {0} AND ABS({num}) < {2}",
            n(1e4),
            n(0.5),
            n(9e11)
        );
        let exactly = format!("CASE WHEN {is_decimal} THEN {} ELSE ABS({num} / {den}) * {} END", n(0.0), n(EPSILON));
        let (mut value, mut bound) =
            (vec![format!("WHEN {told} THEN {num} / {den}")], vec![format!("WHEN {told} THEN {exactly}")]);
        let mut doubts = vec!["open > 0".to_owned()];
        if self.tree.is_points {
            // Weights of nodes that are left out rescale the sum.
            value.push("WHEN method >= 0 THEN sum_x * all_w / sum_w".to_owned());
            bound.push(format!(
                "WHEN method >= 0 THEN (sum_err + top * count_x * (count_x + {}) * {}) * all_w / sum_w",
                n(8.0),
                n(EPSILON)
            ));
        } else {
            for (key, method) in self.methods.iter().enumerate() {
                value.push(format!("WHEN method = {key} THEN {}", method.value));
                bound.push(format!("WHEN method = {key} THEN {}", method.bound));
                doubts.extend(method.doubt.as_ref().map(|doubt| format!("method = {key} AND {doubt}")));
            }
        }
        if self.tree.has_coverage {
            doubts.push(format!(
                "cover_slack > {0} AND ABS(COALESCE(cover_own, {0}) * cover_q - cover_all * cover_p) <= {1} * cover_slack",
                n(0.0),
                n(2.0)
            ));
        }
        let marks = if self.tree.is_points { ", mark, mark_bound" } else { "" };
        let fixed = self.fixed();
        let body = format!(
            "  SELECT {fixed}, score, bound{marks},\n    \
             CASE WHEN {concerned} THEN CASE WHEN {} THEN 1 ELSE 0 END ELSE doubt END AS doubt,\n    \
             CASE WHEN {concerned} THEN COALESCE(anything, 0) ELSE applies END AS applies,\n    \
             CASE WHEN {concerned} THEN covered / NULLIF(covering, {}) ELSE coverage END AS coverage,\n    \
             CASE WHEN {concerned} AND {has_score} THEN CASE {} END END AS made,\n    \
             CASE WHEN {concerned} AND {has_score} THEN CASE {} END END AS made_bound,\n    \
             CASE WHEN {concerned} AND {told} THEN {num} END AS num,\n    \
             CASE WHEN {concerned} AND {told} THEN {den} END AS den\n  FROM {}",
            doubts.join(" OR "),
            n(0.0),
            value.join("\n      "),
            bound.join("\n      "),
            chain.last()
        );
        chain.add(&format!("made_{depth}"), &format!("the nodes at depth {depth} before rounding"), &body);
    }

    /// Bonuses and deductions on the rounded total, kept within the limits of the result and rounded again.
    fn adjust(&self, chain: &mut Chain) {
        let n = |number: f64| self.n(number);
        let document = self.set().document();
        let [low, high] = document.adjustment_limits.and_then(|limits| limits.result).unwrap_or([0.0, document.full_mark]);
        let total = "score + adjustment";
        let marks = if self.tree.is_points { ", mark, mark_bound" } else { "" };
        let body = format!(
            "  SELECT {}, applies, coverage, score, bound{marks},\n    CASE WHEN node = 0 AND adjustment_doubt > 0 THEN 1 ELSE doubt END AS doubt,\n    \
             CASE WHEN node <> 0 THEN NULL WHEN {total} < {1} THEN {1} WHEN {total} > {2} THEN {2} ELSE {total} END AS made,\n    \
             CASE WHEN node = 0 THEN bound + adjustment_bound + (ABS(score) + ABS(adjustment)) * {3} END AS made_bound,\n    \
             {4} AS num, {4} AS den\n  FROM {5}",
            self.fixed(),
            n(low),
            n(high),
            n(EPSILON),
            n(0.0),
            chain.last()
        );
        chain.add("adjusted", "the total with its adjustments", &body);
        let to_even = self.set().rounding_mode() == RoundingMode::HalfEven;
        let rounding = Rounding {
            dialect: self.tree.dialect,
            value: "made",
            bound: "made_bound",
            fraction: ["num", "den"],
            scale: "scale",
            to_even,
        };
        let (value, bound) = (rounding.value(), rounding.bound());
        let of_total = |new: &str, old: &str| format!("CASE WHEN node = 0 THEN {new} ELSE {old} END");
        let marks = if self.tree.is_points {
            format!(",\n    {} AS mark,\n    {} AS mark_bound", of_total(&value, "mark"), of_total(&bound, "mark_bound"))
        } else {
            String::new()
        };
        let body = format!(
            "  SELECT {}, doubt, applies, coverage,\n    {} AS score,\n    {} AS bound{marks}\n  FROM {}",
            self.fixed(),
            of_total(&value, "score"),
            of_total(&bound, "bound"),
            chain.last()
        );
        chain.add("adjusted_rounded", "rounded again", &body);
    }
}
