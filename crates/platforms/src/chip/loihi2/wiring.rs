//! Which process leads to which, and the shapes of what they send.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};

use nirkit_ir::facts::Window;

use super::super::bound;
use super::document::{Conv, Document, INPUT, Process};

/// Where spikes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// The input.
    Input,
    /// A process, by its number.
    Process(usize),
}

/// The ends of each process of weights, and shapes.
#[derive(Debug, Default)]
pub(super) struct Wiring {
    /// For a Dense or Conv where its spikes come from and the process that it leads to.
    pub(super) ends: Vec<Option<(End, usize)>>,
    /// Shape of what each process sends.
    pub(super) shapes: Vec<Vec<usize>>,
    /// Name of the input.
    pub(super) input: String,
    /// Its shape.
    pub(super) frame: Vec<usize>,
    /// How a Conv moves.
    pub(super) windows: Vec<Option<Window>>,
}

impl Wiring {
    /// The wiring of a document, or everything that is wrong with it.
    pub(super) fn of(document: &Document, frame: Option<&[usize]>) -> Result<Self, Vec<String>> {
        let mut errors = Vec::new();
        check_names(document, &mut errors);
        let input = document.input.as_ref().map_or(INPUT, |input| input.name.as_str());
        let names = Names::of(document);
        let ends: Vec<_> = (0..document.layers.len())
            .map(|at| ends(document, &names, input, at, &mut errors))
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut shapes = Shapes::new(document, frame, &ends);
        shapes.settle();
        let (shapes, windows, frame) = shapes.finish()?;
        Ok(Self { ends, shapes, windows, input: input.to_owned(), frame })
    }

    /// By how many steps the spikes of a process are late: the delays on the shortest way from the
    /// input.
    pub(super) fn steps_to(&self, document: &Document, name: &str) -> usize {
        let delay = |at: usize| match &document.layers[at] {
            Process::Dense(dense) => dense.delay,
            Process::Conv(_) => 1,
            Process::Lif(_) => 0,
        };
        let takers = takers(&self.ends);
        let mut steps: Vec<Option<usize>> = vec![None; self.ends.len()];
        // Dijkstra's algorithm; the input is the first to be left.
        let mut open = BinaryHeap::from([(Reverse(0), End::Input)]);
        while let Some((Reverse(before), end)) = open.pop() {
            if let End::Process(at) = end
                && steps[at].is_some_and(|known| known < before)
            {
                continue;
            }
            for &at in takers.get(&end).into_iter().flatten() {
                let target = self.ends[at].map(|(_, target)| target);
                let target =
                    target.filter(|&target| matches!(document.layers[target], Process::Lif(_)));
                let late = before + delay(at);
                for reached in [Some(at), target].into_iter().flatten() {
                    if steps[reached].is_none_or(|known| late < known) {
                        steps[reached] = Some(late);
                        open.push((Reverse(late), End::Process(reached)));
                    }
                }
            }
        }
        let at = document.layers.iter().position(|layer| layer.name() == name);
        at.and_then(|at| steps[at]).unwrap_or(0)
    }

    /// Shape of what a source sends.
    pub(super) fn shape(&self, end: End) -> &[usize] {
        match end {
            End::Input => &self.frame,
            End::Process(at) => &self.shapes[at],
        }
    }
}

/// The processes of weights that take spikes of each source.
pub(super) fn takers(ends: &[Option<(End, usize)>]) -> BTreeMap<End, Vec<usize>> {
    let mut takers: BTreeMap<End, Vec<usize>> = BTreeMap::new();
    for (at, ends) in ends.iter().enumerate() {
        if let Some((source, _)) = ends {
            takers.entry(*source).or_default().push(at);
        }
    }
    takers
}

fn check_names(document: &Document, errors: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for name in document.layers.iter().map(Process::name).filter(|name| !seen.insert(*name)) {
        errors.push(format!("two processes have the name `{name}`"));
    }
}

/// The places of processes by name; of several with one name, the first.
struct Names<'a>(BTreeMap<&'a str, usize>);

