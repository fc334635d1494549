//! Metrics as a line of JSON, which CloudWatch reads from the log: Embedded Metric Format.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::time::SystemTime;

/// A unit of CloudWatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Milliseconds,
    Bytes,
    #[cfg(feature = "logs")]
    Count,
}

/// The metrics of one moment.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    namespace: String,
    /// Milliseconds since 1970.
    time: u128,
    /// Names and values; each combination of values is a metric of its own.
    dimensions: Vec<(&'static str, String)>,
    values: Vec<(&'static str, Unit, f64)>,
    /// What is in the line and in no metric: names and JSON.
    properties: Vec<(&'static str, String)>,
}

impl Metrics {
    /// Metrics of a function, now.
    pub(crate) fn new(namespace: &str, function: &str) -> Self {
        let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self {
            namespace: namespace.to_owned(),
            time: time.as_millis(),
            dimensions: vec![("FunctionName", function.to_owned())],
            values: Vec::new(),
            properties: Vec::new(),
        }
    }

    /// Tells the values of these metrics apart from those of others by the same names.
    #[cfg(feature = "logs")]
    pub(crate) fn dimension(&mut self, name: &'static str, value: String) {
        self.dimensions.push((name, value));
    }

    /// Adds what is to be found in the line, and is no metric. `value` is JSON.
    #[cfg(feature = "logs")]
    pub(crate) fn property(&mut self, name: &'static str, value: &str) {
        self.properties.push((name, value.to_owned()));
    }

    /// Adds a value.
    pub(crate) fn add(&mut self, name: &'static str, unit: Unit, value: f64) {
        self.values.push((name, unit, value));
    }
}

/// One line, as the log takes it.
impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { namespace, time, dimensions, values, properties } = self;
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
        for (name, value) in properties {
            write!(f, ",{}:{value}", Json(name))?;
        }
        f.write_char('}')
    }
}

/// The function that this process is.
pub(crate) fn function_name() -> String {
    std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| "local".to_owned())
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
pub(crate) struct Json<'a>(pub(crate) &'a str);

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
            properties: vec![("C", "null".to_owned())],
        };
        let expected = concat!(
            r#"{"_aws":{"Timestamp":1700000000000,"CloudWatchMetrics":[{"Namespace":"my \"app\"\u000a","#,
            r#""Dimensions":[["FunctionName"]],"Metrics":[{"Name":"A","Unit":"Milliseconds"},"#,
            r#"{"Name":"B","Unit":"Bytes"}]}]},"FunctionName":"f","A":1.5,"B":4096,"C":null}"#,
        );
        assert_eq!(metrics.to_string(), expected);
    }
}
