//! Charts as the drawings of a report.

use citygauge_indicators::Language;

use super::document::Figure;
use crate::charts::Chart;
use crate::charts::draw::{Style, Theme};

/// A chart as a drawing on white; `alt` says what it shows.
pub(super) fn figure(chart: Chart, alt: String, language: Language) -> Figure {
    let svg = chart.svg(Style { language, theme: Theme::Light });
    let [width, height] = ["width", "height"].map(|name| attribute(&svg, name).unwrap_or(800.0));
    Figure { svg, width, height, alt }
}

/// A number among the attributes of the root.
fn attribute(svg: &str, name: &str) -> Option<f64> {
    let root = &svg[..svg.find('>')?];
    let (_, rest) = root.split_once(&format!(" {name}=\""))?;
    rest.split_once('"')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_read_off_the_root() {
        let svg = "<svg xmlns=\"x\" width=\"640\" height=\"312.5\"><rect width=\"1\"/></svg>";
        assert_eq!((attribute(svg, "width"), attribute(svg, "height"), attribute(svg, "x")), (Some(640.0), Some(312.5), None));
    }
}
