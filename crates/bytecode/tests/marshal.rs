//! The marshal codec against CPython: what it wrote is read and written again, byte for byte.
//! `marshal/cases.txt` holds small code objects (made by `marshal/generate.py`); `TAIPAN_PYC_FOLDER` names
//! a folder of `.pyc` files to try as well.

use std::path::{Path, PathBuf};
use taipan_bytecode::marshal::{self, MarshalError, PYC_HEADER_SIZE};
use taipan_bytecode::validate::validate;

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn cases() -> Vec<(String, Vec<u8>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/marshal/cases.txt");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter_map(|l| l.split_once(' ')).map(|(n, hex)| (n.into(), unhex(hex))).collect()
}

fn pyc_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pyc_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "pyc") {
            out.push(path);
        }
    }
}

#[test]
fn what_cpython_wrote_is_written_again() {
    let mut all = cases();
    assert!(!all.is_empty());
    if let Some(folder) = std::env::var_os("TAIPAN_PYC_FOLDER") {
        let mut files = Vec::new();
        pyc_files(Path::new(&folder), &mut files);
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            all.push((file.display().to_string(), bytes[PYC_HEADER_SIZE..].to_vec()));
        }
    }
    let mut wrong = Vec::new();
    for (name, bytes) in &all {
        let code = marshal::load_code(bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        if let Err(error) = validate(&code) {
            wrong.push(format!("{name}: {error}"));
        }
        let ours = marshal::dump_code(&code);
        if ours != *bytes {
            let at = ours.iter().zip(bytes).position(|(a, b)| a != b).unwrap_or(0);
            let around =
                |b: &[u8]| b[at.saturating_sub(40)..(at + 40).min(b.len())].escape_ascii().to_string();
            wrong.push(format!("{name} at {at}:\n  {:?}\n  {:?}", around(&ours), around(bytes)));
        }
    }
    for text in wrong.iter().take(10) {
        eprintln!("{text}");
    }
    assert!(wrong.is_empty(), "{} of {} differ", wrong.len(), all.len());
}

#[test]
fn damaged_data_is_refused() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "EOF read where object expected"),
        (b"Q", "bad marshal data (unknown type code)"),
        (b"r\0\0\0\0", "bad marshal data (invalid reference)"),
        (b"(\xff\xff\xff\xff", "bad marshal data (tuple size out of range)"),
        (b"s\xff\xff\xff\xff", "bad marshal data (bytes object size out of range)"),
        (b"l\x01\0\0\0\0\0", "bad marshal data (unnormalized long data)"),
        (b"l\x01\0\0\0\xff\xff", "bad marshal data (digit out of range in long)"),
        (b"l\xff\xff\xff\x7f", "marshal data too short"),
        (b"l\0\0\0\x80", "bad marshal data (long size out of range)"),
        (b">\xff\xff\xff\xff", "bad marshal data (set size out of range)"),
        (b"(\x01\0\0\0", "EOF read where object expected"),
        (b"0", "NULL object in marshal data for object"),
        (b"z\x05ab", "marshal data too short"),
        (b"c", "marshal data too short"),
        (b"f\x01a", "could not convert string to float: 'a'"),
    ];
    for (bytes, message) in cases {
        assert_eq!(marshal::load(bytes).unwrap_err().to_string(), *message, "{bytes:?}");
    }
    let deep = b"(\x01\0\0\0".repeat(5000);
    assert_eq!(marshal::load(&deep), Err(MarshalError::TooDeep));
}

/// No prefix and no flipped bit of a code object may make reading, writing or validating panic.
#[test]
fn mutations_do_no_harm() {
    for (_, bytes) in cases() {
        let step = (bytes.len() / 300).max(1);
        for at in (0..bytes.len()).step_by(step) {
            assert!(marshal::load(&bytes[..at]).is_err());
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                if let Ok(code) = marshal::load_code(&changed) {
                    let _ = validate(&code);
                    assert!(marshal::load_code(&marshal::dump_code(&code)).is_ok());
                }
            }
        }
    }
}
