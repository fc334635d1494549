//! The command `theory`: everything that is made of a contract file, without the types that it came from.

fn main() -> std::process::ExitCode {
    theory_export::cli_from_file()
}
