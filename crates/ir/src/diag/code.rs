//! The codes of all findings, each with its page. A number is never reused.

use std::fmt;
use std::str::FromStr;

use super::Severity;

/// The page of a code: what `nir explain` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePage {
    /// The rule in a few words.
    pub title: &'static str,
    /// How much a breach usually matters.
    pub severity: Severity,
    /// What the rule says, why it is there, and what to do.
    pub text: &'static str,
}

macro_rules! codes {
    ($($name:ident $number:literal $severity:ident $title:literal $text:literal)*) => {
        /// The rule that a finding is about.
        ///
        /// Hundreds are topics: 1 structure, 2 parameters, 3 shapes, 4 what the file leaves open,
        /// 5 stimulus and run, 6 file, 7 platforms.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $title] $name),* }

        /// Every code, in ascending order.
        pub const CODES: &[Code] = &[$(Code::$name),*];

        impl Code {
            /// The number without the letter.
            #[must_use]
            pub fn number(self) -> u16 {
                match self { $(Self::$name => $number),* }
            }

            /// The page of the code.
            #[must_use]
            pub fn page(self) -> CodePage {
                match self {
                    $(Self::$name => CodePage {
                        title: $title, severity: Severity::$severity, text: $text
                    }),*
                }
            }
        }
    };
}

