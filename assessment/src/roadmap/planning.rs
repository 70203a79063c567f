//! How a roadmap is made: the numbers that the search sees, and what follows from the schedule that it finds.

use citygauge_indicators::planning::{Budget, Project, RoadmapStage, RoadmapTerms};
use citygauge_indicators::{Faults, Period};

use super::SHARES;
use super::after::Base;
use super::critical::{self, CriticalPath};
use super::faults;
use super::gains::LeafGain;
use super::plan::{Dropped, Expected, Plan, Reason, Shrunk, Spend, Stage, State};
use super::schedule::{EQUAL, Effort, Found, Job, Limit, Problem, Shared, best};
use crate::assessment::Assessment;
use crate::error::Result;
use crate::parallel::in_parallel;

/// How long the schedule is searched at most.
const SECONDS: f64 = 30.0;

/// A smaller budget is searched with this part of the nodes,
const SHRUNK_NODES: u32 = 100;

/// at most so long,
const SHRUNK_SECONDS: f64 = 10.0;

/// and until no schedule can be better by more than this part of its objective.
const SHRUNK_GAP: f64 = 0.02;

/// The best schedule of some projects for a city, `share` times the budget being there.
///
/// # Errors
/// An unknown city or period, effects on what is no leaf or has no value, and terms that nothing keeps: what has to be done
/// and cannot be paid, or does not fit into the years.
pub fn plan(
    assessment: &Assessment,
    city: &str,
    period: Period,
    projects: &[Project],
    terms: &RoadmapTerms,
    share: f64,
) -> Result<Plan> {
    let base = Base::new(assessment, city, period, projects)?;
    let leaves = base.gains();
    let alone = base.alone(&leaves)?;
    let planning = Planning { base, terms, leaves, alone, needs: critical::needs(projects) };
    planning.plan(share)
}

struct Planning<'a> {
    base: Base<'a>,
    terms: &'a RoadmapTerms,
    leaves: Vec<LeafGain>,
    alone: Vec<f64>,
    needs: Vec<Vec<usize>>,
}

