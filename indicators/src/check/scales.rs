//! Scores on scales of their own: ranks and deviations do not add up with scores from 0 to the full mark.

use std::collections::BTreeSet;

use crate::document::SetDocument;
use crate::document::aggregation::{CopelandScale, Method};
use crate::document::scoring::Scoring;
use crate::fault::{Fault, Faults};
use crate::set::{NodeKind, SetNode};

/// Warns of every node that aggregates scores of several scales. A method that reads the cohort brings them to one.
pub(super) fn warn_of_mixed(document: &SetDocument, nodes: &[SetNode], faults: &mut Faults) {
    // Every parent stands before its children.
    let mut scales = vec![FULL_MARK.to_owned(); nodes.len()];
    for (index, node) in nodes.iter().enumerate().rev() {
        let NodeKind::Inner { aggregation, .. } = &node.kind else {
            scales[index] = node.leaf().map_or(FULL_MARK.to_owned(), |leaf| scale(&leaf.scoring));
            continue;
        };
        if aggregation.method.reads_cohort() {
            scales[index] = made(&aggregation.method);
            continue;
        }
        let counted = node.children.iter().filter(|&&child| nodes[child].weight > 0.0);
        let mixed: BTreeSet<&str> = counted.map(|&child| scales[child].as_str()).collect();
        let mixed: Vec<String> = mixed.into_iter().map(str::to_owned).collect();
        if let [] | [_] = mixed.as_slice() {
            scales[index] = mixed.into_iter().next().unwrap_or_default();
            continue;
        }
        let listed = document.nodes.iter().position(|listed| listed.code == node.code);
        faults.push(
            Fault::warning(
                "scoring.scales_mixed",
                format!("“{}”合成了不同尺度的得分", node.code),
                format!("'{}' aggregates scores of different scales", node.code),
            )
            .at(listed.map_or_else(String::new, |i| format!("/nodes/{i}")))
            .of(node.code.clone())
            .value(mixed.join(", "))
            .hint(
                "让同级节点的得分同一尺度：用 percentile_rank 代替 rank 与 borda，科普兰取 scale: full_mark",
                "give sisters scores of one scale: percentile_rank instead of rank and borda, scale: full_mark for copeland",
            ),
        );
    }
}

const FULL_MARK: &str = "0..full_mark";

/// The scale that a method which reads the cohort makes, as a word.
fn made(method: &Method) -> String {
    match method {
        Method::Copeland { scale: CopelandScale::Own } | Method::MazziottaPareto { .. } => method.word().to_owned(),
        _ => FULL_MARK.to_owned(),
    }
}

/// The scale of a rule, as a word.
fn scale(scoring: &Scoring) -> String {
    match scoring {
        Scoring::Rank { .. } | Scoring::Borda { .. } => scoring.word().to_owned(),
        Scoring::ZScore { mean, sd, .. } => format!("z_score({mean}, {sd})"),
        _ => FULL_MARK.to_owned(),
    }
}