codes! {
    DanglingEdge 101 Error "an edge names a node that does not exist"
    "Both ends of an edge have to be nodes of the same graph. Files written for nested graphs sometimes name a node that was renamed on the way (`lif` for `lif1`), or a nested graph whose nodes (`lif1.input`, `lif1.lif`, ...) stand beside it.\n\nGive the edge an existing name, or take it out. `nir convert --repair` nests the nodes again, renames when exactly one node fits, and says which; it takes the edge out only if an Input still leads to an Output without it."

    DuplicateEdge 102 Warning "an edge is duplicated"
    "The signals of all edges into a node are added, so a duplicated edge counts twice. The Python reference refuses such a graph.\n\nIf it is meant, double the weights instead; if not, take one out. `nir convert --repair` keeps one."

    NoInput 103 Warning "the graph has no Input node"
    "Without an Input node no stimulus can enter, and only biases, leaks and thresholds drive the graph. The Python reference adds Inputs in silence when it reads.\n\n`nir convert --repair` adds an Input before each node that nothing leads to and whose shape is known."

    NoOutput 104 Warning "the graph has no Output node"
    "Without an Output node the graph has no result, though every node can be recorded.\n\n`nir convert --repair` adds an Output after each node that leads nowhere."

    Unreachable 105 Warning "no input reaches a node"
    "No path leads from an Input to this node. It still runs: a bias, a leak or a threshold can make it active. Most often an edge was forgotten, or an importer dropped a node in between."

    DeadEnd 106 Warning "a node leads to no Output"
    "What this node computes never reaches an Output. It costs time and does not change the result. Most often an edge was forgotten."

    StatelessCycle 107 Error "a cycle has no state in it"
    "Every node of the cycle follows its input at once, so the cycle asks for a value that equals a function of itself. Put a neuron, an integrator or a Delay into it, or take an edge out."

    BadName 108 Error "a node has a name that a path cannot hold"
    "A name must not be empty, be `.` or `..`, and must not hold `/` or a zero character: HDF5 uses names as parts of paths. Rename the node."

    UnknownKind 109 Error "a node is of a kind that is not known"
    "The kind is not one of NIR's primitives. The node is kept and written again, but its shape is unknown and it cannot run. Check the spelling, or replace the node by primitives."

    UnknownField 110 Warning "a node has a field that its kind does not declare"
    "The field is kept and written again, and has no effect on what the graph means. The reference refuses the file: the field is no argument of the constructor. Check the spelling: a misspelt optional field (`v_rest` for `v_reset`) changes what the graph means."

    AmbiguousPort 111 Error "an edge does not say which port of a nested graph it means"
    "The nested graph has several Inputs (or Outputs), or none. Name the port after the graph: `outer.port`."

    WrongWay 112 Error "an edge enters an Input or leaves an Output"
    "Inside its own graph an Input is a source and an Output a sink. Reverse the edge or take it out."

    LoneNode 113 Warning "the file holds a lone primitive and no graph"
    "There is nothing to connect. `nir convert --repair` wraps the primitive into a graph with an Input and an Output."

    Empty 114 Error "a graph has no nodes"
    "There is nothing to run."

    NameClash 115 Error "two nodes have the same full name"
    "A node of a nested graph is named `outer.inner`; a node beside it already has this name with a point in it. Recordings of the two could not be told apart. Rename one."

    LeftOut 116 Note "the HDF5 file holds something that is not read"
    "NIR has no place for attributes of HDF5 objects, for named datatypes and for soft links that lead nowhere. They have no effect on what the graph means, and a copy of the file lacks them. What is to be kept belongs into `metadata`."

    MissingField 201 Error "a required field is missing"
    "The kind declares the field, the file does not hold it, and there is no default. `nir explain` cannot guess the number: take it from the framework that wrote the file."

    WrongType 202 Error "a field holds something of another type"
    "A field of numbers holds strings, complex numbers or a group, or the other way round."

    NotFinite 203 Error "a parameter is not finite"
    "A parameter is NaN or infinite. Most often the training diverged. The places of the first few are listed."

    TauNotPositive 204 Error "a time constant is not above zero"
    "The equations divide by the time constant. The finding names the first such element and counts the others. A time constant of 0 means `no dynamics`: use IF for LIF, or leave the synapse out."

    ResetNotBelowThreshold 205 Warning "the reset is not below the threshold"
    "With `v_reset >= v_threshold` a neuron that is driven spikes without end in no time. The exact engine refuses such a neuron under the reset `v_reset`; with `zero` and `subtract` the field is not used."

    NegativeDelay 206 Error "a delay is negative"
    "A delay cannot reach into the future."

    ThresholdNotPositive 207 Warning "a threshold is not above zero"
    "A neuron at rest (`v = 0`) is then above its threshold from the start, and the subtractive reset does not end. Run such a graph with the reset `v_reset`. Neurons that rest below a negative threshold, as in units of volts, are fine."

    ParametersDisagree 208 Error "the parameters of a node have shapes that do not fit together"
    "The parameters of a neuron broadcast against each other as numpy's arrays do: each axis has the same length, or length 1."

    WrongRank 209 Error "a parameter has the wrong number of axes"
    "A matrix has two axes, a bias one, a kernel of Conv1d three, a kernel of Conv2d four, a shape one."

    NotACount 210 Error "a number is not a whole number in its range"
    "Strides, dilations, groups, window sizes and lengths of axes are whole numbers above 0; paddings are whole numbers from 0; there is one for all axes or one for each. Where a field only repeats the shape of what arrives (`input_type`, `input_shape`), `nir convert --repair` writes what arrives."

    PaddingRule 211 Error "the rule of padding is not known or does not apply"
    "The rules are `same` and `valid`, as in PyTorch; `same` needs a stride of 1."

    Groups 212 Error "the groups do not divide the channels"
    "The number of output channels must be a multiple of `groups`."

    BiasLength 213 Error "the bias does not have one number for each output"
    "An Affine adds one number to each output; a convolution adds one to each output channel."

    DefaultTaken 214 Note "an optional field is missing and its default is taken"
    "Older files lack `v_reset` (0 is meant) or `w_in` (1 is meant). `nir convert --repair` writes the number into the file."

    ScalarParameter 215 Note "a parameter is one number for all neurons"
    "The number holds for every neuron of the node, or is added to every output. The Python reference infers a wrong shape from it, or fails to write it with compression. There is one finding for each node. `nir convert --repair` writes it out in the node's shape."

    LeakNotBelowThreshold 216 Warning "the value at rest is not below the threshold"
    "With `v_leak >= v_threshold` a neuron spikes without input: it drifts towards its rest and meets the threshold on the way. That can be meant (a pacemaker), and is otherwise a swapped sign or another unit."

    ShapeMismatch 301 Error "an edge connects two shapes that differ"
    "What the source puts out must have the shape that the target takes."

    UnitAxes 302 Warning "an edge connects two shapes that differ in axes of length 1 only"
    "The elements correspond one to one, so the graph can run. The Python reference refuses it. `nir convert --repair` removes the extra axes where they are declared."

    ParameterShape 303 Error "a parameter does not fit the shape of the input"
    "A neuron or a factor has one number for each channel of its input, or one for all; the parameter broadcasts against the input as numpy's arrays do."

    ShapeUnknown 304 Error "the shape of a node cannot be inferred"
    "Neither its parameters nor its neighbours say how many channels it has. Give one parameter in full, or add an Input with a shape."

    EmptyOutput 305 Error "a window is larger than its input"
    "The kernel with its dilation must fit into the padded input, otherwise nothing comes out."

    FlattenRange 306 Error "Flatten joins axes that do not exist"
    "`start_dim` and `end_dim` are positions of axes, without a batch axis; negative ones count from the last. `start_dim` must not stand behind `end_dim`."

    DeclaredShape 307 Warning "a node declares another input shape than arrives"
    "`input_shape` of a convolution and `input_type` of Flatten repeat what the graph already says. Outputs, and Inputs of nested graphs, do so too. The shape that arrives is used. `nir convert --repair` corrects the field."

    TooLarge 308 Error "a layer or the graph asks for more than the limits allow"
    "A few numbers in a file can stand for more than fits a machine: a shape, a padding, a kernel, a parameter that stands for a whole layer. Everything that follows from them is counted before memory is taken. The finding names the layer, the number and the limit.\n\nCorrect the number. If it is meant, raise the limit with `--limit NAME=NUMBER` (`layer_elements`, `graph_elements` or `layer_products`)."

    BatchAxis 309 Error "the shapes carry a batch axis"
    "Shapes in NIR have no batch axis. Exporters that trace a network with a sample write its leading axis of 1 into Input, Output, parameters and Flatten, and then hardly any edge fits. `nir convert --repair` takes the axis out everywhere. It is a warning where the elements correspond one to one all the same."

    FlattenBatchAxis 310 Error "Flatten counts a batch axis"
    "`start_dim` and `end_dim` are positions of axes without a batch axis, so that 0 is the first axis of a signal. PyTorch's Flatten begins at 1, behind the batch, and exporters copy the number. `nir convert --repair` counts one less where exactly that makes the shapes fit."

    TransposedWeight 311 Error "matrices are stored as inputs x outputs"
    "A `weight` in NIR has a row for each output and a column for each input. Frameworks on JAX store it the other way round, and some exporters copied it so. `nir convert --repair` transposes the matrices that the finding names. A square matrix fits both ways: its shape does not tell, and it is left as it is."

    MissingPool 312 Error "a pool seems to be missing"
    "A node declares a half (or another whole part) of the height and width that arrive. Most often a MaxPool2d stood before it: NIR has none, and exporters leave it out silently. The declared shape is the evidence, so no repair overwrites it. Export the network with SumPool2d or AvgPool2d, or put one in. It is a warning where everything else fits both with and without the pool."

    DtOpen 401 Note "the file does not say a time step"
    "NIR has no time step. A program on a grid needs one: give `--dt`. Where metadata name `dt`, or `r = tau/dt` and `w_in = tau_syn/dt` agree on one, that is offered as a candidate."

    ResetOpen 402 Note "the file does not say how a neuron is reset"
    "NIR's equations reset to `v_reset`; many networks were trained with a subtractive reset or a reset to zero, and the file looks the same. Give `--reset`."

    SpikeOpen 403 Note "the file does not say what a spike is"
    "NIR says that a spike is 1, without a duration. It can be an impulse of area 1, or a pulse of height 1 that lasts a time step, as gains of `tau/dt` have it; the two differ by a factor of dt. Give `--spike impulse:AREA` or `--spike pulse:SECONDS`. Platforms read a spike as a pulse of one step."

    StartOpen 404 Note "the file does not say where voltages start"
    "NIR has no initial state. `rest` starts at `v_leak`, where a neuron stays without input; `zero` starts at 0, as some simulators do. It matters where `v_leak` is not 0. `nir run --clocked --start` chooses; the ideal starts at rest."

    TimeUnitOpen 405 Note "the time constants look like milliseconds"
    "Times in NIR are in seconds as nearly every exporter writes them; the documentation of NIR says milliseconds at one place, and hxtorch and jaxsnn write so. Time constants of 0.5 and more are rare in seconds. They can also be counted in steps.\n\nGive `--time-unit ms` to read the times of a file as milliseconds. `nir convert --time-unit ms` writes such a file in seconds, `nir convert --output-time-unit ms` writes milliseconds. Both note the unit in the metadata of the graph (`time_unit`). With seconds this note is gone; with milliseconds it stays, since every simulator takes the numbers of such a file for seconds."

    MetadataUnread 406 Warning "the metadata say something that is not taken"
    "`dt` in the metadata of the graph is a number of seconds above 0, `reset` is `v_reset`, `zero` or `subtract`, `spike` is `impulse:AREA` or `pulse:SECONDS`, `time_unit` is `s` or `ms`. Where `time_unit` is `ms`, every time in the graph is in milliseconds: time constants, delays, `dt`, the width of a pulse and the area of an impulse, and `r` of I and IF is per millisecond. What is written otherwise is not taken, and the question counts as open.\n\nThe metadata of nested graphs are not read for any of this: what they say is told here where the whole graph says something else or nothing."

    StimulusShape 501 Error "the stimulus does not fit the Input"
    "A stimulus has the shape (T, *input shape); with `--batch` (B, T, *input shape)."

    StimulusName 502 Error "the stimulus names no Input of the graph, or an Input has no stimulus"
    "Give `--input NODE=FILE` once for each Input; a single Input needs no name."

    StimulusValue 503 Error "the stimulus holds a number that is not finite"
    "NaN or infinity would spread through the network."

    DelayRounded 504 Note "a delay is not a whole number of steps"
    "On a grid a delay is rounded to the nearest number of steps, halves to even. The result says by how much. Choose a `--dt` that divides the delays, or run with `--exact`."

    Graze 505 Warning "a spike hangs by a hair"
    "A voltage passes its threshold, or stays below it, by less than the arithmetic can tell. Whether the neuron spikes is then decided by rounding; another program, or another machine word, may decide otherwise. The result names the node, the time and the margin. Move a parameter a little, or do not rely on this spike."

    NotCarried 601 Error "a dataset has a type that cannot be carried over"
    "HDF5 knows types that NIR does not use (references, opaque bytes, other compounds). A file with such a dataset is not read: a copy would lose it. The error names the dataset and its type."

    PlatformRefuses 701 Error "a platform refuses the graph"
    "The platform stops with an error of its own, which is quoted. The finding names what it asks for. Change the graph, or choose another platform or version."

    NodeDropped 702 Error "a platform leaves a node out"
    "The platform does not know the kind of node, or never comes to it, and says nothing. What follows from there on does not run either, or sees something else than the graph says."

    ParameterIgnored 703 Warning "a platform does not read a parameter"
    "The platform computes as if the parameter had another value, and the file's value differs from it. The finding says what that does in numbers. Fold the parameter into weights or thresholds, or choose another platform."

    ParameterReinterpreted 704 Warning "a platform reads something else out of a parameter"
    "The platform takes the number for something else than the equations of NIR say, or multiplies the input by another gain. The finding says what that does in numbers."

    DtAssumed 705 Note "a platform has a time step of its own"
    "NIR has no time step; the platform takes its own default, or has one written into its code. Give `--dt` where the platform takes it."

    OrderChanged 706 Warning "a platform carries an edge later, or not at all"
    "The platform runs the nodes in an order of its own, often that of the list of edges. An edge whose source has its turn after its target carries the step before, or nothing. Reorder the edges so that each node stands behind all its sources."

    ResetFixed 707 Note "a platform resets in its own way"
    "The platform has one kind of reset for this neuron, whatever is asked for. It matters when the network was trained with another."

    Mended 708 Error "a platform stops, and the run goes on as if it were fixed"
    "The released code stops at this node; the recordings that nirkit is held against come from the same code with the fault taken out. `nir run` computes what the mended code does, `nir check` tells the fault."

    DoesNotFit 709 Error "a graph needs more than a chip has"
    "The chip has fewer neurons, channels, synapses or less memory than the graph needs. The finding names the limit with both numbers and the place where the limit is written. The arithmetic of the chip is defined all the same, so `nir run` and `nir eval` go on; `nir lower` writes nothing that the chip could not hold."

    RaisesAtFirstStep 710 Error "a platform takes the graph and fails at the first step"
    "The import succeeds, and the first step raises the error that is quoted. A script that only imports the file does not notice. Change the graph, or choose another platform or version."

    NeverEnds 711 Error "the import or the first step of a platform never ends"
    "The code of the importer goes round in circles at the node that is named, or its processes wait for each other, without an error. Change the graph as the help says, or choose another platform or version."

    Chance 712 Error "what a platform runs depends on chance"
    "The importer begins at a node that the address of an object or the hash of a string decides, which differs from process to process. The finding names what each of the ways runs, other findings say in which of them they hold, and `nir run`, `nir eval` and `nir compare` compute all of them, of many the first 16. Change the graph so that there is one beginning, or choose another platform."

    EdgeNotFollowed 713 Error "a platform does not follow an edge of the graph"
    "The importer keeps other edges than the graph has: it leaves one out, or leads one to another node. Nothing is said when the file is imported. Change the graph into the form that the importer knows, or choose another platform."

    ResetAssumed 714 Note "a chip resets, and counts the spikes of a step, in its own way"
    "NIR leaves the reset open, and has spikes at points in time. A chip has one reset, or a few, and emits one spike in a step or several. Give `--reset` to be told where it differs from what the network was trained with."

    DecayMoved 715 Warning "a chip has no decay that is as long as a time constant"
    "Decays on chips are shifts or integers; a time constant becomes the nearest one that there is. The finding says what it becomes. Choose time constants or a time step that the chip has, or train with those that it has."

    NeverDriven 716 Error "no input can reach a neuron on a chip"
    "The synaptic current of the neuron decays to 0 before its membrane sees it, so that the neuron never spikes. Nothing else says so: the chip's tools take the network, and it stays silent. Take a longer time constant of the synapse, or a smaller time step."

    WeightsLost 717 Warning "numbers become 0 when a chip rounds them"
    "One large number sets the scale of all numbers that share it, and those that are smaller than half a step of the scale become 0. Clip the large ones, choose a quantisation with a scale for each channel, or train with quantised weights."
}

impl Code {
    /// The code with this number, written with or without its letter: `N101`, `101`.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let digits = name.strip_prefix(['N', 'n']).unwrap_or(name);
        let number = digits.parse().map_err(|_| UnknownCode)?;
        CODES.iter().copied().find(|code| code.number() == number).ok_or(UnknownCode)
    }
}

/// There is no code of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such code")]
pub struct UnknownCode;

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "N{:03}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_are_found_by_their_names() {
        assert!(CODES.windows(2).all(|pair| pair[0].number() < pair[1].number()));
        assert!(CODES.iter().all(|&code| Code::find(&code.to_string()) == Some(code)));
        assert_eq!(Code::find("n204"), Some(Code::TauNotPositive));
        assert_eq!(Code::find("N999"), None);
    }
}
