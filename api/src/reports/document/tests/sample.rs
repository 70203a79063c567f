//! Reports with invented content: one with all that a report can tell, and one with next to nothing.

use std::fmt::Write;

use citygauge_indicators::Language;

use super::super::context::*;
use super::super::{About, Figure, Figures};

const ADDRESS: &str = "https://citygauge.example/api/v1/assessments/0198f3a2-7c41-7d52-9c0b-5a1e2f3d4c5b";
const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// The dimensions of the sample with their shares and scores.
const DIMENSIONS: [(&str, &str, &str, &str, &str); 5] = [
    ("惠民服务", "Services for residents", "30.0 %", "82.46", "24.74"),
    ("精准治理", "Precise governance", "20.0 %", "74.10", "14.82"),
    ("生态宜居", "Ecology and livability", "15.0 %", "68.93", "10.34"),
    ("智能设施", "Intelligent infrastructure", "20.0 %", "91.27", "18.25"),
    ("信息资源", "Information resources", "15.0 %", "57.80", "8.67"),
];

const INDICATORS: [(&str, &str, &str); 20] = [
    ("电子证照应用率", "Use of electronic certificates", "%"),
    ("城市公共数据开放率", "Openness of public data", "%"),
    ("重点用能单位在线监测率", "Large energy users monitored online", "%"),
    ("政务服务事项全程网办率", "Government services handled online from start to finish", "%"),
    ("每百名学生拥有的多媒体教室数", "Multimedia classrooms per 100 pupils", "per 100 pupils"),
    ("远程医疗服务覆盖率", "Coverage of remote medical service", "%"),
    ("公共交通来车信息实时预报率", "Live arrival information of public transport", "%"),
    ("城市道路传感终端安装率", "Sensors along city roads", "%"),
    ("固定宽带家庭普及率", "Households with fixed broadband", "%"),
    ("第五代移动通信基站密度", "Density of 5G base stations", "/km2"),
    ("信息资源部门间共享率", "Information shared between departments", "%"),
    ("突发事件应急响应平均时间", "Mean time to respond to emergencies", "min"),
    ("地下管线综合管理信息化率", "Underground pipes managed digitally", "%"),
    ("空气质量自动监测站点密度", "Density of air quality stations", "/100km2"),
    ("社区综合信息服务覆盖率", "Coverage of community information service", "%"),
    ("就业信息服务便捷度", "Ease of employment information", "points"),
    ("帮扶对象信息化管理率", "Persons in need managed digitally", "%"),
    ("公共区域视频联网率", "Cameras in public areas connected", "%"),
    ("危险化学品运输监控率", "Transport of dangerous chemicals monitored", "%"),
    ("环境违法举报办结率", "Environmental complaints settled", "%"),
];

pub fn about(language: Language) -> About {
    About {
        language,
        author: language.pick("示例省智慧城市评价中心", "Evaluation centre of the sample province").to_owned(),
        date: (2026, 11, 30),
        running: language
            .pick("示例市智慧城市建设现状评估报告　2026", "Sample City: current-state assessment of the smart city, 2026")
            .to_owned(),
        identifier: ADDRESS.to_owned(),
    }
}

fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into())
}

fn named(code: &str, name: &str) -> Named {
    Named { code: code.to_owned(), name: name.to_owned() }
}

fn count(title: &str, count: &str, share: &str) -> Count {
    Count { title: title.to_owned(), count: count.to_owned(), share: share.to_owned() }
}

fn issue(language: Language) -> Issue {
    Issue {
        body: about(language).author,
        date: language.pick("2026 年 11 月 30 日", "30 November 2026").to_owned(),
        service: some("https://citygauge.example"),
        illustrative: true,
        remarks: vec![
            language
                .pick(
                    "指标体系为依据公开资料的重建，部分权重为推定，不等同于正式文本。",
                    "The indicator set is a reconstruction from public sources; some weights are assumed, and it does not stand for the official text.",
                )
                .to_owned(),
        ],
    }
}

