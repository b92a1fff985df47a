//! A crate depends on lower floors only: the arrows of `cargo metadata` against the table of the house.

use crate::tree;
use serde_json::Value;
use std::process::Command;

/// The floor of each crate of the house. A crate nobody placed is a complaint.
const FLOORS: &[(&str, u8)] = &[
    ("taipan-macros", 0),
    ("taipan-abi", 1),
    ("taipan-bytecode", 1),
    ("taipan-ast", 1),
    ("taipan-host", 1),
    ("taipan-kernels", 1),
    ("taipan-objects", 2),
    ("taipan-parser", 2),
    ("taipan-interpreter", 3),
    ("taipan-compiler", 3),
    ("taipan-jit", 3),
    ("taipan-runtime", 4),
    ("taipan-capi", 5),
    ("taipan-stdlib", 5),
    ("taipan-inspector", 6),
    ("taipan", 6),
];

fn floor(name: &str) -> Option<u8> {
    if name.starts_with("taipan-modules-") {
        return Some(5);
    }
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

/// A complaint for each arrow that does not point down.
pub fn check() -> Result<Vec<String>, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(tree::root())
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))?;
    let mut complaints = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        if name == "xtask" {
            continue;
        }
        let Some(from) = floor(name) else {
            complaints.push(format!("{name}: no floor: place it in xtask/src/tidy/floors.rs"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let target = dependency["name"].as_str().unwrap_or_default();
            if dependency["path"].is_null() || dependency["kind"] == "dev" {
                continue;
            }
            if !allowed(name, from, target) {
                complaints.push(format!("{name}: arrow that does not point down: {target}"));
            }
        }
    }
    Ok(complaints)
}

fn allowed(name: &str, from: u8, target: &str) -> bool {
    match floor(target) {
        // The program and the inspector share the roof: only the program looks into the inspector.
        Some(6) => name == "taipan" && target == "taipan-inspector",
        Some(to) => to < from,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn arrows_point_down() {
        assert!(allowed("taipan-objects", 2, "taipan-abi"));
        assert!(!allowed("taipan-objects", 2, "taipan-interpreter"));
        assert!(!allowed("taipan-modules-io", 5, "taipan-capi"));
        assert!(allowed("taipan", 6, "taipan-inspector"));
        assert!(!allowed("taipan-capi", 5, "taipan-inspector"));
    }
}
