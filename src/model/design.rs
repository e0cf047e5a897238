//! The model: a scenario that is right, with every name resolved and every default applied.

use super::clock::{Clock, moment_us};
use super::head::{RecordBlock, TargetBlock};
use super::kind::{Component, Hazard, Kind};
use super::profile::Profile;
use super::references::References;
use super::written::{Moment, Ref, Selector, Target, Targets, Tier};
use crate::diagnostics::{Issue, Span};
use crate::scenario::{Id, Spanned};
use petgraph::unionfind::UnionFind;
use std::any::{Any, TypeId};
use std::collections::{BTreeMap, BTreeSet};

/// The number of an entity; entities are numbered in the order of their sorted ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub u32);

impl EntityId {
    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The id of the `index`-th entity.
    pub fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("a design has fewer than 2^32 entities"))
    }
}

/// One thing of a design.
#[derive(Debug)]
pub struct Entity {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: &'static Kind,
    /// Where its id was written.
    pub span: Span,
    /// The place in which it stands.
    pub place: Option<EntityId>,
    /// What was written about it.
    pub component: Box<dyn Component>,
}

impl Entity {
    /// What people call it: its name, or its id.
    pub fn label(&self) -> &str {
        self.component.name().unwrap_or(&self.id)
    }

    /// The way to it through the document.
    pub fn path(&self) -> String {
        format!("{} › {}", self.kind.section, self.id)
    }
}

/// Something that happens.
#[derive(Debug)]
pub struct Happening {
    /// Its id.
    pub id: String,
    /// Where its id was written.
    pub span: Span,
    /// What was written about it.
    pub hazard: Box<dyn Hazard>,
}

/// Years of ordinary life, as a replication counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annual {
    /// How many years.
    pub years: u32,
    /// How much is left out before them, in microseconds.
    pub warm_up_us: u64,
}

impl Annual {
    /// When the last year ends, in microseconds since the start.
    pub fn end_us(&self) -> u64 {
        // A year is 365.25 days, as in the quantities.
        self.warm_up_us + u64::from(self.years) * 31_557_600_000_000
    }
}

/// What stands at the head of a scenario.
#[derive(Debug, Default)]
pub struct Head {
    /// What people call it.
    pub title: Option<String>,
    /// When it begins, if it does so at a time on the calendar.
    pub clock: Option<Clock>,
    /// How long a replication is, in microseconds; 0 if it is years.
    pub horizon_us: u64,
    /// Whether nothing runs when it begins.
    pub from_dark: bool,
    /// The years, if it is years of ordinary life.
    pub annual: Option<Annual>,
    /// The promises, by id.
    pub targets: BTreeMap<Id, TargetBlock>,
    /// What was observed, by id.
    pub record: BTreeMap<Id, RecordBlock>,
}

/// The rank of a service that no tier of users needs.
pub const RANK_INTERNAL: u32 = 10;

/// A scenario that is right.
#[derive(Debug)]
pub struct Model {
    /// Title, clock, horizon, targets, record.
    pub head: Head,
    /// What happens, by sorted id.
    pub happens: Vec<Happening>,
    entities: Vec<Entity>,
    index: BTreeMap<String, EntityId>,
    by_kind: BTreeMap<TypeId, Vec<EntityId>>,
    downstream: Vec<Vec<EntityId>>,
    ranks: Vec<u32>,
    /// The part of the design to which each entity belongs.
    parts: Vec<u32>,
}

