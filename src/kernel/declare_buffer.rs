//! Declares buffers: what fills and empties them, and what is shown of their level.

use super::builder::{Builder, Role, Spec};
use super::ids::NodeId;
use super::reading::Reading;
use super::spec::{BufferSpec, MarkSpec, Tag};

/// A buffer as declared.
#[derive(Debug)]
pub(crate) struct DeclaredBuffer {
    pub spec: BufferSpec,
    pub autonomy: Option<Autonomy>,
    pub flows: Vec<Flow>,
    pub leak: Option<Leak>,
    /// How many members the whole store has, if it can lack some.
    pub whole: Option<i64>,
    pub marks: Vec<(MarkSpec, NodeId)>,
    /// What shows the level, and the unit in which it does.
    pub shows: Vec<(NodeId, i128)>,
}

/// How long a full store lasts at a load: (load, microseconds) points in rising order of load.
#[derive(Clone, Debug)]
pub(crate) struct Autonomy {
    pub load: NodeId,
    pub table: Vec<(i64, u64)>,
}

/// A part of the net rate that is not in proportion to what it follows: (amount, rate) points in rising order of the amount.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    /// Follows this load while its input holds; without one it follows the reading of its input.
    pub load: Option<NodeId>,
    pub table: Vec<(i64, i64)>,
}

/// A store that relaxes towards a level.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leak {
    pub time_constant_us: u64,
    pub rest: i128,
}

impl DeclaredBuffer {
    /// The nodes whose loads matter to it.
    pub fn loads(&self) -> impl Iterator<Item = NodeId> {
        let flows = self.flows.iter().filter_map(|flow| flow.load);
        flows.chain(self.autonomy.as_ref().map(|autonomy| autonomy.load))
    }
}

impl Builder {
    /// Declares a buffer with its base rate alone.
    pub fn buffer(&mut self, name: impl Into<String>, tag: Tag, spec: BufferSpec) -> NodeId {
        self.add(
            name.into(),
            tag,
            Spec::Buffer(Box::new(DeclaredBuffer {
                spec,
                autonomy: None,
                flows: Vec::new(),
                leak: None,
                whole: None,
                marks: Vec::new(),
                shows: Vec::new(),
            })),
        )
    }

    fn buffer_of(&mut self, buffer: NodeId) -> &mut DeclaredBuffer {
        let Spec::Buffer(declared) = &mut self.nodes[buffer.index()].spec else {
            panic!("only a buffer has a level");
        };
        declared
    }

    /// Adds `per_unit` × reading to the net rate of a buffer: an inflow if it is positive, an outflow if not.
    pub fn rate(&mut self, buffer: NodeId, from: NodeId, reading: Reading, per_unit: i64) {
        self.link(buffer, from, reading, per_unit, Role::Rate);
    }

    /// Adds to the net rate of a buffer what `table` says at the reading: (reading, rate) in rising order of the reading, straight between
    /// points, the ends beyond.
    pub fn flow(&mut self, buffer: NodeId, from: NodeId, reading: Reading, table: Vec<(i64, i64)>) {
        self.add_flow(buffer, (from, reading), Flow { load: None, table });
    }

    /// While `when` reads true, adds to the net rate of a buffer what `table` says at the load of `load`, as [`Builder::flow`] does.
    pub fn flow_by_load(
        &mut self,
        buffer: NodeId,
        when: (NodeId, Reading),
        load: NodeId,
        table: Vec<(i64, i64)>,
    ) {
        self.nodes[load.index()].marks_load = true;
        let load = Some(load);
        self.add_flow(buffer, when, Flow { load, table });
    }

    fn add_flow(&mut self, buffer: NodeId, input: (NodeId, Reading), flow: Flow) {
        let rising = flow.table.windows(2).all(|pair| pair[0].0 < pair[1].0);
        assert!(rising && !flow.table.is_empty(), "a table stands in rising order");
        let flows = &mut self.buffer_of(buffer).flows;
        let ordinal = i64::try_from(flows.len()).expect("few flows");
        flows.push(flow);
        self.link(buffer, input.0, input.1, ordinal, Role::Flow);
    }

    /// While `when` reads true, a full buffer lasts as long as `table` says at the load of `load`: (load, microseconds) in rising order of
    /// load, straight between points, the ends beyond. So much of it as is left is drained at 1/autonomy(load), exactly to the
    /// microsecond for stores that last up to some tens of years.
    pub fn autonomy(
        &mut self,
        buffer: NodeId,
        when: (NodeId, Reading),
        load: NodeId,
        table: Vec<(i64, u64)>,
    ) {
        let rising = table.windows(2).all(|pair| pair[0].0 < pair[1].0);
        assert!(rising && !table.is_empty(), "a table stands in rising order");
        self.link(buffer, when.0, when.1, 1, Role::Drain);
        self.nodes[load.index()].marks_load = true;
        self.buffer_of(buffer).autonomy = Some(Autonomy { load, table });
    }

    /// The buffer relaxes towards `rest`, its distance from it falling to 1/e within `time_constant_us`: dL/dt = rates − (L − rest)/τ, so
    /// that under constant rates it goes to rest + τ × rates. So does what is warmer than its surroundings.
    pub fn leak(&mut self, buffer: NodeId, time_constant_us: u64, rest: i128) {
        assert!(time_constant_us > 0, "what leaks has a time constant");
        self.buffer_of(buffer).leak = Some(Leak {
            time_constant_us,
            rest,
        });
    }

    /// The buffer consists of `whole` members (more than 0), of which as many are there as the sum of all readings given with it says.
    /// With k of n left it lasts k/n as long and is filled in k/n of the time; the share that is left of it stays what it was. With none
    /// it is as if empty, and what its members held waits for them.
    pub fn members(&mut self, buffer: NodeId, from: NodeId, reading: Reading, whole: i64) {
        assert!(whole > 0, "a store has at least one member");
        self.buffer_of(buffer).whole = Some(whole);
        self.link(buffer, from, reading, 1, Role::Member);
    }

    /// A flag on the level of a buffer.
    pub fn mark(&mut self, buffer: NodeId, name: impl Into<String>, tag: Tag, mark: MarkSpec) -> NodeId {
        let (low, high) = match mark.direction {
            super::spec::Direction::Rising => (mark.off, mark.on),
            super::spec::Direction::Falling => (mark.on, mark.off),
        };
        assert!(
            low <= high,
            "a flag is withdrawn on the way back from where it was raised"
        );
        let output = self.add(name.into(), tag, Spec::Output { owner: buffer });
        self.buffer_of(buffer).marks.push((mark, output));
        output
    }

    /// A node whose value is what a buffer holds, in units of `unit` (more than 0), rounded down. It is brought up to date whenever
    /// something happens to the buffer (a rate changes, a mark is crossed), not between: it is for reports, and for what asks once.
    pub fn level_of(&mut self, buffer: NodeId, name: impl Into<String>, tag: Tag, unit: i128) -> NodeId {
        assert!(unit > 0, "a level is shown in a unit");
        let output = self.add(name.into(), tag, Spec::Output { owner: buffer });
        self.buffer_of(buffer).shows.push((output, unit));
        output
    }
}
