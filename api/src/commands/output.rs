//! Where the results of a command go: stdout, or files that appear whole or not at all.

use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use citygauge_assessment::ENGINE_VERSION;
use citygauge_indicators::{IndicatorSet, Language};
use tempfile::NamedTempFile;

use super::Failed;
use crate::export::{About, Format, Options, Table, write};

/// A place for a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// stdout, as CSV.
    Stdout,
    /// A file, in the format of its extension.
    File(PathBuf, Format),
}

impl Target {
    /// The target that a flag names: nothing and `-` are stdout. `formats` are those that the command writes.
    pub fn new(flag: &str, value: Option<&Path>, formats: &[Format], language: Language) -> Result<Self, Failed> {
        let Some(file) = value.filter(|file| *file != Path::new("-")) else { return Ok(Self::Stdout) };
        match Format::from_file_name(&file.display().to_string()).filter(|format| formats.contains(format)) {
            Some(format) => Ok(Self::File(file.to_owned(), format)),
            None => {
                let known: Vec<&str> = formats.iter().map(|format| format.extension()).collect();
                let (file, known) = (file.display(), known.join(", "));
                Err(Failed::Usage(match language {
                    Language::Zh => format!("{flag} {file}：扩展名应为 {known} 之一"),
                    Language::En => format!("{flag} {file}: the extension must be one of {known}"),
                }))
            }
        }
    }

    /// The format in which it is written.
    pub fn format(&self) -> Format {
        match self {
            Self::Stdout => Format::Csv,
            Self::File(_, format) => *format,
        }
    }

    /// Writes a table, with what its numbers rest on where the format has room for it.
    pub fn write(&self, table: Table<'_>, about: Option<&About>) -> Result<Written, Failed> {
        self.write_all(&[table], about)
    }

    /// Writes tables, of which the format must hold as many.
    pub fn write_all(&self, tables: &[Table<'_>], about: Option<&About>) -> Result<Written, Failed> {
        let (file, format) = match self {
            Self::Stdout => {
                let written = write(tables, Format::Csv, &Options::default(), BufWriter::new(io::stdout().lock()));
                return written.map(|()| Written(None)).or_else(|error| unless_closed(error).map(|()| Written(None)));
            }
            Self::File(file, format) => (file, *format),
        };
        let options = Options { about, ..Options::default() };
        let failed = |error: &dyn Error| Failed::Other(format!("{}: {}", file.display(), chain(error)));
        let temporary = beside(file).map_err(|error| failed(&error))?;
        write(tables, format, &options, BufWriter::new(temporary.as_file())).map_err(|error| failed(&error))?;
        Ok(Written(Some((temporary, file.clone()))))
    }
}

/// A file that is complete and waits, beside its place, for the others of its command.
#[must_use]
pub struct Written(Option<(NamedTempFile, PathBuf)>);

impl Written {
    /// Puts the file in its place.
    pub fn keep(self) -> Result<(), Failed> {
        let Some((temporary, file)) = self.0 else { return Ok(()) };
        temporary.persist(&file).map(drop).map_err(|error| Failed::Other(format!("{}: {}", file.display(), error.error)))
    }
}

/// Writes bytes as a file that appears whole or not at all.
pub fn write_file(file: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let failed = |error: io::Error| Failed::Other(format!("{}: {error}", file.display()));
    let mut temporary = beside(file).map_err(failed)?;
    temporary.write_all(bytes).map_err(failed)?;
    Written(Some((temporary, file.to_owned()))).keep()
}

/// A file that is written piece by piece and appears whole or not at all.
pub struct Growing {
    temporary: NamedTempFile,
    file: PathBuf,
}

impl Growing {
    /// Begins it beside its place.
    pub fn beside(file: &Path) -> Result<Self, Failed> {
        let temporary = beside(file).map_err(|error| Failed::Other(format!("{}: {error}", file.display())))?;
        Ok(Self { temporary, file: file.to_owned() })
    }

    /// Adds a piece.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Failed> {
        self.temporary.write_all(piece).map_err(|error| Failed::Other(format!("{}: {error}", self.file.display())))
    }

