//! How the absence of a value looks: hatched where it is missing, blank with a dash where it does not apply.

use maud::{Markup, html};

use super::Style;
use super::legend::Entry;
use super::shapes::line;

/// The hatching of one document. Its id carries the chart's, so that several pictures can stand in one page.
#[derive(Debug, Clone)]
pub(super) struct Hatch {
    id: String,
}

impl Hatch {
    pub fn new(chart: &str) -> Self {
        Self { id: format!("{chart}-missing") }
    }

    /// The definition, once per document.
    pub fn definition(&self, style: Style) -> Markup {
        let palette = style.palette();
        html! {
            defs {
                pattern id=(self.id) width="6" height="6" patternUnits="userSpaceOnUse" {
                    rect width="6" height="6" fill=(palette.ground) {}
                    path d="M-1 1L1 -1M0 6L6 0M5 7L7 5" stroke=(palette.edge) stroke-width="1.5" {}
                }
            }
        }
    }

    /// The value of a `fill` attribute.
    pub fn fill(&self) -> String {
        format!("url(#{})", self.id)
    }

    /// The sign of a missing value between two corners.
    pub fn rect(&self, from: (f64, f64), to: (f64, f64), style: Style) -> Markup {
        super::shapes::rect(from, to, &self.fill(), Some(style.palette().edge))
    }

    /// The legend's line on missing values, in the words of the chart.
    pub fn entry(&self, text: &str, style: Style) -> Entry {
        Entry::new(self.rect((4.0, -5.0), (22.0, 5.0), style), text)
    }
}

/// The legend's line on nodes that do not apply.
pub(super) fn not_applicable(style: Style) -> Entry {
    let palette = style.palette();
    let sign = html! {
        (super::shapes::rect((4.0, -5.0), (22.0, 5.0), palette.ground, Some(palette.edge)))
        (line((9.0, 0.0), (17.0, 0.0), palette.text, 1.5, None))
    };
    Entry::new(sign, style.say("不适用", "not applicable"))
}
