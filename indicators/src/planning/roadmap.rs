//! A roadmap (9.1.4, 9.3): which projects are at choice, and what a schedule of them must keep to.

mod check;

use serde::Serialize;
use serde_json::Value;

use super::{Project, outside};
use crate::fault::Faults;
use crate::period::Period;
use crate::read::{Object, Read, wrong_type};
use crate::text::Text;

pub use check::check_projects;

/// The greatest number of projects of a roadmap.
pub const MAX_PROJECTS: usize = 200;
/// The greatest number of years of a roadmap.
pub const MAX_YEARS: u32 = 10;

/// What may be spent; every amount from 0 to 1e15.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = RoadmapBudget))]
#[serde(untagged)]
pub enum Budget {
    /// In all years together, in whichever of them.
    Total(f64),
    /// In each year.
    ByYear(Vec<f64>),
}

/// A project that begins in a given year, if it is done at all.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FixedStart {
    /// The code of the project.
    pub project: String,
    /// The calendar year in which it begins.
    pub year: u32,
}

/// A stage (9.3.1): some years with a title and tasks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RoadmapStage {
    /// What it is called.
    pub title: Text,
    /// Its first year.
    pub from: u32,
    /// Its last year.
    pub to: u32,
    /// What else is to be done in it, beside the projects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub tasks: Vec<Text>,
}

/// What a schedule must keep to, and what it aims at; all but the projects.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RoadmapTerms {
    /// The first year in which a project may begin.
    #[cfg_attr(feature = "schema", schema(minimum = 1900, maximum = 2200))]
    pub first_year: u32,
    /// How many years there are, 1 to 10.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 10))]
    pub years: u32,
    /// What may be spent: a number for each year, or one for all of them together.
    pub budget: Budget,
    /// Whether what is not spent in a year may be spent in a later one; no unless given.
    #[cfg_attr(feature = "schema", schema(required = false, default = false))]
    pub carry_over: bool,
    /// The unit of budgets and costs, to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether a project may run on after the last year; what it costs then is not in the budget. No unless given.
    #[cfg_attr(feature = "schema", schema(required = false, default = false))]
    pub may_run_over: bool,
    /// As how many years the state after the last year counts, 0 to 10; 1 unless given.
    #[cfg_attr(feature = "schema", schema(required = false, minimum = 0, maximum = 10, default = 1.0))]
    pub years_after: f64,
    /// The codes of the projects that have to be done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub must: Vec<String>,
    /// The projects whose year is given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub starts: Vec<FixedStart>,
    /// Groups of projects of which one at most is done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub exclusive: Vec<Vec<String>>,
    /// The points that a project gains per degree of urgency when it begins in the first year, 0 to 1; 0.001 unless given.
    #[cfg_attr(feature = "schema", schema(required = false, minimum = 0, maximum = 1, default = 0.001))]
    pub urgency_weight: f64,
    /// The points that a project gains per degree of ease (6 minus difficulty) when it begins in the first year, 0 to 1; 0.0005
    /// unless given.
    #[cfg_attr(feature = "schema", schema(required = false, minimum = 0, maximum = 1, default = 0.0005))]
    pub ease_weight: f64,
    /// How many nodes of the branch and bound the search may solve, 1 to 50 000; 3000 unless given.
    #[cfg_attr(feature = "schema", schema(required = false, minimum = 1, maximum = 50_000, default = 20_000))]
    pub max_nodes: u32,
    /// The stages; each year by itself unless given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub stages: Vec<RoadmapStage>,
}

/// A roadmap as it is asked for: a file for the command, a body for the service.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = RoadmapDocument))]
pub struct Roadmap {
    /// What it is called.
    pub title: Text,
    /// The identifier of the assessment; the service needs it, the command assesses by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessment: Option<String>,
    /// The code of the city; the service needs it, the command takes `--city` first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The identifier of the design whose key projects are at choice, beside those that stand here; of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub design: Option<String>,
    /// The period from whose values the projects set out; the latest one of the city unless given.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text_or_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "2025"))]
    pub period: Option<Period>,
    /// What the schedule keeps to.
    #[serde(flatten)]
    pub terms: RoadmapTerms,
    /// The projects at choice, at most 200.
    #[cfg_attr(feature = "schema", schema(max_items = 200))]
    pub projects: Vec<Project>,
}