    /// Puts it in its place.
    pub fn keep(self) -> Result<(), Failed> {
        Written(Some((self.temporary, self.file))).keep()
    }
}

/// Prints to stdout; whoever has closed it has read enough.
pub fn say(text: impl std::fmt::Display) -> Result<(), Failed> {
    say_to(io::stdout().lock(), text)
}

fn say_to(mut stdout: impl Write, text: impl std::fmt::Display) -> Result<(), Failed> {
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failed::Other(format!("stdout: {error}"))),
        _ => Ok(()),
    }
}

/// Prints to stderr; where that fails there is nowhere left to say so.
pub fn tell(text: impl std::fmt::Display) {
    let _unheard = writeln!(io::stderr().lock(), "{text}");
}

/// What a reader must know of the set, as one line on stderr: formats for programs have no room for it.
pub fn note(set: &IndicatorSet, language: Language) {
    tell(note_line(set, language));
}

fn note_line(set: &IndicatorSet, language: Language) -> String {
    let document = set.document();
    let (word, colon) = match language {
        Language::Zh => ("说明", "："),
        Language::En => ("note", ": "),
    };
    let title = document.title.get(language);
    let mut line = format!("{word}[set] {}@{}{colon}{title}", document.code, document.version);
    if let Some(note) = document.basis.as_ref().and_then(|basis| basis.note.as_ref()) {
        line.push_str(if language == Language::Zh { "。" } else { ". " });
        line.push_str(note.get(language));
    }
    line
}

/// What the numbers that a command computes rest on.
pub fn about(set: &IndicatorSet, language: Language) -> About {
    About::new(set, ENGINE_VERSION, language)
}

/// An error with its causes.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

fn unless_closed(error: crate::export::ExportError) -> Result<(), Failed> {
    match &error {
        crate::export::ExportError::Io(io) if io.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Err(Failed::Other(format!("stdout: {}", chain(other)))),
    }
}

/// An empty file in the folder of `file`, with the permissions that any new file has.
fn beside(file: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".citygauge-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::Column;

    #[test]
    fn nothing_and_a_dash_are_stdout_and_an_unknown_extension_is_wrong_usage() {
        let target = |value: Option<&str>| Target::new("--out", value.map(Path::new), &[Format::Csv], Language::En);
        assert!(matches!(target(None), Ok(Target::Stdout)));
        assert!(matches!(target(Some("-")), Ok(Target::Stdout)));
        assert!(matches!(target(Some("x.csv")), Ok(Target::File(_, Format::Csv))));
        assert!(matches!(target(Some("x.xlsx")), Err(Failed::Usage(_))));
    }

    #[test]
    fn a_file_that_is_not_kept_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = Target::File(folder.path().join("x.csv"), Format::Csv);
        let table = || Table::new("x", vec![Column::text("a")], vec![vec!["b".into()]]);
        drop(target.write(table(), None).expect("written"));
        assert_eq!(std::fs::read_dir(folder.path()).expect("ours").count(), 0);
        target.write(table(), None).expect("written").keep().expect("kept");
        assert_eq!(std::fs::read_to_string(folder.path().join("x.csv")).expect("there"), "a\nb\n");
    }

    #[test]
    fn a_reader_that_is_gone_is_no_failure_and_a_full_disk_is_one() {
        struct Failing(io::ErrorKind);
        impl Write for Failing {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(self.0.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert!(say_to(Failing(io::ErrorKind::BrokenPipe), "x").is_ok());
        let full = say_to(Failing(io::ErrorKind::StorageFull), "x");
        assert!(matches!(full, Err(Failed::Other(message)) if message.starts_with("stdout: ")));
    }

    #[test]
    fn the_note_says_that_a_reconstruction_is_one() {
        let set = super::super::offline::set("gbt-33356-2016").expect("in the catalog");
        assert!(note_line(&set, Language::En).contains("reconstruction"));
        assert!(note_line(&set, Language::Zh).contains("重构"));
    }
}
