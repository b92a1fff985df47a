//! Damaged code objects and damaged marshal data.
//!
//! Code objects are changed where they have a structure: an instruction becomes another with as many caches, a jump leads
//! elsewhere, tables and counts no longer fit. [`code`] prefers what is judged to be valid all the same, for that is what
//! the interpreter gets to run.

use super::random::Random;
use super::source;
use std::sync::Arc;
use taipan_ast::Arena;
use taipan_ast::errors::IgnoreWarnings;
use taipan_bytecode::exceptiontable::{Entries, Entry, write_entry};
use taipan_bytecode::opcode::{OPCODE_COUNT, Opcode};
use taipan_bytecode::validate::validate;
use taipan_bytecode::{CodeData, Constant, Wtf8Buf, marshal};
use taipan_compiler::{CompileOptions, compile};
use taipan_parser::{Mode, ParseOptions, parse};

/// How often to damage a code object anew until it is judged valid.
const ATTEMPTS: usize = 30;

/// A marshalled code object with a few mistakes.
pub fn code(programs: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let whole = compiled(programs, random);
    let judged = !random.once_in(6);
    let mut damaged = whole.clone();
    for _ in 0..ATTEMPTS {
        damaged = whole.clone();
        for _ in 0..=random.below(3) {
            damage_one(&mut damaged, random);
        }
        if !judged || is_sound(&damaged) {
            break;
        }
    }
    marshal::dump_code(&Arc::new(damaged))
}

/// Bytes that look like marshal data.
pub fn marshalled(programs: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut data = if random.once_in(2) {
        let mut data = Vec::new();
        value(&mut data, random, 0);
        data
    } else {
        marshal::dump_code(&Arc::new(compiled(programs, random)))
    };
    for _ in 0..random.below(4) {
        let at = random.below(data.len());
        let end = (at + random.below(12)).min(data.len());
        match random.below(6) {
            0 => {
                data.drain(at..end);
            }
            1 => {
                let copy = data[at..end].to_vec();
                data.splice(at..at, copy);
            }
            2 if at < data.len() => data[at] = random.next() as u8,
            3 if at < data.len() => data[at] ^= 0x80,
            4 => {
                let number = random.number().to_le_bytes();
                data.splice(at..(at + 4).min(data.len()), number);
            }
            _ => {
                let mut inserted = Vec::new();
                value(&mut inserted, random, 3);
                let times = if random.once_in(30) { 5000 } else { 1 };
                data.splice(at..at, inserted.repeat(times));
            }
        }
    }
    data
}

/// A value of marshal's format, sizes and references not always right.
fn value(data: &mut Vec<u8>, random: &mut Random, depth: usize) {
    const TAGS: &[u8] = b"0NFTS.ilfgxystuaAzZ()>:crr[{<?I";
    let mut tag = *random.pick(TAGS);
    if depth > 6 && b"()>:[{<c".contains(&tag) {
        tag = b'N';
    }
    data.push(if random.once_in(3) { tag | 0x80 } else { tag });
    let right = !random.once_in(12);
    let few = random.below(5);
    let size = |data: &mut Vec<u8>, random: &mut Random| {
        let claimed = if right { few as u32 } else { random.number() };
        data.extend(claimed.to_le_bytes());
    };
    match tag {
        b'i' => data.extend(random.number().to_le_bytes()),
        b'I' => data.extend(random.next().to_le_bytes()),
        b'r' => data.extend((random.below(12) as u32).to_le_bytes()),
        b'g' => data.extend(random.next().to_le_bytes()),
        b'y' => data.extend([random.next().to_le_bytes(), random.next().to_le_bytes()].concat()),
        b'f' | b'x' => {
            for _ in 0..if tag == b'x' { 2 } else { 1 } {
                let text = *random.pick(&["1.5", "nan", "", "-inf", "1e400", "x", "0x1p3"]);
                data.push(text.len() as u8);
                data.extend(text.bytes());
            }
        }
        b'l' => {
            let sign = if random.once_in(2) { 1 } else { -1 };
            let claimed = if right { sign * few as i32 } else { random.number() as i32 };
            data.extend(claimed.to_le_bytes());
            for _ in 0..few {
                data.extend((random.next() as u16 & if right { 0x7FFF } else { 0xFFFF }).to_le_bytes());
            }
        }
        b's' | b't' | b'u' | b'a' | b'A' | b'z' | b'Z' => {
            if matches!(tag, b'z' | b'Z') {
                data.push(few as u8);
            } else {
                size(data, random);
            }
            let high = random.once_in(4);
            data.extend(
                (0..few).map(|_| if high { random.next() as u8 } else { b'a' + random.below(26) as u8 }),
            );
        }
        b'(' | b'[' | b'>' | b'<' | b')' => {
            if tag == b')' {
                data.push(few as u8);
            } else {
                size(data, random);
            }
            (0..few).for_each(|_| value(data, random, depth + 1));
        }
        b'{' => {
            (0..2 * few).for_each(|_| value(data, random, depth + 1));
            data.push(b'0');
        }
        b':' => (0..3).for_each(|_| value(data, random, depth + 1)),
        b'c' => {
            (0..5).for_each(|_| data.extend((random.number() & 7).to_le_bytes()));
            (0..8).for_each(|_| value(data, random, depth + 1));
            data.extend(random.number().to_le_bytes());
            (0..2).for_each(|_| value(data, random, depth + 1));
        }
        _ => {}
    }
}

