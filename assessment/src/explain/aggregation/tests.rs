//! What is told of an aggregation: method, parameters, and the numbers on the way.

use serde_json::{Value as Json, json};

use crate::testing::{assessed, leaf, period};

/// What is said of TOTAL of city A, with its last result.
fn told(aggregation: &Json) -> (String, Option<f64>) {
    let observed = [("A", "2026", "x", 20.0), ("A", "2026", "y", 80.0), ("B", "2026", "x", 60.0), ("B", "2026", "y", 40.0)];
    let nodes = [leaf("X", json!({})), leaf("Y", json!({"weight": 3}))];
    let assessment = assessed(json!({"aggregation": aggregation}), &nodes, &observed, None);
    let explained = assessment.explain("A", period("2026"), "TOTAL", 1).expect("it is there");
    let shares: f64 = explained.children.iter().filter_map(|child| child.effective_share).sum();
    assert!((shares - 1.0).abs() < 1e-12, "{aggregation}");
    for operation in &explained.operations {
        assert!(operation.text.zh.is_some() && operation.text.en.is_some());
    }
    let last = explained.operations.last().and_then(|operation| operation.result);
    assert!(
        last.zip(explained.row.score).is_some_and(|(told, score)| (told - score).abs() < 1e-9),
        "{aggregation}: {last:?} is not {:?}",
        explained.row.score
    );
    (explained.operations.into_iter().filter_map(|operation| operation.text.en).collect::<Vec<_>>().join(" | "), last)
}

#[test]
fn every_method_tells_its_name_parameters_and_steps() {
    for (aggregation, parts) in [
        (json!("arithmetic"), vec!["weighted arithmetic mean (weight x score): 1 × 20, 3 × 80"]),
        (json!({"method": "power", "p": 2}), vec!["weighted power mean (weight x score, p = 2): 1 × 20, 3 × 80; not additive"]),
        (json!({"method": "harmonic", "floor": 30}), vec!["weighted harmonic mean", "floor = 30", "1 × 30, 3 × 80"]),
        (json!("minimum"), vec!["minimum"]),
        (json!("copeland"), vec!["wins less losses against each other of 2 cities", "scale = own"]),
        (json!("mazziotta_pareto"), vec!["mean M", "variance S^2", "penalty = negative"]),
        (json!("topsis"), vec!["distance D+ from the ideal (0..100)", "distance D- from its opposite"]),
        (
            json!({"method": "vikor", "ideals": "cohort"}),
            vec!["sum S of regrets (20..60, 40..80)", "greatest regret R", "v = 0.5"],
        ),
        (json!("grey_relational"), vec!["relational coefficients (0..100): 0.38461538461538464, 0.7142857142857143"]),
        (json!({"method": "fuzzy", "grades": [20, 60, 100]}), vec!["membership in each grade: 20: 0.25, 60: 0.375, 100: 0.375"]),
        (
            json!({"method": "owa", "weights": [1, 3]}),
            vec!["from the best down (weight of position x score): 0.25 × 80, 0.75 × 20"],
        ),
    ] {
        let (text, _) = told(&aggregation);
        for part in parts {
            assert!(text.contains(part), "{aggregation}: {text}");
        }
    }
}

#[test]
fn a_node_without_a_score_tells_why() {
    let nodes = [leaf("X", json!({})), leaf("Y", json!({}))];
    let observed = [("A", "2026", "x", 0.0), ("A", "2026", "y", 80.0)];
    let assessment = assessed(json!({"aggregation": "harmonic"}), &nodes, &observed, None);
    let explained = assessment.explain("A", period("2026"), "TOTAL", 0).expect("it is there");
    let text = explained.operations[0].text.en.as_deref().expect("English");
    assert_eq!(text, "the score of 'X' is not above 0, so 'TOTAL' has no weighted harmonic mean and no score");
}
