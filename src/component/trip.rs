//! Overload trips: what carries more than it may for long enough opens, and with it dies what it feeds.
//!
//! The load of a thing (see `flow`) is asked of a balance that its capacity supplies while it is fed. An overload is borne for a while; then the
//! balance opens and stays open until it closes by itself or is closed by people.

use super::distribution::live;
use super::shed::{self, Sheds};
use super::{TEAMS, capacity};
use crate::diagnostics::{Issue, Issues};
use crate::kernel::{
    Action, Back, Bears, Call, Demand, Effect, Gauge, NodeId, OnError, Opens, Policy, Reading, Takes, Way,
    WorkSpec,
};
use crate::model::{Crew, EntityId, Input, Lowering, Model, References, TileKind, check_crew};
use crate::quantity::{Loading, Power, SimDuration};
use crate::random::LawInput;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How something opens when it carries too much, and how it is closed again. Its `capacity` then limits nothing until it opens.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Trips {
    /// The load above which it opens, as a share of its capacity.
    #[serde(default = "full")]
    pub at: Loading,
    /// For how long it carries more than that; any break begins this anew. Or a `curve`.
    pub after: Option<SimDuration>,
    /// For how long it carries which load from cold: the heavier, the shorter, straight between the points. The least load of it is borne for
    /// ever; what was borne is remembered as heat. Instead of `at` and `after`.
    #[serde(default)]
    pub curve: BTreeMap<Loading, SimDuration>,
    /// How long full heat takes to go; as long as the longest time of the curve if not given.
    pub cools: Option<SimDuration>,
    /// Which pools are switched off before it opens; none if not given.
    pub sheds: Option<Sheds>,
    /// After how long it closes by itself, if what hangs on it fits then.
    pub resets_after: Option<SimDuration>,
    /// How people close it. Without this and `resets-after` it stays open until a timeline or a procedure repairs it.
    pub reset: Option<Reset>,
}

fn full() -> Loading {
    Loading::FULL
}

/// How people close what has opened.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reset {
    /// How long it takes.
    pub takes: LawInput,
    /// Who does it: teams and heads, who must have come and need the place to be open. Without anybody it begins at once.
    #[serde(default)]
    pub crew: Crew,
}

/// Names what the field `trips` refers to.
pub(super) fn references(trips: Option<&Trips>, out: &mut References<'_>) {
    if let Some(reset) = trips.and_then(|trips| trips.reset.as_ref()) {
        out.crew(&reset.crew, TEAMS, "trips › reset › crew");
    }
}

