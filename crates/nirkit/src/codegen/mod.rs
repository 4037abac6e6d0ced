//! Code for a graph as a simulator, a chip or the clocked engine computes it.

mod leaving;
mod quantise;
mod summary;

use std::fs;
use std::path::{Path, PathBuf};

use nirkit_codegen::{
    Code, CodeError, GenerateOptions, Vectors, VerilogOptions, generate_within, verilog,
};
pub use nirkit_codegen::{
    File, Ports, Readout as CodeReadout, Report, Target, UnknownPorts, UnknownTarget, VerilogReport,
};
use nirkit_io::text::stage_text;
use nirkit_io::{is_free, write_folder};
use nirkit_ir::Document;
use nirkit_numerics::Tensor;
use nirkit_step::{Input, Program};

use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind};
use crate::eval::LabelledSet;
use crate::model::Model;
use crate::recording::{check_folder, make_folder};
use crate::run::{Record, Run};
use crate::stimulus::{Frames, Stimulus};
use leaving::{outputs, read};
use nirkit_platforms::chip::WeightScales;
pub use quantise::{MapLoss, Quantisation, Quantize};
use quantise::{Quantiser, apart};
pub use summary::{LayerSummary, Summary};

/// Generated code, with the evidence for it.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The language.
    pub target: Target,
    /// The files: code, a test bench that replays vectors, and what builds both.
    pub files: Vec<File>,
    /// What the code takes of a machine.
    pub report: Report,
    /// What a design of Verilog takes.
    pub hardware: Option<VerilogReport>,
    /// Every choice, with where it comes from.
    pub choices: Vec<Choice>,
    /// What the platform loses of the graph.
    pub notes: Vec<String>,
    /// Steps of the vectors that the test bench replays.
    pub steps: usize,
    /// What became integers, and what was lost.
    pub quantisation: Option<Quantisation>,
}

/// What has code in a language of integers.
const INTEGERS: &str = "make integers of the floats (`--quantize i8` or `i16`), or give `loihi2`, `speck` or `xylo` as the platform; \
                        the targets `c99` and `rust` take floats as well";

/// What code is generated, beside the meaning of the graph.
#[derive(Clone, Debug)]
pub struct CodegenOptions<'a> {
    /// The language.
    pub target: Target,
    /// What names of C begin with, the name of the crate of Rust or of the module of Verilog.
    pub name: &'a str,
    /// Steps of the vectors.
    pub steps: usize,
    /// Samples from which ranges of quantised states are taken, and on which the accuracy is measured before and after.
    pub set: Option<&'a LabelledSet>,
    /// Bits of a number that enters a network of integers: 8 if not given.
    pub input_bits: Option<u32>,
    /// Bits of a state of quantised code, 16 or 32: 32 if not given.
    pub state_bits: Option<u32>,
    /// How a class is read of what leaves, if the code is to do that.
    pub readout: Option<CodeReadout>,
    /// What the streams of a design of Verilog have.
    pub ports: Ports,
    /// Products that a design of Verilog adds in a cycle, and neurons that pass: 1 to 64.
    pub lanes: usize,
    /// The most bytes of constants, if there is a limit.
    pub flash: Option<usize>,
    /// The most bytes of state, if there is a limit.
    pub ram: Option<usize>,
}

impl<'a> CodegenOptions<'a> {
    /// Code in a language, with vectors of 100 steps.
    #[must_use]
    pub fn new(target: Target, name: &'a str) -> Self {
        Self {
            target,
            name,
            steps: 100,
            set: None,
            input_bits: None,
            state_bits: None,
            readout: None,
            ports: Ports::Dense,
            lanes: 1,
            flash: None,
            ram: None,
        }
    }

    /// Bits of what holds an integer that enters: in C and Rust those of a type.
    fn input_register(&self) -> u32 {
        match (self.target, self.input_bits) {
            (Target::Verilog { input_bits }, _) => input_bits,
            (_, None) => 8,
            (_, Some(bits)) => bits.next_power_of_two().max(8),
        }
    }

