//! What the commands that send a file have in common.

use std::fs::File;
use std::io::{self, IsTerminal, Read};

use bytes::Bytes;
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, SetRef};
use futures_util::stream;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failed;

/// `CODE@VERSION`; a code may hold an @ of its own.
pub fn set_ref(text: &str, language: Language) -> Result<SetRef, Failed> {
    let usage = || {
        Failed::Usage(match language {
            Language::Zh => format!("--set {text}：应写作 CODE@VERSION，例如 gbt-33356-2016@1"),
            Language::En => format!("--set {text}: expected CODE@VERSION, such as gbt-33356-2016@1"),
        })
    };
    let (code, version) = text.rsplit_once('@').ok_or_else(usage)?;
    let code = code.parse().map_err(|_: wire::BadText| usage())?;
    let version = version.parse().map_err(|_: wire::BadText| usage())?;
    Ok(SetRef { code, version })
}

/// A bar on a terminal, nothing in a pipe.
pub fn bar(bytes: u64, language: Language) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    // The template is a constant; without it the bar has its usual looks.
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {bytes}/{total_bytes} {bytes_per_sec}") {
        bar.set_style(style);
    }
    bar.set_message(language.pick("正在上传", "uploading"));
    bar
}

/// The file piece by piece, so that its size does not matter.
pub fn body(file: File, bar: ProgressBar) -> reqwest::Body {
    const PIECE: usize = 256 << 10;
    reqwest::Body::wrap_stream(stream::unfold((file, bar), async |(mut file, bar)| {
        let mut piece = vec![0; PIECE];
        match file.read(&mut piece) {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                bar.inc(read as u64);
                Some((Ok(Bytes::from(piece)), (file, bar)))
            }
            Err(error) => Some((Err(error), (file, bar))),
        }
    }))
}
