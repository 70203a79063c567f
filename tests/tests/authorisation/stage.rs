//! What there is to ask about: of everything one about the city a and one about b, or one by each who makes it and one by somebody
//! else.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use citygauge_openapi::client::{Client, Upload};
use citygauge_openapi::{API_ROOT, Id, ImportMode, IssuedKey, SetRef, WorkState};
use citygauge_tests::Site;
use citygauge_tests::steps::{self, assess, cities_csv, finished, freeze, observations_csv, publish, set_ref};
use reqwest::Method;
use serde_json::{Value, json};

use crate::documents as new;
use crate::who::{Side, Who};

/// The keys: whose, their roles and their cities.
const KEYS: [(Who, &str, &[&str]); 7] = [
    (Who::Viewer, "viewer", &[]),
    (Who::Expert, "expert", &[]),
    (Who::Reporter, "reporter", &["a"]),
    (Who::Province, "evaluator", &["a"]),
    (Who::Evaluator, "evaluator", &[]),
    (Who::Methodologist, "methodologist", &[]),
    (Who::Admin, "admin", &[]),
];

/// Those who may import observations.
const IMPORTERS: [Who; 4] = [Who::Reporter, Who::Province, Who::Evaluator, Who::Admin];

/// Those who may have exports.
const EXPORTERS: [Who; 6] = [Who::Viewer, Who::Reporter, Who::Province, Who::Evaluator, Who::Methodologist, Who::Admin];

/// Those who may have webhooks.
const TOLD: [Who; 2] = [Who::Evaluator, Who::Admin];

