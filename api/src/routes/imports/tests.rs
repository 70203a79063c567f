use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, small_set};

const OBSERVATIONS: &str = "kind=observations&set_code=small&set_version=1";

async fn prepared() -> Harness {
    let harness = Harness::new().await;
    harness.post("/api/v1/indicator-sets", &small_set()).await;
    let cities = harness.import("kind=cities", "text/csv", "code,name,region\na,A,east\nb,B,west\n").await;
    assert_eq!((&cities["state"], &cities["accepted"]), (&json!("succeeded"), &json!(2)), "{cities}");
    harness
}

fn tally(import: &Value) -> [Value; 5] {
    ["state", "accepted", "rejected", "unchanged"]
        .map(|key| import[key].clone())
        .into_iter()
        .chain([import["faults"]["total"].clone()])
        .collect::<Vec<_>>()
        .try_into()
        .expect("five members")
}

async fn observations(harness: &Harness) -> usize {
    harness.get("/api/v1/observations").await.json()["items"].as_array().expect("items").len()
}

#[actix_web::test]
async fn a_sound_file_is_kept_whole_and_a_second_time_changes_nothing() {
    let harness = prepared().await;
    let csv = "city,period,item,value\na,2026,trees,10\na,2026,open_data,yes\nb,2026,trees,20\n";
    let first = harness.import(OBSERVATIONS, "text/csv", csv).await;
    assert_eq!(tally(&first), [json!("succeeded"), json!(3), json!(0), json!(0), json!(0)], "{first}");
    let again = harness.import(OBSERVATIONS, "text/csv", csv).await;
    assert_eq!(tally(&again), [json!("succeeded"), json!(0), json!(0), json!(3), json!(0)]);
    let corrected = csv.replace(",10", ",11");
    assert_eq!(harness.import(OBSERVATIONS, "text/csv", &corrected).await["accepted"], 1);
    let history = harness.get("/api/v1/observations/a/2026/trees/history").await.json();
    let values: Vec<_> = history["items"].as_array().expect("items").iter().map(|one| one["value"].clone()).collect();
    assert_eq!(values, [json!(11.0), json!(10.0)]);
}

#[actix_web::test]
async fn one_fault_refuses_the_file_unless_rows_may_be_skipped() {
    let harness = prepared().await;
    let csv = "city,period,item,value\na,2026,trees,10\nz,2026,trees,1\nb,2026,trees,-1\n";
    let refused = harness.import(OBSERVATIONS, "text/csv", csv).await;
    assert_eq!(tally(&refused), [json!("failed"), json!(0), json!(2), json!(0), json!(2)], "{refused}");
    assert_eq!(observations(&harness).await, 0);
    let job = harness.get(&format!("/api/v1/jobs/{}", refused["job"].as_str().expect("a job"))).await.json();
    assert_eq!((&job["state"], job["error"].is_string()), (&json!("failed"), true), "{job}");
    assert_eq!(job["result"], format!("/api/v1/imports/{}", refused["id"].as_str().expect("an id")));

    let partial = harness.import(&format!("{OBSERVATIONS}&on_fault=skip_rows"), "text/csv", csv).await;
    assert_eq!(tally(&partial), [json!("partial"), json!(1), json!(2), json!(0), json!(2)], "{partial}");
    assert_eq!(observations(&harness).await, 1);
}

#[actix_web::test]
async fn a_file_that_is_only_looked_at_changes_nothing() {
    let harness = prepared().await;
    let csv = "city,period,item,value\na,2026,trees,10\n";
    let looked = harness.import(&format!("{OBSERVATIONS}&mode=validate"), "text/csv", csv).await;
    assert_eq!(tally(&looked), [json!("succeeded"), json!(1), json!(0), json!(0), json!(0)], "{looked}");
    assert_eq!(observations(&harness).await, 0);
}