    /// Refuses what does not go together.
    fn check(&self, is_quantised: bool) -> Result<(), Error> {
        let wrong =
            |what: &str, help: &str| Err(Error::new(what).of_kind(ErrorKind::Choice).help(help));
        if self.set.is_some() && !is_quantised {
            let help =
                "quantize to `i8` or `i16`, or leave the samples out; `nir eval` measures accuracy";
            return wrong("samples are given, and nothing is quantised", help);
        }
        match self.state_bits {
            Some(_) if !is_quantised => {
                let help = "quantize to `i8` or `i16`, or leave the bits out";
                return wrong("bits of states are given, and nothing is quantised", help);
            }
            Some(bits) if !matches!(bits, 16 | 32) => {
                let what = format!("states of {bits} bits are not offered");
                return wrong(&what, "give 16 or 32");
            }
            _ => {}
        }
        let is_verilog = matches!(self.target, Target::Verilog { .. });
        if !is_verilog && (self.ports != Ports::Dense || self.lanes != 1) {
            let what = format!("{} has neither ports nor lanes", self.target);
            return wrong(&what, "leave them out, or generate `verilog`");
        }
        if self.readout.is_some() && is_verilog {
            let help = "leave the readout out, or generate `c99` or `rust`";
            return wrong("a design of Verilog puts spikes out, and reads no class", help);
        }
        Ok(())
    }
}

/// Generates code that computes what a meaning of the graph computes (a platform, or `clocked`), to the bit, under names that begin
/// with `name` (C) or in a crate of that name (Rust).
///
/// The choice `quantize` with `i8` or `i16` makes integers of the numbers of a simulator or of the clocked engine first. The vectors are
/// then those of the integers.
///
/// The vectors have so many steps of spikes, one in five channels a step. They are recorded with the engine, and are those of the step
/// program that is printed.
///
/// # Errors
///
/// The platform refuses the graph; the meaning has no step program; the name is none of the language; what cannot become integers; more
/// bytes than there are.
pub fn codegen(
    graph: &Document,
    meaning: &str,
    choices: &Choices,
    options: &CodegenOptions<'_>,
) -> Result<Generated, Error> {
    let &CodegenOptions { target, name, steps, set, .. } = options;
    let is_chip = !crate::model::is_own(meaning)
        && matches!(crate::model::platform(meaning)?, nirkit_platforms::Platform::Chip(_));
    let (choices, how, scales) =
        if is_chip { (choices.clone(), None, WeightScales::default()) } else { apart(choices)? };
    options.check(how.is_some())?;
    let mut model = Model::new(graph, meaning, &choices)?;
    let program = model.step_program()?;
    let mut stimulus = Vectors::spikes(&program, steps, 5);
    for (input, frames) in program.inputs.iter().zip(&mut stimulus) {
        // The current of an Input whose spikes are impulses.
        if !is_of_graph(&model, input) {
            frames.fill(0.0);
        }
    }
    let mut notes = model.notes().to_vec();
    let (mut quantisation, mut scales_of) = (None, Vec::new());
    let (program, vectors) = if let Some(how) = how {
        let (input_bits, scales) = (options.input_register(), &scales);
        let state_bits = options.state_bits.unwrap_or(32);
        let stimulus = &stimulus;
        let model_of = &model;
        let quantiser = Quantiser {
            model: model_of,
            graph,
            how,
            scales,
            set,
            input_bits,
            state_bits,
            stimulus,
        };
        let (made, found) = quantiser.quantise(&program)?;
        // A spike enters as an integer 1, whatever that stands for.
        let vectors = Vectors::record(&made.program, stimulus.clone(), steps);
        model.tell(Choice::new("quantize", how, "given"));
        notes.extend(made.notes);
        (quantisation, scales_of) = (Some(found), made.scales);
        (made.program, vectors)
    } else {
        let vectors = Vectors::record(&program, stimulus, steps);
        confirm(&model, &program, &vectors)?;
        (program, vectors)
    };
    let code = match target {
        Target::Verilog { input_bits } => {
            let outputs = outputs(&model, &program);
            let (ports, lanes) = (options.ports, options.lanes);
            let options = VerilogOptions { input_bits, outputs, ports, lanes };
            verilog(&program, name, &vectors, &options)
        }
        target => {
            let readout = options.readout.map(|of| read(&model, &program, of, &scales_of));
            let more = GenerateOptions {
                input_bits: options.input_bits,
                outputs: outputs(&model, &program),
                readout: readout.transpose()?,
            };
            generate_within(&program, name, &vectors, target, &more)
        }
    };
    let Code { files, report, hardware } = code.map_err(|error| refused(&error))?;
    let choices = model.choices().to_vec();
    let mut made =
        Generated { target, files, report, hardware, choices, notes, steps, quantisation };
    made.check_room(options)?;
    made.add_report()?;
    Ok(made)
}

/// Why there is no code.
fn refused(error: &CodeError) -> Error {
    let refused = Error::new(error.to_string()).of_kind(ErrorKind::Choice);
    match error {
        CodeError::Verilog(_) => refused.help(INTEGERS),
        _ => refused,
    }
}

/// Whether an input of a program is one of the graph.
fn is_of_graph(model: &Model, input: &Input) -> bool {
    model.inputs().iter().any(|(name, _)| *name == input.name)
}

