//! What must hold between the members of a roadmap.

use std::collections::{HashMap, HashSet};

use super::{Budget, MAX_PROJECTS, RoadmapTerms};
use crate::fault::{Fault, Faults};
use crate::planning::{Project, check_amount, outside};

/// How far the costs of the years may be from the cost in all, relative to it.
const SLACK: f64 = 1e-9;

/// Notes what is wrong among projects; `at` is the pointer of their list.
pub fn check_projects(projects: &[Project], at: &str, faults: &mut Faults) {
    if projects.len() > MAX_PROJECTS {
        outside(at, projects.len(), &format!("0..{MAX_PROJECTS}"), faults);
        return;
    }
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (place, project) in projects.iter().enumerate() {
        if let Some(first) = places.insert(&project.code, place) {
            places.insert(&project.code, first);
            faults.push(
                Fault::error("roadmap.duplicate_project", "项目代码重复", "two projects have the same code")
                    .at(format!("{at}/{place}/code"))
                    .value(&project.code)
                    .hint("请为每个项目使用不同的代码", "give each project a code of its own"),
            );
        }
        costs(project, &format!("{at}/{place}"), faults);
    }
    for (place, project) in projects.iter().enumerate() {
        for (needed, code) in project.depends_on.iter().enumerate() {
            let at = format!("{at}/{place}/depends_on/{needed}");
            if *code == project.code {
                faults.push(
                    Fault::error("roadmap.self_dependency", "项目依赖于自身", "the project depends on itself")
                        .at(at)
                        .value(code)
                        .hint("删除这一依赖", "remove this dependency"),
                );
            } else if !places.contains_key(code.as_str()) {
                unknown(code, at, faults);
            }
        }
    }
    for cycle in cycles(projects, &places) {
        let first = cycle[0];
        let named: Vec<&str> = cycle.iter().chain([&first]).map(|place| projects[*place].code.as_str()).collect();
        let named = named.join(" -> ");
        faults.push(
            Fault::error(
                "roadmap.dependency_cycle",
                format!("项目依赖成环：{named}"),
                format!("the dependencies run in a circle: {named}"),
            )
            .at(format!("{at}/{first}/depends_on"))
            .value(&named)
            .hint("删除环中的一个依赖", "remove one dependency of the circle"),
        );
    }
}

fn costs(project: &Project, at: &str, faults: &mut Faults) {
    if project.cost_by_year.is_empty() {
        return;
    }
    if project.cost_by_year.len() != project.duration_years as usize {
        faults.push(
            Fault::error("roadmap.cost_years", "各年费用的个数与工期年数不符", "there are not as many yearly costs as years")
                .at(format!("{at}/cost_by_year"))
                .value(project.cost_by_year.len().to_string())
                .expected(project.duration_years.to_string())
                .hint("每年给出一个数", "give one number per year"),
        );
        return;
    }
    let sum: f64 = project.cost_by_year.iter().sum();
    if (sum - project.cost).abs() > SLACK * project.cost.abs().max(1.0) {
        faults.push(
            Fault::error("roadmap.cost_sum", "各年费用之和不等于总费用", "the yearly costs do not add up to the cost")
                .at(format!("{at}/cost_by_year"))
                .value(sum.to_string())
                .expected(project.cost.to_string())
                .hint("更正总费用或各年费用", "correct the cost or those of the years"),
        );
    }
}

fn unknown(code: &str, at: String, faults: &mut Faults) {
    faults.push(
        Fault::error("roadmap.unknown_project", format!("没有项目“{code}”"), format!("there is no project '{code}'"))
            .at(at)
            .value(code)
            .hint("核对项目代码", "check the code of the project"),
    );
}

