//! From the merged tree to the model: every block read, every name resolved, every entity checked; all faults at once.

use super::clock::Clock;
use super::design::{Annual, Entity, EntityId, Happening, Head, Model};
use super::head::{
    AnnualBlock, ClockBlock, Initial, Promise, RecordBlock, TargetBlock, WARM_UP_USUAL_US, YEARS_MAX,
    YEARS_USUAL,
};
use super::kind::{Component, Hazard, HazardKind, Kind};
use super::references::{Expect, References, Wanted, resolve};
use crate::diagnostics::{Issue, Issues, Span, did_you_mean};
use crate::quantity::SimDuration;
use crate::scenario::{Entry, Id, Node, Spanned, TreePath, Value, read_block};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// What a name stands for, known before its block is understood.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// Its kind.
    pub kind: &'static Kind,
    /// Where its id was written.
    pub span: Span,
}

const SERVICES: Expect = Expect {
    sections: &["services", "loads"],
    noun: "service",
};
const SERVERS: Expect = Expect {
    sections: &["sites", "buildings", "rooms", "rows", "racks", "pools"],
    noun: "place or pool",
};

/// Reads the model from the merged tree. What is wrong goes into `issues`; there is no model if anything is.
pub fn read_model(
    root: &Node,
    kinds: &[&'static Kind],
    hazards: &[&'static HazardKind],
    issues: &mut Issues,
) -> Option<Model> {
    let before = issues.error_count();
    let mut known = BTreeMap::new();
    let mut blocks: BTreeMap<String, Box<dyn Component>> = BTreeMap::new();
    for kind in kinds {
        for entry in section(root, kind.section, issues) {
            known.insert(
                entry.key.to_string(),
                Known {
                    kind,
                    span: entry.key_span,
                },
            );
            let section = TreePath::ROOT.child(kind.section, entry.key_span);
            let path = section.child(&entry.key, entry.key_span);
            if let Some(block) = (kind.read)(&entry.node, &path, issues) {
                blocks.insert(entry.key.to_string(), block);
            }
        }
    }
    let happens = read_happens(root, hazards, issues);
    let head = read_head(root, issues);

    let mut wanted = Vec::new();
    for (id, block) in &blocks {
        let path = format!("{} › {id}", known[id].kind.section);
        block.references(&mut References::new(path, &mut wanted));
    }
    for happening in &happens {
        happening.hazard.references(&mut References::new(
            format!("happens › {}", happening.id),
            &mut wanted,
        ));
    }
    head_references(&head, &mut wanted);
    let sections: Vec<&'static str> = kinds.iter().map(|kind| kind.section).collect();
    resolve(&wanted, &known, &sections, issues);
    if issues.error_count() > before {
        return None;
    }

    let entities: Vec<Entity> = blocks
        .into_iter()
        .map(|(id, component)| {
            let Known { kind, span } = known[&id];
            Entity {
                id,
                kind,
                span,
                place: None,
                component,
            }
        })
        .collect();
    let index = entities
        .iter()
        .enumerate()
        .map(|(at, entity)| (entity.id.clone(), EntityId::new(at)))
        .collect();
    let model = Model::new(head, happens, entities, index);
    check(&model, root, issues);
    (issues.error_count() == before).then_some(model)
}

/// The entries of a section that is a map.
fn section<'a>(root: &'a Node, name: &str, issues: &mut Issues) -> &'a [Entry] {
    let Some(entry) = root.entry(name) else { return &[] };
    match &entry.node.value {
        Value::Map(entries) => entries,
        _ if entry.node.is_null() => &[],
        _ => {
            let message = format!("expected a map keyed by id, found {}", entry.node.describe());
            issues.push(Issue::error("wrong-type", entry.key_span, message).at(name));
            &[]
        }
    }
}

