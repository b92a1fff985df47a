//! What people who work on Taipan run: `cargo xtask codegen`, `tidy`, `ci`, `conformance`, `identity`, `bench`, `fuzz`.

mod codegen;
mod tree;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match command.as_str() {
        "codegen" => codegen::run(&rest),
        other => Err(format!("unknown command {other:?}; known: codegen")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask {command}: {message}");
            ExitCode::FAILURE
        }
    }
}
