//! **Common cause**: one shock strikes several things that are alike.
//!
//! A member's failures are in part its own and in part shared; the model (beta factor, alpha factors, multiple Greek letters) says how the
//! total is split among the numbers of members that fail together. Of the total Q of one member, each given set of k members has
//!
//! ```text
//! beta           Q₁ = (1 − β) Q,  Qₙ = β Q
//! alpha factors  Qₖ = k / C(n−1, k−1) · αₖ / Σ j αⱼ · Q                 (non-staggered testing)
//! MGL            Qₖ = 1 / C(n−1, k−1) · ρ₁ … ρₖ (1 − ρₖ₊₁) · Q,  ρ₁ = 1, ρ₂ = β, ρ₃ = γ, …, ρₙ₊₁ = 0
//! ```
//!
//! (NUREG/CR-5485, 1998, tables 5-1 and A-1). For lives the Q are rates. All shocks of a group are *one* process: it has the rate
//! Σₖ C(n, k) Qₖ over k ≥ 2, each shock draws how many it strikes and then whom, every set of that size alike; members keep Q₁ on clocks
//! of their own. The process runs while the clock of any member runs. A shock spares members that have failed, and those whose own clock
//! rests, for what does not run is not exposed. For demands the Q are chances: members that are called on in one instant share one draw, in
//! which every set of k fails together with the chance Qₖ, independently of all other sets, as in a fault tree with one basic event a set.

use super::agent::What;
use super::builder::{Builder, Spec};
use super::calendar::NEVER;
use super::ids::{CommonCauseId, NodeId, RecordId};
use super::netlist::Netlist;
use super::purpose;
use super::settle::Engine;
use super::spec::Tag;
use super::state::Soundness;
use super::unit_spec::Begins;
use crate::random::{Law, Stream, binomial, entity_hash};

/// The most members of one group.
pub const MEMBERS_MAX: usize = 64;

/// A common-cause group: members that are alike, and how they fail together.
#[derive(Clone, Debug)]
pub struct CommonCause {
    /// How the total of a member is split.
    pub model: Multiplicity,
    /// The members: lives or demands, not both.
    pub members: Vec<Exposed>,
}

/// A failure mode of a member of a common-cause group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposed {
    /// A failure clock of a unit, with an exponential law whose mean is that of all failures of this mode, shared ones included.
    Life {
        /// The unit.
        unit: NodeId,
        /// The ordinal of the clock among the unit's clocks.
        clock: usize,
    },
    /// The failure on demand of a starter (of one item) or a selector, whose `fails_ppm` is the chance of all failures of this mode.
    Demand {
        /// The starter or selector.
        node: NodeId,
    },
}

/// How the total of a member is split among the numbers of members that fail together.
#[derive(Clone, Debug, PartialEq)]
pub enum Multiplicity {
    /// A share β of the failures strikes all members at once.
    Beta(f64),
    /// α₁ to αₙ: of all failure events of the group, the share in which so many members fail; of non-staggered tests. Their sum is 1.
    Alpha(Vec<f64>),
    /// β, γ, δ, …: n − 1 multiple Greek letters, the chances that a failure shared by so many is shared by one more.
    Mgl(Vec<f64>),
}

/// The total of a member, split.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    /// Q₁ / Q: what a member keeps for itself.
    pub own: f64,
    /// C(n, k) Qₖ / Q for k from 2: how often k members are struck together, for one failure of a member.
    pub shocks: Vec<f64>,
}

