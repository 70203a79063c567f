//! What differs between the engines: names, literals, and how one row becomes many.
//!
//! Everything that comes from a set or a caller passes through [`Dialect::name`] or [`Dialect::text`]; nothing of it can
//! end a literal, a name or a comment.

use citygauge_indicators::Fault;

/// An engine that runs the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// DuckDB 1.0 or later.
    DuckDb,
    /// Apache Spark SQL 3.4 or later.
    Spark,
    /// PostgreSQL 12 or later.
    Postgres,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::DuckDb, Self::Spark, Self::Postgres];

    /// The word by which it is asked for.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::DuckDb => "duckdb",
            Self::Spark => "spark",
            Self::Postgres => "postgres",
        }
    }

    /// What it is called.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::DuckDb => "DuckDB",
            Self::Spark => "Spark SQL",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// A name in quotation marks.
    pub(crate) fn name(self, name: &str) -> String {
        match self {
            Self::Spark => format!("`{}`", name.replace('`', "``")),
            Self::DuckDb | Self::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A text literal. Spark reads escapes in it, and replaces `${...}` wherever it stands.
    pub(crate) fn text(self, text: &str) -> String {
        match self {
            Self::Spark => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('$', "\\u0024")),
            Self::DuckDb | Self::Postgres => format!("'{}'", text.replace('\'', "''")),
        }
    }

    /// A double literal that reads back to the same double.
    pub(crate) fn number(self, number: f64) -> String {
        let digits = format!("{number:?}");
        let digits = digits.strip_suffix(".0").unwrap_or(&digits);
        let literal = match self {
            Self::DuckDb if digits.contains('e') => digits.to_owned(),
            Self::DuckDb => format!("{digits}e0"),
            Self::Spark => format!("{digits}D"),
            Self::Postgres => format!("{digits}::float8"),
        };
        if number < 0.0 { format!("({literal})") } else { literal }
    }

    /// The type of doubles.
    pub(crate) fn double(self) -> &'static str {
        match self {
            Self::DuckDb | Self::Spark => "DOUBLE",
            Self::Postgres => "DOUBLE PRECISION",
        }
    }

    /// A missing double.
    pub(crate) fn missing(self) -> String {
        format!("CAST(NULL AS {})", self.double())
    }

    /// The type of texts.
    pub(crate) fn string(self) -> &'static str {
        match self {
            Self::Spark => "STRING",
            Self::DuckDb | Self::Postgres => "VARCHAR",
        }
    }

    /// A query that makes several rows of every row of `source`: the columns `kept`, and for each of `rows` the
    /// columns `named`.
    pub(crate) fn unpivot(self, source: &str, kept: &str, named: &[String], rows: &[Vec<String>]) -> String {
        match self {
            Self::DuckDb => {
                let fields = |row: &Vec<String>| {
                    let fields: Vec<String> = named.iter().zip(row).map(|(name, value)| format!("{name}: {value}")).collect();
                    format!("    {{{}}}", fields.join(", "))
                };
                let rows: Vec<String> = rows.iter().map(fields).collect();
                format!("  SELECT {kept}, UNNEST([\n{}\n  ], recursive := TRUE) FROM {source}", rows.join(",\n"))
            }
            Self::Spark => {
                let rows: Vec<String> = rows.iter().map(|row| format!("    {}", row.join(", "))).collect();
                format!(
                    "  SELECT {kept}, cell.* FROM {source} LATERAL VIEW STACK({},\n{}\n  ) cell AS {}",
                    rows.len(),
                    rows.join(",\n"),
                    named.join(", ")
                )
            }
            Self::Postgres => {
                let rows: Vec<String> = rows.iter().map(|row| format!("    ({})", row.join(", "))).collect();
                format!(
                    "  SELECT {kept}, cell.* FROM {source} CROSS JOIN LATERAL (VALUES\n{}\n  ) AS cell ({})",
                    rows.join(",\n"),
                    named.join(", ")
                )
            }
        }
    }
}

/// The longest relation that is read, in characters.
const LONGEST_RELATION: usize = 1_000;

/// Where the observations are read: a table or view, or a Parquet file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// A table or view, by the parts of its name.
    Table(Vec<String>),
    /// Parquet files: a path or address, with `*` where there are several.
    Parquet(String),
}

impl Relation {
    /// What is read unless a caller says otherwise: the file as a release is downloaded, or a table of its rows.
    #[must_use]
    pub fn usual(dialect: Dialect) -> Self {
        match dialect {
            Dialect::DuckDb | Dialect::Spark => Self::Parquet("release.parquet".to_owned()),
            Dialect::Postgres => Self::Table(vec!["observations".to_owned()]),
        }
    }

    /// A path or address of Parquet files, which has a `/` or ends in `.parquet`, or else the name of a table, its parts
    /// divided by dots.
    ///
    /// # Errors
    /// A text that is empty, too long or has control characters, an empty part of a name, and Parquet under PostgreSQL.
    pub fn read(text: &str, dialect: Dialect) -> Result<Self, Fault> {
        let refused = |zh: &str, en: &str| {
            Fault::error("sql.relation", zh, en).value(text).expected("schema.table | folder/release.parquet").hint(
                "请给出表名（各部分以点分隔）或 Parquet 文件的路径",
                "give the name of a table, its parts divided by dots, or the path of a Parquet file",
            )
        };
        if text.chars().any(char::is_control) || text.chars().count() > LONGEST_RELATION {
            return Err(refused("数据来源过长或含有控制字符", "the relation is too long or has control characters"));
        }
        if dialect == Dialect::Spark && text.contains("${") {
            return Err(refused("Spark 会替换数据来源中的 ${...}", "Spark would replace ${...} in the relation"));
        }
        if text.contains('/') || text.ends_with(".parquet") {
            return if dialect == Dialect::Postgres {
                Err(refused("PostgreSQL 不能直接读取 Parquet 文件", "PostgreSQL does not read Parquet files"))
            } else {
                Ok(Self::Parquet(text.to_owned()))
            };
        }
        let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
        if parts.iter().any(|part| part.trim().is_empty()) {
            return Err(refused("表名的某一部分为空", "a part of the table's name is empty"));
        }
        Ok(Self::Table(parts))
    }

    /// As it stands after FROM.
    pub(crate) fn sql(&self, dialect: Dialect) -> String {
        match (self, dialect) {
            (Self::Table(parts), _) => parts.iter().map(|part| dialect.name(part)).collect::<Vec<_>>().join("."),
            (Self::Parquet(path), Dialect::Spark) => format!("parquet.{}", dialect.name(path)),
            (Self::Parquet(path), _) => format!("read_parquet({})", dialect.text(path)),
        }
    }
}

/// The longest line of a comment, in characters.
const LONGEST_COMMENT: usize = 300;

/// A text on one line of a comment.
pub(crate) fn comment(text: &str) -> String {
    let plain = |c: char| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
    // Spark replaces ${...} in comments too.
    text.chars().take(LONGEST_COMMENT).map(plain).collect::<String>().replace("${", "$ {")
}
