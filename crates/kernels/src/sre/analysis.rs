//! What is learnt of a program before it runs: the characters a part can begin with, the literal a match
//! must begin with, repetitions that never have to give characters back.
//!
//! Everything here is on the safe side: a place wrongly tried costs time, one wrongly left out would be a
//! wrong result.

use super::charset::{Locale, Single, Wide};
use super::codes::*;
use super::program::{Greed, Inst, Masks, Next, Program, Start};

/// The characters with which something can begin.
#[derive(Clone, Debug)]
pub(super) struct First {
    pub(super) low: [bool; 256],
    /// Some character beyond the first 256.
    pub(super) wide: bool,
    /// It can be empty, or nothing is known.
    pub(super) open: bool,
}

impl First {
    fn none() -> Self {
        First { low: [false; 256], wide: false, open: false }
    }

    fn add(&mut self, program: &Program, single: Single) {
        match single {
            Single::Never => {}
            Single::All => {
                self.low = [true; 256];
                self.wide = true;
            }
            Single::Any => self.add_all_but(10),
            Single::NotChar(c) => self.add_all_but(c),
            Single::Char(c) if c < 256 => self.low[c as usize] = true,
            Single::Char(_) => self.wide = true,
            Single::Set(i) => {
                let set = &program.sets[i as usize];
                if set.is_local {
                    self.open = true;
                    return;
                }
                for (mine, theirs) in self.low.iter_mut().zip(set.low) {
                    *mine |= theirs;
                }
                self.wide |= !matches!(set.wide, Wide::Nothing);
            }
        }
    }

    fn add_all_but(&mut self, c: u32) {
        for (i, mine) in self.low.iter_mut().enumerate() {
            *mine |= i as u32 != c;
        }
        self.wide = true;
    }

    /// Whether it says anything.
    fn is_useful(&self) -> bool {
        let is_everything = self.wide && self.low.iter().all(|&b| b);
        !self.open && !is_everything
    }

    #[inline]
    pub(super) fn contains(&self, c: u32) -> bool {
        if c < 256 { self.low[c as usize] } else { self.wide }
    }
}

/// Instructions looked at for one answer; beyond that nothing is known.
const BUDGET: u32 = 200;

impl Program {
    pub(super) fn analyse(&mut self) {
        self.join_literals();
        self.find_next_tests();
        for i in 0..self.loops.len() {
            let body = self.loops[i].body;
            if body == 0 {
                continue;
            }
            // What comes after the body counts as unknown, so that an empty body is told.
            let first = self.first_of(body);
            self.loops[i].first = first.is_useful().then(|| Box::new(first));
        }
        for i in 0..self.branches.len() {
            let targets = &self.branches[i].targets;
            if targets.len() > 64 {
                continue;
            }
            let mut masks = Masks { low: [0; 256], wide: 0, end: 0 };
            for (bit, &target) in targets.iter().enumerate() {
                let first = self.first_of(target);
                for (c, mask) in masks.low.iter_mut().enumerate() {
                    *mask |= ((first.open || first.low[c]) as u64) << bit;
                }
                masks.wide |= ((first.open || first.wide) as u64) << bit;
                masks.end |= (first.open as u64) << bit;
            }
            self.branches[i].masks = Some(Box::new(masks));
        }
        self.start = self.find_start();
        self.prefilter = self.make_prefilter();
        if let Start::Prefix(prefix) = &self.start {
            let bytes: Option<Vec<u8>> = prefix.iter().map(|&c| u8::try_from(c).ok()).collect();
            if prefix.len() > 1
                && let Some(bytes) = bytes
            {
                self.finder = Some(Box::new(memchr::memmem::Finder::new(&bytes).into_owned()));
            }
            let end = self.code.get(1) == Some(&Inst::Match);
            self.is_literal =
                end && matches!(self.code[0], Inst::Literal { .. } | Inst::One(Single::Char(_)));
        }
    }