#[actix_web::test]
async fn validating_says_what_a_commit_would_do_to_the_scores() {
    let harness = prepared().await;
    let old = "city,period,item,value\na,2026,trees,100\na,2026,open_data,yes\n";
    harness.import(OBSERVATIONS, "text/csv", old).await;
    let new = old.replace(",100", ",500");
    let changes = |import: &Value| {
        let changes = &import["score_changes"];
        let scores = ["before", "after"].map(|side| changes["items"][0][side]["score"].clone());
        (scores, changes["total"].clone(), changes["others"].clone(), changes["faults"].clone())
    };
    let validated = harness.import(&format!("{OBSERVATIONS}&mode=validate"), "text/csv", &new).await;
    // The mean of 10 and 100, then of 50 and 100.
    assert_eq!(changes(&validated), ([json!(55.0), json!(75.0)], json!(1), json!(0), json!([])), "{validated}");
    let committed = harness.import(OBSERVATIONS, "text/csv", &new).await;
    assert_eq!(committed["score_changes"], Value::Null, "a commit has done it");
    let back = harness.import(&format!("{OBSERVATIONS}&mode=validate"), "text/csv", old).await;
    assert_eq!(changes(&back).0, [json!(75.0), json!(55.0)]);
    let same = harness.import(&format!("{OBSERVATIONS}&mode=validate"), "text/csv", &new).await;
    assert_eq!(changes(&same).1, json!(0));
    let refused = harness.import(&format!("{OBSERVATIONS}&mode=validate"), "text/csv", &old.replace("100", "-1")).await;
    assert_eq!((&refused["state"], &refused["score_changes"]), (&json!("failed"), &Value::Null));
}

#[actix_web::test]
async fn faults_come_page_by_page_or_as_a_file_in_either_language() {
    let harness = prepared().await;
    let csv = "city,period,item,value\nz,2026,trees,1\na,20x6,trees,1\na,2026,trees,NaN\n";
    let import = harness.import(OBSERVATIONS, "text/csv", csv).await;
    let path = format!("/api/v1/imports/{}/faults", import["id"].as_str().expect("an id"));
    let first = harness.get(&format!("{path}?limit=2")).await.json();
    assert_eq!((first["items"].as_array().map(Vec::len), first["next"].is_string()), (Some(2), true));
    assert_eq!(first["items"][0]["row"], 2);
    let csv = harness.get(&format!("{path}?format=csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv");
    assert_eq!(String::from_utf8_lossy(&csv.body).lines().count(), 4);
    let zh = harness.request(Method::GET, &path).insert_header(("accept-language", "zh"));
    let zh = harness.send(zh).await.json();
    assert_ne!(zh["items"][0]["message"], first["items"][0]["message"]);
    let html = harness.request(Method::GET, &path).insert_header(("accept", "text/html"));
    assert_eq!(harness.send(html).await.problem(), (406, "not-acceptable".into()));
}

#[actix_web::test]
async fn a_reporter_brings_and_sees_its_own_cities_only() {
    let harness = prepared().await;
    let token = harness.key(Role::Reporter, &["a"]).await;
    let csv = "city,period,item,value\na,2026,trees,10\nb,2026,trees,20\n";
    let refused = harness.import_as(&token, OBSERVATIONS, "text/csv", csv).await;
    assert_eq!(refused["faults"]["items"][0]["code"], "observation.city_out_of_scope", "{refused}");
    harness.import(OBSERVATIONS, "text/csv", csv).await;
    let own = harness.send(harness.request_as(&token, Method::GET, "/api/v1/observations")).await.json();
    assert_eq!(own["items"].as_array().map(Vec::len), Some(1));
    let other = harness.request_as(&token, Method::GET, "/api/v1/observations?city=b");
    assert_eq!(harness.send(other).await.status.as_u16(), 403);
    let other = harness.request_as(&token, Method::GET, "/api/v1/observations/b/2026/trees");
    assert_eq!(harness.send(other).await.status.as_u16(), 403);
    let cities =
        harness.request_as(&token, Method::POST, "/api/v1/imports?kind=cities").insert_header(("content-type", "text/csv"));
    assert_eq!(harness.send(cities.set_payload("x")).await.status.as_u16(), 403);
}

#[actix_web::test]
async fn an_upload_that_nobody_reads_is_refused_at_the_door() {
    let harness = prepared().await;
    let send = |query: &str, kind: &'static str| {
        let path = format!("/api/v1/imports?{query}");
        harness.request(Method::POST, &path).insert_header(("content-type", kind)).set_payload("x")
    };
    assert_eq!(harness.send(send("kind=cities", "text/html")).await.problem(), (415, "unsupported-media-type".into()));
    assert_eq!(harness.send(send("kind=streets", "text/csv")).await.status.as_u16(), 400);
    assert_eq!(harness.send(send("kind=observations", "text/csv")).await.faults(), [("import.no_set".into(), String::new())]);
    let absent = send("kind=observations&set_code=other&set_version=1", "text/csv");
    assert_eq!(harness.send(absent).await.status.as_u16(), 404);
}

