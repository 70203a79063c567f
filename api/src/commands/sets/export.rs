//! `citygauge sets export`: the document of a set, as JSON or as a workbook, or the SQL that recomputes its scores.

use std::path::{Path, PathBuf};

use citygauge_assessment::sql::{self, Dialect, Relation};
use citygauge_indicators::{IndicatorSet, Language};
use clap::{Args, ValueEnum};

use super::{Named, pretty};
use crate::authoring;
use crate::commands::output::{say, write_file};
use crate::commands::{Failed, offline};
use crate::intake::Format;

#[derive(Debug, Args)]
pub(in crate::commands) struct Export {
    #[command(flatten)]
    named: Named,
    /// The form; that of the file's extension unless given, and JSON on stdout.
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Option<Form>,
    /// The engine that runs the SQL.
    #[arg(long, value_enum, value_name = "DIALECT")]
    dialect: Option<Engine>,
    /// What the SQL reads: a table or view, or a Parquet file such as a release; `release.parquet`, in PostgreSQL the
    /// table `observations`, unless given.
    #[arg(long, value_name = "RELATION")]
    from: Option<String>,
    /// The file to write; stdout unless given, or with `-`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The forms of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Json,
    Xlsx,
    Sql,
}

/// The engines that run the SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Duckdb,
    Spark,
    Postgres,
}

impl From<Engine> for Dialect {
    fn from(engine: Engine) -> Self {
        match engine {
            Engine::Duckdb => Self::DuckDb,
            Engine::Spark => Self::Spark,
            Engine::Postgres => Self::Postgres,
        }
    }
}

impl Export {
    /// A set that is exported has passed the check, so that it can be imported wherever it goes.
    pub(super) fn run(self, language: Language) -> Result<(), Failed> {
        let set = offline::set(&self.named.set)?;
        let file = self.out.filter(|file| file.as_os_str() != "-");
        match (self.form, self.dialect) {
            (Some(Form::Sql), Some(engine)) => return write_sql(&set, engine.into(), self.from.as_deref(), file.as_deref()),
            (Some(Form::Sql), None) => {
                return Err(Failed::Usage(language.pick(
                    "--as sql：请用 --dialect 给出 duckdb、spark 或 postgres".to_owned(),
                    "--as sql: name duckdb, spark or postgres with --dialect".to_owned(),
                )));
            }
            (_, None) if self.from.is_none() => {}
            _ => {
                return Err(Failed::Usage(language.pick(
                    "--dialect 与 --from 只用于 --as sql".to_owned(),
                    "--dialect and --from go with --as sql".to_owned(),
                )));
            }
        }
        let form = self.form.map_or_else(|| Ok(form_of(file.as_deref())), |form| agreed(form, file.as_deref(), language))?;
        write(&set, form, file.as_deref(), language)
    }
}

/// Writes the query that scores the set, or reports everything that SQL does not express.
fn write_sql(set: &IndicatorSet, dialect: Dialect, from: Option<&str>, file: Option<&Path>) -> Result<(), Failed> {
    let from = from.map_or_else(|| Ok(Relation::usual(dialect)), |text| Relation::read(text, dialect));
    let from = from.map_err(|fault| Failed::Input(fault.into()))?;
    let query = sql::query(set, dialect, &from).map_err(Failed::Input)?;
    match file {
        Some(file) => write_file(file, query.as_bytes()),
        None => say(query.trim_end()),
    }
}

/// Writes the document of a set into a file, a workbook where its extension says so, or as JSON to stdout.
pub(super) fn write_document(set: &IndicatorSet, out: Option<&Path>, language: Language) -> Result<(), Failed> {
    let file = out.filter(|file| file.as_os_str() != "-");
    write(set, form_of(file), file, language)
}

