//! Checks the compiler's code and translates it to instructions.
//!
//! Anything that `re._compiler` does not write is refused as [`InvalidCode`]; whatever list of numbers comes
//! in, the result is safe to run.

use super::charset::{CharSet, Fold, Single, item_len};
use super::codes::*;
use super::program::{Branch, Greed, Inst, Loop, Next, Program, Repeat, Start};

/// The code is damaged: RuntimeError "invalid SRE code".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCode;

type Checked<T = ()> = Result<T, InvalidCode>;

/// Groups within groups that are translated; the library's parser gives up long before.
const MAX_DEPTH: usize = 3000;

impl Program {
    /// Translates the code of a pattern with so many groups.
    pub fn compile(code: &[u32], groups: usize) -> Result<Program, InvalidCode> {
        if groups > MAX_GROUPS {
            return Err(InvalidCode);
        }
        let program = Program {
            code: Vec::with_capacity(code.len() / 2 + 2),
            literals: Vec::new(),
            sets: Vec::new(),
            repeats: Vec::new(),
            loops: Vec::new(),
            branches: Vec::new(),
            slots: 0,
            groups,
            min_width: 0,
            start: Start::Anywhere,
            prefilter: None,
            finder: None,
            is_literal: false,
        };
        let mut lowering = Lowering { source: code, program, depth: 0 };
        let end = code.len().checked_sub(1).ok_or(InvalidCode)?;
        if code[end] != SUCCESS {
            return Err(InvalidCode);
        }
        lowering.sequence(0, end)?;
        lowering.program.code.push(Inst::Match);
        let mut program = lowering.program;
        program.analyse();
        Ok(program)
    }
}

struct Lowering<'a> {
    source: &'a [u32],
    program: Program,
    depth: usize,
}

fn repeats_of(program: &mut Program, repeat: Repeat) -> Inst {
    program.repeats.push(repeat);
    Inst::Repeat(program.repeats.len() as u32 - 1)
}

