//! `cargo xtask charsets --reference PYTHON`: writes the tables of the multibyte encodings, as CPython 3.14 has them.
//! `charsets.py` asks the reference, code by code.

use crate::tree;
use std::process::Command;

const FOLDER: &str = "crates/kernels/src/codecs/multibyte/tables";
const SCRIPT: &str = "xtask/src/charsets.py";

pub fn run(arguments: &[String]) -> Result<(), String> {
    let [flag, reference] = arguments else { return Err("wanted: --reference PYTHON".into()) };
    if flag != "--reference" {
        return Err("wanted: --reference PYTHON".into());
    }
    let status = Command::new(reference)
        .arg(tree::root().join(SCRIPT))
        .arg(tree::root().join(FOLDER))
        .status()
        .map_err(|error| format!("{reference}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("the reference ended with {status}")) }
}
