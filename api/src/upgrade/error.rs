//! Why a database was not brought up to date, in the words of both languages.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::PathBuf;

use citygauge_indicators::{Language, Text};

use super::Taken;
use crate::backup::BackupError;
use crate::store::StoreError;

/// Why a database was not brought up to date. It is as it was.
#[derive(Debug)]
pub enum UpgradeError {
    /// The database does not answer, or is newer than this program.
    Store(StoreError),
    /// There is no backup, and so nothing was migrated.
    NoBackup {
        /// How many migrations are pending.
        pending: usize,
        /// Why there is none.
        why: Box<NoBackup>,
    },
    /// A migration failed, and all of them were undone.
    Undone {
        /// What the database said.
        error: StoreError,
        /// The backup of before.
        backup: Taken,
        /// Which of the two databases it is.
        on_postgres: bool,
    },
}

/// Why there is no backup.
#[derive(Debug)]
pub enum NoBackup {
    /// Its folder cannot be written.
    Folder(PathBuf, io::Error),
    /// The embedded database or its artifacts could not be copied.
    Copy(BackupError),
    /// A program of PostgreSQL is not there.
    Program(&'static str),
    /// A program of PostgreSQL did not do its work; what it said.
    Said(&'static str, String),
    /// What was written lacks these tables.
    Lacks(Vec<String>),
    /// What was written is damaged; what is wrong with it.
    Damaged(Text),
}

impl UpgradeError {
    /// What happened and how to go on.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Store(error) => both(error),
            Self::NoBackup { pending, why } => {
                let (text, goes_on) = (why.text(), why.goes_on());
                Text::both(
                    format!(
                        "有 {pending} 个待应用的迁移，须先备份数据库，而备份未能完成：{}。未作任何更改。{}",
                        text.get(Language::Zh),
                        goes_on.get(Language::Zh)
                    ),
                    format!(
                        "pending migrations: {pending}; a backup comes before them, and could not be made: {}. Nothing was changed. {}",
                        text.get(Language::En),
                        goes_on.get(Language::En)
                    ),
                )
            }
            Self::Undone { error, backup, on_postgres } => {
                let back = way_back(backup, *on_postgres);
                Text::both(
                    format!("迁移失败，已全部撤销：{error}。{}", back.get(Language::Zh)),
                    format!("a migration failed, and all were undone: {error}. {}", back.get(Language::En)),
                )
            }
        }
    }
}

impl NoBackup {
    fn text(&self) -> Text {
        match self {
            Self::Folder(path, error) => both(format!("{}: {error}", path.display())),
            Self::Copy(BackupError::Faulty(faults)) => {
                let lines = |language| faults.0.iter().map(|fault| fault.line(language)).collect::<Vec<_>>().join("; ");
                Text::both(lines(Language::Zh), lines(Language::En))
            }
            Self::Copy(error) => both(error),
            Self::Program(name) => Text::both(
                format!("PATH 中没有 {name}（PostgreSQL 客户端程序，版本不低于服务器）"),
                format!("{name} is not on the PATH (PostgreSQL's client programs, not older than the server)"),
            ),
            Self::Said(name, said) => Text::both(format!("{name} 失败：{said}"), format!("{name} failed: {said}")),
            Self::Lacks(tables) => {
                let tables = tables.join(", ");
                Text::both(format!("写出的备份缺少表 {tables}"), format!("what was written lacks the tables {tables}"))
            }
            Self::Damaged(text) => text.clone(),
        }
    }

    /// How to go on: a migration that fails on a copy would fail on the database as well.
    fn goes_on(&self) -> Text {
        match self {
            Self::Copy(BackupError::Ahead(_)) => {
                Text::both("请保留现有版本并报告此问题", "Stay with the version that you have, and report this")
            }
            _ => Text::both(
                "排除原因后重试；或者，若已用其他方法备份：citygauge migrate up --backup elsewhere，或设置 database.backup = \"elsewhere\"",
                "Mend that and try again; or, where a backup was made by other means, say so: citygauge migrate up --backup elsewhere, \
                 or database.backup = \"elsewhere\"",
            ),
        }
    }
}

/// The backup of before, and the commands that bring it back.
fn way_back(backup: &Taken, on_postgres: bool) -> Text {
    let Taken::Here(file) = backup else {
        return Text::both("所用备份为另行备份", "The backup of before was made elsewhere");
    };
    let file = file.display();
    let command = if on_postgres {
        format!("createdb NEW && pg_restore --exit-on-error --no-owner --dbname NEW {file}")
    } else {
        format!("citygauge restore {file} --data-dir NEW")
    };
    Text::both(
        format!("迁移前的备份：{file}。恢复（见 docs/operations.md）：{command}"),
        format!("The backup of before: {file}. To restore it (docs/operations.md): {command}"),
    )
}

/// Words of a driver or of the system, which have no other language.
fn both(said: impl Display) -> Text {
    Text::both(said.to_string(), said.to_string())
}

impl Display for UpgradeError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().get(Language::En))
    }
}

impl std::error::Error for UpgradeError {}

impl From<StoreError> for UpgradeError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