/// A value of a path: as `resource/parameter`, and what it is.
pub type Named = (&'static str, String);

/// Everything there is.
pub struct Stage {
    /// The administrator who has made what somebody else has made.
    somebody: Client,
    clients: HashMap<Who, Client>,
    /// The experts of the two panels.
    experts: [String; 2],
    /// What is about a city, or by somebody else.
    names: HashMap<&'static str, [String; 2]>,
    /// What callers have made.
    made: HashMap<(&'static str, Who), String>,
    counter: AtomicU32,
}

impl Stage {
    /// Everything, on a site that is empty.
    pub async fn new(site: &Site) -> Self {
        let somebody = site.client();
        publish(&somebody, &new::set("1")).await;
        steps::import(&somebody, &cities_csv(), "code,name\na,A\nb,B\n").await;
        steps::import(&somebody, &observations_csv(&set_ref(new::SET, "1")), new::OBSERVATIONS).await;
        let mut clients = HashMap::from([(Who::Nobody, site.stranger())]);
        let mut experts = Vec::new();
        let others = [(None, "expert", [].as_slice())];
        for (who, role, cities) in KEYS.into_iter().map(|(who, role, cities)| (Some(who), role, cities)).chain(others) {
            let wanted = json!({"name": role, "role": role, "cities": cities});
            let issued: IssuedKey = somebody.post(&format!("{API_ROOT}/keys"), &wanted).await.expect("a key");
            if role == "expert" {
                experts.push(issued.key.id.to_string());
            }
            if let Some(who) = who {
                clients.insert(who, site.client_with(&issued.token.expect("its token, this once")));
            }
        }
        let experts = experts.try_into().expect("two experts");
        let (names, made, counter) = (HashMap::new(), HashMap::new(), AtomicU32::new(0));
        let mut stage = Self { somebody, clients, experts, names, made, counter };
        stage.fill().await;
        stage
    }

    /// The client of a caller.
    pub fn client(&self, who: Who) -> &Client {
        &self.clients[&who]
    }

    /// The assessment.
    pub fn assessment(&self) -> &str {
        &self.names["assessments/id"][0]
    }

    /// What there is under `resource/parameter` for a caller. Who has made nothing of a kind has somebody else's.
    pub fn named(&self, name: &str, who: Who, side: Side) -> Option<String> {
        let (known, [own, other]) = self.names.get_key_value(name)?;
        Some(match side {
            Side::Own => self.made.get(&(*known, who)).unwrap_or(own).clone(),
            Side::Other => other.clone(),
        })
    }

    /// A panel of the expert who asks, or of another one.
    pub fn panel(&self, side: Side) -> Value {
        new::panel(&self.experts[side as usize])
    }

    /// A name that is free.
    pub fn next(&self, before: &str) -> String {
        format!("{before}{}", self.counter.fetch_add(1, Ordering::Relaxed))
    }

    /// What an operation changes for good without a tag of it, made for one request.
    pub async fn to_throw_away(&self, operation: &str, who: Who, side: Side) -> Option<Named> {
        Some(match operation {
            "withdraw_evidence" => ("evidence/id", self.attach(side.city()).await),
            "withdraw_waiver" => ("waivers/id", self.post_id("waivers", &new::waiver(side.city())).await),
            "remove_report" => ("reports/id", self.report(side.city()).await),
            "remove_export" => {
                let maker = if side == Side::Own { self.client(who) } else { &self.somebody };
                ("exports/id", exported(maker).await.0)
            }
            "revoke_key" => ("keys/id", self.key().await),
            "publish_indicator_set" => ("versions/version", self.draft().await.version.to_string()),
            "retire_indicator_set" => {
                let draft = self.draft().await;
                self.somebody.publish_set(&draft).await.expect("a sound draft can be published");
                ("versions/version", draft.version.to_string())
            }
            _ => return None,
        })
    }

    fn know(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        self.names.insert(name, [value.clone(), value]);
    }

    async fn fill(&mut self) {
        for (name, value) in [
            ("indicator-sets/code", new::SET),
            ("versions/version", "1"),
            ("catalog/code", "gbt-33356-2016"),
            ("observations/period", "2026"),
            ("observations/item", "trees"),
            ("elements/code", new::ELEMENT),
            ("revisions/number", "1"),
            ("uncertainty/n", "1"),
        ] {
            self.know(name, value);
        }
        for name in ["cities/code", "cities/city", "observations/city"] {
            self.names.insert(name, Side::BOTH.map(|side| side.city().to_owned()));
        }
        self.fill_shared().await;
        self.fill_cities().await;
        self.fill_rounds().await;
        self.fill_made().await;
    }

    /// What is about no city.
    async fn fill_shared(&mut self) {
        let assessment = assess(&self.somebody, &set_ref(new::SET, "1")).await.id.to_string();
        for (name, path, document) in [
            ("benchmarks/code", "benchmarks/yearly", new::benchmark(&assessment)),
            ("mappings/code", "mappings/yearbook", new::mapping()),
            ("peer-groups/code", "peer-groups/both", new::peer_group()),
            ("validation-rules/code", "validation-rules/JUMP", new::rule()),
            ("sources/code", "sources/feed", new::source()),
            ("maps/code", "maps/both?approval_number=GS-2024-0650&title_en=Map", new::map()),
        ] {
            put(&self.somebody, path, &document).await;
            let code = path.split(['/', '?']).nth(1).expect("a code");
            self.know(name, code);
        }
        let run = self.post_id("sources/feed/runs", &json!({})).await;
        self.know("runs/id", run);
        let frozen = freeze(&self.somebody, &serde_json::from_value(json!({})).expect("now")).await;
        self.know("releases/id", frozen.id.to_string());
        self.post_job(&format!("assessments/{assessment}/uncertainty"), &new::uncertainty()).await;
        self.know("assessments/id", assessment);
        let keys = [self.key().await, self.key().await];
        self.names.insert("keys/id", keys);
    }

    /// What is about a city.
    async fn fill_cities(&mut self) {
        let assessment = self.assessment().to_owned();
        let mut found: HashMap<&'static str, Vec<String>> = HashMap::new();
        for side in Side::BOTH {
            let city = side.city();
            let plan = format!("{API_ROOT}/goal-plans/{}", side.plan());
            put(&self.somebody, &format!("goal-plans/{}", side.plan()), &new::goal_plan(side.plan(), &assessment, side)).await;
            let adopted: Result<Value, _> = self.somebody.post_as_seen(&plan, &format!("{plan}/adopt"), &new::adoption()).await;
            adopted.expect("the plan is adopted");
            let design = self.post_id("designs", &new::design(city)).await;
            put(&self.somebody, &format!("designs/{design}/elements/{}", new::ELEMENT), &new::element()).await;
            for (name, value) in [
                ("goal-plans/plan", side.plan().to_owned()),
                ("designs/id", design),
                ("gap-analyses/id", self.post_id("gap-analyses", &new::gap_analysis(&assessment, city)).await),
                ("paths/id", self.post_id("paths", &new::path(&assessment, city)).await),
                ("roadmaps/id", self.post_id("roadmaps", &new::roadmap(&assessment, city)).await),
                ("reports/id", self.report(city).await),
                ("waivers/id", self.post_id("waivers", &new::waiver(city)).await),
                ("evidence/id", self.attach(city).await),
            ] {
                found.entry(name).or_default().push(value);
            }
        }
        self.names.extend(found.into_iter().map(|(name, values)| (name, values.try_into().expect("one of each city"))));
    }

    /// A round that is published, with a submission of each city; and a panel of the expert, and one of another.
    async fn fill_rounds(&mut self) {
        let round = format!("{API_ROOT}/rounds/past");
        put(&self.somebody, "rounds/past", &new::round()).await;
        for (action, said) in [("open", json!({})), ("publish", json!({"incomplete": true, "comment": "only for a test"}))] {
            let done: Result<Value, _> = self.somebody.post_as_seen(&round, &format!("{round}/{action}"), &said).await;
            let done = done.unwrap_or_else(|error| panic!("{action}: {error:?}"));
            if let Some(id) = done["assessment"].as_str() {
                let made: Value = self.somebody.get(&format!("{API_ROOT}/assessments/{id}")).await.expect("the assessment");
                self.wait(&made["job"]).await;
            }
        }
        self.know("rounds/code", "past");
        let mut submissions = Vec::new();
        for side in Side::BOTH {
            let list: Value =
                self.somebody.get(&format!("{round}/submissions?city={}", side.city())).await.expect("the submissions");
            submissions.push(text(&list["items"][0]["id"]));
        }
        self.names.insert("submissions/id", submissions.try_into().expect("one of each city"));
        for (code, side) in ["mine", "theirs"].into_iter().zip(Side::BOTH) {
            put(&self.somebody, &format!("panels/{code}"), &self.panel(side)).await;
        }
        self.names.insert("panels/code", ["mine".to_owned(), "theirs".to_owned()]);
    }

    /// What belongs to whoever has made it.
    async fn fill_made(&mut self) {
        let (id, job) = exported(&self.somebody).await;
        self.know("exports/id", id);
        self.know("jobs/id", job);
        let id = imported(&self.somebody).await;
        self.know("imports/id", id);
        let (id, delivery) = told(&self.somebody).await;
        self.know("webhooks/id", id);
        self.know("deliveries/delivery", delivery);
        for who in EXPORTERS {
            let (id, job) = exported(self.client(who)).await;
            self.made.extend([(("exports/id", who), id), (("jobs/id", who), job)]);
        }
        for who in IMPORTERS {
            let id = imported(self.client(who)).await;
            self.made.insert(("imports/id", who), id);
        }
        for who in TOLD {
            let (id, delivery) = told(self.client(who)).await;
            self.made.extend([(("webhooks/id", who), id), (("deliveries/delivery", who), delivery)]);
        }
    }

    async fn post_id(&self, path: &str, document: &Value) -> String {
        text(&post(&self.somebody, path, document).await["id"])
    }

    async fn post_job(&self, path: &str, document: &Value) -> Value {
        let made = post(&self.somebody, path, document).await;
        self.wait(&made["job"]).await;
        made
    }

    async fn wait(&self, job: &Value) {
        wait(&self.somebody, job).await;
    }

    async fn report(&self, city: &str) -> String {
        text(&self.post_job("reports", &new::report(self.assessment(), city)).await["id"])
    }

    async fn key(&self) -> String {
        self.post_id("keys", &json!({"name": "to be thrown away", "role": "viewer"})).await
    }

    /// A draft of another version of the set.
    async fn draft(&self) -> SetRef {
        let version = self.next("2.");
        self.somebody.create_set(new::set(&version).to_string()).await.expect("the document is sound");
        set_ref(new::SET, &version)
    }

    /// Attaches a file to what a city has reported.
    async fn attach(&self, city: &str) -> String {
        let path = format!("{API_ROOT}/observations/{city}/2026/trees/evidence?file_name=yearbook.pdf");
        let file = format!("%PDF-1.7\n{}", self.next(""));
        let request = self.somebody.request(Method::POST, &path).header("content-type", "application/pdf").body(file);
        text(&self.somebody.send::<Value>(request).await.expect("the file is attached")["id"])
    }
}

/// An export and its job, once it is made.
async fn exported(client: &Client) -> (String, String) {
    let made = post(client, "exports", &json!({"table": format!("{API_ROOT}/observations?city=a")})).await;
    wait(client, &made["job"]).await;
    (text(&made["id"]), text(&made["job"]))
}

/// An import that was only checked.
async fn imported(client: &Client) -> String {
    let checked = Upload { mode: ImportMode::Validate, ..observations_csv(&set_ref(new::SET, "1")) };
    steps::import(client, &checked, "city,period,item,value\na,2026,trees,100\n").await.id.to_string()
}

/// A webhook and a delivery to it.
async fn told(client: &Client) -> (String, String) {
    let id = text(&post(client, "webhooks", &new::webhook()).await["id"]);
    let delivery = post(client, &format!("webhooks/{id}/ping"), &json!({})).await;
    (id, delivery["id"].to_string())
}

async fn wait(client: &Client, job: &Value) {
    let job: Id = serde_json::from_value(job.clone()).expect("a job");
    let job = finished(client, &job).await;
    assert_eq!(job.state, WorkState::Succeeded, "{:?}", job.error);
}

async fn post(client: &Client, path: &str, document: &Value) -> Value {
    let path = format!("{API_ROOT}/{path}");
    client.post(&path, document).await.unwrap_or_else(|error| panic!("POST {path}: {error:?}"))
}

async fn put(client: &Client, path: &str, document: &Value) -> Value {
    let request = client.request(Method::PUT, &format!("{API_ROOT}/{path}")).json(document);
    client.send(request).await.unwrap_or_else(|error| panic!("PUT {path}: {error:?}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
