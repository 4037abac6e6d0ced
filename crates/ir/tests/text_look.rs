//! What the text form looks like, and that what people write by hand is read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nirkit_ir::diag::Place;
use nirkit_ir::graph::{Edge, Graph, Node};
use nirkit_ir::primitive::{Primitive, Unknown};
use nirkit_ir::text::{ParseLimits, PrintOptions, Printed, parse, parse_with, print};
use nirkit_ir::value::{Charset, Fields, Text, TextLength, TextStorage, Value};
use nirkit_ir::{Document, Storage};
use nirkit_numerics::{ByteOrder, Element, Tensor};

/// One node of every sort: small, with units, unknown, nested, with metadata.
const SMALL: &str = r#"nirt 1
version "1.0.8"

graph {
  input = Input { shape: i64[1] [3] }
  fc1 = Affine {
    weight: f32[2, 3] [[0.5, -1, 0.25], [1, 2, 3]]
    bias: f32[2] [0, 0.1]
  }
  lif1 = LIF {
    tau: f32[5] 0.01  // s
    r: f32[5] 1  // Ω
    v_leak: f32[5] -0  // V
    v_threshold: f64[5] [1, 1e-9, inf, nan, 5e-324]  // V
    metadata {
      note: "first layer"
      flags: bool[2] [true, false]
      nested: {
        a: i64 1
        b: {}
      }
    }
  }
  late = Delay { delay: f64 0.001 }  // s
  "odd name" = "My Kind" { "a/b": string(ascii, 5 bytes)[2] ["x", "y"] }
  inner = graph {
    a = Input { shape: i64be[0] [] }

    a -> a
  }

  input -> fc1
  fc1 -> lif1
  lif1 -> fc1
  gone -> "odd name"
  metadata { source: "by hand" }
}

extra { checksum: u8[3] [1, 2, 3] }

storage {
  "/node/edges": string(ascii, 5 bytes)
  "/node/nodes/inner/edges": f64[0, 2]
}
"#;

fn read(text: &str) -> Document {
    parse(text, &()).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn look(document: &Document) -> String {
    print(document, &PrintOptions::default()).text
}

/// A document whose only field `x` holds this value.
fn with_value(value: impl Into<Value>) -> Document {
    let fields = Fields::from_iter([("x".to_owned(), value.into())]);
    Document {
        version: None,
        root: Node::new(Primitive::Unknown(Unknown { kind: "Any".into(), fields })),
        extra: Fields::default(),
        storage: BTreeMap::new(),
        left_out: Vec::new(),
    }
}

/// What stands after `x: ` in the text of a document with this value.
fn value_text(value: impl Into<Value>) -> String {
    let text = look(&with_value(value));
    let value = text.split_once("x: ").unwrap().1;
    value.trim_end().trim_end_matches('}').trim_end().to_owned()
}

fn ones<T: Element>(shape: &[usize], one: T) -> Tensor {
    Tensor::new(shape, vec![one; shape.iter().product()]).unwrap()
}

#[test]
fn a_text_by_hand_prints_as_it_was_written() {
    assert_eq!(look(&read(SMALL)), SMALL);
}

#[test]
fn the_document_of_a_text_is_what_the_text_says() {
    let document = read(SMALL);
    let graph = document.graph().unwrap();
    assert_eq!(document.version, Some(Text::scalar("1.0.8")));
    assert_eq!(graph.edges[3], Edge::new("gone", "odd name"));
    let Primitive::Lif(lif) = &graph.nodes.get("lif1").unwrap().primitive else { panic!() };
    assert_eq!(lif.tau, ones(&[5], 0.01_f32));
    assert_eq!(lif.v_leak, ones(&[5], -0.0_f32));
    assert_eq!(lif.v_reset, None);
    let threshold = vec![1.0, 1e-9, f64::INFINITY, f64::NAN, f64::from_bits(1)];
    assert_eq!(lif.v_threshold, Tensor::vector(threshold));
    let inner = graph.nodes.get("inner").unwrap().primitive.as_graph().unwrap();
    let Primitive::Input(input) = &inner.nodes.get("a").unwrap().primitive else { panic!() };
    let empty = Tensor::vector(Vec::<i64>::new()).with_byte_order(ByteOrder::Big);
    assert_eq!(input.shape, empty);
    let storage = TextStorage { length: TextLength::Fixed(5), charset: Charset::Ascii };
    assert_eq!(document.storage["/node/edges"], Storage::Text(storage));
}

#[test]
fn commas_comments_chains_and_line_ends_are_free() {
    let text = "// before\r\nnirt 1 graph{a=Input{shape:i64[1,][3,],}b=Threshold{threshold:f32[3]\
                \r\n1 // here\r\n}, a->b->a metadata{x:i8 1 y:i8 2}}";
    let graph = Graph {
        edges: vec![Edge::new("a", "b"), Edge::new("b", "a")],
        nodes: read(text).graph().unwrap().nodes.clone(),
    };
    assert_eq!(read(text).graph(), Some(&graph));
    assert_eq!(read(text).root.metadata.len(), 2);
}

#[test]
fn words_of_the_form_are_no_reserved_names() {
    let text = "nirt 1\ngraph {\n metadata = LIF {}\n graph = graph { extra: { metadata: \"\" } }\n \
                nirt -> metadata\n extra: i8 1\n metadata {}\n extra { tau: i8 1 }\n}";
    let document = read(text);
    assert!(document.graph().unwrap().nodes.contains("metadata"));
    assert_eq!(document.root.extra.len(), 2);
    assert_eq!(read(&look(&document)), document);
}

#[test]
fn a_known_kind_can_be_kept_verbatim() {
    let document = read("nirt 1\nunknown Input { shape: i64[1] [3] }");
    assert!(matches!(&document.root.primitive, Primitive::Unknown(it) if it.kind == "Input"));
    assert_eq!(look(&document), "nirt 1\n\nunknown Input { shape: i64[1] [3] }\n");
    assert!(matches!(read("nirt 1\nInput {}").root.primitive, Primitive::Unknown(_)));
    assert!(matches!(read("nirt 1\nNIRGraph {}").root.primitive, Primitive::Graph(_)));
}

#[test]
fn equal_elements_are_one_value_unless_they_are_few() {
    assert_eq!(value_text(ones(&[2, 2], 1_i8)), "i8[2, 2] [[1, 1], [1, 1]]");
    assert_eq!(value_text(ones(&[5], 1_i8)), "i8[5] 1");
    assert_eq!(value_text(ones(&[1000, 1000], -0.0_f32)), "f32[1000, 1000] -0");
    assert_eq!(value_text(Tensor::scalar(true)), "bool true");
    assert_eq!(value_text(ones(&[0, 3], 0.0_f64)), "f64[0, 3] []");
}

#[test]
fn long_rows_stand_below_each_other() {
    let values: Vec<i32> = (0..60).map(|value| value * 1000).collect();
    let tensor = Tensor::new(&[2, 2, 15], values).unwrap();
    let expected = "\
i32[2, 2, 15] [
    [[0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10000, 11000, 12000, 13000, 14000],
     [15000, 16000, 17000, 18000, 19000, 20000, 21000, 22000, 23000, 24000, 25000, 26000, 27000,
      28000, 29000]],
    [[30000, 31000, 32000, 33000, 34000, 35000, 36000, 37000, 38000, 39000, 40000, 41000, 42000,
      43000, 44000],
     [45000, 46000, 47000, 48000, 49000, 50000, 51000, 52000, 53000, 54000, 55000, 56000, 57000,
      58000, 59000]],
  ]";
    assert_eq!(value_text(tensor), expected);
}

