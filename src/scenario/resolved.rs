//! The tree as JSON, which can be read again as a scenario.

use super::tree::{Node, Value};
use serde_json::{Map, Number, Value as Json};

/// The tree as JSON. Plain scalars become null, flags and numbers where they are written as JSON writes them; everything
/// else is text. Keys are sorted.
pub fn resolved(node: &Node) -> Json {
    match &node.value {
        _ if node.is_null() => Json::Null,
        Value::Scalar { text, plain } => scalar(text, *plain),
        Value::Seq(nodes) => Json::Array(nodes.iter().map(resolved).collect()),
        Value::Map(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|a, b| a.key.cmp(&b.key));
            let map: Map<String, Json> = sorted
                .into_iter()
                .map(|entry| (entry.key.to_string(), resolved(&entry.node)))
                .collect();
            Json::Object(map)
        }
    }
}

fn scalar(text: &str, plain: bool) -> Json {
    let number = plain
        .then(|| {
            if let Ok(whole) = text.parse::<i64>() {
                return Some(Number::from(whole)).filter(|number| number.to_string() == text);
            }
            // Only what prints as it was written: a number must not change by being resolved.
            let real = text.parse::<f64>().ok().filter(|real| real.is_finite())?;
            Number::from_f64(real).filter(|number| number.to_string() == text)
        })
        .flatten();
    match (plain, text, number) {
        (true, "true", _) => Json::Bool(true),
        (true, "false", _) => Json::Bool(false),
        (_, _, Some(number)) => Json::Number(number),
        _ => Json::String(text.to_owned()),
    }
}