/// The circles of dependencies, each once, in the order of its members; a project that depends on itself is told elsewhere.
fn cycles(projects: &[Project], places: &HashMap<&str, usize>) -> Vec<Vec<usize>> {
    let needs = |place: usize| {
        let codes = projects[place].depends_on.iter();
        codes.filter_map(|code| places.get(code.as_str()).copied()).filter(move |needed| *needed != place)
    };
    let mut found = Vec::new();
    let mut done: HashSet<usize> = HashSet::new();
    for first in 0..projects.len() {
        // A walk in depth; `path` is what leads to the project at its end, with what is still to be looked at there.
        let mut path: Vec<(usize, Vec<usize>)> = Vec::new();
        if done.insert(first) {
            path.push((first, needs(first).collect()));
        }
        while let Some((_, left)) = path.last_mut() {
            let Some(next) = left.pop() else {
                path.pop();
                continue;
            };
            if let Some(place) = path.iter().position(|(on_path, _)| *on_path == next) {
                found.push(path[place..].iter().map(|(member, _)| *member).collect());
            } else if done.insert(next) {
                path.push((next, needs(next).collect()));
            }
        }
    }
    found
}

/// Notes what is wrong with the terms of a roadmap of these projects.
pub(super) fn check_terms(terms: &RoadmapTerms, projects: &[Project], at: &str, faults: &mut Faults) {
    budget(terms, at, faults);
    let known: HashSet<&str> = projects.iter().map(|project| project.code.as_str()).collect();
    let mut named: Vec<(String, &str)> =
        terms.must.iter().enumerate().map(|(place, code)| (format!("{at}/must/{place}"), code.as_str())).collect();
    named.extend(terms.starts.iter().enumerate().map(|(place, start)| (format!("{at}/starts/{place}/project"), &*start.project)));
    for (group, codes) in terms.exclusive.iter().enumerate() {
        named.extend(codes.iter().enumerate().map(|(place, code)| (format!("{at}/exclusive/{group}/{place}"), code.as_str())));
    }
    for (at, code) in named.into_iter().filter(|(_, code)| !known.contains(code)) {
        unknown(code, at, faults);
    }
    let last = terms.first_year.saturating_add(terms.years.saturating_sub(1));
    let limits = format!("{}..{last}", terms.first_year);
    let is_within = |year: u32| (terms.first_year..=last).contains(&year);
    let mut seen: HashSet<&str> = HashSet::new();
    for (place, start) in terms.starts.iter().enumerate() {
        if !is_within(start.year) {
            outside(&format!("{at}/starts/{place}/year"), start.year, &limits, faults);
        }
        if !seen.insert(&start.project) {
            faults.push(
                Fault::error("roadmap.two_starts", "同一项目给出了两个开始年份", "the project has two starts")
                    .at(format!("{at}/starts/{place}/project"))
                    .value(&start.project)
                    .hint("只保留一个", "keep one of them"),
            );
        }
    }
    for (place, stage) in terms.stages.iter().enumerate() {
        for (key, year) in [("from", stage.from), ("to", stage.to)] {
            if !is_within(year) {
                outside(&format!("{at}/stages/{place}/{key}"), year, &limits, faults);
            }
        }
        let after = place.checked_sub(1).map_or(0, |before| terms.stages[before].to);
        if stage.to < stage.from || stage.from <= after {
            faults.push(
                Fault::error(
                    "roadmap.stage_order",
                    "阶段年份颠倒或与前一阶段重叠",
                    "the stage ends before it begins, or overlaps",
                )
                .at(format!("{at}/stages/{place}"))
                .value(format!("{}..{}", stage.from, stage.to))
                .hint("阶段须按时间先后排列且不重叠", "let the stages follow one another in time"),
            );
        }
    }
}

fn budget(terms: &RoadmapTerms, at: &str, faults: &mut Faults) {
    let at = format!("{at}/budget");
    match &terms.budget {
        Budget::Total(total) => check_amount(&at, *total, faults),
        Budget::ByYear(years) => {
            if years.len() != terms.horizon() {
                faults.push(
                    Fault::error("roadmap.budget_years", "预算的个数与年数不符", "there are not as many budgets as years")
                        .at(at.clone())
                        .value(years.len().to_string())
                        .expected(terms.years.to_string())
                        .hint("每年给出一个数，或给出总额", "give one number per year, or one for all of them"),
                );
            }
            for (year, amount) in years.iter().enumerate() {
                check_amount(&format!("{at}/{year}"), *amount, faults);
            }
        }
    }
}