fn read_happens(root: &Node, hazards: &[&'static HazardKind], issues: &mut Issues) -> Vec<Happening> {
    let mut happens = Vec::new();
    for entry in section(root, "happens", issues) {
        let section = TreePath::ROOT.child("happens", entry.key_span);
        let path = section.child(&entry.key, entry.key_span);
        if let Some(hazard) = read_hazard(entry, &path, hazards, issues) {
            happens.push(Happening {
                id: entry.key.to_string(),
                span: entry.key_span,
                hazard,
            });
        }
    }
    happens.sort_by(|a, b| a.id.cmp(&b.id));
    happens
}

fn read_hazard(
    entry: &Entry,
    path: &TreePath<'_>,
    hazards: &[&'static HazardKind],
    issues: &mut Issues,
) -> Option<Box<dyn Hazard>> {
    let tags = || hazards.iter().map(|kind| kind.tag);
    let list = || tags().collect::<Vec<_>>().join(", ");
    let empty = Node::empty_map(entry.node.span);
    let (tag, tag_span, content) = match &entry.node.value {
        Value::Map(entries) if entries.len() == 1 => {
            (entries[0].key.as_ref(), entries[0].key_span, &entries[0].node)
        }
        Value::Scalar { text, .. } if !entry.node.is_null() => (text.as_ref(), entry.node.span, &empty),
        _ => {
            let message = "what happens is one kind of hazard, as the only key";
            let issue = Issue::error("missing-tag", entry.key_span, message).at(path.to_string());
            issues.push(issue.help(format!("choose one of: {}", list())));
            return None;
        }
    };
    let Some(kind) = hazards.iter().find(|kind| kind.tag == tag) else {
        let issue = Issue::error("unknown-tag", tag_span, format!("no hazard `{tag}`")).at(path.to_string());
        issues.push(match did_you_mean(tag, tags()) {
            Some(near) => issue.suggest(Some(near)),
            None => issue.help(format!("known here: {}", list())),
        });
        return None;
    };
    (kind.read)(content, &path.child(tag, tag_span), issues)
}

fn read_value<T: DeserializeOwned>(root: &Node, key: &str, issues: &mut Issues) -> Option<T> {
    let entry = root.entry(key).filter(|entry| !entry.node.is_null())?;
    read_block(&entry.node, &TreePath::ROOT.child(key, entry.key_span), issues)
}

fn read_keyed<T: DeserializeOwned>(root: &Node, key: &str, issues: &mut Issues) -> BTreeMap<Id, T> {
    let mut read = BTreeMap::new();
    for entry in section(root, key, issues) {
        let section = TreePath::ROOT.child(key, entry.key_span);
        let path = section.child(&entry.key, entry.key_span);
        match (Id::new(&entry.key), read_block(&entry.node, &path, issues)) {
            (Ok(id), Some(block)) => {
                read.insert(id, block);
            }
            (Err(coded), _) => issues.push(Issue::from_coded(&coded, "bad-id", entry.key_span).at(key)),
            (Ok(_), None) => {}
        }
    }
    read
}

fn read_head(root: &Node, issues: &mut Issues) -> Head {
    let horizon: Option<SimDuration> = read_value(root, "horizon", issues);
    let annual = read_annual(root, issues);
    if let (Some(_), Some(entry)) = (root.get("annual"), root.entry("horizon")) {
        let message = "a scenario is watched for a `horizon`, or for years (`annual`), not both";
        let issue = Issue::error("contradiction", entry.key_span, message).at("horizon");
        issues.push(
            issue.help("take out one of the two: `horizon` for a disaster, `annual` for ordinary life"),
        );
    }
    if let (None, None, Some(happens)) = (
        root.get("horizon"),
        root.get("annual"),
        root.entry("happens").filter(|entry| !entry.node.is_null()),
    ) {
        let message = "a scenario in which something happens says how long it is watched";
        let issue = Issue::error("missing-field", happens.key_span, message).at("horizon");
        issues.push(issue.help("add `horizon: 7 d`"));
    }
    let clock: Option<ClockBlock> = read_value(root, "clock", issues);
    let title: Option<String> = read_value(root, "title", issues);
    let initial: Option<Initial> = read_value(root, "initial", issues);
    Head {
        title,
        clock: clock.and_then(|block| Clock::new(&block, issues)),
        horizon_us: horizon.map_or(0, SimDuration::us),
        from_dark: initial == Some(Initial::Dark),
        annual,
        targets: read_keyed::<TargetBlock>(root, "targets", issues),
        record: read_keyed::<RecordBlock>(root, "record", issues),
    }
}

/// The years, all of whose fields have defaults: an entry without any is years as well.
fn read_annual(root: &Node, issues: &mut Issues) -> Option<Annual> {
    let entry = root.entry("annual")?;
    let block: AnnualBlock = if entry.node.is_null() {
        AnnualBlock {
            years: None,
            warm_up: None,
        }
    } else {
        read_value(root, "annual", issues)?
    };
    let years = match &block.years {
        None => YEARS_USUAL,
        Some(years) => match u32::try_from(years.value.get()) {
            Ok(count) if (1..=YEARS_MAX).contains(&count) => count,
            _ => {
                let message = format!("a replication counts 1 to {YEARS_MAX} years");
                let issue = Issue::error("out-of-bounds", years.span, message).at("annual › years");
                issues.push(issue.help("more replications (`-n`) make more years"));
                return None;
            }
        },
    };
    Some(Annual {
        years,
        warm_up_us: block
            .warm_up
            .map_or(WARM_UP_USUAL_US, |warm_up| warm_up.value.us()),
    })
}

fn head_references(head: &Head, wanted: &mut Vec<Wanted>) {
    for (id, target) in &head.targets {
        References::new(format!("targets › {id}"), wanted).one(&target.service, SERVICES, "service");
    }
    for (id, record) in &head.record {
        let mut out = References::new(format!("record › {id}"), wanted);
        match record {
            RecordBlock::Outage { service, .. } => out.one(service, SERVICES, "service"),
            RecordBlock::ServersOn { r#in, .. } => out.one(r#in, SERVERS, "in"),
        }
    }
}

fn check(model: &Model, root: &Node, issues: &mut Issues) {
    for (id, entity) in model.entities_with_ids() {
        entity.component.check(id, model, issues);
    }
    for happening in &model.happens {
        if model.head.annual.is_some() && !happening.hazard.recurs() {
            let message = "this happens once, and in years of ordinary life nothing is set to happen once";
            let issue = Issue::error("not-in-annual", happening.span, message);
            issues.push(
                issue.at(format!("happens › {}", happening.id)).help(
                    "write `horizon: 7 d` instead of `annual`, or say how often things fail (`fails:`)",
                ),
            );
        } else {
            happening.hazard.check(&happening.id, model, issues);
        }
    }
    for (id, target) in &model.head.targets {
        check_target(model, &format!("targets › {id}"), target, issues);
    }
    check_record(model, issues);
    if let (Some(entry), true) = (root.entry("record"), model.head.annual.is_some())
        && !model.head.record.is_empty()
    {
        let message = "a record is of one disaster, and years of ordinary life have none";
        issues.push(Issue::error("not-in-annual", entry.key_span, message).at("record"));
    }
    if let Some(entry) = root.entry("horizon")
        && model.head.horizon_us == 0
    {
        issues.push(
            Issue::error(
                "out-of-bounds",
                entry.node.span,
                "a horizon is longer than nothing",
            )
            .at("horizon"),
        );
    }
}

/// A target names what happens, promises one thing, and nothing that cannot be seen.
fn check_target(model: &Model, path: &str, target: &TargetBlock, issues: &mut Issues) {
    let annual = model.head.annual.is_some();
    if let Some(given) = &target.given {
        let ids = || model.happens.iter().map(|happening| happening.id.as_str());
        let at = format!("{path} › given");
        if annual {
            let message = "a promise about years is not given that something happens";
            issues.push(Issue::error("not-in-annual", given.span, message).at(at));
        } else if ids().all(|id| id != given.as_str()) {
            let message = format!("nothing that happens is called `{}`", given.as_str());
            let near = did_you_mean(given.as_str(), ids());
            issues.push(
                Issue::error("unknown-name", given.span, message)
                    .at(at)
                    .suggest(near),
            );
        }
    }
    let Some(promise) = target.promise() else {
        let message = "a target promises one thing";
        let help = if annual {
            "write `availability: 99.9 %`, or `down-per-year: 8 h`, or `back-within: 4 h` with `probability: 95 %`"
        } else {
            "write `back-within: 4 h` with `probability: 95 %`"
        };
        let issue = Issue::error("promise-unclear", target.service.span, message);
        issues.push(issue.at(path).help(help));
        return;
    };
    let horizon_us = model.head.horizon_us;
    match (&target.back_within, promise) {
        (Some(within), Promise::BackWithin { us, .. }) if horizon_us > 0 && us > horizon_us => {
            let horizon = SimDuration::from_us(horizon_us);
            let message = format!("`{}` is promised, but only {horizon} are watched", within.value);
            let issue = Issue::error("target-beyond-horizon", within.span, message);
            issues.push(
                issue
                    .at(format!("{path} › back-within"))
                    .help(format!("raise `horizon` above {horizon}")),
            );
        }
        (_, Promise::Availability(_) | Promise::DownPerYear(_)) if !annual => {
            let message = "this is promised about years, and one disaster is watched";
            let issue = Issue::error("only-in-annual", target.service.span, message);
            issues.push(issue.at(path).help("write `annual:` instead of `horizon:`"));
        }
        _ => {}
    }
}

fn check_record(model: &Model, issues: &mut Issues) {
    for (id, record) in &model.head.record {
        let path = format!("record › {id}");
        let moments: Vec<(&Spanned<_>, &str)> = match record {
            RecordBlock::Outage {
                lost_at,
                back_at,
                back_by,
                ..
            } => [(lost_at, "lost-at"), (back_at, "back-at")]
                .into_iter()
                .chain(back_by.as_ref().map(|by| (by, "back-by")))
                .collect(),
            RecordBlock::ServersOn { at, .. } => vec![(at, "at")],
        };
        let mut before = 0;
        for (moment, field) in moments {
            match model.moment_us(moment, &format!("{path} › {field}")) {
                Err(issue) => issues.push(*issue),
                Ok(us) if us < before => {
                    let issue =
                        Issue::error("out-of-bounds", moment.span, "this is before the time above it");
                    issues.push(issue.at(format!("{path} › {field}")));
                }
                Ok(us) => before = us,
            }
        }
    }
}

/// Takes out of the merged tree what the library says in fields that hold alternatives, as far as the author describes any of them; of
/// those that only the library describes, the first is left.
pub fn choose_alternatives(root: &mut Node, kinds: &[&'static Kind], is_library: impl Fn(Span) -> bool) {
    for kind in kinds.iter().filter(|kind| !kind.alternatives.is_empty()) {
        let Some(entries) = root.get_mut(kind.section).and_then(Node::entries_mut) else {
            continue;
        };
        for entry in entries {
            for field in kind.alternatives {
                let Some(ways) = entry.node.get_mut(field).and_then(Node::entries_mut) else {
                    continue;
                };
                let chosen = |way: &Entry| !is_library(way.key_span);
                if ways.iter().any(chosen) {
                    ways.retain(|way| chosen(way));
                } else {
                    ways.truncate(1);
                }
            }
        }
    }
}
