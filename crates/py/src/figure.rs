//! What a figure shows, as dictionaries for Python to draw.

use nirkit::view::{Curves, Figure, MarkKind, Panel, PanelContent, Raster, Section};
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// A figure: its sections and its notes.
pub(crate) fn as_dict(py: Python<'_>, figure: Figure) -> PyResult<Bound<'_, PyDict>> {
    let sections = figure.sections.into_iter().map(|section| of_section(py, section));
    let found = PyDict::new(py);
    found.set_item("sections", PyList::new(py, sections.collect::<PyResult<Vec<_>>>()?)?)?;
    found.set_item("notes", figure.notes)?;
    Ok(found)
}

fn of_section(py: Python<'_>, section: Section) -> PyResult<Bound<'_, PyDict>> {
    let panels = section.panels.into_iter().map(|panel| of_panel(py, panel));
    let found = PyDict::new(py);
    found.set_item("title", section.title)?;
    found.set_item("time", (section.time.start, section.time.end))?;
    found.set_item("counts_steps", section.counts_steps)?;
    found.set_item("marked", section.marked)?;
    found.set_item("panels", PyList::new(py, panels.collect::<PyResult<Vec<_>>>()?)?)?;
    Ok(found)
}

fn of_panel(py: Python<'_>, panel: Panel) -> PyResult<Bound<'_, PyDict>> {
    let found = PyDict::new(py);
    found.set_item("title", panel.title)?;
    found.set_item("lines", panel.lines)?;
    match panel.content {
        PanelContent::Raster(raster) => of_raster(py, &found, &raster)?,
        PanelContent::Curves(curves) => of_curves(py, &found, &curves)?,
        PanelContent::Image(image) => {
            found.set_item("label", image.label)?;
            found.set_item("channels", image.channels)?;
            found.set_item("times", image.times)?;
            found.set_item("values", PyArray1::from_vec(py, image.values))?;
        }
    }
    Ok(found)
}

/// Events: their times in seconds, their neurons, and their kinds, which are `same`, `extra` and `missing` in this order.
fn of_raster(py: Python<'_>, found: &Bound<'_, PyDict>, raster: &Raster) -> PyResult<()> {
    let kind = |kind: MarkKind| match kind {
        MarkKind::Same => 0_u8,
        MarkKind::Extra => 1,
        MarkKind::Missing => 2,
    };
    let times = raster.marks.iter().map(|mark| mark.time).collect();
    let neurons = raster.marks.iter().map(|mark| mark.neuron as u64).collect();
    let kinds = raster.marks.iter().map(|mark| kind(mark.kind)).collect();
    found.set_item("rows", (raster.neurons.start, raster.neurons.end))?;
    found.set_item("run", raster.run)?;
    found.set_item("events", PyArray1::<f64>::from_vec(py, times))?;
    found.set_item("neurons", PyArray1::<u64>::from_vec(py, neurons))?;
    found.set_item("kinds", PyArray1::<u8>::from_vec(py, kinds))
}

/// Lines: the run, the times in seconds and the values of each.
fn of_curves(py: Python<'_>, found: &Bound<'_, PyDict>, curves: &Curves) -> PyResult<()> {
    let curve = |curve: &nirkit::view::Curve| {
        let (times, values): (Vec<f64>, Vec<f64>) = curve.points.iter().copied().unzip();
        (curve.run, PyArray1::from_vec(py, times), PyArray1::from_vec(py, values))
    };
    found.set_item("label", &curves.label)?;
    found.set_item("level", curves.level.clone())?;
    found.set_item("curves", curves.lines.iter().map(curve).collect::<Vec<_>>())
}
