//! Monitoring by hand.

use super::*;
use crate::goals::monitor::{Standing, TOLERANCE, monitor};

/// A in 2027 with these values.
fn later(x: f64, y: Option<f64>) -> Assessment {
    let mut observed = vec![("A", "2027", "x", x), ("B", "2027", "x", 50.0), ("B", "2027", "y", 50.0)];
    observed.extend(y.map(|y| ("A", "2027", "y", y)));
    let y = json!({"code": "Y", "title": {"en": "Y"}, "indicator": {
        "formula": "y", "scoring": {"rule": "goalposts", "worst": 100, "best": 0}
    }});
    assessed(json!({}), &[leaf("X", json!({})), y], &observed, None)
}

#[test]
fn what_was_reached_is_compared_with_the_path() {
    // The path has 22 of X by 2027, coming from 18; Y goes from 86 to 76 in four years, so it has 81.
    for (x, y, standings, deviation, years) in [
        (26.0, 81.0, [Standing::Ahead, Standing::OnTrack], 4.0, 1.0),
        (22.5, 81.4, [Standing::OnTrack, Standing::OnTrack], 0.5, 0.125),
        (20.0, 83.5, [Standing::Behind, Standing::Behind], -2.0, -0.5),
        (22.0, 76.0, [Standing::OnTrack, Standing::Ahead], 0.0, 0.0),
    ] {
        let found = monitor(&read(&clean()), &later(x, Some(y)), period("2027"), TOLERANCE).expect("sound");
        assert_eq!([found[1].standing, found[2].standing], standings, "{x} {y}");
        assert_eq!((found[1].expected, found[1].actual), (Some(22.0), Some(x)));
        assert_eq!((found[1].deviation, found[1].deviation_years), (Some(deviation), Some(years)));
        assert_eq!((found[2].expected, found[2].deviation_years), (Some(81.0), Some((y - 81.0) / -2.5)));
        assert_eq!(found[1].progress, Some((x - 14.0) / 16.0));
        assert_eq!(found[3].standing, Standing::NotMeasured);
    }
}

#[test]
fn what_has_no_data_is_said_and_faults_are_named_at_once() {
    let plan = read(&clean());
    let found = monitor(&plan, &later(22.0, None), period("2027"), TOLERANCE).expect("sound");
    assert_eq!((found[2].standing, found[2].expected, found[2].actual), (Standing::NoData, Some(81.0), None));
    let faults = monitor(&plan, &later(22.0, None), period("2025"), 2.0).expect_err("refused");
    let codes: Vec<_> = faults.0.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["goals.before_plan", "goals.tolerance", "gap.unknown_city"]);
}

#[test]
fn a_level_is_reached_or_not_once_it_is_due() {
    let mut plan = clean();
    plan["goals"][0] = json!({"code": "O", "level": "overall", "node": "TOTAL", "target_level": "mid", "due": "2025"});
    plan["baseline"]["period"] = json!("2023");
    let standing = |due: &str, level: &str| {
        plan["goals"][0]["due"] = json!(due);
        plan["goals"][0]["target_level"] = json!(level);
        monitor(&read(&plan), &panel(), period("2025"), TOLERANCE).expect("sound")[0].standing
    };
    let mut standing = standing;
    // A has 16.625 in 2025, which is low.
    assert_eq!(standing("2025", "low"), Standing::OnTrack);
    assert_eq!(standing("2026", "low"), Standing::Ahead);
    assert_eq!(standing("2025", "mid"), Standing::Behind);
    assert_eq!(standing("2026", "mid"), Standing::NotMeasured);
}
