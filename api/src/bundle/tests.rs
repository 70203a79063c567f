use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use actix_web::http::Method;
use citygauge_indicators::{Fault, Faults};
use polars::prelude::{NamedFrom, ParquetReader, SerReader, Series};
use serde_json::json;
use tempfile::TempDir;
use zip::ZipArchive;

use super::archive::Archive;
use super::{Bundle, Identical, MANIFEST, Manifest, RELEASE, SEALS, SIGNATURE, SIGNER};
use crate::assessments::kept::parquet;
use crate::clock::Sources;
use crate::signing::Signer;
use crate::store::keys::Role;
use crate::testing::Harness;

/// The path of an assessment, and its job.
async fn asked(harness: &Harness) -> (String, String) {
    let accepted = harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}})).await.json();
    let text = |key: &str| accepted[key].as_str().expect("accepted").to_owned();
    (format!("/api/v1/assessments/{}", text("id")), text("job"))
}

async fn assessed(harness: &Harness) -> String {
    let (path, job) = asked(harness).await;
    assert_eq!(harness.work(&job).await["state"], "succeeded");
    path
}

/// A folder with the bundle of an assessment of three cities.
async fn bundle() -> (TempDir, PathBuf) {
    let harness = Harness::observed().await;
    let reply = harness.get(&format!("{}/bundle", assessed(&harness).await)).await;
    assert_eq!(reply.status.as_u16(), 200, "{reply:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bundle.zip");
    std::fs::write(&file, &reply.body).expect("the folder is ours");
    (folder, file)
}

/// The engine does not work on the thread of a request.
async fn recomputed(mut bundle: Bundle) -> Result<Identical, Faults> {
    actix_web::web::block(move || bundle.recompute(None)).await.expect("it does not panic")
}

fn codes(faults: &Faults) -> Vec<&str> {
    faults.0.iter().map(|fault| fault.code).collect()
}

fn refused(file: &Path) -> Faults {
    Bundle::open(file).err().expect("it is not sound")
}

/// The members in their order.
fn members(file: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(std::fs::File::open(file).expect("it is there")).expect("an archive");
    let all = archive.len();
    let member = |place| {
        let mut member = archive.by_index(place).expect("a member");
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("sound");
        (member.name().expect("UTF-8").into_owned(), bytes)
    };
    (0..all).map(member).collect()
}

fn write(file: &Path, members: &[(String, Vec<u8>)]) {
    let mut archive = Archive::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.add_bytes(name, bytes).expect("memory");
    }
    std::fs::write(file, archive.finish().expect("memory").into_inner()).expect("the folder is ours");
}

/// The bundle as somebody with another key would sign it after a change.
fn signed_anew(file: &Path, change: impl Fn(&str, Vec<u8>) -> Vec<u8>) {
    let signer = Signer::open(&file.with_extension("pem"), &Sources::system()).expect("a folder of ours");
    let all = members(file);
    let told = &all.iter().find(|(name, _)| name == MANIFEST).expect("every bundle has one").1;
    let mut manifest: Manifest = serde_json::from_slice(told).expect("its manifest");
    let content = all.into_iter().filter(|(name, _)| !SEALS.contains(&name.as_str()));
    let mut changed: Vec<(String, Vec<u8>)> = content.map(|(name, bytes)| (name.clone(), change(&name, bytes))).collect();
    let mut scratch = Archive::new(Cursor::new(Vec::new()));
    manifest.files = BTreeMap::new();
    for (name, bytes) in &changed {
        manifest.files.insert(name.clone(), scratch.add_bytes(name, bytes).expect("memory"));
    }
    let told = serde_json::to_vec_pretty(&manifest).expect("JSON");
    let signature = signer.sign(&told).to_vec();
    let seals = [(MANIFEST, told), (SIGNATURE, signature), (SIGNER, signer.public().to_pem().into_bytes())];
    changed.extend(seals.map(|(name, bytes)| (name.to_owned(), bytes)));
    write(file, &changed);
}

#[actix_web::test]
async fn a_bundle_is_found_identical_and_its_bytes_are_the_same_every_time() {
    let harness = Harness::observed().await;
    let path = format!("{}/bundle", assessed(&harness).await);
    let reply = harness.get(&path).await;
    assert_eq!(reply.header("content-length"), reply.body.len().to_string());
    assert_eq!(harness.get(&path).await.body, reply.body);
    let known = harness.request(Method::GET, &path).insert_header(("if-none-match", reply.header("etag")));
    assert_eq!(harness.send(known).await.status.as_u16(), 304);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bundle.zip");
    std::fs::write(&file, &reply.body).expect("the folder is ours");
    let bundle = Bundle::open(&file).expect("sound");
    let key = harness.get("/signing-key").await.json();
    assert_eq!((json!(bundle.signer.id()), json!(bundle.signer.to_pem())), (key["id"].clone(), key["public_key"].clone()));
    let identical = recomputed(bundle).await.expect("identical");
    assert_eq!((identical.periods, identical.cities, identical.nodes, identical.cells), (1, 3, 3, 3 * 3 * 9));
}

