//! What changes in a planned node while a stimulus is played.

use super::super::real::Real;
use super::fixed::FixedState;
use super::layer::LayerState;
use super::program::Kind;

/// What changes in a planned node, for one sample.
#[derive(Clone, Debug)]
pub(super) enum State<T> {
    None,
    Layer(LayerState<T>),
    Fixed(FixedState),
}

impl<T: Real> State<T> {
    /// Goes back to the start.
    pub(super) fn restart(&mut self, kind: &Kind<T>) {
        match (kind, &mut *self) {
            (Kind::Entry(_) | Kind::Map(_), _) => {}
            (Kind::Layer(layer), Self::Layer(state)) => layer.restart(state),
            (Kind::Layer(layer), _) => {
                let mut state = LayerState::default();
                layer.restart(&mut state);
                *self = Self::Layer(state);
            }
            (Kind::Fixed(layer), _) => *self = Self::Fixed(layer.start()),
        }
    }
}
