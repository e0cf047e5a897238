//! The error type of the reader: what serde reports, plus where it happened.

use super::super::tree::{Node, TreePath, shorten};
use super::address;
use crate::diagnostics::Span;
use serde::de::{self, Expected, Unexpected};
use std::fmt;
use std::ops::{Deref, DerefMut};

/// Why a block could not be read.
#[derive(Debug)]
pub(super) enum Cause {
    /// A key or tag that does not exist, and those that do.
    Unknown { word: String, known: Vec<String> },
    /// A field without default that is not there; `left_out` when it was there and had a fault of its own.
    Missing { field: String, left_out: bool },
    /// Another shape is needed (a map, a list, a number, ...).
    Shape,
    /// The value itself is refused.
    Value,
    /// A value made up for field `field` of the map at address `owner` was refused.
    Feigned { owner: usize, field: String },
}

/// One fault. It gets its place from the innermost value around it, and collects the addresses of all values outwards.
#[derive(Debug)]
pub(super) struct Fault(Box<Details>);

/// What a fault holds; boxed, so that what succeeds stays small.
#[derive(Debug)]
pub(super) struct Details {
    pub code: &'static str,
    /// May be a coded text, see [`crate::diagnostics::CODED_SEPARATOR`].
    pub message: String,
    pub help: Option<String>,
    pub cause: Cause,
    pub span: Span,
    pub path: String,
    /// Addresses of the values around the fault, innermost first; empty until it is placed.
    pub chain: Vec<usize>,
}

impl Fault {
    fn new(code: &'static str, message: String, cause: Cause) -> Fault {
        Fault(Box::new(Details {
            code,
            message,
            help: None,
            cause,
            span: Span::NOWHERE,
            path: String::new(),
            chain: Vec::new(),
        }))
    }

    /// A value of another shape than needed.
    pub fn shape(expected: &str, found: &str) -> Fault {
        Fault::new(
            "wrong-type",
            format!("expected {expected}, found {found}"),
            Cause::Shape,
        )
    }

    /// A fault of the author's with its own code.
    pub fn coded(code: &'static str, message: String, help: &str) -> Fault {
        let mut fault = Fault::new(code, message, Cause::Shape);
        fault.help = Some(help.to_owned());
        fault
    }

    /// A made-up value was refused.
    pub fn feigned(owner: usize, field: &str) -> Fault {
        let cause = Cause::Feigned {
            owner,
            field: field.to_owned(),
        };
        let mut fault = Fault::new("invalid-value", String::new(), cause);
        fault.chain.push(owner);
        fault
    }

    /// Places the fault at this value if it has no place yet, and notes that this value is around it.
    pub fn placed(mut self, span: Span, path: &TreePath<'_>, node: &Node) -> Fault {
        if self.chain.is_empty() {
            self.span = match self.cause {
                // What is missing is said at the name of the block that lacks it.
                Cause::Missing { .. } => span,
                _ => node.span,
            };
            self.path = path.to_string();
        }
        if self.chain.last() != Some(&address(node)) {
            self.chain.push(address(node));
        }
        self
    }

    /// Places a fault of a key.
    pub fn placed_at_key(mut self, span: Span, path: &TreePath<'_>, node: &Node) -> Fault {
        if self.chain.is_empty() {
            self.span = span;
            self.path = path.to_string();
            self.chain.push(address(node));
        }
        self
    }
}

impl Deref for Fault {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Fault {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Fault {
        Fault::new("invalid-value", message.to_string(), Cause::Value)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Fault {
        Fault::shape(&in_words(&expected.to_string()), &found_in_words(found))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Fault {
        let expected = in_words(&expected.to_string());
        let message = match found {
            Unexpected::Signed(number) if number < 0 && expected == WHOLE_FROM_0 => {
                format!("`{number}` is less than 0")
            }
            Unexpected::Signed(_) | Unexpected::Unsigned(_) if expected.starts_with(WHOLE) => {
                format!("{} is beyond what fits here", found_in_words(found))
            }
            _ => format!("expected {expected}, found {}", found_in_words(found)),
        };
        Fault::new("invalid-value", message, Cause::Value)
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Fault {
        let message = format!("`{}` is none of the kinds that can stand here", shorten(word));
        Fault::new("unknown-tag", message, Fault::unknown(word, known))
    }

    fn unknown_field(word: &str, known: &'static [&'static str]) -> Fault {
        let message = format!("there is no field `{}` here", shorten(word));
        Fault::new("unknown-field", message, Fault::unknown(word, known))
    }

    fn missing_field(field: &'static str) -> Fault {
        let message = format!("`{field}` is missing");
        Fault::new(
            "missing-field",
            message,
            Cause::Missing {
                field: field.to_owned(),
                left_out: false,
            },
        )
    }

    fn duplicate_field(field: &'static str) -> Fault {
        Fault::new("duplicate-key", format!("`{field}` is given twice"), Cause::Shape)
    }
}

impl Fault {
    fn unknown(word: &str, known: &[&str]) -> Cause {
        Cause::Unknown {
            word: word.to_owned(),
            known: known.iter().map(|&known| known.to_owned()).collect(),
        }
    }
}

const WHOLE: &str = "a whole number";
const WHOLE_FROM_0: &str = "a whole number from 0";

/// What serde's visitors say they expect, in the author's words.
fn in_words(expected: &str) -> String {
    let words = match expected {
        "a string" | "string" | "str" | "borrowed string" => "a text",
        "a map" => "a map",
        "a sequence" => "a list",
        "a boolean" => "`true` or `false`",
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => WHOLE_FROM_0,
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => WHOLE,
        "f32" | "f64" => "a number",
        "unit" => "nothing",
        "a character" => "one letter",
        other if other.starts_with("struct ") => "a map of fields",
        other if other.starts_with("enum ") || other.starts_with("variant ") => "one of its kinds",
        other if other.starts_with("tuple ") => "a list",
        other => other,
    };
    words.to_owned()
}

fn found_in_words(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Str(text) => format!("`{}`", shorten(text)),
        Unexpected::Bool(flag) => format!("`{flag}`"),
        Unexpected::Unsigned(number) => format!("`{number}`"),
        Unexpected::Signed(number) => format!("`{number}`"),
        Unexpected::Float(number) => format!("`{number}`"),
        Unexpected::Map | Unexpected::StructVariant => "a map".to_owned(),
        Unexpected::Seq | Unexpected::TupleVariant => "a list".to_owned(),
        Unexpected::Unit | Unexpected::Option | Unexpected::UnitVariant => "nothing".to_owned(),
        other => other.to_string(),
    }
}
