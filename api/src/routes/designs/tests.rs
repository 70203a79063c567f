use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, Reply, small_set};

mod conformance;
mod faults;
mod recheck;
mod rights;
mod trace;
mod whole;

/// City a with two observations, evidence, an assessment on a set that is based on GB/T 33356, a gap analysis, and a design.
struct Ground {
    harness: Harness,
    assessment: String,
    gap: String,
    evidence: String,
    /// The path of the design.
    design: String,
}

impl Ground {
    async fn of(harness: Harness) -> Self {
        let mut set = small_set();
        set["basis"] = json!({"standard": "GB/T 33356", "edition": "2016"});
        harness.post("/api/v1/indicator-sets", &set).await;
        harness.post("/api/v1/indicator-sets/small/versions/1/publish", &json!({})).await;
        harness.import("kind=cities", "text/csv", "code,name\na,A\nb,B\nc,C\n").await;
        let observations = "city,period,item,value\na,2026,trees,100\nb,2026,trees,200\nc,2026,trees,400\na,2026,open_data,0\n";
        harness.import("kind=observations&set_code=small&set_version=1", "text/csv", observations).await;
        let place = "/api/v1/observations/a/2026/trees/evidence?file_name=b.pdf&title=Yearbook";
        let request = harness.request(Method::POST, place).insert_header(("content-type", "application/pdf"));
        let evidence = text(&harness.send(request.set_payload(b"%PDF-1.7\nx".to_vec())).await.json()["id"]);
        let accepted = harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}})).await.json();
        let job = harness.work(accepted["job"].as_str().expect("a job")).await;
        assert_eq!(job["state"], "succeeded", "{job}");
        let assessment = text(&accepted["id"]);
        let new = json!({"assessment": assessment, "city": "a", "against": "peer_median"});
        let gap = text(&harness.post("/api/v1/gap-analyses", &new).await.json()["id"]);
        let made = harness.post("/api/v1/designs", &header("a")).await;
        assert_eq!(made.status.as_u16(), 201, "{made:?}");
        let design = made.header("location").to_owned();
        Self { harness, assessment, gap, evidence, design }
    }

    async fn new() -> Self {
        Self::of(Harness::new().await).await
    }

    async fn on_each_database(test: impl AsyncFn(Self)) {
        Harness::on_each_database(async |harness| test(Self::of(harness).await).await).await;
    }

    async fn get(&self, path: &str) -> Value {
        let reply = self.harness.get(&format!("{}{path}", self.design)).await;
        assert_eq!(reply.status.as_u16(), 200, "{path}: {reply:?}");
        reply.json()
    }

    /// Puts an element as whoever has seen the one that is there.
    async fn put(&self, element: &Value) -> Reply {
        let path = format!("{}/elements/{}", self.design, element["document"]["code"].as_str().expect("a code"));
        let known = self.harness.get(&path).await;
        let tag = (known.status.as_u16() == 200).then(|| known.header("etag").to_owned());
        self.harness.put(&path, tag.as_deref(), element).await
    }

    async fn put_all(&self, elements: &[Value]) {
        for element in elements {
            let reply = self.put(element).await;
            assert!(reply.status.is_success(), "{element}: {reply:?}");
        }
    }

    /// The codes of the elements that are to be re-checked.
    async fn marked(&self) -> Vec<String> {
        let found = self.get("/recheck").await;
        found["items"].as_array().expect("a list").iter().map(|item| text(&item["code"])).collect()
    }

    async fn confirm(&self, code: &str) -> Reply {
        let path = format!("{}/elements/{code}", self.design);
        let tag = self.harness.get(&path).await.header("etag").to_owned();
        let request = self.harness.request(Method::POST, &format!("{path}/rechecked")).insert_header(("if-match", tag));
        self.harness.send(request.set_json(json!({"reason": "it still stands"}))).await
    }

    /// A chain from a project to the observation: finding, requirement, task, project.
    fn chain(&self) -> Vec<Value> {
        let gap = json!({"gap": {"analysis": self.gap, "node": "G"}});
        vec![
            json!({"kind": "finding", "document":
                    {"code": "F", "topic": "resources_environment", "kind": "problem", "text": {"en": "few trees"}},
                "links": [link("based_on", json!({"observation": {"city": "a", "period": "2026", "item": "trees"}}))]}),
            json!({"kind": "requirement", "document": {"code": "R", "kind": "goal", "text": {"en": "more trees"}, "urgency": 5},
                "links": [link("origin", json!({"element": "F"}))]}),
            json!({"kind": "task", "document": {"code": "T", "title": {"en": "Plant"}, "priority": 5},
                "links": [link("realises", json!({"element": "R"})), link("addresses", gap)]}),
            json!({"kind": "project", "document": {"code": "P", "title": {"en": "A park"}, "duration_years": 1, "cost": 1.0, "urgency": 3, "difficulty": 3},
                "links": [link("realises", json!({"element": "T"}))]}),
        ]
    }
}