/// Reports what is wrong in the field `trips`.
pub(super) fn check(
    trips: Option<&Trips>,
    capacity: Option<Power>,
    me: EntityId,
    model: &Model,
    issues: &mut Issues,
) {
    let Some(trips) = trips else { return };
    let entity = model.entity(me);
    let path = format!("{} › trips", entity.path());
    let mut wrong = |code: &'static str, field: &str, message: String, help: &str| {
        let issue = Issue::error(code, entity.span, message).at(format!("{path}{field}"));
        issues.push(if help.is_empty() { issue } else { issue.help(help) });
    };
    if capacity.is_none() {
        let message = format!(
            "it is not said what `{}` may carry, so that nothing could trip it",
            entity.id
        );
        wrong("trips-without-capacity", "", message, "add `capacity: 500 kW`");
    }
    match (trips.after, trips.curve.is_empty()) {
        (None, true) => {
            let message = format!("it is not said for how long `{}` carries too much", entity.id);
            wrong(
                "missing-field",
                "",
                message,
                "add `after: 10 s`, or a `curve: {110 %: 1 h, 150 %: 1 min}`",
            );
        }
        (Some(_), false) => {
            let message = format!("for how long `{}` carries too much is said twice", entity.id);
            wrong("contradiction", "", message, "write `after` or `curve`");
        }
        _ => {}
    }
    if trips.at.ppm() == 0 || trips.curve.keys().any(|load| load.ppm() == 0) {
        let message = format!("`{}` would trip at any load", entity.id);
        wrong("out-of-bounds", "", message, "");
    }
    if !trips.curve.is_empty() && trips.at != Loading::FULL {
        let message = format!("at which load `{}` trips is said twice", entity.id);
        wrong(
            "contradiction",
            " › at",
            message,
            "leave out `at`: the least load of the curve is borne for ever",
        );
    }
    let times: Vec<SimDuration> = trips.curve.values().copied().collect();
    if times.windows(2).any(|pair| pair[1] > pair[0]) {
        let message = format!("`{}` would carry a heavier load for longer", entity.id);
        wrong(
            "out-of-bounds",
            " › curve",
            message,
            "the heavier the load, the shorter the time",
        );
    }
    if trips.cools.is_some() && trips.curve.is_empty() {
        let message = format!("`{}` trips after a delay, which no heat shortens", entity.id);
        wrong(
            "contradiction",
            " › cools",
            message,
            "leave out `cools`, or give a `curve`",
        );
    }
    if trips.resets_after == Some(SimDuration::ZERO) {
        let message = format!("`{}` would close in the moment in which it opens", entity.id);
        wrong("out-of-bounds", " › resets-after", message, "");
    }
    if trips.resets_after.is_some() && trips.reset.is_some() {
        let message = format!("`{}` closes by itself and by hand", entity.id);
        wrong("contradiction", "", message, "write `resets-after` or `reset`");
    }
    if let Some(sheds) = trips.sheds {
        sheds.check(me, &format!("{path} › sheds"), model, issues);
    }
    if let Some(reset) = &trips.reset {
        check_crew(&reset.crew, model, &format!("{path} › reset › crew"), issues);
    }
    if !capacity::is_drawn_through(me, model) {
        let message = format!(
            "it is not said what anything draws through `{}`, so that nothing trips it",
            entity.id
        );
        let issue = Issue::warning("without-effect", entity.span, message).at(path);
        issues.push(issue.help("say what servers draw (`pools: {web: {draws: 350 W}}`), or describe loads"));
    }
}

impl Trips {
    /// The load from which on it does not carry everything for ever, of what it may carry at most.
    fn limit_w(&self, capacity: Power) -> i64 {
        let least = self.curve.keys().next().copied().unwrap_or(self.at);
        least.of(capacity.w()).max(1)
    }

    fn bears(&self) -> Bears {
        let Some(least) = self.curve.keys().next() else {
            return Bears::For(self.after.expect("a time was checked to be given").us());
        };
        let relative = |load: &Loading| {
            let ppm = i128::from(load.ppm()) * i128::from(crate::kernel::FULL_PPM) / i128::from(least.ppm());
            i64::try_from(ppm).expect("a load is at most some hundred times another of a curve")
        };
        let table: Vec<(i64, u64)> = self
            .curve
            .iter()
            .map(|(load, time)| (relative(load), time.us()))
            .collect();
        let longest = table.first().map_or(1, |&(_, us)| us);
        Bears::Heat {
            table,
            cools_us: self.cools.map_or(longest, SimDuration::us).max(1),
        }
    }

    fn policy(&self, opens: Opens) -> Policy {
        Policy::Trip {
            bears: self.bears(),
            opens,
            back: self
                .resets_after
                .map_or(Back::ByWork, |delay| Back::After(delay.us())),
        }
    }
}

/// Declares what opens: what others read as *it is live* needs it to be closed.
pub(super) fn declare(low: &mut Lowering<'_>, me: EntityId, trips: Option<&Trips>) {
    let Some(trips) = trips else { return };
    let breaker = declare_breaker(low, me, trips, Opens::Whole);
    let out = live(low, me);
    let (name, tag) = low.part(me, "closed-and-fed");
    let carries = low.net.gauge(breaker, Gauge::Live, name, tag);
    low.net.also(out, carries, Reading::Flag);
}

