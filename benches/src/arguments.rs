//! The command lines of the bins that print ratios.

/// What the command lines have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments {
    /// Fail where a gate is missed.
    pub check: bool,
    /// How many rounds count.
    pub rounds: usize,
    /// What the names of those have in them that are measured.
    pub only: String,
}

impl Arguments {
    /// Reads a command line; what it does not know itself it asks `own`, which takes an option's value from the rest.
    ///
    /// `None` where an option is unknown, or its value missing or not one.
    pub fn parse<I: Iterator<Item = String>>(
        mut arguments: I,
        rounds: usize,
        mut own: impl FnMut(&str, &mut I) -> Option<()>,
    ) -> Option<Self> {
        let mut known = Self { check: false, rounds, only: String::new() };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--check" => known.check = true,
                "--only" => known.only = arguments.next()?,
                "--rounds" => known.rounds = arguments.next()?.parse().ok().filter(|rounds| *rounds > 0)?,
                option => own(option, &mut arguments)?,
            }
        }
        Some(known)
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    #[test]
    fn options_of_both_kinds_are_read_and_others_are_not() {
        let parse = |line: &str| {
            let mut items = 7;
            let arguments = line.split_whitespace().map(str::to_owned);
            let known = Arguments::parse(arguments, 5, |option, rest| match option {
                "--items" => rest.next()?.parse().ok().map(|given| items = given),
                _ => None,
            });
            known.map(|known| (known.check, known.rounds, known.only, items))
        };
        assert_eq!(parse(""), Some((false, 5, String::new(), 7)));
        assert_eq!(parse("--items 9 --check --rounds 2 --only get"), Some((true, 2, "get".to_owned(), 9)));
        for wrong in ["--rounds", "--rounds 0", "--items x", "--other", "9"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