impl Model {
    /// A model of these entities, sorted by id, whose references are resolved.
    pub(super) fn new(
        head: Head,
        happens: Vec<Happening>,
        mut entities: Vec<Entity>,
        index: BTreeMap<String, EntityId>,
    ) -> Self {
        for entity in &mut entities {
            entity.place = entity.component.place().map(|place| index[place.as_str()]);
        }
        let mut upstream: Vec<Vec<EntityId>> = Vec::with_capacity(entities.len());
        let mut downstream = vec![Vec::new(); entities.len()];
        for (at, entity) in entities.iter().enumerate() {
            let needs: BTreeSet<EntityId> = entity
                .component
                .upstream()
                .into_iter()
                .map(|name| index[name.as_str()])
                .collect();
            for need in &needs {
                downstream[need.index()].push(EntityId::new(at));
            }
            upstream.push(needs.into_iter().collect());
        }
        let ranks = ranks(&entities, &upstream);
        let parts = parts(&entities, &index);
        let mut by_kind: BTreeMap<TypeId, Vec<EntityId>> = BTreeMap::new();
        for (at, entity) in entities.iter().enumerate() {
            let kind = (&*entity.component as &dyn Any).type_id();
            by_kind.entry(kind).or_default().push(EntityId::new(at));
        }
        let mut model = Self {
            head,
            happens,
            entities,
            index,
            by_kind,
            downstream,
            ranks,
            parts,
        };
        model.join_by_work();
        model
    }

    /// Who works on what happens, and what it is done to, are of one part of the design.
    fn join_by_work(&mut self) {
        for happening in &self.happens {
            let mut joined = happening.hazard.joins(self).into_iter();
            let Some(first) = joined.next() else { continue };
            let to = self.parts[first.index()];
            for other in joined {
                let from = self.parts[other.index()];
                for part in self.parts.iter_mut().filter(|part| **part == from) {
                    *part = to;
                }
            }
        }
    }

    /// Whether two entities hang together by whatever names whatever, however indirectly: things of another part of the design are none of
    /// each other's business.
    pub fn hang_together(&self, a: EntityId, b: EntityId) -> bool {
        self.parts[a.index()] == self.parts[b.index()]
    }

    /// All entities, by sorted id.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// All entities with their numbers.
    pub fn entities_with_ids(&self) -> impl Iterator<Item = (EntityId, &Entity)> {
        self.entities
            .iter()
            .enumerate()
            .map(|(at, entity)| (EntityId::new(at), entity))
    }

    /// An entity.
    pub fn entity(&self, id: EntityId) -> &Entity {
        &self.entities[id.index()]
    }

    /// The entity of this name, if there is one.
    pub fn find(&self, name: &str) -> Option<EntityId> {
        self.index.get(name).copied()
    }

    /// The entity that a reference names.
    pub fn resolve(&self, name: &Ref) -> EntityId {
        self.find(name.as_str())
            .expect("every reference of a model was resolved when it was validated")
    }

    /// An entity as one of a kind, if it is of that kind.
    pub fn get<T: Component>(&self, id: EntityId) -> Option<&T> {
        self.entity(id).component.of()
    }

    /// All entities of a kind.
    pub fn all<T: Component>(&self) -> impl Iterator<Item = (EntityId, &T)> {
        let ids = self.by_kind.get(&TypeId::of::<T>()).into_iter().flatten();
        ids.filter_map(|&id| Some((id, self.get(id)?)))
    }

    /// All entities of a kind that name this one among what they hang on.
    pub fn below<T: Component>(&self, id: EntityId) -> impl Iterator<Item = (EntityId, &T)> {
        let ids = self.downstream[id.index()].iter();
        ids.filter_map(|&id| Some((id, self.get(id)?)))
    }

    /// Whether `entity` is `place` or stands in it, however deeply.
    pub fn is_in(&self, entity: EntityId, place: EntityId) -> bool {
        let mut here = Some(entity);
        while let Some(at) = here {
            if at == place {
                return true;
            }
            here = self.entity(at).place;
        }
        false
    }

    /// The outermost place in which an entity stands; itself if it stands in none.
    pub fn site(&self, entity: EntityId) -> EntityId {
        let mut here = entity;
        while let Some(place) = self.entity(here).place {
            here = place;
        }
        here
    }