impl<'a> Names<'a> {
    fn of(document: &'a Document) -> Self {
        let places = document.layers.iter().enumerate().rev();
        Self(places.map(|(at, layer)| (layer.name(), at)).collect())
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.0.get(name).copied()
    }
}

/// The ends of a process of weights; `None` for a LIF.
fn ends(
    document: &Document,
    names: &Names<'_>,
    input: &str,
    at: usize,
    errors: &mut Vec<String>,
) -> Option<(End, usize)> {
    let layers = &document.layers;
    let (name, source, target) = match &layers[at] {
        Process::Dense(dense) => (&dense.name, &dense.source, &dense.target),
        Process::Conv(conv) => (&conv.name, &conv.source, &conv.target),
        Process::Lif(_) => return None,
    };
    let find = |wanted: &str| names.find(wanted);
    let source = match source {
        None => Some(at.checked_sub(1).map_or(End::Input, End::Process)),
        Some(wanted) => find(wanted).map(End::Process).or((wanted == input).then_some(End::Input)),
    };
    if source.is_none() {
        errors.push(format!("`{name}` takes spikes of a process that does not exist"));
    }
    let target = target.as_ref().map_or(Some(at + 1), |wanted| find(wanted));
    let target = target.filter(|&target| target < layers.len());
    if target.is_none() {
        errors.push(format!("`{name}` leads to no process"));
    }
    let (source, target) = (source?, target?);
    let leads_to_weights = !matches!(layers[target], Process::Lif(_));
    let is_taken = || ends_at(document, names, target) == Some(at);
    if leads_to_weights && (target == at || !is_taken()) {
        let wanted = layers[target].name();
        errors.push(format!("`{name}` leads to `{wanted}`, which takes its spikes elsewhere"));
        return None;
    }
    Some((source, target))
}

/// The process that a process of weights says it takes spikes of.
fn ends_at(document: &Document, names: &Names<'_>, at: usize) -> Option<usize> {
    let source = match &document.layers[at] {
        Process::Dense(dense) => &dense.source,
        Process::Conv(conv) => &conv.source,
        Process::Lif(_) => return None,
    };
    match source {
        None => at.checked_sub(1),
        Some(wanted) => names.find(wanted),
    }
}

/// Finds the shapes that follow from those that are known.
struct Shapes<'a> {
    document: &'a Document,
    ends: &'a [Option<(End, usize)>],
    frame: Option<Vec<usize>>,
    sent: Vec<Option<Vec<usize>>>,
    windows: Vec<Option<Window>>,
    errors: Vec<String>,
}

impl<'a> Shapes<'a> {
    fn new(
        document: &'a Document,
        frame: Option<&[usize]>,
        ends: &'a [Option<(End, usize)>],
    ) -> Self {
        let given = document.input.as_ref().map(|input| input.shape.clone());
        let shape = |layer: &Process| match layer {
            Process::Lif(lif) => lif.shape.clone(),
            Process::Dense(dense) => Some(vec![dense.weights.len()]),
            Process::Conv(_) => None,
        };
        Self {
            document,
            ends,
            frame: given.or(frame.map(<[usize]>::to_vec)),
            sent: document.layers.iter().map(shape).collect(),
            windows: vec![None; document.layers.len()],
            errors: Vec::new(),
        }
    }

    /// Goes through the processes, and again through those whose source becomes known, until nothing follows any more.
    fn settle(&mut self) {
        let takers = takers(self.ends);
        let mut open: VecDeque<usize> = (0..self.document.layers.len()).collect();
        while let Some(at) = open.pop_front() {
            let Some((source, target)) = self.ends[at] else { continue };
            let layer = &self.document.layers[at];
            let mut learned = Vec::new();
            if let (End::Input, Process::Dense(dense), None) = (source, layer, &self.frame) {
                self.frame = dense.weights.first().map(|row| vec![row.len()]);
                learned.extend(self.frame.is_some().then_some(End::Input));
            }
            if let (Process::Conv(conv), None) = (layer, &self.windows[at]) {
                self.move_window(at, conv, source);
                learned.extend(self.windows[at].is_some().then_some(End::Process(at)));
            }
            if self.sent[target].is_none()
                && let Process::Lif(_) = self.document.layers[target]
            {
                let shape = self.sent[at].clone();
                self.sent[target] = shape;
                learned.extend(self.sent[target].is_some().then_some(End::Process(target)));
            }
            for end in learned {
                open.extend(takers.get(&end).into_iter().flatten());
            }
        }
    }

