//! The flow graph's passes against CPython's: `flowgraph/*.txt` holds code before and after (see
//! `flowgraph/generate.py`), and ours must come out the same. `TAIPAN_FLOWGRAPH_CASES` names another file
//! to run, for checking whole libraries.

use num_bigint::BigInt;
use std::fmt::Write as _;
use std::path::PathBuf;
use taipan_bytecode::{Constant, Opcode, Wtf8Buf};
use taipan_compiler::assemble::assemble_optimised;
use taipan_compiler::flowgraph::{self, Consts};
use taipan_compiler::ir::{CodeUnitMetadata, InstructionSequence, Label, Location};

#[derive(Default)]
struct Case {
    name: String,
    locals: usize,
    consts: Vec<Constant>,
    before: Vec<[i64; 6]>,
    after: Vec<String>,
    left: Vec<String>,
    assembled: Option<String>,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for text in text.lines() {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        if word == "unit" {
            let (name, locals) = rest.split_once(' ').unwrap();
            cases.push(Case { name: name.into(), locals: locals.parse().unwrap(), ..Case::default() });
            continue;
        }
        let case = cases.last_mut().expect("a unit");
        match word {
            "const" => case.consts.push(decode(&mut rest.as_bytes().iter().copied().peekable())),
            "in" => case.before.push(line(rest)),
            "out" => case.after.push(rest.into()),
            "assembled" => case.assembled = Some(rest.into()),
            "left" => case.left.push(rest.into()),
            _ => panic!("{text}"),
        }
    }
    cases
}

type Bytes<'a> = std::iter::Peekable<std::iter::Copied<std::slice::Iter<'a, u8>>>;

fn word(bytes: &mut Bytes<'_>) -> String {
    let mut out = String::new();
    while let Some(b) = bytes.next_if(|b| !matches!(b, b',' | b'(' | b')')) {
        out.push(char::from(b));
    }
    out
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn items(bytes: &mut Bytes<'_>) -> Vec<Constant> {
    assert_eq!(bytes.next(), Some(b'('));
    let mut out = Vec::new();
    while bytes.peek() != Some(&b')') {
        out.push(decode(bytes));
        assert_eq!(bytes.next(), Some(b','));
    }
    bytes.next();
    out
}

fn decode(bytes: &mut Bytes<'_>) -> Constant {
    let float = |bits: &[u8]| f64::from_be_bytes(bits.try_into().unwrap());
    match bytes.next().unwrap() {
        b'N' => Constant::None,
        b'T' => Constant::Bool(true),
        b'F' => Constant::Bool(false),
        b'E' => Constant::Ellipsis,
        b'i' => Constant::Int(word(bytes).parse::<BigInt>().unwrap()),
        b'f' => Constant::Float(float(&unhex(&word(bytes)))),
        b'c' => {
            let bits = unhex(&word(bytes));
            Constant::Complex { real: float(&bits[..8]), imag: float(&bits[8..]) }
        }
        b's' => Constant::Str(Wtf8Buf::from_wtf8(unhex(&word(bytes))).unwrap()),
        b'b' => Constant::bytes(unhex(&word(bytes))),
        b't' => Constant::tuple(items(bytes)),
        b'z' => Constant::frozen_set(items(bytes)),
        b'l' => Constant::Slice(std::sync::Arc::new(items(bytes).try_into().unwrap())),
        other => panic!("{}", char::from(other)),
    }
}

fn encode(constant: &Constant) -> String {
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |s, b| s + &format!("{b:02x}"));
    let list = |items: &[Constant]| items.iter().map(|i| encode(i) + ",").collect::<Vec<_>>();
    match constant {
        Constant::None => "N".into(),
        Constant::Bool(true) => "T".into(),
        Constant::Bool(false) => "F".into(),
        Constant::Ellipsis => "E".into(),
        Constant::Int(i) => format!("i{i}"),
        Constant::Float(f) => format!("f{}", hex(&f.to_be_bytes())),
        Constant::Complex { real, imag } => {
            format!("c{}{}", hex(&real.to_be_bytes()), hex(&imag.to_be_bytes()))
        }
        Constant::Str(s) => format!("s{}", hex(s.as_bytes())),
        Constant::Bytes(b) => format!("b{}", hex(b)),
        Constant::Tuple(t) => format!("t({})", list(t).concat()),
        Constant::FrozenSet(t) => {
            let mut parts = list(t);
            parts.sort();
            format!("z({})", parts.concat())
        }
        Constant::Slice(parts) => format!("l({})", list(&parts[..]).concat()),
        other => panic!("{other:?}"),
    }
}

/// Runs the passes; instructions and constants as the file has them.
fn run(case: &Case) -> Result<(Vec<String>, Vec<String>), String> {
    let sequence = sequence(&case.before)?;
    let mut cfg = flowgraph::build(&sequence).map_err(|e| e.to_string())?;
    let mut consts: Consts = case.consts.iter().cloned().collect();
    flowgraph::optimise_code_unit(&mut cfg, &mut consts, case.locals, 0);
    flowgraph::calculate_stackdepth(&mut cfg).map_err(|e| e.to_string())?;
    flowgraph::optimise_load_fast(&mut cfg);
    let flat = flowgraph::flatten(&cfg).map_err(|e| e.to_string())?;
    let after = flat
        .iter()
        .map(|i| {
            let l = i.loc;
            format!("{} {} {} {} {} {}", i.opcode.number(), i.oparg, l.lineno, l.end_lineno, l.col, l.end_col)
        })
        .collect();
    Ok((after, consts.items().iter().map(encode).collect()))
}