    /// Puts neighbouring literal characters into one instruction; what was theirs is jumped over.
    fn join_literals(&mut self) {
        let mut targets = vec![false; self.code.len() + 1];
        for inst in &self.code {
            match *inst {
                Inst::Jump(t)
                | Inst::GroupExists { otherwise: t, .. }
                | Inst::AssertNotStart { after: t, .. } => targets[t as usize] = true,
                _ => {}
            }
        }
        for branch in &self.branches {
            branch.targets.iter().for_each(|&t| targets[t as usize] = true);
        }
        for l in &self.loops {
            targets[l.body as usize] = true;
            targets[l.after as usize] = true;
        }
        let old = std::mem::take(&mut self.code);
        let mut moved = vec![0u32; old.len() + 1];
        let mut i = 0;
        while i < old.len() {
            moved[i] = self.code.len() as u32;
            let mut len = 0;
            while let Some(Inst::One(Single::Char(c))) = old.get(i + len) {
                if len > 0 && targets[i + len] {
                    break;
                }
                self.literals.push(*c);
                len += 1;
            }
            if len > 1 {
                let start = (self.literals.len() - len) as u32;
                self.code.push(Inst::Literal { start, len: len as u32 });
                i += len;
            } else {
                self.literals.truncate(self.literals.len() - len);
                self.code.push(old[i]);
                i += 1;
            }
        }
        moved[old.len()] = self.code.len() as u32;
        for inst in &mut self.code {
            match inst {
                Inst::Jump(t)
                | Inst::GroupExists { otherwise: t, .. }
                | Inst::AssertNotStart { after: t, .. } => *t = moved[*t as usize],
                _ => {}
            }
        }
        for branch in &mut self.branches {
            branch.targets.iter_mut().for_each(|t| *t = moved[*t as usize]);
        }
        for l in &mut self.loops {
            l.body = moved[l.body as usize];
            l.after = moved[l.after as usize];
        }
    }

    /// For each repeated character: what must follow, and whether the two exclude each other.
    fn find_next_tests(&mut self) {
        for at in 0..self.code.len() {
            let Inst::Repeat(number) = self.code[at] else { continue };
            let next = self.next_test(at + 1);
            let keeps_all = match next {
                Next::Test(test) => self.excludes(self.repeats[number as usize].single, test),
                _ => false,
            };
            let repeat = &mut self.repeats[number as usize];
            repeat.next = next;
            repeat.after = at as u32 + 1;
            repeat.keeps_all = keeps_all && repeat.greed == Greed::Greedy;
        }
    }

    /// The test that the character at an instruction must pass.
    fn next_test(&self, mut at: usize) -> Next {
        for _ in 0..BUDGET {
            match self.code[at] {
                Inst::Mark(_) => at += 1,
                Inst::Jump(t) => at = t as usize,
                Inst::One(single) => return Next::Test(single),
                Inst::Literal { start, .. } => {
                    return Next::Test(Single::Char(self.literals[start as usize]));
                }
                Inst::Repeat(r) if self.repeats[r as usize].min > 0 => {
                    return Next::Test(self.repeats[r as usize].single);
                }
                Inst::Match => return Next::End,
                _ => return Next::Unknown,
            }
        }
        Next::Unknown
    }

    /// Whether no character passes both tests.
    fn excludes(&self, a: Single, b: Single) -> bool {
        let no_locale = |s| !matches!(s, Single::Set(i) if self.sets[i as usize].is_local);
        if !no_locale(a) || !no_locale(b) {
            return false;
        }
        if let Single::Char(c) = a {
            return !self.matches(b, c, &Locale::C);
        }
        if let Single::Char(c) = b {
            return !self.matches(a, c, &Locale::C);
        }
        let low = (0..256).any(|c| self.matches(a, c, &Locale::C) && self.matches(b, c, &Locale::C));
        let stays_low =
            |s| matches!(s, Single::Set(i) if matches!(self.sets[i as usize].wide, Wide::Nothing));
        !low && (stays_low(a) || stays_low(b) || self.opposite_categories(a, b))
    }

    /// One of `\w` and `\s`, `\w` and `\W`, and the like.
    fn opposite_categories(&self, a: Single, b: Single) -> bool {
        let category = |s| match s {
            Single::Set(i) => match self.sets[i as usize].code[..] {
                [CATEGORY, c, FAILURE] => Some(c),
                _ => None,
            },
            _ => None,
        };
        match (category(a), category(b)) {
            (Some(CATEGORY_UNI_WORD), Some(CATEGORY_UNI_SPACE))
            | (Some(CATEGORY_UNI_SPACE), Some(CATEGORY_UNI_WORD)) => true,
            (Some(CATEGORY_UNI_DIGIT), Some(CATEGORY_UNI_SPACE))
            | (Some(CATEGORY_UNI_SPACE), Some(CATEGORY_UNI_DIGIT)) => true,
            (Some(a), Some(b)) => a ^ 1 == b && a.max(b) <= CATEGORY_UNI_NOT_LINEBREAK,
            _ => false,
        }
    }

