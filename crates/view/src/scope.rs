//! A graph as it is drawn: a tree of levels, each with items and links between them.

use std::collections::BTreeMap;

use nirkit_ir::valid::Survey;
use nirkit_ir::{Graph, Node, Primitive};

use crate::names;
use crate::open::Which;
use crate::parameter::shape;

/// Nested graphs inside each other that are drawn with their nodes; deeper ones are collapsed.
const DEEPEST: usize = 16;

/// One level: a graph.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    /// The graph; `None` around the lone node of a file.
    pub(crate) graph: Option<&'a Graph>,
    /// What is drawn as a box: Inputs first, then by name.
    pub(crate) items: Vec<Item<'a>>,
    /// What is drawn as an edge; one for all edges between two items.
    pub(crate) links: Vec<Link>,
    /// Edges that name no node, in this level and the levels in it.
    pub(crate) loose: usize,
}

/// A box.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    /// The name of the node; of a folded block, of all nodes in the order of the flow.
    pub(crate) names: Vec<&'a str>,
    /// What is in it.
    pub(crate) body: Body<'a>,
    /// Shapes of the signals that enter, each once.
    pub(crate) input: Vec<String>,
    /// Shapes of the signals that leave, each once.
    pub(crate) output: Vec<String>,
}

/// What is in a box.
#[derive(Debug)]
pub(crate) enum Body<'a> {
    /// A node that is no graph.
    Node(&'a Node),
    /// A nested graph with its nodes.
    Nested(Scope<'a>),
    /// A nested graph without its nodes.
    Collapsed(&'a Graph),
    /// Repetitions of a block of nodes.
    Folded {
        /// How often the block stands there.
        times: usize,
        /// Kinds of the nodes in the block.
        kinds: Vec<&'a str>,
    },
}

/// An edge between two items.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) source: usize,
    pub(crate) target: usize,
    /// How many edges it stands for.
    pub(crate) count: usize,
    /// Shapes of the signals, each once.
    pub(crate) shapes: Vec<String>,
}

/// Makes levels from graphs.
pub(crate) struct Builder<'a> {
    /// Shapes of signals.
    pub(crate) survey: &'a Survey,
    /// Whether nested graphs are drawn without their nodes.
    pub(crate) collapse: bool,
}

impl<'a> Builder<'a> {
    /// The level of a graph under these names.
    pub(crate) fn scope(&self, graph: &'a Graph, path: &mut Vec<String>) -> Scope<'a> {
        let mut nodes: Vec<(&str, &Node)> =
            graph.nodes.iter().map(|(_, name, node)| (name, node)).collect();
        let rank = |node: &Node| !matches!(node.primitive, Primitive::Input(_));
        nodes.sort_by(|(a, first), (b, second)| {
            rank(first).cmp(&rank(second)).then_with(|| names::compare(a, b))
        });
        let mut scope = Scope { graph: Some(graph), ..Scope::default() };
        let mut positions = BTreeMap::new();
        for (name, node) in nodes {
            positions.insert(name, scope.items.len());
            path.push(name.to_owned());
            let item = self.item(name, node, path);
            path.pop();
            if let Body::Nested(inner) = &item.body {
                scope.loose += inner.loose;
            }
            scope.items.push(item);
        }
        self.link(graph, path, &positions, &mut scope);
        scope
    }

    fn item(&self, name: &'a str, node: &'a Node, path: &mut Vec<String>) -> Item<'a> {
        let (input, output) = if let Primitive::Graph(inner) = &node.primitive {
            (
                self.ports(inner, path, |primitive| matches!(primitive, Primitive::Input(_))),
                self.ports(inner, path, |primitive| matches!(primitive, Primitive::Output(_))),
            )
        } else {
            let leaf = self.survey.leaf(path);
            let of = |axes: Option<&Vec<usize>>| axes.map(|axes| shape(axes)).into_iter().collect();
            (
                of(leaf.and_then(|leaf| leaf.input.as_ref())),
                of(leaf.and_then(|leaf| leaf.output.as_ref())),
            )
        };
        let body = match &node.primitive {
            Primitive::Graph(inner) if self.collapse || path.len() > DEEPEST => {
                Body::Collapsed(inner)
            }
            Primitive::Graph(inner) => Body::Nested(self.scope(inner, path)),
            _ => Body::Node(node),
        };
        Item { names: vec![name], body, input, output }
    }

