//! Figures: what is drawn, and that nothing of it is markup.

use super::*;

fn raster(neurons: usize, marks: Vec<Mark>) -> Figure {
    let content = Content::Raster(Raster { neurons: 0..neurons, marks, run: Some(0) });
    let panel = Panel {
        title: "<lif>".to_owned(),
        lines: vec![("norse & co".to_owned(), Some(0))],
        content,
    };
    let section =
        Section { time: 0.0..0.1, marked: Some(0.05), panels: vec![panel], ..Section::default() };
    Figure { sections: vec![section], notes: vec!["a \"note\"".to_owned()] }
}

fn mark(time: f64, neuron: usize, kind: MarkKind) -> Mark {
    Mark { time, neuron, kind }
}

#[test]
fn every_figure_is_xml_and_text_stays_text() {
    let marks = vec![
        mark(0.01, 0, MarkKind::Same),
        mark(0.02, 1, MarkKind::Missing),
        mark(0.09, 2, MarkKind::Extra),
    ];
    for neurons in [1, 3, 5000] {
        let drawn = figure(&raster(neurons, marks.clone()));
        assert!(roxmltree::Document::parse(&drawn).is_ok(), "{drawn}");
        assert!(
            drawn.contains("&lt;lif&gt;")
                && drawn.contains("norse &amp; co")
                && drawn.contains("a &quot;note&quot;")
        );
        assert!(drawn.contains("time (ms)"));
    }
}

#[test]
fn differences_have_colours_and_a_legend() {
    let same = figure(&raster(3, vec![mark(0.01, 0, MarkKind::Same)]));
    assert!(!same.contains(EXTRA) && !same.contains("missing:"));
    let differs = figure(&raster(3, vec![mark(0.01, 0, MarkKind::Extra)]));
    assert!(differs.contains(EXTRA) && differs.contains("extra: not in the first run"));
}

#[test]
fn many_neurons_are_counted_in_cells_and_no_difference_is_hidden() {
    let mut marks: Vec<Mark> = (0..200_000)
        .map(|at| mark(f64::from(at % 1000) * 1e-4, at as usize % 5000, MarkKind::Same))
        .collect();
    marks.push(mark(0.05, 2500, MarkKind::Missing));
    let drawn = figure(&raster(5000, marks));
    assert!(drawn.len() < 1_500_000, "{}", drawn.len());
    assert!(drawn.contains(&format!("fill=\"{MISSING}\" fill-opacity")));
}

#[test]
fn what_is_outside_of_the_stretch_or_of_the_rows_is_left_out() {
    let inside = figure(&raster(3, vec![]));
    let outside = figure(&raster(
        3,
        vec![
            mark(0.2, 0, MarkKind::Same),
            mark(-0.1, 0, MarkKind::Same),
            mark(0.01, 7, MarkKind::Same),
        ],
    ));
    assert_eq!(inside, outside);
}

#[test]
fn lines_are_interrupted_where_there_is_no_number() {
    let points = vec![(0.0, 0.1), (0.02, f64::NAN), (0.04, 0.5), (0.06, 0.7)];
    let lines = vec![Curve { run: 1, points }];
    let content = Content::Curves(Curves {
        label: "v (V)".to_owned(),
        lines,
        level: Some((1.0, "threshold".to_owned())),
    });
    let panel = Panel { title: "lif".to_owned(), lines: vec![], content };
    let section = Section { time: 0.0..0.1, panels: vec![panel], ..Section::default() };
    let drawn = figure(&Figure { sections: vec![section], notes: vec![] });
    let path = drawn.lines().find(|line| line.contains("stroke-linejoin")).unwrap();
    assert_eq!((path.matches('M').count(), path.matches('L').count()), (2, 1));
    assert!(drawn.contains("threshold") && drawn.contains("v (V)"));
}

#[test]
fn values_of_many_channels_are_a_picture_with_a_bar() {
    let values: Vec<f64> = (0..1000).map(|at| f64::from(at % 100) / 100.0).collect();
    let content =
        Content::Image(Image { label: "v".to_owned(), channels: 100, times: (0.01, 0.01), values });
    let panel = Panel { title: "lif".to_owned(), lines: vec![], content };
    let section = Section { time: 0.0..0.1, panels: vec![panel], ..Section::default() };
    let drawn = figure(&Figure { sections: vec![section], notes: vec![] });
    assert!(drawn.contains("#f7f7f7") && drawn.contains("#08306b") && drawn.contains("channel"));
}
