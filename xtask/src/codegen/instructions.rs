//! Makes `crates/bytecode/src/generated/opcodes.rs` from `crates/bytecode/instructions.def`, whose head
//! describes the notation. One pass reads the lines into [`Instruction`]s, one writes the tables.

use super::Output;
use crate::tree;
use std::fmt::Write as _;

const SOURCE: &str = "crates/bytecode/instructions.def";
const TARGET: &str = "crates/bytecode/src/generated/opcodes.rs";

/// What the operand column says.
#[derive(Clone, Default)]
struct Operand {
    kind: String,
    /// Bits of the argument below an index (`name/1`).
    shift: u32,
    forward: bool,
    backward: bool,
}

#[derive(Clone, Default)]
struct Instruction {
    name: String,
    number: u16,
    operand: Operand,
    popped: String,
    pushed: String,
    /// Net effect on the path that jumps, where it differs.
    taken: Option<String>,
    flags: Vec<String>,
    caches: Vec<(String, u32)>,
    pseudo_targets: Vec<String>,
    /// The family's general form (itself for everything that is not a specialised or instrumented form).
    base: String,
    instrumented: bool,
    specialised: bool,
}

struct List {
    name: String,
    items: Vec<(String, String)>,
}

/// Reads the definition and gives the generated file.
pub fn generate() -> Result<Vec<Output>, String> {
    let text = tree::read(SOURCE)?;
    let (instructions, lists) = parse(&text)?;
    Ok(vec![Output { path: TARGET.to_string(), text: write(&instructions, &lists) }])
}

fn parse(text: &str) -> Result<(Vec<Instruction>, Vec<List>), String> {
    let mut instructions: Vec<Instruction> = Vec::new();
    let mut lists = Vec::new();
    let mut family = Instruction::default();
    for (number, line) in text.lines().enumerate() {
        let wrong = |what: &str| format!("{SOURCE}:{}: {what}", number + 1);
        let stripped = line.trim();
        if stripped.is_empty() || stripped.starts_with('#') {
            continue;
        }
        if let Some(rest) = stripped.strip_prefix("list ") {
            lists.push(parse_list(rest));
            continue;
        }
        let (form, rest) = match stripped.split_once(' ') {
            Some((form @ (">" | "~" | "pseudo"), rest)) => (form, rest),
            _ => ("", stripped),
        };
        let columns: Vec<&str> = rest.split('|').map(str::trim).collect();
        let (name, op) = columns[0].split_once(' ').ok_or_else(|| wrong("a name and a number"))?;
        let op: u16 = op.parse().map_err(|_| wrong("the number"))?;
        let words = |at: usize| -> Vec<String> {
            columns.get(at).map(|c| c.split_whitespace().map(String::from).collect()).unwrap_or_default()
        };
        let instruction = match form {
            ">" | "~" => Instruction {
                name: name.into(),
                number: op,
                flags: if form == ">" {
                    words(1)
                } else {
                    family.flags.iter().cloned().chain(words(1)).collect()
                },
                specialised: form == ">",
                instrumented: form == "~",
                ..family.clone()
            },
            _ => parse_family(name, op, form == "pseudo", &columns).ok_or_else(|| wrong("the columns"))?,
        };
        if form.is_empty() {
            family = instruction.clone();
        }
        instructions.push(instruction);
    }
    instructions.sort_by_key(|i| i.number);
    Ok((instructions, lists))
}

fn parse_list(rest: &str) -> List {
    let mut words = rest.split_whitespace();
    let name = words.next().unwrap_or_default().to_string();
    let items = words
        .map(|w| {
            let (name, text) = w.split_once('=').unwrap_or((w, w));
            (name.to_string(), text.to_string())
        })
        .collect();
    List { name, items }
}

