//! The choices of a request, resolved against a set: which nodes each concerns and what it draws from.

use citygauge_indicators::{
    Aggregation, Choice, ChoiceKind, Fault, Faults, IndicatorSet, MissingRule, NodeIndex, Scoring, Treatment, UncertaintyRequest,
    Weighting,
};

use super::variants;

/// A choice with its places in the set.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub name: String,
    pub way: Way,
    /// The names of what it draws from; none where it draws numbers.
    pub labels: Vec<String>,
}

/// What is drawn.
#[derive(Debug, Clone)]
pub(super) enum Way {
    Weights { nodes: Vec<NodeIndex>, plus_minus: f64 },
    WeightSets { sets: Vec<Vec<(NodeIndex, f64)>> },
    Scoring { leaves: Vec<NodeIndex>, rules: Vec<Option<Scoring>> },
    Aggregation { nodes: Vec<NodeIndex>, methods: Vec<Aggregation> },
    Missing { nodes: Vec<NodeIndex>, rules: Vec<MissingRule> },
    Treatment { leaves: Vec<NodeIndex>, at_most: Vec<u32> },
    LeaveOut { nodes: Vec<NodeIndex> },
}

impl Way {
    /// The nodes concerned, and what of them is varied: no two choices may vary the same.
    fn concerns(&self) -> (&'static str, Vec<NodeIndex>) {
        match self {
            Self::Weights { nodes, .. } => ("weight", nodes.clone()),
            Self::WeightSets { sets } => ("weight", sets.iter().flatten().map(|(node, _)| *node).collect()),
            Self::Scoring { leaves, .. } => ("scoring", leaves.clone()),
            Self::Aggregation { nodes, .. } => ("aggregation", nodes.clone()),
            Self::Missing { nodes, .. } => ("missing", nodes.clone()),
            Self::Treatment { leaves, .. } => ("treatment", leaves.clone()),
            // One node is left out at a time.
            Self::LeaveOut { .. } => ("leave_out", vec![0]),
        }
    }
}

/// Resolves every choice of a request.
///
/// # Errors
/// Every node that the set does not have or that a choice cannot concern, every alternative that the check of sets
/// refuses, choices that vary the same thing, and what the loop over replications does not compute.
pub(super) fn plan(set: &IndicatorSet, request: &UncertaintyRequest) -> Result<Vec<Planned>, Faults> {
    let mut faults = Faults::default();
    let mut planned: Vec<(usize, Planned)> = Vec::new();
    for (i, choice) in request.choices.iter().enumerate() {
        let mut resolving = Resolving { set, at: format!("/choices/{i}"), faults: &mut faults };
        let before = resolving.faults.0.len();
        let way = resolving.way(choice);
        if faults.0.len() > before {
            continue;
        }
        let labels = labels(choice);
        planned.push((i, Planned { name: choice.name.clone(), way, labels }));
    }
    for place in 0..planned.len() {
        let (i, (aspect, nodes)) = (planned[place].0, planned[place].1.way.concerns());
        let earlier = planned[..place].iter().map(|(_, other)| other.way.concerns());
        let twice = earlier
            .filter(|(other, _)| *other == aspect)
            .find_map(|(_, others)| nodes.iter().find(|node| others.contains(node)).copied());
        if let Some(node) = twice {
            let code = &set.nodes()[node].code;
            faults.push(
                Fault::error(
                    "uncertainty.overlap",
                    format!("两个选择同时改变“{code}”的同一设置（{aspect}）"),
                    format!("two choices vary the same setting ({aspect}) of '{code}'"),
                )
                .at(format!("/choices/{i}"))
                .of(code.clone())
                .hint("让每个节点只属于一个同类选择", "let each node belong to one choice of a kind"),
            );
        }
    }
    faults.0.extend(not_computed(set, &planned));
    if faults.is_empty() { Ok(planned.into_iter().map(|(_, planned)| planned).collect()) } else { Err(faults) }
}

