//! A whole round, played through the interface by the people in it: opened, filled, mended, handed in, sent back, handed in
//! again, accepted, verified, published, objected to, answered, ended, corrected; and what was published stays to the digit.

use std::io::{Cursor, Read as _, Write as _};

use citygauge_openapi::client::{Client, Upload};
use citygauge_openapi::{
    API_ROOT, Assessment, Cohort, Completeness, Import, ImportMode, IssuedKey, Job, NewAssessment, ObservationPage, Round,
    RoundRanking, SetRef, WorkState,
};
use citygauge_tests::steps::{assess, cities_csv, finished, import, observations_csv, plain_set, publish, set_ref, upload};
use citygauge_tests::{Site, on_each_database};
use reqwest::Method;
use reqwest::header::{ETAG, IF_MATCH};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

on_each_database! {
    async fn a_round_is_played_from_its_opening_to_a_correction_after_its_end(site: Site) {
        let people = prepared(site).await;
        let Cast { admin, publisher, verifier, province, coordinator, police, gardens, .. } = &people;

        // Open.
        let profile = json!({
            "title_zh": "二〇二六年度评价", "set": set(), "periods": ["2026"], "cohort": ["hz", "nb"], "province_review": true,
            "due_at": "2000-01-01T00:00:00Z",
        });
        let made = admin.request(Method::PUT, ROUND).json(&profile).send().await.expect("an answer");
        assert_eq!(made.status(), 201);
        let opened = act(publisher, "", "open", &json!({})).await;
        assert_eq!((opened.0, &opened.1["state"]), (200, &json!("open")), "{}", opened.1);
        assert_eq!(opened.1["departments"].as_array().map(Vec::len), Some(2));

        // Template: the department's own workbook, filled in and sent as it is; the other files of this round are CSV.
        let own = submission(police, "hz", "公安局").await;
        let workbook = police.bytes(&format!("{ROUND}/submissions/{own}/template.xlsx")).await.expect("the template");
        let as_workbook = Upload { content_type: XLSX.into(), ..observations_csv(&set()) };
        let only_validated = Upload { mode: ImportMode::Validate, ..as_workbook.clone() };
        let beyond = upload(police, &only_validated, filled_in(&workbook, &[(VALUE_OF_CRIMES, "<v>130</v>")])).await;
        assert_eq!((beyond.state, faults(&beyond)), (WorkState::Failed, vec!["observation.out_of_range".to_owned()]));
        let place = &beyond.faults.items[0];
        assert_eq!((place.sheet.as_deref(), place.row, place.column.as_deref()), (Some("公安局"), Some(5), Some("value")));
        let two_periods = police.bytes(&format!("{ROUND}/submissions/{own}/template.xlsx?period=2025")).await;
        assert!(two_periods.is_err(), "2025 is no period of the round");
        let template = "city,period,item,value,status,note\n";

        // Fill: a first file has a value beyond its range, another department's item, another city, and what citizens say.
        let faulty = format!(
            "{template}hz,2026,crimes,120,,\nhz,2026,trees,50,,\nnb,2026,crimes,10,,\nhz,2026,trust,70,,\nhz,2026,patrols,,missing,\n"
        );
        let faulty_file = upload(police, &observations_csv(&set()), faulty).await;
        assert_eq!(faulty_file.state, WorkState::Failed);
        let told = faults(&faulty_file);
        for code in [
            "observation.department_out_of_scope", "observation.city_out_of_scope", "observation.provider_out_of_scope",
        ] {
            assert!(told.iter().any(|known| known == code), "{code} is not among {told:?}");
        }
        assert_eq!(told.len(), 4, "the value beyond its range as well: {told:?}");
        assert!(observations(police, "hz", "").await.is_empty(), "nothing of a faulty file is kept");

        // Mend.
        let mended = [(VALUE_OF_CRIMES, "<v>20</v>"), (STATUS_OF_PATROLS, "<is><t>missing</t></is>")];
        assert_eq!(import(police, &as_workbook, filled_in(&workbook, &mended)).await.accepted, 2);
        import(gardens, &observations_csv(&set()), format!("{template}hz,2026,trees,50,,\n")).await;

        // Submit: a value that is missing without a word is named, then explained.
        let refused = act(police, &own, "submit", &json!({})).await;
        assert_eq!((refused.0, &refused.1["errors"][0]["code"]), (422, &json!("submission.missing_without_note")));
        let explained = format!("{template}hz,2026,patrols,,missing,no longer counted\n");
        import(police, &observations_csv(&set()), explained).await;
        assert_eq!(act(gardens, &own, "submit", &json!({})).await.0, 403, "it is another department's");
        let submitted = act(police, &own, "submit", &json!({})).await;
        assert_eq!((submitted.0, &submitted.1["late"]), (200, &json!(true)), "{}", submitted.1);
        let locked = upload(police, &observations_csv(&set()), format!("{template}hz,2026,crimes,21,,\n")).await;
        assert_eq!(faults(&locked), ["observation.locked"]);
        assert_eq!(report(police, "crimes", json!({"value": 21})).await, (422, "observation.locked".into()));

        // Return with a comment, mend, resubmit.
        assert_eq!(act(coordinator, &own, "return", &json!({})).await.0, 422, "without a comment");
        assert_eq!(act(police, &own, "return", &json!({"comment": "x"})).await.0, 403, "by the department itself");
        let comment = json!({"comment": "Please use the yearbook's figure."});
        assert_eq!(act(coordinator, &own, "return", &comment).await.1["state"], "returned");
        let evidence = format!("{API_ROOT}/observations/hz/2026/crimes/evidence?file_name=yearbook.pdf");
        let attached = police.request(Method::POST, &evidence).header("content-type", "application/pdf").body("%PDF-1.7\n");
        assert_eq!(attached.send().await.expect("an answer").status(), 201);
        import(police, &observations_csv(&set()), format!("{template}hz,2026,crimes,25,,\n")).await;
        assert_eq!(act(police, &own, "submit", &json!({})).await.1["state"], "submitted");

        // Accept, review, verify; the other submissions too.
        assert_eq!(act(verifier, &own, "verify", &json!({})).await.0, 409, "it was not accepted yet");
        let mut steps = vec![(coordinator, own.clone(), "accept"), (province, own.clone(), "review"), (verifier, own.clone(), "verify")];
        let gardens_own = submission(gardens, "hz", "园林局").await;
        steps.extend([(gardens, gardens_own.clone(), "submit"), (coordinator, gardens_own.clone(), "accept"),
            (province, gardens_own.clone(), "review"), (verifier, gardens_own.clone(), "verify")]);
        import(&people.neighbour, &observations_csv(&set()),
            format!("{template}nb,2026,crimes,40,,\nnb,2026,patrols,60,,\nnb,2026,trees,30,,\n")).await;
        for department in ["公安局", "园林局"] {
            let theirs = submission(&people.neighbour, "nb", department).await;
            steps.extend([(&people.neighbour, theirs.clone(), "submit"), (&people.neighbour, theirs.clone(), "accept"),
                (province, theirs.clone(), "review"), (verifier, theirs, "verify")]);
        }
        for (who, which, action) in steps {
            let answer = act(who, &which, action, &json!({})).await;
            assert_eq!(answer.0, 200, "{action} {which}: {}", answer.1);
        }

        // Publish, but not by whoever verified.
        assert_eq!(act(coordinator, "", "publish", &json!({})).await.0, 403);
        let refused = act(verifier, "", "publish", &json!({})).await;
        assert_eq!(refused.0, 409);
        assert!(refused.1["detail"].as_str().is_some_and(|detail| detail.contains(&people.verifier_id)), "{}", refused.1);
        let (status, round, job) = act_with_job(publisher, "", "publish", &json!({})).await;
        assert_eq!((status, &round["state"]), (202, &json!("published")), "{round}");
        let job: Job = admin.get(&job.expect("a job computes the assessment")).await.expect("the job");
        assert_eq!(finished(admin, &job.id).await.state, WorkState::Succeeded);
        let published: Assessment = admin.get(&format!("{API_ROOT}/assessments/{}", round["assessment"].as_str().expect("an id"))).await.expect("it");
        let scores = admin.scores_csv(&published.id, &[]).await.expect("the scores");
        assert!(scores.contains("hz,2026,CRIMES,25"), "{scores}");

        // Objection and answer, end.
        assert_eq!(act(police, &own, "object", &json!({"comment": "x"})).await.0, 403, "only for the whole city");
        let statement = json!({"comment": "The yearbook was corrected in May: 22."});
        assert_eq!(act(coordinator, &own, "object", &statement).await.1["state"], "objected");
        assert_eq!(act(verifier, &own, "uphold", &json!({"comment": "The correction is published."})).await.1["state"], "upheld");
        for submission in [&own, &gardens_own] {
            assert_eq!(act(verifier, submission, "finalise", &json!({})).await.1["state"], "final");
        }
        let events: Value = police.get(&format!("{ROUND}/submissions/{own}/events")).await.expect("the events");
        let done: Vec<_> = events["items"].as_array().expect("a list").iter().map(|event| event["action"].as_str().expect("a word")).collect();
        assert_eq!(done, ["submit", "return", "submit", "accept", "review", "verify", "announce", "object", "uphold", "finalise"]);
        assert_eq!(events["items"][1]["comment"], "Please use the yearbook's figure.");

        // Correct afterwards, with a reason.
        let then = published.finished_at.expect("it is done").to_string();
        assert_eq!(report(verifier, "crimes", json!({"value": 22})).await, (422, "observation.reason_required".into()));
        let correction = json!({"value": 22, "note": "Corrected in the yearbook in May."});
        assert_eq!(report(verifier, "crimes", correction).await.0, 200);
        assert_eq!(observations(admin, "hz", "&item=crimes").await, [22.0]);
        assert_eq!(observations(admin, "hz", &format!("&item=crimes&as_of={then}")).await, [25.0]);

        // What was published reproduces to the digit: as it is kept, and computed again from its release.
        site.restart().await;
        let admin = site.client();
        assert_eq!(admin.scores_csv(&published.id, &[]).await.expect("the scores"), scores);
        let again = NewAssessment {
            set: set(),
            periods: published.periods.clone(),
            cohort: Cohort::Cities(vec!["hz".parse().expect("a code"), "nb".parse().expect("a code")]),
            release: published.release.clone(),
            supersedes: None,
        };
        let again = admin.create_assessment(&again).await.expect("the assessment is taken");
        assert_eq!(finished(&admin, &again.job).await.state, WorkState::Succeeded);
        assert_eq!(admin.scores_csv(&again.id, &[]).await.expect("the scores"), scores);
        assert_ne!(admin.scores_csv(&assess(&admin, &set()).await.id, &[]).await.expect("the scores"), scores);
    }
}

