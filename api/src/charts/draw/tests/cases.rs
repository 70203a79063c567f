//! Every chart in every situation that it must bear.

use maud::Markup;

use super::super::*;

/// A chart in one situation.
pub struct Case {
    /// The chart and the situation.
    pub name: String,
    /// Draws it.
    pub draw: Box<dyn Fn(Style) -> Markup>,
}

/// Forty characters of Chinese without a gap.
pub const LONG_ZH: &str = "智慧城市政务数据资源开放共享与跨部门业务协同融合应用水平综合评价指标体系总得分情况";
/// Latin words that are too long for most places.
pub const LONG_EN: &str = "Interoperability of municipal WWW systems";
/// Text that would be markup if it were not escaped.
pub const HOSTILE: &str = "<script>alert('x')</script>\"&]]>";

pub fn shown(value: f64) -> Shown {
    Shown { value, text: format!("{value:.1}") }
}

/// Names of one kind: short in Chinese or English, long in both scripts, or hostile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Names {
    Short,
    Latin,
    Long,
    Hostile,
}

impl Names {
    pub fn of(self, kind: &str, place: usize) -> String {
        match self {
            Self::Short => format!("{kind}{}", place + 1),
            Self::Latin => format!("Item {}", place + 1),
            Self::Long if place.is_multiple_of(2) => format!("{LONG_ZH}{}", place + 1),
            Self::Long => format!("{LONG_EN} {}", place + 1),
            Self::Hostile => format!("{HOSTILE}{place}"),
        }
    }
}

/// An even spread of numbers from 0 to 100 that looks random and is always the same.
pub fn spread(place: usize) -> f64 {
    ((place as u64).wrapping_mul(2_654_435_761) % 1_000) as f64 / 10.0
}

fn states(count: usize, offset: usize) -> Vec<State> {
    (0..count)
        .map(|place| match (place + offset) % 9 {
            3 => State::Missing,
            7 => State::NotApplicable,
            _ => State::Scored(shown(spread(place + offset * 31))),
        })
        .collect()
}

pub fn score_card(names: Names) -> ScoreCard {
    let titles = ["起步级", "规范级", "优化级", "引领级", "创新级"];
    let band = |place: usize| Band {
        from: place as f64 * 20.0,
        title: if names == Names::Short { titles[place].to_owned() } else { names.of("", place) },
    };
    ScoreCard {
        city: names.of("城市", 0),
        set: names.of("新型智慧城市评价指标 2024 v", 1),
        period: "2026".to_owned(),
        full_mark: 100.0,
        total: Some(shown(63.4)),
        low: Some(60.1),
        high: Some(66.8),
        level: Some(names.of("引领级", 0)),
        bands: (0..5).map(band).collect(),
        coverage: Some(0.914),
        rank: Some(12),
        cohort: 341,
        rank_interval: Some((9, 17)),
        change: Some(Change { since: names.of("2025-", 0), score: Some(2.3), ranks: Some(-4) }),
    }
}

pub fn radar(axes: usize, names: Names, missing: usize) -> Radar {
    let ring = |kind, name: &str, up: f64, missing: usize| Ring {
        kind,
        name: if names == Names::Short { name.to_owned() } else { names.of(name, 0) },
        scores: (0..axes)
            .map(|axis| (missing == 0 || axis % missing != 1).then(|| shown((spread(axis + 3) * 0.6 + up).min(100.0))))
            .collect(),
    };
    let rings = vec![
        ring(RingKind::City, "示例市", 5.0, missing),
        ring(RingKind::PeerMedian, "对标组中位数", 15.0, 0),
        ring(RingKind::Best, "最佳", 38.0, 0),
        ring(RingKind::Target, "目标", 25.0, 0),
    ];
    Radar {
        title: names.of("各维度得分 ", 0),
        full_mark: 100.0,
        axes: (0..axes).map(|axis| names.of("维度 ", axis)).collect(),
        rings,
    }
}

