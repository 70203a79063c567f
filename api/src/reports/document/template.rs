//! A template filled in: Jinja placeholders in Markdown, and every value comes out as text.
//!
//! What a template may call beside what Jinja has:
//!
//! | | |
//! | --- | --- |
//! | `figure(name, caption)` | the drawing of this name with its caption; a paragraph of its own |
//! | `has_figure(name)` | whether there is a drawing of this name |
//! | `contents()` | the table of contents; a paragraph of its own |
//! | `value \| bold`, `value \| code` | the value in bold; in letters of one width |
//! | `address \| link`, `link(text, address)` | a link to a web address |
//!
//! A paragraph that starts with `Table:` or `表：` right above a table is its caption. A table whose header is empty lists
//! properties: the first cell of each row names it. A quotation is a remark that is set apart, and a rule (`---`) starts a new page.
//!
//! A template cannot run without end or grow without limit: its length, its steps and its output are bounded.

use std::io;
use std::sync::Arc;

use citygauge_indicators::Text;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use serde::Serialize;

use super::escape;
use super::figures::Figures;

/// The longest template, in bytes.
pub const MAX_TEMPLATE: usize = 256 << 10;

/// The most that a template may come to, in bytes of Markdown.
pub const MAX_OUTPUT: usize = 16 << 20;

/// How many steps a template may take.
pub const MAX_STEPS: u64 = 5_000_000;

/// What stands where a value is absent.
pub const ABSENT: &str = "—";

/// What is said of a name that the report does not have.
const NO_SUCH_NAME: (&str, &str) = ("报告中没有该名称的内容", "The report has nothing of this name");

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    /// The line, from 1; absent where it concerns the whole.
    pub line: Option<usize>,
    /// What is wrong and what would help.
    pub message: Text,
}

impl TemplateFault {
    pub(super) fn new(line: Option<usize>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { line, message: Text::both(zh, en) }
    }
}

/// Fills in a template.
pub(super) fn fill(template: &str, context: &impl Serialize, figures: &Figures) -> Result<String, Vec<TemplateFault>> {
    if template.len() > MAX_TEMPLATE {
        return Err(vec![TemplateFault::new(
            None,
            format!("模板有 {} 字节，最多允许 {MAX_TEMPLATE} 字节", template.len()),
            format!("The template has {} bytes; at most {MAX_TEMPLATE} are taken", template.len()),
        )]);
    }
    let environment = environment(figures);
    let parsed = environment.template_from_named_str("report.md", template).map_err(|error| vec![fault(&error, template)])?;
    let mut bounded = Bounded { written: Vec::new(), full: false };
    let context = Value::from(Serde(context));
    let filled = parsed.render_captured_to(context.clone(), &mut bounded).map(|_| ());
    if bounded.full {
        return Err(vec![TemplateFault::new(
            None,
            format!("模板生成的内容超过 {MAX_OUTPUT} 字节；请检查循环"),
            format!("The template comes to more than {MAX_OUTPUT} bytes; look at its loops"),
        )]);
    }
    filled.map_err(|error| {
        let mut faults = vec![fault(&error, template)];
        if error.kind() == ErrorKind::UndefinedError {
            // What else is named in vain, so that it is mended at once.
            let unknown = parsed.undeclared_variables(false).into_iter().filter(|name| {
                !environment.globals().any(|(known, _)| known == name)
                    && context.get_attr(name).is_ok_and(|value| value.is_undefined())
            });
            faults.extend(unknown.filter_map(|name| unknown_name(&name, template)));
            faults.sort_by_key(|fault| fault.line);
            faults.dedup_by_key(|fault| fault.line);
        }
        faults
    })?;
    Ok(String::from_utf8(bounded.written).expect("a template writes whole strings"))
}

fn environment(figures: &Figures) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.set_formatter(write_value);
    environment.set_fuel(Some(MAX_STEPS));
    environment.set_recursion_limit(100);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the usual delimiters do not clash"));

    let names: Arc<[String]> = figures.keys().cloned().collect();
    let known = Arc::clone(&names);
    environment.add_function("has_figure", move |name: &str| names.iter().any(|known| known == name));
    environment.add_function("figure", move |name: &str, caption: Value| {
        if known.iter().any(|figure| figure == name) {
            Ok(Value::from_safe_string(format!("![{}](figure:{name})", inline(&caption)?)))
        } else {
            let names = known.join(", ");
            Err(Error::new(ErrorKind::InvalidOperation, format!("no figure is called {name}; there are: {names}")))
        }
    });
    environment.add_function("contents", || Value::from_safe_string("![](contents:)".to_owned()));
    environment.add_function("link", |text: Value, address: &str| link(&inline(&text)?, address));
    environment.add_filter("link", |address: &str| link(&escape::markdown(address), address));
    environment.add_filter("bold", |value: Value| inline(&value).map(|text| Value::from_safe_string(format!("[{text}](bold:)"))));
    environment.add_filter("code", |value: Value| inline(&value).map(|text| Value::from_safe_string(format!("[{text}](code:)"))));
    // These would let a value pass as markup, or mean the markup of another language.
    for filter in ["safe", "escape", "e", "tojson", "urlencode"] {
        environment.remove_filter(filter);
    }
    environment
}

