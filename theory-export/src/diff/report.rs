//! A diff for people, for programs, and as annotations of GitHub.

use super::class::Class;
use super::{Change, Diff};
pub(crate) use crate::text::line;
use serde_json::json;
use std::fmt::Write as _;

/// For people. `paint` colours a piece of text, or leaves it as it is.
pub fn human(diff: &Diff, paint: impl Fn(&str, &str) -> String) -> String {
    if diff.changes().is_empty() {
        return "no difference\n".into();
    }
    let mut text = String::new();
    for change in diff.changes() {
        let colour = match change.class {
            Class::Compatible => "32",
            Class::Backfill | Class::TwoDeploys | Class::RefusedInPlace => "33",
            Class::BreaksReaders | Class::Replacement | Class::Destructive => "31",
        };
        let class = paint(change.class.in_words(), colour);
        let _ = writeln!(
            text,
            "{class}: {}\n  at {}\n  {}",
            line(&change.what),
            line(&change.path),
            line(&change.remedy)
        );
    }
    text.push_str("\nPlan\n");
    for (number, group) in diff.plan().groups().iter().enumerate() {
        let _ = writeln!(text, "{}. {}", number + 1, group.phase.title());
        for step in &group.steps {
            let _ = writeln!(text, "   - {}", line(&step.text));
        }
    }
    text
}

/// For programs: `worst`, `changes` and `plan`.
pub fn json(diff: &Diff) -> String {
    let change = |change: &Change| json!({ "path": change.path, "class": change.class, "what": change.what, "remedy": change.remedy });
    let mut value = json!({
        "worst": diff.worst(),
        "changes": diff.changes().iter().map(change).collect::<Vec<_>>(),
        "plan": diff.plan().groups(),
    });
    value.sort_all_objects();
    format!("{value:#}\n")
}

/// Workflow commands of GitHub Actions, one a line: they show at the file of the new contract.
pub fn github(diff: &Diff, file: &str) -> String {
    diff.changes().iter().fold(String::new(), |mut text, change| {
        let level = match change.class {
            Class::Compatible => "notice",
            Class::Backfill | Class::TwoDeploys | Class::RefusedInPlace => "warning",
            Class::BreaksReaders | Class::Replacement | Class::Destructive => "error",
        };
        let title = format!("{} ({})", change.path, change.class.in_words());
        let message = format!("{}: {}", change.what, change.remedy);
        text.push_str(&annotation(level, file, &title, &message));
        text
    })
}

/// One workflow command.
pub(crate) fn annotation(level: &str, file: &str, title: &str, message: &str) -> String {
    format!("::{level} file={},title={}::{}\n", property(file), property(title), data(message))
}

/// What would end a command, or a property of it, in the encoding that GitHub reads.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