impl Planning<'_> {
    fn plan(self, share: f64) -> Result<Plan> {
        let problem = self.problem(share);
        let searched = in_parallel(None, SHARES.len(), |at| Ok(self.search(SHARES[at], share)))?;
        let found = &searched[0];
        let Some(starts) = found.starts.clone() else { return Err(self.infeasible(&problem, found, share).into()) };
        let projects = self.base.projects;
        let is_done: Vec<bool> = starts.iter().map(Option::is_some).collect();
        let states = self.states(&starts)?;
        let dropped = (0..projects.len()).filter(|project| !is_done[*project]);
        let dropped = dropped.map(|project| Dropped { project, reason: self.reason(&problem, &starts, project) }).collect();
        let (spend, spend_after) = self.spend(&starts, share);
        Ok(Plan {
            points: found.value - self.preference(&starts),
            objective: found.value,
            bound: found.bound,
            is_optimal: found.is_proven,
            dropped,
            spend,
            spend_after,
            stages: self.stages(&starts),
            critical: CriticalPath::of(projects, &self.needs, &is_done),
            sequence: critical::sequence(projects),
            shrunk: SHARES.iter().zip(&searched).map(|(part, found)| self.shrunk(*part, found)).collect(),
            states,
            starts,
            leaves: self.leaves,
        })
    }

    /// How much the schedule itself is searched.
    fn effort(&self) -> Effort {
        Effort { nodes: self.terms.max_nodes, seconds: SECONDS, gap: EQUAL }
    }

    /// The points that each project gains in a year whatever else is done, and what projects share.
    fn effects(&self) -> (Vec<f64>, Vec<Shared>) {
        let mut alone = self.alone.clone();
        let mut shared = Vec::new();
        for leaf in &self.leaves {
            let Some(points) = leaf.points_per_unit else { continue };
            let effects = self.base.effects.iter().enumerate();
            let parts = effects.filter_map(|(project, effects)| {
                let change: f64 = effects.iter().filter(|(node, _)| *node == leaf.node).map(|(_, change)| change).sum();
                (change != 0.0).then_some((project, change * points))
            });
            let parts: Vec<(usize, f64)> = parts.collect();
            let most: f64 = parts.iter().map(|(_, part)| part.max(0.0)).sum();
            match leaf.room {
                Some(room) if most > room || leaf.spare > 0.0 => shared.push(Shared { room, spare: leaf.spare, parts }),
                // The end of the scale is out of reach: the effects simply add up.
                _ => parts.iter().for_each(|(project, part)| alone[*project] += part),
            }
        }
        (alone, shared)
    }

    /// The numbers that the search sees.
    fn problem(&self, share: f64) -> Problem {
        let (years, terms) = (self.terms.horizon(), self.terms);
        let counts: Vec<f64> = (1..=years).map(|year| if year == years { terms.years_after } else { 1.0 }).collect();
        let (alone, shared) = self.effects();
        let jobs = self.base.projects.iter().enumerate().map(|(place, project)| {
            let duration = project.duration_years as usize;
            let fixed = terms.starts.iter().find(|start| start.project == project.code);
            let fixed = fixed.map(|start| start.year.saturating_sub(terms.first_year) as usize);
            let may =
                |start: &usize| fixed.is_none_or(|fixed| fixed == *start) && (terms.may_run_over || start + duration <= years);
            let at_work = |start: usize| counts.iter().enumerate().filter(move |(year, _)| start + duration <= year + 1);
            Job {
                duration,
                costs: costs(project),
                starts: (0..years).filter(may).collect(),
                must: terms.must.contains(&project.code),
                worth: (0..years)
                    .map(|start| {
                        alone[place] * at_work(start).map(|(_, count)| count).sum::<f64>() + self.preferred(place, start)
                    })
                    .collect(),
                after: self.needs[place].clone(),
            }
        });
        let place = |code: &String| self.base.projects.iter().position(|project| project.code == *code);
        let limit = |from: usize, to: usize, amount: f64| Limit { from, to, amount: amount * share };
        let limits = match &terms.budget {
            Budget::Total(total) => vec![limit(0, years.saturating_sub(1), *total)],
            Budget::ByYear(budgets) if terms.carry_over => {
                (0..years).map(|year| limit(0, year, budgets.iter().take(year + 1).sum())).collect()
            }
            Budget::ByYear(budgets) => budgets.iter().enumerate().map(|(year, amount)| limit(year, year, *amount)).collect(),
        };
        let exclusive = terms.exclusive.iter().map(|group| {
            let mut places: Vec<usize> = group.iter().filter_map(place).collect();
            places.sort_unstable();
            places.dedup();
            places
        });
        Problem { years, jobs: jobs.collect(), shared, limits, exclusive: exclusive.collect(), counts }
    }

    /// What is given for beginning an urgent or easy project in a year.
    fn preferred(&self, project: usize, start: usize) -> f64 {
        let project = &self.base.projects[project];
        let ease = f64::from(6_u32.saturating_sub(project.difficulty));
        let years = self.terms.horizon() as f64;
        (self.terms.urgency_weight * f64::from(project.urgency) + self.terms.ease_weight * ease) * (years - start as f64) / years
    }

    fn preference(&self, starts: &[Option<usize>]) -> f64 {
        starts.iter().enumerate().filter_map(|(project, start)| Some(self.preferred(project, (*start)?))).sum()
    }

    /// The projects that are finished before a year, by its place.
    fn at_work(&self, starts: &[Option<usize>], year: usize) -> Vec<usize> {
        let end = |project: usize| Some(starts[project]? + self.base.projects[project].duration_years as usize);
        (0..starts.len()).filter(|project| end(*project).is_some_and(|end| end <= year)).collect()
    }

    fn states(&self, starts: &[Option<usize>]) -> Result<Vec<State>> {
        let state = |year: usize| {
            let at_work = self.at_work(starts, year);
            let nodes = self.base.after(&at_work)?.into_iter().enumerate().map(|(node, supposed)| Expected {
                node,
                value: supposed.value,
                score: supposed.score,
                points: supposed.points,
                level: supposed.level.map(ToOwned::to_owned),
            });
            Ok(State { year: self.terms.year(year), gained: self.gained(&at_work), nodes: nodes.collect(), at_work })
        };
        (0..=self.terms.horizon()).map(state).collect()
    }

    /// What the objective counts for a year in which these projects are at work.
    fn gained(&self, at_work: &[usize]) -> f64 {
        let (alone, shared) = self.effects();
        let sum = |parts: &[(usize, f64)]| -> f64 {
            parts.iter().filter(|(project, _)| at_work.contains(project)).map(|(_, part)| part).sum()
        };
        let of_shared = shared.iter().map(|shared| shared.room.min(shared.spare + sum(&shared.parts)));
        at_work.iter().map(|project| alone[*project]).sum::<f64>() + of_shared.sum::<f64>()
    }

    fn reason(&self, problem: &Problem, starts: &[Option<usize>], project: usize) -> Reason {
        if !self.fits(problem, project) {
            return Reason::Horizon;
        }
        if let Some(needed) = self.needs[project].iter().find(|needed| starts[**needed].is_none()) {
            return Reason::Dependency(*needed);
        }
        let groups = problem.exclusive.iter().filter(|group| group.contains(&project));
        if let Some(other) = groups.flatten().find(|other| starts[**other].is_some()) {
            return Reason::Exclusive(*other);
        }
        let mut tried = starts.to_vec();
        let could_be_paid = problem.jobs[project].starts.iter().any(|start| {
            tried[project] = Some(*start);
            problem.is_kept_by(&tried)
        });
        if could_be_paid {
            return Reason::NoGain;
        }
        // Even where what it depends on ends too late for it: earlier it could not be paid.
        Reason::Budget
    }

    /// Whether a project fits into the years, with all that it depends on, whatever it costs.
    fn fits(&self, problem: &Problem, project: usize) -> bool {
        self.earliest(problem)[project].is_some()
    }

    /// The earliest start of each project, whatever it costs; none where it does not fit into the years.
    fn earliest(&self, problem: &Problem) -> Vec<Option<usize>> {
        let mut earliest: Vec<Option<usize>> = vec![None; problem.jobs.len()];
        for project in critical::sequence(self.base.projects) {
            let job = &problem.jobs[project];
            let ready = job.after.iter().map(|needed| Some(earliest[*needed]? + problem.jobs[*needed].duration));
            let ready = ready.collect::<Option<Vec<usize>>>().map(|ends| ends.into_iter().max().unwrap_or(0));
            earliest[project] = ready.and_then(|ready| job.starts.iter().copied().find(|start| *start >= ready));
        }
        earliest
    }

    /// Why nothing keeps the terms.
    fn infeasible(&self, problem: &Problem, found: &Found, share: f64) -> Faults {
        if !found.is_proven {
            return faults::undecided(self.terms.max_nodes).into();
        }
        // All that has to be done, with what it depends on.
        let mut has_to_be: Vec<bool> = problem.jobs.iter().map(|job| job.must).collect();
        for project in critical::sequence(self.base.projects).into_iter().rev() {
            if has_to_be[project] {
                self.needs[project].iter().for_each(|needed| has_to_be[*needed] = true);
            }
        }
        let codes: Vec<&str> =
            (0..has_to_be.len()).filter(|place| has_to_be[*place]).map(|place| &*self.base.projects[place].code).collect();
        let codes = codes.join(", ");
        let unpaid = Problem { limits: Vec::new(), ..problem.clone() };
        if best(&unpaid, self.effort()).starts.is_none() {
            return faults::horizon(&codes).into();
        }
        let earliest = self.earliest(problem);
        let starts: Vec<Option<usize>> = (0..has_to_be.len()).map(|place| earliest[place].filter(|_| has_to_be[place])).collect();
        let (spend, _) = self.spend(&starts, share);
        let year = |it: &Spend| format!("{}: {} / {}", it.year, shown(it.spent), shown(it.available.max(0.0)));
        let amounts: Vec<String> = spend.iter().map(year).collect();
        let amounts = amounts.join("; ");
        faults::budget(&codes, &format!("{amounts}（需要 / 可用）"), &format!("{amounts} (needed / available)")).into()
    }

    fn spend(&self, starts: &[Option<usize>], share: f64) -> (Vec<Spend>, f64) {
        let years = self.terms.horizon();
        let mut spent = vec![0.0; years];
        let mut after = 0.0;
        for (project, start) in starts.iter().enumerate().filter_map(|(project, start)| Some((project, (*start)?))) {
            for (place, cost) in costs(&self.base.projects[project]).into_iter().enumerate() {
                match spent.get_mut(start + place) {
                    Some(year) => *year += cost,
                    None => after += cost,
                }
            }
        }
        let mut left = match &self.terms.budget {
            Budget::Total(total) => total * share,
            Budget::ByYear(_) => 0.0,
        };
        let mut of_year = |year: usize| {
            let budget = match &self.terms.budget {
                Budget::Total(_) => None,
                Budget::ByYear(budgets) => budgets.get(year).map(|budget| budget * share),
            };
            let available = left + budget.unwrap_or(0.0);
            left = if budget.is_none() || self.terms.carry_over { available - spent[year] } else { 0.0 };
            Spend { year: self.terms.year(year), budget, available, spent: spent[year] }
        };
        ((0..years).map(&mut of_year).collect(), after)
    }

    fn stages(&self, starts: &[Option<usize>]) -> Vec<Stage> {
        let of_stage = |stage: RoadmapStage| {
            let place = |year: u32| year.saturating_sub(self.terms.first_year) as usize;
            let years = place(stage.from)..=place(stage.to);
            let end = |project: usize| Some(starts[project]? + self.base.projects[project].duration_years as usize - 1);
            let all = || 0..starts.len();
            Stage {
                begins: all().filter(|project| starts[*project].is_some_and(|start| years.contains(&start))).collect(),
                ends: all().filter(|project| end(*project).is_some_and(|end| years.contains(&end))).collect(),
                goal: place(stage.to) + 1,
                stage,
            }
        };
        self.terms.stages().into_iter().map(of_stage).collect()
    }

    /// The best schedule for a part of the budget; the whole of it is searched to the proof.
    fn search(&self, part: f64, share: f64) -> Found {
        let effort = match part {
            1.0 => self.effort(),
            _ => Effort { nodes: (self.terms.max_nodes / SHRUNK_NODES).max(1), seconds: SHRUNK_SECONDS, gap: SHRUNK_GAP },
        };
        best(&self.problem(share * part), effort)
    }

    fn shrunk(&self, part: f64, found: &Found) -> Shrunk {
        let starts = found.starts.as_deref();
        let preference = starts.map_or(0.0, |starts| self.preference(starts));
        Shrunk {
            share: part,
            is_feasible: if starts.is_some() { Some(true) } else { found.is_proven.then_some(false) },
            points: if starts.is_some() { found.value - preference } else { 0.0 },
            bound: if starts.is_some() { found.bound } else { 0.0 },
            is_optimal: found.is_proven,
            dropped: starts.map_or_else(
                || (0..self.base.projects.len()).collect(),
                |starts| (0..starts.len()).filter(|project| starts[*project].is_none()).collect(),
            ),
        }
    }
}

/// What a project costs in each of its years.
fn costs(project: &Project) -> Vec<f64> {
    if project.cost_by_year.is_empty() {
        let years = project.duration_years.max(1);
        vec![project.cost / f64::from(years); years as usize]
    } else {
        project.cost_by_year.clone()
    }
}

fn shown(amount: f64) -> String {
    ((amount * 1e6).round() / 1e6).to_string()
}