/// What the loop over replications does not compute.
fn not_computed(set: &IndicatorSet, planned: &[(usize, Planned)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let rescales = planned.iter().find(|(_, choice)| matches!(choice.way, Way::Scoring { .. } | Way::Treatment { .. }));
    let alternatives = planned.iter().filter_map(|(_, choice)| match &choice.way {
        Way::Missing { rules, .. } => Some(rules.iter()),
        _ => None,
    });
    let is_previous = |rule: &MissingRule| matches!(rule, MissingRule::Previous { .. });
    let looks_back = set.nodes().iter().any(|node| is_previous(&node.missing)) || alternatives.flatten().any(is_previous);
    if let (Some((i, _)), true) = (rescales, looks_back) {
        faults.push(
            Fault::error(
                "uncertainty.previous",
                "缺失规则 previous 使用以前时期已发布的得分，不能与改变得分尺度的选择同时使用",
                "the missing rule 'previous' takes published scores of earlier periods, which a choice of other scales does not change",
            )
            .at(format!("/choices/{i}"))
            .hint("改用其他缺失规则，或去掉该选择", "use another missing rule, or leave this choice out"),
        );
    }
    for node in &set.document().nodes {
        if matches!(node.weighting, Some(Weighting::BenefitOfTheDoubt { .. })) {
            faults.push(crate::normalise::not_computed("benefit_of_the_doubt").of(node.code.clone()));
        }
    }
    faults
}

/// One choice under resolution.
struct Resolving<'a> {
    set: &'a IndicatorSet,
    at: String,
    faults: &'a mut Faults,
}