fn assessment() -> AssessmentFacts {
    AssessmentFacts {
        id: "0198f3a2-7c41-7d52-9c0b-5a1e2f3d4c5b".to_owned(),
        address: ADDRESS.to_owned(),
        finished: "2026-11-29T08:15:42Z".to_owned(),
        engine: "citygauge 0.1.0".to_owned(),
        bundle: format!("{ADDRESS}/bundle"),
        bundle_digest: some(DIGEST),
        supersedes: Some(Superseded {
            id: "0198e011-0000-7000-8000-000000000001".to_owned(),
            reason: "2 corrected observations".to_owned(),
        }),
    }
}

fn set(language: Language) -> SetFacts {
    SetFacts {
        code: "GBT33356-2016".to_owned(),
        version: "1.2".to_owned(),
        title: language
            .pick("新型智慧城市评价指标（2016）重建版", "New smart city indicators (2016), a reconstruction")
            .to_owned(),
        digest: DIGEST.to_owned(),
        basis: some("GB/T 33356-2016"),
        note: some(language.pick(
            "权重取自公开的实施细则，未公开的部分按同级均分推定。",
            "Weights are those of the published rules; where none are published, sisters share equally.",
        )),
        indicators: "54".to_owned(),
        lineage: vec![format!("GBT33356-2016 1.0 ({})", &DIGEST[..16])],
    }
}

fn release() -> ReleaseFacts {
    ReleaseFacts {
        id: "0198f39f-1111-7222-8333-444455556666".to_owned(),
        digest: DIGEST.chars().rev().collect(),
        as_of: "2026-11-28T16:00:00Z".to_owned(),
        observations: "18,204".to_owned(),
    }
}

fn cohort(language: Language) -> CohortFacts {
    CohortFacts {
        cities: "13".to_owned(),
        described: language.pick("所有有观测值的城市", "every city with an observation").to_owned(),
    }
}

fn method(language: Language) -> Method {
    let told = |zh: &str, en: &str| language.pick(zh, en).to_owned();
    Method {
        scoring: told(
            "各指标分项按指标体系规定的规则（比例、阈值、清单等）由原始值换算为 0 至 100 分。",
            "Each indicator turns its raw value into 0 to 100 by the rule of the set (ratio, thresholds, checklist).",
        ),
        aggregation: told(
            "分值算法：各级为下一级分项分数的加权和。",
            "Points arithmetic: each level is the weighted sum of the level below.",
        ),
        weights: told("由指标体系给定。", "Given by the set."),
        rounding: told("每级分数四舍五入到两位小数。", "Every level is rounded half up to two places."),
        missing: told("缺失指标按零分计。", "A missing indicator counts zero."),
        coverage: some(told("总得分至少需要 80 % 的权重有得分。", "A total needs scores for at least 80 % of the weight.")),
        levels: some(told("按总得分划分为五级，下限含在级内。", "Five levels by the total; a level owns its lower limit.")),
        adjustments: some(told("网络安全事件每起扣 2 分，最多扣 10 分。", "Each security incident takes 2 points, at most 10.")),
    }
}

fn dimensions(language: Language) -> Vec<NodeResult> {
    let nodes = DIMENSIONS.iter().zip(1..).map(|(&(zh, en, share, score, points), place)| NodeResult {
        code: format!("L{place}"),
        title: language.pick(zh, en).to_owned(),
        depth: 1,
        leaf: false,
        value: None,
        unit: None,
        score: some(score),
        points: some(points),
        share: share.to_owned(),
        coverage: some("96.4 %"),
        rank: some(format!("{}", place + 1)),
        level: None,
    });
    nodes.collect()
}

fn nodes(language: Language) -> Vec<NodeResult> {
    let mut all = Vec::new();
    for dimension in dimensions(language) {
        let code = dimension.code.clone();
        all.push(dimension);
        for (&(zh, en, unit), place) in INDICATORS.iter().zip(1..).take(9) {
            let missing = place == 7;
            all.push(NodeResult {
                code: format!("{code}P{place}"),
                title: language.pick(zh, en).to_owned(),
                depth: 2,
                leaf: true,
                value: (!missing).then(|| format!("{}.{place}", 31 + place * 7)),
                unit: some(unit),
                score: (!missing).then(|| format!("{}.{place}0", 40 + place * 5)),
                points: (!missing).then(|| format!("1.{place}3")),
                share: "2.50 %".to_owned(),
                coverage: some(if missing { "0 %" } else { "100 %" }),
                rank: (!missing).then(|| place.to_string()),
                level: None,
            });
        }
    }
    all
}

