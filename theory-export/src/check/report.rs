//! Findings for people, for programs, and as annotations of GitHub.

use super::{Check, Severity};
use crate::diff::report::{annotation, line};
use serde_json::json;
use std::fmt::Write as _;

/// For people. `paint` colours a piece of text, or leaves it as it is.
pub fn human(check: &Check, paint: impl Fn(&str, &str) -> String) -> String {
    if check.findings().is_empty() {
        return "no difference\n".into();
    }
    let mut text = String::new();
    for finding in check.findings() {
        let colour = match finding.severity {
            Severity::Note => "36",
            Severity::Warning => "33",
            Severity::Error => "31",
        };
        let severity = paint(finding.severity.as_str(), colour);
        let _ = writeln!(text, "{severity}: {}", line(&finding.what));
        let places: Vec<_> = [&finding.path, &finding.place]
            .into_iter()
            .filter(|place| !place.is_empty())
            .map(|place| line(place))
            .collect();
        if !places.is_empty() {
            let _ = writeln!(text, "  at {}", places.join(", "));
        }
        let _ = writeln!(text, "  {}", line(&finding.remedy));
    }
    let count = |severity| check.findings().iter().filter(|finding| finding.severity == severity).count();
    let counts: Vec<_> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (severity.as_str(), count(severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(what, count)| format!("{count} {what}{}", if count == 1 { "" } else { "s" }))
        .collect();
    let _ = writeln!(text, "\n{}", counts.join(", "));
    text
}

/// For programs: `worst` and `findings`.
pub fn json(check: &Check) -> String {
    let mut value = json!({ "worst": check.worst(), "findings": check.findings() });
    value.sort_all_objects();
    format!("{value:#}\n")
}

/// Workflow commands of GitHub Actions, one a line: they show at the file that was checked.
pub fn github(check: &Check, file: &str) -> String {
    check.findings().iter().fold(String::new(), |mut text, finding| {
        let level = match finding.severity {
            Severity::Note => "notice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let title = if finding.path.is_empty() { &finding.place } else { &finding.path };
        text.push_str(&annotation(level, file, title, &format!("{}: {}", finding.what, finding.remedy)));
        text
    })
}
