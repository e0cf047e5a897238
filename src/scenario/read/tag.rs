//! A choice of one kind: a bare word, or a map with the kind as its only key.

use super::super::tree::{Entry, Node};
use super::deserializer::Reader;
use super::fault::Fault;
use super::keys::{KeyReader, NothingReader};
use crate::diagnostics::Span;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};

/// A bare word or the only key of a map, as a tag.
pub(super) struct Tag<'de, 'p> {
    pub reader: Reader<'de, 'p>,
    pub tag: &'de str,
    pub tag_span: Span,
    pub content: Option<&'de Node>,
}

impl<'de, 'p> EnumAccess<'de> for Tag<'de, 'p> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let Reader { path, node, .. } = self.reader;
        let key = KeyReader {
            text: self.tag,
            span: self.tag_span,
        };
        let tag = seed
            .deserialize(key)
            .map_err(|fault| fault.placed_at_key(self.tag_span, path, node))?;
        Ok((tag, self))
    }
}

impl<'de> Tag<'de, '_> {
    fn read<T>(
        self,
        content: &'de Node,
        read: impl FnOnce(Reader<'de, '_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let path = self.reader.path.child(self.tag, self.tag_span);
        let reader = Reader {
            node: content,
            path: &path,
            plan: self.reader.plan,
            listed: false,
        };
        read(reader).map_err(|fault| fault.placed(self.tag_span, &path, content))
    }
}

impl<'de> VariantAccess<'de> for Tag<'de, '_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.content {
            None => Ok(()),
            Some(content) => {
                let message = format!("`{}` takes no fields", self.tag);
                self.read(content, |reader| {
                    let empty = content.is_null() || content.entries().is_some_and(<[Entry]>::is_empty);
                    let tag = reader.path.key();
                    if empty {
                        Ok(())
                    } else {
                        Err(Fault::coded(
                            "wrong-type",
                            message,
                            &format!("write `{tag}` alone"),
                        ))
                    }
                })
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        match self.content {
            None => seed.deserialize(NothingReader { span: self.tag_span }),
            Some(content) => self.read(content, |reader| seed.deserialize(reader)),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        match self.content {
            None => NothingReader { span: self.tag_span }.deserialize_tuple(length, visitor),
            Some(content) => self.read(content, |reader| reader.deserialize_tuple(length, visitor)),
        }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.content {
            // The fields of a bare tag are missing in the node of the tag itself.
            None => self.reader.visit_nothing(visitor),
            Some(content) => self.read(content, |reader| reader.deserialize_struct("", fields, visitor)),
        }
    }
}
