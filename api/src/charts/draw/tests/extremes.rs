//! Numbers at the edge: all missing, all equal, negative, immense, a full mark that is not 100.

use super::super::*;
use super::cases::{
    Case, Names, add, distribution, goal_path, heatmap, intervals, priorities, radar, ranks, roadmap, score_card, shown,
    waterfall, wheel,
};

pub fn all(found: &mut Vec<Case>) {
    missing(found);
    for (word, value) in [
        ("equal", 5.0),
        ("negative", -3.4),
        ("huge", 1.3e300),
        ("tiny", 1e-12),
        ("nan", f64::NAN),
        ("endless", f64::NEG_INFINITY),
    ] {
        numbers(found, word, value);
    }
}

fn missing(found: &mut Vec<Case>) {
    add(found, "radar-missing", |style| {
        let mut chart = radar(6, Names::Short, 0);
        chart.rings[0].scores.fill(None);
        chart.svg(style)
    });
    add(found, "wheel-missing", |style| {
        let mut chart = wheel(4, 2, 2, Names::Short);
        chart.nodes.iter_mut().for_each(|node| node.state = State::Missing);
        chart.svg(style)
    });
    add(found, "heatmap-missing", |style| {
        let mut chart = heatmap(8, 8, Names::Short);
        chart.cells.iter_mut().flatten().for_each(|state| *state = State::Missing);
        chart.svg(style)
    });
    add(found, "ranks-missing", |style| {
        let mut chart = ranks(5, 4, 2, Names::Short, &[]);
        chart.lines.iter_mut().for_each(|line| line.ranks.fill(None));
        chart.svg(style)
    });
    add(found, "waterfall-missing", |style| {
        let mut chart = waterfall(5, Names::Short);
        chart.steps.iter_mut().for_each(|step| step.points = None);
        chart.svg(style)
    });
    add(found, "waterfall-no-total", |style| Waterfall { from: None, ..waterfall(5, Names::Short) }.svg(style));
    add(found, "waterfall-no-target", |style| Waterfall { to: None, ..waterfall(5, Names::Short) }.svg(style));
    add(found, "intervals-missing", |style| {
        let mut chart = intervals(9, Names::Short);
        chart.cities.iter_mut().for_each(|city| city.rank = None);
        chart.svg(style)
    });
    add(found, "goal_path-missing", |style| {
        let mut chart = goal_path(3, Names::Short);
        chart
            .goals
            .iter_mut()
            .flat_map(|goal| goal.targets.iter_mut().chain(&mut goal.actuals))
            .for_each(|dated| dated.value = None);
        chart.svg(style)
    });
}

fn numbers(found: &mut Vec<Case>, word: &str, value: f64) {
    let at = move |factor: f64| Shown { value: value * factor, ..shown(5.0) };
    add(found, &format!("score_card-{word}"), move |style| {
        let change = Some(Change { since: "2025".to_owned(), score: Some(value), ranks: Some(i64::MIN) });
        let card = ScoreCard {
            total: Some(at(1.0)),
            low: Some(value),
            high: Some(value * 2.0),
            full_mark: 5.0,
            ..score_card(Names::Short)
        };
        ScoreCard { coverage: Some(value), rank: Some(u64::MAX), rank_interval: Some((u64::MAX, 0)), change, ..card }.svg(style)
    });
    add(found, &format!("radar-{word}"), move |style| {
        let mut chart = Radar { full_mark: 5.0, ..radar(7, Names::Short, 0) };
        chart.rings.iter_mut().flat_map(|ring| &mut ring.scores).for_each(|score| *score = Some(at(1.0)));
        chart.svg(style)
    });
    add(found, &format!("radar-rows-{word}"), move |style| {
        let mut chart = Radar { full_mark: value, ..radar(2, Names::Short, 0) };
        chart.rings.iter_mut().flat_map(|ring| &mut ring.scores).for_each(|score| *score = Some(at(1.0)));
        chart.svg(style)
    });
    add(found, &format!("wheel-{word}"), move |style| {
        let mut chart = Wheel { full_mark: 5.0, ..wheel(4, 3, 2, Names::Short) };
        chart.nodes.iter_mut().for_each(|node| (node.share, node.state) = (value, State::Scored(at(1.0))));
        chart.svg(style)
    });
    add(found, &format!("heatmap-{word}"), move |style| {
        let mut chart = Heatmap { full_mark: 5.0, ..heatmap(6, 5, Names::Short) };
        chart.cells.iter_mut().flatten().for_each(|state| *state = State::Scored(at(1.0)));
        chart.svg(style)
    });
    add(found, &format!("ranks-{word}"), move |style| {
        let mut chart = ranks(6, 4, 3, Names::Short, &[9, 0, 2]);
        let rank = if value > 1e6 { 4_000_000_000 } else { 3 };
        chart.lines.iter_mut().for_each(|line| line.ranks.fill(Some(rank)));
        chart.svg(style)
    });
    add(found, &format!("waterfall-{word}"), move |style| {
        let mut chart = Waterfall { from: Some(at(2.0)), to: Some(at(-1.0)), ..waterfall(5, Names::Short) };
        chart.steps.iter_mut().for_each(|step| step.points = Some(at(-0.5)));
        chart.svg(style)
    });
    add(found, &format!("priorities-{word}"), move |style| {
        let mut chart = priorities(12, Names::Short);
        chart.items.iter_mut().for_each(|item| (item.gap, item.share, item.points) = (value, value, value * value));
        chart.svg(style)
    });
    add(found, &format!("distribution-{word}"), move |style| {
        let own = Some(("示例市".to_owned(), at(1.0)));
        Distribution { scores: vec![value; 341], full_mark: 5.0, own, ..distribution(1, Names::Short) }.svg(style)
    });
    add(found, &format!("goal_path-{word}"), move |style| {
        let mut chart = goal_path(3, Names::Short);
        let dated = chart.goals.iter_mut().flat_map(|goal| goal.targets.iter_mut().chain(&mut goal.actuals));
        dated.for_each(|dated| (dated.year, dated.value) = (value, Some(at(1.0))));
        chart.svg(style)
    });
    add(found, &format!("roadmap-{word}"), move |style| {
        let mut chart = roadmap(5, Names::Short, 0);
        chart.bars.iter_mut().for_each(|bar| (bar.from, bar.to, bar.after) = (value, -value, vec![0, 99]));
        chart.svg(style)
    });
}
