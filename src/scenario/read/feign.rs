//! Values made up in the place of missing ones, so that reading can go on to the next fault. They are never kept.

use super::fault::Fault;
use super::spanned::{MAGIC, MAGIC_SPAN, MAGIC_VALUE};
use crate::diagnostics::Span;
use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, VariantAccess, Visitor,
};

/// Texts that are tried one after the other where a text is wanted; between them they satisfy every quantity.
const TEXTS: &[&str] = &[
    "x",
    "1 h",
    "1 %",
    "1",
    "1 W",
    "1 /h",
    "1 J",
    "1 USD",
    "1 USD/h",
    "1 GB",
    "1 Gbit/s",
    "2020-01-01T00:00",
];

/// How many different values there are to try.
pub(super) const ATTEMPTS: usize = TEXTS.len();

/// Gives some value of whatever type is asked for.
#[derive(Clone, Copy)]
pub(super) struct Feign {
    pub attempt: usize,
}

impl Feign {
    fn text(self) -> &'static str {
        TEXTS.get(self.attempt).copied().unwrap_or("x")
    }
}

macro_rules! number {
    ($($ask:ident $give:ident $number:expr;)*) => {
        $(fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$give($number)
        })*
    };
}

impl<'de> Deserializer<'de> for Feign {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_borrowed_str(self.text())
    }

    number! {
        deserialize_bool visit_bool true;
        deserialize_i8 visit_i8 1;
        deserialize_i16 visit_i16 1;
        deserialize_i32 visit_i32 1;
        deserialize_i64 visit_i64 1;
        deserialize_i128 visit_i128 1;
        deserialize_u8 visit_u8 1;
        deserialize_u16 visit_u16 1;
        deserialize_u32 visit_u32 1;
        deserialize_u64 visit_u64 1;
        deserialize_u128 visit_u128 1;
        deserialize_f32 visit_f32 1.0;
        deserialize_f64 visit_f64 1.0;
        deserialize_char visit_char 'x';
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_none()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(SeqDeserializer::new(std::iter::empty::<u8>()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_map(MapDeserializer::new(std::iter::empty::<(u8, u8)>()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == MAGIC {
            return visitor.visit_map(PlacedAccess::new(Span::NOWHERE, self));
        }
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let Some(&first) = variants.first() else {
            return Err(de::Error::custom("a choice without choices"));
        };
        visitor.visit_enum(FeignTag {
            tag: first,
            content: self,
        })
    }

    serde::forward_to_deserialize_any! { str string bytes byte_buf identifier ignored_any tuple tuple_struct }
}

struct FeignTag {
    tag: &'static str,
    content: Feign,
}

impl<'de> EnumAccess<'de> for FeignTag {
    type Error = Fault;
    type Variant = Feign;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Feign), Fault> {
        let tag: StrDeserializer<'_, Fault> = self.tag.into_deserializer();
        Ok((seed.deserialize(tag)?, self.content))
    }
}

impl<'de> VariantAccess<'de> for Feign {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }
}

/// The two fields by which a `Spanned` value learns its place and its value.
pub(super) struct PlacedAccess<D> {
    span: Option<Span>,
    span_given: Span,
    inner: Option<D>,
}

impl<D> PlacedAccess<D> {
    pub fn new(span: Span, inner: D) -> PlacedAccess<D> {
        PlacedAccess {
            span: Some(span),
            span_given: span,
            inner: Some(inner),
        }
    }
}

impl<'de, D: Deserializer<'de, Error = Fault>> MapAccess<'de> for PlacedAccess<D> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let key = match (self.span.is_some(), self.inner.is_some()) {
            (true, _) => MAGIC_SPAN,
            (false, true) => MAGIC_VALUE,
            (false, false) => return Ok(None),
        };
        let key: StrDeserializer<'_, Fault> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        if self.span.take().is_some() {
            let bits: de::value::U128Deserializer<Fault> = self.span_given.pack().into_deserializer();
            return seed.deserialize(bits);
        }
        match self.inner.take() {
            Some(inner) => seed.deserialize(inner),
            None => Err(de::Error::custom("a value is asked for twice")),
        }
    }
}