fn standings(language: Language, sign: &str, from: usize, many: usize) -> Vec<Standing> {
    let found = INDICATORS.iter().enumerate().skip(from).take(many).map(|(place, &(zh, en, _))| Standing {
        code: format!("L1P{place}"),
        title: language.pick(zh, en).to_owned(),
        dimension: language.pick(DIMENSIONS[place % 5].0, DIMENSIONS[place % 5].1).to_owned(),
        score: some(format!("{}.20", 60 + place)),
        reference: some("62.50"),
        lead: some(format!("{sign}{place}.70")),
        share: "2.40 %".to_owned(),
        rank: some(place.to_string()),
    });
    found.collect()
}

fn gaps(language: Language) -> Gaps {
    let verdicts =
        language.pick(["可实现", "需努力", "尚无先例", "按当前速度可达"], ["attainable", "stretch", "unprecedented", "on track"]);
    let priorities = INDICATORS.iter().enumerate().map(|(place, &(zh, en, unit))| Direction {
        priority: (place + 1).to_string(),
        code: format!("L1P{place}"),
        title: language.pick(zh, en).to_owned(),
        score: some(format!("{}.35", 58 - place)),
        reference: some(format!("{}.00", 78 - place / 2)),
        points: format!("{}.{:02}", 2 - place / 10, 99 - place * 4),
        value: some(format!("{}.4", 31 + place)),
        target: (place != 11).then(|| format!("{}.9", 52 + place)),
        unit: some(unit),
        required: some(format!("+{}.3", 4 + place % 5)),
        own: (place % 3 != 0).then(|| format!("+{}.1", 1 + place % 4)),
        verdict: some(verdicts[place % 4]),
        note: (place == 11)
            .then(|| language.pick("没有原始值能达到参照得分。", "No raw value reaches the score of the reference.").to_owned()),
    });
    Gaps {
        id: "0198f3b0-2222-7333-8444-555566667777".to_owned(),
        address: "https://citygauge.example/api/v1/gap-analyses/0198f3b0-2222-7333-8444-555566667777".to_owned(),
        against: language.pick("对标组中位数", "the median of the peers").to_owned(),
        peers: language.pick("参评城市（不含本市），共 12 个", "the cohort without the city itself, 12 cities").to_owned(),
        by: some("2030"),
        rule: language
            .pick(
                "得分不低于参照且不低于满分的 80 % 的节点为建设基础；领先参照 5 分以上为优势，落后 5 分以上为劣势；按失分排序，失分相同的按判断排序。",
                "A node with at least the reference's score and 80 % of the full mark is a foundation; one that leads by more than 5 is a strength, one that trails by more than 5 a weakness; directions are ranked by points lost, then by verdict.",
            )
            .to_owned(),
        foundations: standings(language, "+", 3, 5),
        strengths: standings(language, "+", 8, 6),
        weaknesses: standings(language, "−", 1, 7),
        priorities: priorities.collect(),
        priorities_total: "31".to_owned(),
        points_lost: some("24.86"),
        without_data: vec![named("L2P7", language.pick("公共交通来车信息实时预报率", "Live arrival information"))],
        without_reference: vec![named("L5P2", language.pick("信息资源目录", "Catalogue of information resources"))],
    }
}

