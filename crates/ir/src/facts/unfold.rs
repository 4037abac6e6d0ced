//! Unfolds nested graphs: every primitive becomes a leaf, every edge a connection of two leaves.
//!
//! Edges that do not resolve are left out here; the validator reports them.

use crate::diag::Place;
use crate::graph::{Edge, Graph, NodeId};
use crate::primitive::Primitive;

/// The unfolded graph, before shapes are known. Leaves are in ascending order of their names.
#[derive(Clone, Debug)]
pub(crate) struct Unfolded<'a> {
    pub(crate) leaves: Vec<UnfoldedLeaf<'a>>,
    pub(crate) connections: Vec<Connection>,
    pub(crate) nested: Vec<UnfoldedNested>,
    /// The root graph and the nested ones, in the order in which they were found.
    scopes: Vec<Scope<'a>>,
}

impl Unfolded<'_> {
    /// Where the edge of a connection stands.
    pub(crate) fn place_of(&self, connection: &Connection) -> Place {
        self.scopes[connection.scope].place.edge(connection.position)
    }
}

/// A primitive of the unfolded graph.
#[derive(Clone, Debug)]
pub(crate) struct UnfoldedLeaf<'a> {
    /// Full name, `outer.inner`.
    pub(crate) name: String,
    pub(crate) path: Vec<NodeId>,
    pub(crate) place: Place,
    pub(crate) primitive: &'a Primitive,
}

/// An edge between two leaves, by their positions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Connection {
    pub(crate) source: usize,
    pub(crate) target: usize,
    /// The graph that the edge belongs to, and the edge's position there.
    scope: usize,
    position: usize,
}

/// A nested graph and the positions of its Output nodes.
#[derive(Clone, Debug)]
pub(crate) struct UnfoldedNested {
    pub(crate) name: String,
    pub(crate) outputs: Vec<usize>,
}

/// The end of an edge that is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Where the edge comes from.
    Source,
    /// Where it leads.
    Target,
}

/// Why the name at the end of an edge is no leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// No node has this name.
    Dangling,
    /// The nested graph has another number of ports than one; these are their names.
    Ports(Vec<String>),
}

/// What a name at the end of an edge stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The node of that graph.
    node: NodeId,
    /// If the node is a nested graph: its port.
    port: Option<NodeId>,
}

/// Looks up a name at the end of an edge: a node of the graph, or `nested.port` with a port of a
/// nested graph.
pub(crate) fn resolve(graph: &Graph, name: &str, end: End) -> Result<Resolved, Unresolved> {
    if let Some((node, (_, found))) =
        graph.nodes.id(name).and_then(|id| Some((id, graph.nodes.at(id)?)))
    {
        let port = match &found.primitive {
            Primitive::Graph(inner) => Some(only_port(inner, end)?),
            _ => None,
        };
        return Ok(Resolved { node, port });
    }
    name.match_indices('.')
        .find_map(|(at, _)| {
            let (outer, port) = (&name[..at], &name[at + 1..]);
            let inner = graph.nodes.get(outer)?.primitive.as_graph()?;
            is_port(&inner.nodes.get(port)?.primitive, end)
                .then(|| graph.nodes.id(outer).zip(inner.nodes.id(port)))?
        })
        .map(|(node, port)| Resolved { node, port: Some(port) })
        .ok_or(Unresolved::Dangling)
}

/// The one node of a nested graph through which edges enter or leave.
fn only_port(graph: &Graph, end: End) -> Result<NodeId, Unresolved> {
    let ports: Vec<(NodeId, &str)> = graph
        .nodes
        .iter()
        .filter(|(_, _, node)| is_port(&node.primitive, end))
        .map(|(id, name, _)| (id, name))
        .collect();
    match ports.as_slice() {
        [(id, _)] => Ok(*id),
        several => {
            Err(Unresolved::Ports(several.iter().map(|(_, name)| (*name).to_owned()).collect()))
        }
    }
}

fn is_port(primitive: &Primitive, end: End) -> bool {
    match end {
        End::Source => matches!(primitive, Primitive::Output(_)),
        End::Target => matches!(primitive, Primitive::Input(_)),
    }
}

/// Unfolds a graph.
pub(crate) fn unfold(graph: &Graph) -> Unfolded<'_> {
    walk(graph).finish()
}

/// The leaves alone, in ascending order of their names.
pub(crate) fn leaves(graph: &Graph) -> Vec<UnfoldedLeaf<'_>> {
    let mut leaves = walk(graph).leaves;
    leaves.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.path.cmp(&b.path)));
    leaves
}

fn walk(graph: &Graph) -> Walk<'_> {
    let mut walk = Walk::default();
    walk.open(graph, Vec::new(), Place::root());
    // The list grows as nested graphs are found, so deep nesting costs memory and not the stack.
    let mut next = 0;
    while next < walk.scopes.len() {
        walk.enter(next);
        next += 1;
    }
    walk
}

