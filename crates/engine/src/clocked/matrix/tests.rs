use proptest::prelude::*;

use super::super::time_block::{BufferPool, InputRef, PassScratch, Plan};
use super::*;

/// The sums as the definition has them: every source, but those that are 0.
fn by_definition(weights: &[f32], targets: usize, input: &[f32]) -> Vec<u32> {
    let sources = input.len();
    let sum = |target: usize| {
        let row = &weights[target * sources..][..sources];
        let taken = row.iter().zip(input).filter(|(_, x)| **x != 0.0);
        taken.fold(0.0, |sum, (weight, x)| sum + weight * x)
    };
    (0..targets).map(|target| bits(sum(target))).collect()
}

/// The bits of a number; one kind of NaN is as good as another.
fn bits(number: f32) -> u32 {
    if number.is_nan() { f32::NAN.to_bits() } else { number.to_bits() }
}

/// A way to take several rows of inputs.
type Way = fn(&Rows<f32>, &mut Pass<'_, f32>, &[f32]);

/// What a way makes of inputs, from a table with marks or without.
fn sums(
    rows: &Rows<f32>,
    targets: usize,
    inputs: &[Vec<f32>],
    way: Way,
    bitmask: bool,
) -> Vec<Vec<u32>> {
    let set_bits = Plan { bitmask, ..Plan::numbers(inputs[0].len()) };
    let plans = [set_bits, Plan::numbers(targets)];
    let (mut buffer_pool, tables) = BufferPool::new(plans.into_iter(), inputs.len());
    for (row, input) in inputs.iter().enumerate() {
        buffer_pool.write(tables[0], row, input);
        buffer_pool.row_mut(tables[1], row).fill(f32::NAN);
    }
    let mut pass = Pass {
        buffer_pool: &mut buffer_pool,
        input_refs: &[InputRef { table: tables[0], delay_steps: 0 }],
        inputs: inputs[0].len(),
        truth: false,
        out: tables[1],
        rows: 0..inputs.len(),
        scratch: &mut PassScratch::default(),
    };
    pass.collect();
    way(rows, &mut pass, &[]);
    let row = |row| buffer_pool.row(tables[1], row).iter().map(|&sum| bits(sum)).collect();
    (0..inputs.len()).map(row).collect()
}

fn step_by_step(rows: &Rows<f32>, pass: &mut Pass<'_, f32>, _: &[f32]) {
    let targets = pass.out.width;
    pass.each(|input, output| Matrix { targets, rows: rows.clone() }.apply(input, output));
}

fn by_events(rows: &Rows<f32>, pass: &mut Pass<'_, f32>, bias: &[f32]) {
    match rows {
        Rows::Dense(rows) => rows.run_block_by(dense::Way::Events, pass, bias),
        Rows::Sparse(rows) => {
            rows.run_block(pass, bias);
        }
    }
}

fn by_rows(rows: &Rows<f32>, pass: &mut Pass<'_, f32>, bias: &[f32]) {
    match rows {
        Rows::Dense(rows) if pass.rows.len() >= 4 => {
            rows.write_out(pass);
            rows.run_block_by(dense::Way::Rows, pass, bias);
        }
        _ => by_events(rows, pass, bias),
    }
}

/// Numbers that round, zeros of both signs, and numbers whose products vanish.
fn number() -> impl Strategy<Value = f32> {
    prop_oneof![3 => -2.0_f32..2.0, 1 => Just(0.0), 1 => Just(-0.0), 1 => Just(-1e-30)]
}

/// Inputs, some of which overflow.
fn input() -> impl Strategy<Value = f32> {
    prop_oneof![30 => number(), 1 => Just(f32::INFINITY), 1 => Just(f32::NAN)]
}

proptest! {
    #[test]
    fn no_way_to_take_sources_changes_a_bit(
        (weights, targets, inputs) in (1_usize..150, 0_usize..12, 1_usize..9).prop_flat_map(
            |(targets, sources, rows)| {
                let weights = prop::collection::vec(number(), targets * sources);
                let row = prop::collection::vec(input(), sources);
                (weights, Just(targets), prop::collection::vec(row, rows))
            },
        ),
    ) {
        let sources = inputs[0].len();
        let expected: Vec<_> =
            inputs.iter().map(|input| by_definition(&weights, targets, input)).collect();
        let dense = Rows::Dense(Dense::new(&weights, targets, sources));
        let sparse = Rows::Sparse(Sparse::new(&weights, targets, sources));
        for rows in [dense, sparse] {
            for way in [step_by_step as Way, by_events, by_rows] {
                for bitmask in [false, true] {
                    prop_assert_eq!(&sums(&rows, targets, &inputs, way, bitmask), &expected);
                }
            }
        }
    }
}

#[test]
fn a_matrix_that_is_mostly_zero_is_listed() {
    let mut weights = vec![0.0_f32; 200];
    weights[7] = 1.0;
    let tensor = Tensor::new(&[10, 20], weights).unwrap();
    let matrix = Matrix::<f32>::new(&tensor).unwrap();
    assert!(matches!(matrix.rows, Rows::Sparse(_)) && matrix.bytes() == 8);
    let full = Tensor::new(&[10, 20], vec![1.0_f32; 200]).unwrap();
    assert!(matches!(Matrix::<f32>::new(&full).unwrap().rows, Rows::Dense(_)));
}

#[test]
fn a_weight_that_overflows_is_not_multiplied_by_a_source_of_0() {
    let dense = Dense::new(&[f32::INFINITY, 1.0], 1, 2);
    let inputs = vec![vec![0.0, 1.0]; 6];
    let way: Way = |rows, pass, bias| {
        if let Rows::Dense(rows) = rows {
            rows.run_block(pass, bias);
        }
    };
    assert_eq!(sums(&Rows::Dense(dense), 1, &inputs, way, false), vec![vec![1.0_f32.to_bits()]; 6]);
}
