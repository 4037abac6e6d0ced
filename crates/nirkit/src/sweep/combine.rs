//! From a plan to its tasks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use nirkit_ir::Limits;
use nirkit_platforms::Platform;
use nirkit_run::seconds;

use super::plan::{Plan, Set, refuse};
use super::samples::count;
use super::task::{Task, set, takes};
use crate::choices::Choices;
use crate::error::Error;
use crate::eval::Readout;
use crate::suggest::did_you_mean;

/// The most tasks of a plan.
const MOST_TASKS: usize = 200_000;

/// One point on the axes of choices.
type Choice = BTreeMap<String, String>;

impl Plan {
    /// Makes the tasks of the plan: graphs, sets, platforms, choices and readouts, each with each, in the order of the plan.
    /// A platform that does not have a choice has one task for all its values.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the plan: unknown platforms and choices, values that are none, files that are not there,
    /// ranges of samples that are empty, too many tasks.
    pub fn tasks(&self, limits: &Limits) -> Result<Vec<Task>, Error> {
        self.check()?;
        let mut parts = Vec::new();
        for set in &self.sets {
            parts.push(self.parts(set, limits)?);
        }
        let names = names(&self.graphs);
        let mut tasks = Vec::new();
        for graph in self.graphs.iter().zip(&names) {
            for (set, parts) in self.sets.iter().zip(&parts) {
                if set.graphs.is_empty() || set.graphs.contains(graph.0) {
                    self.add(graph, set, parts, &mut tasks)?;
                }
            }
        }
        if tasks.is_empty() {
            let help = "a plan has graphs, platforms, and sets for its graphs";
            return Err(refuse("the plan has no tasks").help(help));
        }
        Ok(tasks)
    }

    /// Adds the tasks of a graph and a set.
    fn add(
        &self,
        (graph, name): (&PathBuf, &String),
        set: &Set,
        parts: &[Option<(usize, usize)>],
        tasks: &mut Vec<Task>,
    ) -> Result<(), Error> {
        for platform in &self.platforms {
            let points = self.points(platform)?;
            let readouts = options(&self.readout);
            let each = points.iter().flat_map(|point| readouts.iter().map(move |r| (point, r)));
            let each = each.flat_map(|(point, &readout)| {
                parts.iter().map(move |&samples| (point, readout, samples))
            });
            for (choices, readout, samples) in each {
                if tasks.len() >= MOST_TASKS {
                    return Err(refuse(format!("more than {MOST_TASKS} tasks")));
                }
                tasks.push(Task {
                    graph: graph.clone(),
                    name: name.clone(),
                    set: self::name(set),
                    input: set.input.clone(),
                    labels: set.labels.clone(),
                    samples,
                    frames: set.frames.clone(),
                    platform: platform.clone(),
                    choices: choices.clone(),
                    readout: readout.cloned(),
                    reference: self.reference.clone(),
                    metrics: self.metrics.clone(),
                });
            }
        }
        Ok(())
    }

    /// The combinations of choices that a platform has.
    fn points(&self, platform: &str) -> Result<Vec<Choice>, Error> {
        let own = [("dt", &self.dt), ("reset", &self.reset), ("spike", &self.spike)];
        let others = self.choices.iter().map(|(name, values)| (name.as_str(), values));
        let mut points = vec![Choice::new()];
        for (name, values) in own.into_iter().chain(others) {
            let values = self.values(platform, name, values)?;
            if values.is_empty() {
                continue;
            }
            if points.len().saturating_mul(values.len()) > MOST_TASKS {
                return Err(refuse(format!("more than {MOST_TASKS} combinations of choices")));
            }
            let with = |point: &Choice, value: &str| {
                let mut point = point.clone();
                point.insert(name.to_owned(), value.to_owned());
                point
            };
            let spread = |point| values.iter().map(move |value| with(point, value));
            points = points.iter().flat_map(spread).collect();
        }
        Ok(points)
    }