/// Writes a value as text; markup comes only from the functions and filters above.
fn write_value(output: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    output.write_str(&inline(value)?).map_err(Error::from)
}

/// A value within a line: text escaped, markup of our own as it is.
fn inline(value: &Value) -> Result<String, Error> {
    match value.kind() {
        ValueKind::Undefined => Err(ErrorKind::UndefinedError.into()),
        ValueKind::None => Ok(ABSENT.to_owned()),
        ValueKind::String if value.is_safe() => Ok(value.to_string()),
        ValueKind::String | ValueKind::Number | ValueKind::Bool => Ok(escape::markdown(&value.to_string())),
        kind => Err(Error::new(ErrorKind::NonPrimitive, format!("a {kind} is not text; name one of its members"))),
    }
}

/// A link; what is no web address stays text.
fn link(text: &str, address: &str) -> Result<Value, Error> {
    Ok(Value::from_safe_string(match web_address(address) {
        Some(address) => format!("[{text}](<{}>)", escape::markdown(address)),
        None => text.to_owned(),
    }))
}

/// The address, where a reader may be led to it.
pub(super) fn web_address(address: &str) -> Option<&str> {
    let web = address.starts_with("https://") || address.starts_with("http://");
    let plain = !address.chars().any(|character| character.is_whitespace() || character.is_control());
    (web && plain).then_some(address)
}

/// A name that the report does not have, with the first line that asks for it.
fn unknown_name(name: &str, template: &str) -> Option<TemplateFault> {
    let asks = |line: &str| {
        line.contains('{') && line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == name)
    };
    let (place, line) = template.lines().enumerate().find(|(_, line)| asks(line))?;
    let quoted: String = line.trim().chars().take(80).collect();
    let (zh, en) = NO_SUCH_NAME;
    Some(TemplateFault::new(Some(place + 1), format!("{zh}：{quoted}"), format!("{en}: {quoted}")))
}

/// An error of the template engine in our words, with the line it is about.
fn fault(error: &Error, template: &str) -> TemplateFault {
    let line = error.line();
    let quoted =
        line.and_then(|line| template.lines().nth(line - 1)).map(|text| text.trim().chars().take(80).collect::<String>());
    let detail = error.detail().unwrap_or_default();
    let (zh, en) = match error.kind() {
        ErrorKind::UndefinedError => (NO_SUCH_NAME.0.to_owned(), NO_SUCH_NAME.1.to_owned()),
        ErrorKind::OutOfFuel => (
            format!("模板执行超过 {MAX_STEPS} 步；请检查循环"),
            format!("The template takes more than {MAX_STEPS} steps; look at its loops"),
        ),
        ErrorKind::SyntaxError => (format!("模板语法错误：{detail}"), format!("The template is not well formed: {detail}")),
        ErrorKind::UnknownFunction => (format!("没有该函数：{detail}"), format!("There is no such function: {detail}")),
        ErrorKind::UnknownFilter => (format!("没有该过滤器：{detail}"), format!("There is no such filter: {detail}")),
        ErrorKind::UnknownTest => (format!("没有该判断：{detail}"), format!("There is no such test: {detail}")),
        kind => (format!("模板无法执行（{kind}）：{detail}"), format!("The template cannot be carried out ({kind}): {detail}")),
    };
    match quoted.filter(|quoted| !quoted.is_empty()) {
        Some(quoted) => TemplateFault::new(line, format!("{zh}：{quoted}"), format!("{en}: {quoted}")),
        None => TemplateFault::new(line, zh, en),
    }
}

/// Takes what a template writes, up to the limit.
struct Bounded {
    written: Vec<u8>,
    full: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.written.len() + bytes.len() > MAX_OUTPUT {
            self.full = true;
            return Err(io::Error::other("the report is too long"));
        }
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
