//! `nir codegen`: code that computes what a platform computes.

use std::fmt::Display;

use nirkit::codegen::{
    CodegenOptions, LayerSummary, Ports, Quantisation, Summary, Target, VerilogReport,
    check_output, codegen,
};
use serde::Serialize;

use crate::args::{CodegenArgs, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;
use crate::render::table::{choices, table};
use crate::stdio::shown;
use crate::verb::eval::{Samples, labelled_set};

/// The report of generated code.
#[derive(Serialize)]
struct Report {
    file: String,
    folder: String,
    #[serde(flatten)]
    summary: Summary,
}

pub(crate) fn run(args: &CodegenArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    check_output(&args.output)?;
    let document = load::as_written(&args.file, &args.limits)?;
    let Some(meaning) = args.stepped.meaning() else {
        let help = "name it: `--platform NAME`, or `--clocked`";
        return Err(Failure::with_help("nothing says whose arithmetic the code has", Some(help)));
    };
    let given = args.stepped.choices(&args.limits, &args.times)?;
    let steps = args.steps as usize;
    let target = match (args.target, args.input_bits) {
        (Target::Verilog { .. }, Some(input_bits)) => Target::Verilog { input_bits },
        (target, _) => target,
    };
    let set = if args.input.is_empty() {
        None
    } else {
        Some(labelled_set(&Samples {
            input: &args.input,
            labels: args.labels.as_ref(),
            reading: &args.reading,
            limits: &args.limits,
            output: Some(&args.output),
        })?)
    };
    let options = CodegenOptions {
        steps,
        set: set.as_ref(),
        input_bits: args.input_bits,
        state_bits: args.state_bits,
        readout: args.readout,
        ports: args.ports,
        lanes: args.lanes as usize,
        flash: args.flash,
        ram: args.ram,
        ..CodegenOptions::new(target, &args.name)
    };
    let generated = codegen(&document, meaning, &given, &options)?;
    generated.write(&args.output)?;
    if printer.format() == Format::Text {
        generated.notes.iter().for_each(|note| Printer::note(note));
    }
    let folder = shown(&args.output);
    let summary = generated.summary(&folder);
    let report = Report { file: shown(&args.file), folder, summary };
    printer.result(&report, || report.print())?;
    Ok(Exit::Fine)
}

/// What a design takes.
fn hardware_rows(of: &VerilogReport) -> Vec<Vec<String>> {
    let row = |what: &str, number: &dyn Display| vec![what.to_owned(), number.to_string()];
    let mut rows = vec![
        row("lanes", &of.lanes),
        row("bits of constants", &of.constant_bits),
        row("bits of memories", &of.memory_bits),
        row("cycles of a step, if no stream stalls", &of.cycles.max(of.first_cycles)),
        row("cycles of an address that enters", &of.cycles_per_event),
        row("cycles after a reset", &of.reset_cycles),
        row("numbers that enter in a step", &of.beats_in),
        row("numbers that leave in a step", &of.beats_out),
        row("bits of a number that leaves", &of.output_bits),
    ];
    // What the streams do not have.
    let absent: &[&str] = match of.ports {
        Ports::Dense => &["cycles of an address that enters"],
        Ports::Aer => &["numbers that enter in a step", "numbers that leave in a step"],
    };
    rows.retain(|row| !absent.contains(&row[0].as_str()));
    rows
}

/// What each node takes.
fn layers(of: &[LayerSummary]) -> String {
    let rows = of.iter().map(|layer| {
        vec![
            layer.name.clone(),
            layer.kind.to_owned(),
            layer.constant_bytes.to_string(),
            layer.state_bytes.to_string(),
            layer.most_operations.to_string(),
            format!("{:.1}", layer.typical_operations),
        ]
    });
    let head = ["node", "kind", "constants", "state", "operations, at most", "in the vectors"];
    table(&head, rows.collect::<Vec<_>>())
}

/// What quantisation lost.
fn losses(of: &Quantisation) -> String {
    let rows = of.maps.iter().map(|map| {
        let [low, high] = map.scales;
        let scales =
            if low < high { format!("{low:.4} to {high:.4}") } else { format!("{low:.4}") };
        vec![
            map.node.clone(),
            map.weights.to_string(),
            if map.is_given { format!("{scales} (given)") } else { scales },
            format!("{:.3e}", map.max_error),
            format!("{:.3e}", map.rms_error),
            map.zeroed.to_string(),
            map.saturated.to_string(),
            format!("{:.3e}", map.bias_error),
        ]
    });
    let head = ["map", "weights", "scale", "max error", "rms", "to 0", "cut", "bias error"];
    let mut text = table(&head, rows.collect::<Vec<_>>());
    let [before, after] = of.spikes;
    text.push_str(&format!(
        "weights of {} bits, states of {}; factors are off by {:.1e} at most\n\
         spikes of the vectors: {before} before, {after} after\n",
        of.weight_bits, of.state_bits, of.factor_error
    ));
    if let Some([before, after]) = of.accuracy {
        text.push_str(&format!(
            "accuracy: {:.2} % before, {:.2} % after\n",
            100.0 * before,
            100.0 * after
        ));
    }
    text.push('\n');
    text
}

impl Report {
    fn print(&self) -> String {
        let summary = &self.summary;
        let count = |what: &str, number: usize| vec![what.to_owned(), number.to_string()];
        let mut rows = vec![count("neurons", summary.neurons)];
        match &summary.hardware {
            Some(hardware) => rows.extend(hardware_rows(hardware)),
            None => rows.extend([
                count("bytes of constants", summary.constant_bytes),
                count("bytes of state", summary.state_bytes),
            ]),
        }
        rows.extend([
            count("products of a step, all inputs active", summary.most_products),
            count("operations of neurons in a step", summary.cell_operations),
            vec!["operations of a step, at most".to_owned(), summary.most_operations.to_string()],
            vec![
                "operations of a step of the vectors".to_owned(),
                format!("{:.1}", summary.typical_operations),
            ],
        ]);
        let lost = summary.quantisation.as_ref().map(losses).unwrap_or_default();
        format!(
            "{}: {}\n\n{}\n{lost}{}\n{}\n`{}` replays {} steps\n",
            self.folder,
            summary.files.join(", "),
            choices(&summary.choices),
            table(&["the code has", ""], rows),
            layers(&summary.layers),
            summary.check,
            summary.steps
        )
    }
}
