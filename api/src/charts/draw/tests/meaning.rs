//! What single charts say, read back from the picture.

use citygauge_indicators::Language;

use super::super::*;
use super::cases::{self, Names, shown};
use super::reading::{Element, elements};

const ENGLISH: Style = Style { language: Language::En, theme: Theme::Light };

fn titled<'a>(found: &'a [Element], start: &str) -> Vec<&'a Element> {
    found.iter().filter(|element| element.name == "title" && element.text.starts_with(start)).collect()
}

fn texts(found: &[Element]) -> Vec<&str> {
    found.iter().filter(|element| element.name == "text").map(|element| element.text.as_str()).collect()
}

/// The stretches of the lines in a colour: a path has one per `M`.
fn stretches(found: &[Element], colour: &str) -> Vec<usize> {
    let lines = found.iter().filter(|element| element.name == "path" && element.get("fill") == Some("none"));
    lines.filter(|line| line.get("stroke") == Some(colour)).map(|line| line.get("d").unwrap().matches('M').count()).collect()
}

#[test]
fn a_missing_score_opens_the_polygon_of_a_radar_and_is_no_vertex() {
    let own = ENGLISH.palette().own;
    let mut chart = cases::radar(6, Names::Latin, 0);
    chart.rings.truncate(1);
    let whole = elements(&chart.svg(ENGLISH).into_string());
    assert_eq!(stretches(&whole, own), [1]);
    let vertices = |found: &[Element]| {
        found
            .iter()
            .filter(|element| element.name == "circle" && element.shift.0 == 0.0 && element.get("fill") == Some(own))
            .count()
    };
    let before = vertices(&whole);
    chart.rings[0].scores[1] = None;
    chart.rings[0].scores[4] = None;
    let open = elements(&chart.svg(ENGLISH).into_string());
    assert_eq!(stretches(&open, own), [2], "two gaps leave two stretches");
    assert_eq!(before - vertices(&open), 2);
    assert_eq!(titled(&open, "Item 2: no score").len(), 1);
}

#[test]
fn lines_of_ranks_are_not_joined_across_a_new_edition() {
    let colour = ENGLISH.palette().category(0);
    let chart = |breaks: &[usize]| {
        let mut chart = cases::ranks(1, 6, 1, Names::Latin, breaks);
        chart.lines[0].ranks = (1..=6).map(Some).collect();
        elements(&chart.svg(ENGLISH).into_string())
    };
    assert_eq!(stretches(&chart(&[]), colour).len(), 1);
    assert_eq!(stretches(&chart(&[2, 4]), colour).len(), 3);
}

#[test]
fn the_first_rank_is_at_the_top() {
    let mut chart = cases::ranks(2, 1, 2, Names::Latin, &[]);
    chart.lines[0].ranks = vec![Some(2)];
    chart.lines[1].ranks = vec![Some(1)];
    let found = elements(&chart.svg(ENGLISH).into_string());
    let height = |text: &str| found.iter().find(|element| element.name == "text" && element.text == text).unwrap().number("y");
    assert!(height("1  Item 2") < height("2  Item 1"));
}

#[test]
fn a_step_without_data_is_hatched_and_moves_nothing() {
    let steps = vec![Step { title: "a".into(), points: Some(shown(4.0)) }, Step { title: "b".into(), points: None }];
    let chart = Waterfall { title: "t".into(), from: Some(shown(10.0)), to: Some(shown(14.0)), steps };
    let found = elements(&chart.svg(ENGLISH).into_string());
    assert_eq!((titled(&found, "b: no data").len(), titled(&found, "a: +4.0").len()), (1, 1));
    assert!(!texts(&found).iter().any(|text| text.contains("belongs to none")), "the steps lead to the target");
    let short = Waterfall { to: Some(shown(15.0)), ..chart };
    let found = elements(&short.svg(ENGLISH).into_string());
    assert!(texts(&found).iter().any(|text| text.contains("the rest to the target, +1,")));
}

#[test]
fn a_bar_begins_at_zero_and_its_axis_ends_at_the_full_mark() {
    let found =
        elements(&ScoreCard { full_mark: 80.0, bands: vec![], ..cases::score_card(Names::Latin) }.svg(ENGLISH).into_string());
    let own = ENGLISH.palette().own;
    let bar = found
        .iter()
        .find(|element| element.name == "rect" && element.get("fill") == Some(own) && element.number("y") > 20.0)
        .unwrap();
    let share = bar.number("width") / (page::WIDTH - 2.0 * page::MARGIN);
    assert!((share - 63.4 / 80.0).abs() < 1e-3 && bar.number("x") == page::MARGIN, "{bar:?}");
    assert!(texts(&found).contains(&"80"));
}

