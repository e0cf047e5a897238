//! Values of which only a range is believed: `{assumed: {value: 30 min, range: [10 min, 90 min]}}`.
//!
//! A range is one unknown, however many places its value has (a template gives it to all of its entries). It is set by a number between 0
//! and 1. Between two ends above nothing it runs by ratios, as what is hardly known is known by its order of magnitude: half way between
//! 10 min and 90 min is 30 min. Where the value is a law, the range is that of its median, or else of its mean, its mode or its scale, and
//! all of its quantities change with it in the same ratio.

use super::load::Loaded;
use super::provenance::Provenances;
use super::tree::{Node, ProvenanceId, Value};
use crate::diagnostics::Issue;
use crate::quantity::SimDuration;

/// Something of which only a range is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranged {
    id: ProvenanceId,
    /// Where its value stands first, like `pools › web › boot › by-hand › each`.
    pub path: String,
    /// In how many places it stands.
    pub places: usize,
    /// The lowest value that would be believed, as written.
    pub low: String,
    /// The highest.
    pub high: String,
}

impl Loaded {
    /// All ranges, in the order of the tree.
    pub fn ranged(&self) -> Vec<Ranged> {
        let mut found = Vec::new();
        gather(
            &self.root,
            ProvenanceId::NONE,
            &mut Vec::new(),
            &self.provenances,
            &mut found,
        );
        found
    }

    /// Sets ranges: each at a number from 0, its lowest value, to 1, its highest. A range that cannot be read is an issue.
    pub fn set_ranged(&mut self, settings: &[(&Ranged, f64)]) {
        let mut refused = Vec::new();
        set(&mut self.root, ProvenanceId::NONE, settings, &mut refused);
        for (place, issue) in refused {
            let is_first = !self.issues.iter().any(|other| other.message == issue.message);
            if is_first {
                self.issues.push(issue.at(settings[place].0.path.clone()));
            }
        }
    }
}

fn gather(
    node: &Node,
    above: ProvenanceId,
    path: &mut Vec<String>,
    table: &Provenances,
    found: &mut Vec<Ranged>,
) {
    if node.grade != above
        && let Some((low, high)) = &table.get(node.grade).range
    {
        match found.iter_mut().find(|other| other.id == node.grade) {
            Some(known) => known.places += 1,
            None => found.push(Ranged {
                id: node.grade,
                path: path.join(" › "),
                places: 1,
                low: low.clone(),
                high: high.clone(),
            }),
        }
    }
    match &node.value {
        Value::Scalar { .. } => {}
        Value::Seq(nodes) => {
            for (place, inner) in nodes.iter().enumerate() {
                path.push(place.to_string());
                gather(inner, node.grade, path, table, found);
                path.pop();
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                path.push(entry.key.to_string());
                gather(&entry.node, node.grade, path, table, found);
                path.pop();
            }
        }
    }
}

fn set(node: &mut Node, above: ProvenanceId, settings: &[(&Ranged, f64)], refused: &mut Vec<(usize, Issue)>) {
    let grade = node.grade;
    if grade != above
        && let Some(place) = settings.iter().position(|(ranged, _)| ranged.id == grade)
    {
        let (ranged, at) = settings[place];
        let is_set = between(&ranged.low, &ranged.high, at).is_some_and(|text| put(node, &text));
        if !is_set {
            let message = format!(
                "no value can be taken from the range [{}, {}]: its ends and the value must be quantities of one kind",
                ranged.low, ranged.high
            );
            refused.push((place, Issue::error("bad-annotation", node.span, message)));
        }
    }
    match &mut node.value {
        Value::Scalar { .. } => {}
        Value::Seq(nodes) => nodes
            .iter_mut()
            .for_each(|inner| set(inner, grade, settings, refused)),
        Value::Map(entries) => {
            for entry in entries {
                set(&mut entry.node, grade, settings, refused);
            }
        }
    }
}

/// A number and what stands behind it.
fn parts(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'))
        .unwrap_or(text.len());
    let number: f64 = text[..end].replace('_', "").parse().ok()?;
    Some((number, &text[end..]))
}

