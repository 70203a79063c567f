//! Small random cases: the path is as cheap as the cheapest corner of every combination of pieces.

use citygauge_assessment::path::{Goal, Minimise, Outcome, Request, find};
use citygauge_indicators::Observation;
use serde_json::{Value as Json, json};

use super::cases::{Draws, assessed, checked, leaf, panel, peer_rate, period, round, value};

const YEARS: f64 = 3.0;

/// A leaf as the test sees it.
#[derive(Debug, Clone)]
struct Indicator {
    code: &'static str,
    scoring: Json,
    rising: bool,
    /// By what its score enters TOTAL and its group.
    in_total: f64,
    in_group: f64,
    group: usize,
}

const NAMES: [(&str, usize); 4] = [("W", 0), ("X", 0), ("Y", 1), ("Z", 1)];

/// A scoring rule, written down as kinks (raw value, score), and whether it jumps at them.
fn rule(draws: &mut Draws, rising: bool) -> Json {
    let ends = |draws: &mut Draws| {
        let (low, high) = (draws.between(20, 45), draws.between(60, 80));
        if rising { (low, high) } else { (high, low) }
    };
    match draws.below(5) {
        0 => {
            let (worst, best) = ends(draws);
            json!({"rule": "goalposts", "worst": worst, "best": best})
        }
        1 => {
            let range = if rising { [0.0, 100.0] } else { [100.0, 0.0] };
            json!({"rule": "scaled", "range": range})
        }
        2 => {
            let (a, b, c) = (draws.between(25, 40), draws.between(45, 60), draws.between(65, 80));
            let (p, q, r) = (draws.between(0, 20), draws.between(25, 60), draws.between(65, 100));
            if rising {
                json!({"rule": "piecewise", "points": [[a, p], [b, q], [c, r]]})
            } else {
                json!({"rule": "piecewise", "points": [[a, r], [b, q], [c, p]]})
            }
        }
        3 => {
            let (a, b, c) = (draws.between(25, 40), draws.between(45, 60), draws.between(65, 80));
            if rising {
                json!({"rule": "steps", "steps": [{"from": a, "score": 30}, {"from": b, "score": 60}, {"from": c, "score": 90}]})
            } else {
                json!({"rule": "steps", "otherwise": 95, "edge": "upper_inclusive",
                    "steps": [{"from": a, "score": 70}, {"from": b, "score": 40}, {"from": c, "score": 10}]})
            }
        }
        _ => {
            let points =
                if rising { [[30.0, 0.0], [50.0, 80.0], [70.0, 100.0]] } else { [[30.0, 100.0], [50.0, 80.0], [70.0, 0.0]] };
            json!({"rule": "piecewise", "points": points})
        }
    }
}

/// The score of a raw value by the test's own reading of the rule.
fn score(scoring: &Json, x: f64) -> f64 {
    let number = |value: &Json| value.as_f64().unwrap();
    match scoring["rule"].as_str().unwrap() {
        "goalposts" => {
            let (worst, best) = (number(&scoring["worst"]), number(&scoring["best"]));
            ((x - worst) / (best - worst)).clamp(0.0, 1.0) * 100.0
        }
        "scaled" => {
            let (low, high) = (number(&scoring["range"][0]), number(&scoring["range"][1]));
            (x - low) / (high - low) * 100.0
        }
        "piecewise" => {
            let points: Vec<[f64; 2]> =
                scoring["points"].as_array().unwrap().iter().map(|point| [number(&point[0]), number(&point[1])]).collect();
            let last = points.len() - 1;
            if x <= points[0][0] {
                return points[0][1];
            }
            if x >= points[last][0] {
                return points[last][1];
            }
            let at = points.windows(2).find(|pair| x < pair[1][0]).unwrap();
            at[0][1] + (x - at[0][0]) / (at[1][0] - at[0][0]) * (at[1][1] - at[0][1])
        }
        "steps" => {
            let upper = scoring["edge"] == "upper_inclusive";
            let steps = scoring["steps"].as_array().unwrap().iter().rev();
            let reached = |step: &&Json| if upper { x > number(&step["from"]) } else { x >= number(&step["from"]) };
            let otherwise = scoring["otherwise"].as_f64().unwrap_or(0.0);
            steps.clone().find(reached).map_or(otherwise, |step| number(&step["score"]))
        }
        other => panic!("{other}"),
    }
}

