//! Changes between assessments of random sets: the parts add up to the digit, whatever the method.
//!
//! `CITYGAUGE_AGREEMENT_CASES` says on how many random cases (a hundredth of it; 20 unless set).

use citygauge_assessment::exact::RBig;
use citygauge_assessment::years::{Change, Compared, compare};
use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::exact::rational;

use crate::reference::random::{Case, case};

fn assessed(case: &Case) -> Option<Assessment> {
    let observations = Observations::from_long(&case.set, &case.observations, case.cities.as_deref()).ok()?;
    assess(&case.set, &observations, &Options::default()).ok()
}

fn sum(numbers: impl IntoIterator<Item = f64>) -> RBig {
    numbers.into_iter().map(|number| rational(number).unwrap()).fold(RBig::ZERO, |sum, next| sum + next)
}

fn adds_up(seed: u64, change: &Change) {
    let Some(whole) = change.change else { return };
    if let Some(parts) = change.parts {
        let parts = [parts.data, parts.set, parts.cohort, parts.coverage];
        assert_eq!(sum(parts), sum([whole]), "seed {seed}: {change:?}");
    }
    if let Some(rest) = change.rest {
        let children = change.children.iter().map(|child| child.change);
        assert_eq!(sum(children.chain([rest])), sum([whole]), "seed {seed}: {change:?}");
    }
}

#[test]
fn parts_of_changes_of_random_sets_add_up() {
    let cases =
        std::env::var("CITYGAUGE_AGREEMENT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_000u64).div_ceil(100);
    let (mut shared, mut looked_at) = (0, 0);
    for seed in 0..cases {
        let Some(assessment) = assessed(&case(seed)) else { continue };
        let periods: Vec<_> = assessment.periods().collect();
        let (&first, &last) = (periods.first().unwrap(), periods.last().unwrap());
        let codes = assessment.cities_of(last).chain(assessment.cities_of(first));
        let cities: Vec<&str> = codes.take(3).collect::<std::collections::BTreeSet<&str>>().into_iter().collect();
        let (before, after) =
            (Compared { assessment: &assessment, period: first }, Compared { assessment: &assessment, period: last });
        for change in compare(before, after, &cities, None).unwrap_or_else(|error| panic!("seed {seed}: {error}")) {
            adds_up(seed, &change);
            looked_at += usize::from(change.change.is_some());
            shared += usize::from(change.parts.is_some());
        }
    }
    assert!(shared * 2 > looked_at && shared > 0, "{shared} of {looked_at} changes have parts");
}
