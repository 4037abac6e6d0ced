//! Numbers of the neurons of a cell: one for all of them, or one each.

/// Real numbers of neurons.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column(Vec<f64>);

impl Column {
    /// The same number for all neurons.
    pub(crate) fn uniform(number: f64) -> Self {
        Self(vec![number])
    }

    /// A number for each neuron; one number where all are the same.
    pub(crate) fn each(numbers: Vec<f64>) -> Self {
        match numbers.first() {
            Some(&first) if numbers.iter().all(|x| x.to_bits() == first.to_bits()) => {
                Self::uniform(first)
            }
            None => Self::uniform(0.0),
            Some(_) => Self(numbers),
        }
    }

    /// The number that all neurons have.
    pub(crate) fn single(&self) -> Option<f64> {
        match self.0[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    pub(crate) fn is(&self, number: f64) -> bool {
        self.single().is_some_and(|x| x - number == 0.0)
    }

    pub(crate) fn get(&self, neuron: usize) -> f64 {
        if let [only] = self.0[..] { only } else { self.0[neuron] }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = f64> + '_ {
        self.0.iter().copied()
    }

    pub(crate) fn map(&self, of: impl Fn(f64) -> f64) -> Self {
        Self::each(self.iter().map(of).collect())
    }

    pub(crate) fn with(&self, other: &Self, of: impl Fn(f64, f64) -> f64) -> Self {
        let len = self.0.len().max(other.0.len());
        Self::each((0..len).map(|at| of(self.get(at), other.get(at))).collect())
    }

    /// The largest distance from 0.
    pub(crate) fn most(&self) -> f64 {
        self.iter().fold(0.0, |most, x| most.max(x.abs()))
    }

    pub(crate) fn all(&self, holds: impl Fn(f64) -> bool) -> bool {
        self.iter().all(holds)
    }
}

impl std::ops::Mul for &Column {
    type Output = Column;

    fn mul(self, other: &Column) -> Column {
        self.with(other, |a, b| a * b)
    }
}

impl std::ops::Div for &Column {
    type Output = Column;

    fn div(self, other: &Column) -> Column {
        self.with(other, |a, b| a / b)
    }
}
