//! A score in the form that test runners write (`JUnit`).

use super::escaped;
use crate::run::Scored;
use crate::score::{Class, Verdict};

/// Returns the score as `JUnit` XML: a suite for each level; refusals and waivers are skipped tests.
#[must_use]
pub fn junit(scored: &Scored) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n".to_owned();
    for level in scored.levels() {
        let of_level: Vec<&Verdict> =
            scored.verdicts.iter().filter(|verdict| verdict.level == level).collect();
        let count =
            |is_meant: &dyn Fn(&Verdict) -> bool| of_level.iter().filter(|v| is_meant(v)).count();
        let is_wrong =
            |v: &Verdict| v.is_finding() && matches!(v.class, Class::Wrong | Class::SilentlyWrong);
        let is_failed = |v: &Verdict| v.is_finding() && v.class == Class::Failed;
        let is_skipped = |v: &Verdict| v.waiver.is_some() || v.class == Class::Refused;
        out += &format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n",
            level.name(),
            of_level.len(),
            count(&is_wrong),
            count(&is_failed),
            count(&is_skipped)
        );
        for verdict in &of_level {
            out += &test(level.name(), verdict);
        }
        out += "  </testsuite>\n";
    }
    out + "</testsuites>\n"
}

fn test(level: &str, verdict: &Verdict) -> String {
    let case = escaped(&verdict.case);
    let head = format!("    <testcase classname=\"nir.{level}\" name=\"{case}\"");
    let inner = match (&verdict.waiver, verdict.class) {
        (Some(reason), _) => format!("<skipped message=\"waived: {}\"/>", escaped(reason)),
        (None, Class::Refused) => {
            format!("<skipped message=\"refused: {}\"/>", escaped(&verdict.detail))
        }
        (None, Class::Failed) => format!("<error message=\"{}\"/>", escaped(&verdict.detail)),
        (None, Class::Wrong | Class::SilentlyWrong) => {
            let first = verdict.first.as_ref().map_or(String::new(), |first| {
                format!(
                    "first at step {}, node {}, channel {}",
                    first.step, first.node, first.channel
                )
            });
            let parts = [verdict.detail.clone(), first, verdict.causes.join("; or ")];
            let parts: Vec<&str> =
                parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            let message = escaped(&parts.join("; "));
            format!("<failure type=\"{}\" message=\"{message}\"/>", verdict.class.name())
        }
        _ => return format!("{head}/>\n"),
    };
    format!("{head}>{inner}</testcase>\n")
}
