//! Stage 4: shapes of all signals.
//!
//! Shapes flow along the edges from nodes that fix them by themselves (Input, Affine, ...). A node
//! whose parameters are single numbers takes the shape of what arrives, or else of what it leads
//! to. Each node is placed once; the edges are checked afterwards.

mod declared;
mod misfit;

use std::collections::{BTreeSet, VecDeque};

use crate::diag::{Code, Diagnostic};
use crate::facts::adjacency::Adjacency;
use crate::facts::shape::{Misfit, Placed, is_shapeless, own_input, place};
use crate::facts::unfold::{Connection, Unfolded, UnfoldedLeaf};
use crate::primitive::Primitive;
use declared::{declared_otherwise, one_for_all};
use nirkit_numerics::broadcast::squeezed;

/// Works out the shapes of all leaves. Leaves in `faulty` are left out, and so is what only they
/// would determine.
pub(super) fn infer(
    unfolded: &Unfolded<'_>,
    faulty: &BTreeSet<usize>,
) -> (Vec<Option<Placed>>, Vec<Diagnostic>) {
    let mut inference = Inference::new(unfolded, faulty);
    inference.place_fixed();
    inference.propagate();
    while inference.place_from_own_fields() || inference.place_from_targets() {
        inference.propagate();
    }
    inference.check_outputs();
    inference.check_edges();
    inference.check_declarations();
    inference.check_unknown();
    (inference.placed, inference.findings)
}

struct Inference<'a, 'g> {
    unfolded: &'a Unfolded<'g>,
    faulty: &'a BTreeSet<usize>,
    /// Connections into and out of each leaf, by their positions.
    into: Adjacency,
    out_of: Adjacency,
    placed: Vec<Option<Placed>>,
    /// Leaves that were found not to fit; they are placed as if nothing arrived.
    misfits: BTreeSet<usize>,
    /// Leaves that may be placed now because a source was.
    ready: VecDeque<usize>,
    /// The first edge out of each leaf whose target is placed.
    towards_placed: Vec<Option<usize>>,
    /// Leaves that may be placed now because a target was.
    wanted: BTreeSet<usize>,
    /// Leaves before these positions cannot be placed by their own fields, and take no shape of
    /// any kind: they are placed, or never will be so. Positions only grow, so each leaf is looked
    /// at once.
    past_own_fields: usize,
    past_shapeless: usize,
    findings: Vec<Diagnostic>,
}

impl<'a, 'g> Inference<'a, 'g> {
    fn new(unfolded: &'a Unfolded<'g>, faulty: &'a BTreeSet<usize>) -> Self {
        let len = unfolded.leaves.len();
        let connections = unfolded.connections.iter().enumerate();
        let targets = connections.clone().map(|(at, connection)| (connection.target, at));
        let sources = connections.map(|(at, connection)| (connection.source, at));
        Self {
            unfolded,
            faulty,
            into: Adjacency::collect(len, targets),
            out_of: Adjacency::collect(len, sources),
            placed: vec![None; len],
            misfits: BTreeSet::new(),
            ready: VecDeque::new(),
            towards_placed: vec![None; len],
            wanted: BTreeSet::new(),
            past_own_fields: 0,
            past_shapeless: 0,
            findings: Vec::new(),
        }
    }

    fn leaf(&self, at: usize) -> &'a UnfoldedLeaf<'g> {
        &self.unfolded.leaves[at]
    }