impl Roadmap {
    /// The calendar year of a place among the years.
    #[must_use]
    pub fn year(&self, place: usize) -> u32 {
        self.terms.year(place)
    }
}

impl RoadmapTerms {
    /// The calendar year of a place among the years.
    #[must_use]
    pub fn year(&self, place: usize) -> u32 {
        self.first_year.saturating_add(u32::try_from(place).unwrap_or(u32::MAX))
    }

    /// How many years there are.
    #[must_use]
    pub fn horizon(&self) -> usize {
        self.years as usize
    }

    /// The stages: those that were given, else every year by itself.
    #[must_use]
    pub fn stages(&self) -> Vec<RoadmapStage> {
        if !self.stages.is_empty() {
            return self.stages.clone();
        }
        let of_year = |year: u32| RoadmapStage {
            title: Text::both(format!("{year} 年"), format!("Year {year}")),
            from: year,
            to: year,
            tasks: Vec::new(),
        };
        (0..self.horizon()).map(|place| of_year(self.year(place))).collect()
    }
}

fn as_text_or_none<S: serde::Serializer>(period: &Option<Period>, serializer: S) -> Result<S::Ok, S::Error> {
    match period {
        Some(period) => serializer.collect_str(period),
        None => serializer.serialize_none(),
    }
}

impl Read for Budget {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value {
            Value::Array(_) => Vec::read(value, at, faults).map(Self::ByYear),
            Value::Number(_) => f64::read(value, at, faults).map(Self::Total),
            other => wrong_type(other, at, "a number, or a list of numbers", "数字或数字列表", faults),
        }
    }
}

impl Read for FixedStart {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (project, year) = (object.required("project", faults), object.required("year", faults));
        object.close(faults).then_some(Self { project: project?, year: year? })
    }
}

impl Read for RoadmapStage {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (title, from) = (object.required("title", faults), object.required("from", faults));
        let (to, tasks) = (object.required("to", faults), object.or("tasks", Vec::new(), faults));
        object.close(faults).then_some(Self { title: title?, from: from?, to: to?, tasks })
    }
}

impl Read for Roadmap {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (title, assessment) = (object.required("title", faults), object.optional("assessment", faults));
        let (city, period) = (object.optional("city", faults), object.optional("period", faults));
        let design = object.optional("design", faults);
        let (first_year, years) = (object.required("first_year", faults), object.required("years", faults));
        let (budget, projects) = (object.required("budget", faults), object.required("projects", faults));
        let (carry_over, may_run_over) = (object.or("carry_over", false, faults), object.or("may_run_over", false, faults));
        let (unit, years_after) = (object.optional("unit", faults), object.or("years_after", 1.0, faults));
        let (must, starts) = (object.or("must", Vec::new(), faults), object.or("starts", Vec::new(), faults));
        let (exclusive, stages) = (object.or("exclusive", Vec::new(), faults), object.or("stages", Vec::new(), faults));
        let (urgency_weight, ease_weight) =
            (object.or("urgency_weight", 0.001, faults), object.or("ease_weight", 0.0005, faults));
        let max_nodes = object.or("max_nodes", 3000, faults);
        for (key, value, least, greatest) in [
            ("first_year", f64::from(first_year.unwrap_or(2000)), 1900.0, 2200.0),
            ("years", f64::from(years.unwrap_or(1)), 1.0, f64::from(MAX_YEARS)),
            ("years_after", years_after, 0.0, 10.0),
            ("urgency_weight", urgency_weight, 0.0, 1.0),
            ("ease_weight", ease_weight, 0.0, 1.0),
            ("max_nodes", f64::from(max_nodes), 1.0, 50_000.0),
        ] {
            if !(least..=greatest).contains(&value) {
                outside(&object.pointer(key), value, &format!("{least}..{greatest}"), faults);
            }
        }
        let is_whole = object.close(faults);
        let terms = RoadmapTerms {
            first_year: first_year?,
            years: years?,
            budget: budget?,
            carry_over,
            unit,
            may_run_over,
            years_after,
            must,
            starts,
            exclusive,
            urgency_weight,
            ease_weight,
            max_nodes,
            stages,
        };
        let read = Self { title: title?, assessment, city, design, period, terms, projects: projects? };
        check_projects(&read.projects, &format!("{at}/projects"), faults);
        check::check_terms(&read.terms, &read.projects, at, faults);
        is_whole.then_some(read)
    }
}

#[cfg(test)]
mod tests;