/// The raw values at which a rule changes.
fn kinks(scoring: &Json) -> Vec<f64> {
    let number = |value: &Json| value.as_f64().unwrap();
    match scoring["rule"].as_str().unwrap() {
        "goalposts" => vec![number(&scoring["worst"]), number(&scoring["best"])],
        "scaled" => vec![number(&scoring["range"][1])],
        "piecewise" => scoring["points"].as_array().unwrap().iter().map(|point| number(&point[0])).collect(),
        _ => scoring["steps"].as_array().unwrap().iter().map(|step| number(&step["from"])).collect(),
    }
}

/// A piece of the way of one leaf: from a change to another, with the scores at both.
#[derive(Debug, Clone, Copy)]
struct Piece {
    from: f64,
    to: f64,
    low: f64,
    high: f64,
}

fn pieces(indicator: &Indicator, now: f64, most: f64) -> Vec<Piece> {
    let sign = if indicator.rising { 1.0 } else { -1.0 };
    let jumps = indicator.scoring["rule"] == "steps";
    let mut changes: Vec<f64> = kinks(&indicator.scoring).iter().map(|kink| sign * (kink - now)).collect();
    changes.retain(|change| *change > 0.0 && *change < most);
    changes.extend([0.0, most]);
    changes.sort_by(f64::total_cmp);
    let at = |change: f64| score(&indicator.scoring, now + sign * change);
    if jumps {
        // At a threshold the higher score holds, whichever way it is reached.
        return changes.iter().map(|&change| Piece { from: change, to: change, low: at(change), high: at(change) }).collect();
    }
    changes.windows(2).map(|pair| Piece { from: pair[0], to: pair[1], low: at(pair[0]), high: at(pair[1]) }).collect()
}

/// A row: coefficients per leaf score, and what the sum is at least.
type Row = ([f64; 4], f64);

/// The least effort over the box of some pieces under some rows, by all corners; none where there is none.
fn least_in_box(pieces: &[Piece], costs: &[f64], rows: &[Row]) -> Option<f64> {
    let n = pieces.len();
    // In changes: each row becomes a . d >= b.
    let slope = |piece: &Piece| if piece.to > piece.from { (piece.high - piece.low) / (piece.to - piece.from) } else { 0.0 };
    let mut planes: Vec<(Vec<f64>, f64)> = Vec::new();
    for (coefficients, least) in rows {
        let constant: f64 = (0..n).map(|i| coefficients[i] * (pieces[i].low - slope(&pieces[i]) * pieces[i].from)).sum();
        planes.push(((0..n).map(|i| coefficients[i] * slope(&pieces[i])).collect(), least - constant));
    }
    let demanded = planes.clone();
    for (i, piece) in pieces.iter().enumerate() {
        let unit: Vec<f64> = (0..n).map(|j| f64::from(u8::from(i == j))).collect();
        planes.push((unit.clone(), piece.from));
        planes.push((unit, piece.to));
    }
    let feasible = |point: &[f64]| {
        let inside = point.iter().zip(pieces).all(|(change, piece)| *change >= piece.from - 1e-9 && *change <= piece.to + 1e-9);
        let sum = |plane: &Vec<f64>| plane.iter().zip(point).map(|(a, d)| a * d).sum::<f64>();
        inside && demanded.iter().all(|(plane, least)| sum(plane) >= least - 1e-9)
    };
    let mut best: Option<f64> = None;
    let mut chosen = Vec::new();
    corners(&planes, n, 0, &mut chosen, &mut |point| {
        if feasible(point) {
            let effort = point.iter().zip(costs).map(|(change, cost)| change * cost).sum::<f64>();
            best = Some(best.map_or(effort, |best: f64| best.min(effort)));
        }
    });
    best
}

/// Calls `each` with every point in which n of the planes meet.
fn corners(planes: &[(Vec<f64>, f64)], n: usize, from: usize, chosen: &mut Vec<usize>, each: &mut impl FnMut(&[f64])) {
    if chosen.len() == n {
        let matrix: Vec<Vec<f64>> =
            chosen.iter().map(|&at| planes[at].0.iter().copied().chain([planes[at].1]).collect()).collect();
        if let Some(point) = gauss(matrix) {
            each(&point);
        }
        return;
    }
    for at in from..planes.len() {
        chosen.push(at);
        corners(planes, n, at + 1, chosen, each);
        chosen.pop();
    }
}

