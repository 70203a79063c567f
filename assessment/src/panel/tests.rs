use super::*;

fn trim(part: f64) -> Trim {
    Trim::new(part).expect("from 0 to below 0.5")
}

fn of(scores: &[f64], part: f64) -> PanelScore {
    PanelScore::of(scores, &trim(part)).expect("there are scores")
}

#[test]
fn the_trimmed_mean_is_that_of_r() {
    // mean(c(0, 1, 2, 3, 4, 5, 6, 7, 8, 50), trim = ...): R 4.5
    let scores = [50.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
    for (part, left_out, mean) in [(0.0, 0, 8.6), (0.09, 0, 8.6), (0.1, 1, 4.5), (0.19, 1, 4.5), (0.2, 2, 4.5), (0.49, 4, 4.5)] {
        let score = of(&scores, part);
        assert_eq!((score.left_out, score.mean()), (left_out, mean), "trim = {part}");
    }
    assert_eq!(of(&[1.0, 2.0, 9.0], 0.34).mean(), 2.0);
    assert_eq!(of(&[7.0], 0.49).mean(), 7.0, "one score is always left");
}

#[test]
fn how_many_are_left_out_is_decided_on_the_decimals() {
    assert_eq!(trim(0.29).left_out(100), 29, "0.29 * 100.0 is below 29 in doubles");
    assert_eq!(trim(0.07).left_out(100), 7);
    assert_eq!((trim(0.2).left_out(5), trim(0.2).left_out(4), trim(0.2).left_out(0)), (1, 0, 0));
    for n in 1..200 {
        assert!(2 * trim(0.499_999).left_out(n) < n, "something is left of {n}");
    }
}

#[test]
fn a_part_of_one_half_or_more_or_below_zero_is_none() {
    for part in [0.5, 0.500_001, 1.0, -0.1, f64::NAN, f64::INFINITY] {
        assert_eq!(Trim::new(part), None, "{part}");
    }
    assert!(Trim::new(0.499_999).is_some() && Trim::new(-0.0).is_some());
}

#[test]
fn the_spread_is_that_of_all_scores() {
    // sd(c(2, 4, 4, 4, 5, 5, 7, 9)) is sqrt(32 / 7), median 4.5
    let score = of(&[9.0, 2.0, 4.0, 5.0, 4.0, 7.0, 4.0, 5.0], 0.25);
    assert_eq!((score.count, score.left_out, score.mean()), (8, 2, 4.5));
    assert_eq!((score.least, score.greatest, score.median), (2.0, 9.0, 4.5));
    assert_eq!(score.standard_deviation, Some((32.0f64 / 7.0).sqrt()));
    assert_eq!(of(&[3.0, 1.0, 2.0], 0.0).median, 2.0);
    assert_eq!(of(&[3.0], 0.0).standard_deviation, None);
    assert_eq!(of(&[0.1, 0.1, 0.1], 0.0).standard_deviation, Some(0.0), "in doubles it would not be zero");
}

#[test]
fn the_mean_is_exact_and_rounds_half_up() {
    assert_eq!(of(&[0.1, 0.2, 0.3], 0.0).mean(), 0.2, "in doubles it would be 0.20000000000000004");
    let half = of(&[2.67, 2.68], 0.0);
    assert_eq!((half.rounded_mean(2), half.rounded_mean(3), half.mean()), (2.68, 2.675, 2.675));
    assert_eq!(of(&[-2.5, -2.0, -2.0, -2.5], 0.0).rounded_mean(1), -2.3, "away from zero");
    assert_eq!(of(&[8.0, 8.5, 9.0, 7.0], 0.0).rounded_mean(0), 8.0);
}

#[test]
fn the_order_of_the_scores_means_nothing_and_no_scores_say_nothing() {
    let mut scores = [3.5, 1.0, 2.25, 5.0, 4.0, 4.0];
    let first = of(&scores, 0.2);
    for _ in 0..scores.len() {
        scores.rotate_left(1);
        assert_eq!(of(&scores, 0.2), first);
    }
    assert_eq!(PanelScore::of(&[], &trim(0.1)), None);
    assert_eq!(PanelScore::of(&[1.0, f64::NAN], &trim(0.1)), None);
}

#[test]
fn a_scale_takes_its_steps_and_nothing_between_or_beyond_them() {
    let scale = Scale::new(0.1, 1.0, 0.1).expect("nine steps");
    for score in [0.1, 0.3, 0.7, 1.0] {
        assert_eq!(scale.check(score), Ok(()), "{score}");
    }
    for score in [0.0, 1.1, -0.1, f64::NAN, f64::INFINITY] {
        assert_eq!(scale.check(score), Err(OffScale::Outside), "{score}");
    }
    assert_eq!(scale.check(0.25), Err(OffScale::BetweenSteps));
    assert_eq!(scale.check(0.1 + 0.2), Err(OffScale::BetweenSteps), "that double's shortest decimal is not 0.3");
    let of = Scale::new;
    assert_eq!(of(1.0, 1.0, 0.5), Err(ScaleFault::Empty));
    assert_eq!(of(0.0, f64::NAN, 1.0), Err(ScaleFault::Empty));
    assert_eq!(of(0.0, 10.0, 0.0), Err(ScaleFault::NoStep));
    assert_eq!(of(0.0, 10.0, 3.0), Err(ScaleFault::Uneven));
    assert!(of(0.0, 10.0, 0.5).is_ok() && of(1.0, 10.0, 3.0).is_ok());
}
