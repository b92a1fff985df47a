//! Where the source tree lies and how its files are read and written.

use crate::tidy::Source;
use std::fs;
use std::path::{Path, PathBuf};

/// The root of the workspace: the folder above this crate's.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_path_buf()
}

/// The text of a file given by its path below the root.
pub fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))
}

/// Writes a file given by its path below the root, making the folders it needs.
pub fn write(path: &str, text: &str) -> Result<(), String> {
    let full = root().join(path);
    let folder = full.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    fs::write(&full, text).map_err(|error| format!("{path}: {error}"))
}

/// Every text file of the project that people or generators wrote: sources, tables, documents.
pub fn text_files() -> Result<Vec<Source>, String> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(root().join(&folder)).map_err(|error| format!("{folder}: {error}"))?;
        for entry in entries {
            let entry = entry.map_err(|error| format!("{folder}: {error}"))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let kind = entry.file_type().map_err(|error| format!("{path}: {error}"))?;
            if kind.is_dir() {
                if !matches!(name.as_str(), "target" | ".git" | "__pycache__") {
                    folders.push(path);
                }
            } else if kind.is_file() && is_text(&name) {
                // A file that is not UTF-8 is test data, whatever its name says.
                if let Ok(text) = fs::read_to_string(entry.path()) {
                    found.push(Source { path, text });
                }
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn is_text(name: &str) -> bool {
    let endings = [".rs", ".md", ".toml", ".py", ".sh", ".tsv", ".json", ".txt", ".c", ".h", ".yml"];
    endings.iter().any(|ending| name.ends_with(ending)) || name == "run"
}
