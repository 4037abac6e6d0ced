//! Spikes, synaptic operations and energy of the samples of a task.

use nirkit_ir::Document;
use nirkit_platforms::Platform;
use nirkit_platforms::chip::cost::{self, Activity};

use super::plan::Metric;
use super::row::Counts;
use super::samples::Part;
use super::worker::NO_ENERGY;
use crate::error::{Error, ErrorKind};
use crate::model::{Bound, Model, platform};
use crate::run::Run;

/// Femtojoules of a joule.
pub(super) const FEMTO: f64 = 1e15;

/// Adds what the metrics of a task ask for to the counts, and what has to be said to the notes.
pub(super) fn add(
    model: &Model,
    graph: &Document,
    part: &Part,
    metrics: &[Metric],
    counts: &mut Counts,
    notes: &mut Vec<String>,
) -> Result<(), Error> {
    let (operations, energy) =
        (metrics.contains(&Metric::Operations), metrics.contains(&Metric::Energy));
    if let Ok(Platform::Chip(_)) = platform(model.title()) {
        return if operations || energy {
            on_chip(model, part, (operations, energy), counts, notes)
        } else {
            Ok(())
        };
    }
    if energy {
        let title = model.title();
        notes.push(format!("{NO_ENERGY}: {title} is no chip, and figures are published for chips"));
    }
    if operations { on_grid(model, graph, part, counts, notes) } else { Ok(()) }
}

/// Counts the operations of a simulator or of the clocked engine. Continuous time counts none, and a note says so.
fn on_grid(
    model: &Model,
    graph: &Document,
    part: &Part,
    counts: &mut Counts,
    notes: &mut Vec<String>,
) -> Result<(), Error> {
    let mut sums = Sums::default();
    let found = part.each(model, |bound| {
        let found = model.operations(graph, bound, &Run::new())?;
        sums.add(&found.activity);
        tell(notes, found.notes);
        Ok(())
    });
    match found {
        Ok(()) => sums.write(counts),
        Err(error) if error.kind() == ErrorKind::Choice => notes.push(error.to_string()),
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Counts what happens on a chip, and estimates the energy of it, sample by sample.
fn on_chip(
    model: &Model,
    part: &Part,
    (operations, energy): (bool, bool),
    counts: &mut Counts,
    notes: &mut Vec<String>,
) -> Result<(), Error> {
    let mut sums = Sums::default();
    let mut joules = Some([0_u64; 2]);
    let mut remarks: Vec<String> = Vec::new();
    part.each(model, |bound| {
        for cost in costs(model, bound)? {
            sums.add(&cost.activity);
            let total = cost::total(&cost.estimate.energy);
            joules = joules.zip(total).map(|(sum, total)| {
                let whole = total.map(|joules| (joules * FEMTO).round() as u64);
                [sum[0].saturating_add(whole[0]), sum[1].saturating_add(whole[1])]
            });
            tell(&mut remarks, cost.estimate.remarks.into_iter().map(str::to_owned).collect());
        }
        Ok(())
    })?;
    if operations {
        sums.write(counts);
    }
    if !energy {
        return Ok(());
    }
    if let Some([least, most]) = joules {
        (counts.least_energy, counts.most_energy) = (Some(least), Some(most));
        tell(notes, remarks);
        return Ok(());
    }
    let why = match remarks[..] {
        [] => "no figures are published for it".to_owned(),
        _ => remarks.join("; "),
    };
    notes.push(format!("{NO_ENERGY}: {}: {why}", model.title()));
    Ok(())
}

/// What each sample costs on the chip of a model.
fn costs(model: &Model, bound: &Bound) -> Result<Vec<cost::Cost>, Error> {
    let (Ok(Platform::Chip(chip)), Some(design)) =
        (platform(model.title()), model.engine().design())
    else {
        return Ok(Vec::new());
    };
    let (steps, _) = model.grid_of(bound)?;
    let one = |sample| cost::cost(chip, design, sample, steps, model.dt()).map_err(Error::all);
    bound.stimulus.samples.iter().map(one).collect()
}

/// Sums over samples.
#[derive(Default)]
struct Sums {
    spikes: u64,
    synaptic: u64,
    dense: u64,
}

impl Sums {
    fn add(&mut self, activity: &Activity) {
        self.spikes += activity.populations().map(|layer| layer.spikes).sum::<u64>();
        self.synaptic += activity.synaptic_operations();
        self.dense += activity.traffic.iter().map(|traffic| traffic.macs).sum::<u64>();
    }

    fn write(&self, counts: &mut Counts) {
        counts.spikes = Some(self.spikes);
        counts.synaptic_operations = Some(self.synaptic);
        counts.dense_operations = Some(self.dense);
    }
}

/// Adds notes that are not there yet.
fn tell(notes: &mut Vec<String>, more: Vec<String>) {
    for note in more {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
}
