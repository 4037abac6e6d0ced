//! Reads nodes, graphs and edges.

use std::ops::Range;

use super::super::lex::{Kind, Token};
use super::super::span::{FieldSpans, NodeSpans};
use super::cursor::{Parse, Parser};
use crate::graph::{Edge, Graph, Node};
use crate::primitive::{GRAPH_KIND, Primitive, Unknown};
use crate::value::Fields;

/// What has been read of the block of a node.
#[derive(Default)]
struct Body {
    fields: Fields,
    metadata: Option<Fields>,
    extra: Option<Fields>,
    spans: NodeSpans,
}

impl Parser<'_> {
    /// Reads a kind and its block; `start` is where the name before it begins.
    pub(super) fn node(&mut self, start: usize) -> Parse<(Node, NodeSpans)> {
        let verbatim = self.at_word("unknown");
        if verbatim {
            self.bump();
        }
        let bare = self.now.kind == Kind::Word;
        let (kind, token) = self.name("a kind such as `LIF` or `graph`")?;
        let head = start..token.end;
        if bare && !verbatim && (kind == "graph" || kind == GRAPH_KIND) {
            return self.graph(head);
        }
        let mut body = Body::new(head);
        self.block(|parser| parser.primitive_part(&kind, &mut body))?;
        Ok(self.primitive(&kind, verbatim, body))
    }

    fn graph(&mut self, head: Range<usize>) -> Parse<(Node, NodeSpans)> {
        let mut graph = Graph::default();
        let mut body = Body::new(head);
        self.block(|parser| parser.member(&mut graph, &mut body).map(|()| true))?;
        let fields = std::mem::take(&mut body.fields);
        Ok(self.finish(Primitive::Graph(graph), fields, body))
    }

    fn primitive(&mut self, kind: &str, verbatim: bool, mut body: Body) -> (Node, NodeSpans) {
        let fields = std::mem::take(&mut body.fields);
        let (primitive, left) = if verbatim {
            (Primitive::Unknown(Unknown { kind: kind.to_owned(), fields }), Fields::default())
        } else {
            Primitive::from_fields(kind, fields)
        };
        self.finish(primitive, left, body)
    }

    /// Joins the fields that no declaration took with those of the block `extra`.
    fn finish(&mut self, primitive: Primitive, left: Fields, body: Body) -> (Node, NodeSpans) {
        let mut extra = left;
        for (name, value) in body.extra.unwrap_or_default() {
            if extra.insert(name, value).is_some() {
                let message = "a field stands both in this node and in its block `extra`";
                self.note(body.spans.head.clone(), message, Some("leave one of them out"));
            }
        }
        let metadata = body.metadata.unwrap_or_default();
        (Node { primitive, metadata, extra }, body.spans)
    }

    /// Reads one statement of a graph: a node, edges, or what any node may hold.
    fn member(&mut self, graph: &mut Graph, body: &mut Body) -> Parse<()> {
        if self.at_name() {
            match self.then.kind {
                Kind::Mark(b'=') => return self.named_node(graph, &mut body.spans),
                Kind::Arrow => return self.edges(graph, &mut body.spans),
                _ => {}
            }
        }
        self.part(body, "`=`, `->` or `:`")
    }

    fn named_node(&mut self, graph: &mut Graph, spans: &mut NodeSpans) -> Parse<()> {
        let (name, token) = self.name("a name")?;
        self.bump();
        let (node, inner) = self.node(token.start)?;
        if graph.nodes.contains(&name) {
            let message = format!("a second node `{}` in one graph", self.excerpt(token));
            self.note(token.span(), message, Some("give one of them another name"));
            return Ok(());
        }
        spans.nodes.insert(name.clone(), inner);
        graph.nodes.insert(name, node);
        Ok(())
    }

    /// Reads `a -> b`, or a chain of edges `a -> b -> c`.
    fn edges(&mut self, graph: &mut Graph, spans: &mut NodeSpans) -> Parse<()> {
        let (mut source, mut from) = self.name("a name")?;
        while self.now.kind == Kind::Arrow {
            self.bump();
            let (target, to) = self.name("the name of a node")?;
            spans.edges.push(from.start..to.end);
            graph.edges.push(Edge::new(source, target.clone()));
            (source, from) = (target, to);
        }
        Ok(())
    }

    /// Reads one statement of a node that is no graph. A node or an edge here means that the block
    /// was not closed; it is left, so that the graph around goes on with it.
    fn primitive_part(&mut self, kind: &str, body: &mut Body) -> Parse<bool> {
        if self.leaves_block(kind) {
            return Ok(false);
        }
        self.part(body, "`:`").map(|()| true)
    }

    /// Whether a node or an edge begins here, which is noted as an error of this block.
    pub(super) fn leaves_block(&mut self, block: &str) -> bool {
        let strays = self.at_name()
            && match self.then.kind {
                Kind::Arrow => true,
                Kind::Mark(b'=') => self.node_follows(),
                _ => false,
            };
        // The blocks around are left for the same reason; that is one error.
        if strays && self.noted_at() != Some(self.now.start) {
            let block = super::super::name::excerpt(block);
            let message = format!("a node or an edge inside the block of `{block}`");
            self.note(self.now.span(), message, Some("close the block with `}` before it"));
        }
        strays
    }

    /// Whether `name =` is followed by a kind and its block, and not by a value.
    fn node_follows(&self) -> bool {
        let [kind, brace]: [Token; 2] = self.beyond();
        let named = matches!(kind.kind, Kind::Word | Kind::Text);
        named && (brace.kind == Kind::Mark(b'{') || self.slice(kind) == "unknown")
    }

    /// Reads a field, or one of the blocks `metadata` and `extra`.
    fn part(&mut self, body: &mut Body, wanted: &str) -> Parse<()> {
        if self.then.kind == Kind::Mark(b'{') && self.at_word("metadata") {
            return self.once(&mut body.metadata, &mut body.spans);
        }
        if self.then.kind == Kind::Mark(b'{') && self.at_word("extra") {
            return self.once(&mut body.extra, &mut body.spans);
        }
        let (name, spans) = self.field_into(&mut body.fields, wanted)?;
        body.spans.fields.insert(name, spans);
        Ok(())
    }

    /// Reads a keyword and its block, which may stand once.
    fn once(&mut self, block: &mut Option<Fields>, spans: &mut NodeSpans) -> Parse<()> {
        let word = self.bump();
        let head = FieldSpans { head: word.span(), ..FieldSpans::default() };
        spans.fields.entry(self.slice(word).to_owned()).or_insert(head);
        if block.replace(self.group()?).is_some() {
            let help = "join the two blocks";
            self.note(word.span(), "this block stands twice in one node", Some(help));
        }
        Ok(())
    }
}

impl Body {
    fn new(head: Range<usize>) -> Self {
        Self { spans: NodeSpans { head, ..NodeSpans::default() }, ..Self::default() }
    }
}
