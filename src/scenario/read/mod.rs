//! Reads one block of the tree into its kind's serde type, and reports **every** fault of the block.
//!
//! Serde stops at the first fault. So each fault is recorded, what it stands at is left out, and the block is read again,
//! until it succeeds or nothing is left to leave out. A required field that is missing (or was left out) is replaced by a
//! value made up for the occasion, so that the reading can go on behind it; what comes of such a reading is thrown away.

mod deserializer;
mod fault;
mod feign;
mod keys;
mod spanned;
mod tag;

#[cfg(test)]
mod tests;

pub use spanned::{Id, Spanned};

use super::tree::{Node, TreePath};
use crate::diagnostics::{Issue, Issues, Span, did_you_mean};
use deserializer::Reader;
use fault::{Cause, Fault};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

/// How often one block is read at most.
const READS_MAX: usize = 400;

/// What to leave out and what to make up in the next reading. Nodes are told apart by their address.
#[derive(Debug, Default)]
struct Plan {
    omitted: BTreeSet<usize>,
    feigned: BTreeMap<(usize, String), usize>,
}

/// The address of a node, which tells it apart from all others while the tree is borrowed.
fn address(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}

/// Reads a block as `T`. `path` is the way to the block and ends with its key. All faults go into `issues`; the value is
/// returned only if there was none.
///
/// Short forms: nothing at all is an empty map or list; a bare word is a tag with all defaults; a list of words is a map
/// whose entries take all defaults.
pub fn read_block<T: DeserializeOwned>(node: &Node, path: &TreePath<'_>, issues: &mut Issues) -> Option<T> {
    let mut plan = Plan::default();
    let mut told: BTreeSet<(Span, String)> = BTreeSet::new();
    let mut tainted: BTreeSet<usize> = BTreeSet::new();
    for _ in 0..READS_MAX {
        let reader = Reader::new(node, path, &plan);
        let fault = match T::deserialize(reader) {
            Ok(value) => return told.is_empty().then_some(value),
            Err(fault) => fault.placed(reader.anchor(), path, node),
        };
        if !is_consequence(&fault, &plan, &tainted) && told.insert((fault.span, fault.message.clone())) {
            issues.push(issue(&fault));
        }
        tainted.extend(fault.chain.iter().skip(1));
        if !amend(&mut plan, &fault) {
            return None;
        }
    }
    None
}

/// Whether the fault is only there because of what the plan left out or made up.
fn is_consequence(fault: &Fault, plan: &Plan, tainted: &BTreeSet<usize>) -> bool {
    match &fault.cause {
        Cause::Feigned { .. } => true,
        Cause::Missing { field, left_out } => {
            let here = fault.chain.first().copied().unwrap_or_default();
            *left_out || plan.feigned.contains_key(&(here, field.clone()))
        }
        Cause::Unknown { .. } | Cause::Shape => false,
        Cause::Value => fault.chain.first().is_some_and(|here| tainted.contains(here)),
    }
}

/// Changes the plan so that the next reading gets past the fault. `false` if nothing more can be done.
fn amend(plan: &mut Plan, fault: &Fault) -> bool {
    let wanted = match &fault.cause {
        Cause::Feigned { owner, field } => Some((*owner, field.clone())),
        Cause::Missing { field, .. } => fault.chain.first().map(|owner| (*owner, field.clone())),
        _ => None,
    };
    if let Some(key) = wanted {
        let attempt = plan.feigned.get(&key).map_or(0, |attempt| attempt + 1);
        if attempt < feign::ATTEMPTS {
            plan.feigned.insert(key, attempt);
            return true;
        }
    }
    match fault.chain.iter().find(|node| !plan.omitted.contains(node)) {
        Some(node) => plan.omitted.insert(*node),
        None => false,
    }
}

fn issue(fault: &Fault) -> Issue {
    let issue = Issue::from_coded(&fault.message, fault.code, fault.span).at(fault.path.clone());
    match &fault.cause {
        Cause::Unknown { word, known } => match did_you_mean(word, known) {
            Some(near) => issue.suggest(Some(near)),
            None if known.is_empty() => issue.help("nothing can be set here"),
            None => issue.help(format!("known here: {}", known.join(", "))),
        },
        _ if issue.help.is_none() => match &fault.help {
            Some(help) => issue.help(help.clone()),
            None => issue,
        },
        _ => issue,
    }
}
