//! The serde `Deserializer` over a node of the tree.

use super::super::tree::{Entry, Node, TreePath, Value};
use super::fault::{Cause, Fault};
use super::feign::{Feign, PlacedAccess};
use super::keys::{KeyReader, NothingReader};
use super::spanned::MAGIC;
use super::tag::Tag;
use super::{Plan, address};
use crate::diagnostics::Span;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};

/// Reads one node.
#[derive(Clone, Copy)]
pub(super) struct Reader<'de, 'p> {
    pub node: &'de Node,
    pub path: &'p TreePath<'p>,
    pub plan: &'p Plan,
    /// Whether the node stands in a list, where it has no key of its own.
    pub listed: bool,
}

impl<'de, 'p> Reader<'de, 'p> {
    pub fn new(node: &'de Node, path: &'p TreePath<'p>, plan: &'p Plan) -> Reader<'de, 'p> {
        Reader {
            node,
            path,
            plan,
            listed: false,
        }
    }

    /// Where to say that something is missing in this node: at its key, if it has one.
    pub fn anchor(&self) -> Span {
        if self.listed || self.path.span().is_nowhere() {
            self.node.span
        } else {
            self.path.span()
        }
    }

    fn wrong<T>(&self, expected: &str) -> Result<T, Fault> {
        Err(Fault::shape(expected, &self.node.describe()))
    }

    /// The text of a scalar without quotes that looks like a number.
    fn number(&self, expected: &str) -> Result<&'de str, Fault> {
        let Value::Scalar { text, plain: true } = &self.node.value else {
            return self.wrong(expected);
        };
        let starts = text
            .trim_start_matches(['+', '-', '.'])
            .starts_with(|c: char| c.is_ascii_digit());
        if starts
            && text.contains(',')
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '+'))
        {
            let message = format!("`{text}` has a comma in it");
            // One comma that is not before three digits is the decimal comma of many languages.
            let decimal =
                text.matches(',').count() == 1 && text.rsplit(',').next().is_some_and(|rest| rest.len() != 3);
            let help = format!("write `{}`", text.replace(',', if decimal { "." } else { "" }));
            return Err(Fault::coded("number-separator", message, &help));
        }
        if starts { Ok(text) } else { self.wrong(expected) }
    }

    fn whole<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        const EXPECTED: &str = "a whole number";
        let text = self.number(EXPECTED)?;
        if let Ok(number) = text.parse::<u64>() {
            return visitor.visit_u64(number);
        }
        if let Ok(number) = text.parse::<i64>() {
            return visitor.visit_i64(number);
        }
        match text.parse::<i128>() {
            Ok(_) => Err(Fault::coded(
                "invalid-value",
                format!("`{text}` is beyond what fits here"),
                "write a smaller number",
            )),
            Err(_) => self.wrong(EXPECTED),
        }
    }

    fn real<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        const EXPECTED: &str = "a number";
        match self.number(EXPECTED)?.parse::<f64>() {
            Ok(number) if number.is_finite() => visitor.visit_f64(number),
            _ => self.wrong(EXPECTED),
        }
    }

    fn visit_entries<V: Visitor<'de>>(self, entries: &'de [Entry], visitor: V) -> Result<V::Value, Fault> {
        let owner = address(self.node);
        let feigned = if self.plan.feigned.is_empty() {
            Vec::new()
        } else {
            let from = (owner, String::new())..(owner + 1, String::new());
            self.plan
                .feigned
                .range(from)
                .map(|((_, field), attempt)| (field.as_str(), *attempt))
                .collect()
        };
        let mut access = Entries {
            reader: self,
            rest: entries,
            current: None,
            feigned,
            feigning: None,
        };
        visitor.visit_map(&mut access).map_err(|mut fault| {
            let placed = !fault.chain.is_empty();
            if let (false, Cause::Missing { field, left_out }) = (placed, &mut fault.cause) {
                *left_out = entries.iter().any(|entry| {
                    entry.key.as_ref() == field.as_str() && self.plan.omitted.contains(&address(&entry.node))
                });
            }
            fault
        })
    }

    fn visit_elements<V: Visitor<'de>>(self, nodes: &'de [Node], visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(Elements {
            reader: self,
            rest: nodes,
        })
    }

    pub fn visit_nothing<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_entries(&[], visitor)
    }
}

