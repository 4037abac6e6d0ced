//! Arbitrary documents for property tests: everything that the types allow, likely or not.
//!
//! The strategies avoid nothing but what cannot exist in a file: a declared field holds real
//! numbers, since no reader takes complex ones for it.

#![allow(clippy::unwrap_used, dead_code, unreachable_pub, reason = "shared by several tests")]

use std::collections::BTreeMap;

use nirkit_ir::document::{Document, Storage};
use nirkit_ir::graph::{Edge, Graph, Node};
use nirkit_ir::primitive::{KINDS, Primitive, Unknown, declaration};
use nirkit_ir::value::{Charset, Fields, Text, TextLength, TextStorage, Value};
use nirkit_numerics::{ByteOrder, DType, Tensor};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

/// A document with a root of any kind.
pub fn document() -> impl Strategy<Value = Document> {
    let parts = (proptest::option::of(text()), node(), fields(3), storage());
    parts.prop_map(|(version, root, extra, storage)| Document {
        version,
        root,
        extra,
        storage,
        left_out: Vec::new(),
    })
}

/// A node: a declared primitive, an unknown one, or a graph that nests up to three deep.
pub fn node() -> impl Strategy<Value = Node> {
    let leaf = dressed(prop_oneof![8 => declared().boxed(), 2 => unknown().boxed()]);
    leaf.prop_recursive(3, 24, 6, |inner| dressed(graph(inner).prop_map(Primitive::Graph)))
}

/// Metadata and further fields around a primitive.
fn dressed(primitive: impl Strategy<Value = Primitive> + 'static) -> BoxedStrategy<Node> {
    let extra = prop_oneof![4 => Just(Fields::default()).boxed(), 1 => fields(3).boxed()];
    let metadata = prop_oneof![2 => Just(Fields::default()).boxed(), 1 => fields(3).boxed()];
    (primitive, metadata, extra)
        .prop_map(|(primitive, metadata, extra)| Node { primitive, metadata, extra })
        .boxed()
}

/// A graph whose edges name nodes of it, or nothing at all, and may stand twice.
fn graph(inner: impl Strategy<Value = Node> + 'static) -> impl Strategy<Value = Graph> {
    let ends = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), name());
    (vec((name(), inner), 0..6), vec(ends, 0..8)).prop_map(|(nodes, ends)| {
        let names: Vec<String> = nodes.iter().map(|(name, _)| name.clone()).collect();
        let edges = ends.into_iter().map(|(source, target, dangling)| {
            let mut known = names.clone();
            known.push(dangling);
            Edge::new(source.get(&known).as_str(), target.get(&known).as_str())
        });
        Graph { edges: edges.collect(), nodes: nodes.into_iter().collect() }
    })
}

/// A declared primitive, perhaps without some of its optional fields.
fn declared() -> impl Strategy<Value = Primitive> {
    select(KINDS).prop_flat_map(|kind| {
        let count = declaration(kind).unwrap().fields.len();
        vec(proptest::option::weighted(0.8, real_tensor()), count).prop_map(move |tensors| {
            let declared = declaration(kind).unwrap().fields.iter();
            let fields: Fields = declared
                .zip(tensors)
                .filter_map(|(field, tensor)| Some((field.name.to_owned(), Value::from(tensor?))))
                .collect();
            Primitive::from_fields(kind, fields).0
        })
    })
}

/// Words that mean something in the text form.
const WORDS: &[&str] =
    &["graph", "NIRGraph", "unknown", "metadata", "extra", "storage", "version", "nirt"];

/// A primitive that is kept verbatim; its kind may be that of a known one or a word of the form.
fn unknown() -> impl Strategy<Value = Primitive> {
    let kind = prop_oneof![
        name().boxed(),
        select(KINDS).prop_map_into().boxed(),
        select(WORDS).prop_map_into().boxed(),
    ];
    let complete = declaration("Flatten").unwrap().fields;
    let flatten = vec(real_tensor(), complete.len()).prop_map(move |tensors| {
        let names = complete.iter().map(|field| field.name.to_owned());
        let fields = names.zip(tensors.into_iter().map(Value::from)).collect();
        Unknown { kind: "Flatten".to_owned(), fields }
    });
    let any = (kind, fields(4)).prop_map(|(kind, fields)| Unknown { kind, fields });
    prop_oneof![4 => any.boxed(), 1 => flatten.boxed()].prop_map(Primitive::Unknown)
}