/// The solution of a square system by Gauss with partial pivots; none where it is singular.
fn gauss(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = rows.len();
    for column in 0..n {
        let pivot = (column..n).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()))?;
        rows.swap(column, pivot);
        if rows[column][column].abs() < 1e-12 {
            return None;
        }
        for row in (0..n).filter(|row| *row != column) {
            let factor = rows[row][column] / rows[column][column];
            let pivot = rows[column].clone();
            for (cell, own) in rows[row].iter_mut().zip(&pivot).skip(column) {
                *cell -= factor * own;
            }
        }
    }
    Some((0..n).map(|at| rows[at][n] / rows[at][at]).collect())
}

/// A random case.
struct Case {
    document: Json,
    indicators: Vec<Indicator>,
    observations: Vec<Observation>,
}

fn case(draws: &mut Draws) -> Case {
    let points = draws.below(2) == 1;
    let (weight_of, groups) =
        if points { ("parent", [40.0, 60.0]) } else { ("siblings", [draws.between(1, 5), draws.between(1, 5)]) };
    let shares = |draws: &mut Draws| match points {
        true => {
            let first = draws.between(20, 80);
            [first, round(100.0 - first)]
        }
        false => [draws.between(1, 5), draws.between(1, 5)],
    };
    let weights = [shares(draws), shares(draws)];
    let of_groups: f64 = groups.iter().sum();
    let mut indicators = Vec::new();
    let mut nodes = vec![
        json!({"code": "P", "title": {"en": "P"}, "weight": groups[0], "weight_of": weight_of}),
        json!({"code": "Q", "title": {"en": "Q"}, "weight": groups[1], "weight_of": weight_of}),
    ];
    for (place, (code, group)) in NAMES.into_iter().enumerate() {
        let rising = draws.below(3) > 0;
        let scoring = rule(draws, rising);
        let weight = weights[group][place % 2];
        let in_group = weight / weights[group].iter().sum::<f64>();
        let direction = if rising { "higher" } else { "lower" };
        nodes.push(leaf(code, ["P", "Q"][group], weight, weight_of, scoring.clone(), direction));
        indicators.push(Indicator { code, scoring, rising, in_total: in_group * groups[group] / of_groups, in_group, group });
    }
    let items: Vec<Json> = NAMES.iter().map(|(code, _)| json!({"code": code.to_lowercase()})).collect();
    let mut document = json!({"code": "small", "version": "1", "title": {"en": "S"}, "items": items, "nodes": nodes,
        "levels": {"bands": [{"code": "low", "from": 0}, {"code": "high", "from": 55}],
            "gates": [{"level": "high", "require": [{"node": "P", "at_least": 50}]}]}});
    if points {
        document["arithmetic"] = json!("points");
    }
    let rising: Vec<bool> = indicators.iter().map(|indicator| indicator.rising).collect();
    let observations = panel(draws, &["w", "x", "y", "z"], (30, 55), &rising);
    Case { document, indicators, observations }
}

impl Case {
    fn total(&self, scores: impl Fn(&Indicator) -> f64) -> f64 {
        self.indicators.iter().map(|indicator| indicator.in_total * scores(indicator)).sum()
    }

