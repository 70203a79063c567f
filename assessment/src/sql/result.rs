//! The table of scores: the scenarios in one row, ranks, levels with their gates, and what is undecided.

use citygauge_indicators::{Edge, Levels, Requirement};

use super::cells::Carried;
use super::chain::Chain;
use super::tree::Tree;
use crate::quantity::EPSILON;
use crate::rank::TIE_PLACES;

/// How far a number may lie from the exact one, absolute up to 1 and relative above, before it is undecided.
const TOLERANCE: f64 = 5e-10;

/// Writes the last queries; gives the final SELECT.
pub(crate) fn write(chain: &mut Chain, tree: &Tree, carried: &Carried) -> String {
    scores(chain, tree, carried);
    ranks(chain);
    let level = tree.set.levels().map(|levels| of_levels(chain, tree, carried, levels));
    last(chain, tree, level)
}

/// A row per city, period and node.
fn scores(chain: &mut Chain, tree: &Tree, carried: &Carried) {
    let n = |number: f64| chain.n(number);
    let of =
        |scenario: usize, column: &str, name: &str| format!("MAX(CASE WHEN scenario = {scenario} THEN {column} END) AS {name}");
    let off = |value: &str, bound: &str| format!("{bound} > {} * GREATEST(ABS({value}), {})", n(TOLERANCE), n(1.0));
    let mut open = format!("CASE WHEN doubt > 0 OR (score IS NOT NULL AND ({}))", off("score", "bound"));
    let mut columns = vec![
        of(0, "value", "value"),
        of(0, "score", "score"),
        of(0, "bound", "bound"),
        of(0, "doubt", "doubt"),
        of(0, "coverage", "coverage"),
        of(1, "score", "low"),
        of(2, "score", "high"),
        "MAX(to_points) AS to_points".to_owned(),
    ];
    if tree.is_points {
        columns.push(of(0, "mark", "mark"));
        open.push_str(&format!(" OR (mark IS NOT NULL AND {})", off("mark", "mark_bound")));
    }
    open.push_str(" THEN 1 ELSE 0 END");
    columns.extend(["open_score", "open_low", "open_high"].iter().enumerate().map(|(scenario, name)| of(scenario, &open, name)));
    columns.extend((0..carried.required.len()).map(|place| format!("MAX(met{place}) AS met{place}")));
    let body = format!(
        "  SELECT city, period, node,\n    {}\n  FROM {}\n  GROUP BY city, period, node",
        columns.join(",\n    "),
        chain.last()
    );
    chain.add("scores", "the scenarios in one row", &body);
}

/// Competition ranks on the score rounded half up to ten places. Sorted rows are cut where all above lie beyond all below
/// by more than their bounds; within a part the rounded scores decide, and are open where one of them is.
fn ranks(chain: &mut Chain) {
    let n = |number: f64| chain.n(number);
    let scale = crate::round::scale(TIE_PLACES);
    let tie = n(1.0 / scale);
    let scaled = format!("ABS(score) * {}", n(scale));
    let key = format!("CASE WHEN score < {0} THEN {0} - FLOOR({scaled} + {1}) ELSE FLOOR({scaled} + {1}) END", n(0.0), n(0.5));
    let fuzzy = format!(
        "CASE WHEN doubt > 0 OR bound > {} OR ABS({scaled} - FLOOR({scaled}) - {}) <= bound * {} + {scaled} * {} THEN 1 ELSE 0 END",
        n(0.2 / scale),
        n(0.5),
        n(scale),
        n(EPSILON)
    );
    let reach = format!("bound + ABS(score) * {}", n(EPSILON));
    let body = format!(
        "  SELECT *,\n    {key} AS rank_key,\n    {fuzzy} AS fuzzy,\n    \
         CASE WHEN doubt > 0 THEN {} ELSE score - ({reach}) END AS at_least,\n    \
         CASE WHEN doubt > 0 THEN {} ELSE score + {reach} END AS at_most\n  FROM {}",
        n(-1e300),
        n(1e300),
        chain.last()
    );
    chain.add("keys", "what ranks go by", &body);
    let sorted =
        "PARTITION BY period, node ORDER BY CASE WHEN score IS NULL AND doubt = 0 THEN 1 ELSE 0 END, score DESC NULLS LAST, city";
    let body = format!(
        "  SELECT *,\n    MIN(at_least) OVER ({sorted} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS above_least,\n    \
         MAX(at_most) OVER ({sorted} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS below_most\n  FROM {}",
        chain.last()
    );
    chain.add("neighbours", "the least above a cut and the most below", &body);
    let cut = format!("CASE WHEN below_most IS NULL OR above_least > below_most + {tie} THEN 1 ELSE 0 END");
    let body = format!(
        "  SELECT *,\n    SUM({cut}) OVER ({sorted} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - {cut} AS part\n  FROM {}",
        chain.last()
    );
    chain.add("parts", "rows that no cut divides", &body);
    let body = format!(
        "  SELECT *,\n    CASE WHEN score IS NOT NULL THEN RANK() OVER (PARTITION BY period, node ORDER BY rank_key DESC NULLS LAST) END AS standing,\n    \
         CASE WHEN COUNT(*) OVER (PARTITION BY period, node, part) > 1 AND MAX(fuzzy) OVER (PARTITION BY period, node, part) > 0 \
         AND (score IS NOT NULL OR doubt > 0) THEN 1 ELSE doubt END AS open_rank\n  FROM {}",
        chain.last()
    );
    chain.add("ranked", "ranks", &body);
}

