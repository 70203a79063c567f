use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use actix_web::test::TestRequest;
use sha2::{Digest, Sha256};

use crate::testing::Harness;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/dashboard/assets")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() { found.extend(files(&entry)) } else { found.push(entry) }
    }
    found
}

#[actix_web::test]
async fn the_page_runs_its_own_scripts_only_and_may_be_framed_by_nobody() {
    let harness = Harness::new().await;
    let reply = harness.get("/").await;
    assert_eq!(reply.status.as_u16(), 200);
    let policy = reply.header("content-security-policy");
    for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(reply.header("x-frame-options"), "DENY");
    assert!(
        String::from_utf8_lossy(&reply.body).contains("<body data-view=\"\" data-invented=\"false\">"),
        "{}",
        String::from_utf8_lossy(&reply.body)
    );
}

#[actix_web::test]
async fn every_file_of_the_page_is_served_with_a_tag_and_nothing_beside_them() {
    let harness = Harness::new().await;
    let below = |file: PathBuf| file.strip_prefix(folder()).expect("below the folder").to_str().expect("text").to_owned();
    let paths: Vec<String> = files(&folder()).into_iter().map(below).map(|file| format!("/assets/{file}")).collect();
    let asked = paths.iter().map(|path| TestRequest::with_uri(path)).collect();
    let first = harness.send_all(asked).await;
    let known = paths.iter().zip(&first).map(|(path, reply)| {
        assert_eq!(reply.status.as_u16(), 200, "{path}");
        TestRequest::with_uri(path).insert_header(("if-none-match", reply.header("etag")))
    });
    for (path, again) in paths.iter().zip(harness.send_all(known.collect()).await) {
        assert_eq!(again.status.as_u16(), 304, "{path}");
    }
    let absent =
        ["", "none.js", "../mod.rs", "..%2Fmod.rs", "js/../../mod.rs", ".hidden", "js", "//etc/passwd", "%2Fetc%2Fpasswd"];
    let asked = absent.iter().map(|path| TestRequest::with_uri(&format!("/assets/{path}"))).collect();
    for (path, reply) in absent.iter().zip(harness.send_all(asked).await) {
        assert_eq!(reply.status.as_u16(), 404, "{path}");
    }
}

#[test]
fn what_others_wrote_is_as_they_wrote_it() {
    let vendor = folder().join("vendor");
    let told = std::fs::read_to_string(vendor.join("README.md")).expect("a list");
    let mut named = BTreeMap::new();
    for line in told.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let bare = |text: &str| text.trim_matches('`').to_owned();
        named.insert(bare(cells[3]), bare(cells[6]));
    }
    let code = files(&vendor).into_iter().filter(|file| file.extension().is_some_and(|kind| kind == "js" || kind == "css"));
    let mut seen = 0;
    for file in code {
        let below = file.strip_prefix(&vendor).expect("below").to_str().expect("text").to_owned();
        let digest = citygauge_indicators::canonical::hex(&Sha256::digest(std::fs::read(&file).expect("a file")));
        assert_eq!(named.get(&below), Some(&digest), "{below}");
        seen += 1;
    }
    assert_eq!(seen, named.len(), "the list names a file that is not there");
}

#[test]
fn nothing_of_ours_is_loaded_from_elsewhere_or_written_into_the_page() {
    for file in files(&folder()) {
        if file.starts_with(folder().join("vendor")) {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("text");
        let told = file.display();
        let elsewhere = text.replace("http://www.w3.org/", "").replace("https://city.example", "");
        assert!(!elsewhere.contains("https://") && !elsewhere.contains("http://"), "{told} names another host");
        for forbidden in ["innerHTML", "eval(", "new Function", "document.write", "onclick=\"", "v-html"] {
            assert!(!text.contains(forbidden), "{told} has {forbidden}");
        }
    }
}
