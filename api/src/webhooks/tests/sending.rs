//! What is sent, how often, and what follows when it is not taken.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::super::sender::send_due;
use super::receiver::Receiver;
use super::{PATH, deliveries, local, made, make_city, prepared, shown};
use crate::store::ConnectionTrait;
use crate::testing::Harness;

#[actix_web::test]
async fn a_change_is_told_signed_and_thin_to_who_wants_to_know() {
    Harness::on_each_database_with(local, async |harness| {
        let (wanted, other) = (Receiver::start(&[]).await, Receiver::start(&[]).await);
        let (id, secret) = made(&harness, &wanted.url, &["city.*"]).await;
        made(&harness, &other.url, &["round.opened"]).await;
        make_city(&harness, "a").await;
        assert_eq!(send_due(&harness.state).await.expect("ours"), 1);
        assert!(other.got().is_empty());
        let got = &wanted.got()[0];
        let data = json!({"id": "a", "address": "/api/v1/cities/a"});
        assert_eq!((&got.json()["type"], &got.json()["data"]), (&json!("city.created"), &data));
        assert!(got.is_signed_with(&secret) && got.signatures.len() == 1 && secret.starts_with("whsec_"));
        let delivery = &deliveries(&harness, &id).await[0];
        assert_eq!((&delivery["state"], &delivery["message"]), (&json!("delivered"), &json!(got.id)));
        assert_eq!((&delivery["body"], &delivery["attempts"][0]["status"]), (&got.json(), &json!(204)));
        assert_eq!(send_due(&harness.state).await.expect("ours"), 0, "it is told once");
    })
    .await;
}

#[actix_web::test]
async fn a_change_that_is_undone_is_not_told_and_one_that_was_made_is_told_after_a_restart() {
    Harness::on_each_database_with(local, async |harness| {
        let receiver = Receiver::start(&[]).await;
        made(&harness, &receiver.url, &["*"]).await;
        let transaction = harness.state.store().begin().await.expect("ours");
        let caller = crate::auth::Caller::service();
        let trail = crate::write::trail(&transaction, &harness.state, &caller, "create_city", "cities/x", json!({}));
        trail.await.expect("ours");
        transaction.rollback().await.expect("ours");
        make_city(&harness, "a").await;
        // Nothing was sent yet; what remembers it is the database alone, so that another process sends it.
        let [one, two] = [send_due(&harness.state), send_due(&harness.state)];
        let (one, two) = futures_util::future::join(one, two).await;
        assert_eq!(one.expect("ours") + two.expect("ours"), 1, "two processes send it once");
        assert_eq!(receiver.kinds(), ["city.created"]);
    })
    .await;
}

#[actix_web::test]
async fn what_is_not_taken_is_tried_again_and_given_up_and_made_again_on_request() {
    let harness = prepared().await;
    let receiver = Receiver::start(&[500, 302, 404, 404]).await;
    let (id, _) = made(&harness, &receiver.url, &["city.created"]).await;
    make_city(&harness, "a").await;
    assert_eq!(send_due(&harness.state).await.expect("ours"), 3);
    let delivery = deliveries(&harness, &id).await[0].clone();
    assert_eq!((&delivery["state"], delivery["finished_at"].is_string()), (&json!("failed"), true), "{delivery}");
    let statuses: Vec<_> = delivery["attempts"].as_array().expect("attempts").iter().map(|each| each["status"].clone()).collect();
    assert_eq!(statuses, [500, 302, 404], "a redirect is not followed");
    let answer = delivery["attempts"][0]["answer"].as_str().expect("it said something");
    assert!(answer.starts_with("no xxx") && answer.len() <= 1_024, "{}", answer.len());
    assert_eq!(shown(&harness, &id).await["health"], "failing");

    let path = format!("{PATH}/{id}/deliveries/{}", delivery["id"]);
    let again = harness.post(&format!("{path}/redeliver"), &json!({})).await;
    assert_eq!((again.status.as_u16(), again.header("location")), (202, path.as_str()));
    assert_eq!(send_due(&harness.state).await.expect("ours"), 2);
    let delivery = harness.get(&path).await.json();
    assert_eq!((&delivery["state"], delivery["attempts"].as_array().map(Vec::len)), (&json!("delivered"), Some(5)));
    let names: Vec<_> = receiver.got().into_iter().map(|got| got.id).collect();
    assert!(names.len() == 5 && names.iter().all(|name| *name == names[0]), "the same message: {names:?}");
    assert_eq!(shown(&harness, &id).await["health"], "healthy");
    assert_eq!(shown(&harness, &format!("{id}/deliveries?state=failed")).await["items"], json!([]));
}

