//! What every picture keeps.

use std::sync::LazyLock;

use citygauge_indicators::Language;

use super::super::{Style, Theme};
use super::cases::{self, HOSTILE};
use super::reading::{Element, elements, overlap};

const STYLES: [Style; 2] =
    [Style { language: Language::Zh, theme: Theme::Light }, Style { language: Language::En, theme: Theme::Light }];

/// Each case in each language with its document, drawn once for all tests.
fn documents() -> impl Iterator<Item = (&'static str, &'static str)> {
    static DRAWN: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let draw = |case: &cases::Case, style: Style| {
            (format!("{} {}", case.name, style.language.tag()), (case.draw)(style).into_string())
        };
        cases::all().iter().flat_map(|case| STYLES.map(|style| draw(case, style))).collect()
    });
    DRAWN.iter().map(|(name, document)| (name.as_str(), document.as_str()))
}

fn size(found: &[Element]) -> (f64, f64) {
    (found[0].number("width"), found[0].number("height"))
}

/// A text and the box that it takes.
struct Text<'a> {
    written: &'a str,
    corners: [(f64, f64); 4],
    top: f64,
    bottom: f64,
}

impl<'a> Text<'a> {
    fn new(element: &'a Element) -> Self {
        let corners = element.corners();
        let ys = corners.map(|(_, y)| y);
        let (top, bottom) = ys.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(top, bottom), y| (top.min(*y), bottom.max(*y)));
        Self { written: &element.text, corners, top, bottom }
    }
}

