//! Transposes matrices that are stored as inputs x outputs.

use nirkit_ir::valid::Survey;
use nirkit_ir::{Code, Diagnostic, Document};

pub(super) fn mend(document: &mut Document, _: &Diagnostic, survey: &Survey) -> Option<String> {
    super::mend_cause(document, Code::TransposedWeight, survey)
}
