//! The documents of which the things are made that operations are about; sound, so that nothing but authorisation refuses them.

use serde_json::{Value, json};

use crate::who::Side;

/// The set.
pub const SET: &str = "plain";

/// The element of a design.
pub const ELEMENT: &str = "D";

/// A version of the set.
pub fn set(version: &str) -> Value {
    json!({
        "code": SET, "version": version, "title": {"en": "Plain", "zh": "简单"},
        "items": [
            {"code": "trees", "kind": "count", "min": 0, "max": 1000},
            {"code": "open_data", "kind": "boolean"},
            {"code": "vision", "kind": "index", "min": 0, "max": 10, "provider": "expert"},
        ],
        "nodes": [
            {"code": "G", "title": {"en": "Green"}, "indicator": {"formula": "trees / 1000", "scoring": {"rule": "ratio"}}},
            {"code": "O", "title": {"en": "Open"}, "indicator": {"formula": "open_data", "scoring": {"rule": "ratio"}}},
        ]
    })
}

/// What the cities have reported.
pub const OBSERVATIONS: &str = "city,period,item,value\na,2025,trees,90\nb,2025,trees,180\na,2026,trees,100\nb,2026,trees,200\n";

/// How sure the ranks are.
pub fn uncertainty() -> Value {
    json!({"replications": 100})
}

/// The results of a city against full marks.
pub fn gap_analysis(assessment: &str, city: &str) -> Value {
    json!({"assessment": assessment, "city": city, "against": "full_mark"})
}

/// A path to a higher total.
pub fn path(assessment: &str, city: &str) -> Value {
    json!({"assessment": assessment, "city": city, "goal": "score:30", "by": "2030"})
}

/// Two projects of two years.
pub fn roadmap(assessment: &str, city: &str) -> Value {
    json!({
        "title": {"en": "Trees", "zh": "树"}, "assessment": assessment, "city": city, "first_year": 2027, "years": 2,
        "budget": [5.0, 5.0],
        "projects": [
            {"code": "P", "title": {"en": "Plant"}, "duration_years": 1, "cost": 4.0, "effects": [{"node": "G", "change": 0.05}]},
            {"code": "Q", "title": {"en": "Grow"}, "duration_years": 1, "cost": 5.0, "effects": [{"node": "G", "change": 0.02}]},
        ]
    })
}

/// A plan of goals since 2025 that no error refuses.
pub fn goal_plan(code: &str, assessment: &str, side: Side) -> Value {
    let trees = match side {
        Side::Own => 0.09,
        Side::Other => 0.18,
    };
    json!({
        "code": code, "title": {"en": "Goals"}, "city": side.city(), "set": {"code": SET, "version": "1"},
        "baseline": {"assessment": assessment, "period": "2025"}, "period": {"from": "2026", "to": "2030"},
        "statements": [{"code": "V", "kind": "vision", "text": {"en": "A green city"}}],
        "goals": [
            {"code": "O", "level": "overall", "statement": {"en": "A higher total"}, "owner": {"en": "Mayor"}, "node": "TOTAL",
             "baseline_value": trees * 100.0, "target_value": trees * 100.0 + 10.0, "due": "2030", "serves": ["V"]},
            {"code": "G", "level": "sub", "parent": "O", "weight": 0.5, "statement": {"en": "More trees"}, "owner": {"en": "Parks"},
             "node": "G", "baseline_value": trees, "target_value": trees + 0.1, "due": "2030", "serves": ["V"],
             "path": [{"period": "2028", "value": trees + 0.05}, {"period": "2030", "value": trees + 0.1}]},
            {"code": "T", "level": "stage", "parent": "O", "statement": {"en": "Plant"}, "from": "2026", "to": "2030",
             "tasks": {"en": "t"}, "content": {"en": "c"}, "results": {"en": "r"}},
        ]
    })
}

/// Who adopts a plan, and why.
pub fn adoption() -> Value {
    json!({"reason": "the council has agreed", "approver": "Li Hua"})
}

/// The head of a design.
pub fn design(city: &str) -> Value {
    json!({"title": {"en": "Smart", "zh": "智慧"}, "city": city, "from": "2026", "to": "2030"})
}

/// The element of a design.
pub fn element() -> Value {
    json!({"kind": "document", "document": {"code": ELEMENT, "title": {"en": "City master plan"}, "kind": "city_master_plan"}})
}

/// A benchmark of two years.
pub fn benchmark(assessment: &str) -> Value {
    let editions = ["2025", "2026"].map(|period| json!({"period": period, "assessment": assessment}));
    json!({"title_en": "Yearly", "editions": editions})
}

/// A report on a city.
pub fn report(assessment: &str, city: &str) -> Value {
    json!({"format": "html", "assessment": assessment, "city": city})
}

/// A round of both cities; its results are private.
pub fn round() -> Value {
    json!({
        "title_en": "The round of 2025", "set": {"code": SET, "version": "1"}, "periods": ["2025"], "cohort": ["a", "b"],
        "visibility": "private"
    })
}

/// A panel of one expert.
pub fn panel(expert: &str) -> Value {
    json!({
        "title_en": "A panel", "set": {"code": SET, "version": "1"}, "period": "2026", "items": ["vision"], "cities": ["a", "b"],
        "scale": {"least": 0, "greatest": 10, "step": 1}, "least_scores": 1, "experts": [{"key": expert}]
    })
}

/// A rule.
pub fn rule() -> Value {
    json!({"set": SET, "rule": {"code": "JUMP", "title": {"en": "Jump", "zh": "突变"}, "severity": "error",
        "check": {"rule": "change", "items": ["trees"], "at_most": 9.0}}})
}

/// A waiver of the rule.
pub fn waiver(city: &str) -> Value {
    json!({"rule": "JUMP", "set": SET, "city": city, "period": "2026", "reason": "two districts joined", "name": "Li Hua"})
}

/// A mapping.
pub fn mapping() -> Value {
    json!({"kind": "observations", "columns": {"where": "city"}})
}

/// A source that does not answer.
pub fn source() -> Value {
    json!({
        "title_en": "Feed", "from": {"kind": "url", "url": "http://127.0.0.1:9/feed.csv"},
        "import": {"set": {"code": SET, "version": "1"}, "mapping": "yearbook"}
    })
}

/// A webhook whose receiver does not answer.
pub fn webhook() -> Value {
    json!({"url": "http://127.0.0.1:9/hook", "events": ["city.created"]})
}

/// A group of both cities.
pub fn peer_group() -> Value {
    json!({"title_en": "Both", "cities": ["a", "b"]})
}

/// A map of both cities.
pub fn map() -> Value {
    let area = |code: &str, east: f64| {
        json!({
            "type": "Feature", "properties": {"code": code, "name": code},
            "geometry": {"type": "Polygon", "coordinates": [[[east, 0.0], [east + 1.0, 0.0], [east, 1.0], [east, 0.0]]]},
        })
    };
    json!({"type": "FeatureCollection", "features": [area("a", 0.0), area("b", 1.0)]})
}
