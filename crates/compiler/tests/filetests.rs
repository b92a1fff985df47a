//! Holds the compiler against what CPython 3.14 says: symbol tables, instructions before optimisation, code objects,
//! refusals and warnings, case by case. `filetests/generate.py` writes the expected parts.

use taipan_ast::errors::IgnoreWarnings;
use taipan_ast::{Arena, Location, Mod, SyntaxError, WarningCategory, WarningSink};
use taipan_bytecode::code::flags::{CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL};
use taipan_bytecode::{CodeData, Constant};
use taipan_compiler::future::FutureFeatures;
use taipan_compiler::ir::{InstructionSequence, Label};
use taipan_compiler::symtable::{self, ScopeId, SymbolTable, SymtableOptions};
use taipan_compiler::{CompileOptions, codegen_sequence, compile};
use taipan_kernels::hash;
use taipan_parser::{Mode, ParseOptions, parse};

#[path = "support/pyrepr.rs"]
mod pyrepr;

struct Case {
    mode: Mode,
    options: CompileOptions,
    source: String,
    expected: String,
}

/// The cases of a file; `generate.py` describes the form.
fn cases(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for chunk in text.split("\n===").map(|chunk| chunk.trim_start_matches("===")) {
        let (head, rest) = chunk.split_once('\n').expect("a case has a head line");
        let (source, expected) = rest.split_once("\n---\n").expect("a case has a source and an answer");
        let words: Vec<&str> = head.split_whitespace().collect();
        let mode = match () {
            () if words.contains(&"eval") => Mode::Eval,
            () if words.contains(&"single") => Mode::Single,
            () => Mode::Exec,
        };
        let optimize = u8::from(words.contains(&"-O")) + 2 * u8::from(words.contains(&"-OO"));
        let options = CompileOptions {
            optimize,
            top_level_await: words.contains(&"await"),
            ..CompileOptions::new("f")
        };
        let expected = expected.trim_end().to_owned();
        cases.push(Case { mode, options, source: format!("{source}\n"), expected });
    }
    cases
}

#[derive(Default)]
struct Collected(Vec<String>);

impl WarningSink for Collected {
    fn warn(&mut self, category: WarningCategory, msg: &str, loc: Location) -> Result<(), SyntaxError> {
        let class = match category {
            WarningCategory::Syntax => "SyntaxWarning",
            WarningCategory::Deprecation => "DeprecationWarning",
        };
        self.0.push(format!("{class}: {msg} {}", loc.lineno));
        Ok(())
    }
}

fn describe(error: &SyntaxError) -> String {
    let SyntaxError { kind, msg, lineno, offset, end_lineno, end_offset, .. } = error;
    match kind.has_position() {
        true => format!("{}: {msg} {lineno}:{offset}-{end_lineno}:{end_offset}", kind.name()),
        false => format!("{}: {msg}", kind.name()),
    }
}

