//! The instruction table against what CPython says of itself (`opcodes/facts.tsv`, see `opcodes/generate.py`).

use taipan_bytecode::Opcode;

#[test]
fn table_is_cpythons() {
    let facts = include_str!("opcodes/facts.tsv");
    let mut numbers = Vec::new();
    for line in facts.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [number, name, flags, caches, family, effects] = columns[..] else { panic!("{line}") };
        let number: u16 = number.parse().unwrap();
        numbers.push(number);
        let op = Opcode::from_u16(number).unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(op.name(), name);
        assert_eq!(Opcode::from_name(name), Some(op));
        let ours = [
            ("arg", op.has_arg()),
            ("const", op.has_const()),
            ("name", op.has_name()),
            ("jump", op.has_jump()),
            ("free", op.has_free()),
            ("local", op.has_local()),
            ("exc", op.has_exc()),
        ];
        let ours: Vec<&str> = ours.iter().filter(|(_, has)| *has).map(|(f, _)| *f).collect();
        // CPython's flags of a specialised form say what the form uses; ours, what its family means.
        if !op.is_specialised() {
            assert_eq!(if ours.is_empty() { "-".to_string() } else { ours.join(",") }, flags, "{name}");
        }
        if op.base() == op && !op.is_instrumented() {
            assert_eq!(op.caches().to_string(), caches, "{name}");
        }
        let base = if op.is_specialised() { op.base().name() } else { "-" };
        assert_eq!(base, family, "{name}");
        for (index, effect) in effects.split(',').enumerate() {
            let oparg = (index % 9) as u32;
            let least = u32::from(matches!(op, Opcode::COPY | Opcode::SWAP));
            if oparg >= least && effect != "x" {
                assert_eq!(op.stack_effect(oparg, index >= 9).to_string(), effect, "{name} {oparg}");
            }
        }
    }
    for number in 0..512 {
        assert_eq!(Opcode::from_u16(number).is_some(), numbers.contains(&number), "{number}");
    }
}
