//! A backup of a database on PostgreSQL: by its own `pg_dump`, read again by its own `pg_restore`.

use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use citygauge_indicators::Text;

use super::connection::variables;
use super::error::NoBackup;
use crate::backup::private;
use crate::store::Tables;

/// Of what a program says, no more is passed on, in characters.
const LONGEST: usize = 600;

/// Writes the schema with all of its tables to a new file, as of one moment, and reads all of it again.
pub(super) async fn dump(url: &str, tables: &Tables, file: &Path) -> Result<(), NoBackup> {
    let (url, tables, file) = (url.to_owned(), tables.clone(), file.to_owned());
    let working = tokio::task::spawn_blocking(move || {
        // For its owner only; pg_dump writes over what is there and leaves the mode alone.
        private(&file).map_err(|error| NoBackup::Folder(file.clone(), error))?;
        write(&url, &tables.schema, &file)?;
        check(&tables, &file)
    });
    working.await.map_err(|error| NoBackup::Folder(Path::new("").to_owned(), io::Error::other(error)))?
}

fn write(url: &str, schema: &str, file: &Path) -> Result<(), NoBackup> {
    let variables = variables(url).map_err(|error| NoBackup::Said("pg_dump", error.to_string()))?;
    let mut dump = Command::new("pg_dump");
    // In quotes a name is no pattern.
    let schema = format!("--schema=\"{}\"", schema.replace('"', "\"\""));
    dump.args(["--format=custom", "--no-password", "--lock-wait-timeout=60s", &schema, "--file"]).arg(file).envs(variables);
    run("pg_dump", dump).map(drop)
}

/// Reads the list and all of the content: a list alone is the beginning of the file.
fn check(tables: &Tables, file: &Path) -> Result<(), NoBackup> {
    let mut list = Command::new("pg_restore");
    list.arg("--list").arg(file);
    let listed = String::from_utf8_lossy(&run("pg_restore", list).map_err(damaged)?.stdout).into_owned();
    let schema = &tables.schema;
    let holds = |table: &&String| {
        [format!(" TABLE {schema} {table} "), format!(" TABLE DATA {schema} {table} ")].iter().all(|entry| listed.contains(entry))
    };
    let lacks: Vec<String> = tables.names.iter().filter(|table| !holds(table)).cloned().collect();
    if tables.names.is_empty() || !lacks.is_empty() {
        return Err(NoBackup::Lacks(lacks));
    }
    let mut whole = Command::new("pg_restore");
    whole.args(["--exit-on-error", "--file=/dev/null"]).arg(file);
    run("pg_restore", whole).map_err(damaged).map(drop)
}

/// What a program that reads a backup finds wrong with it.
fn damaged(found: NoBackup) -> NoBackup {
    match found {
        NoBackup::Said(_, said) => {
            NoBackup::Damaged(Text::both(format!("写出的备份已损坏：{said}"), format!("what was written is damaged: {said}")))
        }
        other => other,
    }
}

fn run(name: &'static str, mut program: Command) -> Result<Output, NoBackup> {
    let output = match program.stdin(Stdio::null()).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(NoBackup::Program(name)),
        Err(error) => return Err(NoBackup::Said(name, error.to_string())),
        Ok(output) => output,
    };
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    Err(NoBackup::Said(name, format!("{said} ({})", output.status)))
}