/// A line of a case: opcode, argument, location.
fn line(text: &str) -> [i64; 6] {
    let numbers: Vec<i64> = text.split(' ').map(|n| n.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

fn sequence(lines: &[[i64; 6]]) -> Result<InstructionSequence, String> {
    let mut sequence = InstructionSequence::new();
    let labels: Vec<Label> = lines.iter().map(|_| sequence.new_label()).collect();
    for (index, [op, arg, line, end_line, column, end_column]) in lines.iter().enumerate() {
        sequence.use_label(labels[index]);
        let opcode = Opcode::from_u16(*op as u16).ok_or("unknown opcode")?;
        let loc = Location::new(*line as i32, *end_line as i32, *column as i32, *end_column as i32);
        if opcode.has_jump() || opcode.has_exc() {
            sequence.addop_jump(opcode, labels[*arg as usize], loc);
        } else {
            sequence.addop(opcode, *arg as u32, loc);
        }
    }
    Ok(sequence)
}

/// Assembles the instructions after the passes; the line that the file has.
fn assemble(case: &Case, expected: &str) -> Result<String, String> {
    let mut words = expected.split(' ');
    let mut number = || words.next().unwrap().parse::<u32>().unwrap();
    let (first_line, cells) = (number(), number());
    let after: Vec<[i64; 6]> = case.after.iter().map(|l| line(l)).collect();
    let unit = CodeUnitMetadata {
        firstlineno: first_line as i32,
        cellvars: (0..cells).map(|i| Wtf8Buf::from(format!("c{i:05}"))).collect(),
        ..CodeUnitMetadata::default()
    };
    let code = assemble_optimised(unit, &sequence(&after)?).map_err(|e| e.to_string())?;
    let hex = |bytes: &[u8]| match bytes {
        [] => "-".to_string(),
        bytes => bytes.iter().fold(String::new(), |s, b| s + &format!("{b:02x}")),
    };
    let tables = [&code.code, &code.linetable, &code.exceptiontable].map(|bytes| hex(bytes)).join(" ");
    Ok(format!("{first_line} {cells} {} {tables}", code.stacksize))
}

/// The first place where two listings differ, with what is around it.
fn difference(case: &Case, ours: &[String], theirs: &[String]) -> String {
    // A difference in a jump's target alone is only the shadow of another one.
    let without_target = |line: &String| -> String {
        let words: Vec<&str> = line.split(' ').collect();
        let jumps =
            words[0].parse().ok().and_then(Opcode::from_u16).is_some_and(|o| o.has_jump() || o.has_exc());
        words.iter().enumerate().filter(|(i, _)| !(jumps && *i == 1)).map(|(_, w)| *w).collect()
    };
    let same = |(a, b): (&String, &String)| without_target(a) == without_target(b);
    let at = ours.iter().zip(theirs).position(|pair| !same(pair)).unwrap_or(ours.len().min(theirs.len()));
    let mut out = format!("{}: instruction {at}\n", case.name);
    let show = |line: &String| {
        let (op, rest) = line.split_once(' ').unwrap_or((line, ""));
        let opcode = op.parse().ok().and_then(Opcode::from_u16);
        format!("{} {rest}", opcode.map_or("?", Opcode::name))
    };
    for index in at.saturating_sub(6)..at + 9 {
        let side = |listing: &[String]| listing.get(index).map(show).unwrap_or_default();
        _ = writeln!(out, "  {:55} {}", side(ours), side(theirs));
    }
    out
}

#[test]
fn passes_agree_with_cpython() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/flowgraph");
    let mut files: Vec<PathBuf> = match std::env::var_os("TAIPAN_FLOWGRAPH_CASES") {
        Some(path) => vec![path.into()],
        None => std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect(),
    };
    files.retain(|f| f.extension().is_some_and(|e| e == "txt"));
    let (mut total, mut wrong) = (0, Vec::new());
    for file in files {
        for case in cases(&std::fs::read_to_string(&file).unwrap()) {
            total += 1;
            match run(&case) {
                Ok((after, left)) if after == case.after && left == case.left => {
                    let Some(expected) = &case.assembled else { continue };
                    let ours = assemble(&case, expected);
                    if ours.as_ref() != Ok(expected) {
                        let ours = ours.unwrap_or_else(|error| error);
                        let parts = ours.split(' ').zip(expected.split(' ')).filter(|(a, b)| a != b);
                        let parts: Vec<String> = parts.map(|(a, b)| format!("\n  {a}\n  {b}")).collect();
                        wrong.push(format!("{}: assembled{}", case.name, parts.concat()));
                    }
                }
                Ok((after, _)) if after != case.after => wrong.push(difference(&case, &after, &case.after)),
                Ok((_, left)) => wrong.push(format!("{}: consts {left:?}\n{:?}", case.name, case.left)),
                Err(error) => wrong.push(format!("{}: {error}", case.name)),
            }
        }
    }
    assert!(total > 0);
    for text in wrong.iter().take(12) {
        eprintln!("{text}");
    }
    assert!(wrong.is_empty(), "{} of {total} units differ", wrong.len());
}
