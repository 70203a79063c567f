//! The tree: 1 to 25 leaves, 1 to 4 deep, with weights that add up to what their scale demands.

use serde_json::{Map, Value, json};

use super::{Dice, Drawing, indicators, over, settings};

/// A parent under which sisters are drawn.
struct Parent {
    code: Option<String>,
    /// Its weight of the total, in units; `None` where its children cannot be weighted so.
    of_total: Option<i64>,
}

/// The nodes, TOTAL among them now and then.
pub fn draw(dice: &mut Dice, over_what: &Drawing) -> Vec<Value> {
    let mut nodes = Vec::new();
    if dice.chance(30) {
        let mut total = Map::new();
        total.insert("code".into(), json!("TOTAL"));
        total.insert("title".into(), json!({"en": "Total"}));
        settings::of_node(dice, over_what, false, &mut total);
        total.remove("missing");
        nodes.push(Value::Object(total));
    }
    let leaves = if dice.chance(50) { dice.between(1, 6) } else { dice.between(1, 25) };
    let levels = dice.between(1, 4);
    let mut drawing = Growing { dice, over_what, nodes, count: 0, units: if over_what.full_mark < 10 { 100 } else { 10 } };
    let total = Parent { code: None, of_total: Some(over_what.full_mark * drawing.units) };
    drawing.sisters(&total, leaves, levels);
    let mut nodes = drawing.nodes;
    if !over_what.by_points && dice.chance(12) {
        count_points(dice, &mut nodes);
    }
    if !over_what.by_points {
        order_positions(dice, &mut nodes);
    }
    nodes
}

/// Gives an ordered weighted average to some inner nodes, with a weight for each child that counts.
fn order_positions(dice: &mut Dice, nodes: &mut [Value]) {
    let counts = |node: &Value| node.get("weight").and_then(Value::as_f64).is_none_or(|weight| weight > 0.0);
    let parents: Vec<String> =
        nodes.iter().filter(|node| counts(node)).filter_map(|node| node["parent"].as_str().map(str::to_owned)).collect();
    for node in nodes {
        let children = parents.iter().filter(|parent| node["code"] == **parent).count();
        if children > 0 && node.get("aggregation").is_none_or(|own| *own != "reported_points") && dice.chance(4) {
            node["aggregation"] = settings::ordered(dice, children);
        }
    }
}

/// Makes a branch count points over maximum points: every inner node of it, none with a weight of its own.
fn count_points(dice: &mut Dice, nodes: &mut [Value]) {
    let is_inner = |node: &Value| node.get("indicator").is_none() && node["code"] != "TOTAL";
    let inner: Vec<String> =
        nodes.iter().filter(|node| is_inner(node)).filter_map(|node| node["code"].as_str().map(str::to_owned)).collect();
    if inner.is_empty() {
        return;
    }
    let mut branch = vec![dice.pick(&inner).clone()];
    // A parent stands before its children.
    for node in nodes {
        let below = node.get("parent").and_then(Value::as_str).is_some_and(|parent| branch.iter().any(|code| code == parent));
        let is_top = node["code"].as_str() == branch.first().map(String::as_str);
        let inner = is_inner(node);
        let members = node.as_object_mut().expect("a node is an object");
        if below {
            members.remove("weight_of");
        }
        if inner && (below || is_top) {
            members.insert("aggregation".into(), json!("reported_points"));
        }
        if inner && below {
            members.remove("weight");
            branch.extend(members["code"].as_str().map(str::to_owned));
        }
    }
}

struct Growing<'g> {
    dice: &'g mut Dice,
    over_what: &'g Drawing<'g>,
    nodes: Vec<Value>,
    count: usize,
    /// Weights of the total are whole numbers over this.
    units: i64,
}

impl Growing<'_> {
    /// Draws the children of a parent, with so many leaves below it and at most so many levels.
    fn sisters(&mut self, parent: &Parent, leaves: i64, levels: i64) {
        let groups = if levels == 1 { vec![1; leaves as usize] } else { self.groups(leaves) };
        let (scale, weights) = self.weights(parent, groups.len());
        for (leaves, (weight, units)) in groups.into_iter().zip(weights) {
            self.count += 1;
            let code = format!("N{}", self.count);
            let is_leaf = levels == 1 || (leaves == 1 && self.dice.chance(50));
            let mut node = Map::new();
            node.insert("code".into(), json!(code));
            node.insert("title".into(), json!({"en": code}));
            if let Some(parent) = &parent.code {
                node.insert("parent".into(), json!(parent));
            }
            node.insert("weight".into(), json!(weight));
            node.insert("weight_of".into(), json!(scale));
            if is_leaf {
                node.insert("indicator".into(), indicators::draw(self.dice, self.over_what));
            }
            settings::of_node(self.dice, self.over_what, is_leaf, &mut node);
            self.nodes.push(Value::Object(node));
            if !is_leaf {
                let of_total = units.filter(|units| *units > 0);
                self.sisters(&Parent { code: Some(code), of_total }, leaves, levels - 1);
            }
        }
    }

    /// So many leaves in up to five groups.
    fn groups(&mut self, leaves: i64) -> Vec<i64> {
        let count = self.dice.between(1, leaves.min(5));
        let mut groups = vec![1; count as usize];
        for _ in count..leaves {
            let group = self.dice.between(0, count - 1) as usize;
            groups[group] += 1;
        }
        groups
    }

    /// The scale of the weights of sisters, and their weights; of the total also in units.
    fn weights(&mut self, parent: &Parent, count: usize) -> (&'static str, Vec<(f64, Option<i64>)>) {
        match (self.dice.between(0, 9), parent.of_total) {
            (0..=4, Some(all)) => {
                let units = self.parts(all, count);
                ("total", units.into_iter().map(|units| (over(units, self.units), Some(units))).collect())
            }
            (3..=6, _) => {
                let per = *self.dice.pick(&[1, 10, 10]);
                let units = self.parts(100 * per, count);
                ("parent", units.into_iter().map(|units| (over(units, per), None)).collect())
            }
            _ => {
                let mut weights: Vec<f64> =
                    (0..count).map(|_| *self.dice.pick(&[0.0, 0.1, 0.5, 1.0, 1.0, 1.0, 2.0, 3.0, 33.3, 33.4])).collect();
                if weights.iter().all(|weight| *weight == 0.0) {
                    weights[0] = 1.0;
                }
                ("siblings", weights.into_iter().map(|weight| (weight, None)).collect())
            }
        }
    }

    /// `count` whole numbers from 0 that add up to `all`: as equal as can be, or any.
    fn parts(&mut self, all: i64, count: usize) -> Vec<i64> {
        let parts = count as i64;
        if self.dice.chance(40) {
            let mut equal = vec![all / parts; count];
            equal[count - 1] += all % parts;
            return equal;
        }
        let mut cuts: Vec<i64> = (1..parts).map(|_| self.dice.between(0, all)).collect();
        cuts.extend([0, all]);
        cuts.sort_unstable();
        cuts.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}
