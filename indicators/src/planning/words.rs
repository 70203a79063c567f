//! What the documents of a dossier are made of: closed lists of words, and members that are read one by one.

/// Defines an enum whose variants are the words of a member.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:tt,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$each])* #[serde(rename = $word)] $variant,)+ }

        $crate::read::read_words!($name { $($word => Self::$variant),+ });

        impl $name {
            /// Every word, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as files and answers write it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}
pub(super) use words;

/// Reads a document member by member: each is `required`, `optional`, or has a `default`.
macro_rules! read_document {
    ($type:ty { $($rule:ident $member:ident),+ $(,)? }) => {
        impl $crate::read::Read for $type {
            fn read(value: &serde_json::Value, at: &str, faults: &mut $crate::fault::Faults) -> Option<Self> {
                let mut object = $crate::read::Object::open(value, at, faults)?;
                $(let $member = $crate::planning::words::read_document!(@read $rule $member object faults);)+
                object.close(faults).then_some(Self {
                    $($member: $crate::planning::words::read_document!(@take $rule $member),)+
                })
            }
        }
    };
    (@read required $member:ident $object:ident $faults:ident) => { $object.required(stringify!($member), $faults) };
    (@read optional $member:ident $object:ident $faults:ident) => { $object.optional(stringify!($member), $faults) };
    (@read default $member:ident $object:ident $faults:ident) => {
        $object.optional(stringify!($member), $faults).unwrap_or_default()
    };
    (@take required $member:ident) => { $member? };
    (@take optional $member:ident) => { $member };
    (@take default $member:ident) => { $member };
}
pub(super) use read_document;