#[test]
fn the_angle_of_a_segment_is_its_share() {
    let leaf = |title: &str, share| Segment { title: title.into(), parent: None, share, state: State::Scored(shown(80.0)) };
    let chart =
        Wheel { title: "t".into(), full_mark: 100.0, nodes: vec![leaf("half", 0.5), leaf("quarter", 0.25), leaf("rest", 0.25)] };
    let found = elements(&chart.svg(ENGLISH).into_string());
    let at = found.iter().position(|element| element.name == "title" && element.text.starts_with("half: 80.0")).unwrap();
    assert_eq!(found[at].text, "half: 80.0 · share 50 %");
    // From the top of the rim to the bottom of the rim: half a turn.
    assert!(found[at + 1].get("d").unwrap().starts_with("M284 2A258 258 0 0 1 284 518L"), "{:?}", found[at + 1]);
}

#[test]
fn what_does_not_apply_looks_different_from_what_is_missing() {
    let chart = |state: State| Heatmap {
        title: "t".into(),
        full_mark: 100.0,
        cities: vec!["c".into()],
        nodes: vec!["n".into()],
        cells: vec![vec![state]],
    };
    let fill = |state: State, title: &str| {
        let found = elements(&chart(state).svg(ENGLISH).into_string());
        let at = found.iter().position(|element| element.name == "title" && element.text == title).unwrap();
        found[at - 1].get("fill").unwrap().to_owned()
    };
    assert!(fill(State::Missing, "c · n: no score").starts_with("url(#"));
    assert_eq!(fill(State::NotApplicable, "c · n: not applicable"), ENGLISH.palette().ground);
}

#[test]
fn a_cell_that_is_not_given_is_missing() {
    let chart = Heatmap { title: "t".into(), full_mark: 100.0, cities: vec!["c".into()], nodes: vec!["n".into()], cells: vec![] };
    assert_eq!(titled(&elements(&chart.svg(ENGLISH).into_string()), "c · n: no score").len(), 1);
}

#[test]
fn what_has_no_room_is_counted() {
    let says = |document: maud::Markup, text: &str| {
        let found = elements(&document.into_string());
        assert!(texts(&found).iter().any(|it| it.contains(text)), "{text} in {:?}", texts(&found).last());
    };
    says(cases::ranks(341, 4, 2, Names::Latin, &[]).svg(ENGLISH), "339 more lines are not named");
    says(cases::heatmap(341, 130, Names::Latin).svg(ENGLISH), "170 cities are not named");
    says(cases::priorities(130, Names::Latin).svg(ENGLISH), "104 more are marks only");
    says(cases::roadmap(3, Names::Latin, 50).svg(ENGLISH), "and 10 more");
}

#[test]
fn the_most_points_lost_have_the_first_number() {
    let chart = cases::priorities(12, Names::Latin);
    let most = chart.items.iter().max_by(|one, other| one.points.total_cmp(&other.points)).unwrap();
    let found = elements(&chart.svg(ENGLISH).into_string());
    let written = texts(&found);
    let first = written.iter().rposition(|text| *text == "1").unwrap();
    assert_eq!(written[first + 1], most.title);
}

#[test]
fn a_goal_that_was_not_measured_is_hatched_and_interrupts_its_line() {
    let colour = ENGLISH.palette().own;
    let mut chart = cases::goal_path(1, Names::Latin);
    let dated = |year: i32, value: Option<f64>| Dated { year: f64::from(year), label: year.to_string(), value: value.map(shown) };
    chart.goals[0].actuals = [Some(1.0), Some(2.0), None, Some(3.0), Some(4.0)]
        .into_iter()
        .zip(2024..)
        .map(|(value, year)| dated(year, value))
        .collect();
    let found = elements(&chart.svg(ENGLISH).into_string());
    assert_eq!(stretches(&found, colour), [2]);
    assert_eq!(titled(&found, "Item 1 · actual 2026: no value").len(), 1);
}

#[test]
fn a_critical_project_is_outlined_and_said_so() {
    let found = elements(&cases::roadmap(4, Names::Latin, 0).svg(ENGLISH).into_string());
    let outlined = |title: &str| {
        let at = found.iter().rposition(|element| element.name == "title" && element.text.starts_with(title)).unwrap();
        (found[at + 1].get("stroke").is_some(), found[at].text.contains("critical"))
    };
    assert_eq!((outlined("Item 1: 2026"), outlined("Item 2: ")), ((true, true), (false, false)));
    assert!(texts(&found).iter().any(|text| text.starts_with("critical project")));
}
