//! The comparison of a table's stream, and of who reads it.

use super::class::Class;
use super::collect::Collector;
use super::plan::Phase;
use crate::contract::Table;
use crate::contract::deployment::{Consumer, StreamView};

pub(super) fn compare(before: &Table, after: &Table, found: &mut Collector) {
    if !before.replicas.is_empty() && !after.replicas.is_empty() {
        return replicated_stream(before.stream, after.stream, found);
    }
    match (before.stream, after.stream) {
        (None, Some(view)) => found.push("stream", Class::Compatible, format!("a stream of {}", view.as_str()), "nothing to do"),
        (Some(_), None) => found.push_way(
            "stream",
            Class::BreaksReaders,
            "the table has no stream",
            "let the consumers reach its end and remove them first; what it holds can be read for another 24 hours",
            &[
                (Phase::Rely, "let the consumers reach its end, and remove them"),
                (Phase::Remove, "deploy without a stream; what it holds can be read for another 24 hours"),
            ],
        ),
        (Some(old), Some(new)) if old != new => found.push_way(
            "stream",
            Class::BreaksReaders,
            format!("the stream holds {}, not {}", new.as_str(), old.as_str()),
            "DynamoDB refuses to change what a stream holds: stop the writers, let the consumers reach its end, deploy without a stream, \
             then with the new one, which has another ARN, and attach the consumers to it",
            &[
                (Phase::Decide, "the stream is interrupted: when can the writers stop?"),
                (Phase::Deploy, "stop the writers, let the consumers reach its end, and deploy without a stream"),
                (Phase::Remove, "deploy with the new stream, which has another ARN, attach the consumers, and start the writers"),
            ],
        ),
        _ => {}
    }
}

/// Replication reads a stream of both images, which is there whether the contract asks for one or not.
fn replicated_stream(before: Option<StreamView>, after: Option<StreamView>, found: &mut Collector) {
    let view = |view: Option<StreamView>| view.unwrap_or(StreamView::NewAndOldImages);
    match (before, after) {
        (old, new) if old == new => {}
        (old, new) if view(old) == view(new) => found.push(
            "stream",
            Class::Compatible,
            if new.is_some() { "the stream is used" } else { "the stream is no longer used" },
            "nothing to do: the replicas need it, and it stays",
        ),
        (old, new) => found.push_at(
            "stream",
            Class::RefusedInPlace,
            format!("the stream holds {}, not {}", view(new).as_str(), view(old).as_str()),
            "replicas need NEW_AND_OLD_IMAGES, and a stream can be changed only while the table has no replica: keep it as it is",
            Phase::Decide,
        ),
    }
}

pub(super) fn consumers(before: &[Consumer], after: &[Consumer], found: &mut Collector) {
    let path = |consumer: &Consumer| format!("consumers/{}", consumer.function);
    for old in before {
        let function = &old.function;
        let Some(new) = after.iter().find(|new| new.function == *function) else {
            let what = format!("`{function}` no longer reads the stream");
            found.push_at(path(old), Class::Compatible, what, "let it reach the end first", Phase::Remove);
            continue;
        };
        let plain = |consumer: &Consumer| Consumer { extensions: Default::default(), ..consumer.clone() };
        if old.start != new.start {
            found.push_way(
                path(old),
                Class::TwoDeploys,
                format!("`{function}` begins elsewhere in the stream"),
                "the mapping is replaced, and Lambda refuses a second one of the same function and stream: remove it in one deployment and add it in the next; records may be read twice, or not at all",
                &[
                    (Phase::Deploy, "deploy without its mapping"),
                    (Phase::Remove, "deploy with its new mapping; records may be read twice, or not at all"),
                ],
            );
        } else if plain(old) != plain(new) {
            found.push(
                path(old),
                Class::Compatible,
                format!("`{function}` reads the stream with other settings"),
                "nothing to do",
            );
        }
    }
    for new in after.iter().filter(|new| !before.iter().any(|old| old.function == new.function)) {
        found.push(
            path(new),
            Class::Compatible,
            format!("`{}` reads the stream", new.function),
            "nothing to do",
        );
    }
}