#[test]
fn large_tensors_are_named_by_their_content() {
    let tensor = Tensor::vector((0..65_i16).collect());
    let Printed { text, tensors, .. } =
        print(&with_value(tensor.clone()), &PrintOptions::default());
    let hash = nirkit_ir::text::content_hash(&tensor);
    assert_eq!(text, format!("nirt 1\n\nAny {{ x: i16[65] #{hash} }}\n"));
    assert_eq!(tensors.get_index(0), Some((&hash, &tensor)));
    assert_eq!(parse(&text, &tensors), Ok(with_value(tensor)));
}

/// What the text shows for a place.
fn shown<'t>(text: &'t str, place: &Place) -> &'t str {
    let parsed = parse_with(text, &(), &ParseLimits::default()).unwrap();
    &text[parsed.spans.get(place).unwrap()]
}

#[test]
fn every_place_has_a_text() {
    let root = Place::root();
    let lif = root.node("lif1");
    let cases = [
        (root.clone(), "graph"),
        (lif.clone(), "lif1 = LIF"),
        (lif.field("tau"), "tau: f32[5]"),
        (lif.field("tau").element(&[3]), "0.01"),
        (lif.field("v_threshold").element(&[1]), "1e-9"),
        (lif.field("v_reset"), "lif1 = LIF"),
        (lif.field("metadata"), "metadata"),
        (root.node("fc1").field("weight").element(&[1, 2]), "3"),
        (root.node("late").field("delay"), "delay: f64 0.001"),
        (root.node("odd name"), "\"odd name\" = \"My Kind\""),
        (root.node("inner").node("a").field("shape"), "shape: i64be[0]"),
        (root.node("inner").edge(0), "a -> a"),
        (root.node("inner").node("b"), "inner = graph"),
        (root.edge(3), "gone -> \"odd name\""),
        (root.edge(4), "graph"),
    ];
    for (place, expected) in cases {
        assert_eq!(shown(SMALL, &place), expected, "{place}");
    }
}

/// A page of the documentation.
fn page(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(name)).unwrap()
}

/// What stands between a line of this fence and the next fence.
fn fenced<'p>(page: &'p str, fence: &str) -> &'p str {
    page.split_once(fence).unwrap().1.split_once("```").unwrap().0.trim_start()
}

#[test]
fn the_example_of_the_documentation_prints_as_it_stands() {
    let page = page("docs/text-form.md");
    let example = fenced(&page, "```nirt\n");
    assert_eq!(look(&read(example)), example);
}

#[test]
fn the_values_of_the_documentation_are_read() {
    let page = page("docs/text-form.md");
    let table = page.split_once("## Values").unwrap().1.split_once("\n\nTypes").unwrap().0;
    let values = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let values: Vec<&str> =
        values.map(|(value, _)| value).filter(|value| !value.contains('#')).collect();
    assert_eq!(values.len(), 9);
    for value in values {
        read(&format!("nirt 1\nX {{ x: {value} }}"));
    }
}

#[test]
fn the_grammar_is_the_same_in_both_places() {
    let code = page("crates/ir/src/text/mod.rs").replace("//! ", "").replace("//!", "");
    let documented = page("docs/text-form.md");
    assert_eq!(fenced(&code, "```text\n"), fenced(&documented, "```text\n"));
}
