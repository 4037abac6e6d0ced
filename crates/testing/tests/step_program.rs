//! The executor gives the bits of the interpreter for step programs out of random bytes.

use nirkit_testing::{Bytes, step_program};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_program_gives_the_bits_of_the_interpreter(
        bytes in prop::collection::vec(any::<u8>(), 0..1500),
    ) {
        step_program::run(&mut Bytes(&bytes));
    }
}
