//! Runs Python programs with the interpreter alone: built-in types, a few functions, no modules.

#[path = "../tests/support/mod.rs"]
mod support;

fn main() -> std::process::ExitCode {
    support::start();
    for name in std::env::args().skip(1) {
        let source = std::fs::read(&name).unwrap_or_default();
        let ended_well = support::run(&String::from_utf8_lossy(&source), &name);
        print!("{}", support::take_output());
        if !ended_well {
            return std::process::ExitCode::FAILURE;
        }
    }
    std::process::ExitCode::SUCCESS
}
