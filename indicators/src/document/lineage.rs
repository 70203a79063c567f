//! Where a set comes from: the published version that it derives from, and that one's own ancestors.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read};

/// The published version that a set derives from (an overlay, 因城施策).
///
/// The digest is that of the ancestor's canonical form, so a base that was changed afterwards shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DerivedFrom {
    /// The code of the base.
    pub code: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 digest of its canonical form, in hexadecimal.
    #[cfg_attr(feature = "schema", schema(pattern = "^[0-9a-f]{64}$"))]
    pub digest: String,
    /// What the base itself derives from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(no_recursion))]
    pub derived_from: Option<Box<DerivedFrom>>,
}

impl DerivedFrom {
    /// The base, its base and so on, the nearest first.
    pub fn generations(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |base| base.derived_from.as_deref())
    }
}

impl Read for DerivedFrom {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let code = object.required("code", faults);
        let version = object.required("version", faults);
        let digest = object.required("digest", faults);
        let derived_from = object.optional::<Self>("derived_from", faults).map(Box::new);
        object.close(faults).then_some(Self { code: code?, version: version?, digest: digest?, derived_from })
    }
}
