//! A roadmap: the schedule, and what follows from it.

use citygauge_indicators::NodeIndex;
use citygauge_indicators::planning::RoadmapStage;

use super::critical::CriticalPath;
use super::gains::{Counted, LeafGain};

/// Why a project is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It does not fit into the years.
    Horizon,
    /// It depends on a project that is not done: its place.
    Dependency(usize),
    /// Another project of its group is done: its place.
    Exclusive(usize),
    /// The budget does not reach.
    Budget,
    /// It could be paid and would gain nothing.
    NoGain,
}

/// A project that is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The place of the project.
    pub project: usize,
    /// Why.
    pub reason: Reason,
}

/// What is spent in a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spend {
    /// The calendar year.
    pub year: u32,
    /// The budget of the year; none where there is one for all years together.
    pub budget: Option<f64>,
    /// What may be spent in it: the budget, and what was carried over; of one for all years together what is left of it.
    pub available: f64,
    /// What is spent.
    pub spent: f64,
}

/// A node as it is expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// The node.
    pub node: NodeIndex,
    /// The raw value of a leaf.
    pub value: Option<f64>,
    /// The score as it would be published.
    pub score: Option<f64>,
    /// The points of the total.
    pub points: Option<f64>,
    /// The level.
    pub level: Option<String>,
}

/// The city as it is expected in a year, with every project at work that was finished before it.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The calendar year.
    pub year: u32,
    /// The places of the projects that are at work.
    pub at_work: Vec<usize>,
    /// The points that the objective counts over the base.
    pub gained: f64,
    /// Every node, in the order of the set.
    pub nodes: Vec<Expected>,
}

/// A stage with its goals: the state that its projects leave behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// As it was given, or the year.
    pub stage: RoadmapStage,
    /// The projects that begin in it.
    pub begins: Vec<usize>,
    /// The projects that are finished in it.
    pub ends: Vec<usize>,
    /// Where [`Plan::states`] has its goals: the year after the last one of the stage.
    pub goal: usize,
}

/// What is left of the roadmap when the budget shrinks.
#[derive(Debug, Clone, PartialEq)]
pub struct Shrunk {
    /// The part of the budget.
    pub share: f64,
    /// Whether there is a schedule; none where it is not known.
    pub is_feasible: Option<bool>,
    /// The points that the objective counts.
    pub points: f64,
    /// No schedule has more.
    pub bound: f64,
    /// Whether no schedule has more points and preference.
    pub is_optimal: bool,
    /// The projects that are not done.
    pub dropped: Vec<usize>,
}

/// A roadmap.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The place of the year in which each project begins.
    pub starts: Vec<Option<usize>>,
    /// The points of the total, summed over the years that count, that the projects gain as the objective counts them.
    pub points: f64,
    /// The points with the preference for urgent and easy projects: the objective.
    pub objective: f64,
    /// No schedule has a greater objective.
    pub bound: f64,
    /// Whether the schedule is proven to be the best, to a millionth.
    pub is_optimal: bool,
    /// What is not done, and why.
    pub dropped: Vec<Dropped>,
    /// What is spent, year by year.
    pub spend: Vec<Spend>,
    /// What running projects cost after the last year.
    pub spend_after: f64,
    /// The city year by year; the year after the last one stands at the end.
    pub states: Vec<State>,
    /// The stages.
    pub stages: Vec<Stage>,
    /// The longest chain of the projects that are done.
    pub critical: CriticalPath,
    /// Every project, so that each stands after what it depends on, the urgent and easy ones first.
    pub sequence: Vec<usize>,
    /// What a smaller budget costs.
    pub shrunk: Vec<Shrunk>,
    /// How the objective counts each indicator.
    pub leaves: Vec<LeafGain>,
}

impl Plan {
    /// Whether the objective sees everything but rounding: every indicator is counted along its line.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.leaves.iter().all(|leaf| leaf.counted == Counted::Line)
    }
}
