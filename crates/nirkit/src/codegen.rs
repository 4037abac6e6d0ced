//! Code for a graph as a simulator, a chip or the clocked engine computes it.

use std::path::Path;

use nirkit_codegen::{Report, Vectors, c99, test_bench};
use nirkit_io::text::stage_text;
use nirkit_ir::Document;
use nirkit_numerics::Tensor;
use nirkit_step::{Input, Program};

use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind};
use crate::model::Model;
use crate::recording::{check_folder, make_folder};
use crate::run::{Record, Run};
use crate::stimulus::{Frames, Stimulus};

/// Generated code, with the evidence for it.
#[derive(Clone, Debug)]
pub struct Generated {
    /// Names and contents of the files.
    pub files: Vec<(String, String)>,
    /// What the code takes of a machine.
    pub report: Report,
    /// Every choice, with where it comes from.
    pub choices: Vec<Choice>,
    /// What the platform loses of the graph.
    pub notes: Vec<String>,
    /// Steps of the vectors that the test bench replays.
    pub steps: usize,
}

/// Generates C99 that computes what a meaning of the graph computes (a platform, or `clocked`), to the bit, under names that begin
/// with `name`.
///
/// The vectors have so many steps of spikes, one in five channels a step. They are recorded with the engine, and are those of the step
/// program that is printed.
///
/// # Errors
///
/// The platform refuses the graph; the meaning has no step program; the name is none of C.
pub fn codegen(
    graph: &Document,
    meaning: &str,
    choices: &Choices,
    name: &str,
    steps: usize,
) -> Result<Generated, Error> {
    let model = Model::new(graph, meaning, choices)?;
    let program = model.step_program()?;
    let code = c99(&program, name).map_err(|error| refused(&error))?;
    let mut frames = Vectors::spikes(&program, steps, 5);
    for (input, frames) in program.inputs.iter().zip(&mut frames) {
        // The current of an Input whose spikes are impulses.
        if !is_of_graph(&model, input) {
            frames.fill(0.0);
        }
    }
    let vectors = Vectors::record(&program, frames, steps);
    confirm(&model, &program, &vectors)?;
    let (bench, makefile) =
        test_bench(&program, name, &vectors).map_err(|error| refused(&error))?;
    let files = vec![
        (format!("{name}.h"), code.header),
        (format!("{name}.c"), code.source),
        (format!("{name}_test.c"), bench),
        ("Makefile".to_owned(), makefile),
    ];
    Ok(Generated {
        files,
        report: Report::of(&program),
        choices: model.choices().to_vec(),
        notes: model.notes().to_vec(),
        steps,
    })
}

fn refused(error: &nirkit_codegen::CodeError) -> Error {
    Error::new(error.to_string()).of_kind(ErrorKind::Choice)
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
    let help =
        "give the name of a folder: the code is several files, with a test bench and a Makefile";
    check_folder(folder, "the code", help)
}

impl Generated {
    /// Writes the files into a folder, which is made if need be.
    ///
    /// # Errors
    ///
    /// The name of the folder is that of a file, a file cannot be written, or the folder holds files of the same names.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<(), Error> {
        let folder = folder.as_ref();
        check_output(folder)?;
        make_folder(folder)?;
        let there = self.files.iter().find(|(name, _)| folder.join(name).exists());
        if let Some((name, _)) = there {
            let message = format!("{} is there already", folder.join(name).display());
            let error = Error::new(message).of_kind(ErrorKind::Write);
            return Err(error.help("name another folder, or remove what is in this one"));
        }
        // All of them are made before the first appears: a set that is not complete would be in the way of the next.
        let staged: Result<Vec<_>, _> =
            self.files.iter().map(|(name, text)| stage_text(folder.join(name), text)).collect();
        for file in staged? {
            file.finish()?;
        }
        Ok(())
    }
}
