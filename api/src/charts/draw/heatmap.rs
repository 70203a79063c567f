//! Who is weak where: a cell per city and node.

mod cells;
mod grid;

use maud::{Markup, html};

use super::hatch::not_applicable;
use super::page::Page;
use super::{State, Style};
use grid::Grid;

/// Scores of cities on nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Heatmap {
    /// What it is about.
    pub title: String,
    /// The best score there can be.
    pub full_mark: f64,
    /// The names of the cities, from top to bottom.
    pub cities: Vec<String>,
    /// The titles of the nodes, from left to right.
    pub nodes: Vec<String>,
    /// What is known, by city and then by node.
    pub cells: Vec<Vec<State>>,
}

/// The most cells that are marks of their own, each with its title; more are drawn as one path per colour.
const POINTED: usize = 5_000;

impl Heatmap {
    /// The picture.
    pub fn svg(&self, style: Style) -> Markup {
        let note = style.say(
            format!("{} 个城市在 {} 个节点上的得分", self.cities.len(), self.nodes.len()),
            format!("Scores of {} cities on {} nodes", self.cities.len(), self.nodes.len()),
        );
        let grid = Grid::new(self);
        let mut page = Page::new("heatmap", &self.title, &note, style).wide(grid.page_width());
        if self.cities.is_empty() || self.nodes.is_empty() {
            return page.empty(style, style.say("没有可显示的得分", "There are no scores to show"));
        }
        page.legend.push(grid.ramp(style));
        if grid.any(|state| *state == State::Missing) {
            page = page.with_missing(style.say("缺少得分", "no score"), style);
        }
        if grid.any(|state| *state == State::NotApplicable) {
            page.legend.push(not_applicable(style));
        }
        page.remarks.extend(grid.thinned(style));
        let cells = if grid.count() <= POINTED { grid.pointed(&page, style) } else { grid.grouped(&page, style) };
        let bottom = grid.top + grid.height * self.cities.len() as f64;
        page.document(
            style,
            bottom + 6.0,
            html! {
                (grid.names(style))
                (cells)
            },
        )
    }
}
