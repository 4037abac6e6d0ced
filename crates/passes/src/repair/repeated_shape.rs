//! Writes what arrives into a field that repeats it and holds no shape: exporters write zeros for what they do
//! not know.

use nirkit_ir::valid::Survey;
use nirkit_ir::{Diagnostic, Document};

pub(super) fn mend(
    document: &mut Document,
    finding: &Diagnostic,
    survey: &Survey,
) -> Option<String> {
    super::declared_shape::mend(document, finding, survey)
}
