//! From a table's declared name to the name that DynamoDB knows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::error::{Error, ErrorKind};

/// How declared names of tables become names in DynamoDB.
#[derive(Debug, Clone, Default)]
pub(super) struct Naming {
    pub(super) prefix: String,
    pub(super) suffix: String,
    /// Declared name to name or ARN.
    pub(super) mapped: BTreeMap<String, String>,
}

impl Naming {
    pub(super) fn resolve<'a>(&'a self, declared: &'a str) -> Cow<'a, str> {
        if let Some(name) = self.mapped.get(declared) {
            return Cow::Borrowed(name);
        }
        if self.prefix.is_empty() && self.suffix.is_empty() {
            return Cow::Borrowed(declared);
        }
        Cow::Owned([&self.prefix, declared, &self.suffix].concat())
    }

    /// Reads what the environment maps, and checks every name.
    pub(super) fn build(
        mut self,
        from_env: &[(String, String)],
        read: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Error> {
        for (declared, variable) in from_env {
            let name = read(variable).filter(|value| !value.is_empty()).ok_or_else(|| {
                wrong(format!("the variable {variable}, which names table `{declared}`, is not set"))
            })?;
            let name = name.into_string().map_err(|_| {
                wrong(format!("the variable {variable}, which names table `{declared}`, is not UTF-8"))
            })?;
            self.mapped.insert(declared.clone(), name);
        }
        for affix in [&self.prefix, &self.suffix] {
            if !affix.bytes().all(is_name_byte) {
                return Err(wrong(format!("`{affix}` holds characters that a table name cannot have")));
            }
        }
        for (declared, name) in &self.mapped {
            if !is_table(name) {
                let detail = format!("`{name}`, for table `{declared}`, is neither a table name nor an ARN");
                return Err(wrong(detail));
            }
        }
        Ok(self)
    }
}

fn wrong(detail: String) -> Error {
    Error::new(ErrorKind::Configuration, "").with_detail(detail)
}

fn is_table(name: &str) -> bool {
    name.starts_with("arn:") || ((3..=255).contains(&name.len()) && name.bytes().all(is_name_byte))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naming() -> Naming {
        Naming { prefix: "dev-".into(), suffix: "-v2".into(), mapped: BTreeMap::new() }
    }

    #[test]
    fn a_mapping_wins_and_takes_no_prefix() {
        let mut naming = naming();
        let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/Orders";
        naming.mapped.insert("orders".into(), arn.into());
        let naming = naming.build(&[], |_| None).unwrap();
        assert_eq!(naming.resolve("orders"), arn);
        assert_eq!(naming.resolve("customers"), "dev-customers-v2");
        assert!(matches!(Naming::default().resolve("customers"), Cow::Borrowed("customers")));
    }

    #[test]
    fn the_environment_is_read_when_the_client_is_built() {
        let from_env = [("orders".to_owned(), "ORDERS_TABLE".to_owned())];
        let read = |value: Option<&'static str>| {
            naming().build(&from_env, move |variable| {
                assert_eq!(variable, "ORDERS_TABLE");
                value.map(OsString::from)
            })
        };
        assert_eq!(read(Some("prod-orders")).unwrap().resolve("orders"), "prod-orders");
        for missing in [None, Some("")] {
            let error = read(missing).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains("ORDERS_TABLE"), "{error}");
        }
        assert_eq!(read(Some("not a name")).unwrap_err().kind(), ErrorKind::Configuration);
    }

    #[test]
    fn affixes_are_checked() {
        let naming = Naming { prefix: "a b".into(), ..Naming::default() };
        assert_eq!(naming.build(&[], |_| None).unwrap_err().kind(), ErrorKind::Configuration);
    }
}