/// Every byte where `CITYGAUGE_EVERY_BYTE` is set: some minutes.
#[actix_web::test]
async fn one_changed_byte_anywhere_is_found_and_named() {
    let (_folder, file) = bundle().await;
    let whole = std::fs::read(&file).expect("it is there");
    let step = if std::env::var_os("CITYGAUGE_EVERY_BYTE").is_some() { 1 } else { 41 };
    let mut handle = OpenOptions::new().write(true).open(&file).expect("the file is ours");
    let mut put = |at: usize, byte: u8| {
        handle.seek(SeekFrom::Start(at as u64)).and_then(|_| handle.write_all(&[byte])).expect("the file is ours");
    };
    for at in (0..whole.len()).step_by(step) {
        for flip in [1, 0x80] {
            put(at, whole[at] ^ flip);
            let faults = refused(&file);
            let names = |fault: &Fault| fault.node_or_item.is_some() || fault.code == "bundle.unreadable";
            assert!(!faults.is_empty() && faults.0.iter().all(names), "byte {at}: {faults}");
        }
        put(at, whole[at]);
    }
    Bundle::open(&file).expect("as it was");
}

#[actix_web::test]
async fn what_was_changed_bears_its_name() {
    let (_folder, file) = bundle().await;
    let sound = members(&file);
    for (name, code) in
        [(RELEASE, "bundle.file_changed"), (SIGNER, "bundle.file_changed"), (SIGNATURE, "bundle.signature_invalid")]
    {
        let mut changed = sound.clone();
        let bytes = &mut changed.iter_mut().find(|(known, _)| known == name).expect("it has it").1;
        *bytes.last_mut().expect("not empty") ^= 1;
        write(&file, &changed);
        let faults = refused(&file);
        assert_eq!((codes(&faults), faults.0[0].node_or_item.as_deref()), (vec![code], Some(name)));
    }
    let mut lacking = sound.clone();
    lacking.retain(|(name, _)| name != RELEASE);
    lacking.insert(0, ("more".to_owned(), Vec::new()));
    write(&file, &lacking);
    assert_eq!(codes(&refused(&file)), ["bundle.file_unknown", "bundle.file_missing"]);
    let mut disordered = sound.clone();
    disordered.swap(0, 1);
    write(&file, &disordered);
    Bundle::open(&file).expect("the order of the members says nothing");
    std::fs::write(&file, "PK").expect("the folder is ours");
    assert_eq!(codes(&refused(&file)), ["bundle.unreadable"]);
}

#[actix_web::test]
async fn a_score_that_was_changed_and_signed_anew_is_found_by_computing_it_again() {
    let (_folder, file) = bundle().await;
    let publisher = Bundle::open(&file).expect("sound").signer;
    signed_anew(&file, |name, bytes| {
        if name != "results/2026/score.parquet" {
            return bytes;
        }
        let mut frame = ParquetReader::new(Cursor::new(bytes)).finish().expect("Parquet");
        frame.with_column(Series::new("G".into(), [10.0, 20.0, 41.0]).into()).expect("as long");
        parquet(&mut frame).expect("memory").to_vec()
    });
    let bundle = Bundle::open(&file).expect("every digest fits");
    assert_ne!(bundle.signer, publisher);
    let faults = recomputed(bundle).await.expect_err("41 does not come out");
    let fault = &faults.0[0];
    let place = (fault.city.as_deref(), fault.period.as_deref(), fault.node_or_item.as_deref());
    assert_eq!((codes(&faults), place), (vec!["bundle.result_differs"], (Some("c"), Some("2026"), Some("G"))));
    assert_eq!((fault.value.as_deref(), fault.expected.as_deref()), (Some("41"), Some("40")));
}

#[actix_web::test]
async fn contents_that_do_not_fit_each_other_are_told() {
    for (name, content, code) in [
        ("set.json", json!({"code": "small"}), "set.missing_key"),
        ("options.json", json!({"periods": ["2099"], "cohort": "all", "cities": null}), "period.absent"),
        ("options.json", json!([]), "bundle.content_invalid"),
        ("warnings.json", json!([{}]), "bundle.result_differs"),
        ("cities.json", json!(7), "bundle.content_invalid"),
        ("release.parquet", json!("PAR1"), "release.unreadable"),
        ("results/2026/score.parquet", json!("PAR1"), "bundle.content_invalid"),
    ] {
        let (_folder, file) = bundle().await;
        signed_anew(&file, |known, bytes| if known == name { content.to_string().into_bytes() } else { bytes });
        let bundle = Bundle::open(&file).expect("every digest fits");
        let faults = recomputed(bundle).await.expect_err("it makes no sense");
        assert!(codes(&faults).contains(&code), "{name}: {faults}");
    }
}

#[actix_web::test]
async fn whoever_may_not_see_every_city_gets_no_bundle() {
    let harness = Harness::observed().await;
    let (path, job) = asked(&harness).await;
    let path = format!("{path}/bundle");
    assert_eq!(harness.get(&path).await.problem().0, 409);
    harness.work(&job).await;
    for (role, cities, status) in [(Role::Viewer, &[][..], 200), (Role::Reporter, &["a"], 403), (Role::Evaluator, &["a"], 403)] {
        let token = harness.key(role, cities).await;
        assert_eq!(harness.send(harness.request_as(&token, Method::GET, &path)).await.status.as_u16(), status, "{role}");
    }
    let nobody = actix_web::test::TestRequest::with_uri("/signing-key");
    assert_eq!(harness.send(nobody).await.status.as_u16(), 200);
    let absent = "/api/v1/assessments/00000000-0000-7000-8000-ffffffffffff/bundle";
    assert_eq!(harness.get(absent).await.status.as_u16(), 404);
}
