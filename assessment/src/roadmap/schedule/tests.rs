//! Against exhaustive search, which knows nothing of programmes.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::{EQUAL, Effort, Found, Job, Limit, Problem, Shared, best};

type Starts = Vec<Option<usize>>;

const WHOLE: Effort = Effort { nodes: 20_000, seconds: 600.0, gap: EQUAL };

/// Every vector of starts that keeps every condition, with what it is worth, the best first.
fn exhaustive(problem: &Problem) -> Option<(f64, Starts)> {
    let mut best: Option<(f64, Starts)> = None;
    let jobs = problem.jobs.len();
    let choices = problem.years + 1;
    for code in 0..choices.pow(u32::try_from(jobs).expect("small")) {
        let starts: Starts = (0..jobs)
            .map(|job| code / choices.pow(u32::try_from(job).expect("small")) % choices)
            .map(|choice| (choice < problem.years).then_some(choice))
            .collect();
        if is_kept(problem, &starts) {
            let value = worth(problem, &starts);
            if best.as_ref().is_none_or(|(known, _)| value > *known) {
                best = Some((value, starts));
            }
        }
    }
    best
}

fn is_kept(problem: &Problem, starts: &Starts) -> bool {
    let mut spent = vec![0.0; problem.years];
    for (job, it) in problem.jobs.iter().enumerate() {
        let Some(start) = starts[job] else {
            if it.must {
                return false;
            }
            continue;
        };
        if !it.starts.contains(&start) {
            return false;
        }
        for needed in &it.after {
            match starts[*needed] {
                Some(begun) if begun + problem.jobs[*needed].duration <= start => {}
                _ => return false,
            }
        }
        for (year, cost) in it.costs.iter().enumerate() {
            if start + year < problem.years {
                spent[start + year] += cost;
            }
        }
    }
    for group in &problem.exclusive {
        if group.iter().filter(|job| starts[**job].is_some()).count() > 1 {
            return false;
        }
    }
    problem.limits.iter().all(|limit| spent[limit.from..=limit.to].iter().sum::<f64>() <= limit.amount + 1e-7)
}

fn worth(problem: &Problem, starts: &Starts) -> f64 {
    let mut sum: f64 = starts.iter().enumerate().filter_map(|(job, start)| Some(problem.jobs[job].worth[(*start)?])).sum();
    for (year, count) in problem.counts.iter().enumerate() {
        for shared in &problem.shared {
            let mut reached = shared.spare;
            for (job, part) in &shared.parts {
                if starts[*job].is_some_and(|start| start + problem.jobs[*job].duration - 1 <= year) {
                    reached += part;
                }
            }
            sum += count * if reached < shared.room { reached } else { shared.room };
        }
    }
    sum
}

/// A problem of `jobs` jobs over `years` years, as hard as it may come: whole costs, so that sums hit budgets exactly.
fn random(seed: u64, jobs: usize, years: usize) -> Problem {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let may_run_over = random.random_bool(0.2);
    let mut counts = vec![1.0; years];
    counts[years - 1] = [0.0, 1.0, 3.0][random.random_range(0..3)];
    let mut problem = Problem { years, counts: counts.clone(), ..Problem::default() };
    let mut total = 0.0;
    for job in 0..jobs {
        let duration = random.random_range(1..=2.min(years));
        let costs: Vec<f64> = (0..duration).map(|_| f64::from(random.random_range(0..10_u32))).collect();
        total += costs.iter().sum::<f64>();
        let fixed = random.random_bool(0.1).then(|| random.random_range(0..years));
        let starts =
            (0..years).filter(|start| fixed.is_none_or(|fixed| fixed == *start) && (may_run_over || start + duration <= years));
        let gain = random.random_range(-0.2..1.0);
        let worth = |start: usize| {
            let counted: f64 = (0..years).filter(|year| start + duration <= year + 1).map(|year| counts[year]).sum();
            gain * counted + 0.003 * (years - start) as f64
        };
        let after = (0..job).filter(|_| random.random_bool(0.15)).collect();
        problem.jobs.push(Job {
            duration,
            costs,
            starts: starts.collect(),
            must: random.random_bool(0.1),
            worth: (0..years).map(worth).collect(),
            after,
        });
    }
    for _ in 0..random.random_range(0..3) {
        let is_over = random.random_bool(0.2);
        let mut parts: Vec<(usize, f64)> = Vec::new();
        for job in 0..jobs {
            if random.random_bool(0.5) {
                parts.push((job, random.random_range(if is_over { -0.5..0.8 } else { 0.0..0.8 })));
            }
        }
        let (room, spare) = if is_over { (0.0, random.random_range(0.0..0.5)) } else { (random.random_range(0.2..1.2), 0.0) };
        problem.shared.push(Shared { room, spare, parts });
    }
    let share = random.random_range(0.2..0.9);
    let amounts: Vec<f64> = (0..years).map(|_| (total * share / years as f64 * random.random_range(0.5..1.5)).round()).collect();
    problem.limits = match random.random_range(0..3) {
        0 => amounts.iter().enumerate().map(|(year, amount)| Limit { from: year, to: year, amount: *amount }).collect(),
        1 => (0..years).map(|year| Limit { from: 0, to: year, amount: amounts[..=year].iter().sum() }).collect(),
        _ => vec![Limit { from: 0, to: years - 1, amount: amounts.iter().sum() }],
    };
    if random.random_bool(0.2) {
        problem.exclusive.push(vec![0, jobs - 1]);
    }
    problem
}

