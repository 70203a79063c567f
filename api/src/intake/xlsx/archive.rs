//! Looks a workbook's archive through before anything of it is interpreted.
//!
//! An archive of half a megabyte can unpack to gigabytes, can lie about it, and can make a reader reserve
//! memory for strings that it only announces. So every member is unpacked once against the limits, without
//! being kept; a member whose real size differs from the declared one is refused.

use std::io::{Cursor, Read};

use citygauge_indicators::Fault;
use zip::ZipArchive;

use super::super::limits::ArchiveLimits;

/// Checks the archive of a workbook.
pub(crate) fn check(bytes: &[u8], limits: &ArchiveLimits) -> Result<(), Box<Fault>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| what_else(bytes))?;
    if archive.len() > limits.max_entries {
        return Err(too_large(&format!("{} > {} entries", archive.len(), limits.max_entries)));
    }
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|_| damaged())?;
        let (size, packed, encrypted) = (entry.size(), entry.compressed_size(), entry.encrypted());
        if encrypted {
            return Err(encrypted_workbook());
        }
        total = total.saturating_add(size);
        if total > limits.max_bytes {
            return Err(too_large(&format!("> {} bytes", limits.max_bytes)));
        }
        if size > 1 << 20 && size > packed.saturating_mul(limits.max_ratio) {
            return Err(too_large(&format!("{size} / {packed} bytes > {}", limits.max_ratio)));
        }
    }
    for index in 0..archive.len() {
        check_entry(&mut archive, index, limits)?;
    }
    Ok(())
}

fn check_entry(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize, limits: &ArchiveLimits) -> Result<(), Box<Fault>> {
    let entry = archive.by_index(index).map_err(|_| damaged())?;
    let declared = entry.size();
    let name = entry.name().map_err(|_| damaged())?.replace('\\', "/").to_ascii_lowercase();
    let mut part = Part::of(name.rsplit('/').next().unwrap_or_default(), limits);
    if declared > part.max_bytes {
        return Err(too_large(&format!("{name}: {declared} > {} bytes", part.max_bytes)));
    }
    let mut unpacked = 0_u64;
    let mut reader = entry.take(declared.saturating_add(1));
    let mut block = vec![0; 64 << 10];
    loop {
        let read = reader.read(&mut block).map_err(|_| damaged())?;
        if read == 0 {
            break;
        }
        unpacked += read as u64;
        part.look_at(&block[..read]);
    }
    if unpacked != declared {
        return Err(damaged());
    }
    part.verdict(&name)
}

/// So many announced strings cost little even where they do not follow; some programs announce too many.
const HARMLESS: u64 = 1_000_000;

/// What is watched in a member while it unpacks.
struct Part {
    max_bytes: u64,
    max_tags: u64,
    max_tag_bytes: u64,
    tags: u64,
    longest: u64,
    run: u64,
    /// The part as a whole, where the number of strings that it announces is to be checked.
    kept: Option<Vec<u8>>,
}

impl Part {
    fn of(name: &str, limits: &ArchiveLimits) -> Self {
        let (max_bytes, max_tags, max_tag_bytes) = match name {
            "sharedstrings.xml" => (limits.max_shared_strings_bytes, limits.max_shared_strings_tags, u64::MAX),
            "styles.xml" => (limits.max_styles_bytes, limits.max_styles_tags, limits.max_styles_tag_bytes),
            _ => (limits.max_bytes, u64::MAX, u64::MAX),
        };
        let kept = (name == "sharedstrings.xml").then(Vec::new);
        Self { max_bytes, max_tags, max_tag_bytes, tags: 0, longest: 0, run: 0, kept }
    }

    fn look_at(&mut self, block: &[u8]) {
        if self.max_tags == u64::MAX {
            return;
        }
        for byte in block {
            if *byte == b'<' {
                self.tags += 1;
                self.run = 0;
            } else {
                self.run += 1;
                self.longest = self.longest.max(self.run);
            }
        }
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(block);
        }
    }

    fn verdict(&self, name: &str) -> Result<(), Box<Fault>> {
        if self.tags > self.max_tags {
            return Err(too_large(&format!("{name}: {} > {} tags", self.tags, self.max_tags)));
        }
        if self.longest > self.max_tag_bytes {
            return Err(too_large(&format!("{name}: tag > {} bytes", self.max_tag_bytes)));
        }
        match &self.kept {
            // In UTF-16 the announcement could not be found; no spreadsheet program writes that.
            Some(text) if text.contains(&0) => Err(damaged()),
            Some(text) if announced(text) > self.tags.max(HARMLESS) => Err(damaged()),
            _ => Ok(()),
        }
    }
}

/// The greatest number of strings that a table of shared strings announces: readers reserve room for it.
fn announced(text: &[u8]) -> u64 {
    const KEY: &[u8] = b"uniqueCount";
    let mut greatest = 0;
    for at in (0..text.len().saturating_sub(KEY.len())).filter(|at| text[*at..].starts_with(KEY)) {
        let after = &text[at + KEY.len()..];
        let skipped =
            after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'"' | b'\'' | b'+')).count();
        let digits = after[skipped..].iter().take_while(|byte| byte.is_ascii_digit());
        greatest = greatest.max(digits.fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))));
    }
    greatest
}

/// The fault of a file that is no archive: a workbook with a password and an old one lie in a compound file.
fn what_else(bytes: &[u8]) -> Box<Fault> {
    const COMPOUND: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    if !bytes.starts_with(&COMPOUND) {
        return not_a_workbook();
    }
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(name.len()).any(|window| window == name) { encrypted_workbook() } else { old_workbook() }
}

/// The fault of a file that is no workbook at all.
pub(crate) fn not_a_workbook() -> Box<Fault> {
    Fault::error("file.unreadable", "文件不是 XLSX 工作簿", "the file is not an XLSX workbook")
        .expected("XLSX")
        .hint("请在表格软件中另存为 .xlsx", "save it as .xlsx in a spreadsheet program")
        .into()
}

pub(crate) fn damaged() -> Box<Fault> {
    Fault::error("file.unreadable", "工作簿已损坏", "the workbook is damaged")
        .hint("请在表格软件中打开并重新保存", "open it in a spreadsheet program and save it again")
        .into()
}

fn encrypted_workbook() -> Box<Fault> {
    Fault::error("file.password", "工作簿有密码保护", "the workbook is protected by a password")
        .hint("请去除密码后再上传", "remove the password and send it again")
        .into()
}

fn old_workbook() -> Box<Fault> {
    Fault::error("file.unreadable", "文件是旧的 XLS 格式，而不是 XLSX", "the file is in the old format XLS, not XLSX")
        .expected("XLSX")
        .hint("请在表格软件中另存为 .xlsx", "save it as .xlsx in a spreadsheet program")
        .into()
}

pub(super) fn too_large(what: &str) -> Box<Fault> {
    Fault::error("file.archive", "工作簿解压后过大", "the workbook unpacks to more than is read")
        .value(what)
        .hint("请只保留需要的工作表，或改用 CSV", "keep only the sheet that is needed, or send CSV")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_is_found_however_it_is_written() {
        assert_eq!(announced(b"<sst count=\"1\" uniqueCount=\"17\">"), 17);
        assert_eq!(announced(b"<sst uniqueCount\n = '99999999999999999999999'>"), u64::MAX);
        assert_eq!(announced(b"<sst><si><t>uniqueCount</t></si></sst>"), 0);
    }
}