fn quality(language: Language) -> Quality {
    let told = |zh: &str, en: &str| language.pick(zh, en).to_owned();
    let counts = |rows: [(&str, &str, &str, &str); 4]| {
        rows.iter().map(|(zh, en, number, share)| count(language.pick(zh, en), number, share)).collect()
    };
    Quality {
        items: "140".to_owned(),
        statuses: counts([
            ("已报", "Reported", "131", "93.6 %"),
            ("缺失", "Missing", "5", "3.6 %"),
            ("不适用", "Not applicable", "3", "2.1 %"),
            ("退回", "Rejected", "1", "0.7 %"),
        ]),
        grades: counts([
            ("一级：经审计", "1: audited", "48", "36.6 %"),
            ("二级：官方统计", "2: official statistics", "60", "45.8 %"),
            ("三级：部门台账", "3: departmental records", "20", "15.3 %"),
            ("四级：估计", "4: estimated", "3", "2.3 %"),
        ]),
        missing: vec![
            Missing {
                code: "bus_live".to_owned(),
                title: told("实时预报线路数", "Lines with live arrivals"),
                department: some(told("交通运输局", "Transport bureau")),
                indicators: "L1P7".to_owned(),
            },
            Missing {
                code: "sensors_km".to_owned(),
                title: told("安装传感终端的道路长度", "Length of roads with sensors"),
                department: None,
                indicators: "L4P8, L4P9".to_owned(),
            },
        ],
        not_applicable: vec![NotApplicable {
            code: "port_flow".to_owned(),
            title: told("港口吞吐量", "Port throughput"),
            reason: some(told("本市没有港口", "The city has no port")),
        }],
        warnings: vec![
            Warning {
                code: "formula.division-by-zero".to_owned(),
                subject: some("L3P4"),
                message: told("除数为零，该指标没有原始值。", "The divisor is zero, so that the indicator has no raw value."),
            },
            Warning {
                code: "cohort.constant".to_owned(),
                subject: None,
                message: told("参评城市的取值完全相同。", "All cities have the same value."),
            },
        ],
        warnings_total: "2".to_owned(),
    }
}

/// A report of a city with all that it can tell.
pub fn city(language: Language) -> CityReport {
    let told = |zh: &str, en: &str| language.pick(zh, en).to_owned();
    let change = |title: &str, change: &str| ChangeRow {
        title: title.to_owned(),
        before: some("73.41"),
        after: some("76.82"),
        change: some(change),
        data: some("+2.96"),
        set: some("0.00"),
        cohort: some("+0.31"),
        coverage: some("+0.14"),
        rank_before: some("7"),
        rank_after: some("5"),
    };
    let rows = std::iter::once(change(&told("总得分", "Total"), "+3.41"));
    let rows = rows.chain(DIMENSIONS.iter().map(|&(zh, en, ..)| change(language.pick(zh, en), "+1.08")));
    let bands = [
        ("卓越级", "Leading", "90 – 100"),
        ("优秀级", "Excellent", "75 – 90"),
        ("良好级", "Good", "60 – 75"),
        ("成长级", "Growing", "40 – 60"),
        ("起步级", "Starting", "0 – 40"),
    ];
    CityReport {
        report: issue(language),
        city: named("990100", language.pick("示例市", "Sample City")),
        period: "2026".to_owned(),
        round: Some(named("R2026", language.pick("2026 年度评价", "Evaluation of 2026"))),
        assessment: assessment(),
        set: set(language),
        release: release(),
        cohort: cohort(language),
        total: Total {
            score: some("76.82"),
            full_mark: "100".to_owned(),
            level: some(told("优秀级", "Excellent")),
            rank: some("5"),
            coverage: some("96.4 %"),
            low: some("75.10"),
            high: some("79.34"),
            interval: Some(RankInterval {
                from: "4".to_owned(),
                to: "7".to_owned(),
                replications: "1,000".to_owned(),
                address: format!("{ADDRESS}/uncertainty/1"),
            }),
        },
        levels: bands
            .iter()
            .map(|(zh, en, range)| LevelBand { title: told(zh, en), range: (*range).to_owned(), reached: *en == "Excellent" })
            .collect(),
        dimensions: dimensions(language),
        nodes: nodes(language),
        change: Some(Change {
            period: "2025".to_owned(),
            assessment: "0198a000-aaaa-7bbb-8ccc-ddddeeeeffff".to_owned(),
            address: format!("{ADDRESS}/diff"),
            note: some(told("两期采用同一版本的指标体系。", "Both periods use the same version of the set.")),
            rows: rows.collect(),
        }),
        gaps: Some(gaps(language)),
        quality: quality(language),
        method: method(language),
    }
}

