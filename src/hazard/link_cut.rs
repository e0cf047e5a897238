//! A digger, a ship's anchor, a fire under a bridge: what lies together is cut together, and spliced cable by cable.
//!
//! It leaves out: cables that are damaged and fail later, and other ways that a carrier lends for the time.

use super::does::{Undone, undoable_of};
use super::draws::Draws;
use super::laid_out::{self, Course};
use super::when;
use crate::component::{Link, PLACES, Uplink};
use crate::diagnostics::{Issue, Issues};
use crate::model::{
    EntityId, Expect, Hazard, HazardKind, Lowering, Model, Moment, References, Refs, Targets, read_hazard,
    schema_of,
};
use crate::random::{Law, LawInput, entity_hash};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// Links that are cut.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LinkCut {
    /// What is cut: ducts, with all links and uplinks in them, or single links and uplinks.
    pub of: Targets,
    /// When: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How long until the place of the cut is found and somebody can work there.
    pub reached: LawInput,
    /// How long it takes to splice one link.
    pub splices: LawInput,
    /// How many links are spliced at once, in the order of their ids.
    pub at_once: u32,
}

/// The tag `link-cut`.
pub const KIND: HazardKind = HazardKind {
    tag: "link-cut",
    docs: "Links are cut: a duct with all that lies in it, or single ones. When the place has been found and laid open, they are spliced one after the \
           other.",
    example: "blackstart: 1\nhorizon: 7 d\nsites: {alpha: {}, beta: {}}\nducts: {duct-7: {}}\nlinks: {dark-fibre-1: {between: [alpha, beta], shares: \
              duct-7}, dark-fibre-2: {between: [alpha, beta], shares: duct-7}}\nhappens: {digger: {link-cut: {of: duct-7, at: +1 h}}}\n",
    schema: schema_of::<LinkCut>,
    read: read_hazard::<LinkCut>,
};

/// What can be cut.
const OF: Expect = Expect {
    sections: &["ducts", "links", "uplinks"],
    noun: "duct, link or uplink",
};

impl LinkCut {
    /// The ducts that are cut, and the links, in the order of their ids.
    fn cut(&self, model: &Model) -> (Vec<EntityId>, Vec<EntityId>) {
        let chosen: Vec<EntityId> = model.select(&self.of).iter().map(|thing| thing.value).collect();
        let is_link = |id| model.get::<Link>(id).is_some() || model.get::<Uplink>(id).is_some();
        let lies_in = |shares: &Refs| shares.iter().any(|duct| chosen.contains(&model.resolve(duct)));
        let links = model.entities_with_ids().map(|(id, _)| id).filter(|&id| {
            let shares = model.get::<Link>(id).map(|link| &link.shares);
            let shares = shares.or(model.get::<Uplink>(id).map(|uplink| &uplink.shares));
            shares.is_some_and(|shares| chosen.contains(&id) || lies_in(shares))
        });
        let links = links.collect();
        let ducts = chosen.iter().copied().filter(|&id| !is_link(id)).collect();
        (ducts, links)
    }
}

impl Hazard for LinkCut {
    fn references(&self, out: &mut References<'_>) {
        out.targets(&self.of, OF, PLACES, "link-cut › of");
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › link-cut");
        when::check(self.at.as_ref(), &path, model, issues);
        if self.cut(model).1.is_empty() {
            let issue = Issue::warning("nothing-happens", self.of.span(), "no link lies there");
            issues.push(
                issue
                    .at(format!("{path} › of"))
                    .help("say which links lie in it: `shares: duct-7`"),
            );
        }
        if self.at_once == 0 {
            let issue = Issue::error(
                "out-of-bounds",
                self.of.span(),
                "nobody would ever splice anything",
            );
            issues.push(issue.at(format!("{path} › at-once")));
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let model = low.model;
        let (ducts, links) = self.cut(model);
        let (mut cut, open) = undoable_of(low, Undone::Loss, &ducts);
        let mut spliced = Vec::new();
        for &link in &links {
            let (there, back) = undoable_of(low, Undone::Loss, &[link]);
            cut.extend(there);
            spliced.push((format!("{} is spliced", model.entity(link).label()), back));
        }
        let names = model.select(&self.of);
        let names: Vec<&str> = names
            .iter()
            .map(|thing| model.entity(thing.value).label())
            .collect();
        let mut lines = vec![
            (format!("{} cut", names.join(", ")), cut),
            ("the cut is found and laid open".to_owned(), open),
        ];
        lines.extend(spliced);
        let splicing = Splicing {
            reached: self.reached.law(),
            splices: self.splices.law(),
            at_once: self.at_once as usize,
            links: links
                .iter()
                .map(|&link| entity_hash(&model.entity(link).id))
                .collect(),
        };
        laid_out::wire(low, id, when::us(self.at.as_ref(), model), lines, splicing);
    }
}

/// Links that have been cut, and how they are spliced.
#[derive(Debug)]
struct Splicing {
    reached: Law,
    splices: Law,
    at_once: usize,
    /// What the draws about each link are keyed by.
    links: Vec<u64>,
}

// The lines after that of the beginning.
const REACHED: usize = 1;
const SPLICED: usize = 2;

/// What a draw is for.
#[derive(Clone, Copy)]
enum For {
    Reached,
    Splices,
}

impl Course for Splicing {
    fn course(&self, start: u64, draws: &Draws<'_>) -> Vec<(u64, usize)> {
        let reached = start.saturating_add(draws.law(&self.reached, For::Reached as u64, 0));
        let mut events = vec![(reached, REACHED)];
        let mut free = vec![reached; self.at_once.min(self.links.len())];
        for (place, &link) in self.links.iter().enumerate() {
            let next = free.iter_mut().min().expect("somebody splices");
            *next = next.saturating_add(draws.law(&self.splices, For::Splices as u64, link));
            events.push((*next, SPLICED + place));
        }
        events.retain(|&(at, _)| at != u64::MAX);
        events.sort_unstable();
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    const HOUR: u64 = 3_600_000_000;

    fn of(at_once: usize) -> Vec<(u64, usize)> {
        let splicing = Splicing {
            reached: Law::fixed_us(5 * HOUR),
            splices: Law::fixed_us(2 * HOUR),
            at_once,
            links: vec![11, 12, 13],
        };
        let key = Key::new(1, 0);
        splicing.course(HOUR, &Draws(&|number| key.stream(3, 7, number)))
    }

    #[test]
    fn links_are_spliced_one_after_the_other() {
        let hours = |events: Vec<(u64, usize)>| {
            events
                .iter()
                .map(|&(at, line)| (at / HOUR, line))
                .collect::<Vec<_>>()
        };
        assert_eq!(hours(of(1)), [(6, REACHED), (8, 2), (10, 3), (12, 4)]);
        assert_eq!(hours(of(2)), [(6, REACHED), (8, 2), (8, 3), (10, 4)]);
        assert_eq!(hours(of(9)), [(6, REACHED), (8, 2), (8, 3), (8, 4)]);
    }
}
