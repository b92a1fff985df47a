//! Prints what the compiler makes of source files, as JSON, to hold against another Python's.
//!
//! `codedump [--stage symtable,code,codegen] [--optimize N] FILE|@LIST…` prints one object a file: its path, and for each
//! stage the tables, the code object or the instructions before optimisation; or `["error", class, message, line, column,
//! end line, end column]`. `codedump --cases FILE` compiles the sources of a file of JSON lines (`source`, `mode`, `flags`,
//! `optimize`) and prints code and warnings. `codedump --time` prints how long compiling took. `--mode single|eval` reads other sources.

use std::io::Write;
use std::time::Instant;

use serde_json::{Value, json};
use taipan_ast::errors::IgnoreWarnings;
use taipan_ast::{Arena, Location, Mod, SyntaxError, WarningCategory, WarningSink};
use taipan_bytecode::code::flags::{CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL};
use taipan_bytecode::{CodeData, Constant, Wtf8Buf};
use taipan_compiler::future::FutureFeatures;
use taipan_compiler::ir::{InstructionSequence, Label};
use taipan_compiler::symtable::{self, ScopeId, SymbolScope, SymbolTable, SymtableOptions, flags};
use taipan_compiler::{CompileOptions, codegen_sequence, compile};
use taipan_kernels::hash;
use taipan_parser::tokens::encoding::{Origin, decode};
use taipan_parser::{Mode, ParseOptions, parse};

#[path = "../tests/support/pyrepr.rs"]
mod pyrepr;

const STACK: usize = 256 << 20;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Python text as JSON text; surrogates, which JSON has no way to say here, become their escapes.
fn text(value: &Wtf8Buf) -> String {
    value
        .code_points()
        .map(|point| char::from_u32(point).map_or(format!("\\u{point:04x}"), String::from))
        .collect()
}

fn constant(value: &Constant) -> Value {
    let each = |items: &[Constant]| items.iter().map(constant).collect::<Vec<_>>();
    let class = match value {
        Constant::None => "NoneType",
        Constant::Ellipsis => "ellipsis",
        Constant::StopIteration => "type",
        Constant::Bool(_) => "bool",
        Constant::Int(_) => "int",
        Constant::Float(_) => "float",
        Constant::Complex { .. } => "complex",
        Constant::Str(_) => "str",
        Constant::Bytes(_) => "bytes",
        Constant::Tuple(items) => return json!(["tuple", each(items)]),
        Constant::FrozenSet(items) => {
            let mut items: Vec<String> = each(items).iter().map(Value::to_string).collect();
            items.sort();
            return json!(["frozenset", items]);
        }
        Constant::Slice(parts) => return json!(["slice", each(&parts[..])]),
        Constant::Code(nested) => return code(nested),
    };
    json!([class, pyrepr::constant_repr(value)])
}

fn code(code: &CodeData) -> Value {
    let variables = |kind| code.variables(kind).map(text).collect::<Vec<_>>();
    json!({
        "name": text(&code.qualname), "code": hex(&code.code),
        "consts": code.consts.iter().map(constant).collect::<Vec<_>>(),
        "names": code.names.iter().map(text).collect::<Vec<_>>(),
        "vars": [variables(CO_FAST_LOCAL), variables(CO_FAST_CELL), variables(CO_FAST_FREE)],
        "args": [code.argcount, code.posonlyargcount, code.kwonlyargcount], "flags": code.flags,
        "stack": code.stacksize, "first": code.firstlineno, "lines": hex(&code.linetable),
        "handlers": hex(&code.exceptiontable),
    })
}

