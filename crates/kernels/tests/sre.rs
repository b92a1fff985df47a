//! The regular expression engine against CPython's (`data/sre.txt`, from `generate_sre.py`).
//!
//! `TAIPAN_SRE_CASES` names another file of the same form, for longer runs.

use taipan_kernels::sre::{InvalidCode, Locale, MAX_REPEAT, Matcher, Mode, Program, Stop, Unit};

fn numbers(field: &str) -> Vec<u32> {
    field.split(',').filter(|f| !f.is_empty()).map(|f| f.parse().expect("a number")).collect()
}

fn shown(matcher: &Matcher, groups: usize) -> String {
    let (start, end) = matcher.span();
    let mut out = format!("{start}-{end}");
    for i in 1..=groups {
        match matcher.group(i) {
            Some((start, end)) => out += &format!(",{start}-{end}"),
            None => out += ",_",
        }
    }
    out + &format!(";{}", matcher.last_index().unwrap_or(0))
}

fn run<T: Unit>(
    m: &mut Matcher,
    p: &Program,
    text: &[T],
    start: usize,
    mode: Mode,
    advance: bool,
) -> Option<String> {
    let found = m.run(p, text, start, mode, advance, &Locale::C, &mut || false).expect("not interrupted");
    found.then(|| shown(m, p.groups()))
}

/// Everything that a scanner finds, as `finditer` does.
fn find_all<T: Unit>(m: &mut Matcher, p: &Program, text: &[T]) -> String {
    let (mut out, mut start, mut advance) = (Vec::new(), 0, false);
    while let Some(found) = run(m, p, text, start, Mode::Search, advance) {
        out.push(found);
        let (from, to) = m.span();
        advance = from == to;
        start = to;
    }
    out.join(" ")
}

fn check<T: Unit>(p: &Program, text: &[T], expected: &[&str], line: &str) {
    let mut m = Matcher::new();
    for (mode, expected) in [Mode::Search, Mode::Match, Mode::FullMatch].into_iter().zip(expected) {
        let got = run(&mut m, p, text, 0, mode, false).unwrap_or("-".into());
        assert_eq!(got, *expected, "{mode:?} in {line}");
    }
    assert_eq!(find_all(&mut m, p, text), expected[3], "all in {line}");
}

fn lines() -> String {
    let path = std::env::var("TAIPAN_SRE_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/sre.txt").into());
    std::fs::read_to_string(path).expect("the cases are there")
}

#[test]
fn agrees_with_cpython() {
    for line in lines().lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let groups = fields[0].parse().expect("a number");
        let program =
            Program::compile(&numbers(fields[1]), groups).unwrap_or_else(|e| panic!("{e:?}: {line}"));
        let text = numbers(fields[2]);
        check(&program, &text, &fields[3..], line);
        let narrow: Option<Vec<u16>> = text.iter().map(|&c| c.try_into().ok()).collect();
        if let Some(text) = narrow {
            check(&program, &text, &fields[3..], line);
        }
        let bytes: Option<Vec<u8>> = text.iter().map(|&c| c.try_into().ok()).collect();
        if let Some(text) = bytes {
            check(&program, &text, &fields[3..], line);
        }
    }
}

/// Damaged code is refused or runs; it never panics and never runs away.
#[test]
fn damaged_code_is_safe() {
    let mut seed = 1u64;
    let mut random = |n: u32| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 33) as u32 % n
    };
    let text = b"aab abc\nab";
    for line in lines().lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let code = numbers(fields[1]);
        if code.len() > 400 {
            continue;
        }
        for _ in 0..10 {
            let mut code = code.clone();
            for _ in 0..=random(3) {
                let at = random(code.len() as u32) as usize;
                code[at] = match random(4) {
                    0 => u32::MAX,
                    1 => random(200),
                    _ => random(44),
                };
            }
            code.truncate(code.len() - random(2) as usize);
            if let Ok(program) = Program::compile(&code, fields[0].parse().expect("a number")) {
                let mut fuel = 20;
                let mut interrupt = || {
                    fuel -= 1;
                    fuel == 0
                };
                let mut m = Matcher::new();
                let _ = m.run(&program, text, 0, Mode::Search, false, &Locale::C, &mut interrupt);
                assert!(m.group(0).is_none());
            }
        }
    }
    for code in [&[][..], &[0], &[2], &[99, 1], &[15, 1, 1], &[7, 0, 1], &[12, 0, 1], &[14, 3, 0, 0, 0, 1]] {
        assert_eq!(Program::compile(code, 0).err(), Some(InvalidCode), "{code:?}");
    }
}

#[test]
fn deep_code_and_long_texts_need_no_machine_stack() {
    // ATOMIC_GROUP within ATOMIC_GROUP.
    let mut code = vec![1];
    for _ in 0..2500 {
        let len = code.len() as u32;
        let mut outer = vec![27, len + 1];
        outer.extend(code);
        outer.push(1);
        code = outer;
    }
    // Deeper than anything the library writes is refused, not overrun.
    let _ = Program::compile(&code, 0);
    // (?:ab|c)*d over a long text: REPEAT BRANCH ... MAX_UNTIL.
    let code = [23, 17, 0, MAX_REPEAT, 7, 7, 16, 97, 16, 98, 15, 7, 5, 16, 99, 15, 2, 0, 18, 16, 100, 1];
    let program = Program::compile(&code, 0).expect("valid");
    let text = b"ab".repeat(300_000);
    let mut m = Matcher::new();
    assert_eq!(run(&mut m, &program, &text, 0, Mode::Match, false), None);
    let found = run(&mut m, &program, &[&text[..], b"d"].concat(), 0, Mode::Match, false);
    assert_eq!(found.as_deref(), Some("0-600001;0"));
}

#[test]
fn the_interrupt_callback_ends_runaway_matching() {
    // (a*)*b on a text without b: MARKs around a REPEAT_ONE within a REPEAT.
    let code = [23, 14, 0, MAX_REPEAT, 17, 0, 24, 6, 0, MAX_REPEAT, 16, 97, 1, 17, 1, 18, 16, 98, 1];
    let program = Program::compile(&code, 1).expect("valid");
    let text = [b'a'; 40];
    let mut calls = 0;
    let mut m = Matcher::new();
    let result = m.run(&program, &text, 0, Mode::Match, false, &Locale::C, &mut || {
        calls += 1;
        calls == 3
    });
    assert_eq!((result, calls), (Err(Stop::Interrupted), 3));
}