pub fn wheel(tops: usize, children: usize, leaves: usize, names: Names) -> Wheel {
    let mut nodes: Vec<Segment> = Vec::new();
    let segment = |title: String, parent, share, state| Segment { title, parent, share, state };
    for top in 0..tops {
        let share = 1.0 / tops as f64;
        let place = nodes.len();
        nodes.push(segment(names.of("维度", top), None, share, states(1, top).remove(0)));
        for child in 0..children {
            let under = nodes.len();
            let part = share / children as f64;
            nodes.push(segment(names.of("类别", child), Some(place), part, states(1, top + child * 3).remove(0)));
            for leaf in 0..leaves {
                nodes.push(segment(names.of("指标", leaf), Some(under), part / leaves as f64, states(1, leaf + child).remove(0)));
            }
        }
    }
    Wheel { title: names.of("全部节点 ", 0), full_mark: 100.0, nodes }
}

pub fn heatmap(cities: usize, nodes: usize, names: Names) -> Heatmap {
    Heatmap {
        title: names.of("参评城市得分 ", 0),
        full_mark: 100.0,
        cities: (0..cities).map(|city| names.of("城市", city)).collect(),
        nodes: (0..nodes).map(|node| names.of("指标分项", node)).collect(),
        cells: (0..cities).map(|city| states(nodes, city)).collect(),
    }
}

pub fn ranks(lines: usize, periods: usize, marked: usize, names: Names, breaks: &[usize]) -> Ranks {
    let line = |city: usize| RankLine {
        city: names.of("城市", city),
        is_marked: city < marked,
        ranks: (0..periods)
            .map(|period| {
                (city % 4 != 1 || period % 3 != 1).then(|| (spread(city * 7 + period * 3) / 100.0 * lines as f64) as u64 + 1)
            })
            .collect(),
    };
    Ranks {
        title: names.of("名次变化 ", 0),
        periods: (0..periods).map(|period| (2018 + period).to_string()).collect(),
        breaks: breaks.iter().map(|&before| Break { before, text: names.of("启用新版指标体系 ", before) }).collect(),
        cohorts: vec![lines as u64; periods],
        lines: (0..lines).map(line).collect(),
    }
}

pub fn waterfall(steps: usize, names: Names) -> Waterfall {
    let points: Vec<Option<f64>> = (0..steps).map(|step| (step % 4 != 2).then(|| (spread(step) / 10.0).max(0.5))).collect();
    let sum: f64 = points.iter().flatten().sum();
    Waterfall {
        title: names.of("提升到目标 ", 0),
        from: Some(shown(48.2)),
        to: Some(shown(48.2 + sum)),
        steps: points
            .into_iter()
            .enumerate()
            .map(|(step, points)| Step { title: names.of("维度 ", step), points: points.map(shown) })
            .collect(),
    }
}

pub fn priorities(count: usize, names: Names) -> Priorities {
    let all = [
        Difficulty::Reached,
        Difficulty::OnTrack,
        Difficulty::Attainable,
        Difficulty::Stretch,
        Difficulty::Unprecedented,
        Difficulty::NoEvidence,
    ];
    let item = |place: usize| {
        let (gap, share) = (spread(place + 1), spread(place * 3 + 2) / 1_000.0);
        Priority { title: names.of("指标分项 ", place), gap, share, points: gap * share, difficulty: all[place % 6] }
    };
    Priorities { title: names.of("优先事项 ", 0), items: (0..count).map(item).collect() }
}

pub fn distribution(count: usize, names: Names) -> Distribution {
    let score = |place: usize| (spread(place) + spread(place * 5 + 3) + spread(place * 11 + 7)) / 3.0;
    Distribution {
        title: names.of("总分分布 ", 0),
        full_mark: 100.0,
        scores: (0..count).map(score).collect(),
        own: Some((names.of("示例市", 0), shown(63.4))),
        without: 12,
    }
}

pub fn intervals(count: usize, names: Names) -> Intervals {
    let city = |place: usize| {
        let rank = place as u64 + 1;
        let wide = (spread(place) / 12.0) as u64;
        let high = (rank + wide).min(count as u64);
        Interval {
            city: names.of("城市", place),
            is_marked: place == 4,
            rank: (place % 17 != 9).then_some(rank),
            low: rank.saturating_sub(wide).max(1),
            high,
        }
    };
    Intervals {
        title: names.of("名次区间 ", 0),
        replications: 1_000,
        confidence: "90 %".to_owned(),
        cities: (0..count).map(city).collect(),
    }
}