#[actix_web::test]
async fn a_receiver_that_asks_for_a_pause_is_left_alone() {
    let harness = prepared().await;
    let receiver = Receiver::start(&[503]).await;
    let (id, _) = made(&harness, &receiver.url, &["city.created"]).await;
    for code in ["a", "b"] {
        make_city(&harness, code).await;
    }
    assert_eq!(send_due(&harness.state).await.expect("ours"), 1, "the second delivery waits as well");
    let first = &deliveries(&harness, &id).await[1];
    let moment = |text: &Value| text.as_str().expect("a moment").parse::<citygauge_openapi::Moment>().expect("a moment").as_ms();
    assert_eq!(moment(&first["next_attempt_at"]) - moment(&first["created_at"]), 7_200_000, "{first}");
}

#[actix_web::test]
async fn a_secret_is_changed_over_without_a_message_lost() {
    let harness = prepared().await;
    let receiver = Receiver::start(&[]).await;
    let (id, former) = made(&harness, &receiver.url, &["city.created"]).await;
    let rotated = harness.post(&format!("{PATH}/{id}/secret/rotate"), &json!({})).await.json();
    let secret = rotated["secret"].as_str().expect("shown once").to_owned();
    assert!(rotated["previous_secret_until"].is_string() && secret != former);
    make_city(&harness, "a").await;
    send_due(&harness.state).await.expect("ours");
    let got = &receiver.got()[0];
    assert!(got.signatures.len() == 2 && got.is_signed_with(&former) && got.is_signed_with(&secret));
    assert!(shown(&harness, &id).await.get("secret").is_none());

    let rotate = harness.request(Method::POST, &format!("{PATH}/{id}/secret/rotate?keep_hours=0"));
    let leaked = harness.send(rotate.insert_header(("idempotency-key", "k"))).await.json();
    let repeated = harness.request(Method::POST, &format!("{PATH}/{id}/secret/rotate?keep_hours=0"));
    assert_eq!(harness.send(repeated.insert_header(("idempotency-key", "k"))).await.json()["secret"], Value::Null);
    make_city(&harness, "b").await;
    send_due(&harness.state).await.expect("ours");
    let got = &receiver.got()[1];
    assert!(got.signatures.len() == 1 && got.is_signed_with(leaked["secret"].as_str().expect("shown once")));
    assert_eq!(harness.post(&format!("{PATH}/{id}/secret/rotate?keep_hours=721"), &json!({})).await.status.as_u16(), 400);
}

