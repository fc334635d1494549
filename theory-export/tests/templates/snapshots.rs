//! Every output for every contract, as reviewed, and the same when rendered again.

use crate::{GLOBAL, LEDGER, SHOP, contract, render};
use theory_export::target::targets;
use theory_export::{Format, Options};

#[test]
fn outputs_are_as_reviewed() {
    for (name, text) in [("shop", SHOP), ("ledger", LEDGER), ("global", GLOBAL)] {
        let contract = contract(text);
        for target in targets() {
            for format in target.formats {
                let options = Options { format: Some(*format), ..Options::default() };
                let written = render(target.name, &contract, &options);
                let again = render(target.name, &contract, &options);
                let text = written.unwrap_or_else(|error| format!("refused: {error}\n"));
                assert_eq!(text, again.unwrap_or_else(|error| format!("refused: {error}\n")));
                insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                    insta::assert_snapshot!(format!("{}_{name}.{}", target.name, extension(*format)), text);
                });
            }
        }
    }
}

fn extension(format: Format) -> &'static str {
    format.as_str()
}