/// Levels: the band of each levelled node, held back by the gates that fail. Gives the column of levels and that of their
/// doubt.
fn of_levels(chain: &mut Chain, tree: &Tree, carried: &Carried, levels: &Levels) -> [String; 2] {
    let set = tree.set;
    let dialect = chain.dialect;
    let n = |number: f64| dialect.number(number);
    let index = |code: &str| set.node_index(code).expect("a checked level names nodes of the set");
    // The scores that bands and gates read, in every row of the city and period.
    let mut read: Vec<usize> = set.levelled_nodes().into_iter().map(index).collect();
    for requirement in levels.gates.iter().flat_map(|gate| &gate.require) {
        match requirement {
            Requirement::Node { node, .. } => read.push(index(node)),
            Requirement::Nodes { nodes, .. } => read.extend(nodes.iter().map(|code| index(code))),
            Requirement::Item { .. } => {}
        }
    }
    read.sort_unstable();
    read.dedup();
    let of = |node: usize, column: &str, name: &str| {
        format!("MAX(CASE WHEN node = {node} THEN {column} END) OVER (PARTITION BY city, period) AS {name}{node}")
    };
    let columns: Vec<String> = read
        .iter()
        .flat_map(|&node| [of(node, "score", "score_"), of(node, "bound", "bound_"), of(node, "doubt", "doubt_")])
        .collect();
    let body = format!("  SELECT *,\n    {}\n  FROM {}", columns.join(",\n    "), chain.last());
    chain.add("read", "the scores that levels read", &body);

    // A place counts from 0; -1 is below the lowest.
    let place = |node: usize| {
        let whens = levels.bands.iter().enumerate().rev().map(|(place, band)| {
            let sign = if levels.edge == Edge::LowerInclusive || place == 0 { ">=" } else { ">" };
            format!("WHEN score_{node} {sign} {} THEN {place}", n(band.from))
        });
        format!("CASE WHEN score_{node} IS NULL THEN -1 {} ELSE -1 END", whens.collect::<Vec<_>>().join(" "))
    };
    let near = |node: usize, limits: &mut dyn Iterator<Item = f64>| {
        let near: Vec<String> = limits
            .map(|limit| format!("ABS(score_{node} - {}) <= bound_{node} + {}", n(limit), n(limit.abs() * EPSILON)))
            .collect();
        format!("COALESCE(doubt_{node} > 0 OR (bound_{node} > {} AND ({})), FALSE)", n(0.0), near.join(" OR "))
    };
    let near_band = |node: usize| near(node, &mut levels.bands.iter().map(|band| band.from));
    let mut of_items = 0;
    let mut gates = Vec::new();
    for (at, gate) in levels.gates.iter().enumerate() {
        let (mut holds, mut open) = (Vec::new(), Vec::new());
        for requirement in &gate.require {
            match requirement {
                Requirement::Node { node, at_least } => {
                    let node = index(node);
                    holds.push(format!("COALESCE(score_{node} >= {}, FALSE)", n(*at_least)));
                    open.push(near(node, &mut std::iter::once(*at_least)));
                }
                Requirement::Item { .. } => {
                    holds.push(format!("met{of_items} = 1"));
                    of_items += 1;
                }
                Requirement::Nodes { nodes, reach, count } => {
                    let wanted = levels.bands.iter().position(|band| band.code == *reach).unwrap_or(0);
                    let reached: Vec<String> = nodes
                        .iter()
                        .map(|code| format!("CASE WHEN {} >= {wanted} THEN 1 ELSE 0 END", place(index(code))))
                        .collect();
                    holds.push(format!("{} >= {count}", reached.join(" + ")));
                    open.extend(nodes.iter().map(|code| near_band(index(code))));
                }
            }
        }
        let open = if open.is_empty() { "1 = 0".to_owned() } else { open.join(" OR ") };
        gates.push(format!("CASE WHEN {} THEN 1 ELSE 0 END AS holds_{at}", holds.join(" AND ")));
        gates.push(format!("CASE WHEN {open} THEN 1 ELSE 0 END AS open_gate_{at}"));
    }
    debug_assert_eq!(of_items, carried.required.len());
    if !gates.is_empty() {
        let body = format!("  SELECT *,\n    {}\n  FROM {}", gates.join(",\n    "), chain.last());
        chain.add("gates", "which gates hold", &body);
    }
    let (mut places, mut open) = (Vec::new(), Vec::new());
    for code in set.levelled_nodes() {
        let node = index(code);
        let (mut reached, mut is_open) = (vec![place(node)], vec![near_band(node)]);
        for (at, gate) in
            levels.gates.iter().enumerate().filter(|(_, gate)| gate.of.is_empty() || gate.of.iter().any(|of| of == code))
        {
            let guarded = levels.bands.iter().position(|band| band.code == gate.level).unwrap_or(0);
            let most = levels.bands.len();
            reached.push(format!("CASE WHEN holds_{at} = 1 THEN {most} ELSE {} END", guarded as i64 - 1));
            is_open.push(format!("open_gate_{at} = 1"));
        }
        let lowest = if reached.len() == 1 { reached.remove(0) } else { format!("LEAST({})", reached.join(", ")) };
        places.push(format!("WHEN node = {node} THEN {lowest}"));
        open.push(format!("WHEN node = {node} AND ({}) THEN 1", is_open.join(" OR ")));
    }
    let body = format!(
        "  SELECT *,\n    CASE {} ELSE -1 END AS level_place,\n    CASE {} ELSE 0 END AS open_level\n  FROM {}",
        places.join("\n      "),
        open.join("\n      "),
        chain.last()
    );
    chain.add("levelled", "levels by their place", &body);
    let whens: Vec<String> = levels
        .bands
        .iter()
        .enumerate()
        .map(|(place, band)| format!("WHEN {place} THEN {}", chain.dialect.text(&band.code)))
        .collect();
    [format!("CASE level_place {} END", whens.join(" ")), "open_level".to_owned()]
}

