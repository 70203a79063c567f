//! What is kept of a released version.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use citygauge_api::store::{ConnectionTrait, Store, StoreOptions};
use citygauge_tests::{Place, workspace};
use serde::Deserialize;
use serde_json::Value;
use zip::ZipArchive;

/// The schema whose name stands in a dump.
const SCHEMA: &str = "citygauge_fixture_schema";

/// The database that a version was used on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// The members of a fixture, and what the version answered.
pub struct Fixture {
    pub kind: Kind,
    members: BTreeMap<String, Vec<u8>>,
    said: Said,
}

#[derive(Deserialize)]
struct Said {
    key: String,
    answers: BTreeMap<String, Value>,
}

/// The versions that the changelog says were released.
pub fn released() -> Vec<String> {
    let changelog = fs::read_to_string(workspace().join("CHANGELOG.md")).expect("the changelog");
    let versions = changelog.lines().filter_map(|line| line.strip_prefix("## [")?.split_once("] - ").map(|it| it.0.to_owned()));
    versions.collect()
}

/// The file of a version's fixture.
pub fn file(version: &str, kind: Kind) -> PathBuf {
    let name = match kind {
        Kind::Sqlite => "sqlite.zip",
        Kind::Postgres => "postgres.zip",
    };
    workspace().join("tests/fixtures").join(version).join(name)
}

impl Fixture {
    /// Reads the fixture of a version.
    pub fn open(version: &str, kind: Kind) -> Self {
        let archive = fs::File::open(file(version, kind)).unwrap_or_else(|error| panic!("the fixture of {version}: {error}"));
        let mut archive = ZipArchive::new(archive).expect("a ZIP file");
        let mut members = BTreeMap::new();
        for number in 0..archive.len() {
            let mut member = archive.by_index(number).expect("a member");
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).expect("it can be read");
            members.insert(member.name().expect("a name").into_owned(), bytes);
        }
        let said = serde_json::from_slice(&members["answers.json"]).expect("what was answered");
        Self { kind, members, said }
    }

    /// The bytes of a member.
    pub fn member(&self, name: &str) -> &[u8] {
        &self.members[name]
    }

    /// Writes the members below a folder into another one.
    pub fn unpack(&self, below: &str, folder: &Path) {
        for (name, bytes) in self.members.iter().filter_map(|(name, bytes)| Some((name.strip_prefix(below)?, bytes))) {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a temporary folder");
            fs::write(path, bytes).expect("a temporary folder");
        }
    }

    /// The key of a viewer.
    pub fn key(&self) -> &str {
        &self.said.key
    }

    /// What was answered, by the path that was asked.
    pub fn answers(&self) -> &BTreeMap<String, Value> {
        &self.said.answers
    }
}

/// Runs the dump of a fixture in the schema of a place.
pub async fn load(place: &Place, fixture: &Fixture) {
    let (url, schema) = place.postgres().expect("a place on PostgreSQL");
    let dump = String::from_utf8(fixture.member("database.sql").to_vec()).expect("SQL is text");
    let dump = dump.replace(&format!("CREATE SCHEMA {SCHEMA};"), "").replace(SCHEMA, schema);
    let store = Store::connect(url, StoreOptions { max_connections: 1, ..StoreOptions::default() }).await;
    let store = store.expect("PostgreSQL answers");
    store.db().execute_unprepared(&dump).await.expect("a dump can be run");
    store.close().await.expect("the connection closes");
}