/// A graph that was found: the root, or one nested in another.
#[derive(Clone, Debug)]
struct Scope<'a> {
    graph: &'a Graph,
    path: Vec<NodeId>,
    place: Place,
    /// What became of each node, by its position in the graph.
    members: Vec<Found>,
}

/// What became of a node: a leaf or a graph, by its position in the walk.
#[derive(Clone, Copy, Debug)]
enum Found {
    Leaf(usize),
    Scope(usize),
}

/// What was found so far; leaves in the order in which they were found.
#[derive(Default)]
struct Walk<'a> {
    leaves: Vec<UnfoldedLeaf<'a>>,
    scopes: Vec<Scope<'a>>,
}

impl<'a> Walk<'a> {
    fn open(&mut self, graph: &'a Graph, path: Vec<NodeId>, place: Place) {
        self.scopes.push(Scope { graph, path, place, members: Vec::new() });
    }

    /// Takes the nodes of a graph.
    fn enter(&mut self, scope: usize) {
        let Scope { graph, path, place, .. } = self.scopes[scope].clone();
        let mut members = Vec::with_capacity(graph.nodes.len());
        for (id, name, node) in graph.nodes.iter() {
            let mut path = path.clone();
            path.push(id);
            let place = place.node(name);
            if let Primitive::Graph(inner) = &node.primitive {
                members.push(Found::Scope(self.scopes.len()));
                self.open(inner, path, place);
            } else {
                members.push(Found::Leaf(self.leaves.len()));
                let name = match place.nodes.as_slice() {
                    [only] => only.clone(),
                    several => several.join("."),
                };
                self.leaves.push(UnfoldedLeaf { name, path, place, primitive: &node.primitive });
            }
        }
        self.scopes[scope].members = members;
    }

    /// The leaf that the end of an edge stands for.
    fn leaf_of(&self, scope: usize, end: Resolved) -> Option<usize> {
        let found = self.scopes[scope].members.get(end.node.index())?;
        match (*found, end.port) {
            (Found::Leaf(leaf), None) => Some(leaf),
            (Found::Scope(inner), Some(port)) => {
                match self.scopes[inner].members.get(port.index())? {
                    Found::Leaf(leaf) => Some(*leaf),
                    Found::Scope(_) => None,
                }
            }
            _ => None,
        }
    }

    fn connection(&self, scope: usize, position: usize, edge: &Edge) -> Option<Connection> {
        let graph = self.scopes[scope].graph;
        let source = self.leaf_of(scope, resolve(graph, &edge.source, End::Source).ok()?)?;
        let target = self.leaf_of(scope, resolve(graph, &edge.target, End::Target).ok()?)?;
        Some(Connection { source, target, scope, position })
    }

    fn connections(&self) -> Vec<Connection> {
        let edges = self.scopes.iter().enumerate().flat_map(|(scope, level)| {
            level
                .graph
                .edges
                .iter()
                .enumerate()
                .map(move |(position, edge)| (scope, position, edge))
        });
        edges.filter_map(|(scope, position, edge)| self.connection(scope, position, edge)).collect()
    }

    /// Nested graphs with the leaves of their Outputs, by name.
    fn nested(&self) -> Vec<UnfoldedNested> {
        let mut nested: Vec<UnfoldedNested> = self.scopes.iter().skip(1).map(outputs_of).collect();
        nested.sort_by(|a, b| a.name.cmp(&b.name));
        nested
    }

    /// Brings the leaves into the order of their names.
    fn finish(self) -> Unfolded<'a> {
        let (mut connections, mut nested) = (self.connections(), self.nested());
        let Self { leaves, scopes } = self;
        let mut order: Vec<usize> = (0..leaves.len()).collect();
        order.sort_by(|&a, &b| {
            leaves[a].name.cmp(&leaves[b].name).then_with(|| leaves[a].path.cmp(&leaves[b].path))
        });
        let mut moved = vec![0; leaves.len()];
        for (to, &from) in order.iter().enumerate() {
            moved[from] = to;
        }
        for connection in &mut connections {
            connection.source = moved[connection.source];
            connection.target = moved[connection.target];
        }
        for output in nested.iter_mut().flat_map(|nested| &mut nested.outputs) {
            *output = moved[*output];
        }
        let mut leaves: Vec<Option<UnfoldedLeaf<'a>>> = leaves.into_iter().map(Some).collect();
        let leaves = order.iter().filter_map(|&from| leaves[from].take()).collect();
        Unfolded { leaves, connections, nested, scopes }
    }
}

/// A nested graph with the leaves of its Outputs.
fn outputs_of(scope: &Scope<'_>) -> UnfoldedNested {
    let outputs = scope.graph.nodes.iter().filter_map(|(id, _, node)| {
        match (&node.primitive, scope.members.get(id.index())) {
            (Primitive::Output(_), Some(Found::Leaf(leaf))) => Some(*leaf),
            _ => None,
        }
    });
    UnfoldedNested { name: scope.place.nodes.join("."), outputs: outputs.collect() }
}