    fn connection(&self, at: usize) -> &'a Connection {
        &self.unfolded.connections[at]
    }

    fn is_open(&self, at: usize) -> bool {
        self.placed[at].is_none() && !self.faulty.contains(&at)
    }

    fn settle(&mut self, at: usize, placed: Placed) {
        self.placed[at] = Some(placed);
        let unfolded = self.unfolded;
        self.ready.extend(self.out_of.of(at).iter().map(|&edge| unfolded.connections[edge].target));
        for &edge in self.into.of(at) {
            let source = unfolded.connections[edge].source;
            if self.towards_placed[source].is_none_or(|first| edge < first) {
                self.towards_placed[source] = Some(edge);
                self.wanted.insert(source);
            }
        }
    }

    /// Places the leaves whose shapes do not depend on what arrives.
    fn place_fixed(&mut self) {
        for at in 0..self.placed.len() {
            let primitive = self.leaf(at).primitive;
            let is_fixed = matches!(
                primitive,
                Primitive::Input(_)
                    | Primitive::Output(_)
                    | Primitive::Affine(_)
                    | Primitive::Linear(_)
            );
            if is_fixed && self.is_open(at) {
                self.place_alone(at);
            }
        }
    }

    /// Places a leaf by its own fields; whether that could be done.
    fn place_alone(&mut self, at: usize) -> bool {
        let primitive = self.leaf(at).primitive;
        let placed = own_input(primitive).and_then(|shape| place(primitive, &shape).ok());
        let is_placed = placed.is_some();
        if let Some(placed) = placed {
            self.settle(at, placed);
        }
        is_placed
    }

    /// Places leaves by what arrives, as far as that leads.
    fn propagate(&mut self) {
        while let Some(at) = self.ready.pop_front() {
            if self.is_open(at) && !self.misfits.contains(&at) {
                self.place_by_arrival(at);
            }
        }
    }

    fn place_by_arrival(&mut self, at: usize) {
        let arriving = self.into.of(at).iter().find_map(|&edge| {
            let source = self.connection(edge).source;
            Some((edge, self.placed[source].as_ref()?.output.clone()))
        });
        let Some((edge, shape)) = arriving else { return };
        match place(self.leaf(at).primitive, &shape) {
            Ok(placed) => self.settle(at, placed),
            Err(misfit) => {
                self.misfits.insert(at);
                let finding = self.describe(&misfit, edge, &shape);
                self.findings.push(finding);
                // So that what follows is still checked, and one fault stays one finding.
                match misfit {
                    Misfit::Parameter { .. } => self.settle(at, Placed::same(&shape)),
                    _ => {
                        self.place_alone(at);
                    }
                }
            }
        }
    }

    /// Places the first open leaf that has a shape of its own.
    fn place_from_own_fields(&mut self) -> bool {
        while self.past_own_fields < self.placed.len() {
            let at = self.past_own_fields;
            self.past_own_fields += 1;
            if self.is_open(at) && !is_shapeless(self.leaf(at).primitive) && self.place_alone(at) {
                return true;
            }
        }
        false
    }

    /// Places the first open leaf that takes any shape: as its targets take it, or as one channel.
    fn place_from_targets(&mut self) -> bool {
        while let Some(at) = self.wanted.pop_first() {
            if !self.is_open(at) || !is_shapeless(self.leaf(at).primitive) {
                continue;
            }
            let target = self.towards_placed[at].map(|edge| self.connection(edge).target);
            let shape = target.and_then(|target| Some(&self.placed[target].as_ref()?.input));
            let placed = shape.and_then(|shape| place(self.leaf(at).primitive, shape).ok());
            if let Some(placed) = placed {
                self.settle(at, placed);
                return true;
            }
        }
        while self.past_shapeless < self.placed.len() {
            let at = self.past_shapeless;
            if self.is_open(at) && is_shapeless(self.leaf(at).primitive) {
                return self.place_alone(at);
            }
            self.past_shapeless += 1;
        }
        false
    }

    /// An Output of the graph itself takes what arrives: nothing depends on the shape that it
    /// declares, and exporters write it wrong.
    fn check_outputs(&mut self) {
        let reached = self.reached();
        for at in 0..self.into.len() {
            let edges = self.into.of(at);
            let leaf = self.leaf(at);
            if !matches!(leaf.primitive, Primitive::Output(_)) || leaf.place.nodes.len() > 1 {
                continue;
            }
            let mut sources = edges.iter().map(|&edge| self.connection(edge).source);
            let Some(source) = sources.find(|&source| reached[source]) else { continue };
            let (Some(arriving), Some(declared)) = (&self.placed[source], &self.placed[at]) else {
                continue;
            };
            let arriving = arriving.output.clone();
            if squeezed(&arriving) != squeezed(&declared.input) {
                let message = format!("declares {:?}, {arriving:?} arrives", declared.input);
                let place = leaf.place.field("shape");
                let finding = Diagnostic::new(Code::DeclaredShape, place, message)
                    .help(
                        "what arrives is taken, and `nir.read` refuses the file; run `nir convert --repair` to \
                         correct the field",
                    )
                    .repairable();
                self.findings.push(finding);
                self.placed[at] = Some(Placed::same(&arriving));
            }
        }
    }

    /// Whether something leads from an Input to each leaf.
    fn reached(&self) -> Vec<bool> {
        let leaves = &self.unfolded.leaves;
        let mut targets = vec![Vec::new(); leaves.len()];
        for connection in &self.unfolded.connections {
            targets[connection.source].push(connection.target);
        }
        let is_input = |at: &usize| matches!(leaves[*at].primitive, Primitive::Input(_));
        let mut open: Vec<usize> = (0..leaves.len()).filter(is_input).collect();
        let mut reached = vec![false; leaves.len()];
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                open.append(&mut targets[at]);
            }
        }
        reached
    }

    fn check_edges(&mut self) {
        for (at, connection) in self.unfolded.connections.iter().enumerate() {
            let (Some(source), Some(target)) =
                (&self.placed[connection.source], &self.placed[connection.target])
            else {
                continue;
            };
            if source.output == target.input || self.misfits.contains(&connection.target) {
                continue;
            }
            let finding = if squeezed(&source.output) == squeezed(&target.input) {
                self.unit_axes(connection, source, target)
            } else {
                let takes = format!("{:?}", target.input);
                self.describe(&Misfit::Shape { takes }, at, &source.output)
            };
            self.findings.push(finding);
        }
    }

    /// Nodes that repeat the shape of their input, and repeat another one; parameters that are one
    /// number for all.
    fn check_declarations(&mut self) {
        for at in 0..self.placed.len() {
            let (leaf, Some(placed)) = (self.leaf(at), &self.placed[at]) else { continue };
            if self.misfits.contains(&at) {
                continue;
            }
            if let Some(finding) = declared_otherwise(leaf, placed) {
                self.findings.push(finding);
            }
            self.findings.extend(one_for_all(leaf, placed));
        }
    }

    /// Leaves that could not be placed, but for those that wait for another one.
    fn check_unknown(&mut self) {
        for at in 0..self.placed.len() {
            let waits = self
                .into
                .of(at)
                .iter()
                .any(|&edge| self.placed[self.connection(edge).source].is_none());
            if self.is_open(at) && !waits && !self.misfits.contains(&at) {
                let leaf = self.leaf(at);
                let message = format!("the shape of `{}` cannot be inferred", leaf.name);
                self.findings.push(
                    Diagnostic::new(Code::ShapeUnknown, leaf.place.clone(), message)
                        .help("connect it to an Input, or declare its input shape"),
                );
            }
        }
    }
}