    /// The least effort and the fewest changes under some rows, by all combinations of pieces; none where there is no path.
    fn least(&self, rows: &[Row], minimise: Minimise) -> Option<(usize, f64)> {
        let mut all = Vec::new();
        let mut costs = Vec::new();
        for indicator in &self.indicators {
            let item = indicator.code.to_lowercase();
            let sign = if indicator.rising { 1.0 } else { -1.0 };
            let rate = peer_rate(&self.observations, &item, sign, 0.9);
            let now = value(&self.observations, "A", "2022", &item).unwrap();
            let end = sign * (kinks(&indicator.scoring).iter().map(|kink| sign * kink).fold(f64::MIN, f64::max));
            let most = (rate * YEARS).min(if indicator.scoring["rule"] == "scaled" { sign * (end - now) } else { f64::MAX });
            all.push(if rate > 0.0 && most > 0.0 { pieces(indicator, now, most) } else { pieces(indicator, now, 0.0) });
            costs.push(if rate > 0.0 { 1.0 / rate } else { 1.0 });
        }
        let mut best: Option<(usize, f64)> = None;
        for subset in 0u32..16 {
            let moved = subset.count_ones() as usize;
            let allowed: Vec<Vec<Piece>> = all
                .iter()
                .enumerate()
                .map(|(at, pieces)| match subset & (1 << at) {
                    0 => vec![Piece { to: 0.0, high: pieces[0].low, ..pieces[0] }],
                    _ => pieces.clone(),
                })
                .collect();
            let counted = if minimise == Minimise::Indicators { moved } else { 0 };
            for combination in combinations(&allowed) {
                if let Some(effort) = least_in_box(&combination, &costs, rows) {
                    let found = (counted, effort);
                    if best.is_none_or(|best| found.0 < best.0 || (found.0 == best.0 && found.1 < best.1)) {
                        best = Some(found);
                    }
                }
            }
        }
        best
    }
}

fn combinations(all: &[Vec<Piece>]) -> Vec<Vec<Piece>> {
    all.iter().fold(vec![Vec::new()], |made, pieces| {
        made.iter().flat_map(|before| pieces.iter().map(|piece| before.iter().copied().chain([*piece]).collect())).collect()
    })
}

#[test]
fn the_least_path_is_that_of_all_corners_of_all_combinations() {
    let mut kinds = [0; 3];
    for seed in 0..150 {
        let mut draws = Draws(seed);
        let mut case = case(&mut draws);
        let rounded = draws.below(2) == 1;
        if rounded {
            case.document["rounding"] = json!({"mode": "half_up", "places": 2, "depths": [0]});
        }
        let assessment = assessed(&checked(&case.document), &case.observations);
        let now = |indicator: &Indicator| {
            let item = indicator.code.to_lowercase();
            score(&indicator.scoring, value(&case.observations, "A", "2022", &item).unwrap())
        };
        let own = assessment.city("A", period("2022")).unwrap();
        assert!((own[0].score.unwrap() - case.total(now)).abs() < 0.0051, "the test reads the rules as the engine does");
        let wanted = ((case.total(now) + draws.between(1, 25)) * 100.0).round() / 100.0;
        let minimise = if draws.below(2) == 1 { Minimise::Indicators } else { Minimise::Effort };
        let by_level = draws.below(3) == 0;
        let (goal, wanted) = if by_level { (Goal::Level("high".into()), 55.0) } else { (Goal::Score(wanted), wanted) };
        let in_total: [f64; 4] = std::array::from_fn(|at| case.indicators[at].in_total);
        let in_p: [f64; 4] = std::array::from_fn(|at| match case.indicators[at].group {
            0 => case.indicators[at].in_group,
            _ => 0.0,
        });
        let mut rows = vec![(in_total, if rounded { wanted - 0.005 } else { wanted })];
        if by_level {
            rows.push((in_p, 50.0));
        }
        let expected = case.least(&rows, minimise);
        let request = Request { minimise, ..Request::new("A", period("2022"), goal, period("2025")) };
        let path = find(&assessment, &request).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        match (&path.outcome, expected) {
            (Outcome::Reached, Some((_, effort))) => {
                assert!(effort.abs() < 1e-9, "seed {seed}: {effort}");
                kinds[0] += 1;
            }
            (Outcome::Path { effort, changes, after, .. }, Some((count, least))) => {
                assert!(
                    (effort - least).abs() < 1e-9 * least.max(1.0),
                    "seed {seed}: {effort} is not {least} {:?}",
                    case.document
                );
                if minimise == Minimise::Indicators {
                    assert_eq!(changes.len(), count, "seed {seed}");
                }
                match by_level {
                    true => assert_eq!(after.level.as_deref(), Some("high"), "seed {seed}"),
                    false => assert!(after.score.unwrap() >= wanted, "seed {seed}: {after:?}"),
                }
                kinds[1] += 1;
            }
            (Outcome::Unreachable(_), None) => kinds[2] += 1,
            (outcome, expected) => panic!("seed {seed}: {outcome:?}, by all corners {expected:?} {:?}", case.document),
        }
    }
    assert!(kinds[0] > 10 && kinds[1] > 80 && kinds[2] > 10, "{kinds:?}");
}
