//! Documents that chips read, edited key by key: reading them ends in order, and what is read runs.

use nirkit_platforms::Chip;
use nirkit_platforms::chip::{loihi2, speck, spinnaker2, xylo};
use serde_json::Value;

use super::{edit_json, read_chip_document};
use nirkit_testing::Bytes;

/// A chip, a document that it reads, and the shape of a frame, if the document does not say it.
type Sample = (&'static Chip, &'static str, Option<&'static [usize]>);

/// Documents to begin with: all forms that are read, with every key.
const SAMPLES: &[Sample] = &[
    (&xylo::CHIP, include_str!("../documents/xylo.json"), None),
    (&xylo::CHIP, include_str!("../documents/xylo_bare.json"), None),
    (&speck::CHIP, include_str!("../documents/speck.json"), None),
    (&loihi2::CHIP, include_str!("../documents/loihi2_dense.json"), None),
    (&loihi2::CHIP, include_str!("../documents/loihi2_conv.json"), Some(&[1, 4, 4])),
    (&loihi2::PAPER, include_str!("../documents/loihi2_dense.json"), None),
    (&spinnaker2::CHIP, include_str!("../documents/spinnaker2.json"), None),
];

/// Edits a document and reads it.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let (chip, text, frame) = bytes.pick(SAMPLES);
    let mut document: Value = serde_json::from_str(text).expect("a sample is JSON");
    edit_json::edit(&mut bytes, &mut document);
    read_chip_document::read(chip, &document.to_string(), frame);
}