    /// Whether a character passes a test.
    #[inline(always)]
    pub(super) fn matches(&self, single: Single, c: u32, locale: &Locale) -> bool {
        match single {
            Single::Never => false,
            Single::Any => c != 10,
            Single::All => true,
            Single::Char(x) => c == x,
            Single::NotChar(x) => c != x,
            Single::Set(i) => {
                let set = &self.sets[i as usize];
                if c < 256 && !set.is_local { set.low[c as usize] } else { set.contains(c, locale) }
            }
        }
    }

    /// The characters that a match from this instruction on can begin with.
    fn first_of(&self, at: u32) -> First {
        let mut first = First::none();
        let mut budget = BUDGET;
        self.collect_first(at as usize, &mut first, &mut budget, 0);
        first
    }

    fn collect_first(&self, mut at: usize, first: &mut First, budget: &mut u32, depth: u32) {
        loop {
            if *budget == 0 || depth > 20 || first.open {
                first.open = true;
                return;
            }
            *budget -= 1;
            match self.code[at] {
                Inst::Fail => return,
                Inst::One(single) => return first.add(self, single),
                Inst::Literal { start, .. } => {
                    return first.add(self, Single::Char(self.literals[start as usize]));
                }
                Inst::At(_) | Inst::Mark(_) | Inst::AtomicStart(_) => at += 1,
                Inst::Jump(t) => at = t as usize,
                Inst::Branch(b) => {
                    for &target in &self.branches[b as usize].targets {
                        self.collect_first(target as usize, first, budget, depth + 1);
                    }
                    return;
                }
                Inst::Repeat(r) => {
                    let repeat = &self.repeats[r as usize];
                    if repeat.max > 0 {
                        first.add(self, repeat.single);
                    }
                    if repeat.min > 0 {
                        return;
                    }
                    at += 1;
                }
                Inst::LoopStart(l) | Inst::PossessiveStart(l) => {
                    let l = &self.loops[l as usize];
                    if l.min == 0 {
                        self.collect_first(l.after as usize, first, budget, depth + 1);
                    }
                    at = l.body as usize;
                }
                // An empty body: what comes after it is next. (Another round adds nothing.)
                Inst::LoopGreedy(_) | Inst::LoopLazy(_) | Inst::PossessiveNext(_) => {
                    // For the loop's own first set this means: the body can be empty.
                    first.open = true;
                    return;
                }
                Inst::AssertNotStart { after, .. } => at = after as usize,
                Inst::AssertStart { slot, .. } => match self.assert_end(at, slot) {
                    Some(end) => at = end + 1,
                    None => {
                        first.open = true;
                        return;
                    }
                },
                // What follows an atomic group has no say in what is chosen within it.
                Inst::Match
                | Inst::AtomicEnd(_)
                | Inst::AssertEnd(_)
                | Inst::AssertNotEnd(_)
                | Inst::GroupRef { .. }
                | Inst::GroupExists { .. } => {
                    first.open = true;
                    return;
                }
            }
        }
    }

    fn assert_end(&self, at: usize, slot: u32) -> Option<usize> {
        let found = self.code[at..].iter().position(|&inst| inst == Inst::AssertEnd(slot))?;
        Some(at + found)
    }

    /// How a search can find its places.
    fn find_start(&self) -> Start {
        let mut at = 0;
        let mut prefix = Vec::new();
        loop {
            match self.code[at] {
                Inst::Mark(_) => {}
                Inst::One(Single::Char(c)) => prefix.push(c),
                Inst::Literal { start, len } => {
                    prefix.extend_from_slice(&self.literals[start as usize..(start + len) as usize]);
                }
                Inst::At(AT_BEGINNING | AT_BEGINNING_STRING) if prefix.is_empty() => return Start::Beginning,
                Inst::At(AT_BEGINNING_LINE) if prefix.is_empty() => return Start::LineBeginning,
                // One character at least, and the pattern goes on in an unknown way.
                Inst::Repeat(r) if self.repeats[r as usize].min > 0 => {
                    if let Single::Char(c) = self.repeats[r as usize].single {
                        prefix.push(c);
                    }
                    break;
                }
                _ => break,
            }
            at += 1;
        }
        if !prefix.is_empty() {
            return Start::Prefix(prefix);
        }
        let first = self.first_of(0);
        if !first.is_useful() {
            return Start::Anywhere;
        }
        let members: Vec<u32> = (0..256).filter(|&c| first.low[c as usize]).collect();
        match members[..] {
            [a] if !first.wide => Start::Three([a; 3]),
            [a, b] if !first.wide => Start::Three([a, b, b]),
            [a, b, c] if !first.wide => Start::Three([a, b, c]),
            _ => Start::First(Box::new(first)),
        }
    }
}