#[actix_web::test]
async fn an_upload_beyond_the_limit_is_refused() {
    let harness = Harness::with(|config| config.limits.upload_bytes = 1_024).await;
    let request = harness.request(Method::POST, "/api/v1/imports?kind=cities").insert_header(("content-type", "text/csv"));
    let reply = harness.send(request.set_payload("x".repeat(2_000))).await;
    assert_eq!(reply.problem(), (413, "too-large".into()));
}

#[actix_web::test]
async fn a_repeated_upload_is_one_import() {
    let harness = prepared().await;
    let send = || {
        let request = harness.request(Method::POST, "/api/v1/imports?kind=cities").insert_header(("content-type", "text/csv"));
        request.insert_header(("idempotency-key", "u1")).set_payload("code,name\nc,C\n")
    };
    let (first, again) = (harness.send(send()).await, harness.send(send()).await);
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!(first.header("location"), again.header("location"));
}

#[actix_web::test]
async fn a_department_reports_its_own_items_only_and_is_told_of_all_others_at_once() {
    let harness = Harness::new().await;
    harness.post("/api/v1/indicator-sets", &set_of_departments()).await;
    harness.import("kind=cities", "text/csv", "code,name\na,A\nb,B\n").await;
    let token = harness.key_with(Role::Reporter, &["a"], &["园林局"], &[]).await;
    let query = "kind=observations&set_code=parts&set_version=1";
    let file = "city,period,item,value\na,2026,trees,1\na,2026,crimes,2\nb,2026,trees,3\na,2026,trust,4\na,2027,crimes,5\n";
    let import = harness.import_as(&token, query, "text/csv", file).await;
    assert_eq!((&import["state"], &import["rejected"]), (&json!("failed"), &json!(4)), "{import}");
    let faults = harness.get(&format!("/api/v1/imports/{}/faults", import["id"].as_str().expect("an id"))).await.json();
    let told: Vec<_> =
        faults["items"].as_array().expect("a list").iter().map(|fault| (fault["code"].as_str(), fault["row"].as_u64())).collect();
    assert_eq!(
        told,
        [
            (Some("observation.department_out_of_scope"), Some(3)),
            (Some("observation.city_out_of_scope"), Some(4)),
            (Some("observation.provider_out_of_scope"), Some(5)),
            (Some("survey.no_sample_size"), Some(5)),
        ]
    );
    let put = harness.request_as(&token, actix_web::http::Method::PUT, "/api/v1/observations/a/2026/trust");
    let refused = harness.send(put.set_json(json!({"set": {"code": "parts", "version": "1"}, "value": 1}))).await;
    assert_eq!(refused.faults()[0].0, "observation.provider_out_of_scope");
    let narrow = harness.key_with(Role::Reporter, &["a"], &[], &["crimes"]).await;
    let put = harness.request_as(&narrow, actix_web::http::Method::PUT, "/api/v1/observations/a/2026/trees");
    let refused = harness.send(put.set_json(json!({"set": {"code": "parts", "version": "1"}, "value": 1}))).await;
    assert_eq!(refused.faults()[0].0, "observation.item_out_of_scope");
}

fn set_of_departments() -> serde_json::Value {
    let ratio = json!({"rule": "scaled", "range": [0, 100]});
    let leaf = |item: &str| json!({"code": item.to_uppercase(), "title": {"en": item}, "indicator": {"formula": item, "scoring": ratio}});
    json!({
        "code": "parts", "version": "1", "title": {"en": "Parts"},
        "items": [
            {"code": "trees", "department": {"zh": "园林局"}}, {"code": "crimes", "department": {"zh": "公安局"}},
            {"code": "trust", "provider": "citizen"},
        ],
        "nodes": [leaf("trees"), leaf("crimes"), leaf("trust")]
    })
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        sheet.write_row(row, 0, cells.iter().copied()).expect("written");
    }
    workbook.save_to_buffer().expect("saved")
}

