//! A labelled set on several platforms.

use nirkit_ir::Document;
use serde::Serialize;

use super::{Eval, LabelledSet, Score, evaluate_set};
use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind, Reason};
use crate::model::{CHIP_CHOICES, Model};

/// What a platform makes of a set.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    /// The platform; `clocked` or `ideal` for the graph itself.
    pub platform: String,
    /// Every choice, and where it comes from.
    pub choices: Vec<Choice>,
    /// What has to be said: guesses, and what the platform loses of the graph.
    pub notes: Vec<String>,
    /// What the first way that runs makes of the set; most platforms have only one way. `None` where none runs.
    #[serde(flatten)]
    pub score: Option<Score>,
    /// Why there is no score.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Reason>,
    /// Every way in which the platform can run the graph, where chance decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<WayScore>,
}

/// What a platform makes of a set in one of the ways in which it can run the graph.
#[derive(Clone, Debug, Serialize)]
pub struct WayScore {
    /// The number of the way, counted from 1.
    #[serde(rename = "way")]
    pub number: usize,
    /// What this way makes of the set; `None` if it fails.
    #[serde(flatten)]
    pub score: Option<Score>,
    /// What has to be said about the figures of this way.
    pub notes: Vec<String>,
    /// Why it fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Reason>,
}

/// Classifies a labelled set under each of several meanings of a graph (see [`Model::new`]). A platform that refuses
/// the graph is no error: its evaluation says why. `each` is called with every evaluation as soon as it is there.
///
/// ```no_run
/// use nirkit::{Choices, Eval, LabelledSet, Stimulus, eval, eval_platforms};
///
/// let graph = nirkit::read("net.nir")?;
/// let labels = eval::read_labels("test_y.npy", &Default::default())?;
/// let set = LabelledSet::new(Stimulus::read("test_x.npy")?.batched(true), labels);
/// let choices = Choices::new().dt(1e-4);
/// for found in eval_platforms(&graph, &["norse", "ideal"], &set, &choices, &Eval::new())? {
///     println!("{}: {:?}", found.platform, found.score.map(|score| score.accuracy));
/// }
/// # Ok::<(), nirkit::Error>(())
/// ```
pub fn eval_platforms(
    graph: &Document,
    titles: &[&str],
    set: &LabelledSet,
    choices: &Choices,
    eval: &Eval<'_>,
) -> Result<Vec<Evaluation>, Error> {
    // A name that is wrong is told before anything is computed.
    let unknown = titles.iter().filter(|title| !crate::model::is_own(title));
    let unknown: Vec<Error> =
        unknown.filter_map(|title| crate::model::platform(title).err()).collect();
    if !unknown.is_empty() {
        return Err(Error::several(unknown));
    }
    choices.check_for(titles)?;
    let choices = choices.clone().recorded_dt(set.dt()?);
    let found = titles.iter().map(|title| one(graph, title, set, &choices, eval));
    let mut found: Vec<Evaluation> = found.collect::<Result<_, _>>()?;
    if let Some(note) = differing_steps(&found, &choices)
        && let Some(first) = found.first_mut()
    {
        first.notes.push(note);
    }
    Ok(found)
}

/// Says that the platforms settled on different time steps, which makes their figures those of different stimuli.
fn differing_steps(found: &[Evaluation], choices: &Choices) -> Option<String> {
    let step = |evaluation: &Evaluation| {
        let choice = evaluation.choices.iter().find(|choice| choice.name == "dt")?;
        Some(choice.value.clone())
    };
    let steps: Vec<(&str, String)> = { found.iter() }
        .filter_map(|evaluation| Some((evaluation.platform.as_str(), step(evaluation)?)))
        .collect();
    let (_, first) = steps.first()?;
    if steps.iter().all(|(_, step)| step == first) {
        return None;
    }
    let list: Vec<String> =
        steps.iter().map(|(platform, step)| format!("{platform} {step} s")).collect();
    Some(format!(
        "the time steps differ: {}; give {} to compare the figures",
        list.join(", "),
        choices.voice.option("dt")
    ))
}

fn one(
    graph: &Document,
    title: &str,
    set: &LabelledSet,
    choices: &Choices,
    eval: &Eval<'_>,
) -> Result<Evaluation, Error> {
    let choices = fitting(choices, title)?;
    let model = match Model::new(graph, title, &choices) {
        Ok(model) => model,
        Err(error) if error.kind() == ErrorKind::Refused => {
            let errors = error.reasons().to_vec();
            let platform = crate::model::title(title)?;
            let (choices, notes, score, ways) = (Vec::new(), Vec::new(), None, Vec::new());
            return Ok(Evaluation { platform, choices, notes, score, errors, ways });
        }
        Err(error) => return Err(error),
    };
    let found = in_each_way(&model, set, eval)?;
    let score = found.iter().find_map(|way| way.score.clone());
    let errors = match &score {
        Some(_) => Vec::new(),
        None => found.first().map(|way| way.errors.clone()).unwrap_or_default(),
    };
    let mut settled = model.choices().to_vec();
    let mut notes = model.notes().to_vec();
    notes.extend(set.notes().iter().cloned());
    if let Some(score) = &score {
        settled.extend(score.choices.iter().cloned());
        settled.extend(set.choices().iter().cloned());
        notes.extend(score.notes.iter().cloned());
    }
    let ways = if found.len() > 1 { found } else { Vec::new() };
    let platform = crate::model::title(title)?;
    Ok(Evaluation { platform, choices: settled, notes, score, errors, ways })
}

/// Of the choices, those that this meaning of the graph has: several meanings share one set of choices.
fn fitting(choices: &Choices, title: &str) -> Result<Choices, Error> {
    let mut fitting = choices.clone();
    let is_spiking = crate::model::is_own(title);
    let is_chip = !is_spiking
        && matches!(crate::model::platform(title)?, nirkit_platforms::Platform::Chip(_));
    if !is_spiking {
        fitting.spike = None;
    }
    if !is_chip {
        fitting.others.retain(|(name, _)| !CHIP_CHOICES.contains(&name.as_str()));
    }
    Ok(fitting)
}

/// The score of a model, and of the other ways in which its platform can run the graph. What is wrong with the set is an
/// error; a way that fails, or that has nothing to read, is none.
fn in_each_way(model: &Model, set: &LabelledSet, eval: &Eval<'_>) -> Result<Vec<WayScore>, Error> {
    let (number, ways) = model.way();
    let first = evaluate_set(model, set, eval);
    if ways == 1 {
        return Ok(vec![way(number, first)?]);
    }
    let mut found = vec![way(number, first)?];
    for (number, other) in model.other_ways() {
        found.push(way(number, other.and_then(|other| evaluate_set(&other, set, eval)))?);
    }
    found.sort_by_key(|way| way.number);
    Ok(found)
}

fn way(number: usize, score: Result<Score, Error>) -> Result<WayScore, Error> {
    match score {
        Ok(score) => {
            let notes = score.notes.clone();
            Ok(WayScore { number, score: Some(score), notes, errors: Vec::new() })
        }
        Err(error) if matches!(error.kind(), ErrorKind::Stimulus | ErrorKind::Stopped) => {
            Err(error)
        }
        Err(error) => {
            let (notes, errors) = (Vec::new(), error.reasons().to_vec());
            Ok(WayScore { number, score: None, notes, errors })
        }
    }
}
