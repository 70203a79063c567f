use super::*;

fn frontier(rows: &[[f64; 2]], shares: Option<[f64; 2]>) -> Frontier {
    Frontier::new(&Sample::new(rows.iter().map(|row| row.to_vec()).collect(), 2), shares)
}

fn score(frontier: &Frontier, scores: [Option<f64>; 2]) -> f64 {
    frontier.light(&scores, 100.0).expect("a child").expect("a score").score
}

#[test]
fn two_children_by_hand() {
    // Peers (80, 20) and (20, 80); of (40, 40) the best is w = (1/100, 1/100): 0.8.
    let frontier = frontier(&[[80.0, 20.0], [20.0, 80.0], [40.0, 40.0], [40.0, 15.0]], None);
    assert_eq!(frontier.len(), 3, "who is exceeded in no child bounds the weights");
    assert_eq!(score(&frontier, [Some(80.0), Some(20.0)]), 100.0);
    assert_eq!(score(&frontier, [Some(40.0), Some(40.0)]), 80.0);
    // Shares of a half each: w1 x1 = w2 x2. (80, 20): w2 = 4 w1; 20 w1 + 320 w1 <= 1 of the other: 160 / 340.
    let halves = self::frontier(&[[80.0, 20.0], [20.0, 80.0], [40.0, 40.0]], Some([0.499_999_999_999, 0.500_000_000_001]));
    assert!((score(&halves, [Some(80.0), Some(20.0)]) - 16_000.0 / 340.0).abs() < 1e-8);
}

#[test]
fn a_city_beyond_the_cohort_is_bound_by_itself() {
    let frontier = frontier(&[[50.0, 20.0], [20.0, 50.0]], None);
    assert_eq!(score(&frontier, [Some(90.0), Some(90.0)]), 100.0);
    assert_eq!(score(&frontier, [Some(25.0), None]), 50.0);
    assert_eq!(score(&frontier, [Some(0.0), Some(0.0)]), 0.0);
    assert_eq!(frontier.light(&[None, None], 100.0), None);
}

#[test]
fn the_optimum_depends_neither_on_units_nor_on_the_order_of_cities() {
    let rows = [[80.0, 20.0], [20.0, 80.0], [45.0, 61.0], [63.0, 44.0]];
    let mut turned = rows;
    turned.reverse();
    let scaled = rows.map(|[one, other]| [one * 1e-6, other * 1e6]);
    let own = [Some(33.0), Some(44.0)];
    let expected = score(&frontier(&rows, None), own);
    assert_eq!(score(&frontier(&turned, None), own), expected);
    assert!((score(&frontier(&scaled, None), [Some(33e-6), Some(44e6)]) - expected).abs() < 1e-9);
}

#[test]
fn what_cannot_have_its_share_is_told() {
    let frontier = frontier(&[[80.0, 20.0], [20.0, 80.0]], Some([0.2, 0.6]));
    assert_eq!(frontier.light(&[Some(0.0), Some(5.0)], 100.0), Some(Err(Shade::NotPositive(0))));
    assert_eq!(frontier.light(&[Some(3.0), Some(-5.0)], 100.0), Some(Err(Shade::NotPositive(1))));
    assert_eq!(frontier.light(&[Some(3.0), None], 100.0), Some(Err(Shade::Shares)));
}
