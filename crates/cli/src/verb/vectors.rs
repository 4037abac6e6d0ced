//! `nir vectors`: cases for the tests of an importer, and the judgement of its answers.

use nirkit_conform::Verdict;
use nirkit_conform::report::text;
use nirkit_conform::suite;
use nirkit_conform::vectors::{of_graph, of_primitive, verify};

use crate::args::{VectorsArgs, VectorsVerb, VerifyArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::verb::conform::{Score, Written};

pub(crate) fn run(args: &VectorsArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if let Some(VectorsVerb::Verify(args)) = &args.verb {
        return judge(args, printer);
    }
    // The parser asks for it.
    let Some(folder) = &args.output else { return Err(Failure::new("give `--output DIR`")) };
    let cases = match (&args.file, &args.primitive) {
        (_, Some(kind)) => {
            let bar = Progress::new("computing");
            let cases = of_primitive(kind, |done, total| bar.set(done as u64, total as u64))?;
            bar.end();
            cases
        }
        (Some(file), None) => {
            let graph = nirkit::read(file)?;
            let name = file.file_stem().map_or("graph".into(), |name| name.to_string_lossy());
            of_graph(&name, &graph, args.dt, args.steps.get())?
        }
        (None, None) => return Err(Failure::new("give a file or `--primitive NAME`")),
    };
    let file = suite::write(folder, &cases)?;
    let report = Written::of(folder, &file, &cases)?;
    printer.result(&report, || report.print())?;
    Ok(Exit::Fine)
}

fn judge(args: &VerifyArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let scored = verify(&args.folder)?;
    printer.result(&Score::of(&scored), || text(&scored))?;
    let has_findings = scored.verdicts.iter().any(Verdict::is_finding);
    Ok(if has_findings { Exit::Findings } else { Exit::Fine })
}
