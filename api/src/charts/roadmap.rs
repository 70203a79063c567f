//! The schedule of a roadmap as a Gantt chart.

use citygauge_indicators::planning::{self, Document};
use citygauge_indicators::{Faults, Language};
use citygauge_openapi::RoadmapPlan;

use super::chart::whole;
use super::{Chart, draw};
use crate::export::number::shortest;
use crate::export::{Cell, Column};

/// The schedule; what is not done stands below it.
///
/// # Errors
/// A roadmap whose document cannot be read.
pub fn chart(roadmap: &RoadmapPlan, language: Language) -> Result<Chart, Faults> {
    let document = planning::Roadmap::read_at(&roadmap.document, "")?;
    let done: Vec<(&str, &citygauge_openapi::RoadmapProject, u32, u32)> = roadmap
        .schedule
        .iter()
        .filter_map(|project| Some((project.project.as_str(), project, project.start?, project.end?)))
        .collect();
    let place = |code: &str| done.iter().position(|(known, ..)| *known == code);
    let bars = done.iter().map(|(code, project, start, end)| {
        let needed = document.projects.iter().find(|known| known.code == *code);
        draw::Bar {
            title: project.title.get(language).to_owned(),
            from: f64::from(*start),
            // It runs to the end of its last year.
            to: f64::from(*end) + 1.0,
            is_critical: project.critical,
            after: needed.iter().flat_map(|needed| &needed.depends_on).filter_map(|code| place(code)).collect(),
            note: shortest(project.cost),
        }
    });
    let stages = roadmap.stages.iter().map(|stage| draw::Stage {
        title: stage.title.get(language).to_owned(),
        from: f64::from(stage.from),
        to: f64::from(stage.to) + 1.0,
    });
    let left_out = roadmap.schedule.iter().filter(|project| project.start.is_none());
    let chart = draw::Roadmap {
        title: document.title.get(language).to_owned(),
        stages: stages.collect(),
        bars: bars.collect(),
        left_out: left_out.map(|project| project.title.get(language).to_owned()).collect(),
    };
    let columns = ["project", "title"].map(Column::text).into_iter();
    let columns =
        columns.chain(["start", "end"].map(Column::integer)).chain([Column::number("cost"), Column::text("is_critical")]);
    let rows = roadmap.schedule.iter().map(|project| {
        let year = |year: Option<u32>| year.map_or(Cell::Empty, |year| whole(u64::from(year)));
        let (code, title) = (project.project.clone(), project.title.get(language).to_owned());
        let critical = if project.critical { "true" } else { "false" };
        vec![code.into(), title.into(), year(project.start), year(project.end), project.cost.into(), critical.into()]
    });
    let rows = rows.collect();
    Ok(Chart::new("roadmap", (columns.collect(), rows), move |style| chart.svg(style)))
}