/// A name: mostly plain, sometimes anything.
pub fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-z][a-z0-9_]{0,5}",
        1 => "[0-9]{1,3}",
        2 => r#"[-+.a-z0-9 /"\\#:,={}>\n\t]{0,6}"#,
        1 => any::<String>(),
        1 => select(&["tau", "v_reset", "metadata", "extra", "edges", "graph", "a.b", ""][..])
            .prop_map_into(),
    ]
}

/// Named values of any nesting.
pub fn fields(count: usize) -> BoxedStrategy<Fields> {
    vec((name(), value()), 0..=count).prop_map(Fields::from_iter).boxed()
}

/// A value of any kind.
pub fn value() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![tensor().prop_map(Value::Tensor).boxed(), text().prop_map(Value::Text).boxed()];
    leaf.prop_recursive(3, 12, 3, |inner| {
        vec((name(), inner), 0..3).prop_map(|fields| Value::Group(fields.into_iter().collect()))
    })
}

/// Strings of any shape and way of storing.
pub fn text() -> impl Strategy<Value = Text> {
    let equal = any::<bool>();
    (shape(), text_storage(), equal).prop_flat_map(|(shape, storage, equal)| {
        let len = shape.iter().product::<usize>();
        vec(any::<String>(), len).prop_map(move |mut strings| {
            if equal && let Some(first) = strings.first().cloned() {
                strings.fill(first);
            }
            Text::new(&shape, strings, storage).unwrap()
        })
    })
}

fn text_storage() -> impl Strategy<Value = TextStorage> {
    let length =
        prop_oneof![Just(TextLength::Variable), any::<usize>().prop_map(TextLength::Fixed)];
    let charset = prop_oneof![Just(Charset::Utf8), Just(Charset::Ascii)];
    (length, charset).prop_map(|(length, charset)| TextStorage { length, charset })
}

/// A tensor of any type, shape, byte order and content.
pub fn tensor() -> impl Strategy<Value = Tensor> {
    tensor_of(select(&DType::ALL[..]))
}

/// A tensor that a declared field can hold.
fn real_tensor() -> impl Strategy<Value = Tensor> {
    let real: Vec<DType> = DType::ALL.into_iter().filter(|dtype| !dtype.is_complex()).collect();
    tensor_of(select(real))
}

fn tensor_of(dtype: impl Strategy<Value = DType>) -> impl Strategy<Value = Tensor> {
    let order = prop_oneof![4 => Just(ByteOrder::Little), 1 => Just(ByteOrder::Big)];
    (dtype, order, shape()).prop_flat_map(|(dtype, order, shape)| {
        let len = shape.iter().product::<usize>() * dtype.size();
        content(len, dtype.size()).prop_map(move |mut bytes| {
            if dtype == DType::Bool {
                for byte in &mut bytes {
                    *byte &= 1;
                }
            }
            Tensor::from_bytes(dtype, order, &shape, &bytes).unwrap()
        })
    })
}

/// Bytes of a tensor: any, all elements the same, small numbers, or the ends of the ranges.
fn content(len: usize, size: usize) -> impl Strategy<Value = Vec<u8>> {
    let same = vec(any::<u8>(), size)
        .prop_map(move |element| element.iter().copied().cycle().take(len).collect());
    let few = vec(select(&[0_u8, 0, 0, 1, 0x80, 0x7f, 0xff, 0xf0, 0xf8, 0x3f, 0x7c][..]), len);
    Union::new([vec(any::<u8>(), len).boxed(), same.boxed(), few.boxed()])
}

/// Up to four axes, some of them empty.
fn shape() -> impl Strategy<Value = Vec<usize>> {
    vec(prop_oneof![1 => Just(0), 8 => 1_usize..5, 1 => 5_usize..40], 0..=4).prop_map(|shape| {
        if shape.iter().product::<usize>() > 300 { shape[..1].to_vec() } else { shape }
    })
}

fn storage() -> impl Strategy<Value = BTreeMap<String, Storage>> {
    let empty = (select(&DType::ALL[..]), vec(any::<usize>(), 0..3));
    let storage = prop_oneof![
        text_storage().prop_map(Storage::Text).boxed(),
        empty.prop_map(|(dtype, shape)| Storage::Empty(dtype, shape)).boxed(),
    ];
    btree_map(name(), storage, 0..3)
}
