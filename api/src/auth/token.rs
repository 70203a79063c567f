//! The token that a key is used by: `cg_<prefix>_<secret>`.

use std::fmt;
use std::str::FromStr;

use citygauge_indicators::canonical::hex;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::clock::Sources;

/// Characters of the prefix, by which a key is found and named in lists.
const PREFIX: usize = 12;

/// A token. It is shown once, when the key is made; its `Debug` shows the prefix only.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    prefix: String,
    secret: String,
    hash: String,
}

impl Token {
    /// A new one that nobody can guess.
    #[must_use]
    pub fn generate(sources: &Sources) -> Self {
        Self::of(hex(&sources.secret()[..PREFIX / 2]), hex(&sources.secret()))
    }

    fn of(prefix: String, secret: String) -> Self {
        let hash = hex(&Sha256::digest(&secret));
        Self { prefix, secret, hash }
    }

    /// The public start.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What the store keeps of the secret. The secret has 256 bits of its own, so a fast hash is enough.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether the secret is the one of this hash; takes as long for a near miss as for a far one.
    #[must_use]
    pub fn matches(&self, hash: &str) -> bool {
        self.hash.as_bytes().ct_eq(hash.as_bytes()).into()
    }

    /// The whole token, for the one time it is shown.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("cg_{}_{}", self.prefix, self.secret)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cg_{}_…", self.prefix)
    }
}

/// A text that is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoToken;

impl FromStr for Token {
    type Err = NoToken;

    fn from_str(text: &str) -> Result<Self, NoToken> {
        let (prefix, secret) = text.strip_prefix("cg_").and_then(|rest| rest.split_once('_')).ok_or(NoToken)?;
        let fits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        if fits(prefix, PREFIX) && fits(secret, 64) { Ok(Self::of(prefix.to_owned(), secret.to_owned())) } else { Err(NoToken) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_matches_its_own_hash_only() {
        let sources = Sources::system();
        let (token, other) = (Token::generate(&sources), Token::generate(&sources));
        assert_eq!(token.reveal().parse(), Ok(token.clone()));
        assert!(token.matches(token.hash()) && !token.matches(other.hash()));
        assert!(!format!("{token:?}").contains(&token.secret));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["", "cg_", "cg_a_b", "Bearer", "cg_0123456789ab_x", "é"] {
            assert_eq!(text.parse::<Token>(), Err(NoToken), "{text}");
        }
    }
}
