//! The folder of a network: arrays, `network.json`, and the script that builds it.

use std::path::Path;

use nirkit_io::array::stage_array;
use nirkit_io::text::{remove, stage_text};
use nirkit_io::{NewFolder, Staged, is_free};
use nirkit_numerics::{Element, Tensor};
use serde_json::{Value, json};

use super::network::{Network, Values};
use crate::error::{Error, ErrorKind};
use crate::recording::{check_folder, make_folder};

/// The script, the same for all networks.
const SCRIPT: &str = include_str!("run.py");

/// The graph that a network is made of.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The file as it was given.
    pub file: String,
    /// Its hash; empty for what is no file.
    pub sha256: String,
}

/// Writes a network: `run.py`, `network.json`, and an array for each parameter that differs among neurons and for each
/// part of a block of connections. Returns the names of the files.
///
/// # Errors
///
/// The folder or a file cannot be written.
pub fn write(folder: &Path, network: &Network, origin: &Origin) -> Result<Vec<String>, Error> {
    check_folder(folder, "a network", "give a folder")?;
    if !is_free(folder) {
        make_folder(folder)?;
        return write_into(folder, network, origin);
    }
    let failed = |error: std::io::Error| {
        Error::new(format!("{}: {error}", folder.display())).of_kind(ErrorKind::Write)
    };
    let new = NewFolder::beside(folder).map_err(failed)?;
    let names = write_into(new.path(), network, origin)?;
    new.finish().map_err(failed)?;
    Ok(names)
}

fn write_into(folder: &Path, network: &Network, origin: &Origin) -> Result<Vec<String>, Error> {
    let mut staged = Folder { path: folder, files: Vec::new() };
    let mut about = serde_json::to_value(network).map_err(|error| Error::new(error.to_string()))?;
    about["file"] = json!(origin.file);
    about["sha256"] = json!(origin.sha256);
    for (at, population) in network.populations.iter().enumerate() {
        let mut parameters = serde_json::Map::new();
        for (&name, values) in &population.parameters {
            let value = match values {
                Values::Uniform(number) => json!(number),
                Values::Each(numbers) => {
                    json!(staged.array(format!("{at}.{name}.npy"), numbers.clone())?)
                }
            };
            parameters.insert(name.to_owned(), value);
        }
        about["populations"][at]["parameters"] = Value::Object(parameters);
    }
    let mut blocks = Vec::with_capacity(network.blocks.len());
    for (at, block) in network.blocks.iter().enumerate() {
        let name = format!("connections-{at}");
        staged.array(format!("{name}.sources.npy"), block.sources.clone())?;
        staged.array(format!("{name}.targets.npy"), block.targets.clone())?;
        staged.array(format!("{name}.weights.npy"), block.weights.clone())?;
        staged.array(format!("{name}.delays.npy"), block.delays.clone())?;
        let connections = block.sources.len();
        blocks.push(json!({"name": name, "receptor": block.receptor, "connections": connections}));
    }
    about["blocks"] = Value::Array(blocks);
    about["format"] = json!(1);
    let text =
        serde_json::to_string_pretty(&about).map_err(|error| Error::new(error.to_string()))?;
    staged.text("run.py", SCRIPT)?;
    // What says what the others are comes last.
    staged.text("network.json", &format!("{}\n", crate::escape::json(&text)))?;
    staged.finish()
}

/// Files that are made and not yet in their places.
struct Folder<'a> {
    path: &'a Path,
    files: Vec<(String, Staged)>,
}

impl Folder<'_> {
    fn array<T: Element>(&mut self, name: String, numbers: Vec<T>) -> Result<String, Error> {
        let tensor = Tensor::new(&[numbers.len()], numbers);
        let tensor = tensor.map_err(|error| Error::new(error.to_string()))?;
        self.files.push((name.clone(), stage_array(self.path.join(&name), &tensor)?));
        Ok(name)
    }

    fn text(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.files.push((name.to_owned(), stage_text(self.path.join(name), text)?));
        Ok(())
    }

    fn finish(self) -> Result<Vec<String>, Error> {
        // A network that is not complete is none: without this file nothing runs.
        remove(self.path.join("network.json"))?;
        let mut names = Vec::with_capacity(self.files.len());
        for (name, file) in self.files {
            file.finish()?;
            names.push(name);
        }
        Ok(names)
    }
}