impl Multiplicity {
    /// Splits the total of a member of a group of `members`.
    ///
    /// # Errors
    /// In words, when the factors are too many, too few, or no chances.
    pub fn shares(&self, members: usize) -> Result<Shares, String> {
        let chance = |value: f64| (0.0..=1.0).contains(&value);
        let count = members as f64;
        match self {
            Self::Beta(beta) => {
                if !chance(*beta) {
                    return Err(format!("a beta factor lies between 0 and 1, not {beta}"));
                }
                let mut shocks = vec![0.0; members.saturating_sub(1)];
                if let Some(all) = shocks.last_mut() {
                    *all = *beta;
                }
                Ok(Shares {
                    own: 1.0 - beta,
                    shocks,
                })
            }
            Self::Alpha(alphas) => {
                if alphas.len() != members {
                    return Err(format!(
                        "{members} members take {members} alpha factors, not {}",
                        alphas.len()
                    ));
                }
                let sum: f64 = alphas.iter().sum();
                if !alphas.iter().all(|&alpha| chance(alpha)) || (sum - 1.0).abs() > 1e-6 {
                    return Err(format!(
                        "alpha factors lie between 0 and 1 and add up to 1, not to {sum}"
                    ));
                }
                let mean: f64 = (1_u32..).zip(alphas).map(|(k, alpha)| f64::from(k) * alpha).sum();
                Ok(Shares {
                    own: alphas[0] / mean,
                    // C(n, k) · k / C(n−1, k−1) is n for every k.
                    shocks: alphas[1..].iter().map(|alpha| count * alpha / mean).collect(),
                })
            }
            Self::Mgl(letters) => {
                if letters.len() + 1 != members {
                    let wanted = members.saturating_sub(1);
                    return Err(format!(
                        "{members} members take {wanted} Greek letters, not {}",
                        letters.len()
                    ));
                }
                if !letters.iter().all(|&letter| chance(letter)) {
                    return Err("Greek letters lie between 0 and 1".to_owned());
                }
                let mut shared = 1.0;
                let mut shocks = Vec::with_capacity(letters.len());
                for (place, letter) in letters.iter().enumerate() {
                    shared *= letter;
                    let next = letters.get(place + 1).copied().unwrap_or(0.0);
                    // C(n, k) / C(n−1, k−1) is n / k.
                    shocks.push(count / (place as f64 + 2.0) * shared * (1.0 - next));
                }
                Ok(Shares {
                    own: 1.0 - letters[0],
                    shocks,
                })
            }
        }
    }
}

/// What is wrong with a common-cause group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommonCauseFault {
    /// Fewer than two members, more than [`MEMBERS_MAX`], or one of them twice (in this group or another).
    Members,
    /// A member without the failure mode that it is said to have, or of another sort than the first.
    Mode(NodeId),
    /// A member whose life is not exponential: there is no rate to be shared.
    NotExponential(NodeId),
    /// A member with another total than the first: members of a group are alike.
    Unlike(NodeId),
    /// The factors of the model, in words.
    Factors(String),
}

/// The total of a member, and of which sort it is.
#[derive(Clone, Copy, PartialEq)]
enum Total {
    Mean(f64),
    Ppm(i64),
}

fn total(builder: &Builder, member: Exposed) -> Result<Total, CommonCauseFault> {
    match member {
        Exposed::Life { unit, clock } => {
            let Spec::Unit(spec) = &builder.nodes[unit.index()].spec else {
                return Err(CommonCauseFault::Mode(unit));
            };
            let clock = spec.clocks.get(clock).ok_or(CommonCauseFault::Mode(unit))?;
            match &clock.law {
                Law::Exponential(law) if clock.phases.is_empty() => Ok(Total::Mean(law.mean())),
                _ => Err(CommonCauseFault::NotExponential(unit)),
            }
        }
        Exposed::Demand { node } => match &builder.nodes[node.index()].spec {
            Spec::Starter(spec, ..) if spec.items == 1 => Ok(Total::Ppm(spec.fails_ppm)),
            Spec::Selector(spec) => Ok(Total::Ppm(spec.fails_ppm)),
            _ => Err(CommonCauseFault::Mode(node)),
        },
    }
}

fn node_of(member: Exposed) -> NodeId {
    match member {
        Exposed::Life { unit, .. } => unit,
        Exposed::Demand { node } => node,
    }
}

/// What is wrong with the common-cause groups that were declared.
pub(super) fn faults(builder: &Builder) -> Vec<super::Fault> {
    let mut faults = Vec::new();
    let mut all: Vec<Exposed> = Vec::new();
    for (name, _, group) in &builder.common_causes {
        let mut wrong = |why: CommonCauseFault| {
            faults.push(super::Fault::CommonCause {
                group: name.clone(),
                why,
            });
        };
        let again = group
            .members
            .iter()
            .enumerate()
            .any(|(place, member)| all.contains(member) || group.members[..place].contains(member));
        if again || !(2..=MEMBERS_MAX).contains(&group.members.len()) {
            wrong(CommonCauseFault::Members);
            continue;
        }
        all.extend(&group.members);
        if let Err(words) = group.model.shares(group.members.len()) {
            wrong(CommonCauseFault::Factors(words));
        }
        let mut first: Option<Total> = None;
        for &member in &group.members {
            let node = node_of(member);
            match (total(builder, member), first) {
                (Err(why), _) => wrong(why),
                (Ok(found), None) => first = Some(found),
                (Ok(found), Some(first)) if found == first => {}
                (Ok(Total::Mean(_)), Some(Total::Mean(_))) | (Ok(Total::Ppm(_)), Some(Total::Ppm(_))) => {
                    wrong(CommonCauseFault::Unlike(node));
                }
                _ => wrong(CommonCauseFault::Mode(node)),
            }
        }
    }
    faults
}

