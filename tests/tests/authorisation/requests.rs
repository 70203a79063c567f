//! The request of every operation: made from the description, with what it cannot say written down once.

use reqwest::Method;
use serde_json::{Value, json};

use crate::documents;
use crate::stage::{Named, Stage};
use crate::who::{Side, Who};

/// An operation of the description.
pub struct Operation {
    /// Its identifier.
    pub id: String,
    /// Its method.
    pub method: Method,
    /// Its path, with parameters in braces.
    pub path: String,
    parameters: Vec<Value>,
    takes_body: bool,
}

/// A request without its caller.
#[derive(PartialEq, Eq)]
pub struct Request {
    /// The path with its query.
    pub target: String,
    /// The media type of its body.
    pub media_type: &'static str,
    /// The body; nothing where the operation takes none.
    pub body: Option<Vec<u8>>,
}

/// Every operation, in the order of the description.
pub fn described(description: &Value) -> Vec<Operation> {
    let paths = description["paths"].as_object().expect("paths");
    let described = paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("operations").iter().map(move |(method, operation)| Operation {
            id: operation["operationId"].as_str().expect("an identifier").to_owned(),
            method: method.to_uppercase().parse().expect("a method"),
            path: path.clone(),
            parameters: parameters(description, operation),
            takes_body: operation.get("requestBody").is_some(),
        })
    });
    described.collect()
}

/// The parameters of an operation, with the schemas that they refer to.
fn parameters(description: &Value, operation: &Value) -> Vec<Value> {
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    for parameter in &mut parameters {
        if let Some(place) = parameter["schema"]["$ref"].as_str().and_then(|place| place.strip_prefix('#')) {
            parameter["schema"] = description.pointer(place).expect("the description has what it refers to").clone();
        }
    }
    parameters
}

impl Operation {
    /// Its method and path, as the table has them.
    pub fn place(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// A request that somebody makes about something of their own, or about something else; or about something to be thrown away.
    pub fn request(&self, stage: &Stage, (who, side): (Who, Side), away: Option<&Named>) -> Result<Request, String> {
        let named = |name: &str| match away {
            Some((known, value)) if *known == name => Some(value.clone()),
            _ => stage.named(name, who, side),
        };
        // Statistics of indicators, which are those without further words, are about no city.
        let optional = if self.id == "show_statistics" { "" } else { "city" };
        let target = self.target(named)? + &self.query(stage, (who, side), optional)?;
        let body = match self.takes_body {
            true => Some(body(&self.id, stage, side).ok_or("it has no body in `requests::body`")?),
            false => None,
        };
        Ok(Request { target, media_type: self.media_type(), body })
    }

    /// A request about what does not exist, without a body. Whoever may not ask is refused before anybody looks at either.
    pub fn bare(&self, stage: &Stage) -> Result<Request, String> {
        let nothing = |name: &str| match name {
            "deliveries/delivery" | "revisions/number" | "uncertainty/n" => Some("999999".to_owned()),
            "observations/period" => Some("2026".to_owned()),
            _ if name.ends_with("/id") => Some("00000000-0000-7000-8000-000000000000".to_owned()),
            _ => Some("nowhere".to_owned()),
        };
        let target = self.target(nothing)? + &self.query(stage, (Who::Nobody, Side::Other), "city")?;
        Ok(Request { target, media_type: self.media_type(), body: self.takes_body.then(Vec::new) })
    }

    /// Whether a write needs the tag of what it changes. Requests come without one, so that nothing changes: 428.
    pub fn needs_tag(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter["name"] == "If-Match")
    }

    /// The path, with its parameters as `resource/parameter` after the word before them.
    fn target(&self, named: impl Fn(&str) -> Option<String>) -> Result<String, String> {
        let mut target = String::new();
        let mut resource = "";
        for segment in self.path.split('/').skip(1) {
            target.push('/');
            let Some((name, rest)) = segment.strip_prefix('{').and_then(|segment| segment.split_once('}')) else {
                resource = segment;
                target.push_str(segment);
                continue;
            };
            let known = format!("{resource}/{name}");
            let value = self.first_word(name).or_else(|| named(&known)).ok_or_else(|| format!("nothing is known as {known}"))?;
            target.push_str(&value);
            target.push_str(rest);
        }
        Ok(target)
    }

    /// What is needed, and one parameter that is not, where it can be given.
    fn query(&self, stage: &Stage, (who, side): (Who, Side), optional: &str) -> Result<String, String> {
        let mut query = form(extra(&self.id));
        for parameter in self.parameters.iter().filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().unwrap_or_default();
            if parameter["required"] != json!(true) && name != optional {
                continue;
            }
            let value = match (self.id.as_str(), name) {
                (_, "kind") => Some("observations".to_owned()),
                (_, "city" | "cities") => stage.named("cities/city", who, side),
                ("diff_indicator_sets", "to") => Some(format!("{}@1", documents::SET)),
                (_, "to" | "assessment") => stage.named("assessments/id", who, side),
                (_, "from") => Some(documents::ELEMENT.to_owned()),
                (_, "standard") => Some("gbt36333-2018".to_owned()),
                (_, "period") => Some("2026".to_owned()),
                (_, "set_code") => Some(documents::SET.to_owned()),
                (_, "set_version") => Some("1".to_owned()),
                (_, "file_name") => Some("yearbook.pdf".to_owned()),
                (_, "approval_number") => Some("GS-2024-0650".to_owned()),
                _ => self.first_word(name),
            };
            let value = value.ok_or_else(|| format!("nothing is known for its parameter {name}"))?;
            query.push((name.to_owned(), value));
        }
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Ok(if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) })
    }

    /// The first word of a parameter that has words.
    fn first_word(&self, name: &str) -> Option<String> {
        let parameter = self.parameters.iter().find(|parameter| parameter["name"] == name)?;
        parameter["schema"]["enum"][0].as_str().map(str::to_owned)
    }

    fn media_type(&self) -> &'static str {
        match self.id.as_str() {
            "create_import" => "text/csv",
            "attach_evidence" => "application/pdf",
            "upload_release" => "application/octet-stream",
            _ => "application/json",
        }
    }
}

fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Parameters that are not required by the description, and are by what the request is about.
fn extra(operation: &str) -> &'static [(&'static str, &'static str)] {
    match operation {
        "create_import" => &[("set_code", documents::SET), ("set_version", "1"), ("mode", "validate")],
        "put_map" => &[("title_en", "Map")],
        _ => &[],
    }
}

/// What else than 2xx says that a request has passed authorisation.
pub fn passes(operation: &str) -> &'static [u16] {
    match operation {
        // The job is over.
        "cancel_job" => &[409],
        // The panel is open, and shows neither.
        "list_panel_results" | "list_panel_scores" => &[409],
        // The file is CSV.
        "show_annotated_import" => &[422],
        // A run of the source may be unfinished.
        "run_source" => &[409],
        _ => &[],
    }
}

/// A body that is sound, about a city where it is about one.
fn body(operation: &str, stage: &Stage, side: Side) -> Option<Vec<u8>> {
    let city = side.city();
    let set = json!({"code": documents::SET, "version": "1"});
    let assessment = stage.assessment();
    let change = json!({"changes": [{"city": city, "item": "trees", "value": 50}]});
    let observations = json!([{"city": city, "period": "2026", "item": "trees", "value": 100}]);
    let document = match operation {
        "create_import" => return Some(b"city,period,item,value\na,2026,trees,100\n".to_vec()),
        "attach_evidence" => return Some(b"%PDF-1.7\n".to_vec()),
        "upload_release" => return Some(b"no release".to_vec()),
        "create_assessment" => json!({ "set": set }),
        "create_uncertainty_analysis" => documents::uncertainty(),
        "suppose_assessment" => change,
        "suppose_data" => json!({"set_ref": set, "observations": observations, "what_if": change}),
        "evaluate" => json!({"set_ref": set, "observations": observations}),
        "put_benchmark" => documents::benchmark(assessment),
        "adopt_cities" => json!({"scheme": "gbt-2260", "codes": ["330100"]}),
        "put_city" => json!({"name": "A"}),
        "create_design" | "update_design" => documents::design(city),
        "replace_design_dossier" => {
            let mut dossier = documents::design(city);
            dossier["elements"] = json!([documents::element()]);
            dossier
        }
        "put_design_elements" => json!({"elements": [documents::element()]}),
        "put_design_element" => documents::element(),
        "confirm_design_element" | "reopen_panel" | "reject_observation" => json!({"reason": "a reason"}),
        "create_embed" => json!({"view": format!("/goal-plans/{}", side.plan()), "parents": ["https://example.org"]}),
        "create_export" => json!({"table": format!("/api/v1/observations?city={city}")}),
        "create_gap_analysis" => documents::gap_analysis(assessment, city),
        "create_goal_plan" => documents::goal_plan(&stage.next("N"), assessment, side),
        // Of the city a always: what counts is whose plan is there.
        "put_goal_plan" => documents::goal_plan(side.plan(), assessment, Side::Own),
        "lint_goal_plan_document" => json!({"document": documents::goal_plan("L", assessment, side)}),
        "adopt_goal_plan" => documents::adoption(),
        "create_goal_plan_revision" => {
            let mut revision = documents::adoption();
            revision["document"] = documents::goal_plan(side.plan(), assessment, side);
            revision
        }
        "propose_goal_plan" => json!({"assessment": assessment, "city": city, "ambition": "score:70", "by": "2030"}),
        "create_indicator_set" | "check_indicator_set" => documents::set(&stage.next("1.")),
        "replace_indicator_set" => documents::set("1"),
        "overlay_indicator_set" => {
            json!({"code": "overlaid", "version": stage.next("1."), "changes": {"nodes": {"G": {"weight": 2}}}})
        }
        "create_key" => json!({"name": "another", "role": "viewer"}),
        "check_mapping" | "put_mapping" => documents::mapping(),
        "put_map" => documents::map(),
        "report_observation" => json!({"set": set, "value": 150}),
        "put_panel" => stage.panel(side),
        "close_panel" | "create_release" | "publish_round" => json!({}),
        "score_panel" => json!({"scores": [{"city": city, "item": "vision", "score": 5}]}),
        "create_path" => documents::path(assessment, city),
        "put_peer_group" => documents::peer_group(),
        "create_report" => documents::report(assessment, city),
        "create_roadmap" => documents::roadmap(assessment, city),
        "put_round" => documents::round(),
        "step_submission" => json!({"action": "submit"}),
        "put_source" => documents::source(),
        "put_validation_rule" => documents::rule(),
        "create_waiver" => documents::waiver(city),
        "create_webhook" | "replace_webhook" => documents::webhook(),
        "replay_webhook" => json!({"since": "2100-01-01T00:00:00Z"}),
        _ => return None,
    };
    Some(document.to_string().into_bytes())
}
