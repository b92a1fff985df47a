//! Prints the syntax trees of source files, to compare with another Python's.
//!
//! `dump [--sum | --time] [--mode exec|single|eval|func_type] [--types] FILE…`: with `--sum` only a checksum (CRC-32) of each
//! tree, with `--time` only how long the parser took for all. A file that is refused gives its error.
//!
//! `dump --cases FILE` reads sources from one file, each after a line `MODE FLAGS VERSION LENGTH`, and gives one line for each:
//! the checksum of its tree, or its error. Flags are `t` (type comments), `i` (allow incomplete input), `d` (do not imply
//! dedents), `b` (barry_as_FLUFL) and `-`; the version is the minor one, or -1.

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
    if !kind.has_position() {
        return format!("{}\t{msg}", kind.name());
    }
    format!("{}\t{msg}\t{lineno}\t{offset}\t{end_lineno}\t{end_offset}", kind.name())
}

/// The outcome of every case of a file.
fn run_cases(path: &str) -> std::io::Result<()> {
    let all = read(path)?;
    let mut rest = &all[..];
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let mut words = head.split(' ');
        let mut options = ParseOptions::new(mode(words.next()));
        for flag in words.next().unwrap_or("").chars() {
            match flag {
                't' => options.type_comments = true,
                'i' => options.allow_incomplete_input = true,
                'd' => options.dont_imply_dedent = true,
                'b' => options.barry_as_flufl = true,
                _ => {}
            }
        }
        let mut number = || words.next().and_then(|word| word.parse::<i32>().ok()).unwrap_or(-1);
        let version = number();
        if version >= 0 {
            options.feature_version = version;
        }
        let length = usize::try_from(number()).unwrap_or(0);
        let source = String::from_utf8_lossy(&rest[end + 1..end + 1 + length]).into_owned();
        rest = &rest[end + 2 + length..];
        let arena = Arena::new();
        let line = match parse(&source, &options, &arena, &mut IgnoreWarnings) {
            Ok(tree) => format!("ok\t{:08x}", crc32(dump::dump(&tree, true).as_bytes())),
            Err(error) => describe(&error).replace('\n', "\\n"),
        };
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn mode(name: Option<&str>) -> Mode {
    match name {
        Some("single") => Mode::Single,
        Some("eval") => Mode::Eval,
        Some("func_type") => Mode::FuncType,
        _ => Mode::Exec,
    }
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
                options.mode = mode(arguments.next().as_deref());
            }
            "--cases" => return run_cases(&arguments.next().unwrap_or_default()),
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