/// A common-cause group as the engine runs it.
#[derive(Debug)]
pub(crate) struct CommonCauseRow {
    pub name: String,
    pub tag: Tag,
    pub(super) stream: u64,
    /// Its place among the groups in the order of names.
    place: u32,
    /// The members in the order of names. For lives with the row of their clock among all clocks of the network.
    members: Vec<(NodeId, usize)>,
    /// The time to the next shock, in microseconds; `None` for demands, or if there are none.
    shocks: Option<Law>,
    /// How often k members are struck, for k from 2: for lives a share of all shocks, for demands the chance of each set.
    weights: Vec<f64>,
}

/// A member that may fail on demand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DemandMember {
    group: CommonCauseId,
    /// Its place among the members.
    place: usize,
    /// The share of its failures that are its own.
    own: f64,
}

/// Gives a network its common-cause groups, and takes their part from the clocks of the members.
pub(super) fn bind(net: &mut Netlist, groups: Vec<(String, Tag, CommonCause)>) {
    let mut names: Vec<String> = groups.iter().map(|(name, ..)| name.clone()).collect();
    names.sort();
    for (index, (name, tag, group)) in groups.into_iter().enumerate() {
        let id = CommonCauseId::new(index);
        let shares = group
            .model
            .shares(group.members.len())
            .expect("groups were checked before");
        let mut sorted = group.members;
        sorted.sort_by(|&a, &b| net.name(node_of(a)).cmp(net.name(node_of(b))));
        let mut members = Vec::new();
        let mut shocks = None;
        let mut weights = shares.shocks.clone();
        let rate: f64 = shares.shocks.iter().sum();
        for (place, member) in sorted.into_iter().enumerate() {
            match member {
                Exposed::Life { unit, clock } => {
                    let slot = net.slot(unit);
                    let clock = net.clocks.first_of(slot) + clock;
                    let row = net.clocks.row_mut(clock);
                    if rate > 0.0 {
                        shocks = Some(row.law.scaled(1.0 / rate));
                    }
                    row.share_with(id, shares.own);
                    members.push((unit, clock));
                }
                Exposed::Demand { node } => {
                    let ppm = match net.kind(node) {
                        super::NodeKind::Starter => net.starters[net.slot(node)].spec.fails_ppm,
                        _ => net.selectors[net.slot(node)].fails_ppm,
                    };
                    if place == 0 {
                        for (k, weight) in (2_usize..).zip(&mut weights) {
                            *weight *= chance_of(ppm) / subsets(shares.shocks.len() + 1, k) as f64;
                        }
                    }
                    net.demand_members.insert(
                        node,
                        DemandMember {
                            group: id,
                            place,
                            own: shares.own,
                        },
                    );
                    members.push((node, 0));
                }
            }
        }
        if shocks.is_some() {
            weights.iter_mut().for_each(|weight| *weight /= rate);
        }
        let place = names.binary_search(&name).expect("one of the names");
        net.common_causes.push(CommonCauseRow {
            stream: entity_hash(&name),
            place: u32::try_from(place).expect("fewer groups than nodes"),
            name,
            tag,
            members,
            shocks,
            weights,
        });
    }
}

/// How many sets of k there are among n, both at most [`MEMBERS_MAX`].
fn subsets(n: usize, k: usize) -> u64 {
    let mut count: u128 = 1;
    for step in 0..k {
        count = count * (n - step) as u128 / (step as u128 + 1);
    }
    u64::try_from(count).expect("64 over 32 is below 2^64")
}

#[expect(clippy::cast_precision_loss, reason = "parts per million are far below 2^53")]
fn chance_of(ppm: i64) -> f64 {
    ppm as f64 / super::FULL_PPM as f64
}