/// The code object of a program, or of some statements of one.
fn compiled(programs: &[Vec<u8>], random: &mut Random) -> CodeData {
    for _ in 0..10 {
        let text = source::statements(programs, random);
        let arena = Arena::new();
        let options = ParseOptions::new(Mode::Exec);
        let Ok(module) = parse(&text, &options, &arena, &mut IgnoreWarnings) else { continue };
        if let Ok(code) = compile(&module, &CompileOptions::new(Wtf8Buf::from("fuzz")), &mut IgnoreWarnings) {
            return code;
        }
    }
    CodeData { code: [128, 0, 94, 0, 35, 0].into(), stacksize: 1, ..CodeData::default() }
}

/// Whether the interpreter would run the code object and those in it.
fn is_sound(code: &CodeData) -> bool {
    validate(code).is_ok()
}

/// Damages the code object or one of those in it.
fn damage_one(code: &mut CodeData, random: &mut Random) {
    let inner: Vec<usize> =
        (0..code.consts.len()).filter(|&i| matches!(code.consts[i], Constant::Code(_))).collect();
    if !inner.is_empty()
        && !random.once_in(3)
        && let Constant::Code(nested) = &mut code.consts[*random.pick(&inner)]
    {
        return damage_one(Arc::make_mut(nested), random);
    }
    match random.below(16) {
        0 => table(code, random),
        1 => numbers(code, random),
        2 => constants(code, random),
        3 => variables(code, random),
        4 => {
            let mut lines = code.linetable.to_vec();
            let at = random.below(lines.len() + 1);
            lines.splice(at..(at + random.below(4)).min(lines.len()), [random.next() as u8]);
            code.linetable = lines.into();
        }
        _ => instruction(code, random),
    }
}

/// The first units of the instructions, and the units behind them.
fn instructions(code: &CodeData) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut unit = 0;
    while unit < code.units() {
        let opcode = Opcode::from_u8(code.code[2 * unit]);
        let end = (unit + 1 + opcode.map_or(0, Opcode::caches)).min(code.units());
        found.push((unit, end));
        unit = end;
    }
    found
}

fn instruction(code: &mut CodeData, random: &mut Random) {
    let known = instructions(code);
    if known.is_empty() {
        return;
    }
    let (unit, end) = *random.pick(&known);
    let (other, other_end) = *random.pick(&known);
    let caches = end - unit - 1;
    match random.below(8) {
        // Another instruction of the same length.
        0..=2 => {
            let fits: Vec<u8> = (0..OPCODE_COUNT.min(256) as u16)
                .filter_map(Opcode::from_u16)
                .filter(|opcode| opcode.caches() == caches && opcode.base() == *opcode)
                .filter_map(Opcode::byte)
                .collect();
            code.code[2 * unit] = *random.pick(&fits);
        }
        3 | 4 => {
            let argument = &mut code.code[2 * unit + 1];
            *argument = match random.below(4) {
                0 => argument.wrapping_add(1),
                1 => argument.wrapping_sub(1),
                2 => random.below(6) as u8,
                _ => random.next() as u8,
            };
        }
        // An instruction from elsewhere, or nothing, in its place.
        5 if end - unit == other_end - other => {
            code.code.copy_within(2 * other..2 * other_end, 2 * unit);
        }
        6 => {
            for unit in unit..end {
                code.code[2 * unit..2 * unit + 2].copy_from_slice(&[Opcode::NOP as u16 as u8, 0]);
            }
        }
        // Out, or in once more: jumps lead elsewhere.
        _ => {
            let mut units = code.code.to_vec();
            if random.once_in(2) {
                units.drain(2 * unit..2 * end);
            } else {
                let copy = units[2 * other..2 * other_end].to_vec();
                units.splice(2 * unit..2 * unit, copy);
            }
            if !units.is_empty() {
                code.code = units.into();
            }
        }
    }
}

