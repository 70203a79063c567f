//! Levels, gates and stages.

use std::collections::{HashMap, HashSet};

use crate::TOTAL;
use crate::document::SetDocument;
use crate::document::item::ItemKind;
use crate::document::level::{Levels, Requirement};
use crate::fault::{Fault, Faults};

pub(super) fn check(document: &SetDocument, items: &HashMap<String, usize>, faults: &mut Faults) {
    let Some(levels) = &document.levels else { return };
    let nodes: HashSet<&str> = document.nodes.iter().map(|node| node.code.as_str()).chain([TOTAL]).collect();
    for (i, code) in levels.of.iter().enumerate() {
        known(code, &nodes, &format!("/levels/of/{i}"), faults);
    }
    let codes: Vec<&str> = if levels.staged.is_empty() { bands(levels, faults) } else { staged(levels, faults) };
    for (i, gate) in levels.gates.iter().enumerate() {
        let at = format!("/levels/gates/{i}");
        match codes.iter().position(|code| *code == gate.level) {
            Some(_) => {}
            None => faults.push(
                Fault::error("level.unknown", format!("没有等级“{}”", gate.level), format!("there is no level '{}'", gate.level))
                    .at(format!("{at}/level"))
                    .value(gate.level.clone())
                    .expected(codes.join(" | "))
                    .hint("改正等级代码", "correct the code of the level"),
            ),
        }
        for (j, code) in gate.of.iter().enumerate() {
            let levelled = if levels.of.is_empty() { code == TOTAL } else { levels.of.contains(code) };
            if !levelled {
                faults.push(
                    Fault::error("level.gate_of", format!("“{code}”不是定级节点"), format!("no level is read on '{code}'"))
                        .at(format!("{at}/of/{j}"))
                        .of(code.clone())
                        .hint("请在 levels.of 中列出它", "list it in levels.of"),
                );
            }
        }
        requirements(&gate.require, &format!("{at}/require"), &nodes, items, document, &codes, faults);
    }
    for (i, stage) in levels.staged.iter().enumerate() {
        requirements(&stage.require, &format!("/levels/staged/{i}/require"), &nodes, items, document, &codes, faults);
    }
}

fn bands<'l>(levels: &'l Levels, faults: &mut Faults) -> Vec<&'l str> {
    if levels.bands.is_empty() {
        faults.push(
            Fault::error("level.none", "没有等级", "there are no levels")
                .at("/levels")
                .expected("bands | staged")
                .hint("给出 bands 或 staged", "give bands or staged"),
        );
    }
    for (i, pair) in levels.bands.windows(2).enumerate() {
        if pair[0].from >= pair[1].from {
            faults.push(
                Fault::error("level.order", "各档下限必须严格递增", "the limits of the bands must rise strictly")
                    .at(format!("/levels/bands/{}/from", i + 1))
                    .value(pair[1].from.to_string())
                    .hint("请排序", "sort them"),
            );
        }
    }
    let codes: Vec<&str> = levels.bands.iter().map(|band| band.code.as_str()).collect();
    unique(&codes, "/levels/bands", faults);
    codes
}

fn staged<'l>(levels: &'l Levels, faults: &mut Faults) -> Vec<&'l str> {
    if !levels.bands.is_empty() || !levels.gates.is_empty() {
        faults.push(
            Fault::error("level.both", "staged 不能与 bands 或 gates 并用", "a staged model stands instead of bands and gates")
                .at("/levels")
                .hint("只保留一种", "keep one of them"),
        );
    }
    let codes: Vec<&str> = levels.staged.iter().map(|stage| stage.code.as_str()).collect();
    unique(&codes, "/levels/staged", faults);
    codes
}

fn unique(codes: &[&str], at: &str, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (i, code) in codes.iter().enumerate() {
        if super::code(code, &format!("{at}/{i}/code"), faults) && !seen.insert(code) {
            faults.push(
                Fault::error("level.duplicate", format!("等级代码“{code}”重复"), format!("two levels have the code '{code}'"))
                    .at(format!("{at}/{i}/code"))
                    .hint("请改名", "rename one of them"),
            );
        }
    }
}

fn known(code: &str, nodes: &HashSet<&str>, at: &str, faults: &mut Faults) {
    if !nodes.contains(code) {
        faults.push(
            Fault::error("level.unknown_node", format!("没有节点“{code}”"), format!("there is no node '{code}'"))
                .at(at)
                .of(code)
                .hint("改正节点代码", "correct the code of the node"),
        );
    }
}

fn requirements(
    require: &[Requirement],
    at: &str,
    nodes: &HashSet<&str>,
    items: &HashMap<String, usize>,
    document: &SetDocument,
    levels: &[&str],
    faults: &mut Faults,
) {
    if require.is_empty() {
        faults.push(
            Fault::error("level.require", "没有任何要求", "nothing is required")
                .at(at)
                .hint("至少给出一项要求", "give at least one requirement"),
        );
    }
    for (i, requirement) in require.iter().enumerate() {
        let at = format!("{at}/{i}");
        match requirement {
            Requirement::Node { node, .. } => known(node, nodes, &format!("{at}/node"), faults),
            Requirement::Item { item, .. } => match items.get(item) {
                Some(&index) if document.items[index].kind != ItemKind::Choice => {}
                _ => faults.push(
                    Fault::error(
                        "level.unknown_item",
                        format!("没有数值型数据项“{item}”"),
                        format!("there is no numeric item '{item}'"),
                    )
                    .at(format!("{at}/item"))
                    .of(item.clone())
                    .hint("改正数据项代码", "correct the code of the item"),
                ),
            },
            Requirement::Nodes { nodes: listed, reach, count } => {
                for (j, node) in listed.iter().enumerate() {
                    known(node, nodes, &format!("{at}/nodes/{j}"), faults);
                }
                if !levels.contains(&reach.as_str()) {
                    faults.push(
                        Fault::error("level.unknown", format!("没有等级“{reach}”"), format!("there is no level '{reach}'"))
                            .at(format!("{at}/reach"))
                            .value(reach.clone())
                            .expected(levels.join(" | "))
                            .hint("改正等级代码", "correct the code of the level"),
                    );
                }
                if *count == 0 || *count as usize > listed.len() {
                    faults.push(
                        Fault::error(
                            "level.count",
                            "count 应在 1 与节点个数之间",
                            "count lies between 1 and the number of nodes",
                        )
                        .at(format!("{at}/count"))
                        .value(count.to_string())
                        .expected(format!("1..{}", listed.len()))
                        .hint("请改正", "correct it"),
                    );
                }
            }
        }
    }
}

/// The items that any requirement reads.
pub(super) fn items(document: &SetDocument) -> impl Iterator<Item = &str> {
    let levels = document.levels.iter();
    let of_gates = levels.clone().flat_map(|levels| levels.gates.iter().flat_map(|gate| &gate.require));
    let of_stages = levels.flat_map(|levels| levels.staged.iter().flat_map(|stage| &stage.require));
    of_gates.chain(of_stages).filter_map(|requirement| match requirement {
        Requirement::Item { item, .. } => Some(item.as_str()),
        _ => None,
    })
}