/// A set of k among n, every set alike, a bit for each place.
fn set_of(n: usize, k: usize, stream: &mut Stream) -> u64 {
    let mut set = 0;
    // Floyd's method (Bentley and Floyd, Communications of the ACM 30, 1987): each step adds one that is not there yet.
    for last in n - k..n {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place below 64"
        )]
        let place = ((stream.unit_open() * (last as f64 + 1.0)) as usize).min(last);
        set |= if set >> place & 1 == 0 {
            1 << place
        } else {
            1 << last
        };
    }
    set
}

/// How many are struck: 2 or more, by weights that add up to 1.
fn multiplicity(weights: &[f64], stream: &mut Stream) -> usize {
    let mut rest = stream.unit_open();
    for (k, weight) in (2..).zip(weights) {
        rest -= weight;
        if rest < 0.0 {
            return k;
        }
    }
    // What rounding leaves belongs to the last that occurs at all.
    let last = weights.iter().rposition(|&weight| weight > 0.0);
    last.map_or(weights.len(), |place| place) + 2
}

/// Shocks.
impl Engine<'_> {
    fn shock_slot(&self, group: CommonCauseId) -> u32 {
        self.scratch.timers.common_cause(group)
    }

    fn shock_stream(&mut self, group: CommonCauseId) -> Stream {
        let state = &mut self.state.common_causes[group.index()];
        let number = u64::from(state.shocks);
        state.shocks += 1;
        let entity = self.net.common_causes[group.index()].stream;
        self.key.stream(entity, purpose::SHOCK, number)
    }

    /// Whom the next shock strikes, and how long it takes to come, in microseconds.
    fn next_shock(&mut self, group: CommonCauseId) -> (u64, u64) {
        let net = self.net;
        let row = &net.common_causes[group.index()];
        let Some(law) = &row.shocks else {
            return (0, NEVER);
        };
        let mut stream = self.shock_stream(group);
        let after = law.sample_us(&mut stream).max(1);
        let struck = multiplicity(&row.weights, &mut stream);
        (set_of(row.members.len(), struck, &mut stream), after)
    }

    /// One more clock of its members runs.
    pub(super) fn expose(&mut self, group: CommonCauseId) {
        let state = &mut self.state.common_causes[group.index()];
        state.exposed += 1;
        if state.exposed == 1 {
            state.running_since = Some(self.state.now);
            let left = state.left;
            let at = self.after(left);
            self.set_shock(group, at);
        }
    }

    /// One clock fewer of its members runs.
    pub(super) fn shelter(&mut self, group: CommonCauseId) {
        let now = self.state.now;
        let state = &mut self.state.common_causes[group.index()];
        state.exposed -= 1;
        if state.exposed == 0 {
            let since = state.running_since.take().unwrap_or(now);
            if state.left != NEVER {
                state.left -= (now - since).min(state.left);
            }
            self.set_shock(group, NEVER);
        }
    }

    fn set_shock(&mut self, group: CommonCauseId, at: u64) {
        let tie = super::run::tie_of_common_cause(self.net.common_causes[group.index()].place);
        let slot = self.shock_slot(group);
        self.state.calendar.set(slot, at, tie);
    }

    /// Draws the first shocks of all groups, and those since the last inspections whose effects nobody has seen yet.
    pub(super) fn begin_common_causes(&mut self) {
        for index in 0..self.net.common_causes.len() {
            let group = CommonCauseId::new(index);
            let unseen: Vec<u64> = self.net.common_causes[index]
                .members
                .iter()
                .map(|&(node, clock)| self.unseen(node, clock))
                .collect();
            // Time goes on from the earliest of the last inspections.
            let before = unseen.iter().copied().max().unwrap_or(0);
            let mut at: u64 = 0;
            loop {
                let (struck, after) = self.next_shock(group);
                at = at.saturating_add(after);
                if at >= before {
                    self.arm(group, struck, (at - before).max(1));
                    break;
                }
                let ago = before - at;
                let record = self.record(RecordId::NONE, What::CommonCause { group });
                self.strike(group, struck, record, |place| unseen[place] >= ago);
            }
        }
    }

    /// How long before the beginning a hidden failure of a member would not have been found yet, in microseconds.
    fn unseen(&self, node: NodeId, clock: usize) -> u64 {
        if self.net.common_causes.is_empty() || self.net.kind(node) != super::NodeKind::Unit {
            return 0;
        }
        let slot = self.net.slot(node);
        let row = &self.net.units[slot];
        match row.spec.inspected {
            Some(inspections) if self.net.clocks.row(clock).hidden && row.spec.begins == Begins::Steady => {
                let period = inspections.period_us.max(1);
                period - ((self.state.units[slot].inspected_at - 1) % period + 1)
            }
            _ => 0,
        }
    }

    /// The next shock strikes these, after so many microseconds under exposure.
    fn arm(&mut self, group: CommonCauseId, struck: u64, left: u64) {
        let now = self.state.now;
        let state = &mut self.state.common_causes[group.index()];
        state.left = left;
        state.struck = struck;
        if state.exposed > 0 {
            state.running_since = Some(now);
            let at = self.after(left);
            self.set_shock(group, at);
        }
    }

    /// A shock comes.
    pub(super) fn shock(&mut self, group: CommonCauseId) {
        let struck = self.state.common_causes[group.index()].struck;
        let record = self.record(RecordId::NONE, What::CommonCause { group });
        self.strike(group, struck, record, |_| true);
        let (struck, left) = self.next_shock(group);
        self.arm(group, struck, left);
    }

    fn strike(&mut self, group: CommonCauseId, struck: u64, record: RecordId, also: impl Fn(usize) -> bool) {
        let net = self.net;
        let members = &net.common_causes[group.index()].members;
        // Whoever is exposed when the shock comes: what one failure does to the clocks of others does not save them.
        let mut hit = struck;
        for (place, &(node, clock)) in members.iter().enumerate() {
            let sound = self.state.units[net.slot(node)].soundness == Soundness::Sound;
            if !sound || !self.clock_runs(clock) || !also(place) {
                hit &= !(1 << place);
            }
        }
        for (place, &(node, clock)) in members.iter().enumerate() {
            if hit >> place & 1 == 1 {
                self.fail_unit(node, net.clocks.row(clock).hidden, record);
            }
        }
    }
}