    /// Of the values of a choice, those that a platform, or what it is held against, may have; none where both do not have it.
    fn values<'a>(
        &self,
        platform: &str,
        name: &str,
        values: &'a [String],
    ) -> Result<Vec<&'a str>, Error> {
        if takes(platform, name)? {
            return known(platform, name, values);
        }
        match &self.reference {
            Some(reference) if takes(reference, name)? => known(reference, name, values),
            _ => Ok(Vec::new()),
        }
    }

    /// Whether a platform of the plan, or what they are held against, has a choice.
    fn has(&self, name: &str) -> bool {
        let mut titles = self.platforms.iter().chain(&self.reference);
        titles.any(|title| takes(title, name).unwrap_or(true))
    }

    /// The ranges of samples of a set, one for each task.
    fn parts(&self, set: &Set, limits: &Limits) -> Result<Vec<Option<(usize, usize)>>, Error> {
        let given = set.samples.as_deref().map(range).transpose()?;
        let Some(size) = self.samples_per_task else { return Ok(vec![given]) };
        if size == 0 {
            return Err(refuse("`samples_per_task` is 0"));
        }
        let found = match given {
            Some(_) => None,
            None => count(&set.input, set.labels.as_deref(), limits)?,
        };
        let all = match (given, found) {
            (Some(range), _) => range,
            (None, Some(found)) => (0, found),
            (None, None) => {
                let what = format!("nothing says how many samples `{}` has", name(set));
                let help = "give `labels` or `samples` where `samples_per_task` divides them";
                return Err(refuse(what).help(help));
            }
        };
        let begins = (all.0..all.1).step_by(size);
        Ok(begins.map(|begin| Some((begin, all.1.min(begin.saturating_add(size))))).collect())
    }

    /// Everything that is wrong with the words of a plan.
    fn check(&self) -> Result<(), Error> {
        let mut errors = Vec::new();
        for title in self.platforms.iter().chain(&self.reference) {
            if !crate::model::is_own(title)
                && let Err(error) = crate::model::platform(title)
            {
                errors.push(error);
            }
        }
        let own = [("dt", &self.dt), ("reset", &self.reset), ("spike", &self.spike)];
        for (name, values) in own {
            errors.extend(values.iter().filter_map(|value| set_once(name, value).err()));
        }
        for name in self.choices.keys() {
            if crate::choices::mode_of(name).is_none() {
                let known = crate::choices::named();
                let meant = did_you_mean(name, known.iter().copied());
                let known = format!("the choices are {}", known.join(", "));
                let help = meant.map_or(known.clone(), |meant| format!("{meant} {known}"));
                errors.push(refuse(format!("there is no choice `{name}`")).help(help));
            }
        }
        let own = [("reset", &self.reset), ("spike", &self.spike)];
        let own = own.into_iter().filter(|(_, values)| !values.is_empty()).map(|(name, _)| name);
        let others = self.choices.keys().map(String::as_str);
        let others =
            others.filter(|name| *name != "quantize" && crate::choices::mode_of(name).is_some());
        for name in own.chain(others).filter(|name| !self.has(name)) {
            errors.push(refuse(format!("no platform of the plan has the choice `{name}`")));
        }
        for set in repeated(self.sets.iter().map(name)) {
            let help = "give each a `name` of its own";
            errors.push(refuse(format!("two sets are called `{set}`")).help(help));
        }
        let place = |graph: &PathBuf| graph.canonicalize().unwrap_or_else(|_| graph.clone());
        for graph in repeated(self.graphs.iter().map(|graph| place(graph).display().to_string())) {
            errors.push(refuse(format!("the graph {graph} is named twice")));
        }
        errors.extend(self.values_given_twice());
        for platform in
            repeated(self.platforms.iter().filter_map(|title| crate::model::title(title).ok()))
        {
            errors.push(refuse(format!("the platform {platform} is named twice")));
        }
        let known: BTreeSet<&str> =
            self.platforms.iter().filter_map(|title| quantisations(title).ok()).flatten().collect();
        let given = self.choices.get("quantize").into_iter().flatten();
        for value in given.filter(|value| !known.contains(value.as_str())) {
            let known: Vec<&str> = known.iter().copied().collect();
            let help = match known[..] {
                [] => "it is a choice of chips".to_owned(),
                _ => format!("the chips of the plan have {}", known.join(", ")),
            };
            errors.push(
                refuse(format!("no platform of the plan has the quantisation `{value}`"))
                    .help(help),
            );
        }
        errors.extend(self.readout.iter().filter_map(|text| text.parse::<Readout>().err()));
        errors.extend(self.paths().filter_map(missing));
        for graph in self.sets.iter().flat_map(|set| &set.graphs) {
            if !self.graphs.contains(graph) {
                let what =
                    format!("a set is for `{}`, which is none of the graphs", graph.display());
                errors.push(refuse(what));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(Error::several(errors)) }
    }

    /// Errors for values that stand twice on an axis, in the same or in other words: their samples would count twice.
    fn values_given_twice(&self) -> Vec<Error> {
        let own = [
            ("dt", &self.dt),
            ("reset", &self.reset),
            ("spike", &self.spike),
            ("readout", &self.readout),
        ];
        let others = self.choices.iter().map(|(name, values)| (name.as_str(), values));
        let mut errors = Vec::new();
        for (name, values) in own.into_iter().chain(others) {
            let value = |text: &String| meant(name, text);
            for value in repeated(values.iter().map(value)) {
                errors.push(refuse(format!("{name}: the value {value} is given twice")));
            }
        }
        errors
    }

    fn paths(&self) -> impl Iterator<Item = &Path> {
        let of_sets = self.sets.iter().flat_map(|set| [Some(&set.input), set.labels.as_ref()]);
        self.graphs.iter().chain(of_sets.flatten()).map(PathBuf::as_path)
    }
}