/// The final SELECT, in the order of the engine's table.
fn last(chain: &Chain, tree: &Tree, level: Option<[String; 2]>) -> String {
    let dialect = chain.dialect;
    let codes: Vec<String> = tree
        .set
        .nodes()
        .iter()
        .enumerate()
        .map(|(index, node)| format!("WHEN {index} THEN {}", dialect.text(&node.code)))
        .collect();
    let [level, open_level] = level.unwrap_or_else(|| [format!("CAST(NULL AS {})", dialect.string()), "0".to_owned()]);
    let mark = if tree.is_points { "mark".to_owned() } else { dialect.missing() };
    let points = if tree.is_points { "mark * to_points" } else { "score * to_points" };
    let marks: Vec<String> =
        [("open_score", "score"), ("open_low", "low"), ("open_high", "high"), ("open_rank", "rank"), (&open_level, "level")]
            .iter()
            .map(|(column, word)| format!("CASE WHEN {column} > 0 THEN '{word} ' ELSE '' END"))
            .collect();
    let rank = dialect.name("rank");
    format!(
        "SELECT city, period, CASE node {} END AS node,\n  value, score, {mark} AS mark, {points} AS points, coverage, low, high,\n  \
         standing AS {rank}, {level} AS {},\n  NULLIF(TRIM(CONCAT({})), '') AS undecided\nFROM {}\nORDER BY period, city, {}.node\n",
        codes.join(" "),
        dialect.name("level"),
        marks.join(", "),
        chain.last(),
        chain.last()
    )
}