fn write(set: &IndicatorSet, form: Form, file: Option<&Path>, language: Language) -> Result<(), Failed> {
    match (form, file) {
        (Form::Json, Some(file)) => write_file(file, format!("{}\n", pretty(set.document())?).as_bytes()),
        (Form::Json, None) => say(pretty(set.document())?),
        (Form::Sql, _) => unreachable!("SQL has been written before"),
        (Form::Xlsx, Some(file)) => write_file(file, &authoring::workbook(set.document(), language).map_err(Failed::other)?),
        (Form::Xlsx, None) => Err(Failed::Usage(match language {
            Language::Zh => "--as xlsx：请用 --out 给出要写的文件".to_owned(),
            Language::En => "--as xlsx: name the file to write with --out".to_owned(),
        })),
    }
}

fn is_workbook(file: Option<&Path>) -> bool {
    file.and_then(|file| Format::from_file_name(&file.display().to_string())) == Some(Format::Xlsx)
}

fn form_of(file: Option<&Path>) -> Form {
    if is_workbook(file) { Form::Xlsx } else { Form::Json }
}

/// A form that contradicts the extension would make a file that no program opens.
fn agreed(form: Form, file: Option<&Path>, language: Language) -> Result<Form, Failed> {
    match file {
        Some(file) if (form == Form::Xlsx) != is_workbook(Some(file)) => {
            let file = file.display();
            Err(Failed::Usage(match language {
                Language::Zh => format!("--out {file}：扩展名与 --as 不符"),
                Language::En => format!("--out {file}: the extension contradicts --as"),
            }))
        }
        _ => Ok(form),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exported_in_either_form_is_the_set_that_was_read() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, form) in [("set.json", None), ("set.xlsx", None), ("b.xlsx", Some(Form::Xlsx))] {
            let out = folder.path().join(name);
            let named = Named { set: "gbt-33356-2016".into() };
            Export { named, form, dialect: None, from: None, out: Some(out.clone()) }.run(Language::Zh).expect("exported");
            let exported = offline::set(&out.display().to_string()).expect("it passes the check");
            assert_eq!(exported.digest(), offline::set("gbt-33356-2016").expect("in the catalog").digest());
        }
    }

    #[test]
    fn a_form_without_a_place_or_against_its_extension_is_wrong_usage() {
        for (form, out) in [(Form::Xlsx, None), (Form::Xlsx, Some("set.json")), (Form::Json, Some("set.xlsx"))] {
            let named = Named { set: "gbt-33356-2016".into() };
            let export = Export { named, form: Some(form), dialect: None, from: None, out: out.map(PathBuf::from) };
            assert!(matches!(export.run(Language::En), Err(Failed::Usage(_))));
        }
    }

    #[test]
    fn sql_is_written_for_an_engine_that_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let export = |set: &str, form, dialect, from: Option<&str>, out: &str| {
            let out = Some(folder.path().join(out));
            Export { named: Named { set: set.into() }, form, dialect, from: from.map(str::to_owned), out }.run(Language::Zh)
        };
        for (engine, start) in [(Engine::Duckdb, "read_parquet('r.parquet')"), (Engine::Spark, "parquet.`r.parquet`")] {
            export("gbt-33356-2016", Some(Form::Sql), Some(engine), Some("r.parquet"), "q.sql").expect("written");
            let query = std::fs::read_to_string(folder.path().join("q.sql")).expect("there");
            assert!(query.contains(start) && query.contains("AS undecided"), "{query}");
        }
        let wrong = [(Some(Form::Sql), None, None), (None, Some(Engine::Spark), None), (Some(Form::Json), None, Some("t"))];
        for (form, dialect, from) in wrong {
            assert!(matches!(export("gbt-33356-2016", form, dialect, from, "set.json"), Err(Failed::Usage(_))));
        }
        // What SQL does not express, and a relation that PostgreSQL does not read.
        for (set, from) in [("itu-y4904", None), ("gbt-33356-2016", Some("r.parquet"))] {
            let refused = export(set, Some(Form::Sql), Some(Engine::Postgres), from, "none.sql");
            assert!(matches!(refused, Err(Failed::Input(_))));
            assert!(!folder.path().join("none.sql").exists());
        }
    }
}