pub fn goal_path(count: usize, names: Names) -> GoalPath {
    let dated = |year: u32, value: Option<f64>| Dated { year: f64::from(year), label: year.to_string(), value: value.map(shown) };
    let goal = |place: usize| {
        let base = spread(place + 4) * 0.5;
        GoalLine {
            title: names.of("目标 ", place),
            unit: if names == Names::Short { "%".to_owned() } else { names.of("", place) },
            baseline: Some(dated(2023, Some(base))),
            targets: vec![dated(2025, Some(base + 12.0)), dated(2027, Some(base + 20.0)), dated(2030, Some(base + 40.0))],
            actuals: vec![
                dated(2024, Some(base + 4.0)),
                dated(2025, place.is_multiple_of(2).then_some(base + 9.0)),
                dated(2026, Some(base + 15.0)),
            ],
            status: if names == Names::Short { "符合进度".to_owned() } else { names.of("", place) },
        }
    };
    GoalPath { title: names.of("目标方案 ", 0), goals: (0..count).map(goal).collect() }
}

pub fn roadmap(count: usize, names: Names, left_out: usize) -> Roadmap {
    let stage = |place: usize, from: f64, to: f64| Stage { title: names.of("阶段 ", place), from, to };
    let bar = |place: usize| {
        let from = 2026.0 + (place as f64 * 0.35) % 5.0;
        Bar {
            title: names.of("项目 ", place),
            from,
            to: from + 0.6 + (place % 3) as f64 * 0.5,
            is_critical: place.is_multiple_of(4),
            after: if place % 3 == 2 { vec![place - 1] } else { vec![] },
            note: if names == Names::Short { format!("{} 万元", 120 + place * 35) } else { names.of("", place) },
        }
    };
    Roadmap {
        title: names.of("路线图 ", 0),
        stages: vec![stage(0, 2026.0, 2027.5), stage(1, 2027.5, 2029.0), stage(2, 2029.0, 2031.0)],
        bars: (0..count).map(bar).collect(),
        left_out: (0..left_out).map(|place| names.of("未编排项目 ", place)).collect(),
    }
}

/// All charts in all situations.
pub fn all() -> Vec<Case> {
    let mut found = Vec::new();
    named(&mut found);
    bare(&mut found);
    many(&mut found);
    super::extremes::all(&mut found);
    found
}

/// The usual pictures without any Chinese of their own.
pub fn all_in_latin() -> Vec<Case> {
    let mut found = Vec::new();
    usual(&mut found, "latin", Names::Latin);
    found
}

pub fn add(found: &mut Vec<Case>, name: &str, draw: impl Fn(Style) -> Markup + 'static) {
    found.push(Case { name: name.to_owned(), draw: Box::new(draw) });
}

/// The usual picture of each, with names of each kind.
fn named(found: &mut Vec<Case>) {
    for (word, names) in [("usual", Names::Short), ("latin", Names::Latin), ("long", Names::Long), ("hostile", Names::Hostile)] {
        usual(found, word, names);
    }
}

fn usual(found: &mut Vec<Case>, word: &str, names: Names) {
    add(found, &format!("score_card-{word}"), move |style| score_card(names).svg(style));
    add(found, &format!("radar-{word}"), move |style| radar(8, names, 4).svg(style));
    add(found, &format!("radar16-{word}"), move |style| radar(16, names, 0).svg(style));
    add(found, &format!("wheel-{word}"), move |style| wheel(5, 3, 2, names).svg(style));
    add(found, &format!("heatmap-{word}"), move |style| heatmap(14, 9, names).svg(style));
    add(found, &format!("heatmap-slanted-{word}"), move |style| heatmap(20, 24, names).svg(style));
    add(found, &format!("ranks-{word}"), move |style| ranks(12, 8, 3, names, &[4]).svg(style));
    add(found, &format!("waterfall-{word}"), move |style| waterfall(8, names).svg(style));
    add(found, &format!("priorities-{word}"), move |style| priorities(7, names).svg(style));
    add(found, &format!("priorities-keys-{word}"), move |style| priorities(24, names).svg(style));
    add(found, &format!("distribution-{word}"), move |style| distribution(60, names).svg(style));
    add(found, &format!("intervals-{word}"), move |style| intervals(24, names).svg(style));
    add(found, &format!("goal_path-{word}"), move |style| goal_path(5, names).svg(style));
    add(found, &format!("roadmap-{word}"), move |style| roadmap(11, names, 3).svg(style));
}