#[test]
fn no_label_overlaps_another_or_leaves_the_picture() {
    let mut faults = Vec::new();
    for (name, document) in documents() {
        let found = elements(document);
        let (wide, high) = size(&found);
        let mut texts: Vec<Text> = found.iter().filter(|element| element.name == "text").map(Text::new).collect();
        texts.sort_by(|one, other| one.top.total_cmp(&other.top));
        for (place, text) in texts.iter().enumerate() {
            if text.corners.iter().any(|(x, y)| *x < -0.5 || *y < -0.5 || *x > wide + 0.5 || *y > high + 0.5) {
                faults.push(format!("{name}: “{}” leaves {wide} x {high}: {:?}", text.written, text.corners));
            }
            for other in texts[place + 1..].iter().take_while(|other| other.top < text.bottom) {
                if overlap(&text.corners, &other.corners) {
                    faults.push(format!("{name}: “{}” overlaps “{}”", text.written, other.written));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.iter().take(60).cloned().collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_number_in_a_picture_is_finite_short_and_sensible() {
    for (name, document) in documents() {
        for element in elements(document) {
            for (attribute, value) in &element.attributes {
                if ["id", "aria-labelledby", "font-family", "xmlns"].contains(&attribute.as_str()) {
                    continue;
                }
                assert!(!value.contains("NaN") && !value.contains("inf"), "{name}: {attribute}={value}");
                for number in
                    value.split(|c: char| !"-.0123456789".contains(c)).filter(|part| !part.is_empty() && !value.starts_with('#'))
                {
                    assert!(number != "-0", "{name}: {attribute}={value}");
                    let places =
                        number.split_once('.').map_or(0, |(_, places)| places.split('-').next().unwrap_or_default().len());
                    assert!(places <= 2, "{name}: {attribute}={value}");
                }
                if ["width", "height", "r", "font-size", "stroke-width"].contains(&attribute.as_str()) {
                    assert!(value.parse::<f64>().is_ok_and(|number| number >= 0.0), "{name}: {attribute}={value}");
                }
            }
        }
    }
}

#[test]
fn no_mark_leaves_the_picture() {
    for (name, document) in documents() {
        let found = elements(document);
        let (wide, high) = size(&found);
        let within = |x: f64, y: f64| (-1.0..=wide + 1.0).contains(&x) && (-1.0..=high + 1.0).contains(&y);
        for element in found.iter().filter(|element| element.turn == 0.0) {
            let (dx, dy) = element.shift;
            let at = |x: &str, y: &str| (dx + element.number(x), dy + element.number(y));
            let points = match element.name.as_str() {
                "rect" if element.get("x").is_some() => {
                    let (x, y) = at("x", "y");
                    vec![(x, y), (x + element.number("width"), y + element.number("height"))]
                }
                "line" => vec![at("x1", "y1"), at("x2", "y2")],
                "circle" => vec![at("cx", "cy")],
                _ => vec![],
            };
            assert!(points.iter().all(|(x, y)| within(*x, *y)), "{name}: {element:?} in {wide} x {high}");
        }
    }
}

#[test]
fn a_picture_stands_alone_and_has_a_title() {
    for (name, document) in documents() {
        let found = elements(document);
        for element in &found {
            assert!(
                !["style", "script", "foreignObject", "image", "use", "a"].contains(&element.name.as_str()),
                "{name}: {}",
                element.name
            );
            let banned = |attribute: &str| attribute == "style" || attribute.ends_with("href") || attribute.starts_with("on");
            assert!(!element.attributes.iter().any(|(attribute, _)| banned(attribute)), "{name}: {element:?}");
            assert!(
                element.attributes.iter().all(|(_, value)| !value.contains("url(") || value.starts_with("url(#")),
                "{name}: {element:?}"
            );
        }
        let root = &found[0];
        assert_eq!(
            (root.name.as_str(), root.get("role"), root.get("xmlns")),
            ("svg", Some("img"), Some("http://www.w3.org/2000/svg"))
        );
        for id in root.get("aria-labelledby").unwrap().split(' ') {
            let named = found.iter().find(|element| element.get("id") == Some(id)).unwrap();
            assert!(!named.text.trim().is_empty(), "{name}: {id} is empty");
        }
        assert!(document.len() < 3_000_000, "{name}: {} bytes", document.len());
    }
}

#[test]
fn hostile_text_stays_text() {
    for (name, document) in documents().filter(|(name, _)| name.contains("hostile")) {
        assert!(!document.contains("<script"), "{name}");
        assert!(elements(document).iter().any(|element| element.text.contains(HOSTILE)), "{name}: the text is whole");
    }
}

#[test]
fn the_themes_differ_in_colours_only() {
    let colourless = |document: &str| {
        let mut found = String::new();
        let mut rest = document;
        while let Some(at) = rest.find("=\"#") {
            found.push_str(&rest[..at + 3]);
            rest = &rest[at + 3 + 6..];
        }
        // The ids name the theme, so that a page may hold both.
        (found + rest).replace("-light-", "-").replace("-dark-", "-")
    };
    for case in cases::all() {
        let [light, dark] =
            [Theme::Light, Theme::Dark].map(|theme| (case.draw)(Style { language: Language::En, theme }).into_string());
        assert_ne!(light, dark, "{}", case.name);
        assert_eq!(colourless(&light), colourless(&dark), "{}", case.name);
    }
}

#[test]
fn the_same_chart_is_drawn_the_same() {
    for (case, (name, document)) in cases::all().iter().zip(documents().step_by(STYLES.len())) {
        assert_eq!((case.draw)(STYLES[0]).into_string(), document, "{name}");
    }
}

#[test]
fn fixed_words_are_in_the_language_of_the_picture() {
    let is_chinese = |text: &str| text.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character));
    for chart in cases::all_in_latin() {
        let document = (chart.draw)(STYLES[1]).into_string();
        let strange = elements(&document).into_iter().find(|element| is_chinese(&element.text));
        assert!(strange.is_none(), "{}: {strange:?}", chart.name);
    }
}

#[test]
fn missing_is_hatched_and_explained_and_never_written_as_zero() {
    for case in cases::all().into_iter().filter(|case| case.name.ends_with("-missing")) {
        for style in STYLES {
            let document = (case.draw)(style).into_string();
            let found = elements(&document);
            let hatched =
                found.iter().filter(|element| element.get("fill").is_some_and(|fill| fill.starts_with("url(#"))).count();
            assert!(hatched >= 2, "{}: in the picture and in the legend", case.name);
            let words = style.language.pick(["缺少", "没有"], ["no ", "No "]);
            let said = found.iter().any(|element| element.name == "text" && words.iter().any(|word| element.text.contains(word)));
            assert!(said, "{}", case.name);
        }
    }
}

#[test]
fn ids_of_charts_in_one_page_do_not_collide() {
    let ids =
        |document: &str| elements(document).iter().filter_map(|element| element.get("id").map(str::to_owned)).collect::<Vec<_>>();
    let mut all: Vec<String> = documents()
        .filter(|(name, _)| name.contains("-usual en"))
        .filter(|(name, _)| name.matches('-').count() == 1)
        .flat_map(|(_, document)| ids(document))
        .collect();
    let count = all.len();
    all.sort();
    all.dedup();
    // The two radars have the same title, and with it the same ids.
    assert_eq!(count - all.len(), 3);
}