/// Two texts as numbers of one unit.
fn alike<'a>(one: &'a str, other: &'a str) -> Option<(f64, f64, &'a str)> {
    let (first, second) = (parts(one)?, parts(other)?);
    if first.1.trim() == second.1.trim() {
        return Some((first.0, second.0, first.1));
    }
    let us = |text: &str| SimDuration::parse(text).ok().map(|duration| duration.us() as f64);
    Some((us(one)?, us(other)?, " us"))
}

/// The value at a place of a range.
fn between(low: &str, high: &str, at: f64) -> Option<String> {
    let (first, last, unit) = alike(low, high)?;
    if at <= 0.0 {
        return Some(low.to_owned());
    }
    if at >= 1.0 {
        return Some(high.to_owned());
    }
    let value = if first > 0.0 && last > 0.0 {
        first * libm::pow(last / first, at)
    } else {
        first + (last - first) * at
    };
    let is_counted = unit.trim().is_empty() && first.fract() == 0.0 && last.fract() == 0.0;
    let text = if is_counted || unit == " us" {
        format!("{value:.0}")
    } else {
        four_digits(value)
    };
    Some(format!("{text}{unit}"))
}

/// A number with four significant digits, without an exponent.
fn four_digits(value: f64) -> String {
    let magnitude = libm::floor(libm::log10(value.abs().max(1e-12)));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 15"
    )]
    let decimals = (3.0 - magnitude).clamp(0.0, 15.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// What stands for a law.
const REPRESENTATIVES: [&str; 4] = ["median", "mean", "mode", "scale"];

/// Puts a value in the place of a scalar, or scales a law to it. Whether it could.
fn put(node: &mut Node, text: &str) -> bool {
    match &mut node.value {
        Value::Scalar { .. } => {
            node.value = Value::Scalar {
                text: text.into(),
                plain: true,
            };
            true
        }
        Value::Seq(_) => false,
        Value::Map(_) => {
            let Some(ratio) = representative(node).and_then(|of| {
                let (wanted, written, _) = alike(text, of)?;
                (written > 0.0).then_some(wanted / written)
            }) else {
                return false;
            };
            scale(node, ratio);
            true
        }
    }
}

/// The text that stands for a law: of `{lognormal: {median: 30 min, p90: 75 min}}` the median, of `{fixed: 10 h}` the only one.
fn representative(node: &Node) -> Option<&str> {
    let [law] = node.entries()? else { return None };
    if let Some(text) = law.node.text() {
        return Some(text);
    }
    REPRESENTATIVES.iter().find_map(|name| law.node.get(name)?.text())
}

/// Changes all quantities with a unit in the same ratio; plain numbers are shapes and stay.
fn scale(node: &mut Node, ratio: f64) {
    node.for_each_mut(&mut |inner| {
        if let Value::Scalar { text, .. } = &inner.value
            && let Some((number, unit)) = parts(text)
            && !unit.trim().is_empty()
        {
            let scaled = match SimDuration::parse(text) {
                Ok(duration) => format!("{:.0} us", (duration.us() as f64 * ratio).max(1.0)),
                Err(_) => format!("{}{unit}", four_digits(number * ratio)),
            };
            inner.value = Value::Scalar {
                text: scaled.into(),
                plain: true,
            };
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_runs_by_ratios_from_end_to_end() {
        assert_eq!(between("10 min", "90 min", 0.0).as_deref(), Some("10 min"));
        assert_eq!(between("10 min", "90 min", 0.5).as_deref(), Some("30 min"));
        assert_eq!(between("10 min", "90 min", 1.0).as_deref(), Some("90 min"));
        assert_eq!(between("0.5 %", "5 %", 0.5).as_deref(), Some("1.581 %"));
        assert_eq!(between("300 /h", "3000 /h", 0.25).as_deref(), Some("533.5 /h"));
        assert_eq!(between("0 %", "10 %", 0.25).as_deref(), Some("2.5 %"));
        assert_eq!(between("2", "9", 0.5).as_deref(), Some("4"));
        assert_eq!(between("30 min", "2 h", 0.5).as_deref(), Some("3600000000 us"));
        assert_eq!(between("30 min", "2 kW", 0.5), None);
        assert_eq!(between("soon", "later", 0.5), None);
    }
}
