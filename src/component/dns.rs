//! Names: a service is used by who finds it, and found by who is answered, or still remembers an answer.

use super::distribution::electrical;
use super::{SERVICES, check_twice, seen};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{BufferSpec, NodeId, Reading};
use crate::model::{
    Class, Component, EntityId, Kind, Lowering, Model, Ref, References, Refs, TileKind, Viewpoint,
    read_component, schema_of,
};
use crate::quantity::SimDuration;
use schemars::JsonSchema;
use serde::Deserialize;

/// A zone of names (DNS), as resolvers see it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Dns {
    /// What people call it, in any script.
    pub name: Option<String>,
    /// The services that answer, any one of which is enough. Without any it is answered by others, and is gone only if it is lost itself.
    #[serde(default)]
    pub answered_by: Refs,
    /// How long an answer is remembered: so long a service is still found when nobody answers any more.
    pub ttl: SimDuration,
    /// How long it is remembered that there was no answer: so long a service is not found after somebody answers again.
    pub negative_ttl: SimDuration,
}

/// The section `dns`.
pub const KIND: Kind = Kind {
    section: "dns",
    noun: "zone of names",
    docs: "A zone of names (DNS). Services that are `found-by` it are used only by who finds them: while one of the services that answer is up and reached, \
           and for a time after that. A zone that is lost or broken answers nothing, or wrongly.",
    example: "blackstart: 1\nhorizon: 1 d\nsites: {alpha: {}}\npools: {web-a: {in: alpha, servers: 40}}\nservices:\n  web: {tier: 1, users: 1 million, \
              runs-on: {web-a: {active: 38}}, found-by: public}\n  name-server: {tier: internal, runs-on: {web-a: {active: 2}}}\ndns: {public: {answered-by: \
              name-server, ttl: 5 min}}\nhappens: {empty-record: {loss-of: {ids: public, at: +1 h, for: 2 h}}}\n",
    nested: &[],
    alternatives: &[],
    stratum: None,
    class: Class::Network,
    schema: schema_of::<Dns>,
    read: read_component::<Dns>,
};

impl Component for Dns {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn references(&self, out: &mut References<'_>) {
        out.many(&self.answered_by, SERVICES, "answered-by");
    }

    fn upstream(&self) -> Vec<&Ref> {
        self.answered_by.iter().collect()
    }

    fn check(&self, me: EntityId, model: &Model, issues: &mut Issues) {
        let entity = model.entity(me);
        let path = entity.path();
        for (field, time) in [("ttl", self.ttl), ("negative-ttl", self.negative_ttl)] {
            if time < SimDuration::from_us(1_000_000) {
                let message = format!("answers of `{}` are remembered for less than a second", entity.id);
                let issue = Issue::error("out-of-bounds", entity.span, message);
                issues.push(
                    issue
                        .at(format!("{path} › {field}"))
                        .help("write a time from `1 s` on"),
                );
            }
        }
        check_twice(self.answered_by.iter(), &format!("{path} › answered-by"), issues);
    }

    fn declare(&self, low: &mut Lowering<'_>, me: EntityId) {
        electrical(low, me, None);
    }

    fn wire(&self, _low: &mut Lowering<'_>, _me: EntityId) {}
}

impl Dns {
    /// What reads full while names of the zone are found from somewhere; made when it is first asked for.
    pub(super) fn found(&self, low: &mut Lowering<'_>, me: EntityId, from: Viewpoint) -> NodeId {
        if let Some(&known) = low.views.found.get(&(me, from)) {
            return known;
        }
        let whence = super::reach::words(low.model, from);
        let fit = low.of(me).fit.clone();
        let answers = low.all(me, &format!("answers{whence}"), &fit);
        let found = self.remembered(low, me, &format!("found{whence}"), answers);
        // Known before anybody is asked: what answers may be found by the same zone.
        low.views.found.insert((me, from), found);
        if !self.answered_by.is_empty() {
            let answering = seen::ups(low, self.answered_by.iter(), from);
            let any = low.any(me, &format!("answered{whence}"), &answering);
            low.net.also(answers, any, Reading::Flag);
        }
        found
    }

    /// What goes on for the one time after `answers` has gone, and comes back the other time after it has.
    fn remembered(&self, low: &mut Lowering<'_>, me: EntityId, part: &str, answers: NodeId) -> NodeId {
        let (ttl, negative) = (self.ttl.us(), self.negative_ttl.us());
        let rate = |us: u64| i64::try_from(us).expect("a duration of the language is below 2^62 µs");
        // Drains by `negative` and fills by `ttl` each microsecond, so that it takes `ttl` and `negative` for all of it.
        let full = i128::from(ttl) * i128::from(negative);
        let (name, tag) = low.part(me, part);
        let store = low.net.buffer(
            name,
            tag,
            BufferSpec {
                ceiling: full,
                start: full,
                rearm: full,
                base_rate: -rate(negative),
            },
        );
        low.net
            .rate(store, answers, Reading::Flag, rate(negative) + rate(ttl));
        let label = format!("names of {} found again", low.model.entity(me).label());
        low.stage(store, label, TileKind::Starting);
        store
    }
}
