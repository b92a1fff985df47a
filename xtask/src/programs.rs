//! `cargo xtask programs --reference PYTHON [NAME…]`: asks CPython 3.14 what the programs of `tests/programs` print and
//! writes it to the `.out` file beside each. `cargo test -p taipan --test programs` then holds Taipan to it.

use crate::tree;
use std::path::Path;
use std::process::{Command, Stdio};

pub const FOLDER: &str = "tests/programs";

pub fn run(arguments: &[String]) -> Result<(), String> {
    let [flag, reference, names @ ..] = arguments else {
        return Err("wanted: --reference PYTHON [NAME…]".into());
    };
    if flag != "--reference" {
        return Err("wanted: --reference PYTHON [NAME…]".into());
    }
    let folder = tree::root().join(FOLDER);
    let mut programs = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|error| format!("{FOLDER}: {error}"))? {
        let path = entry.map_err(|error| format!("{FOLDER}: {error}"))?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|ending| ending == "py")
            && (names.is_empty() || names.contains(&stem))
        {
            programs.push(path);
        }
    }
    programs.sort();
    for program in programs {
        bless(reference, &folder, &program)?;
    }
    Ok(())
}

fn bless(reference: &str, folder: &Path, program: &Path) -> Result<(), String> {
    let name = program.file_name().unwrap_or_default();
    let problem = |error: std::io::Error| format!("{}: {error}", program.display());
    let mut command = Command::new(reference);
    // Whatever the environment says to Pythons does not reach the program.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PYTHON")) {
        command.env_remove(name);
    }
    let output = command
        .arg(name)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .map_err(problem)?;
    let source = std::fs::read_to_string(program).map_err(problem)?;
    let wanted: i32 = source
        .lines()
        .find_map(|line| line.strip_prefix("# exit:"))
        .and_then(|status| status.trim().parse().ok())
        .unwrap_or(0);
    if output.status.code() != Some(wanted) {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "{}: the reference ended with {}, wanted {wanted}: {said}",
            program.display(),
            output.status
        ));
    }
    std::fs::write(program.with_extension("out"), output.stdout).map_err(problem)
}
