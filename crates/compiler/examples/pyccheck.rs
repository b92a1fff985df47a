//! Compares what the compiler makes of source files with the `.pyc` files that CPython made of them.
//!
//! `pyccheck [--optimize N] FOLDER` reads every `.pyc` below the folder, compiles the source that its code object
//! names, and tells the first difference of each that differs; then how many code objects are the same, and how many
//! files are the same byte for byte.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use taipan_ast::Arena;
use taipan_ast::errors::IgnoreWarnings;
use taipan_bytecode::linetable::positions;
use taipan_bytecode::marshal::{PYC_HEADER_SIZE, dump_code, load_code};
use taipan_bytecode::{CodeData, Constant, Opcode};
use taipan_compiler::{CompileOptions, compile};
use taipan_parser::tokens::encoding::{Origin, decode};
use taipan_parser::{Mode, ParseOptions, parse};

const STACK: usize = 256 << 20;

fn pyc_files(folder: &Path, out: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            pyc_files(&path, out)?;
        } else if path.extension().is_some_and(|e| e == "pyc") {
            out.push(path);
        }
    }
    Ok(())
}

fn compile_file(path: &str, optimize: u8) -> Result<CodeData, String> {
    let source = std::fs::read(path).map_err(|e| e.to_string())?;
    let mut codec = |name: &str, _: &[u8]| Err(format!("unknown encoding: {name}"));
    let text = decode(&source, Origin::Bytes, &mut codec).map_err(|fault| fault.error.msg)?;
    let arena = Arena::new();
    let module =
        parse(&text, &ParseOptions::new(Mode::Exec), &arena, &mut IgnoreWarnings).map_err(|e| e.msg)?;
    let options = CompileOptions { optimize, stack_budget: STACK / 2, ..CompileOptions::new(path) };
    compile(&module, &options, &mut IgnoreWarnings).map_err(|e| format!("{e:?}"))
}

/// One line an instruction: offset, name, argument, position.
fn listing(code: &CodeData) -> Vec<String> {
    let mut where_from = positions(&code.linetable, code.firstlineno);
    let mut out = Vec::new();
    let mut skip = 0;
    for (unit, pair) in code.code.chunks(2).enumerate() {
        let position = where_from.next();
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let opcode = Opcode::from_u8(pair[0]).unwrap_or(Opcode::NOP);
        skip = opcode.caches();
        let p = position.unwrap_or_default();
        out.push(format!(
            "{unit:5} {} {} {:?}-{:?} {:?}-{:?}",
            opcode.name(),
            pair[1],
            p.line.unwrap_or(-1),
            p.end_line.unwrap_or(-1),
            p.column.unwrap_or(-1),
            p.end_column.unwrap_or(-1)
        ));
    }
    out
}

struct Tally {
    same: usize,
    total: usize,
    reports: Vec<String>,
}

impl Tally {
    /// Compares two code objects, and those inside them by their order.
    fn compare(&mut self, ours: &CodeData, theirs: &CodeData) {
        self.total += 1;
        let mut wrong = Vec::new();
        let mut differs = |what: &str, same: bool, detail: String| {
            if !same {
                wrong.push(format!("{what}: {detail}"));
            }
        };
        if ours.code != theirs.code || ours.linetable != theirs.linetable {
            let (a, b) = (listing(ours), listing(theirs));
            let at = a.iter().zip(&b).position(|(x, y)| x != y).unwrap_or(a.len().min(b.len()));
            let show: Vec<String> = (at.saturating_sub(3)..at + 4)
                .map(|i| format!("    {:60} {}", a.get(i).map_or("", |s| s), b.get(i).map_or("", |s| s)))
                .collect();
            let what = if ours.code == theirs.code { "positions" } else { "code" };
            differs(what, false, format!("\n{}", show.join("\n")));
        }
        let is_code = |c: &&Constant| matches!(c, Constant::Code(_));
        let plain = |c: &CodeData| -> Vec<Constant> {
            c.consts.iter().map(|c| if is_code(&c) { Constant::Ellipsis } else { c.clone() }).collect()
        };
        let (a, b) = (plain(ours), plain(theirs));
        differs("consts", format!("{a:?}") == format!("{b:?}") || a == b, format!("\n    {a:?}\n    {b:?}"));
        let text = |c: &CodeData| format!("{:?} {:?}", c.names, c.localsplusnames);
        differs("names", text(ours) == text(theirs), format!("\n    {}\n    {}", text(ours), text(theirs)));
        let head = |c: &CodeData| {
            format!(
                "{} {} {} args {} {} {} flags {:#x} kinds {:?} line {}",
                c.name,
                c.qualname,
                c.filename,
                c.argcount,
                c.posonlyargcount,
                c.kwonlyargcount,
                c.flags,
                c.localspluskinds,
                c.firstlineno
            )
        };
        differs("head", head(ours) == head(theirs), format!("\n    {}\n    {}", head(ours), head(theirs)));
        differs(
            "stacksize",
            ours.stacksize == theirs.stacksize,
            format!("{} {}", ours.stacksize, theirs.stacksize),
        );
        differs(
            "exception table",
            ours.exceptiontable == theirs.exceptiontable,
            format!("\n    {:x?}\n    {:x?}", ours.exceptiontable, theirs.exceptiontable),
        );
        if wrong.is_empty() {
            self.same += 1;
        } else {
            let place = format!("{}:{} {}", theirs.filename, theirs.firstlineno, theirs.qualname);
            self.reports.push(format!("{place}\n  {}", wrong.join("\n  ")));
        }
        let inner = |c: &CodeData| -> Vec<Arc<CodeData>> {
            let codes = c.consts.iter().filter_map(|c| match c {
                Constant::Code(code) => Some(Arc::clone(code)),
                _ => None,
            });
            codes.collect()
        };
        for (a, b) in inner(ours).iter().zip(&inner(theirs)) {
            self.compare(a, b);
        }
    }
}

fn run() -> Result<(), String> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut optimize = 0;
    if arguments.first().is_some_and(|a| a == "--optimize") {
        optimize = arguments.get(1).and_then(|n| n.parse().ok()).unwrap_or(0);
        arguments.drain(..2);
    }
    let folder = arguments.first().ok_or("usage: pyccheck [--optimize N] FOLDER")?;
    let mut files = Vec::new();
    pyc_files(Path::new(folder), &mut files).map_err(|e| e.to_string())?;
    files.sort();
    let mut tally = Tally { same: 0, total: 0, reports: Vec::new() };
    let (mut same_files, mut same_bytes) = (0, 0);
    for file in &files {
        let bytes = std::fs::read(file).map_err(|e| e.to_string())?;
        let body = bytes.get(PYC_HEADER_SIZE..).ok_or("no .pyc file")?;
        let theirs = load_code(body).map_err(|e| format!("{}: {e}", file.display()))?;
        match compile_file(&theirs.filename.to_string(), optimize) {
            Ok(ours) => {
                let before = tally.reports.len();
                tally.compare(&ours, &theirs);
                same_files += usize::from(tally.reports.len() == before);
                same_bytes += usize::from(dump_code(&Arc::new(ours)) == body);
            }
            Err(error) => tally.reports.push(format!("{}: {error}", theirs.filename)),
        }
    }
    for report in &tally.reports {
        println!("{report}");
    }
    println!("{} of {} code objects are the same", tally.same, tally.total);
    println!("{same_files} of {} files are the same, {same_bytes} byte for byte", files.len());
    Ok(())
}

fn main() -> Result<(), String> {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).map_err(|e| e.to_string())?;
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
