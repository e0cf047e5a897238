//! Declares meshes: points, what joins them, what feeds them, and what is shown of each.

use std::collections::BTreeMap;

use super::builder::{Builder, Role, Spec};
use super::ids::NodeId;
use super::reading::Reading;
use super::spec::{Demand, Policy, Tag};

/// A mesh as declared.
#[derive(Debug)]
pub(crate) struct DeclaredMesh {
    pub points: Vec<NodeId>,
    /// The place of each point in `points`.
    pub places: BTreeMap<NodeId, u32>,
    pub weights: Vec<i64>,
    pub connections: Vec<(u32, u32)>,
    /// The point of each source, and what a unit of its reading supplies.
    pub sources: Vec<(u32, i64)>,
    /// By point: the node that shows what its island weighs.
    pub islands: BTreeMap<u32, NodeId>,
    pub policy: Policy,
    pub shares: Vec<Share>,
}

/// What a point asks its island for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    pub point: u32,
    pub output: NodeId,
    pub priority: u32,
    pub demand: Demand,
}

impl Builder {
    /// Declares a mesh without points. Its value is the number of live points. Where an island is short of what its points ask for, it
    /// shares in proportion; see [`Builder::mesh_policy`].
    pub fn mesh(&mut self, name: impl Into<String>, tag: Tag) -> NodeId {
        self.add(
            name.into(),
            tag,
            Spec::Mesh(Box::new(DeclaredMesh {
                points: Vec::new(),
                places: BTreeMap::new(),
                weights: Vec::new(),
                connections: Vec::new(),
                sources: Vec::new(),
                islands: BTreeMap::new(),
                policy: Policy::Proportional,
                shares: Vec::new(),
            })),
        )
    }

    fn mesh_of(&mut self, mesh: NodeId) -> &mut DeclaredMesh {
        let Spec::Mesh(declared) = &mut self.nodes[mesh.index()].spec else {
            panic!("only a mesh has points and connections");
        };
        declared
    }

    fn place_in_mesh(&mut self, mesh: NodeId, point: NodeId) -> u32 {
        *self
            .mesh_of(mesh)
            .places
            .get(&point)
            .expect("a point of this mesh")
    }

    /// Adds a point to a mesh; the node returned is 1 while a closed path leads from it to a point with a live source. A source that is
    /// given here supplies what it reads; see [`Builder::mesh_source`] for further ones.
    pub fn mesh_point(
        &mut self,
        mesh: NodeId,
        name: impl Into<String>,
        tag: Tag,
        source: Option<(NodeId, Reading)>,
    ) -> NodeId {
        let output = self.add(name.into(), tag, Spec::Output { owner: mesh });
        let declared = self.mesh_of(mesh);
        let place = u32::try_from(declared.points.len()).expect("fewer than 2^32 points");
        declared.points.push(output);
        declared.places.insert(output, place);
        declared.weights.push(1);
        if let Some((from, reading)) = source {
            self.mesh_source(mesh, output, from, reading, 1);
        }
        output
    }

    /// Adds a source at a point: live while it does not read 0, supplying `weight` × reading to the island of the point. A source that
    /// can stop giving what it has cannot give it to two islands, so it stands at one point.
    ///
    /// # Panics
    /// When `point` is not a point of this mesh.
    pub fn mesh_source(&mut self, mesh: NodeId, point: NodeId, from: NodeId, reading: Reading, weight: i64) {
        let place = self.place_in_mesh(mesh, point);
        let sources = &mut self.mesh_of(mesh).sources;
        let ordinal = i64::try_from(sources.len()).expect("fewer than 2^63 sources");
        sources.push((place, weight));
        self.link(mesh, from, reading, ordinal, Role::Source);
    }

    /// A point stands only while this holds (and all else that is said so of it); a point that does not stand is dead, joins nothing,
    /// and is in no island.
    ///
    /// # Panics
    /// When `point` is not a point of this mesh.
    pub fn mesh_stands(&mut self, mesh: NodeId, point: NodeId, from: NodeId, reading: Reading) {
        let place = self.place_in_mesh(mesh, point);
        self.link(mesh, from, reading, i64::from(place), Role::Stands);
    }

    /// Joins two points of a mesh while `closed` reads true and both stand.
    ///
    /// # Panics
    /// When `a` or `b` is not a point of this mesh.
    pub fn mesh_connection(&mut self, mesh: NodeId, a: NodeId, b: NodeId, closed: (NodeId, Reading)) {
        let ends = (self.place_in_mesh(mesh, a), self.place_in_mesh(mesh, b));
        let connections = &mut self.mesh_of(mesh).connections;
        let ordinal = i64::try_from(connections.len()).expect("few connections");
        connections.push(ends);
        self.link(mesh, closed.0, closed.1, ordinal, Role::Closed);
    }

    /// What a point weighs in the size of its island (1 unless said otherwise; at least 0): votes, or heads.
    ///
    /// # Panics
    /// When `point` is not a point of this mesh.
    pub fn mesh_weigh(&mut self, mesh: NodeId, point: NodeId, weight: i64) {
        let place = self.place_in_mesh(mesh, point) as usize;
        self.mesh_of(mesh).weights[place] = weight;
    }

    /// A node whose value is the size of the island of `point`: the sum of the weights of its points, live or not; 0 for a point that
    /// does not stand. Read with [`Reading::AtLeast`] it says whether a point is on the majority side of a partition, or in an island of
    /// at least so many. Asked for twice, it is the same node.
    ///
    /// # Panics
    /// When `point` is not a point of this mesh.
    pub fn mesh_island(&mut self, mesh: NodeId, point: NodeId, name: impl Into<String>, tag: Tag) -> NodeId {
        let place = self.place_in_mesh(mesh, point);
        if let Some(&known) = self.mesh_of(mesh).islands.get(&place) {
            return known;
        }
        let output = self.add(name.into(), tag, Spec::Output { owner: mesh });
        self.mesh_of(mesh).islands.insert(place, output);
        output
    }

    /// A node whose value is what `point` is granted of `demand` by its island: all that the sources of the island supply is shared among
    /// all that its points ask for. A small `priority` is served first; a point may ask more than once.
    ///
    /// # Panics
    /// When `point` is not a point of this mesh.
    pub fn mesh_amount(
        &mut self,
        mesh: NodeId,
        point: NodeId,
        name: impl Into<String>,
        tag: Tag,
        priority: u32,
        demand: Demand,
    ) -> NodeId {
        let point = self.place_in_mesh(mesh, point);
        let output = self.add(name.into(), tag, Spec::Output { owner: mesh });
        self.mesh_of(mesh).shares.push(Share {
            point,
            output,
            priority,
            demand,
        });
        match demand {
            Demand::Fixed {
                when: Some((from, reading)),
                ..
            } => self.link(mesh, from, reading, 0, Role::Ask),
            Demand::Fixed { when: None, .. } => {}
            Demand::Load(node) => self.nodes[node.index()].marks_load = true,
        }
        output
    }

    /// How an island that is short shares out what it has.
    ///
    /// # Panics
    /// With a policy that remembers: an island has no memory, as it may be another one a moment later. Let a balance read the mesh.
    pub fn mesh_policy(&mut self, mesh: NodeId, policy: Policy) {
        assert!(
            policy.only_shares(),
            "an island cannot remember that it was overloaded"
        );
        self.mesh_of(mesh).policy = policy;
    }
}