fn declare_breaker(low: &mut Lowering<'_>, me: EntityId, trips: &Trips, opens: Opens) -> NodeId {
    let (name, tag) = low.part(me, "breaker");
    let balance = low.net.balance(name, tag, trips.policy(opens));
    let (name, tag) = low.part(me, "open");
    let open = low.net.gauge(balance, Gauge::Open, name, tag);
    let label = format!("{} closes again", low.model.entity(me).label());
    low.stage(balance, label, TileKind::Starting);
    let mut alarms: Vec<Input> = low.of(me).alarm.into_iter().collect();
    alarms.push((open, Reading::Flag));
    let alarm = low.any(me, "amiss", &alarms);
    let handles = low.of_mut(me);
    handles.alarm = Some((alarm, Reading::Flag));
    handles.opens = Some((balance, open));
    balance
}

/// Joins what opens to what it carries; `fed` is what it needs to carry anything, whether closed or not.
pub(super) fn wire(
    low: &mut Lowering<'_>,
    me: EntityId,
    trips: Option<&Trips>,
    capacity: Option<Power>,
    fed: &[Input],
) {
    let (Some(trips), Some(capacity)) = (trips, capacity) else {
        return;
    };
    let (balance, _) = low.of(me).opens.expect("what trips has a breaker");
    let fed = low.all(me, "fed-and-sound", fed);
    low.net
        .supply(balance, fed, Reading::Flag, trips.limit_w(capacity));
    wire_load(low, me, trips, &[(fed, trips.limit_w(capacity))]);
}

fn wire_load(low: &mut Lowering<'_>, me: EntityId, trips: &Trips, supplies: &[(NodeId, i64)]) {
    let (balance, open) = low.of(me).opens.expect("what trips has a breaker");
    let carried = low.of(me).carried.expect("what trips has a load point");
    let (name, tag) = low.part(me, "carried");
    low.net.consumer(balance, name, tag, 0, Demand::Load(carried));
    shed::wire(low, me, trips.sheds, carried, supplies);
    let Some(reset) = &trips.reset else { return };
    let mut needs: Vec<Input> = Vec::new();
    if !reset.crew.is_empty() {
        needs.extend(low.open_input(me));
    }
    let label = format!("close {} again", low.model.entity(me).label());
    let way = Way {
        name: "reset".to_owned(),
        needs,
        crew: low.crew_heads(&reset.crew),
        takes: Takes::Once(reset.takes.law()),
        ..Way::default()
    };
    let spec = WorkSpec {
        call: Call::When(open, Reading::Flag),
        goal: Some((open, Reading::Not)),
        ways: vec![way],
        effects: vec![Effect::Act(Action::Close { node: balance })],
        on_error: OnError::Retry,
        lanes: 1,
        serves: low.serves(me),
        ..WorkSpec::default()
    };
    low.work(me, "reset", spec, label, vec![TileKind::Working]);
}

/// Declares what opens one set after the other. Returns what says that any set gives something.
pub(super) fn declare_sets(low: &mut Lowering<'_>, me: EntityId, trips: &Trips) -> NodeId {
    let breaker = declare_breaker(low, me, trips, Opens::Sources);
    let (name, tag) = low.part(me, "closed-and-running");
    low.net.gauge(breaker, Gauge::Live, name, tag)
}

/// Joins the sets to what opens them when they carry too much together.
pub(super) fn wire_sets(low: &mut Lowering<'_>, me: EntityId, trips: &Trips, each: Power, sets: &[NodeId]) {
    let (balance, _) = low.of(me).opens.expect("what trips has a breaker");
    let limit_w = trips.limit_w(each);
    for &set in sets {
        low.net.supply(balance, set, Reading::Flag, limit_w);
    }
    let supplies: Vec<(NodeId, i64)> = sets.iter().map(|&set| (set, limit_w)).collect();
    wire_load(low, me, trips, &supplies);
}
