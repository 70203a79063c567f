//! Why a fetch brought nothing: what may pass by itself, and what somebody has to mend.

use std::error::Error;
use std::time::Duration;

use citygauge_indicators::{Fault, Faults};
use url::Url;

use super::guard::{barred_address, shown};
use super::resolve::BarredName;

/// Why nothing was fetched.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FetchError {
    /// It may work later: the server was out of reach, silent, overloaded or broke off.
    #[error("{faults}")]
    Transient {
        /// What happened.
        faults: Faults,
        /// The pause that the server asked for, at most a day.
        retry_after: Option<Duration>,
    },
    /// It will not work until somebody changes the source, the configuration or the server.
    #[error("{0}")]
    Refused(Faults),
}

impl FetchError {
    /// What happened.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        match self {
            Self::Transient { faults, .. } | Self::Refused(faults) => faults,
        }
    }

    pub(super) fn transient(fault: Fault) -> Self {
        Self::Transient { faults: fault.into(), retry_after: None }
    }

    pub(super) fn refused(fault: Fault) -> Self {
        Self::Refused(fault.into())
    }

    /// What kept a request from being answered to its end.
    pub(super) fn of_transport(error: &reqwest::Error, url: &Url) -> Self {
        if let Some(barred) = causes(error).find_map(|cause| cause.downcast_ref::<BarredName>()) {
            return Self::refused(barred_address(url, &barred.address.to_string(), barred.what));
        }
        if error.is_timeout() {
            return Self::transient(
                Fault::error("source.timeout", "数据源长时间没有响应", "the source kept silent for too long")
                    .value(shown(url))
                    .hint(
                        "请稍后再试；必要时调大 sources.read_timeout_ms",
                        "try again later; raise sources.read_timeout_ms where it needs longer",
                    ),
            );
        }
        let reason = causes(error).last().map(ToString::to_string).unwrap_or_default();
        if error.is_connect() {
            return Self::transient(
                Fault::error(
                    "source.unreachable",
                    format!("无法连接到数据源：{reason}"),
                    format!("the source cannot be connected to: {reason}"),
                )
                .value(shown(url))
                .hint(
                    "请检查主机名、端口、证书和防火墙",
                    "check the name of the host, the port, the certificate and the firewall",
                ),
            );
        }
        Self::transient(
            Fault::error("source.broken_off", format!("数据源中途断开：{reason}"), format!("the source broke off: {reason}"))
                .value(shown(url))
                .hint("未保留任何内容；将重新获取", "nothing of it was kept; it is fetched again"),
        )
    }

    /// The folder for temporary files cannot be written to.
    pub(super) fn of_folder(error: &std::io::Error) -> Self {
        tracing::error!(%error, "a fetched file cannot be kept");
        Self::transient(
            Fault::error("source.folder", "本服务无法写入临时文件", "this service cannot write a temporary file")
                .hint("请检查磁盘空间和目录权限", "check the space on the disk and the rights on the folder"),
        )
    }

    /// The whole fetch took longer than it may.
    pub(super) fn of_total_time(limit_ms: u64) -> Self {
        Self::transient(
            Fault::error(
                "source.too_slow",
                format!("在 {limit_ms} 毫秒内没有取完"),
                format!("it was not fetched to its end within {limit_ms} ms"),
            )
            .hint(
                "请缩小范围（筛选、时期），或调大 sources.total_timeout_ms",
                "ask for less (filters, periods), or raise sources.total_timeout_ms",
            ),
        )
    }
}

pub(super) fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    std::iter::from_fn(move || {
        let this = next?;
        next = this.source();
        Some(this)
    })
}

/// The fault of more bytes than are fetched.
pub(super) fn too_large(limit: u64) -> Fault {
    Fault::error("source.too_large", format!("内容超过 {limit} 字节"), format!("the content is larger than {limit} bytes"))
        .expected(format!("<= {limit}"))
        .hint("请缩小范围，或调大 sources.bytes", "ask for less, or raise sources.bytes")
}
