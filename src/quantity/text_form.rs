//! How a quantity meets serde and the JSON schema: always as its text, never as a bare number.

/// Gives a quantity with `KIND`, `parse` and `Display` its text form: `FromStr`, `Serialize`, `Deserialize`, `JsonSchema`.
///
/// A number without a unit (JSON's `10`, or a YAML reader that resolves plain scalars) is parsed as the text it prints
/// as, so that it meets the same error, with the same help, as the text would.
macro_rules! text_form {
    ($quantity:ty) => {
        impl std::str::FromStr for $quantity {
            type Err = $crate::quantity::QuantityError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $quantity {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $quantity {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;

                impl serde::de::Visitor<'_> for Text {
                    type Value = $quantity;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        let kind = <$quantity>::KIND;
                        write!(f, "{} such as `{}`", kind.noun, kind.examples[0])
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                        <$quantity>::parse(text).map_err(|error| E::custom(error.to_serde_message()))
                    }

                    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
                        self.visit_str(&number.to_string())
                    }

                    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
                        self.visit_str(&number.to_string())
                    }

                    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
                        self.visit_str(&number.to_string())
                    }
                }

                deserializer.deserialize_any(Text)
            }
        }

        impl schemars::JsonSchema for $quantity {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                <$quantity>::KIND.name.into()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!("blackstart::quantity::", stringify!($quantity)).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$quantity>::KIND.schema()
            }
        }
    };
}

pub(super) use text_form;