/// A report of a city that has next to nothing to tell.
pub fn bare_city(language: Language) -> CityReport {
    let full = city(language);
    CityReport {
        report: Issue { service: None, illustrative: false, remarks: Vec::new(), ..full.report },
        round: None,
        assessment: AssessmentFacts { bundle_digest: None, supersedes: None, ..full.assessment },
        set: SetFacts { basis: None, note: None, lineage: Vec::new(), ..full.set },
        total: Total {
            score: None,
            level: None,
            rank: None,
            coverage: None,
            low: None,
            high: None,
            interval: None,
            ..full.total
        },
        levels: Vec::new(),
        dimensions: Vec::new(),
        nodes: Vec::new(),
        change: None,
        gaps: None,
        quality: Quality {
            statuses: Vec::new(),
            grades: Vec::new(),
            missing: Vec::new(),
            not_applicable: Vec::new(),
            warnings: Vec::new(),
            ..full.quality
        },
        method: Method { coverage: None, levels: None, adjustments: None, ..full.method },
        ..full
    }
}

/// A report of a round with two classes and all that it can tell.
pub fn round(language: Language) -> RoundReport {
    let told = |zh: &str, en: &str| language.pick(zh, en).to_owned();
    let cities = |number: usize| told(&format!("示例{number:02}市"), &format!("Sample City {number:02}"));
    let ranking = (1..=30).map(|number: usize| RankedCity {
        rank: (number < 30).then(|| number.to_string()),
        code: format!("99{number:02}00"),
        name: cities(number),
        score: (number < 30).then(|| format!("{}.{:02}", 92 - number, number * 3)),
        level: (number < 30).then(|| told("良好级", "Good")),
        coverage: some("97.1 %"),
        low: some(format!("{}.10", 90 - number)),
        high: some(format!("{}.90", 94 - number)),
        interval: (number < 30).then(|| format!("{}–{}", number.saturating_sub(2).max(1), number + 2)),
        group: (number < 30).then(|| (number / 5 + 1).to_string()),
    });
    let ranking: Vec<RankedCity> = ranking.collect();
    let statistics = DIMENSIONS.iter().map(|&(zh, en, share, score, _)| NodeStatistics {
        title: told(zh, en),
        share: share.to_owned(),
        cities: "29".to_owned(),
        mean: some(score),
        median: some("71.05"),
        sd: some("8.42"),
        min: some("44.18"),
        max: some("95.60"),
        best: some(cities(1)),
    });
    let part = RoundPart {
        title: some(told("地级以上城市", "Cities at prefecture level and above")),
        period: "2026".to_owned(),
        assessment: assessment(),
        set: set(language),
        release: release(),
        cohort: cohort(language),
        full_mark: "100".to_owned(),
        ranking,
        levels: vec![count(&told("优秀级", "Excellent"), "8", "27.6 %"), count(&told("良好级", "Good"), "21", "72.4 %")],
        statistics: statistics.collect(),
        uncertainty: Some(Uncertainty {
            number: "1".to_owned(),
            address: format!("{ADDRESS}/uncertainty/1"),
            replications: "1,000".to_owned(),
            seed: "1".to_owned(),
            choices: vec![
                told("各级权重上下浮动 25 %", "The weights of all levels, plus or minus 25 %"),
                told("汇总方法：算术平均或几何平均", "The aggregation: arithmetic or geometric mean"),
            ],
            shift: some("1.24"),
            rule: told(
                "若名次靠后的城市在至少 5 % 的模拟中不低于靠前的城市，则两者不可区分。",
                "Two cities cannot be told apart where the one behind is level or ahead in at least 5 % of the replications.",
            ),
            groups: (0..3)
                .map(|group: usize| {
                    (1..=4).map(|city| cities(group * 4 + city)).collect::<Vec<_>>().join(language.pick("、", ", "))
                })
                .collect(),
        }),
        method: method(language),
        figures: PartFigures { ranking: some("ranking"), levels: None, heatmap: some("heatmap"), intervals: None },
    };
    let counties = RoundPart {
        title: some(told("县级市与县", "Counties")),
        uncertainty: None,
        figures: PartFigures::default(),
        ranking: part.ranking[..6].to_vec(),
        ..part.clone()
    };
    let completeness = (1..=12).map(|number: usize| CityCompleteness {
        code: format!("99{number:02}00"),
        name: cities(number),
        state: told("已核实", "Verified"),
        asked: "140".to_owned(),
        reported: (140 - number).to_string(),
        not_applicable: "2".to_owned(),
        missing: (number - 1).to_string(),
        share: format!("{}.3 %", 99 - number),
    });
    RoundReport {
        report: issue(language),
        round: RoundFacts {
            code: "R2026".to_owned(),
            title: told("2026 年度智慧城市评价", "Smart city evaluation of 2026"),
            periods: "2026".to_owned(),
            cities: "36".to_owned(),
            opened: some("2026-09-01"),
            due: some("2026-10-15"),
            published: some("2026-11-29"),
        },
        parts: vec![part, counties],
        completeness: Some(Completeness {
            states: vec![
                count(&told("已核实", "Verified"), "34", "94.4 %"),
                count(&told("未提交", "Not submitted"), "2", "5.6 %"),
            ],
            cities: completeness.collect(),
        }),
    }
}

