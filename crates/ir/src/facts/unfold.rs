//! Unfolds nested graphs: every primitive becomes a leaf, every edge a connection of two leaves.
//!
//! Edges that do not resolve are left out here; the validator reports them.

use std::collections::BTreeMap;

use crate::diag::Place;
use crate::graph::{Graph, NodeId};
use crate::primitive::Primitive;

/// The unfolded graph, before shapes are known. Leaves are in ascending order of their names.
#[derive(Clone, Debug)]
pub(crate) struct Unfolded<'a> {
    pub(crate) leaves: Vec<UnfoldedLeaf<'a>>,
    pub(crate) connections: Vec<Connection>,
    pub(crate) nested: Vec<UnfoldedNested>,
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

/// An edge between two leaves, by their positions, with the place of the edge in the file.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) source: usize,
    pub(crate) target: usize,
    pub(crate) place: Place,
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

/// The leaf that a name at the end of an edge stands for, as a path of handles.
///
/// A name is a node of the graph, or `nested.port` with a port of a nested graph.
pub(crate) fn resolve(graph: &Graph, name: &str, end: End) -> Result<Vec<NodeId>, Unresolved> {
    if let Some((id, node)) = graph.nodes.id(name).zip(graph.nodes.get(name)) {
        return match &node.primitive {
            Primitive::Graph(inner) => Ok([vec![id], only_port(inner, end)?].concat()),
            _ => Ok(vec![id]),
        };
    }
    name.match_indices('.')
        .find_map(|(at, _)| {
            let (outer, port) = (&name[..at], &name[at + 1..]);
            let inner = graph.nodes.get(outer)?.primitive.as_graph()?;
            is_port(&inner.nodes.get(port)?.primitive, end)
                .then(|| graph.nodes.id(outer).zip(inner.nodes.id(port)))?
        })
        .map(|(outer, port)| vec![outer, port])
        .ok_or(Unresolved::Dangling)
}

/// The one node of a nested graph through which edges enter or leave.
fn only_port(graph: &Graph, end: End) -> Result<Vec<NodeId>, Unresolved> {
    let ports: Vec<(NodeId, &str)> = graph
        .nodes
        .iter()
        .filter(|(_, _, node)| is_port(&node.primitive, end))
        .map(|(id, name, _)| (id, name))
        .collect();
    match ports.as_slice() {
        [(id, _)] => Ok(vec![*id]),
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
    let mut walk = Walk::default();
    // A stack of its own, so that deep nesting costs memory and not the program's stack.
    let mut open = vec![(graph, Scope::default())];
    while let Some((graph, scope)) = open.pop() {
        walk.take_level(graph, &scope, &mut open);
    }
    walk.finish()
}

/// Where the walk is: the way from the root to a nested graph.
#[derive(Clone, Debug, Default)]
struct Scope {
    path: Vec<NodeId>,
    place: Place,
}

impl Scope {
    fn name_of(&self, inner: &str) -> String {
        let mut parts = self.place.nodes.clone();
        parts.push(inner.to_owned());
        parts.join(".")
    }

    fn inside(&self, id: NodeId, name: &str) -> Self {
        Self { path: [self.path.as_slice(), &[id]].concat(), place: self.place.node(name) }
    }
}

/// What the walk has found so far; leaves are known by their paths until they are sorted.
#[derive(Default)]
struct Walk<'a> {
    leaves: Vec<UnfoldedLeaf<'a>>,
    edges: Vec<(Vec<NodeId>, Vec<NodeId>, Place)>,
    nested: Vec<(String, Vec<Vec<NodeId>>)>,
}

impl<'a> Walk<'a> {
    fn take_level(&mut self, graph: &'a Graph, scope: &Scope, open: &mut Vec<(&'a Graph, Scope)>) {
        for (id, name, node) in graph.nodes.iter() {
            let inside = scope.inside(id, name);
            if let Primitive::Graph(inner) = &node.primitive {
                self.nested.push((scope.name_of(name), outputs_of(inner, &inside)));
                open.push((inner, inside));
            } else {
                self.leaves.push(UnfoldedLeaf {
                    name: scope.name_of(name),
                    path: inside.path,
                    place: inside.place,
                    primitive: &node.primitive,
                });
            }
        }
        for (position, edge) in graph.edges.iter().enumerate() {
            let source = resolve(graph, &edge.source, End::Source);
            let target = resolve(graph, &edge.target, End::Target);
            if let (Ok(source), Ok(target)) = (source, target) {
                let absolute = |inner: Vec<NodeId>| [scope.path.clone(), inner].concat();
                self.edges.push((absolute(source), absolute(target), scope.place.edge(position)));
            }
        }
    }

    fn finish(mut self) -> Unfolded<'a> {
        self.leaves.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.path.cmp(&b.path)));
        self.nested.sort();
        let position: BTreeMap<&[NodeId], usize> =
            self.leaves.iter().enumerate().map(|(at, leaf)| (leaf.path.as_slice(), at)).collect();
        let connections = self
            .edges
            .iter()
            .filter_map(|(source, target, place)| {
                let source = *position.get(source.as_slice())?;
                let target = *position.get(target.as_slice())?;
                Some(Connection { source, target, place: place.clone() })
            })
            .collect();
        let nested = self
            .nested
            .into_iter()
            .map(|(name, outputs)| UnfoldedNested {
                name,
                outputs: outputs
                    .iter()
                    .filter_map(|path| position.get(path.as_slice()).copied())
                    .collect(),
            })
            .collect();
        drop(position);
        Unfolded { leaves: self.leaves, connections, nested }
    }
}

/// Paths of the Output nodes of a nested graph.
fn outputs_of(graph: &Graph, scope: &Scope) -> Vec<Vec<NodeId>> {
    graph
        .nodes
        .iter()
        .filter(|(_, _, node)| matches!(node.primitive, Primitive::Output(_)))
        .map(|(id, _, _)| [scope.path.as_slice(), &[id]].concat())
        .collect()
}