fn agree(problem: &Problem, found: &Found, told: &str) -> bool {
    assert!(found.is_proven, "{told}");
    match (exhaustive(problem), &found.starts) {
        (None, None) => false,
        (Some((value, _)), Some(starts)) => {
            assert!(is_kept(problem, starts), "{told}: {starts:?}");
            assert!((worth(problem, starts) - found.value).abs() < 1e-9, "{told}");
            assert!((value - found.value).abs() <= 1e-6 * value.abs().max(1.0), "{told}: {value} against {}", found.value);
            true
        }
        (one, other) => panic!("{told}: {one:?} against {other:?}"),
    }
}

#[test]
fn a_schedule_is_as_good_as_the_best_of_all() {
    let (mut feasible, mut infeasible) = (0, 0);
    for seed in 0..400 {
        let problem =
            random(seed, 3 + usize::try_from(seed % 3).expect("small"), 2 + usize::try_from(seed / 3 % 3).expect("small"));
        if agree(&problem, &best(&problem, WHOLE), &format!("seed {seed}")) { feasible += 1 } else { infeasible += 1 }
    }
    assert!(feasible > 200 && infeasible > 5, "{feasible} and {infeasible}");
}

#[test]
fn what_the_solver_took_for_paid_is_forbidden_by_name() {
    let problem = random(3, 6, 3);
    let starts = best(&problem, WHOLE).starts.expect("feasible");
    let mut programme = super::programme::Programme::new(&problem);
    let paid = |starts: &Starts| {
        let begun = starts.iter().enumerate().filter_map(|(job, start)| Some((job, (*start)?)));
        begun.filter(|(job, start)| problem.cost(*job, *start, &problem.limits[0]) > 0.0).collect::<Vec<_>>()
    };
    assert!(!paid(&starts).is_empty());
    programme.forbid(&starts, &problem.limits[0]);
    let other = programme.solve(WHOLE).starts.expect("something else");
    assert!(is_kept(&problem, &other) && !paid(&starts).iter().all(|it| paid(&other).contains(it)));
}

#[test]
fn schedules_are_searched_side_by_side() {
    let problems: Vec<Problem> = (20..28).map(|seed| random(seed, 14, 4)).collect();
    let one_by_one: Vec<Found> = problems.iter().map(|problem| best(problem, WHOLE)).collect();
    let side_by_side: Vec<Found> = std::thread::scope(|scope| {
        let running: Vec<_> = problems.iter().map(|problem| scope.spawn(|| best(problem, WHOLE))).collect();
        running.into_iter().map(|it| it.join().expect("no panic")).collect()
    });
    assert_eq!(one_by_one, side_by_side);
}

#[test]
fn without_a_choice_nothing_is_begun() {
    let mut problem = random(5, 3, 3);
    problem.limits = vec![Limit { from: 0, to: 2, amount: 0.0 }];
    problem.jobs.iter_mut().for_each(|job| {
        job.must = false;
        job.costs.fill(1.0);
    });
    let found = best(&problem, WHOLE);
    assert_eq!((found.starts, found.is_proven), (Some(vec![None; 3]), true));
    problem.jobs[1].must = true;
    let found = best(&problem, WHOLE);
    assert_eq!((found.starts, found.is_proven), (None, true));
}

#[test]
fn the_same_problem_has_the_same_schedule_and_a_bound_that_holds() {
    let problem = random(7, 16, 4);
    let found = best(&problem, WHOLE);
    assert_eq!(found, best(&problem, WHOLE));
    // A search that is cut short says so, and never claims less than the best.
    let short = best(&problem, Effort { nodes: 1, seconds: 600.0, gap: EQUAL });
    assert!(short.bound >= found.value - 1e-6 && short.value <= found.value + 1e-6);
    assert!(!short.is_proven || (short.value - found.value).abs() <= 1e-6);
}

#[test]
fn sixty_projects_over_five_years_with_yearly_budgets_are_solved_to_the_proof() {
    let mut problem = random(1, 60, 5);
    problem.limits = (0..5).map(|year| Limit { from: year, to: year, amount: 30.0 }).collect();
    problem.jobs.iter_mut().for_each(|job| job.must = false);
    let found = best(&problem, WHOLE);
    assert!(found.is_proven, "{found:?}");
    let starts = found.starts.expect("dropping all of them is a schedule");
    assert!(is_kept(&problem, &starts));
    assert!(starts.iter().any(Option::is_none) && starts.iter().any(Option::is_some));
}
