//! `citygauge sets show`: a set as a page: what it is, how well that is known, and its tree.

use citygauge_indicators::{Aggregation, Arithmetic, Confidence, IndicatorSet, Language, NodeKind, Provenance, SetNode};
use serde_json::Value;

use crate::export::number::shortest;

/// The page.
pub(super) fn render(set: &IndicatorSet, language: Language) -> String {
    let mut page = head(set, language);
    page.push('\n');
    for node in set.nodes() {
        page.push_str(&line(node, language));
    }
    if let Some(levels) = set.levels() {
        let bands =
            levels.bands.iter().map(|band| format!("{} {} ({})", shortest(band.from), band.code, band.title.get(language)));
        let stages = levels.staged.iter().map(|stage| format!("{} ({})", stage.code, stage.title.get(language)));
        let all: Vec<String> = bands.chain(stages).collect();
        page.push_str(&format!("\n{}  {}\n", language.pick("等级", "levels"), all.join(", ")));
    }
    page.pop();
    page
}

fn head(set: &IndicatorSet, language: Language) -> String {
    let document = set.document();
    let mut head = format!("{}@{}  {}\n{}\n", document.code, document.version, document.title.get(language), set.digest());
    if let Some(basis) = &document.basis {
        let standard = [basis.standard.as_deref(), basis.edition.as_deref()];
        let standard: Vec<&str> = standard.into_iter().flatten().collect();
        let note = basis.note.as_ref().map(|note| note.get(language)).unwrap_or_default();
        head.push_str(&format!("{}  {}\n{note}\n", language.pick("依据", "basis"), standard.join("-")));
    }
    if let Some(lineage) = crate::export::lineage(set) {
        head.push_str(&format!("{}  {lineage}\n", language.pick("派生自", "derived from")));
    }
    let (nodes, leaves, items) = (set.nodes().len(), set.leaves().count(), set.items().len());
    let points = document.arithmetic == Arithmetic::Points;
    head.push_str(&match language {
        Language::Zh => format!(
            "{nodes} 个节点（含 TOTAL），{leaves} 个指标分项，{items} 个数据项；满分 {}，{}\n",
            shortest(set.full_mark()),
            if points { "分值法" } else { "得分法" }
        ),
        Language::En => format!(
            "{nodes} nodes with TOTAL, {leaves} indicators, {items} data items; full mark {}, {} arithmetic\n",
            shortest(set.full_mark()),
            if points { "points" } else { "scores" }
        ),
    });
    head.push_str(&known(set, language));
    head
}

/// How many names, weights and formulas are sourced, recalled and assumed.
fn known(set: &IndicatorSet, language: Language) -> String {
    let nodes = &set.document().nodes;
    let count = |part: fn(&Provenance) -> Option<Confidence>| {
        let of = |wanted| nodes.iter().filter(|node| node.provenance.as_ref().and_then(part) == wanted).count();
        let [sourced, recalled, assumed] =
            [Confidence::Sourced, Confidence::Recalled, Confidence::Assumed].map(|known| of(Some(known)));
        let silent = of(None);
        match language {
            Language::Zh => format!("有来源 {sourced}，凭记忆 {recalled}，假设 {assumed}，未说明 {silent}"),
            Language::En => format!("{sourced} sourced, {recalled} recalled, {assumed} assumed, {silent} without a word"),
        }
    };
    let names = [language.pick("名称", "names"), language.pick("权重", "weights"), language.pick("算法", "formulas")];
    let counts = [count(|known| known.name), count(|known| known.weight), count(|known| known.formula)];
    names.iter().zip(counts).map(|(name, counts)| format!("{name}: {counts}\n")).collect()
}

/// A node of the tree: weight, share of the total, and its rule.
fn line(node: &SetNode, language: Language) -> String {
    let indent = "  ".repeat(node.depth as usize);
    let share = node.share_f64() * 100.0;
    let rule = match &node.kind {
        NodeKind::Leaf(leaf) => format!("[{}]", word(&leaf.scoring, "rule")),
        NodeKind::Inner { weighting: Some(weighting), .. } => format!("[{}]", word(weighting, "method")),
        NodeKind::Inner { aggregation, .. } if *aggregation != Aggregation::default() => {
            format!("[{}]", word(aggregation, "method"))
        }
        NodeKind::Inner { .. } => String::new(),
    };
    let line = format!("{indent}{} {}  {}  {share:.2} %  {rule}", node.code, node.title.get(language), shortest(node.weight));
    format!("{}\n", line.trim_end())
}

/// The word by which the document names a rule or method.
fn word(described: &impl serde::Serialize, key: &str) -> String {
    match serde_json::to_value(described) {
        Ok(Value::String(word)) => word,
        Ok(Value::Object(members)) => members.get(key).and_then(Value::as_str).unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_the_note_the_counts_and_every_node() {
        let set = crate::commands::offline::set("gbt-33356-2016").expect("in the catalog");
        for language in [Language::Zh, Language::En] {
            let page = render(&set, language);
            assert!(page.contains(set.document().title.get(language)));
            for node in set.nodes() {
                assert!(page.contains(&node.code));
            }
        }
        assert!(render(&set, Language::En).contains("L1P1-A1"));
        assert!(render(&set, Language::En).contains("[ratio]"));
    }
}
