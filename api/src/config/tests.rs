use std::fs;

use super::*;

fn refused(toml: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("citygauge.toml");
    fs::write(&file, toml).expect("the folder is ours");
    Config::read(Some(&file), &Flags::default()).expect_err(toml).to_string()
}

#[test]
fn the_defaults_are_in_order() {
    Config::default().check().expect("nothing but defaults");
}

#[test]
fn a_bad_value_names_its_key() {
    assert!(refused("[server]\nport = \"many\"").contains("server.port"));
    assert!(refused("[limits]\npage = 0").starts_with("limits.page"));
    assert!(refused("[database]\nurl = \"mysql://x\"").starts_with("database.url"));
}

#[test]
fn a_pool_is_larger_than_what_the_workers_may_hold() {
    let of = |connections, workers| refused(&format!("[database]\nmax_connections = {connections}\n[jobs]\nworkers = {workers}"));
    assert!(of(4, 2).starts_with("database.max_connections") && of(4, 2).contains("at least 5"));
    assert!(of(10, 5).contains("jobs.workers"));
}

#[test]
fn a_collector_is_a_base_address_of_http() {
    for wrong in ["collector:4318", "grpc://collector:4317", "http://collector:4318?a=b", "http://"] {
        assert!(refused(&format!("[traces]\nendpoint = \"{wrong}\"")).starts_with("traces.endpoint"), "{wrong}");
    }
    for wrong in ["-0.1", "1.1", "nan"] {
        assert!(refused(&format!("[traces]\nshare = {wrong}")).starts_with("traces.share"), "{wrong}");
    }
    let traces = Traces { endpoint: Some("https://collector.example/base/".to_owned()), ..Traces::default() };
    assert_eq!(traces.address().as_deref(), Some("https://collector.example/base/v1/traces"));
}

#[test]
fn an_unknown_key_is_refused() {
    assert!(refused("[server]\nprot = 1").contains("prot"));
    assert!(refused("[sever]\nport = 1").contains("sever"));
}

#[test]
fn open_is_for_the_loopback_only() {
    let open = |host: &str| {
        let server = ServerFlags { host: Some(host.into()), open: Some(true), ..ServerFlags::default() };
        Config::read(None, &Flags { server, ..Flags::default() })
    };
    assert!(open("127.0.0.1").is_ok() && open("::1").is_ok() && open("localhost").is_ok());
    assert!(open("0.0.0.0").expect_err("not a loopback address").to_string().starts_with("server.open"));
}

#[test]
fn a_pause_doubles_up_to_its_limit() {
    let jobs = Jobs { backoff_ms: 100, backoff_limit_ms: 350, ..Jobs::default() };
    let pauses: Vec<_> = [1, 2, 3, 200].map(|tries| jobs.backoff(tries).as_millis()).into();
    assert_eq!(pauses, [100, 200, 350, 350]);
}

#[test]
fn a_bucket_is_named_without_secrets_and_asked_without_tls_only_where_that_is_said() {
    let of = |members: &str| refused(&format!("[objects]\nurl = \"s3://bucket/x\"\n{members}"));
    assert!(of("endpoint = \"http://minio:9000\"").contains("objects.allow_http"));
    assert!(of("endpoint = \"https://minio:9000/bucket\"").starts_with("objects.endpoint"));
    assert!(of("endpoint = \"minio\"").starts_with("objects.endpoint"));
    let told = of("endpoint = \"https://me:hidden@minio\"");
    assert!(told.contains("password") && !told.contains("hidden"), "{told}");
    assert!(of("dir = \"x\"").starts_with("objects.dir"));
    for url in ["s3://", "https://bucket", "s3://Bucket", "s3://me:hidden@bucket", "s3://bucket?x=1", "bucket"] {
        let told = refused(&format!("[objects]\nurl = \"{url}\""));
        assert!(told.starts_with("objects.url") && !told.contains("hidden"), "{told}");
    }
    assert!(refused("[objects]\nregion = \"x\"").starts_with("objects.region"));
    let objects = Objects { url: Some("s3://b-1/a/b/".into()), endpoint: Some("https://host:9000".into()), ..Objects::default() };
    assert_eq!(objects.bucket(), Ok(("b-1".to_owned(), "a/b".to_owned())));
    assert_eq!(objects.endpoint_of("b-1").as_deref(), Some("https://host:9000"));
    let hosted = Objects { path_style: Some(false), ..objects };
    assert_eq!(hosted.endpoint_of("b-1").as_deref(), Some("https://b-1.host:9000"));
}

/// The settings in the files of `deploy`, as the service would read them from its environment.
#[test]
fn what_the_files_of_a_deployment_set_is_known_and_makes_sense() {
    for (file, least) in [("compose.yaml", 8), ("Dockerfile", 3), ("citygauge.service", 3)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut figment = Figment::from(Serialized::defaults(Config::default()));
        let mut found = 0;
        for place in text.match_indices("CITYGAUGE_").map(|(place, _)| place) {
            let rest = &text[place + "CITYGAUGE_".len()..];
            let (name, value) = rest.split_once([':', '=', ' ', '\n']).expect("a name and a value");
            let key = name.to_lowercase();
            if NOT_SETTINGS.contains(&key.as_str()) {
                continue;
            }
            let value = value.lines().next().unwrap_or_default().split(" \\").next().unwrap_or_default().trim().trim_matches('"');
            let value: figment::value::Value = value.parse().expect("the parser of the environment refuses nothing");
            figment = figment.merge((key.replacen('_', ".", 1), value));
            found += 1;
        }
        let config: Config = figment.extract().unwrap_or_else(|error| panic!("{file}: {error}"));
        config.check().unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(found >= least, "{file}: {found} settings");
    }
}