#[actix_web::test]
async fn a_receiver_that_is_gone_or_fails_too_long_is_told_nothing_more_and_others_hear_of_it() {
    Harness::on_each_database_with(local, async |harness| {
        let watching = Receiver::start(&[]).await;
        made(&harness, &watching.url, &["webhook.disabled"]).await;
        let gone = Receiver::start(&[410]).await;
        let (gone_id, _) = made(&harness, &gone.url, &["city.created"]).await;
        let failing = Receiver::start(&[500; 3]).await;
        let (failing_id, _) = made(&harness, &failing.url, &["city.created"]).await;
        for code in ["a", "b"] {
            make_city(&harness, code).await;
        }
        let long_ago = format!("UPDATE webhooks SET failing_since_ms = 1 WHERE id = '{failing_id}'");
        harness.state.db().execute_unprepared(&long_ago).await.expect("ours");
        send_due(&harness.state).await.expect("ours");
        assert_eq!((gone.got().len(), failing.got().len()), (1, 1));
        for (id, reason) in [(&gone_id, "gone"), (&failing_id, "failing")] {
            let webhook = shown(&harness, id).await;
            assert_eq!((&webhook["health"], &webhook["disabled_reason"]), (&json!("disabled"), &json!(reason)));
            let states: Vec<_> = deliveries(&harness, id).await.iter().map(|each| each["state"].clone()).collect();
            assert!(states.contains(&json!("cancelled")) && !states.contains(&json!("pending")), "{states:?}");
            let asked = harness.post(&format!("{PATH}/{id}/ping"), &json!({})).await;
            assert_eq!(asked.problem(), (409, "conflict".into()));
        }
        assert_eq!(watching.kinds(), ["webhook.disabled"; 2]);
        let trail = harness.get("/api/v1/audit-events?actor=service").await.json();
        assert_eq!(trail["items"][0]["action"], "disable_webhook");

        // Somebody enables it again and has it told what it has missed.
        make_city(&harness, "c").await;
        let seen = harness.get(&format!("{PATH}/{gone_id}")).await.header("etag").to_owned();
        let profile = json!({"url": gone.url, "events": ["city.created"]});
        let enabled = harness.put(&format!("{PATH}/{gone_id}"), Some(&seen), &profile).await;
        assert_eq!(enabled.json()["health"], "healthy", "{enabled:?}");
        let asked = json!({"since": "2026-01-01T00:00:00Z"});
        let replayed = harness.post(&format!("{PATH}/{gone_id}/replay"), &asked).await.json();
        assert_eq!(replayed["deliveries"], 3, "one was refused, one cancelled, one never asked for");
        send_due(&harness.state).await.expect("ours");
        assert_eq!(gone.got().len(), 4);
        assert_eq!(harness.post(&format!("{PATH}/{gone_id}/replay"), &asked).await.json()["deliveries"], 0);
    })
    .await;
}

#[actix_web::test]
async fn a_ping_is_told_to_one_webhook_whatever_it_wants() {
    let harness = prepared().await;
    let (receiver, other) = (Receiver::start(&[]).await, Receiver::start(&[]).await);
    let (id, secret) = made(&harness, &receiver.url, &["round.opened"]).await;
    made(&harness, &other.url, &["*"]).await;
    let asked = harness.post(&format!("{PATH}/{id}/ping"), &json!({})).await;
    assert_eq!((asked.status.as_u16(), &asked.json()["body"]["type"]), (202, &json!("webhook.pinged")));
    send_due(&harness.state).await.expect("ours");
    assert!(receiver.got()[0].is_signed_with(&secret) && other.got().is_empty());
}

#[actix_web::test]
async fn an_address_inside_is_refused_and_so_is_what_was_allowed_once() {
    let harness = Harness::new().await;
    for (url, code) in [
        ("http://127.0.0.1:9/", "webhook.scheme"),
        ("https://127.0.0.1/", "webhook.address"),
        ("https://169.254.169.254/latest/", "webhook.address"),
        ("https://[::1]/", "webhook.address"),
        ("https://0x0a000001/", "webhook.address"),
        ("https://u:p@example.cn/", "webhook.userinfo"),
        ("file:///etc/passwd", "webhook.scheme"),
        ("nonsense", "webhook.url"),
    ] {
        let refused = harness.post(PATH, &json!({"url": url, "events": ["*"]})).await;
        assert!(refused.faults().contains(&(code.into(), "/url".into())), "{url}: {refused:?}");
    }
    // A name is looked at when something is sent: this one is this machine's.
    let (id, _) = made(&harness, "https://localhost:9/", &["city.created"]).await;
    make_city(&harness, "a").await;
    send_due(&harness.state).await.expect("ours");
    let attempt = &deliveries(&harness, &id).await[0]["attempts"][0];
    assert!(attempt["error"].as_str().expect("no answer").contains("may not be reached"), "{attempt}");
    let faulty = harness.post(PATH, &json!({"url": "http://10.0.0.1/", "events": ["city.made", "*"]})).await.faults();
    let expected = [("webhook.scheme", "/url"), ("webhook.address", "/url"), ("webhook.event", "/events/0")];
    assert_eq!(faulty, expected.map(|(code, at)| (code.to_owned(), at.to_owned())));
}