fn parse_family(name: &str, number: u16, pseudo: bool, columns: &[&str]) -> Option<Instruction> {
    let operand = parse_operand(columns.get(1)?)?;
    let (popped, pushed) = columns.get(2)?.split_once("->")?;
    let (pushed, taken) = match pushed.split_once("=>") {
        Some((pushed, taken)) => (pushed, Some(taken.trim().to_string())),
        None => (pushed, None),
    };
    let words: Vec<String> =
        columns.get(3).map(|c| c.split_whitespace().map(String::from).collect()).unwrap_or_default();
    let mut caches = Vec::new();
    for field in columns.get(4).map(|c| c.split_whitespace()).into_iter().flatten() {
        let (field, units) = field.split_once(':')?;
        caches.push((field.to_string(), units.parse().ok()?));
    }
    let (flags, pseudo_targets) = if pseudo { (Vec::new(), words) } else { (words, Vec::new()) };
    Some(Instruction {
        name: name.into(),
        number,
        operand,
        popped: popped.trim().into(),
        pushed: pushed.trim().into(),
        taken,
        flags,
        caches,
        pseudo_targets,
        base: name.into(),
        instrumented: false,
        specialised: false,
    })
}

fn parse_operand(text: &str) -> Option<Operand> {
    let (text, forward) = text.strip_prefix('+').map_or((text, false), |t| (t, true));
    let (text, backward) = text.strip_prefix('<').map_or((text, false), |t| (t, true));
    let (kind, shift) = match text.split_once('/') {
        Some((kind, shift)) => (kind, shift.parse().ok()?),
        None => (text, 0),
    };
    Some(Operand {
        kind: if kind == "-" { String::new() } else { kind.to_string() },
        shift,
        forward,
        backward,
    })
}

impl Instruction {
    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|f| f == flag)
    }

    fn flag_names(&self) -> Vec<&'static str> {
        let mut out = Vec::new();
        let kind = self.operand.kind.as_str();
        if !kind.is_empty() && !self.has("noarg") {
            out.push("ARG");
        }
        match kind {
            "const" => out.push("CONST"),
            "name" => out.push("NAME"),
            "free" => out.push("FREE"),
            "local" | "local2" => out.push("LOCAL"),
            "jump" if !self.has("nojump") => out.push("JUMP"),
            "exc" => out.push("EXC"),
            _ => {}
        }
        for (flag, name) in [
            ("error", "ERROR"),
            ("escapes", "ESCAPES"),
            ("deopt", "DEOPT"),
            ("eval", "EVAL_BREAK"),
            ("pure", "PURE"),
            ("terminator", "TERMINATOR"),
            ("exit", "EXIT"),
        ] {
            if self.has(flag) {
                out.push(name);
            }
        }
        out
    }
}

const HEAD: &str =
    "//! The instructions of CPython 3.14: numbers, operands, stack effects, inline caches, families.
//!
//! Generated by `cargo xtask codegen` from crates/bytecode/instructions.def. Do not edit.
#![allow(non_camel_case_types, clippy::match_same_arms, clippy::identity_op)]

use super::super::opcode::{CacheField, Flags, Operand};

";

fn write(instructions: &[Instruction], lists: &[List]) -> String {
    let mut out = String::from(HEAD);
    write_enum(&mut out, instructions);
    write_tables(&mut out, instructions);
    write_effects(&mut out, instructions);
    write_families(&mut out, instructions);
    for list in lists {
        write_list(&mut out, list);
    }
    out
}

fn write_enum(out: &mut String, instructions: &[Instruction]) {
    out.push_str("/// An instruction. Real ones are below 256; those from 256 exist in the compiler only.\n");
    out.push_str("#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]\n#[repr(u16)]\n");
    out.push_str("pub enum Opcode {\n");
    for i in instructions {
        _ = writeln!(out, "    {} = {},", i.name, i.number);
    }
    out.push_str("}\n\n");
    let count = instructions.iter().map(|i| i.number).max().unwrap_or(0) + 1;
    _ = writeln!(
        out,
        "/// One more than the highest number, pseudo instructions included.\npub const OPCODE_COUNT: usize = {count};\n"
    );
    out.push_str(
        "/// The instruction of a number.\npub(crate) const BY_NUMBER: [Option<Opcode>; OPCODE_COUNT] = [\n",
    );
    for number in 0..count {
        match instructions.iter().find(|i| i.number == number) {
            Some(i) => _ = writeln!(out, "    Some(Opcode::{}),", i.name),
            None => out.push_str("    None,\n"),
        }
    }
    out.push_str("];\n\n");
}