fn table(tables: &SymbolTable<'_>, id: ScopeId) -> Value {
    let scope = tables.scope(id);
    let module = scope.name == "top";
    let kind =
        ["function", "class", "module", "annotation", "type alias", "type parameters", "type variable"]
            [scope.kind as usize];
    let symbol = |(name, flags): (&&str, &u32)| {
        let place = SymbolScope::of(*flags);
        let has = |flag: u32| flags & flag != 0;
        let bound = module && has(flags::DEF_BOUND);
        let global = matches!(place, Some(SymbolScope::GlobalImplicit | SymbolScope::GlobalExplicit));
        let local = matches!(place, Some(SymbolScope::Local | SymbolScope::Cell));
        json!([
            name,
            has(flags::USE),
            has(flags::DEF_PARAM),
            global || bound,
            has(flags::DEF_NONLOCAL),
            place == Some(SymbolScope::GlobalExplicit),
            local || bound,
            has(flags::DEF_ANNOT),
            place == Some(SymbolScope::Free),
            has(flags::DEF_IMPORT),
            has(flags::DEF_LOCAL),
        ])
    };
    json!([
        kind,
        scope.name,
        scope.loc.lineno,
        kind == "function",
        scope.nested,
        scope.symbols.iter().map(symbol).collect::<Vec<_>>(),
        scope.children.iter().map(|&child| table(tables, child)).collect::<Vec<_>>(),
    ])
}

/// The hash of a name as CPython has it under `PYTHONHASHSEED=0`.
fn name_hash(name: &str) -> u64 {
    let secret = hash::Secret::from_seed(0);
    let widest = name.chars().map(u32::from).max().unwrap_or(0);
    let storage: Vec<u8> = match widest {
        0..0x100 => name.chars().map(|c| c as u8).collect(),
        0x100..0x1_0000 => name.chars().flat_map(|c| (c as u16).to_le_bytes()).collect(),
        _ => name.chars().flat_map(|c| (c as u32).to_le_bytes()).collect(),
    };
    secret.hash_bytes(&storage) as u64
}

fn sequence(instructions: &InstructionSequence) -> Value {
    let listing: Vec<Value> = instructions
        .instructions()
        .iter()
        .map(|instruction| {
            let opcode = instruction.opcode;
            let oparg = if instruction.has_target() {
                json!(instructions.place_of(Label(instruction.oparg)))
            } else if opcode.has_arg() {
                json!(instruction.oparg)
            } else {
                Value::Null
            };
            let loc = instruction.loc;
            json!([opcode.name(), oparg, loc.lineno, loc.end_lineno, loc.col, loc.end_col])
        })
        .collect();
    json!([listing, instructions.nested().iter().map(sequence).collect::<Vec<_>>()])
}

fn error(error: &SyntaxError) -> Value {
    let SyntaxError { kind, msg, lineno, offset, end_lineno, end_offset, .. } = error;
    if !kind.has_position() {
        return json!(["error", kind.name(), msg]);
    }
    json!(["error", kind.name(), msg, lineno, offset, end_lineno, end_offset])
}

fn stage(name: &str, module: &Mod<'_>, options: &CompileOptions) -> Result<Value, SyntaxError> {
    match name {
        "symtable" => {
            let arena = Arena::new();
            let symtable_options = SymtableOptions {
                future: FutureFeatures::parse(module, options.future_flags)?,
                top_level_await: options.top_level_await,
                name_hash: &name_hash,
            };
            let tables = symtable::build(module, symtable_options, &arena, options.stack_budget)?;
            Ok(table(&tables, tables.top()))
        }
        "codegen" => Ok(sequence(&codegen_sequence(module, options, &mut IgnoreWarnings)?.0)),
        _ => Ok(code(&compile(module, options, &mut IgnoreWarnings)?)),
    }
}

/// Remembers warnings.
#[derive(Default)]
struct Collected(Vec<Value>);

impl WarningSink for Collected {
    fn warn(&mut self, category: WarningCategory, msg: &str, loc: Location) -> Result<(), SyntaxError> {
        let class = match category {
            WarningCategory::Syntax => "SyntaxWarning",
            WarningCategory::Deprecation => "DeprecationWarning",
        };
        self.0.push(json!([class, msg, loc.lineno]));
        Ok(())
    }
}

