//! `citygauge sets export`: the document of a set, as JSON or as a workbook.

use std::path::{Path, PathBuf};

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
    /// The file to write; stdout unless given, or with `-`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The forms of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Json,
    Xlsx,
}

impl Export {
    /// A set that is exported has passed the check, so that it can be imported wherever it goes.
    pub(super) fn run(self, language: Language) -> Result<(), Failed> {
        let set = offline::set(&self.named.set)?;
        let file = self.out.filter(|file| file.as_os_str() != "-");
        let form = self.form.map_or_else(|| Ok(form_of(file.as_deref())), |form| agreed(form, file.as_deref(), language))?;
        write(&set, form, file.as_deref(), language)
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
            Export { named, form, out: Some(out.clone()) }.run(Language::Zh).expect("exported");
            let exported = offline::set(&out.display().to_string()).expect("it passes the check");
            assert_eq!(exported.digest(), offline::set("gbt-33356-2016").expect("in the catalog").digest());
        }
    }

    #[test]
    fn a_form_without_a_place_or_against_its_extension_is_wrong_usage() {
        for (form, out) in [(Form::Xlsx, None), (Form::Xlsx, Some("set.json")), (Form::Json, Some("set.xlsx"))] {
            let named = Named { set: "gbt-33356-2016".into() };
            let export = Export { named, form: Some(form), out: out.map(PathBuf::from) };
            assert!(matches!(export.run(Language::En), Err(Failed::Usage(_))));
        }
    }
}