fn table(code: &mut CodeData, random: &mut Random) {
    let mut entries: Vec<Entry> = Entries::new(&code.exceptiontable).collect();
    let known = instructions(code);
    let unit = |random: &mut Random| known.get(random.below(known.len())).map_or(0, |(unit, _)| *unit);
    if entries.is_empty() || random.once_in(5) {
        let start = unit(random);
        let end = start + 1 + random.below(20);
        let entry =
            Entry { start, end, target: unit(random), depth: random.below(4), lasti: random.once_in(2) };
        let at = entries.partition_point(|entry| entry.start < start);
        entries.insert(at, entry);
    } else {
        let at = random.below(entries.len());
        match random.below(6) {
            0 => {
                entries.remove(at);
            }
            1 => entries[at].target = unit(random),
            2 => entries[at].end = unit(random).max(entries[at].start + 1),
            3 => entries[at].start = unit(random).min(entries[at].end - 1),
            4 => entries[at].depth = random.below(5),
            _ => entries[at].lasti ^= true,
        }
    }
    let mut table = Vec::new();
    entries.iter().for_each(|entry| write_entry(&mut table, entry));
    if random.once_in(20) && !table.is_empty() {
        let at = random.below(table.len());
        table[at] = random.next() as u8;
    }
    code.exceptiontable = table.into();
}

fn numbers(code: &mut CodeData, random: &mut Random) {
    match random.below(7) {
        0 => code.stacksize = code.stacksize.saturating_sub(1),
        1 => code.stacksize = random.number(),
        2 => code.flags ^= 1 << random.below(28),
        3 => code.argcount = random.number(),
        4 => code.kwonlyargcount = random.number(),
        5 => code.posonlyargcount = random.number(),
        _ => code.firstlineno = random.number() as i32,
    }
}

fn constants(code: &mut CodeData, random: &mut Random) {
    let mut constants = code.consts.to_vec();
    if constants.len() > 1 && random.once_in(2) {
        let (a, b) = (random.below(constants.len()), random.below(constants.len()));
        constants.swap(a, b);
    } else if !constants.is_empty() {
        let at = random.below(constants.len());
        constants[at] = match random.below(7) {
            0 => Constant::None,
            1 => Constant::Int((random.next() as i64).into()),
            2 => Constant::tuple([Constant::Str(Wtf8Buf::from("a")), Constant::None]),
            3 => Constant::tuple([]),
            4 => Constant::Str(Wtf8Buf::from("x")),
            5 => Constant::Bool(true),
            _ => {
                constants.remove(at);
                code.consts = constants.into();
                return;
            }
        };
    }
    code.consts = constants.into();
}

fn variables(code: &mut CodeData, random: &mut Random) {
    let (mut names, mut kinds) = (code.localsplusnames.to_vec(), code.localspluskinds.to_vec());
    if names.is_empty() || random.once_in(3) {
        let at = random.below(names.len() + 1);
        names.insert(at, Wtf8Buf::from("new"));
        kinds.insert(at.min(kinds.len()), *random.pick(&[0x20, 0x40, 0x60, 0x80, 0x26]));
    } else {
        let at = random.below(names.len().min(kinds.len()));
        match random.below(3) {
            0 => {
                names.remove(at);
                kinds.remove(at);
            }
            1 => kinds[at] ^= 1 << random.below(8),
            _ => names[at] = Wtf8Buf::from("x"),
        }
    }
    code.localsplusnames = names.into();
    code.localspluskinds = kinds.into();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_says_everything() {
        let programs = vec![
            b"def f(x):\n    return [y for y in x if y]\ntry:\n    f(1)\nexcept E:\n    pass\n".to_vec(),
        ];
        for index in 0..100 {
            for make in [code, marshalled] {
                let input = make(&programs, &mut Random::of(1, index));
                assert_eq!(input, make(&programs, &mut Random::of(1, index)));
            }
        }
    }
}