/// A report of a round that has next to nothing to tell.
pub fn bare_round(language: Language) -> RoundReport {
    let full = round(language);
    let parts = full.parts.into_iter().take(1).map(|part| RoundPart {
        title: None,
        ranking: Vec::new(),
        levels: Vec::new(),
        statistics: Vec::new(),
        uncertainty: None,
        figures: PartFigures::default(),
        ..part
    });
    RoundReport {
        report: Issue { service: None, illustrative: false, remarks: Vec::new(), ..full.report },
        round: RoundFacts { opened: None, due: None, published: None, ..full.round },
        parts: parts.collect(),
        completeness: None,
    }
}

/// Drawings with Chinese text, hatching and bars.
pub fn figures(language: Language) -> Figures {
    let names = ["radar", "wheel", "waterfall", "priorities", "change", "ranking", "heatmap"];
    names.iter().map(|name| ((*name).to_owned(), figure(name, language))).collect()
}

fn figure(name: &str, language: Language) -> Figure {
    let mut bars = String::new();
    for (place, (zh, en, _, score, _)) in DIMENSIONS.iter().enumerate() {
        let (y, length) = (50 + place * 44, score.parse::<f64>().unwrap() * 4.2);
        let fill = if place == 2 { "url(#hatch)" } else { "#1b4b82" };
        let title = language.pick(zh, en);
        let _ = write!(
            bars,
            r#"<text x="190" y="{}" text-anchor="end">{title}</text><rect x="200" y="{y}" width="{length}" height="28" fill="{fill}"/><text x="{}" y="{}">{score}</text>"#,
            y + 19,
            208.0 + length,
            y + 19
        );
    }
    let svg = format!(
        r##"<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="720" height="290" viewBox="0 0 720 290" font-family="system-ui, 'Noto Sans CJK SC', 'Noto Sans', sans-serif" font-size="14" role="img"><title>{name}</title><defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" fill="#dbe5f0"/><line x1="0" y1="0" x2="0" y2="8" stroke="#5b6876" stroke-width="3"/></pattern></defs><rect width="720" height="290" fill="#ffffff"/><text x="20" y="28" font-size="16" font-weight="bold">{}</text>{bars}</svg>"##,
        language.pick("各维度得分", "Scores by dimension")
    );
    let alt = language.pick(
        "各维度得分的条形图：惠民服务 82.46 分，其余见表",
        "A bar chart of the scores by dimension: services 82.46, the others as in the table",
    );
    Figure { svg, width: 720.0, height: 290.0, alt: alt.to_owned() }
}