/// Nothing, and one.
fn bare(found: &mut Vec<Case>) {
    let names = Names::Short;
    for count in [0, 1] {
        add(found, &format!("radar-{count}"), move |style| radar(count, names, 0).svg(style));
        add(found, &format!("wheel-{count}"), move |style| wheel(count, count, count, names).svg(style));
        add(found, &format!("heatmap-{count}"), move |style| heatmap(count, count, names).svg(style));
        add(found, &format!("ranks-{count}"), move |style| ranks(count, count, count, names, &[]).svg(style));
        add(found, &format!("waterfall-{count}"), move |style| waterfall(count, names).svg(style));
        add(found, &format!("priorities-{count}"), move |style| priorities(count, names).svg(style));
        add(found, &format!("distribution-{count}"), move |style| distribution(count, names).svg(style));
        add(found, &format!("intervals-{count}"), move |style| intervals(count, names).svg(style));
        add(found, &format!("goal_path-{count}"), move |style| goal_path(count, names).svg(style));
        add(found, &format!("roadmap-{count}"), move |style| roadmap(count, names, count * 60).svg(style));
    }
    add(found, "distribution-none", |style| {
        Distribution { title: String::new(), full_mark: 100.0, scores: vec![], own: None, without: 0 }.svg(style)
    });
    add(found, "radar-2", |style| radar(2, Names::Long, 2).svg(style));
    add(found, "score_card-0", |style| {
        let empty = String::new;
        let card = ScoreCard {
            city: empty(),
            set: empty(),
            period: empty(),
            total: None,
            low: None,
            high: None,
            level: None,
            ..score_card(Names::Short)
        };
        ScoreCard { bands: vec![], coverage: None, rank: None, cohort: 0, rank_interval: None, change: None, ..card }.svg(style)
    });
}

/// More than most pictures have room for.
fn many(found: &mut Vec<Case>) {
    for (word, names) in [("short", Names::Short), ("long", Names::Long)] {
        add(found, &format!("radar-60-{word}"), move |style| radar(60, names, 7).svg(style));
        add(found, &format!("radar-90-{word}"), move |style| radar(90, names, 7).svg(style));
        add(found, &format!("wheel-300-{word}"), move |style| wheel(8, 5, 7, names).svg(style));
        add(found, &format!("wheel-flat-300-{word}"), move |style| wheel(300, 0, 0, names).svg(style));
        add(found, &format!("heatmap-341x130-{word}"), move |style| heatmap(341, 130, names).svg(style));
        add(found, &format!("heatmap-60x80-{word}"), move |style| heatmap(60, 80, names).svg(style));
        add(found, &format!("ranks-341-{word}"), move |style| ranks(341, 9, 6, names, &[3, 6]).svg(style));
        add(found, &format!("ranks-341-marked-{word}"), move |style| ranks(341, 20, 60, names, &[2, 3, 4, 5, 9]).svg(style));
        add(found, &format!("waterfall-40-{word}"), move |style| waterfall(40, names).svg(style));
        add(found, &format!("priorities-130-{word}"), move |style| priorities(130, names).svg(style));
        add(found, &format!("distribution-341-{word}"), move |style| distribution(341, names).svg(style));
        add(found, &format!("intervals-341-{word}"), move |style| intervals(341, names).svg(style));
        add(found, &format!("goal_path-20-{word}"), move |style| goal_path(20, names).svg(style));
        add(found, &format!("roadmap-60-{word}"), move |style| roadmap(60, names, 50).svg(style));
    }
}
