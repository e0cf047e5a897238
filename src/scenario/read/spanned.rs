//! Values that remember where they were written, and ids.

use crate::diagnostics::{CODED_SEPARATOR, Span};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// The name of the struct by which [`Spanned`] asks the reader for the place; no author can write it.
pub(super) const MAGIC: &str = "$blackstart::Spanned";
pub(super) const MAGIC_SPAN: &str = "span";
pub(super) const MAGIC_VALUE: &str = "value";

/// A value and where it was written. Compares, orders and serializes as the value alone. It can be read by
/// [`super::read_block`] only.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value with its place.
    pub fn new(value: T, span: Span) -> Spanned<T> {
        Spanned { value, span }
    }

    /// A value that stands in no file, such as a default.
    pub fn nowhere(value: T) -> Spanned<T> {
        Spanned {
            value,
            span: Span::NOWHERE,
        }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: change(self.value),
            span: self.span,
        }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

impl<T: PartialOrd> PartialOrd for Spanned<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for Spanned<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(out)
    }
}

impl Borrow<str> for Spanned<Id> {
    fn borrow(&self) -> &str {
        self.value.as_str()
    }
}

impl<T: Serialize> Serialize for Spanned<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Both<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Both<T> {
            type Value = Spanned<T>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a value with its place")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spanned<T>, A::Error> {
                let (mut span, mut value) = (None, None);
                while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                    match key.as_ref() {
                        MAGIC_SPAN => span = Some(Span::unpack(map.next_value::<u128>()?)),
                        _ => value = Some(map.next_value::<T>()?),
                    }
                }
                match (span, value) {
                    (Some(span), Some(value)) => Ok(Spanned { value, span }),
                    _ => Err(de::Error::custom(
                        "a value with its place can only be read from a scenario",
                    )),
                }
            }
        }
        deserializer.deserialize_struct(MAGIC, &[MAGIC_SPAN, MAGIC_VALUE], Both(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// The name of one thing in a scenario: 1 to [`Id::LENGTH_MAX`] of `a-z`, `0-9`, `.`, `_`, `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Box<str>);

impl Id {
    /// The largest number of characters.
    pub const LENGTH_MAX: usize = 100;

    /// An id. The error is a coded text (code, message, help; see [`CODED_SEPARATOR`]).
    pub fn new(text: &str) -> Result<Id, String> {
        match Id::fault(text) {
            None => Ok(Id(text.into())),
            Some((message, help)) => Err(format!("bad-id{CODED_SEPARATOR}{message}{CODED_SEPARATOR}{help}")),
        }
    }

    /// Why the text is no id and what to do about it; `None` if it is one.
    pub fn fault(text: &str) -> Option<(String, String)> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
        if !text.is_empty() && text.len() <= Id::LENGTH_MAX && text.chars().all(fits) {
            return None;
        }
        let shown = super::super::tree::shorten(text);
        if text.chars().count() > Id::LENGTH_MAX {
            let help = format!(
                "use at most {} characters, and `name:` for the full name",
                Id::LENGTH_MAX
            );
            return Some((format!("the id `{shown}` is too long"), help));
        }
        let mut near: String = text
            .trim()
            .to_lowercase()
            .chars()
            .map(|c| if fits(c) { c } else { '-' })
            .collect();
        near = near.trim_matches('-').to_owned();
        let help = if near.is_empty() {
            "an id has letters a to z, digits, `.`, `_` and `-`; a name in any script goes into `name:`"
                .to_owned()
        } else {
            format!("write `{near}`; a name in any script goes into `name:`")
        };
        Some((format!("`{shown}` cannot be an id"), help))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Id;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an id")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
                Id::new(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl JsonSchema for Id {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z0-9._-]{1,100}$" })
    }
}
