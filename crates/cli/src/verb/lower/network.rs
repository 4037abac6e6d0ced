//! A network for NEST: what was made, and where it was written.

use nirkit::nest::{HandedOver, Network, Origin, hand_over, write};
use nirkit::{Choice, ErrorKind, escape};
use serde::Serialize;

use crate::args::{Format, LowerArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::overwrite;
use crate::printer::Printer;
use crate::render::table::{choices, table};
use crate::stdio::{is_stdio, shown};

/// A network in numbers.
#[derive(Serialize)]
struct Description<'a> {
    file: String,
    choices: &'a [Choice],
    /// What was guessed, and what NEST computes otherwise.
    notes: &'a [String],
    network: &'a Network,
    /// Number of connections.
    connections: usize,
    /// The files that were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<Vec<String>>,
}

pub(super) fn run(args: &LowerArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if !args.input.is_empty() {
        let message = "what a stimulus costs is told of chips, and NEST is none";
        let help = "leave `--input` out; the script in the folder takes stimuli";
        return Err(Failure::with_help(message, Some(help)));
    }
    if args.output.as_deref().is_some_and(is_stdio) {
        let message = "a network for NEST is several files, and the standard output is one";
        return Err(Failure::with_help(message, Some("give a folder")));
    }
    let loaded = load::with_source(&args.file, &args.limits)?;
    let settled = args.choices.choices(&args.limits, &args.times)?;
    let handed = hand_over(&loaded.document, &args.platform, &settled);
    let HandedOver { network, choices, notes } = match handed {
        Ok(handed) => handed,
        Err(error) => {
            let is_refused = error.kind() == ErrorKind::Refused;
            let failure = load::drawn(error, &loaded, &args.file);
            if is_refused {
                failure.print(printer.format());
                return Ok(Exit::Findings);
            }
            return Err(failure);
        }
    };
    let file = shown(&args.file);
    let written = match &args.output {
        Some(folder) => {
            let files = overwrite::platform_files([args.platform.as_str()]);
            let inputs = std::iter::once(args.file.as_path()).chain(files);
            overwrite::refuse([folder.join("run.py"), folder.join("network.json")], inputs)?;
            let hash = nirkit::io::sha256(&args.file).map_err(nirkit::Error::from)?;
            let origin = Origin { file: file.clone(), sha256: hash.unwrap_or_default() };
            Some(write(folder, &network, &origin)?)
        }
        None => None,
    };
    if printer.format() == Format::Text {
        for note in &notes {
            Printer::note(note);
        }
    }
    let connections = network.synapses();
    let (choices, notes, network) = (&choices, &notes, &network);
    let description = Description { file, choices, notes, network, connections, written };
    printer.result(&description, || escape::text(&description.print(args)).into_owned())?;
    Ok(Exit::Fine)
}

impl Description<'_> {
    fn print(&self, args: &LowerArgs) -> String {
        let Self { network, connections, .. } = self;
        let ids = |first: i32, count: usize| format!("{first}..{}", first as usize + count - 1);
        let layers = network.populations.iter().map(|layer| {
            let ids = ids(layer.first_id, layer.neurons);
            vec![layer.node.clone(), layer.model.to_owned(), ids]
        });
        let inputs = network.inputs.iter().map(|input| {
            let ids = ids(input.first_id, input.channels);
            vec![input.node.clone(), "spike_generator".to_owned(), ids]
        });
        let bias = network.bias.iter().map(|bias| {
            vec!["biases".to_owned(), "spike_generator".to_owned(), bias.first_id.to_string()]
        });
        let nodes = table(&["node", "model", "ids"], layers.chain(inputs).chain(bias));
        let mut text = format!("{} takes the graph\n\n", network.platform);
        text += &format!("{}\n{nodes}\n{connections} connections\n", choices(self.choices));
        if let (Some(folder), Some(files)) = (&args.output, &self.written) {
            let folder = folder.display();
            text += &format!("\n{folder}: {} files; run: python {folder}/run.py\n", files.len());
        }
        text
    }
}