/// What a value of a choice says, in one form for all words that say it.
fn meant(name: &str, text: &str) -> String {
    let text = text.trim();
    let number = if name == "dt" { seconds(text).ok() } else { text.parse::<f64>().ok() };
    match (number, text.parse::<Readout>()) {
        (Some(number), _) => number.to_string(),
        (None, Ok(readout)) if name == "readout" => readout.to_string(),
        _ => text.to_owned(),
    }
}

/// What is there more than once.
fn repeated(names: impl Iterator<Item = String>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    names.filter(|name| !seen.insert(name.clone())).collect()
}

/// Of the values of a choice, those that a platform may have: each chip has quantisations of its own.
fn known<'a>(platform: &str, name: &str, values: &'a [String]) -> Result<Vec<&'a str>, Error> {
    let values = values.iter().map(String::as_str);
    if name != "quantize" {
        return Ok(values.collect());
    }
    let names = quantisations(platform)?;
    Ok(values.filter(|value| names.contains(value)).collect())
}

/// The quantisations of a platform: those of a chip.
fn quantisations(platform: &str) -> Result<Vec<&'static str>, Error> {
    if crate::model::is_own(platform) {
        return Ok(Vec::new());
    }
    Ok(match crate::model::platform(platform)? {
        Platform::Chip(chip) => chip.quantisers.iter().map(|quantiser| quantiser.name).collect(),
        Platform::Simulator(_) => Vec::new(),
    })
}

fn set_once(name: &str, value: &str) -> Result<Choices, Error> {
    set(Choices::new(), name, value)
}

/// The error for a file that a task could not name, or that is not there.
fn missing(path: &Path) -> Option<Error> {
    if path.to_str().is_none() {
        return Some(refuse("a path is no text in UTF-8").in_file(path));
    }
    (!path.exists()).then(|| refuse("there is no such file").in_file(path))
}

/// The values of an axis, or no value once.
fn options<T>(values: &[T]) -> Vec<Option<&T>> {
    if values.is_empty() { vec![None] } else { values.iter().map(Some).collect() }
}

/// What graphs are called: as much of the end of each path as tells it from the others.
fn names(graphs: &[PathBuf]) -> Vec<String> {
    let end = |path: &Path, parts: usize| {
        let all: Vec<_> = path.components().collect();
        let end: PathBuf = all[all.len().saturating_sub(parts)..].iter().collect();
        // The same on all systems.
        end.to_string_lossy().replace('\\', "/")
    };
    let longest = graphs.iter().map(|path| path.components().count()).max().unwrap_or(1);
    let all = |parts: usize| graphs.iter().map(|path| end(path, parts)).collect::<Vec<_>>();
    let are_told_apart = |names: &[String]| {
        let distinct: BTreeSet<&String> = names.iter().collect();
        distinct.len() == names.len()
    };
    (1..longest).map(all).find(|names| are_told_apart(names)).unwrap_or_else(|| all(longest))
}

/// What a set is called.
fn name(set: &Set) -> String {
    let stem = || set.input.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    set.name.clone().or_else(stem).unwrap_or_default()
}

/// A range of samples: `FROM:TO`, or one number.
fn range(text: &str) -> Result<(usize, usize), Error> {
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let found = match text.split_once(':') {
        Some((from, to)) => number(from).zip(number(to)),
        None => number(text).map(|at| (at, at.saturating_add(1))),
    };
    found.filter(|(from, to)| from < to).ok_or_else(|| {
        refuse(format!("`{text}` is no range of samples"))
            .help("write `FROM:TO` with FROM below TO, or one number")
    })
}