/// Compiles one source of a file of cases.
fn case(case: &Value) -> Value {
    let mode = match case["mode"].as_str() {
        Some("single") => Mode::Single,
        Some("eval") => Mode::Eval,
        _ => Mode::Exec,
    };
    let flags = case["flags"].as_u64().unwrap_or(0) as u32;
    let arena = Arena::new();
    let mut warnings = Collected::default();
    let options = CompileOptions {
        optimize: case["optimize"].as_u64().unwrap_or(0) as u8,
        future_flags: flags & 0x1FE_0000,
        top_level_await: flags & 0x2000 != 0,
        stack_budget: STACK / 2,
        ..CompileOptions::new("<case>")
    };
    let source = case["source"].as_str().unwrap_or_default();
    let got = parse(source, &ParseOptions::new(mode), &arena, &mut warnings)
        .and_then(|module| compile(&module, &options, &mut warnings));
    let got = got.as_ref().map_or_else(error, code);
    json!({ "code": got, "warnings": warnings.0 })
}

struct Arguments {
    stages: Vec<String>,
    optimize: u8,
    mode: Mode,
    time: bool,
    cases: bool,
    files: Vec<String>,
}

fn read(path: &str) -> std::io::Result<Vec<u8>> {
    let name = std::ffi::CString::new(path)?;
    taipan_host::paths::read_file(&name).map_err(|error| std::io::Error::other(format!("{path}: {error:?}")))
}

fn arguments() -> std::io::Result<Arguments> {
    let mut parsed = Arguments {
        stages: vec!["code".to_owned()],
        optimize: 0,
        mode: Mode::Exec,
        time: false,
        cases: false,
        files: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--stage" => {
                parsed.stages = arguments.next().unwrap_or_default().split(',').map(str::to_owned).collect();
            }
            "--optimize" => parsed.optimize = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(0),
            "--mode" => {
                parsed.mode = match arguments.next().as_deref() {
                    Some("single") => Mode::Single,
                    Some("eval") => Mode::Eval,
                    _ => Mode::Exec,
                };
            }
            "--time" => parsed.time = true,
            "--cases" => parsed.cases = true,
            _ => match argument.strip_prefix('@') {
                Some(list) => {
                    parsed.files.extend(String::from_utf8_lossy(&read(list)?).lines().map(str::to_owned));
                }
                None => parsed.files.push(argument),
            },
        }
    }
    Ok(parsed)
}

fn run() -> std::io::Result<()> {
    let arguments = arguments()?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut spent = 0.0;
    for file in &arguments.files {
        let source = read(file)?;
        if arguments.cases {
            for line in source.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
                let parsed: Value = serde_json::from_slice(line).map_err(std::io::Error::other)?;
                writeln!(out, "{}", case(&parsed))?;
            }
            continue;
        }
        let mut codec = |name: &str, _: &[u8]| Err(format!("unknown encoding: {name}"));
        let arena = Arena::new();
        let decoded = decode(&source, Origin::Bytes, &mut codec).map_err(|fault| fault.error);
        let module = match &decoded {
            Ok(text) => parse(text, &ParseOptions::new(arguments.mode), &arena, &mut IgnoreWarnings),
            Err(error) => Err(error.clone()),
        };
        let options = CompileOptions {
            optimize: arguments.optimize,
            stack_budget: STACK / 2,
            ..CompileOptions::new(file.as_str())
        };
        if arguments.time {
            if let Ok(module) = &module {
                let start = Instant::now();
                let _ = compile(module, &options, &mut IgnoreWarnings);
                spent += start.elapsed().as_secs_f64();
            }
            continue;
        }
        let mut row = serde_json::Map::new();
        row.insert("path".to_owned(), json!(file));
        for name in &arguments.stages {
            let got = module.as_ref().map_err(Clone::clone).and_then(|module| stage(name, module, &options));
            row.insert(name.clone(), got.unwrap_or_else(|refusal| error(&refusal)));
        }
        writeln!(out, "{}", Value::Object(row))?;
    }
    if arguments.time {
        writeln!(out, "{} files compiled in {spent:.3} s", arguments.files.len())?;
    }
    out.flush()
}

fn main() -> std::io::Result<()> {
    match std::thread::Builder::new().stack_size(STACK).spawn(run)?.join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