/// Runs every case of a file and shows those whose answer is another.
fn check(text: &str, answer: impl Fn(&Case, &Mod<'_>) -> Result<String, SyntaxError>) {
    let mut failed = Vec::new();
    for case in cases(text) {
        let arena = Arena::new();
        let got = parse(&case.source, &ParseOptions::new(case.mode), &arena, &mut IgnoreWarnings)
            .and_then(|module| answer(&case, &module))
            .unwrap_or_else(|error| describe(&error));
        if got.trim_end() != case.expected {
            failed.push(format!("{}--- expected\n{}\n--- got\n{got}", case.source, case.expected));
        }
    }
    assert!(failed.is_empty(), "{} cases differ\n{}", failed.len(), failed.join("\n\n"));
}

#[test]
fn errors_and_warnings() {
    check(include_str!("filetests/errors.txt"), |case, module| {
        let mut warnings = Collected::default();
        let outcome = match compile(module, &case.options, &mut warnings) {
            Ok(_) => "ok".to_owned(),
            Err(error) => describe(&error),
        };
        warnings.0.insert(0, outcome);
        Ok(warnings.0.join("\n"))
    });
}

/// The hash of a name as CPython has it under `PYTHONHASHSEED=0`.
fn name_hash(name: &str) -> u64 {
    assert!(name.is_ascii());
    hash::Secret::from_seed(0).hash_bytes(name.as_bytes()) as u64
}

fn write_table(lines: &mut Vec<String>, tables: &SymbolTable<'_>, id: ScopeId, indent: usize) {
    let scope = tables.scope(id);
    let mut line = format!(
        "{:indent$}{} {} {} nested={} [{}]",
        "",
        scope.kind as u8,
        scope.name,
        scope.loc.lineno,
        u8::from(scope.nested),
        scope.varnames.join(","),
    );
    for (name, bits) in &scope.symbols {
        line.push_str(&format!(" {name}={bits:#x}"));
    }
    lines.push(line);
    for &child in &scope.children {
        write_table(lines, tables, child, indent + 2);
    }
}

#[test]
fn symbol_tables() {
    check(include_str!("filetests/symtable.txt"), |case, module| {
        let arena = Arena::new();
        let options = SymtableOptions {
            future: FutureFeatures::parse(module, 0)?,
            top_level_await: false,
            name_hash: &name_hash,
        };
        let tables = symtable::build(module, options, &arena, case.options.stack_budget)?;
        let mut lines = Vec::new();
        write_table(&mut lines, &tables, tables.top(), 0);
        Ok(lines.join("\n"))
    });
}

fn write_sequence(lines: &mut Vec<String>, sequence: &InstructionSequence, indent: usize) {
    for instruction in sequence.instructions() {
        let oparg = match sequence.place_of(Label(instruction.oparg)) {
            Some(place) if instruction.has_target() => place.to_string(),
            _ if instruction.opcode.has_arg() => instruction.oparg.to_string(),
            _ => "-".to_owned(),
        };
        let loc = instruction.loc;
        let name = instruction.opcode.name();
        let place = format!("{}:{}-{}:{}", loc.lineno, loc.col, loc.end_lineno, loc.end_col);
        lines.push(format!("{:indent$}{name} {oparg} {place}", ""));
    }
    for nested in sequence.nested() {
        lines.push(format!("{:indent$}unit", ""));
        write_sequence(lines, nested, indent + 2);
    }
}

#[test]
fn instructions() {
    check(include_str!("filetests/codegen.txt"), |case, module| {
        let (sequence, _) = codegen_sequence(module, &case.options, &mut IgnoreWarnings)?;
        let mut lines = Vec::new();
        write_sequence(&mut lines, &sequence, 0);
        Ok(lines.join("\n"))
    });
}

fn write_unit(lines: &mut Vec<String>, code: &CodeData, indent: usize) {
    let variables = |kind| {
        let names: Vec<String> = code.variables(kind).map(pyrepr::str_repr).collect();
        pyrepr::tuple_repr(&names)
    };
    lines.push(format!(
        "{:indent$}{} first={} flags={:#x} stack={} {} {} {}",
        "",
        code.qualname,
        code.firstlineno,
        code.flags,
        code.stacksize,
        variables(CO_FAST_LOCAL),
        variables(CO_FAST_CELL),
        variables(CO_FAST_FREE),
    ));
    for constant in &code.consts {
        match constant {
            Constant::Code(nested) => write_unit(lines, nested, indent + 2),
            other => lines.push(format!("{:indent$}| {}", "", pyrepr::constant_repr(other))),
        }
    }
}

#[test]
fn units() {
    check(include_str!("filetests/units.txt"), |case, module| {
        let code = compile(module, &case.options, &mut IgnoreWarnings)?;
        let mut lines = Vec::new();
        write_unit(&mut lines, &code, 0);
        Ok(lines.join("\n"))
    });
}

/// Every construct whose nesting the compiler walks by recursion, far deeper than the stack allows.
#[test]
fn deep_trees_are_recursion_errors() {
    use taipan_ast::{Expr, ExprContext, ExprKind, Stmt, StmtKind, UnaryOp};
    let arena = Arena::new();
    let loc = Location::new(1, 0, 1, 1);
    let name = Expr { kind: ExprKind::Name { id: "a", ctx: ExprContext::Load }, loc };
    let mut expr: &Expr<'_> = arena.alloc(name);
    for _ in 0..200_000 {
        expr = arena.alloc(Expr { kind: ExprKind::UnaryOp { op: UnaryOp::USub, operand: expr }, loc });
    }
    let mut attribute: &Expr<'_> = arena.alloc(name);
    for _ in 0..200_000 {
        let kind = ExprKind::Attribute { value: attribute, attr: "b", ctx: ExprContext::Load };
        attribute = arena.alloc(Expr { kind, loc });
    }
    let mut block: &[Stmt<'_>] = &[];
    for _ in 0..200_000 {
        block = arena
            .slice(&[Stmt { kind: StmtKind::If { test: arena.alloc(name), body: block, orelse: &[] }, loc }]);
    }
    let statement = |value| arena.slice(&[Stmt { kind: StmtKind::Expr { value }, loc }]);
    for body in [statement(expr), statement(attribute), block] {
        let module = Mod::Module { body, type_ignores: &[] };
        let error = compile(&module, &CompileOptions::new("f"), &mut IgnoreWarnings).expect_err("too deep");
        assert_eq!(describe(&error), "RecursionError: maximum recursion depth exceeded during compilation");
    }
}

/// A sink that refuses.
struct Strict;

impl WarningSink for Strict {
    fn warn(&mut self, _: WarningCategory, msg: &str, loc: Location) -> Result<(), SyntaxError> {
        let mut error = SyntaxError::plain(taipan_ast::SyntaxErrorKind::SyntaxError, msg);
        error.lineno = loc.lineno;
        Err(error)
    }
}

#[test]
fn warnings_may_be_errors() {
    for source in ["\nx is 1\n", "\ntry: pass\nfinally:\n while 1: pass\n\nassert (1, 2)\n", "\nNone()\n"] {
        let arena = Arena::new();
        let module =
            parse(source, &ParseOptions::new(Mode::Exec), &arena, &mut IgnoreWarnings).expect("valid");
        assert!(compile(&module, &CompileOptions::new("f"), &mut Strict).is_err(), "{source}");
    }
}
