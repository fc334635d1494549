//! Metrics as a line of JSON, which CloudWatch reads from the log: Embedded Metric Format.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::time::SystemTime;

/// A unit of CloudWatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Milliseconds,
    Bytes,
}

/// The metrics of one moment.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    namespace: String,
    /// Milliseconds since 1970.
    time: u128,
    /// Names and values; the first is the only one that costs a metric for each of its values.
    dimensions: Vec<(&'static str, String)>,
    values: Vec<(&'static str, Unit, f64)>,
}

impl Metrics {
    /// Metrics of the function that this process is, now.
    pub(crate) fn of_function(namespace: &str) -> Self {
        let function = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| "local".to_owned());
        let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self {
            namespace: namespace.to_owned(),
            time: time.as_millis(),
            dimensions: vec![("FunctionName", function)],
            values: Vec::new(),
        }
    }

    /// Adds a value.
    pub(crate) fn add(&mut self, name: &'static str, unit: Unit, value: f64) {
        self.values.push((name, unit, value));
    }
}

/// One line, as the log takes it.
impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { namespace, time, dimensions, values } = self;
        write!(
            f,
            r#"{{"_aws":{{"Timestamp":{time},"CloudWatchMetrics":[{{"Namespace":{},"#,
            Json(namespace)
        )?;
        f.write_str(r#""Dimensions":[["#)?;
        for (place, (name, _)) in dimensions.iter().enumerate() {
            write!(f, "{}{}", comma(place), Json(name))?;
        }
        f.write_str(r#"]],"Metrics":["#)?;
        for (place, (name, unit, _)) in values.iter().enumerate() {
            write!(f, r#"{}{{"Name":{},"Unit":"{unit:?}"}}"#, comma(place), Json(name))?;
        }
        f.write_str("]}]}")?;
        for (name, value) in dimensions {
            write!(f, ",{}:{}", Json(name), Json(value))?;
        }
        for (name, _, value) in values {
            write!(f, ",{}:{value}", Json(name))?;
        }
        f.write_char('}')
    }
}

/// Writes metrics to standard output, which is the function's log.
pub(crate) fn print(metrics: &Metrics) {
    // A function whose output is closed has nobody to tell that it is.
    let _ = writeln!(std::io::stdout().lock(), "{metrics}");
}

fn comma(place: usize) -> &'static str {
    if place == 0 { "" } else { "," }
}

/// A string of JSON.
struct Json<'a>(&'a str);

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                c if c < ' ' => write!(f, "\\u{:04x}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line() {
        let metrics = Metrics {
            namespace: "my \"app\"\n".to_owned(),
            time: 1_700_000_000_000,
            dimensions: vec![("FunctionName", "f".to_owned())],
            values: vec![("A", Unit::Milliseconds, 1.5), ("B", Unit::Bytes, 4096.0)],
        };
        let expected = concat!(
            r#"{"_aws":{"Timestamp":1700000000000,"CloudWatchMetrics":[{"Namespace":"my \"app\"\u000a","#,
            r#""Dimensions":[["FunctionName"]],"Metrics":[{"Name":"A","Unit":"Milliseconds"},"#,
            r#"{"Name":"B","Unit":"Bytes"}]}]},"FunctionName":"f","A":1.5,"B":4096}"#,
        );
        assert_eq!(metrics.to_string(), expected);
    }
}
