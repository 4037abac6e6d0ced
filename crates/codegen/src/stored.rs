//! Constants: in which type they are kept, and in which order.

use nirkit_step::{Format, Number, Numbers, Window};

/// The type in which constants are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stored {
    /// Integers of so many bits.
    Integer(u8),
    /// Floating-point numbers of so many bits.
    Float(u8),
}

impl Stored {
    /// The narrowest type that holds all numbers; floating-point numbers stay as they are.
    pub(crate) fn of(numbers: &Numbers) -> Self {
        let Numbers::I64(integers) = numbers else { return Self::in_full(numbers.format()) };
        let holds = |bits: &&u8| {
            let high = i64::MAX >> (64 - **bits);
            integers.iter().all(|x| (-high - 1..=high).contains(x))
        };
        Self::Integer([8, 16, 32].iter().find(holds).copied().unwrap_or(64))
    }

    /// The type of numbers of a format.
    pub(crate) fn in_full(format: Format) -> Self {
        match format {
            Format::F32 => Self::Float(32),
            Format::F64 => Self::Float(64),
            Format::I64 => Self::Integer(64),
        }
    }

    /// Bytes of a number.
    pub(crate) fn bytes(self) -> usize {
        let (Self::Integer(bits) | Self::Float(bits)) = self;
        usize::from(bits / 8)
    }
}

/// Weights by source: those of a source stand side by side.
pub(crate) fn by_source(weights: &Numbers, rows: usize, columns: usize) -> Numbers {
    let mut turned = Numbers::filled(Number::zero(weights.format()), weights.len());
    for row in 0..rows {
        for column in 0..columns {
            turned.set(column * rows + row, weights.get(row * columns + column));
        }
    }
    turned
}

/// Weights that are not 0, by source: for each its row, and for each source where its weights begin.
pub(crate) struct Listed {
    pub(crate) weights: Numbers,
    pub(crate) rows: Vec<usize>,
    /// One more than there are sources.
    pub(crate) firsts: Vec<usize>,
}

impl Listed {
    /// The list, where it takes fewer bytes than all weights.
    pub(crate) fn of(weights: &Numbers, rows: usize, columns: usize) -> Option<Self> {
        let (mut kept, mut places, mut firsts) = (Vec::new(), Vec::new(), vec![0]);
        for column in 0..columns {
            for row in 0..rows {
                let weight = weights.get(row * columns + column);
                if !weight.is_zero() {
                    kept.push(weight);
                    places.push(row);
                }
            }
            firsts.push(kept.len());
        }
        let mut listed = Numbers::filled(Number::zero(weights.format()), kept.len());
        kept.iter().enumerate().for_each(|(at, &weight)| listed.set(at, weight));
        let found = Self { weights: listed, rows: places, firsts };
        let all = weights.len() * Stored::of(weights).bytes();
        (!kept.is_empty() && found.bytes() < all).then_some(found)
    }

    /// Bytes of the list.
    pub(crate) fn bytes(&self) -> usize {
        let numbers = self.weights.len() * Stored::of(&self.weights).bytes();
        numbers
            + self.rows.len() * place_bytes(&self.rows)
            + self.firsts.len() * place_bytes(&self.firsts)
    }
}

/// Bytes of the narrowest type without a sign that holds places: 1, 2 or 4.
pub(crate) fn place_bytes(places: &[usize]) -> usize {
    match places.iter().max() {
        Some(&most) if most > 0xffff => 4,
        Some(&most) if most > 0xff => 2,
        _ => 1,
    }
}

/// Kernels by source: for each channel that enters and each row of the kernel, those rows of all channels that it feeds.
pub(crate) fn kernels_by_source(weights: &Numbers, window: &Window) -> Numbers {
    let [tall, wide] = window.kernel;
    let seen = window.channels_in / window.groups;
    let fed = window.channels_out / window.groups;
    let mut turned = Numbers::filled(Number::zero(weights.format()), weights.len());
    for (at, number) in weights.iter().enumerate() {
        let (column, row, channel) = (at % wide, at / wide % tall, at / (wide * tall));
        let (source, target) = (channel % seen, channel / seen);
        let source = target / fed * seen + source;
        turned.set(((source * tall + row) * fed + target % fed) * wide + column, number);
    }
    turned
}

/// The one number that all of these are; `None` if they differ.
pub(crate) fn same(numbers: &[usize]) -> Option<usize> {
    let first = numbers.first()?;
    numbers.iter().all(|number| number == first).then_some(*first)
}