macro_rules! forward {
    ($to:ident: $($ask:ident)*) => {
        $(fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.$to(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Reader<'de, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            _ if self.node.is_null() => visitor.visit_unit(),
            Value::Scalar { text, .. } => visitor.visit_borrowed_str(text),
            Value::Seq(nodes) => self.visit_elements(nodes, visitor),
            Value::Map(entries) => self.visit_entries(entries, visitor),
        }
    }

    forward! { whole: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
    deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 }
    forward! { real: deserialize_f32 deserialize_f64 }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Scalar { text, plain: true } => match text.as_ref() {
                "true" | "True" | "TRUE" => visitor.visit_bool(true),
                "false" | "False" | "FALSE" => visitor.visit_bool(false),
                _ => self.wrong("`true` or `false`"),
            },
            _ => self.wrong("`true` or `false`"),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.node.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let empty = self.node.is_null() || self.node.entries().is_some_and(<[Entry]>::is_empty);
        if empty {
            visitor.visit_unit()
        } else {
            self.wrong("nothing")
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.node.is_null() {
            self.visit_elements(&[], visitor)
        } else {
            self.deserialize_any(visitor)
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            _ if self.node.is_null() => self.visit_nothing(visitor),
            Value::Seq(nodes) if nodes.iter().all(|node| node.text().is_some() && !node.is_null()) => visitor
                .visit_map(Words {
                    reader: self,
                    rest: nodes,
                }),
            Value::Seq(_) => self.wrong("a map, or a list of ids"),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == MAGIC {
            return visitor.visit_map(PlacedAccess::new(self.node.span, self));
        }
        match &self.node.value {
            _ if self.node.is_null() => self.visit_nothing(visitor),
            // Serde's own structs would take a list, field by field; nobody means that.
            Value::Seq(_) if fields.is_empty() => self.wrong("a map"),
            Value::Seq(_) => {
                let some = fields.iter().take(3).copied().collect::<Vec<_>>().join(", ");
                let more = if fields.len() > 3 { ", …" } else { "" };
                self.wrong(&format!("a map of fields ({some}{more})"))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let known = || variants.join(", ");
        match &self.node.value {
            _ if self.node.is_null() => Err(Fault::coded(
                "missing-tag",
                "one of several kinds has to be chosen here".to_owned(),
                &format!("choose one of: {}", known()),
            )),
            Value::Scalar { text, .. } => visitor.visit_enum(Tag {
                reader: self,
                tag: text,
                tag_span: self.node.span,
                content: None,
            }),
            Value::Map(entries) if entries.len() == 1 => {
                let Entry { key, key_span, node } = &entries[0];
                visitor.visit_enum(Tag {
                    reader: self,
                    tag: key,
                    tag_span: *key_span,
                    content: Some(node),
                })
            }
            Value::Map(entries) => Err(Fault::coded(
                "missing-tag",
                format!("expected one kind as the only key, found {} keys", entries.len()),
                &format!("choose one of: {}", known()),
            )),
            Value::Seq(_) => Err(Fault::coded(
                "wrong-type",
                "expected one kind, found a list".to_owned(),
                &format!("choose one of: {}", known()),
            )),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { char str string bytes byte_buf identifier }
}

/// The entries of a map, and behind them the fields that are made up.
struct Entries<'de, 'p> {
    reader: Reader<'de, 'p>,
    rest: &'de [Entry],
    current: Option<&'de Entry>,
    feigned: Vec<(&'p str, usize)>,
    feigning: Option<(&'p str, usize)>,
}

impl<'de> MapAccess<'de> for &mut Entries<'de, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        while let Some((entry, rest)) = self.rest.split_first() {
            self.rest = rest;
            if self.reader.plan.omitted.contains(&address(&entry.node)) {
                continue;
            }
            self.current = Some(entry);
            let key = KeyReader {
                text: &entry.key,
                span: entry.key_span,
            };
            let path = self.reader.path.child(&entry.key, entry.key_span);
            return match seed.deserialize(key) {
                Ok(key) => Ok(Some(key)),
                Err(fault) => Err(fault.placed_at_key(entry.key_span, &path, &entry.node)),
            };
        }
        self.current = None;
        self.feigning = self.feigned.pop();
        match self.feigning {
            None => Ok(None),
            Some((field, _)) => {
                let key: serde::de::value::StrDeserializer<'_, Fault> = field.into_deserializer();
                seed.deserialize(key).map(Some)
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        if let Some(Entry { key, key_span, node }) = self.current {
            let path = self.reader.path.child(key, *key_span);
            let reader = Reader {
                node,
                path: &path,
                plan: self.reader.plan,
                listed: false,
            };
            return seed
                .deserialize(reader)
                .map_err(|fault| fault.placed(reader.anchor(), &path, node));
        }
        match self.feigning {
            Some((field, attempt)) => seed
                .deserialize(Feign { attempt })
                .map_err(|_| Fault::feigned(address(self.reader.node), field)),
            None => Err(Fault::custom("a value is asked for before its key")),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        None
    }
}

/// The elements of a list.
struct Elements<'de, 'p> {
    reader: Reader<'de, 'p>,
    rest: &'de [Node],
}

impl<'de> SeqAccess<'de> for Elements<'de, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        while let Some((node, rest)) = self.rest.split_first() {
            self.rest = rest;
            if self.reader.plan.omitted.contains(&address(node)) {
                continue;
            }
            let reader = Reader {
                node,
                listed: true,
                ..self.reader
            };
            return seed
                .deserialize(reader)
                .map(Some)
                .map_err(|fault| fault.placed(reader.anchor(), reader.path, node));
        }
        Ok(None)
    }
}

/// A list of words as a map whose entries take all defaults.
struct Words<'de, 'p> {
    reader: Reader<'de, 'p>,
    rest: &'de [Node],
}

impl<'de> MapAccess<'de> for Words<'de, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        while let Some(node) = self.rest.first() {
            let omitted = self.reader.plan.omitted.contains(&address(node));
            let text = node.text().unwrap_or_default();
            if !omitted {
                let path = self.reader.path.child(text, node.span);
                let key = KeyReader {
                    text,
                    span: node.span,
                };
                let read = seed.deserialize(key);
                return read
                    .map(Some)
                    .map_err(|fault| fault.placed_at_key(node.span, &path, node));
            }
            self.rest = &self.rest[1..];
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some((node, rest)) = self.rest.split_first() else {
            return Err(Fault::custom("a value is asked for before its key"));
        };
        self.rest = rest;
        let path = self.reader.path.child(node.text().unwrap_or_default(), node.span);
        let reader = NothingReader { span: node.span };
        seed.deserialize(reader)
            .map_err(|fault| fault.placed(node.span, &path, node))
    }
}