/// Holds the vectors against the engine.
fn confirm(model: &Model, program: &Program, vectors: &Vectors) -> Result<(), Error> {
    let wrong = |message: String| Error::new(message).of_kind(ErrorKind::Internal);
    let mut stimulus = Stimulus::new().numbers(Frames::Spikes);
    let of_graph = program.inputs.iter().zip(&vectors.inputs);
    for (input, frames) in of_graph.filter(|(input, _)| is_of_graph(model, input)) {
        let shape = model.inputs().iter().find(|(name, _)| *name == input.name);
        let shape = shape.map_or(input.shape.as_slice(), |(_, shape)| shape.as_slice());
        let shape = [&[vectors.steps], shape].concat();
        let frames: Vec<f32> = frames.iter().map(|&x| x as f32).collect();
        let frames = Tensor::new(&shape, frames).map_err(|error| wrong(error.to_string()))?;
        stimulus = stimulus.array(Some(&input.name), frames);
    }
    let recording = model.run_with(&stimulus, &Run::new().record(Record::All))?;
    for (request, array) in &recording.arrays {
        let name = format!("{}:{}", request.node, request.observable);
        let Some(at) = program.probes.iter().position(|probe| probe.name == name) else { continue };
        let found: Vec<u64> = bits(&vectors.probes[at].to_f64());
        let wanted = array.to_f64().map(|numbers| bits(&numbers));
        if wanted.is_some_and(|wanted| wanted != found) {
            return Err(wrong(format!("{name} of the step program is not that of the engine")));
        }
    }
    Ok(())
}

/// The bits of numbers; one NaN is as good as another.
fn bits(numbers: &[f64]) -> Vec<u64> {
    let bits = |x: &f64| if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
    numbers.iter().map(bits).collect()
}

/// Returns an error where code cannot go to this folder, because its name is that of a file.
///
/// # Errors
///
/// The name has the ending of a file.
pub fn check_output(folder: &Path) -> Result<(), Error> {
    let help = "give the name of a folder: the code is several files, with a test bench";
    check_folder(folder, "the code", help)
}

impl Generated {
    /// Holds the bytes against those that there are.
    fn check_room(&self, options: &CodegenOptions<'_>) -> Result<(), Error> {
        let Report { constants, state, .. } = self.report;
        let sizes = [
            ("flash", "constants take", constants, options.flash),
            ("ram", "state takes", state, options.ram),
        ];
        let beyond = sizes.iter().filter_map(|&(option, what, bytes, most)| {
            let most = most.filter(|&most| bytes > most)?;
            Some(format!("--{option}: the {what} {bytes} bytes, and there are {most}"))
        });
        let beyond: Vec<String> = beyond.collect();
        if beyond.is_empty() {
            return Ok(());
        }
        let help = match &self.quantisation {
            None => {
                "weights of 8 bits take a quarter of those of single precision: `--quantize i8`; `nir opt` removes what does nothing"
            }
            Some(found) if found.weight_bits > 8 => "weights of 8 bits take half: `--quantize i8`",
            Some(_) => "the weights have 8 bits already: prune or shrink the network",
        };
        Err(Error::all(beyond).of_kind(ErrorKind::Choice).help(help))
    }

    /// Writes the files into a folder, which is made if need be.
    ///
    /// # Errors
    ///
    /// The name of the folder is that of a file, a file cannot be written, or the folder holds files of the same names.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<(), Error> {
        let folder = folder.as_ref();
        check_output(folder)?;
        if is_free(folder) {
            let files = self.files.iter().map(|file| (PathBuf::from(&file.path), &file.text));
            return write_folder(folder, files).map_err(|error| {
                let message = format!("{}: {error}", folder.display());
                Error::new(message).of_kind(ErrorKind::Write)
            });
        }
        let place = |file: &File| folder.join(&file.path);
        if let Some(there) = self.files.iter().map(place).find(|place| place.exists()) {
            let message = format!("{} is there already", there.display());
            let error = Error::new(message).of_kind(ErrorKind::Write);
            return Err(error.help("name another folder, or remove what is in this one"));
        }
        let parents = self.files.iter().filter_map(|file| place(file).parent().map(Path::to_owned));
        let missing: Vec<PathBuf> = parents.filter(|folder| !folder.exists()).collect();
        for folder in &missing {
            make_folder(folder)?;
        }
        // All of them are made before the first appears: a set that is not complete would be in the way of the next.
        let staged: Result<Vec<_>, _> =
            self.files.iter().map(|file| stage_text(place(file), &file.text)).collect();
        let staged = staged.inspect_err(|_| {
            // Those that hold something stay.
            missing.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
        });
        for file in staged? {
            file.finish()?;
        }
        Ok(())
    }
}