    /// The entities that targets name, each with the place where it was named. The same one may come twice.
    pub fn select(&self, targets: &Targets) -> Vec<Spanned<EntityId>> {
        let mut chosen = Vec::new();
        for target in &targets.0 {
            match &target.value {
                Target::Id(id) => {
                    let entity = self
                        .find(id)
                        .expect("every reference of a model was resolved when it was validated");
                    chosen.push(Spanned::new(entity, target.span));
                }
                Target::Selector(selector) => {
                    chosen.extend(
                        self.selected(selector)
                            .into_iter()
                            .map(|id| Spanned::new(id, target.span)),
                    );
                }
            }
        }
        chosen
    }

    fn selected(&self, selector: &Selector) -> Vec<EntityId> {
        let place = selector.r#in.as_ref().map(|place| self.resolve(place));
        self.entities_with_ids()
            .filter(|(id, entity)| {
                entity.kind.section == selector.kind.value && place.is_none_or(|place| self.is_in(*id, place))
            })
            .map(|(id, _)| id)
            .collect()
    }

    /// The rank by which an entity shares what is scarce: the best tier among the services that need it, however indirectly, itself
    /// included; [`RANK_INTERNAL`] if none with a tier does.
    pub fn rank(&self, entity: EntityId) -> u32 {
        self.ranks[entity.index()]
    }

    /// The profile of this name, as it stands when a replication begins.
    pub fn profile(&self, name: &Ref) -> Profile {
        let since = self.head.clock.as_ref().map_or(0, Clock::since_first_week_us);
        let component = &self.entity(self.resolve(name)).component;
        component
            .profile(since)
            .expect("references were resolved to profiles")
    }

    /// The rank of a service by its own tier; `None` for what is no service.
    pub fn own_rank(&self, entity: EntityId) -> Option<u32> {
        match self.entity(entity).component.tier()? {
            Tier::Ranked(tier) => Some(u32::from(tier)),
            Tier::Internal => Some(RANK_INTERNAL),
        }
    }

    /// Everything that needs an entity, however indirectly, in the order of ids, itself included.
    pub fn served_by(&self, entity: EntityId) -> Vec<EntityId> {
        let mut seen = BTreeSet::from([entity]);
        let mut open = vec![entity];
        while let Some(here) = open.pop() {
            for &next in &self.downstream[here.index()] {
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen.into_iter().collect()
    }

    /// The time of a moment in microseconds since the start.
    ///
    /// # Errors
    /// An issue when the moment needs a clock that is not there, or lies before the start.
    pub fn moment_us(&self, moment: &Spanned<Moment>, path: &str) -> Result<u64, Box<Issue>> {
        moment_us(self.head.clock.as_ref(), moment, path)
    }
}

/// The part of the design to which each entity belongs: entities that name each other are of one.
fn parts(entities: &[Entity], index: &BTreeMap<String, EntityId>) -> Vec<u32> {
    let count = u32::try_from(entities.len()).expect("fewer than 2^32 entities");
    let mut parts: UnionFind<u32> = UnionFind::new(entities.len());
    let mut wanted = Vec::new();
    for (at, entity) in (0..count).zip(entities) {
        entity
            .component
            .references(&mut References::new(String::new(), &mut wanted));
        for named in wanted.drain(..) {
            if let Some(id) = named.entity().and_then(|name| index.get(name)) {
                parts.union(at, id.0);
            }
        }
    }
    parts.into_labeling()
}

/// The best tier that needs each entity: tiers in rising order claim all that they need and that is not claimed yet.
fn ranks(entities: &[Entity], upstream: &[Vec<EntityId>]) -> Vec<u32> {
    let mut ranks = vec![RANK_INTERNAL; entities.len()];
    for tier in 1..=9u8 {
        let mut open: Vec<usize> = (0..entities.len())
            .filter(|&at| {
                entities[at].component.tier() == Some(Tier::Ranked(tier)) && ranks[at] == RANK_INTERNAL
            })
            .collect();
        for &at in &open {
            ranks[at] = u32::from(tier);
        }
        while let Some(here) = open.pop() {
            for need in &upstream[here] {
                if ranks[need.index()] == RANK_INTERNAL {
                    ranks[need.index()] = u32::from(tier);
                    open.push(need.index());
                }
            }
        }
    }
    ranks
}