fn write_tables(out: &mut String, instructions: &[Instruction]) {
    let count = instructions.iter().map(|i| i.number).max().unwrap_or(0) + 1;
    let by = |n: u16| instructions.iter().find(|i| i.number == n);
    out.push_str("pub(crate) static NAMES: [&str; OPCODE_COUNT] = [\n");
    for n in 0..count {
        _ = writeln!(out, "    \"{}\",", by(n).map_or(format!("<{n}>"), |i| i.name.clone()));
    }
    out.push_str("];\n\npub(crate) static FLAGS: [Flags; OPCODE_COUNT] = [\n");
    for n in 0..count {
        let flags = by(n).map(Instruction::flag_names).unwrap_or_default();
        let text = flags.iter().fold(String::from("Flags::NONE"), |t, f| match t.as_str() {
            "Flags::NONE" => format!("Flags::{f}"),
            _ => format!("{t}.with(Flags::{f})"),
        });
        _ = writeln!(out, "    {text},");
    }
    out.push_str("];\n\n/// Code units of inline cache behind an instruction.\n");
    out.push_str("pub(crate) static CACHES: [u8; OPCODE_COUNT] = [\n");
    for n in 0..count {
        _ = writeln!(out, "    {},", by(n).map_or(0, |i| i.caches.iter().map(|c| c.1).sum()));
    }
    out.push_str("];\n\n/// The general form of specialised and instrumented instructions.\n");
    out.push_str("pub(crate) static BASE: [u16; OPCODE_COUNT] = [\n");
    for n in 0..count {
        let base = by(n).and_then(|i| instructions.iter().find(|b| b.name == i.base)).map_or(n, |b| b.number);
        _ = writeln!(out, "    {base},");
    }
    out.push_str(
        "];\n\n/// What the argument is.\npub(crate) static OPERANDS: [Operand; OPCODE_COUNT] = [\n",
    );
    for n in 0..count {
        let text = by(n).map_or(String::from("Operand::None"), operand_text);
        _ = writeln!(out, "    {text},");
    }
    out.push_str("];\n\n");
}

fn operand_text(i: &Instruction) -> String {
    let o = &i.operand;
    match o.kind.as_str() {
        "" => "Operand::None".into(),
        "const" => "Operand::Const".into(),
        "name" => format!("Operand::Name {{ shift: {} }}", o.shift),
        "free" => "Operand::Free".into(),
        "local" if i.name == "LOAD_DEREF" => "Operand::Free".into(),
        "local" => "Operand::Local".into(),
        "local2" => "Operand::Local2".into(),
        "jump" if o.forward => "Operand::JumpForward".into(),
        "jump" if o.backward => "Operand::JumpBackward".into(),
        "jump" => "Operand::Jump".into(),
        "exc" => "Operand::Handler".into(),
        "binop" => "Operand::BinaryOp".into(),
        "compare" => "Operand::Compare".into(),
        "intrinsic1" => "Operand::Intrinsic1".into(),
        "intrinsic2" => "Operand::Intrinsic2".into(),
        "special" => "Operand::SpecialMethod".into(),
        "common" => "Operand::CommonConstant".into(),
        "depth" => "Operand::Depth".into(),
        "count" => "Operand::Count".into(),
        _ => "Operand::Other".into(),
    }
}