impl Resolving<'_> {
    fn way(&mut self, choice: &Choice) -> Way {
        let set = self.set;
        let is_inner = |node: NodeIndex| !set.nodes()[node].children.is_empty();
        match &choice.kind {
            ChoiceKind::Weights { plus_minus, nodes, depths } => {
                let mut found = self.named(nodes, "/nodes", |node| node != 0);
                for (i, depth) in depths.iter().enumerate() {
                    let of_depth = (1..set.nodes().len()).filter(|&node| set.nodes()[node].depth == *depth);
                    let before = found.len();
                    found.extend(of_depth);
                    if found.len() == before {
                        let at = format!("{}/depths/{i}", self.at);
                        self.faults.push(
                            Fault::error("uncertainty.no_depth", "该层级没有节点", "no node has a weight at this depth")
                                .at(at)
                                .value(depth.to_string())
                                .hint("第 1 层是 TOTAL 的下一层", "depth 1 is the level below TOTAL"),
                        );
                    }
                }
                if nodes.is_empty() && depths.is_empty() {
                    found = (1..set.nodes().len()).filter(|&node| is_inner(node)).collect();
                    // A flat set has no inner nodes: its leaves are what is weighed.
                    if found.is_empty() {
                        found = (1..set.nodes().len()).collect();
                    }
                }
                found.sort_unstable();
                found.dedup();
                Way::Weights { nodes: found, plus_minus: *plus_minus }
            }
            ChoiceKind::WeightSets { sets } => Way::WeightSets { sets: self.weight_sets(sets) },
            ChoiceKind::Scoring { alternatives, nodes } => {
                let leaves =
                    self.leaves(nodes, |node| set.nodes()[node].leaf().is_some_and(|leaf| leaf.scoring.cohort().is_some()));
                let rules: Vec<Option<Scoring>> = alternatives.iter().map(|(_, rule)| rule.clone()).collect();
                for (i, rule) in rules.iter().enumerate() {
                    let found = variants::document(set, &leaves, rule.as_ref(), None).check();
                    self.refused(found.err(), &format!("/alternatives/{i}"));
                }
                Way::Scoring { leaves, rules }
            }
            ChoiceKind::Aggregation { alternatives, nodes } => {
                let inner = |node: NodeIndex| is_inner(node);
                let nodes = if nodes.is_empty() {
                    (0..set.nodes().len()).filter(|&node| inner(node)).collect()
                } else {
                    self.named(nodes, "/nodes", inner)
                };
                for (i, method) in alternatives.iter().enumerate() {
                    let found = variants::with_aggregation(set, &nodes, method).check();
                    self.refused(found.err(), &format!("/alternatives/{i}"));
                }
                Way::Aggregation { nodes, methods: alternatives.clone() }
            }
            ChoiceKind::Missing { alternatives, nodes } => {
                let below = |node: NodeIndex| node != 0;
                let nodes = if nodes.is_empty() { (1..set.nodes().len()).collect() } else { self.named(nodes, "/nodes", below) };
                for (i, rule) in alternatives.iter().enumerate() {
                    let mut document = set.document().clone();
                    document.missing = rule.clone();
                    self.refused(document.check().err(), &format!("/alternatives/{i}"));
                }
                Way::Missing { nodes, rules: alternatives.clone() }
            }
            ChoiceKind::Treatment { at_most, nodes } => {
                let leaves = self.leaves(nodes, |node| {
                    set.nodes()[node].leaf().is_some_and(|leaf| leaf.treatment.iter().any(variants::winsorises))
                });
                for (i, limit) in at_most.iter().enumerate() {
                    let found = variants::document(set, &leaves, None, Some(*limit)).check();
                    self.refused(found.err(), &format!("/at_most/{i}"));
                }
                Way::Treatment { leaves, at_most: at_most.clone() }
            }
            ChoiceKind::LeaveOut { nodes } => {
                let found = self.named(nodes, "/nodes", |node| node != 0);
                for &node in &found {
                    let sisters = set.nodes()[node].parent.map_or(&[][..], |parent| &set.nodes()[parent].children);
                    if !sisters.iter().any(|&sister| sister != node && set.nodes()[sister].weight > 0.0) {
                        let code = &set.nodes()[node].code;
                        let fault = Fault::error(
                            "uncertainty.nothing_left",
                            format!("去掉“{code}”后其上级没有任何可计分的下级"),
                            format!("without '{code}' its parent has nothing left to count"),
                        );
                        self.faults.push(
                            fault
                                .at(format!("{}/nodes", self.at))
                                .of(code.clone())
                                .hint("改为去掉其上级", "leave its parent out instead"),
                        );
                    }
                }
                Way::LeaveOut { nodes: found }
            }
        }
    }

    /// The nodes of these codes that a choice can concern.
    fn named(&mut self, codes: &[String], member: &str, fits: impl Fn(NodeIndex) -> bool) -> Vec<NodeIndex> {
        let mut found = Vec::new();
        for (i, code) in codes.iter().enumerate() {
            match self.set.node_index(code).filter(|&node| fits(node)) {
                Some(node) => found.push(node),
                None => {
                    let at = format!("{}{member}/{i}", self.at);
                    self.faults.push(no_such(self.set, code).at(at));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The leaves of these codes and below them that fit; all that fit where no code is given.
    fn leaves(&mut self, codes: &[String], fits: impl Fn(NodeIndex) -> bool) -> Vec<NodeIndex> {
        let set = self.set;
        let all = || set.leaves().map(|(leaf, _)| leaf);
        let found: Vec<NodeIndex> = if codes.is_empty() {
            all().filter(|&leaf| fits(leaf)).collect()
        } else {
            let above = self.named(codes, "/nodes", |_| true);
            let is_below = |leaf: NodeIndex| {
                let mut next = Some(leaf);
                std::iter::from_fn(|| {
                    let node = next?;
                    next = set.nodes()[node].parent;
                    Some(node)
                })
                .any(|node| above.contains(&node))
            };
            let has_formula = |leaf: NodeIndex| set.nodes()[leaf].leaf().is_some_and(|leaf| leaf.formula.is_some());
            all()
                .filter(|&leaf| above.contains(&leaf) || (is_below(leaf) && fits(leaf)))
                .filter(|&leaf| has_formula(leaf))
                .collect()
        };
        if found.is_empty() {
            self.faults.push(
                Fault::error("uncertainty.no_leaf", "该选择不涉及任何指标", "the choice concerns no indicator")
                    .at(self.at.clone())
                    .hint("用 nodes 指明指标", "name the indicators in 'nodes'"),
            );
        }
        found
    }

    fn weight_sets(&mut self, sets: &[Vec<(String, f64)>]) -> Vec<Vec<(NodeIndex, f64)>> {
        let mut resolved = Vec::new();
        for (i, weights) in sets.iter().enumerate() {
            let mut found = Vec::new();
            for (code, weight) in weights {
                match self.set.node_index(code).filter(|&node| node != 0) {
                    Some(node) => found.push((node, *weight)),
                    None => {
                        let at = format!("{}/sets/{i}/{code}", self.at);
                        self.faults.push(no_such(self.set, code).at(at));
                    }
                }
            }
            let weight_of = |node: NodeIndex| {
                found.iter().find(|(other, _)| *other == node).map_or(self.set.nodes()[node].weight, |(_, weight)| *weight)
            };
            for node in self.set.nodes().iter().filter(|node| !node.children.is_empty()) {
                if node.children.iter().all(|&child| weight_of(child) == 0.0) {
                    let at = format!("{}/sets/{i}", self.at);
                    self.faults.push(
                        Fault::error(
                            "uncertainty.weights_zero",
                            format!("“{}”的下级权重全为 0", node.code),
                            format!("all weights below '{}' are 0", node.code),
                        )
                        .at(at)
                        .of(node.code.clone())
                        .hint("至少给出一个正权重", "give one of them a weight above 0"),
                    );
                }
            }
            resolved.push(found);
        }
        resolved
    }

    /// What the check of sets says of an alternative, placed where the alternative stands.
    fn refused(&mut self, found: Option<Faults>, member: &str) {
        for fault in found.into_iter().flat_map(|faults| faults.0) {
            let at = format!("{}{member}", self.at);
            if !self.faults.0.iter().any(|known| known.code == fault.code && known.pointer.as_ref() == Some(&at)) {
                self.faults.push(fault.at(at));
            }
        }
    }
}

fn no_such(set: &IndicatorSet, code: &str) -> Fault {
    let fault = if set.node_index(code).is_some() {
        Fault::error(
            "uncertainty.not_here",
            format!("该选择不能涉及节点“{code}”"),
            format!("this choice cannot concern the node '{code}'"),
        )
    } else {
        Fault::error("uncertainty.unknown_node", format!("指标体系没有节点“{code}”"), format!("the set has no node '{code}'"))
    };
    fault.value(code).hint("请核对节点代码", "check the code of the node")
}

/// What each alternative is called: its word, with its number where two would be called the same.
fn labels(choice: &Choice) -> Vec<String> {
    let words: Vec<String> = match &choice.kind {
        ChoiceKind::Weights { .. } => Vec::new(),
        ChoiceKind::WeightSets { sets } => (1..=sets.len()).map(|number| number.to_string()).collect(),
        ChoiceKind::Scoring { alternatives, .. } => alternatives.iter().map(|(name, _)| name.clone()).collect(),
        ChoiceKind::Aggregation { alternatives, .. } => {
            alternatives.iter().map(|method| method.method.word().to_owned()).collect()
        }
        ChoiceKind::Missing { alternatives, .. } => alternatives.iter().map(|rule| rule.word().to_owned()).collect(),
        ChoiceKind::Treatment { at_most, .. } => at_most.iter().map(u32::to_string).collect(),
        ChoiceKind::LeaveOut { nodes } => std::iter::once(String::new()).chain(nodes.iter().cloned()).collect(),
    };
    let is_unique = |word: &String| words.iter().filter(|other| *other == word).count() == 1;
    let label = |(i, word): (usize, &String)| if is_unique(word) { word.clone() } else { format!("{word} {}", i + 1) };
    words.iter().enumerate().map(label).collect()
}

/// How many winsorised values a treatment allows, changed.
pub(super) fn limited(treatment: &Treatment, limit: u32) -> Treatment {
    match treatment {
        Treatment::Winsorise { skewness, kurtosis, .. } => {
            Treatment::Winsorise { at_most: limit, skewness: *skewness, kurtosis: *kurtosis }
        }
        Treatment::TwoStage { first, second, skewness, kurtosis } => Treatment::TwoStage {
            first: Box::new(limited(first, limit)),
            second: Box::new(limited(second, limit)),
            skewness: *skewness,
            kurtosis: *kurtosis,
        },
        other => other.clone(),
    }
}