fn header(city: &str) -> Value {
    json!({"title": {"en": "Smart A", "zh": "智慧甲"}, "city": city, "from": "2026", "to": "2030",
        "members": [{"name": "Li Hua", "role": "lead"}]})
}

fn link(relation: &str, to: Value) -> Value {
    json!({"relation": relation, "to": to})
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[actix_web::test]
async fn a_design_is_begun_shown_listed_and_changed() {
    Ground::on_each_database(async |ground| {
        let shown = ground.harness.get(&ground.design).await;
        let tag = shown.header("etag").to_owned();
        assert_eq!((&shown.json()["state"], &shown.json()["members"][0]["name"]), (&json!("draft"), &json!("Li Hua")));
        let mut changed = header("a");
        changed["to"] = json!("2031");
        changed["state"] = json!("adopted");
        assert_eq!(ground.harness.put(&ground.design, None, &changed).await.status.as_u16(), 428);
        let reply = ground.harness.put(&ground.design, Some(&tag), &changed).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["to"]), (200, &json!("2031")), "{reply:?}");
        assert_eq!(ground.harness.put(&ground.design, Some(&tag), &changed).await.status.as_u16(), 412);
        let listed = ground.harness.get("/api/v1/designs?city=a&state=adopted").await.json();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(ground.harness.get("/api/v1/designs?state=draft").await.json()["items"], json!([]));
        // Only a draft takes elements.
        assert_eq!(ground.put(&ground.chain()[0]).await.problem(), (409, "conflict".into()));
    })
    .await;
}

#[actix_web::test]
async fn an_element_is_put_changed_removed_and_its_history_stays() {
    Ground::on_each_database(async |ground| {
        let chain = ground.chain();
        ground.put_all(&chain).await;
        let mut finding = chain[0].clone();
        finding["document"]["text"] = json!({"en": "very few trees"});
        let path = format!("{}/elements/F", ground.design);
        assert_eq!(ground.harness.put(&path, None, &finding).await.status.as_u16(), 428);
        let before = ground.harness.get(&path).await.header("etag").to_owned();
        assert_eq!(ground.put(&finding).await.status.as_u16(), 200);
        assert_eq!(ground.harness.put(&path, Some(&before), &finding).await.status.as_u16(), 412);
        assert_eq!(ground.get("/elements/F").await["element"], finding);
        let used = ground.harness.delete(&path, Some(ground.harness.get(&path).await.header("etag"))).await;
        assert_eq!(used.problem(), (409, "conflict".into()));
        assert!(used.json()["detail"].as_str().is_some_and(|detail| detail.ends_with("by R")), "{used:?}");
        for code in ["P", "T"] {
            let path = format!("{}/elements/{code}", ground.design);
            let tag = ground.harness.get(&path).await.header("etag").to_owned();
            assert_eq!(ground.harness.delete(&path, Some(&tag)).await.status.as_u16(), 204, "{code}");
        }
        assert_eq!(ground.harness.get(&format!("{}/elements/P", ground.design)).await.status.as_u16(), 404);
        let history = ground.get("/elements/P/history").await;
        assert_eq!((&history["items"][0]["action"], &history["items"][1]["element"]), (&json!("removed"), &chain[3]));
        let history = ground.get("/elements/F/history").await;
        assert_eq!(history["items"].as_array().map(Vec::len), Some(2));
        let codes = async |query: &str| -> Vec<String> {
            let page = ground.get(&format!("/elements{query}")).await;
            page["items"].as_array().expect("a page").iter().map(|item| text(&item["code"])).collect()
        };
        assert_eq!(codes("").await, ["F", "R"]);
        assert_eq!(codes("?kind=finding").await, ["F"]);
        assert_eq!(codes("?linked_to=F").await, ["R"]);
        assert_eq!(codes("?linked_to=observation:a/2026/trees").await, ["F"]);
        let first = ground.get("/elements?limit=1").await;
        let next = first["next"].as_str().expect("more");
        assert_eq!(codes(&format!("?limit=1&cursor={next}")).await, ["R"]);
    })
    .await;
}

