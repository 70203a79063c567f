//! The goal plans of a design: those that name it, and those to whose goals its elements link.

use std::collections::BTreeSet;

use citygauge_assessment::goals::lint::Finding;
use citygauge_indicators::Text;
use citygauge_indicators::planning::conformance::GoalPlanFacts;
use citygauge_indicators::planning::{Goal, GoalLevel, GoalPlan};
use citygauge_openapi::API_ROOT;

use crate::error::Failure;
use crate::goal_plans::{covers, document_of, linted, waivers_in_force};
use crate::state::State;
use crate::store::designs::Design;
use crate::store::goal_plans;

/// The most plans of a city that are looked through.
const MOST: u64 = 1_000;

/// The clauses under which findings are told.
const CLAUSE: &str = "gbt36333-2018:";

/// What is known of the plans; none where there is no plan.
pub(super) async fn facts(state: &State, design: &Design, linked: &BTreeSet<String>) -> Result<Option<GoalPlanFacts>, Failure> {
    let cities = [design.header.city.clone()];
    let of_city = goal_plans::page(state.db(), Some(&cities), None, MOST).await?.items;
    let mut facts = GoalPlanFacts::default();
    let mut linted_all = true;
    for row in of_city {
        let plan = document_of(&row)?;
        let names_it = plan.design.as_deref() == Some(design.id.as_str());
        if !names_it && !linked.contains(&row.id) && !linked.contains(&row.code) {
            continue;
        }
        facts.plans.push(format!("{API_ROOT}/goal-plans/{}", row.id));
        // The first revision is the plan as it was adopted.
        facts.revisions += u64::try_from(row.number.saturating_sub(1)).unwrap_or(0);
        count(&plan, &mut facts);
        match findings(state, &row, &plan).await? {
            Some(found) => found.into_iter().for_each(|(clause, text)| facts.findings.entry(clause).or_default().push(text)),
            None => linted_all = false,
        }
    }
    facts.linted = linted_all;
    Ok(Some(facts).filter(|facts| !facts.plans.is_empty()))
}

fn count(plan: &GoalPlan, facts: &mut GoalPlanFacts) {
    let of = |level: GoalLevel| plan.goals.iter().filter(move |goal| goal.level == level);
    let is_described = |goal: &&Goal| !goal.tasks.is_empty() && !goal.content.is_empty() && !goal.results.is_empty();
    facts.overall += of(GoalLevel::Overall).count() as u64;
    facts.sub += of(GoalLevel::Sub).count() as u64;
    facts.stage += of(GoalLevel::Stage).count() as u64;
    facts.stage_described += of(GoalLevel::Stage).filter(is_described).count() as u64;
}

/// What the linter finds and the revision in force does not waive, each with its clause; none where the plan names no assessment
/// that is there.
async fn findings(state: &State, row: &goal_plans::GoalPlan, plan: &GoalPlan) -> Result<Option<Vec<(String, Text)>>, Failure> {
    match linted(state, plan, Vec::new(), None, "").await {
        Ok((_, report)) => {
            let waivers = waivers_in_force(state.db(), row).await?;
            let stands = |finding: &Finding| !waivers.iter().any(|waiver| covers(waiver, finding));
            let told = report.findings.into_iter().filter(stands).map(|finding| {
                let clause = finding.rule.clause.strip_prefix(CLAUSE).unwrap_or(finding.rule.clause);
                (clause.to_owned(), finding.message)
            });
            Ok(Some(told.collect()))
        }
        Err(Failure::Invalid(_) | Failure::Absent(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}