#[actix_web::test]
async fn a_workbook_comes_back_with_its_faults_in_its_cells_to_whoever_sent_it() {
    let harness = prepared().await;
    let token = harness.key(Role::Reporter, &["a"]).await;
    let other = harness.key(Role::Reporter, &["a"]).await;
    let sent = workbook(&[&["city", "period", "item", "value"], &["a", "2026", "trees", "-1"], &["b", "2026", "trees", "1"]]);
    let import = harness.import_bytes_as(&token, OBSERVATIONS, XLSX, &sent).await;
    assert_eq!(tally(&import)[0], json!("failed"), "{import}");
    let path = format!("/api/v1/imports/{}/annotated.xlsx", import["id"].as_str().expect("an id"));
    let copy = harness.send(harness.request_as(&token, Method::GET, &path)).await;
    assert_eq!((copy.status.as_u16(), copy.header("content-type")), (200, XLSX));
    let sheets = crate::intake::xlsx::grid::sheets(&copy.body, &crate::intake::Limits::default()).expect("a sound workbook");
    assert_eq!(sheets[1].name, "faults");
    let codes: Vec<String> =
        sheets[1].rows.iter().map(|row| row.cells.last().expect("cells").1.as_ref().expect("sound").shown()).collect();
    assert_eq!(codes[2..], ["observation.out_of_range", "observation.city_out_of_scope"]);
    let known = harness.request_as(&token, Method::GET, &path).insert_header(("if-none-match", copy.header("etag")));
    assert_eq!(harness.send(known).await.status.as_u16(), 304);
    assert_eq!(harness.send(harness.request_as(&other, Method::GET, &path)).await.status.as_u16(), 403);
    let zh = harness.request(Method::GET, &path).insert_header(("accept-language", "zh"));
    let zh = harness.send(zh).await;
    let sheets = crate::intake::xlsx::grid::sheets(&zh.body, &crate::intake::Limits::default()).expect("a sound workbook");
    assert_eq!(sheets[1].name, "错误清单");
}

#[actix_web::test]
async fn what_has_no_annotated_copy_says_why() {
    let harness = prepared().await;
    let import = harness.import(OBSERVATIONS, "text/csv", "city,period,item,value\nz,2026,trees,1\n").await;
    let path = format!("/api/v1/imports/{}/annotated.xlsx", import["id"].as_str().expect("an id"));
    assert_eq!(harness.get(&path).await.faults()[0].0, "annotated.not_a_workbook");
    let broken = harness.import_bytes_as(&harness.token, OBSERVATIONS, XLSX, b"PK").await;
    let path = format!("/api/v1/imports/{}/annotated.xlsx", broken["id"].as_str().expect("an id"));
    assert_eq!(harness.get(&path).await.problem().0, 422);
    let request = harness.request(Method::POST, &format!("/api/v1/imports?{OBSERVATIONS}")).insert_header(("content-type", XLSX));
    let waiting = harness.send(request.set_payload(workbook(&[&["city"]]))).await.json();
    let path = format!("/api/v1/imports/{}/annotated.xlsx", waiting["id"].as_str().expect("an id"));
    assert_eq!(harness.get(&path).await.problem().0, 409);
}

#[actix_web::test]
async fn a_warning_is_shown_and_refuses_nothing() {
    let harness = prepared().await;
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, hidden) in [("x", false), ("y", true)] {
        let sheet = workbook.add_worksheet().set_name(name).expect("a name").set_hidden(hidden);
        sheet.write_row(0, 0, ["city", "period", "item", "value"]).expect("written");
        sheet.write_row(1, 0, ["a", "2026", "trees", "7"]).expect("written");
    }
    let bytes = workbook.save_to_buffer().expect("saved");
    let import = harness.import_bytes_as(&harness.token, OBSERVATIONS, XLSX, &bytes).await;
    assert_eq!(tally(&import), [json!("succeeded"), json!(1), json!(0), json!(0), json!(0)], "{import}");
    let warning = &import["warnings"]["items"][0];
    assert_eq!((&warning["severity"], &warning["code"]), (&json!("warning"), &json!("file.hidden_sheet")));
}