#[actix_web::test]
async fn a_dossier_is_put_as_a_whole_or_in_part_and_given_out_as_it_was_put() {
    Ground::on_each_database(async |ground| {
        let mut dossier = header("a");
        dossier["elements"] = json!(ground.chain());
        let path = format!("{}/dossier", ground.design);
        let tag = ground.harness.get(&path).await.header("etag").to_owned();
        let put = ground.harness.put(&path, Some(&tag), &dossier).await;
        assert_eq!(put.status.as_u16(), 200, "{put:?}");
        assert_eq!((&put.json()["put"], &put.json()["removed"]), (&json!(4), &json!(0)));
        let shown = ground.harness.get(&path).await;
        let mut expected = shown.json();
        expected["elements"].as_array_mut().expect("a list").sort_by_key(|element| text(&element["document"]["code"]));
        dossier["elements"].as_array_mut().expect("a list").sort_by_key(|element| text(&element["document"]["code"]));
        assert_eq!(expected["elements"][0], dossier["elements"][0]);
        // Again, without the project: nothing else changes.
        let tag = shown.header("etag").to_owned();
        dossier["elements"].as_array_mut().expect("a list").retain(|element| element["kind"] != "project");
        let put = ground.harness.put(&path, Some(&tag), &dossier).await.json();
        assert_eq!((&put["put"], &put["unchanged"], &put["removed"]), (&json!(0), &json!(3), &json!(1)));
        let one = json!({"elements": [ground.chain()[3]]});
        let tag = ground.harness.get(&ground.design).await.header("etag").to_owned();
        let request = ground.harness.request(Method::POST, &format!("{}/elements", ground.design));
        let reply = ground.harness.send(request.insert_header(("if-match", tag)).set_json(&one)).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["put"]), (200, &json!(1)), "{reply:?}");
        let book = ground.harness.get(&format!("{path}?format=xlsx")).await;
        assert_eq!(book.status.as_u16(), 200);
        let mut sheets: calamine::Xlsx<_> =
            calamine::open_workbook_from_rs(std::io::Cursor::new(book.body.to_vec())).expect("a workbook");
        use calamine::Reader as _;
        assert_eq!(sheets.sheet_names(), ["finding", "requirement", "task", "project"]);
        let range = sheets.worksheet_range("task").expect("a sheet");
        let cells: Vec<String> = range.rows().nth(1).expect("a row").iter().map(ToString::to_string).collect();
        assert!(
            cells.contains(&"Plant".to_owned()) && cells.iter().any(|cell| cell.starts_with("realises element:R")),
            "{cells:?}"
        );
    })
    .await;
}

#[actix_web::test]
async fn the_business_architecture_is_given_out_as_a_tree() {
    let ground = Ground::new().await;
    let business = |code: &str, level: u32, parent: Value| {
        json!({"kind": "architecture", "document":
            {"code": code, "part": "business", "title": {"en": code}, "level": level, "parent": parent}})
    };
    let elements = [
        business("services", 1, Value::Null),
        business("citizens", 2, json!("services")),
        business("health", 3, json!("citizens")),
    ];
    ground.put_all(&elements).await;
    let tree = ground.get("/business-architecture").await;
    assert_eq!(tree["branches"][0]["children"][0]["children"][0]["code"], "health");
    let circle = ground.put(&business("citizens", 2, json!("health"))).await;
    let faults = circle.faults();
    assert!(faults.iter().any(|(code, _)| code == "design.business_cycle"), "{faults:?}");
    assert!(circle.json().to_string().contains("citizens → health → citizens"), "{circle:?}");
}
