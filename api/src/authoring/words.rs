//! The words that a member of the document knows, for the drop-downs of its column: read off the JSON Schema, so that a
//! new rule or method is there without a line here.

use serde_json::Value;

/// The words of the member at `path` below `start`, in the order of the schema; none where any text will do.
pub(super) fn words(schema: &Value, start: &[&str], path: &[&str]) -> Vec<String> {
    let mut reached = vec![schema];
    for key in start.iter().chain(path) {
        reached = reached.iter().flat_map(|at| alternatives(schema, at, 0)).filter_map(|at| step(at, key)).collect();
    }
    let mut words: Vec<String> = Vec::new();
    for at in reached.iter().flat_map(|at| alternatives(schema, at, 0)) {
        for word in at.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
    }
    words
}

/// A member of an object, or with `*` the members of a list.
fn step<'s>(at: &'s Value, key: &str) -> Option<&'s Value> {
    if key == "*" { at.get("items") } else { at.get("properties")?.get(key) }
}

/// The deepest that references and alternatives are followed.
const DEEPEST: usize = 16;

/// What a schema may be: itself, what it refers to, and each of its alternatives.
fn alternatives<'s>(schema: &'s Value, at: &'s Value, depth: usize) -> Vec<&'s Value> {
    let mut all = vec![at];
    if depth == DEEPEST {
        return all;
    }
    let referred = at.get("$ref").and_then(Value::as_str).and_then(|target| schema.pointer(target.strip_prefix('#')?));
    let alternatives_of = |key: &str| at.get(key).and_then(Value::as_array).into_iter().flatten();
    let below = referred.into_iter().chain(["oneOf", "anyOf", "allOf"].into_iter().flat_map(alternatives_of));
    all.extend(below.flat_map(|at| alternatives(schema, at, depth + 1)));
    all
}

#[cfg(test)]
mod tests {
    use citygauge_openapi::set_json_schema;

    use super::*;

    #[test]
    fn the_words_of_rules_methods_and_kinds_are_found() {
        let schema = set_json_schema();
        let node = |path: &[&str]| words(&schema, &["nodes", "*"], path);
        assert!(node(&["indicator", "scoring", "rule"]).iter().any(|word| word == "goalposts"));
        assert!(node(&["aggregation"]).iter().any(|word| word == "geometric"));
        assert!(node(&["weighting", "method"]).iter().any(|word| word == "ahp"));
        assert_eq!(node(&["weight_of"]), ["siblings", "parent", "total"]);
        assert_eq!(words(&schema, &["items", "*"], &["kind"]).len(), 7);
        assert_eq!(words(&schema, &[], &["rounding", "mode"]), ["half_up", "half_even"]);
        assert!(node(&["code"]).is_empty());
    }
}