fn write_effects(out: &mut String, instructions: &[Instruction]) {
    for (name, what, pick) in [
        ("popped", "How many values the instruction reads off the stack.", 0),
        ("pushed", "How many values it leaves in their place.", 1),
    ] {
        _ = writeln!(
            out,
            "/// {what}\npub(crate) fn {name}(op: Opcode, oparg: i64) -> i64 {{\n    match op {{"
        );
        let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
        for i in instructions {
            let expression = if pick == 0 { i.popped.clone() } else { i.pushed.clone() };
            match groups.iter_mut().find(|g| g.0 == expression) {
                Some(group) => group.1.push(&i.name),
                None => groups.push((expression, vec![&i.name])),
            }
        }
        for (expression, names) in groups {
            let names: Vec<String> = names.iter().map(|n| format!("Opcode::{n}")).collect();
            _ = writeln!(out, "        {} => {expression},", names.join("\n        | "));
        }
        out.push_str("    }\n}\n\n");
    }
    out.push_str("/// The net effect on the path that jumps, where it is not that of falling through.\n");
    out.push_str("pub(crate) fn taken_effect(op: Opcode) -> Option<i64> {\n    match op {\n");
    for i in instructions {
        if let Some(taken) = &i.taken {
            _ = writeln!(out, "        Opcode::{} => Some({taken}),", i.name);
        }
    }
    out.push_str("        _ => None,\n    }\n}\n\n");
}

fn write_families(out: &mut String, instructions: &[Instruction]) {
    out.push_str("/// Inline cache fields in order, with their sizes in code units.\n");
    out.push_str("pub(crate) static CACHE_FIELDS: &[(Opcode, &[CacheField])] = &[\n");
    for i in instructions.iter().filter(|i| i.base == i.name && !i.caches.is_empty()) {
        let fields: Vec<String> =
            i.caches.iter().map(|(n, u)| format!("CacheField {{ name: \"{n}\", units: {u} }}")).collect();
        _ = writeln!(out, "    (Opcode::{}, &[{}]),", i.name, fields.join(", "));
    }
    out.push_str("];\n\n/// Families: the general form and its specialised forms.\n");
    out.push_str("pub static SPECIALISATIONS: &[(Opcode, &[Opcode])] = &[\n");
    for base in instructions.iter().filter(|i| i.base == i.name) {
        let forms: Vec<String> = instructions
            .iter()
            .filter(|i| i.specialised && i.base == base.name)
            .map(|i| format!("Opcode::{}", i.name))
            .collect();
        if !forms.is_empty() {
            _ = writeln!(out, "    (Opcode::{}, &[{}]),", base.name, forms.join(", "));
        }
    }
    out.push_str("];\n\n/// Instructions with an instrumented twin.\n");
    out.push_str("pub static INSTRUMENTED: &[(Opcode, Opcode)] = &[\n");
    for i in instructions.iter().filter(|i| i.instrumented) {
        _ = writeln!(out, "    (Opcode::{}, Opcode::{}),", i.base, i.name);
    }
    out.push_str("];\n\n/// What each pseudo instruction may become.\n");
    out.push_str("pub static PSEUDO_TARGETS: &[(Opcode, &[Opcode])] = &[\n");
    for i in instructions.iter().filter(|i| !i.pseudo_targets.is_empty()) {
        let targets: Vec<String> = i.pseudo_targets.iter().map(|t| format!("Opcode::{t}")).collect();
        _ = writeln!(out, "    (Opcode::{}, &[{}]),", i.name, targets.join(", "));
    }
    out.push_str("];\n\n");
}

fn write_list(out: &mut String, list: &List) {
    for (value, (name, text)) in list.items.iter().enumerate() {
        if name != text {
            _ = writeln!(out, "/// `{text}`");
        }
        _ = writeln!(out, "pub const {name}: u32 = {value};");
    }
    let upper = list.name.to_uppercase();
    _ = writeln!(out, "/// The `{}` operand's meanings: name and text.", list.name);
    _ = writeln!(out, "pub static {upper}_LIST: &[(&str, &str)] = &[");
    for (name, text) in &list.items {
        _ = writeln!(out, "    (\"{name}\", \"{text}\"),");
    }
    out.push_str("];\n\n");
}
