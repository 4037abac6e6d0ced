//! Any network: the fast way of each engine and the plain one give the same bits, whatever is planned.

use nirkit_platforms::{Choices, simulator};
use nirkit_testing::{Bytes, Case, recipe};

/// Runs a network both ways.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let profile = bytes.pick(&simulator::ALL.concat());
    let block = (1 + bytes.below(6), 1 + bytes.below(4));
    let options = recipe::options(&mut bytes);
    let Some(case) = Case::read(&mut bytes) else { return };
    case.agrees_clocked(&options);
    case.agrees_on(profile, &Choices::default(), &[block]);
}
