//! Starts the program as the tests want it: whatever the environment says to Pythons does not reach it.

use std::env;
use std::process::Command;

/// A start of the program that hashes texts alike each time and leaves no byte code behind.
pub fn taipan() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taipan"));
    for (name, _) in env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PYTHON")) {
        command.env_remove(name);
    }
    command.env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1");
    command
}