    fn move_window(&mut self, at: usize, conv: &Conv, source: End) {
        let shape = match source {
            End::Input => &self.frame,
            End::Process(source) => &self.sent[source],
        };
        let Some(shape) = shape else { return };
        match window(conv, shape) {
            Ok(window) => {
                let [rows, columns] = window.output;
                self.sent[at] = Some(vec![window.channels_out, rows, columns]);
                self.windows[at] = Some(window);
            }
            Err(error) if !self.errors.contains(&error) => self.errors.push(error),
            Err(_) => {}
        }
    }

    #[allow(clippy::type_complexity, reason = "taken apart right away")]
    fn finish(mut self) -> Result<(Vec<Vec<usize>>, Vec<Option<Window>>, Vec<usize>), Vec<String>> {
        if self.errors.is_empty() {
            for (layer, shape) in self.document.layers.iter().zip(&self.sent) {
                if shape.is_none() {
                    self.errors.push(format!(
                        "the shape of `{}` does not follow from anything; give `input` a shape \
                         (channels, height, width), or the LIF one",
                        layer.name()
                    ));
                }
            }
        }
        let wanted = self.ends.iter().flatten().any(|(source, _)| *source == End::Input);
        if self.frame.is_none() && wanted && self.errors.is_empty() {
            self.errors.push("the shape of the input is not known; give `input`".to_owned());
        }
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let shapes = self.sent.into_iter().flatten().collect();
        Ok((shapes, self.windows, self.frame.unwrap_or_default()))
    }
}

/// How the kernel of a Conv moves over what arrives.
fn window(conv: &Conv, shape: &[usize]) -> Result<Window, String> {
    let name = &conv.name;
    let &[channels, height, width] = shape else {
        return Err(format!(
            "`{name}` takes pictures of channels, height and width, and {shape:?} arrives"
        ));
    };
    let weights = &conv.weights;
    let first = weights.first().and_then(|output| output.first());
    let kernel = [first.map_or(0, Vec::len), first.and_then(|k| k.first()).map_or(0, Vec::len)];
    let seen = weights.first().map_or(0, Vec::len);
    let is_even = weights.iter().all(|output| {
        output.len() == seen
            && output.iter().all(|plane| {
                plane.len() == kernel[0] && plane.iter().all(|row| row.len() == kernel[1])
            })
    });
    if !is_even || kernel.contains(&0) {
        return Err(format!("the weights of `{name}` are no array of four axes"));
    }
    let groups = conv.groups;
    let fits = groups > 0 && channels == seen * groups && weights.len().is_multiple_of(groups);
    if !fits {
        return Err(format!(
            "`{name}` has weights for {} groups of {seen} channels, and {channels} channels arrive",
            conv.groups
        ));
    }
    let (stride, padding, dilation) =
        (conv.stride.axes(), conv.padding.axes(), conv.dilation.axes());
    let output = |axis: usize, input: usize| {
        let reach = dilation[axis].checked_mul(kernel[axis] - 1)?;
        let room = padding[axis].checked_mul(2)?.checked_add(input)?.checked_sub(reach + 1)?;
        Some(room.checked_div(stride[axis])? + 1)
    };
    let (Some(rows), Some(columns)) = (output(0, height), output(1, width)) else {
        return Err(format!("the kernel of `{name}` does not fit into {height} × {width}"));
    };
    let window = Window {
        channels_in: channels,
        channels_out: weights.len(),
        groups,
        kernel,
        stride,
        dilation,
        before: padding,
        after: padding,
        input: [height, width],
        output: [rows, columns],
    };
    bound::window(window).map_err(|error| format!("`{name}`: {error}"))
}