impl Lowering<'_> {
    fn word(&self, i: usize) -> Checked<u32> {
        self.source.get(i).copied().ok_or(InvalidCode)
    }

    /// The place a relative skip at `i` leads to, within `end`.
    fn skip(&self, i: usize, end: usize) -> Checked<usize> {
        let target = i.checked_add(self.word(i)? as usize).ok_or(InvalidCode)?;
        if target <= i || target > end { Err(InvalidCode) } else { Ok(target) }
    }

    fn here(&self) -> u32 {
        self.program.code.len() as u32
    }

    fn emit(&mut self, inst: Inst) -> usize {
        self.program.code.push(inst);
        self.program.code.len() - 1
    }

    fn new_slot(&mut self) -> u32 {
        self.program.slots += 1;
        self.program.slots as u32 - 1
    }

    fn new_set(&mut self, set: CharSet) -> Single {
        self.program.sets.push(set);
        Single::Set(self.program.sets.len() as u32 - 1)
    }

    /// Translates the operations from `i` to `end`.
    fn sequence(&mut self, mut i: usize, end: usize) -> Checked {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(InvalidCode);
        }
        while i < end {
            i = self.operation(i, end)?;
        }
        self.depth -= 1;
        if i == end { Ok(()) } else { Err(InvalidCode) }
    }

    /// Translates the operation at `i` and says where the next one is.
    fn operation(&mut self, i: usize, end: usize) -> Checked<usize> {
        if let Some((single, next)) = self.single(i, end)? {
            match single {
                Single::Never => self.emit(Inst::Fail),
                _ => self.emit(Inst::One(single)),
            };
            return Ok(next);
        }
        let source = self.source;
        let groups = self.program.groups as u32;
        match source[i] {
            // The library ends bodies with it; elsewhere it has no meaning and none is given to it.
            SUCCESS => {
                self.emit(Inst::Match);
                Ok(i + 1)
            }
            AT => {
                let at = self.word(i + 1)?;
                if at > AT_UNI_NON_BOUNDARY {
                    return Err(InvalidCode);
                }
                self.emit(Inst::At(at));
                Ok(i + 2)
            }
            MARK => {
                let mark = self.word(i + 1)?;
                if mark >= groups.saturating_mul(2) {
                    return Err(InvalidCode);
                }
                self.emit(Inst::Mark(mark));
                Ok(i + 2)
            }
            GROUPREF | GROUPREF_IGNORE | GROUPREF_LOC_IGNORE | GROUPREF_UNI_IGNORE => {
                let group = self.word(i + 1)?;
                if group >= groups {
                    return Err(InvalidCode);
                }
                let fold = match source[i] {
                    GROUPREF => Fold::Exact,
                    GROUPREF_IGNORE => Fold::Ascii,
                    GROUPREF_LOC_IGNORE => Fold::Locale,
                    _ => Fold::Unicode,
                };
                self.emit(Inst::GroupRef { group, fold });
                Ok(i + 2)
            }
            INFO => self.info(i, end),
            BRANCH => self.branch(i + 1, end),
            REPEAT_ONE | MIN_REPEAT_ONE | POSSESSIVE_REPEAT_ONE => self.repeat_one(i, end),
            REPEAT => self.general_loop(i, end),
            POSSESSIVE_REPEAT => self.possessive_loop(i, end),
            ATOMIC_GROUP => {
                let after = self.body_end(i + 1, end)?;
                let slot = self.new_slot();
                self.emit(Inst::AtomicStart(slot));
                self.sequence(i + 2, after - 1)?;
                self.emit(Inst::AtomicEnd(slot));
                Ok(after)
            }
            ASSERT | ASSERT_NOT => self.look_around(i, end),
            GROUPREF_EXISTS => self.group_exists(i, end),
            _ => Err(InvalidCode),
        }
    }

    /// The end of a body that starts with a skip at `i` and ends with SUCCESS.
    fn body_end(&self, i: usize, end: usize) -> Checked<usize> {
        let after = self.skip(i, end)?;
        if after < i + 2 || self.source[after - 1] != SUCCESS {
            return Err(InvalidCode);
        }
        Ok(after)
    }

    /// A test of one character at `i`, if there is one, and the place after it.
    fn single(&mut self, i: usize, end: usize) -> Checked<Option<(Single, usize)>> {
        let op = self.word(i)?;
        let literal = |fold| -> Checked<CharSet> {
            let wanted = matches!(op, LITERAL_IGNORE | LITERAL_LOC_IGNORE | LITERAL_UNI_IGNORE);
            Ok(CharSet::from_literal(self.word(i + 1)?, wanted, fold))
        };
        let found = match op {
            FAILURE => (Single::Never, i + 1),
            ANY => (Single::Any, i + 1),
            ANY_ALL => (Single::All, i + 1),
            LITERAL => (Single::Char(self.word(i + 1)?), i + 2),
            NOT_LITERAL => (Single::NotChar(self.word(i + 1)?), i + 2),
            LITERAL_IGNORE | NOT_LITERAL_IGNORE => {
                let set = literal(Fold::Ascii)?;
                (self.new_set(set), i + 2)
            }
            LITERAL_LOC_IGNORE | NOT_LITERAL_LOC_IGNORE => {
                let set = literal(Fold::Locale)?;
                (self.new_set(set), i + 2)
            }
            LITERAL_UNI_IGNORE | NOT_LITERAL_UNI_IGNORE => {
                let set = literal(Fold::Unicode)?;
                (self.new_set(set), i + 2)
            }
            CATEGORY => {
                let code = [CATEGORY, self.word(i + 1)?, FAILURE];
                check_set(&code)?;
                let set = CharSet::from_code(&code, Fold::Exact);
                (self.new_set(set), i + 2)
            }
            IN | IN_IGNORE | IN_LOC_IGNORE | IN_UNI_IGNORE => {
                let after = self.skip(i + 1, end)?;
                let code = &self.source[i + 2..after];
                check_set(code)?;
                let fold = match op {
                    IN => Fold::Exact,
                    IN_IGNORE => Fold::Ascii,
                    IN_LOC_IGNORE => Fold::Locale,
                    _ => Fold::Unicode,
                };
                let set = CharSet::from_code(code, fold);
                (self.new_set(set), after)
            }
            _ => return Ok(None),
        };
        if found.1 > end { Err(InvalidCode) } else { Ok(Some(found)) }
    }

    /// INFO: of what it says only the least width is used; the analysis finds more than it has.
    fn info(&mut self, i: usize, end: usize) -> Checked<usize> {
        let after = self.skip(i + 1, end)?;
        let (flags, min, max) = (self.word(i + 2)?, self.word(i + 3)?, self.word(i + 4)?);
        let body = i + 5;
        if after < body || flags > 7 || (flags & 1 == 0 && flags & 2 != 0) || flags & 5 == 5 || min > max {
            return Err(InvalidCode);
        }
        if flags & 1 != 0 {
            let (len, skip) = (self.word(body)? as usize, self.word(body + 1)? as usize);
            let wanted = len.checked_mul(2).and_then(|n| n.checked_add(body + 2));
            if skip > len
                || wanted != Some(after)
                || self.source[body + 2 + len..after].iter().any(|&o| o as usize >= len)
            {
                return Err(InvalidCode);
            }
        } else if flags & 4 != 0 {
            check_set(&self.source[body..after])?;
        } else if after != body {
            return Err(InvalidCode);
        }
        if i == 0 {
            self.program.min_width = min as usize;
        }
        Ok(after)
    }

    fn branch(&mut self, mut i: usize, end: usize) -> Checked<usize> {
        let number = self.program.branches.len();
        self.program.branches.push(Branch { targets: Vec::new(), masks: None });
        self.emit(Inst::Branch(number as u32));
        let mut jumps = Vec::new();
        let mut target = None;
        while self.word(i)? != 0 {
            let next = self.skip(i, end)?;
            if next < i + 3 || next >= end || self.source[next - 2] != JUMP {
                return Err(InvalidCode);
            }
            let after = self.skip(next - 1, end)?;
            if *target.get_or_insert(after) != after {
                return Err(InvalidCode);
            }
            let start = self.here();
            self.program.branches[number].targets.push(start);
            self.sequence(i + 1, next - 2)?;
            jumps.push(self.emit(Inst::Jump(0)));
            i = next;
        }
        let after = target.ok_or(InvalidCode)?;
        if after != i + 1 {
            return Err(InvalidCode);
        }
        let here = self.here();
        for jump in jumps {
            self.program.code[jump] = Inst::Jump(here);
        }
        Ok(after)
    }

    /// Limits of a repetition whose skip stands at `i`.
    fn limits(&self, i: usize) -> Checked<(u32, u32)> {
        let (min, max) = (self.word(i + 1)?, self.word(i + 2)?);
        if min > max { Err(InvalidCode) } else { Ok((min, max)) }
    }

    fn repeat_one(&mut self, i: usize, end: usize) -> Checked<usize> {
        let after = self.body_end(i + 1, end)?;
        let (min, max) = self.limits(i + 1)?;
        let Some((single, next)) = self.single(i + 4, after)? else {
            return Err(InvalidCode);
        };
        if next != after - 1 {
            return Err(InvalidCode);
        }
        let greed = match self.source[i] {
            REPEAT_ONE => Greed::Greedy,
            MIN_REPEAT_ONE => Greed::Lazy,
            _ => Greed::Possessive,
        };
        let repeat = Repeat { single, min, max, greed, next: Next::Unknown, after: 0, keeps_all: false };
        let inst = repeats_of(&mut self.program, repeat);
        self.emit(inst);
        Ok(after)
    }

    fn new_loop(&mut self, min: u32, max: u32) -> u32 {
        // Loops and slots are numbered alike: a loop's registers have its own number.
        let slot = self.new_slot();
        while self.program.loops.len() <= slot as usize {
            self.program.loops.push(Loop { min, max, body: 0, after: 0, first: None });
        }
        slot
    }

    fn general_loop(&mut self, i: usize, end: usize) -> Checked<usize> {
        let until = self.skip(i + 1, end)?;
        let (min, max) = self.limits(i + 1)?;
        let lazy = match self.word(until)? {
            MAX_UNTIL => false,
            MIN_UNTIL => true,
            _ => return Err(InvalidCode),
        };
        if until < i + 4 || until >= end {
            return Err(InvalidCode);
        }
        let number = self.new_loop(min, max);
        self.emit(Inst::LoopStart(number));
        self.program.loops[number as usize].body = self.here();
        self.sequence(i + 4, until)?;
        self.emit(if lazy { Inst::LoopLazy(number) } else { Inst::LoopGreedy(number) });
        self.program.loops[number as usize].after = self.here();
        Ok(until + 1)
    }

    fn possessive_loop(&mut self, i: usize, end: usize) -> Checked<usize> {
        let success = self.skip(i + 1, end)?;
        let (min, max) = self.limits(i + 1)?;
        if success < i + 4 || success >= end || self.source[success] != SUCCESS {
            return Err(InvalidCode);
        }
        let number = self.new_loop(min, max);
        self.emit(Inst::PossessiveStart(number));
        self.program.loops[number as usize].body = self.here();
        self.sequence(i + 4, success)?;
        self.emit(Inst::PossessiveNext(number));
        self.program.loops[number as usize].after = self.here();
        Ok(success + 1)
    }

    fn look_around(&mut self, i: usize, end: usize) -> Checked<usize> {
        let after = self.body_end(i + 1, end)?;
        let back = self.word(i + 2)?;
        if back & 0x8000_0000 != 0 || after < i + 4 {
            return Err(InvalidCode);
        }
        let slot = self.new_slot();
        if self.source[i] == ASSERT {
            self.emit(Inst::AssertStart { slot, back });
            self.sequence(i + 3, after - 1)?;
            self.emit(Inst::AssertEnd(slot));
        } else {
            let start = self.emit(Inst::Fail);
            self.sequence(i + 3, after - 1)?;
            self.emit(Inst::AssertNotEnd(slot));
            let after = self.here();
            self.program.code[start] = Inst::AssertNotStart { slot, back, after };
        }
        Ok(after)
    }

    /// `GROUPREF_EXISTS group skip yes [JUMP skip no]`: the skip leads to what comes when there is no group.
    fn group_exists(&mut self, i: usize, end: usize) -> Checked<usize> {
        let group = self.word(i + 1)?;
        if group as usize >= self.program.groups {
            return Err(InvalidCode);
        }
        // The skip is counted from one word later than others.
        let otherwise = (i + 1).checked_add(self.word(i + 2)? as usize).ok_or(InvalidCode)?;
        if otherwise > end || otherwise < i + 3 {
            return Err(InvalidCode);
        }
        let test = self.emit(Inst::Fail);
        let has_no = otherwise >= i + 5
            && self.source[otherwise - 2] == JUMP
            && self
                .skip(otherwise - 1, end)
                .is_ok_and(|after| self.splits_at(i + 3, otherwise - 2) && after >= otherwise);
        let after = if has_no {
            let after = self.skip(otherwise - 1, end)?;
            self.sequence(i + 3, otherwise - 2)?;
            let jump = self.emit(Inst::Jump(0));
            let no = self.here();
            self.program.code[test] = Inst::GroupExists { group, otherwise: no };
            self.sequence(otherwise, after)?;
            self.program.code[jump] = Inst::Jump(self.here());
            after
        } else {
            self.sequence(i + 3, otherwise)?;
            self.program.code[test] = Inst::GroupExists { group, otherwise: self.here() };
            otherwise
        };
        Ok(after)
    }

    /// Whether operations starting at `i` end exactly at `end`, by their lengths alone: what looks like a
    /// JUMP at the end of a yes-part may be an operand (`\x0f` as the last but one literal).
    fn splits_at(&self, mut i: usize, end: usize) -> bool {
        while i < end {
            let skip = |at: usize| self.skip(at, end).ok();
            let next = match self.source[i] {
                SUCCESS | FAILURE | ANY | ANY_ALL => Some(i + 1),
                AT
                | CATEGORY
                | LITERAL
                | NOT_LITERAL
                | MARK
                | GROUPREF
                | GROUPREF_IGNORE
                | GROUPREF_LOC_IGNORE
                | GROUPREF_UNI_IGNORE
                | LITERAL_IGNORE
                | NOT_LITERAL_IGNORE
                | LITERAL_LOC_IGNORE
                | NOT_LITERAL_LOC_IGNORE
                | LITERAL_UNI_IGNORE
                | NOT_LITERAL_UNI_IGNORE
                | JUMP => Some(i + 2),
                REPEAT | POSSESSIVE_REPEAT => skip(i + 1).map(|until| until + 1),
                BRANCH => {
                    let mut at = i + 1;
                    loop {
                        match self.source.get(at) {
                            Some(0) => break Some(at + 1),
                            _ => match skip(at) {
                                Some(next) => at = next,
                                None => break None,
                            },
                        }
                    }
                }
                GROUPREF_EXISTS => Some(i + 3),
                _ => skip(i + 1),
            };
            match next {
                Some(next) => i = next,
                None => return false,
            }
        }
        i == end
    }
}

/// Checks the code of a set, which ends with FAILURE.
fn check_set(code: &[u32]) -> Checked {
    let mut i = 0;
    while i < code.len() {
        let len = item_len(code, i);
        if i + len > code.len() {
            return Err(InvalidCode);
        }
        match code[i] {
            FAILURE => return if i + 1 == code.len() { Ok(()) } else { Err(InvalidCode) },
            NEGATE | LITERAL | RANGE | RANGE_UNI_IGNORE | CHARSET => {}
            CATEGORY if code[i + 1] <= CATEGORY_UNI_NOT_LINEBREAK => {}
            BIGCHARSET => {
                let blocks = code[i + 1];
                let map = &code[i + 2..i + 66];
                if map.iter().any(|w| w.to_le_bytes().iter().any(|&b| b as u32 >= blocks)) {
                    return Err(InvalidCode);
                }
            }
            _ => return Err(InvalidCode),
        }
        i += len;
    }
    Err(InvalidCode)
}