on_each_database! {
    async fn cities_and_counties_are_collected_published_and_ranked_each_by_its_own_set(site: Site) {
        let admin = site.client();
        let counties = plain_set("county", &["a", "c"]);
        for set in [plain_set("city", &["a", "b"]), counties] {
            publish(&admin, &set).await;
        }
        import(&admin, &cities_csv(), "code,name,class\nhz,Hangzhou,city\nnb,Ningbo,city\nca,Chun'an,county\njd,Jiande,county\n").await;
        let place = format!("{API_ROOT}/rounds/two");
        let class = |code: &str, title: &str| json!({
            "code": code, "title_zh": title, "set": {"code": code, "version": "1"}, "cities": {"attribute": "class", "in": [code]},
        });
        let profile = json!({
            "title_zh": "二〇二六年度评价", "periods": ["2026"], "visibility": "participants",
            "classes": [class("city", "市"), class("county", "县")],
        });
        let made = admin.request(Method::PUT, &place).json(&profile).send().await.expect("an answer");
        assert_eq!(made.status(), 201);
        let opened: Round = admin.post_as_seen(&place, &format!("{place}/open"), &json!({})).await.expect("it opens");
        let cities = |place: usize| opened.classes[place].cities.as_ref().expect("drawn up").iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!((cities(0), cities(1), opened.set), (vec!["hz".to_owned(), "nb".into()], vec!["ca".into(), "jd".into()], None));

        // Every city fills what its class asks for and hands it in; each submission is accepted and verified.
        let key = async |role: &str, cities: &[&str]| {
            let new = json!({"name": role, "role": role, "cities": cities});
            let issued: IssuedKey = admin.post(&format!("{API_ROOT}/keys"), &new).await.expect("a key");
            site.client_with(&issued.token.expect("its token, this once"))
        };
        let (verifier, publisher) = (key("evaluator", &[]).await, key("evaluator", &[]).await);
        let mut reporters = Vec::new();
        for (city, set, values) in [
            ("hz", "city", "hz,2026,a,80\nhz,2026,b,60\n"), ("nb", "city", "nb,2026,a,50\nnb,2026,b,50\n"),
            ("ca", "county", "ca,2026,a,90\nca,2026,c,90\n"), ("jd", "county", "jd,2026,a,40\njd,2026,c,20\n"),
        ] {
            let reporter = key("reporter", &[city]).await;
            let list: Value = reporter.get(&format!("{place}/submissions")).await.expect("its submissions");
            let own = format!("{place}/submissions/{}", list["items"][0]["id"].as_str().expect("an id"));
            let step = async |client: &Client, action: &str| {
                client.post_as_seen::<Value>(&own, &format!("{own}/transitions"), &json!({"action": action})).await
            };
            assert!(step(&reporter, "submit").await.is_err(), "{city} has reported nothing yet");
            import(&reporter, &observations_csv(&set_ref(set, "1")), format!("city,period,item,value\n{values}")).await;
            for (who, action) in [(&reporter, "submit"), (&reporter, "accept"), (&verifier, "verify")] {
                step(who, action).await.unwrap_or_else(|error| panic!("{city} {action}: {error}"));
            }
            reporters.push(reporter);
        }
        let done: Completeness = admin.get(&format!("{place}/completeness?by=item")).await.expect("the counts");
        let counts: Vec<_> = done.items.iter().map(|row| (row.key.as_str(), row.reported, row.total)).collect();
        assert_eq!(counts, [("a", 4, 4), ("b", 2, 2), ("c", 2, 2)]);

        let published: Round = publisher.post_as_seen(&place, &format!("{place}/publish"), &json!({})).await.expect("it is published");
        assert_eq!((published.assessments.len(), &published.assessment), (2, &None));
        for id in &published.assessments {
            let made = admin.assessment(id).await.expect("the assessment");
            assert_eq!(finished(&admin, &made.job).await.state, WorkState::Succeeded);
        }
        let shown = |ranking: &RoundRanking| -> Vec<String> {
            let text = |rank: Option<u64>| rank.map(|rank| rank.to_string()).unwrap_or_default();
            ranking.items.iter().map(|it| format!("{} {} {}", text(it.rank), it.class.as_ref().map_or("", |it| it.as_str()), it.city)).collect()
        };
        let within: RoundRanking = admin.get(&format!("{place}/ranking")).await.expect("the ranking");
        assert_eq!(shown(&within), ["1 city hz", "2 city nb", "1 county ca", "2 county jd"]);
        assert!(!within.across_classes && within.note.is_none());
        let across: RoundRanking = admin.get(&format!("{place}/ranking?across_classes=true")).await.expect("the ranking");
        assert_eq!(shown(&across), ["1 county ca", "2 city hz", "3 city nb", "4 county jd"]);
        assert!(across.across_classes && across.note.is_some());

        // A participant sees itself by name and the others by pseudonyms, the same in both.
        let names = async |path: &str| -> Vec<String> {
            let ranking: RoundRanking = reporters[1].get(&format!("{place}/ranking{path}")).await.expect("the ranking");
            let mut names: Vec<String> = ranking.items.iter().map(|it| it.city.to_string()).collect();
            names.sort_unstable();
            names
        };
        let seen = names("").await;
        assert_eq!((seen.len(), seen[3].as_str()), (4, "nb"));
        assert!(seen[..3].iter().all(|name| name.starts_with("anonymous-")), "{seen:?}");
        assert_eq!(names("?across_classes=true").await, seen);
        site.restart().await;
        let again: RoundRanking = site.client().get(&format!("{place}/ranking?across_classes=true")).await.expect("the ranking");
        assert_eq!(again, across, "what was published stays");
    }
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Cells of the template of the police: its two items stand in the rows 5 and 6, in the order of the set.
const VALUE_OF_CRIMES: &str = "H5";
const STATUS_OF_PATROLS: &str = "I6";

const ROUND: &str = "/api/v1/rounds/2026";

/// The people of the round.
struct Cast {
    admin: Client,
    publisher: Client,
    verifier: Client,
    verifier_id: String,
    province: Client,
    coordinator: Client,
    police: Client,
    gardens: Client,
    neighbour: Client,
}

fn set() -> SetRef {
    set_ref("round", "1")
}

/// A set of two departments and a survey, two cities, and a key for everybody.
async fn prepared(site: &Site) -> Cast {
    let admin = site.client();
    let scaled = json!({"rule": "scaled", "range": [0, 100]});
    let leaf = |item: &str| json!({"code": item.to_uppercase(), "title": {"en": item}, "indicator": {"formula": item, "scoring": scaled}});
    let item = |code: &str, more: Value| {
        let mut item = json!({"code": code, "min": 0, "max": 100});
        item.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        item
    };
    let document = json!({
        "code": "round", "version": "1", "title": {"zh": "填报指标", "en": "What is reported"},
        "items": [
            item("crimes", json!({"department": {"zh": "公安局"}})), item("patrols", json!({"department": {"zh": "公安局"}})),
            item("trees", json!({"department": {"zh": "园林局"}})), item("trust", json!({"provider": "citizen"})),
        ],
        "nodes": [leaf("crimes"), leaf("patrols"), leaf("trees"), leaf("trust")]
    });
    publish(&admin, &document).await;
    import(&admin, &cities_csv(), "code,name\nhz,杭州\nnb,宁波\n").await;
    let key = |role: &'static str, cities: &'static [&'static str], departments: &'static [&'static str]| {
        let (site, admin) = (&*site, admin.clone());
        async move {
            let new = json!({"name": role, "role": role, "cities": cities, "departments": departments});
            let issued: IssuedKey = admin.post(&format!("{API_ROOT}/keys"), &new).await.expect("a key");
            (site.client_with(&issued.token.expect("its token, this once")), issued.key.id.to_string())
        }
    };
    let (verifier, verifier_id) = key("evaluator", &[], &[]).await;
    Cast {
        publisher: key("evaluator", &[], &[]).await.0,
        province: key("evaluator", &["hz", "nb"], &[]).await.0,
        coordinator: key("reporter", &["hz"], &[]).await.0,
        police: key("reporter", &["hz"], &["公安局"]).await.0,
        gardens: key("reporter", &["hz"], &["园林局"]).await.0,
        neighbour: key("reporter", &["nb"], &[]).await.0,
        verifier,
        verifier_id,
        admin,
    }
}

/// The identifier of a department's submission.
async fn submission(client: &Client, city: &str, department: &str) -> String {
    let list: Value = client.get(&format!("{ROUND}/submissions?city={city}")).await.expect("the submissions");
    let found = list["items"].as_array().expect("a list").iter().find(|submission| submission["department"] == department);
    found.expect("the department reports")["id"].as_str().expect("an id").to_owned()
}

/// Does something to the round, or to a submission of it, as somebody who has seen it.
async fn act(client: &Client, submission: &str, action: &str, body: &Value) -> (u16, Value) {
    let (status, body, _) = act_with_job(client, submission, action, body).await;
    (status, body)
}

async fn act_with_job(client: &Client, submission: &str, action: &str, body: &Value) -> (u16, Value, Option<String>) {
    let (place, path) = if submission.is_empty() {
        (ROUND.to_owned(), format!("{ROUND}/{action}"))
    } else {
        let place = format!("{ROUND}/submissions/{submission}");
        (place.clone(), format!("{place}/transitions"))
    };
    let seen = client.request(Method::GET, &place).send().await.expect("an answer");
    let tag = seen.headers().get(ETAG).unwrap_or_else(|| panic!("{place} has no tag: {}", seen.status())).clone();
    let mut body = body.clone();
    if !submission.is_empty() {
        body["action"] = json!(action);
    }
    let answer = client.request(Method::POST, &path).header(IF_MATCH, tag).json(&body).send().await.expect("an answer");
    let job = answer.headers().get("location").map(|place| place.to_str().expect("text").to_owned());
    (answer.status().as_u16(), answer.json().await.expect("JSON"), job)
}

/// A template with what a person enters: the place of a cell and what it holds.
fn filled_in(template: &[u8], entries: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(template)).expect("an archive");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..archive.len() {
        let mut member = archive.by_index(place).expect("a member");
        let name = member.name().expect("a name").into_owned();
        let mut text = String::new();
        member.read_to_string(&mut text).expect("XML");
        // The first sheet explains the others.
        for (cell, content) in entries.iter().filter(|_| name == "xl/worksheets/sheet2.xml") {
            let start = text.find(&format!("<c r=\"{cell}\"")).unwrap_or_else(|| panic!("{cell} is not in {name}"));
            let end = start + text[start..].find("/>").expect("it is empty") + 2;
            let kind = if content.starts_with("<is>") { " t=\"inlineStr\"" } else { "" };
            text.replace_range(start..end, &format!("<c r=\"{cell}\"{kind}>{content}</c>"));
        }
        zip.start_file(name, SimpleFileOptions::default()).expect("a member");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

/// Reports a value of Hangzhou, as somebody who has seen the one before; the status, and the code of the first fault.
async fn report(client: &Client, item: &str, mut value: Value) -> (u16, String) {
    let path = format!("{API_ROOT}/observations/hz/2026/{item}");
    let seen = client.request(Method::GET, &path).send().await.expect("an answer");
    let tag = seen.headers()[ETAG].clone();
    value["set"] = json!(set());
    let answer = client.request(Method::PUT, &path).header(IF_MATCH, tag).json(&value).send().await.expect("an answer");
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.expect("JSON");
    (status, body["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
}

/// The numbers that are known of a city, by item.
async fn observations(client: &Client, city: &str, filter: &str) -> Vec<f64> {
    let page: ObservationPage = client.get(&format!("{API_ROOT}/observations?city={city}{filter}")).await.expect("a page");
    let numbers = page.items.into_iter().filter_map(|observation| match observation.value {
        Some(citygauge_openapi::ObservationValue::Number(number)) => Some(number),
        _ => None,
    });
    numbers.collect()
}

/// The codes of an import's faults.
fn faults(import: &Import) -> Vec<String> {
    import.faults.items.iter().map(|fault| fault.code.clone()).collect()
}
