//! What is wrong with a source, before it is stored or asked.

use std::collections::BTreeMap;

use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{Address, Line};
use url::Url;

use super::sdmx::Flow;
use super::{Outbound, SourceKind};

/// The most columns that a CKAN filter names, and the most values of each.
const FILTERS: (usize, usize) = (20, 100);
/// The longest name or value in a CKAN filter, in characters.
const LONGEST_FILTER: usize = 200;

impl Outbound {
    /// Everything that is wrong with a source; each fault points into the source as JSON.
    #[must_use]
    pub fn check(&self, kind: &SourceKind) -> Faults {
        let mut faults = Faults::default();
        match self.guard().read(kind.url().as_str()) {
            Ok(url) if !matches!(kind, SourceKind::Url { .. }) => faults.0.extend(root_fault(&url)),
            Ok(_) => {}
            Err(wrong) => faults.0.extend(wrong.0.into_iter().map(|fault| fault.at("/url"))),
        }
        match kind {
            SourceKind::Url { .. } => {}
            SourceKind::Ckan { resource, filters, .. } => {
                faults.0.extend(resource_fault(resource));
                check_filters(filters, &mut faults);
            }
            SourceKind::Sdmx { version, flow, key, start_period, end_period, .. } => {
                let flow =
                    Flow { version: *version, flow, key: key.as_ref(), start: start_period.as_ref(), end: end_period.as_ref() };
                faults.0.extend(flow.check().0);
            }
            SourceKind::NgsiLd { tenant, context, .. } => {
                faults.0.extend(tenant.as_ref().and_then(tenant_fault));
                faults.0.extend(context.as_ref().and_then(context_fault));
            }
        }
        faults
    }

    /// What is wrong with naming a secret for a source; absent where it is known and meant for the source's host.
    #[must_use]
    pub fn check_secret(&self, kind: &SourceKind, name: &str) -> Option<Fault> {
        let hint = ("请核对配置 sources.secrets", "compare the configuration, sources.secrets");
        let Some(secret) = self.secret(name) else {
            return Some(
                Fault::error("source.secret", "配置中没有这个凭证", "the configuration has no such secret")
                    .value(name)
                    .hint(hint.0, hint.1),
            );
        };
        let url = Url::parse(kind.url().as_str()).ok()?;
        (!secret.is_for(&url)).then(|| {
            Fault::error("source.secret_host", "该凭证不发送给这个主机", "this secret is not sent to this host")
                .value(name)
                .hint(hint.0, hint.1)
        })
    }
}

/// The address of a service is no request by itself.
fn root_fault(url: &Url) -> Option<Fault> {
    url.query().is_some().then(|| {
        Fault::error("source.root", "服务地址不能带参数", "the address of a service has no parameters")
            .at("/url")
            .value(url.as_str())
            .hint("请去掉 ? 及其后的内容", "leave out the ? and what follows it")
    })
}

fn resource_fault(resource: &Line) -> Option<Fault> {
    let is_sound = resource.as_str().chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    (!is_sound).then(|| {
        Fault::error("source.ckan_resource", "资源标识不正确", "this is no identifier of a resource")
            .at("/resource")
            .value(resource.as_str())
            .expected("4de2f2c0-4a4c-4b4f-8f0e-0d8f3f1d7a10")
            .hint("请填写资源页面地址末尾的标识", "write the identifier at the end of the address of the resource's page")
    })
}

fn check_filters(filters: &BTreeMap<String, Vec<String>>, faults: &mut Faults) {
    let wrong = |text: &str| text.is_empty() || text.chars().count() > LONGEST_FILTER || text.chars().any(char::is_control);
    let fault = |at: String, value: &str| {
        let (columns, values) = FILTERS;
        Fault::error("source.ckan_filter", "筛选条件不正确", "this is no filter")
            .at(at)
            .value(value)
            .expected(format!("{{column: [value, …]}}; <= {columns} columns, 1..{values} values, 1..{LONGEST_FILTER} characters"))
            .hint("每列给出一个或多个取值", "give one or more values for each column")
    };
    if filters.len() > FILTERS.0 {
        faults.push(fault("/filters".into(), &filters.len().to_string()));
    }
    for (column, values) in filters.iter().take(FILTERS.0) {
        let at = format!("/filters/{}", column.replace('~', "~0").replace('/', "~1"));
        if wrong(column) || values.is_empty() || values.len() > FILTERS.1 {
            faults.push(fault(at, column));
        } else if let Some((place, value)) = values.iter().enumerate().find(|(_, value)| wrong(value)) {
            faults.push(fault(format!("{at}/{place}"), value));
        }
    }
}

fn tenant_fault(tenant: &Line) -> Option<Fault> {
    let is_sound = tenant.as_str().bytes().all(|byte| byte.is_ascii_graphic());
    (!is_sound).then(|| {
        Fault::error("source.tenant", "租户名不正确", "this is no name of a tenant")
            .at("/tenant")
            .value(tenant.as_str())
            .hint("只能使用 ASCII 字符，且不含空格", "write it in ASCII and without blanks")
    })
}

fn context_fault(context: &Address) -> Option<Fault> {
    let is_sound = context.as_str().is_ascii()
        && Url::parse(context.as_str()).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.username().is_empty());
    (!is_sound).then(|| {
        Fault::error("source.context", "上下文地址不正确", "this is no address of a context")
            .at("/context")
            .value(context.as_str())
            .expected("https://host/context.jsonld")
            .hint("请填写 JSON-LD 上下文的完整地址", "write the whole address of a JSON-LD context")
    })
}