/// Demands.
impl Engine<'_> {
    /// Whether a common cause lets this node fail when it is called on now. Members called on in one instant share the draw.
    pub(super) fn shared_demand_fails(&mut self, node: NodeId) -> bool {
        let net = self.net;
        let Some(member) = net.demand_members.get(&node) else {
            return false;
        };
        let row = &net.common_causes[member.group.index()];
        let now = self.state.now;
        let state = &mut self.state.common_causes[member.group.index()];
        if state.demanded_at != now {
            let mut stream = self
                .key
                .stream(row.stream, purpose::SHARED_DEMAND, u64::from(state.demands));
            state.demands += 1;
            state.demanded_at = now;
            state.struck = failing_together(row.members.len(), &row.weights, &mut stream);
        }
        state.struck >> member.place & 1 == 1
    }

    /// Whether a node fails by itself when called on: with the chance stated, or what a common cause leaves of it.
    pub(super) fn own_demand_fails(&self, node: NodeId, fails_ppm: i64, stream: &mut Stream) -> bool {
        let own = self
            .net
            .demand_members
            .get(&node)
            .map_or(1.0, |member| member.own);
        stream.unit_open() < chance_of(fails_ppm) * own
    }

    /// The record of a failure on demand: its own, or that of a common cause.
    pub(super) fn record_demand_failure(
        &mut self,
        node: NodeId,
        shared: bool,
        follows: RecordId,
    ) -> RecordId {
        match self.net.demand_members.get(&node) {
            Some(member) if shared => self.record(follows, What::CommonCause { group: member.group }),
            _ => self.record(follows, What::DemandFailure { node }),
        }
    }
}

/// The members of all sets that fail together, each set of k with the chance of its weight.
fn failing_together(members: usize, weights: &[f64], stream: &mut Stream) -> u64 {
    let mut all = 0;
    for (k, &weight) in (2..).zip(weights) {
        let sets = binomial(stream, subsets(members, k), weight);
        let mut found: Vec<u64> = Vec::new();
        while (found.len() as u64) < sets {
            let set = set_of(members, k, stream);
            if !found.contains(&set) {
                found.push(set);
                all |= set;
            }
        }
    }
    all
}
