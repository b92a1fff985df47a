//! Prints the syntax trees of source files, to compare with another Python's.
//!
//! `dump [--sum | --time] [--mode exec|single|eval|func_type] [--types] FILE…`: with `--sum` only a checksum (CRC-32) of each
//! tree, with `--time` only how long the parser took for all. A file that is refused gives its error.

use std::io::Write;
use std::time::Instant;

use taipan_ast::errors::IgnoreWarnings;
use taipan_ast::{Arena, SyntaxError};
use taipan_parser::tokens::encoding::{Origin, decode};
use taipan_parser::{Mode, ParseOptions, parse};

#[path = "../tests/support/dump.rs"]
mod dump;

fn crc32(bytes: &[u8]) -> u32 {
    let table: Vec<u32> = (0..256u32)
        .map(|n| (0..8).fold(n, |c, _| if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 }))
        .collect();
    !bytes.iter().fold(!0, |crc, &byte| table[usize::from(crc as u8 ^ byte)] ^ (crc >> 8))
}

fn describe(error: &SyntaxError) -> String {
    let SyntaxError { kind, msg, lineno, offset, end_lineno, end_offset, .. } = error;
    format!("{}\t{msg}\t{lineno}\t{offset}\t{end_lineno}\t{end_offset}", kind.name())
}

fn main() -> std::io::Result<()> {
    let mut options = ParseOptions::new(Mode::Exec);
    let (mut sum, mut time) = (false, false);
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--sum" => sum = true,
            "--time" => time = true,
            "--types" => options.type_comments = true,
            "--mode" => {
                options.mode = match arguments.next().as_deref() {
                    Some("single") => Mode::Single,
                    Some("eval") => Mode::Eval,
                    Some("func_type") => Mode::FuncType,
                    _ => Mode::Exec,
                }
            }
            _ => match argument.strip_prefix('@') {
                Some(list) => files.extend(String::from_utf8_lossy(&read(list)?).lines().map(str::to_owned)),
                None => files.push(argument),
            },
        }
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut spent, mut bytes) = (0.0, 0);
    for file in &files {
        let source = read(file)?;
        bytes += source.len();
        let mut codec = |name: &str, _: &[u8]| Err(format!("unknown encoding: {name}"));
        let arena = Arena::new();
        let text = match decode(&source, Origin::Bytes, &mut codec) {
            Ok(text) => text,
            Err(error) => {
                writeln!(out, "{file}\t{}", describe(&error.error))?;
                continue;
            }
        };
        let start = Instant::now();
        let tree = parse(&text, &options, &arena, &mut IgnoreWarnings);
        spent += start.elapsed().as_secs_f64();
        match tree {
            _ if time => {}
            Ok(tree) if sum => {
                writeln!(out, "{file}\t{:08x}", crc32(dump::dump(&tree, true).as_bytes()))?;
            }
            Ok(tree) => writeln!(out, "{}", dump::dump(&tree, true))?,
            Err(error) => writeln!(out, "{file}\t{}", describe(&error))?,
        }
    }
    if time {
        writeln!(out, "{} files, {bytes} bytes, {spent:.3} s", files.len())?;
    }
    Ok(())
}

fn read(file: &str) -> std::io::Result<Vec<u8>> {
    let path = std::ffi::CString::new(file)?;
    taipan_host::paths::read_file(&path).map_err(|error| std::io::Error::other(format!("{file}: {error:?}")))
}