    /// Shapes of the signals at ports of a nested graph, each once.
    fn ports(
        &self,
        inner: &Graph,
        path: &mut Vec<String>,
        is_wanted: fn(&Primitive) -> bool,
    ) -> Vec<String> {
        let mut shapes = Vec::new();
        for (_, name, node) in inner.nodes.iter() {
            if is_wanted(&node.primitive) {
                path.push(name.to_owned());
                let leaf = self.survey.leaf(path).and_then(|leaf| leaf.output.as_ref());
                shapes.extend(leaf.map(|axes| shape(axes)));
                path.pop();
            }
        }
        shapes.sort_unstable();
        shapes.dedup();
        shapes
    }

    /// Adds the edges of a graph to its level.
    fn link(
        &self,
        graph: &'a Graph,
        path: &mut Vec<String>,
        positions: &BTreeMap<&str, usize>,
        scope: &mut Scope<'a>,
    ) {
        let mut links: BTreeMap<(usize, usize), Link> = BTreeMap::new();
        for edge in &graph.edges {
            let ends = owner(graph, &edge.source, true).zip(owner(graph, &edge.target, false));
            let ends = ends.and_then(|(source, target)| {
                Some((source, *positions.get(source)?, *positions.get(target)?))
            });
            let Some((name, source, target)) = ends else {
                scope.loose += 1;
                continue;
            };
            let shapes = match edge.source.get(name.len() + 1..) {
                Some(port) if edge.source != name => {
                    path.extend([name.to_owned(), port.to_owned()]);
                    let leaf = self.survey.leaf(path).and_then(|leaf| leaf.output.as_ref());
                    let shapes = leaf.map(|axes| shape(axes)).into_iter().collect();
                    path.truncate(path.len() - 2);
                    shapes
                }
                _ => scope.items[source].output.clone(),
            };
            let link = links.entry((source, target)).or_insert_with(|| Link {
                source,
                target,
                count: 0,
                shapes: Vec::new(),
            });
            link.count += 1;
            link.shapes.extend(shapes);
            link.shapes.sort_unstable();
            link.shapes.dedup();
        }
        // In the order of their ends.
        scope.links = links.into_values().collect();
    }
}

impl<'a> Scope<'a> {
    /// The level under these names with its nested graphs closed, but for those that are open.
    pub(crate) fn closed(mut self, open: &Which, path: &mut Vec<String>) -> Self {
        let close = |item: Item<'a>| {
            let Body::Nested(inner) = item.body else { return item };
            let name = *item.names.first().unwrap_or(&"");
            let body = match inner.graph {
                Some(graph) if !open.has_in(path, name) => Body::Collapsed(graph),
                _ => {
                    path.push(name.to_owned());
                    let inner = inner.closed(open, path);
                    path.pop();
                    Body::Nested(inner)
                }
            };
            Item { body, ..item }
        };
        self.items = self.items.into_iter().map(close).collect();
        self
    }

    /// Boxes and edges of this level and the levels in it.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let mut counts = (self.items.len(), self.links.len());
        for item in &self.items {
            if let Body::Nested(inner) = &item.body {
                let (items, links) = inner.counts();
                counts = (counts.0 + items, counts.1 + links);
            }
        }
        counts
    }
}

/// The node in which an end of an edge lies: the node of this name, or the nested graph of a port `graph.port`.
pub(crate) fn owner<'a>(graph: &'a Graph, end: &str, is_source: bool) -> Option<&'a str> {
    let node = |name: &str| graph.nodes.at(graph.nodes.id(name)?);
    if let Some((name, _)) = node(end) {
        return Some(name);
    }
    end.match_indices('.').find_map(|(at, _)| {
        let (name, outer) = node(end.get(..at)?)?;
        let port = outer.primitive.as_graph()?.nodes.get(end.get(at + 1..)?)?;
        let is_port = match &port.primitive {
            Primitive::Output(_) => is_source,
            Primitive::Input(_) => !is_source,
            _ => false,
        };
        is_port.then_some(name)
    })
}
