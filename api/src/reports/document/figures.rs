//! The drawings that a report may show.

use std::collections::BTreeMap;

/// A drawing with what a reader is told who does not see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The drawing, an SVG document.
    pub svg: String,
    /// Its width in CSS pixels.
    pub width: f64,
    /// Its height in CSS pixels.
    pub height: f64,
    /// What it shows, in the language of the report.
    pub alt: String,
}

/// The drawings by the name under which a template asks for them, such as `radar`.
pub type Figures = BTreeMap<String, Figure>;
