//! The archive of a bundle: a ZIP file that follows from its members byte by byte, so that it can be made again and compared.
//!
//! Nothing is compressed, and every header holds the same moment, system and permissions, whatever machine wrote it.

use std::io::{self, Read, Seek, Write};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::Member;
use citygauge_indicators::canonical::hex;

/// From this size on, a member has the longer headers of ZIP64.
const LONG: u64 = u32::MAX as u64;

/// An archive that is being written.
pub(crate) struct Archive<W: Write + Seek>(ZipWriter<W>);

impl<W: Write + Seek> Archive<W> {
    pub fn new(into: W) -> Self {
        Self(ZipWriter::new(into))
    }

    /// Adds a member of `bytes` bytes.
    pub fn add(&mut self, name: &str, bytes: u64, mut content: impl Read) -> io::Result<Member> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644)
            .system(System::Unix)
            .large_file(bytes >= LONG);
        self.0.start_file(name, options)?;
        let mut through = Hashed { into: &mut self.0, digest: Sha256::new() };
        let written = io::copy(&mut content, &mut through)?;
        let sha256 = hex(&through.digest.finalize());
        Ok(Member { bytes: written, sha256 })
    }

    /// Adds a member that is in memory.
    pub fn add_bytes(&mut self, name: &str, content: &[u8]) -> io::Result<Member> {
        self.add(name, content.len() as u64, content)
    }

    /// Writes the directory.
    pub fn finish(self) -> io::Result<W> {
        Ok(self.0.finish()?)
    }
}

/// Takes the digest of what passes.
pub(crate) struct Hashed<W> {
    pub into: W,
    pub digest: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.into.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A later version of the library that writes other headers would call every older bundle changed.
    #[test]
    fn the_archive_is_the_one_that_earlier_versions_wrote() {
        let mut archive = Archive::new(Cursor::new(Vec::new()));
        archive.add_bytes("a/b.json", b"{}").expect("memory");
        archive.add_bytes("c", b"").expect("memory");
        let bytes = archive.finish().expect("memory").into_inner();
        let known = "df0f8638b67128609c93f79b420727b47088671528539c9b6c271ae4312a7f95";
        assert_eq!((bytes.len(), hex(&Sha256::digest(&bytes)).as_str()), (194, known));
    }
}
