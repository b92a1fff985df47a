//! What people who work on Taipan run: `cargo xtask codegen`, `tidy`, `ci`, `programs`, `conformance`, `identity`,
//! `bench`, `charsets`, `fuzz`, `order`. Each explains itself when it is called without what it needs.

mod bench;
mod charsets;
mod ci;
mod codegen;
mod conformance;
mod fuzz;
mod identity;
mod order;
mod programs;
mod python;
mod tidy;
mod tree;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match command.as_str() {
        "bench" => bench::run(&rest),
        "charsets" => charsets::run(&rest),
        "ci" => ci::run(),
        "codegen" => codegen::run(&rest),
        "conformance" => conformance::run(&rest),
        "fuzz" => fuzz::run(&rest),
        "identity" => identity::run(&rest),
        "order" => order::run(&rest),
        "programs" => programs::run(&rest),
        "tidy" => tidy::run(),
        other => Err(format!(
            "unknown command {other:?}; known: bench, charsets, ci, codegen, conformance, fuzz, identity, order, programs, tidy"
        )),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask {command}: {message}");
            ExitCode::FAILURE
        }
    }
}
