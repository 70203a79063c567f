//! The key with which the service signs what it gives out for good: Ed25519 (RFC 8032), kept in a file of its own.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use citygauge_indicators::canonical::hex;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, KeypairBytes};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::clock::Sources;

/// No key file is longer; PKCS#8 in PEM takes some two hundred bytes.
const LONGEST: u64 = 16 << 10;

/// The service's own key.
pub struct Signer {
    key: SigningKey,
    public: PublicKey,
}

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The file cannot be read or made.
    #[error("cannot use the signing key {}: {reason}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: io::Error,
    },
    /// The file holds no such key.
    #[error(
        "{} holds no Ed25519 key in PEM (PKCS#8); `openssl genpkey -algorithm ed25519` makes one, and without the file the service does",
        .file.display()
    )]
    NotAKey {
        /// The file.
        file: PathBuf,
    },
}

impl Signer {
    /// Reads the key in a file; where there is none, a new key is made and kept there, for its owner only.
    pub fn open(file: &Path, sources: &Sources) -> Result<Self, SigningError> {
        let failed = |reason| SigningError::File { file: file.to_owned(), reason };
        if !file.try_exists().map_err(failed)? {
            make(file, sources).map_err(failed)?;
        }
        let text = read_short(file).map_err(failed)?;
        let key = SigningKey::from_pkcs8_pem(text.trim()).map_err(|_| SigningError::NotAKey { file: file.to_owned() })?;
        let public = PublicKey(key.verifying_key());
        Ok(Self { key, public })
    }

    /// The signature over some bytes.
    pub fn sign(&self, bytes: &[u8]) -> [u8; Signature::BYTE_SIZE] {
        self.key.sign(bytes).to_bytes()
    }

    /// Bytes that only the holder of this key can make again: HMAC-SHA256 under it. `what` begins with the purpose.
    pub fn derive(&self, what: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(what);
        mac.finalize().into_bytes().into()
    }

    /// The key that checks its signatures.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }
}

/// Never the key itself.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.public.id())
    }
}

/// Of several processes that start at once, the first one's key stays.
fn make(file: &Path, sources: &Sources) -> io::Result<()> {
    let secret = KeypairBytes { secret_key: sources.secret(), public_key: None };
    let text = secret.to_pkcs8_pem(LineEnding::LF).map_err(io::Error::other)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    match temporary.persist_noclobber(file) {
        Err(clash) if clash.error.kind() != io::ErrorKind::AlreadyExists => Err(clash.error),
        _ => Ok(()),
    }
}

fn read_short(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    io::Read::read_to_string(&mut io::Read::take(std::fs::File::open(file)?, LONGEST), &mut text)?;
    Ok(text)
}

/// A key that checks signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads a key in PEM (`SubjectPublicKeyInfo`, RFC 8410).
    pub fn from_pem(text: &str) -> Option<Self> {
        VerifyingKey::from_public_key_pem(text.trim()).ok().filter(|key| !key.is_weak()).map(Self)
    }

    /// Reads the key in a file.
    pub fn read(file: &Path) -> io::Result<Option<Self>> {
        Ok(Self::from_pem(&read_short(file)?))
    }

    /// The key in PEM.
    pub fn to_pem(&self) -> String {
        self.0.to_public_key_pem(LineEnding::LF).expect("a key of 32 bytes has a form in PEM")
    }

    /// Its short name: the first sixteen hexadecimal digits of the SHA-256 of its 32 bytes.
    pub fn id(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes())[..8])
    }

    /// Whether a signature over some bytes is one of this key's.
    pub fn has_signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify_strict(bytes, &signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(file: &Path) -> Result<Signer, SigningError> {
        Signer::open(file, &Sources::system())
    }

    #[test]
    fn a_key_that_is_made_once_stays_and_is_for_its_owner() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key.pem");
        let (first, second) = (opened(&file).expect("made"), opened(&file).expect("read"));
        assert_eq!(first.public(), second.public());
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&file.metadata().expect("it is there")) & 0o777, 0o600);
        let signature = first.sign(b"x");
        assert!(second.public().has_signed(b"x", &signature));
        assert!(!second.public().has_signed(b"y", &signature) && !second.public().has_signed(b"x", &signature[1..]));
    }

    /// RFC 8032, 7.1, test 2; the key as `openssl genpkey` writes it.
    #[test]
    fn a_known_key_gives_the_known_signature() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key.pem");
        let text = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n\
                    -----END PRIVATE KEY-----\n";
        std::fs::write(&file, text).expect("the folder is ours");
        let signer = opened(&file).expect("a key");
        let known = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
        assert_eq!(hex(signer.public().0.as_bytes()), known);
        let known = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                     085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!(hex(&signer.sign(&[0x72])), known);
    }

    #[test]
    fn what_is_no_key_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key.pem");
        std::fs::write(&file, "secret").expect("the folder is ours");
        assert!(matches!(opened(&file), Err(SigningError::NotAKey { .. })));
        assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "secret");
        assert!(matches!(opened(&folder.path().join("absent/key.pem")), Err(SigningError::File { .. })));
    }

    #[test]
    fn a_public_key_goes_through_pem() {
        let folder = tempfile::tempdir().expect("a folder");
        let signer = opened(&folder.path().join("key.pem")).expect("made");
        let pem = signer.public().to_pem();
        assert_eq!(PublicKey::from_pem(&pem).as_ref(), Some(signer.public()));
        assert_eq!(PublicKey::from_pem(&format!("{pem}\n")).as_ref(), Some(signer.public()), "as jq writes it");
        assert_eq!(PublicKey::from_pem("x"), None);
    }
}
