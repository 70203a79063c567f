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