/// A set with an item of every provider.
async fn provided() -> Harness {
    let harness = prepared().await;
    let item = |provider: &str| json!({"code": format!("{provider}_says"), "kind": "index", "provider": provider});
    let leaf = |provider: &str| {
        let indicator = json!({"formula": format!("{provider}_says"), "scoring": {"rule": "scaled", "range": [0, 100]}});
        json!({"code": provider.to_uppercase(), "title": {"en": provider}, "indicator": indicator})
    };
    let providers = ["city", "third_party", "central", "citizen", "expert"];
    let set = json!({
        "code": "provided", "version": "1", "title": {"en": "Provided"}, "items": providers.map(item), "nodes": providers.map(leaf),
    });
    assert_eq!(harness.post("/api/v1/indicator-sets", &set).await.status.as_u16(), 201);
    harness
}

const PROVIDED: &str = "kind=observations&set_code=provided&set_version=1";

fn fault_codes(import: &Value) -> Vec<String> {
    let faults = import["faults"]["items"].as_array().expect("a list").iter();
    faults.map(|fault| fault["code"].as_str().expect("a code").to_owned()).collect()
}

#[actix_web::test]
async fn a_survey_of_citizens_comes_as_a_mean_with_its_sample_and_margin() {
    let harness = provided().await;
    let header = "city,period,item,value,provider,quality,method,sample_size,margin\n";
    let survey = format!("{header}a,2026,citizen_says,71.4,citizen,survey_extrapolation,telephone,1200,2.5\n");
    let import = harness.import(PROVIDED, "text/csv", &survey).await;
    assert_eq!(tally(&import), [json!("succeeded"), json!(1), json!(0), json!(0), json!(0)], "{import}");
    assert_eq!(import["warnings"]["total"], 0, "{import}");
    let kept = harness.get("/api/v1/observations?provider=citizen").await.json()["items"][0].clone();
    for (member, value) in [
        ("value", json!(71.4)),
        ("sample_size", json!(1200)),
        ("margin", json!(2.5)),
        ("provider", json!("citizen")),
        ("quality", json!("survey_extrapolation")),
        ("method", json!("telephone")),
    ] {
        assert_eq!(kept[member], value, "{member}: {kept}");
    }
    // How many were asked is missed once per item, at the first row, in the long form and in the wide one.
    let unsaid =
        "city,period,item,value\na,2025,citizen_says,70\nb,2025,citizen_says,60\nb,2024,citizen_says,\na,2025,city_says,1\n";
    for (file, row) in [(unsaid, 2), ("city,period,city_says,citizen_says\nb,2020,7,\na,2020,7,70\nb,2021,,60\n", 3)] {
        let import = harness.import(PROVIDED, "text/csv", file).await;
        assert_eq!((&import["state"], &import["warnings"]["total"]), (&json!("succeeded"), &json!(1)), "{import}");
        let warning = &import["warnings"]["items"][0];
        assert_eq!((&warning["code"], &warning["row"]), (&json!("survey.no_sample_size"), &json!(row)), "{warning}");
        assert!(warning["message"].as_str().is_some_and(|text| text.contains("2 of its values")), "{warning}");
        let zh = harness.request(Method::GET, &format!("/api/v1/imports/{}", import["id"].as_str().expect("an id")));
        let zh = harness.send(zh.insert_header(("accept-language", "zh"))).await.json();
        let message = zh["warnings"]["items"][0]["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.contains("有 2 个值没有样本量"), "{message}");
    }
    // What cannot be.
    let faulty = format!(
        "{header}a,2026,citizen_says,71,,,,,2.5\nb,2026,citizen_says,71,,,,100,-1\na,2023,citizen_says,71,,,,99.5,1\nb,2023,citizen_says,71,,,,0,1\n"
    );
    let import = harness.import(PROVIDED, "text/csv", &faulty).await;
    let expected = [
        "observation.margin_without_sample_size",
        "observation.invalid_margin",
        "observation.invalid_sample_size",
        "observation.invalid_sample_size",
    ];
    assert_eq!((&import["state"], fault_codes(&import)), (&json!("failed"), expected.map(str::to_owned).to_vec()), "{import}");
}

#[actix_web::test]
async fn cities_write_what_cities_deliver_and_nothing_else() {
    let harness = provided().await;
    let city = harness.key(Role::Reporter, &["a"]).await;
    let foreign = ["third_party", "central", "citizen", "expert"];
    // By a file, whether it names the provider or not, and whether there is a value or not.
    for provider in foreign {
        for row in [
            format!("a,2026,{provider}_says,5,,"),
            format!("a,2026,{provider}_says,5,,{provider}"),
            format!("a,2026,{provider}_says,,missing,"),
        ] {
            let file = format!("city,period,item,value,status,provider\n{row}\n");
            let import = harness.import_as(&city, PROVIDED, "text/csv", &file).await;
            assert_eq!(import["state"], "failed", "{row}: {import}");
            assert_eq!(fault_codes(&import), ["observation.provider_out_of_scope"], "{row}");
        }
        // As somebody else's delivery of what cities deliver.
        let file = format!("city,period,item,value,provider\na,2026,city_says,5,{provider}\n");
        let import = harness.import_as(&city, PROVIDED, "text/csv", &file).await;
        assert_eq!(fault_codes(&import), ["observation.wrong_provider"], "{provider}");
    }
    let wide = "city,period,third_party_says,central_says,citizen_says,expert_says\na,2026,1,2,3,4\n";
    let import = harness.import_as(&city, PROVIDED, "text/csv", wide).await;
    assert_eq!(fault_codes(&import), ["observation.provider_out_of_scope"; 4], "{import}");

    // By a mapping that gives the provider's column and the items other names.
    let mapping = json!({
        "kind": "observations", "columns": {"town": "city", "from": "provider", "what": "item", "number": "value"},
        "period": {"constant": "2026"}, "items": {"judgement": "expert_says", "own": "city_says"},
    });
    assert_eq!(harness.put("/api/v1/mappings/foreign", None, &mapping).await.status.as_u16(), 201);
    let file = "town,what,number,from\na,judgement,5,expert\na,own,5,expert\n";
    let mapped = format!("{PROVIDED}&mapping=foreign");
    let import = harness.import_as(&city, &mapped, "text/csv", file).await;
    let mut told = fault_codes(&import);
    told.sort_unstable();
    assert_eq!(told, ["observation.provider_out_of_scope", "observation.wrong_provider"], "{import}");

    // By a report of one value.
    for provider in foreign {
        let path = format!("/api/v1/observations/a/2026/{provider}_says");
        for stated in [Value::Null, json!(provider), json!("city")] {
            let report = json!({"set": {"code": "provided", "version": "1"}, "value": 5, "provider": stated});
            let refused = harness.send(harness.request_as(&city, Method::PUT, &path).set_json(&report)).await;
            assert_eq!(refused.faults()[0].0, "observation.provider_out_of_scope", "{provider} {stated}");
        }
        let report = json!({"set": {"code": "provided", "version": "1"}, "value": 5, "provider": provider});
        let own = "/api/v1/observations/a/2026/city_says";
        let refused = harness.send(harness.request_as(&city, Method::PUT, own).set_json(&report)).await;
        assert_eq!(refused.faults()[0].0, "observation.wrong_provider", "{provider}");
    }
    assert_eq!(observations(&harness).await, 0);
    // An expert scores in a panel and reports nothing.
    let expert = harness.key(Role::Expert, &[]).await;
    let request = harness.request_as(&expert, Method::POST, &format!("/api/v1/imports?{PROVIDED}"));
    let refused = harness.send(request.insert_header(("content-type", "text/csv")).set_payload(wide)).await;
    assert_eq!(refused.status.as_u16(), 403);
    // The evaluation body delivers all of them.
    let all = harness.import(PROVIDED, "text/csv", wide).await;
    assert_eq!((&all["state"], &all["accepted"]), (&json!("succeeded"), &json!(4)), "{all}");
}
