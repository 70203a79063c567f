//! What SECURITY.md says is proven has a test of that name.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_test_that_security_md_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("SECURITY.md")).expect("the page");
    let mut sources = String::new();
    for folder in ["api/src", "assessment", "indicators/src", "tests"] {
        read(&root.join(folder), &mut sources);
    }
    let mut checked = 0;
    for named in page.split('`').skip(1).step_by(2) {
        let is_there = match named.strip_prefix("--test ") {
            Some(test) => ["tests", "assessment/tests"].iter().any(|folder| is_test(&root.join(folder), test)),
            // Sentences that are names of tests; other words are settings, headers and modules.
            None if named.matches('_').count() > 3 => sources.contains(&format!("fn {named}(")),
            None => continue,
        };
        assert!(is_there, "SECURITY.md names {named}, and there is no such test");
        checked += 1;
    }
    assert!(checked > 10, "{checked}");
}

fn is_test(folder: &Path, name: &str) -> bool {
    let folder = if folder.join("tests").is_dir() { folder.join("tests") } else { folder.to_owned() };
    folder.join(format!("{name}.rs")).is_file() || folder.join(name).join("main.rs").is_file()
}

fn read(folder: &Path, text: &mut String) {
    let entries: Vec<PathBuf> = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    for path in entries {
        if path.is_dir() {
            read(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(&path).expect("a source"));
        }
    }
}
