//! Matching and searching: the loop over instructions.

use super::backtrack::Entry;
use super::charset::{Fold, Locale, Single, is_ascii_word, is_unicode_word};
use super::codes::*;
use super::program::{Greed, Inst, Next, Program, Start};
use crate::unit::Unit;

/// Where a match may begin and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It begins at the start.
    Match,
    /// It begins at the start and ends at the end.
    FullMatch,
    /// It begins anywhere from the start on.
    Search,
}

/// Why matching was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The interrupt callback said so.
    Interrupted,
    /// The stack of choices outgrew memory.
    Memory,
}

/// Registers of a loop, an atomic group or a look-around.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slot {
    /// Rounds begun, from `u32::MAX` before the first.
    pub(super) count: u32,
    /// Where the last round began, or where a look-around stands.
    pub(super) last: usize,
    /// The height of the stack to cut back to.
    pub(super) height: usize,
}

/// No place in the text.
pub(super) const UNSET: usize = usize::MAX;

/// Instructions and choices between two calls of the interrupt callback.
const INTERRUPT_PERIOD: u32 = 1 << 14;

/// The state of matching, to be used again: what holds memory, and the groups of the last match.
#[derive(Debug, Default)]
pub struct Matcher {
    pub(super) stack: Vec<Entry>,
    pub(super) slots: Vec<Slot>,
    pub(super) marks: Vec<usize>,
    pub(super) marked: bool,
    /// The group closed last; 0 for none.
    pub(super) last_index: u32,
    start: usize,
    end: usize,
}

impl Matcher {
    /// A matcher that holds nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where the last match begins and ends.
    pub fn span(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// Where a group (from 1) of the last match begins and ends, if it took part.
    pub fn group(&self, group: usize) -> Option<(usize, usize)> {
        let i = group.checked_sub(1)?.checked_mul(2)?;
        let (start, end) = (*self.marks.get(i)?, *self.marks.get(i + 1)?);
        (start != UNSET && end != UNSET && start <= end).then_some((start, end))
    }

    /// The group that was closed last (`Match.lastindex`).
    pub fn last_index(&self) -> Option<usize> {
        (self.last_index != 0).then_some(self.last_index as usize)
    }

    /// Matches `text` from `start`; what is before `start` can be looked back at. With `must_advance` an
    /// empty match at `start` itself does not count. `interrupt` is called from time to time and may
    /// end matching by returning true.
    pub fn run<T: Unit>(
        &mut self,
        program: &Program,
        text: &[T],
        start: usize,
        mode: Mode,
        must_advance: bool,
        locale: &Locale,
        interrupt: &mut dyn FnMut() -> bool,
    ) -> Result<bool, Stop> {
        if start > text.len() || text.len() - start < program.min_width {
            return Ok(false);
        }
        self.slots.clear();
        self.slots.resize(program.slots, Slot::default());
        self.marks.clear();
        self.marks.resize(program.groups * 2, UNSET);
        self.marked = false;
        self.last_index = 0;
        let mut runner = Runner {
            program,
            text,
            m: self,
            locale,
            interrupt,
            fuel: INTERRUPT_PERIOD,
            full: mode == Mode::FullMatch,
            refuse_empty_at: if must_advance { start } else { UNSET },
        };
        match mode {
            Mode::Search => runner.search(start),
            _ => runner.attempt(start),
        }
    }
}

/// A matcher at work.
pub(super) struct Runner<'a, T> {
    pub(super) program: &'a Program,
    pub(super) text: &'a [T],
    pub(super) m: &'a mut Matcher,
    pub(super) locale: &'a Locale,
    interrupt: &'a mut dyn FnMut() -> bool,
    pub(super) fuel: u32,
    full: bool,
    refuse_empty_at: usize,
}

impl<T: Unit> Runner<'_, T> {
    /// Tries every promising place from `start` on.
    fn search(&mut self, start: usize) -> Result<bool, Stop> {
        let program = self.program;
        let text = self.text;
        let last = text.len() - program.min_width;
        let mut at = start;
        if program.is_literal
            && self.refuse_empty_at == UNSET
            && let Start::Prefix(prefix) = &program.start
        {
            let Some(found) = self.find_prefix(at, prefix) else { return Ok(false) };
            (self.m.start, self.m.end) = (found, found + prefix.len());
            return Ok(true);
        }
        while at <= last {
            let found = match &program.start {
                start if let Some(prefilter) = &program.prefilter => {
                    let rare = if let Start::Three(set) = start { Some(*set) } else { None };
                    prefilter.find(&text[at..], rare).map(|i| at + i)
                }
                Start::Anywhere => Some(at),
                Start::Beginning => (at == 0).then_some(0),
                Start::LineBeginning if at == 0 || text[at - 1].into() == 10 => Some(at),
                Start::LineBeginning => T::find(&text[at..], 10).map(|i| at + i + 1),
                Start::Prefix(prefix) => self.find_prefix(at, prefix),
                Start::Three(set) => T::find_any(&text[at..], *set).map(|i| at + i),
                Start::First(first) => {
                    text[at..].iter().position(|&c| first.contains(c.into())).map(|i| at + i)
                }
            };
            match found {
                Some(found) if found <= last => at = found,
                _ => return Ok(false),
            }
            if self.attempt(at)? {
                return Ok(true);
            }
            at += 1;
        }
        Ok(false)
    }

    fn find_prefix(&self, at: usize, prefix: &[u32]) -> Option<usize> {
        let text = &self.text[at..];
        if let [c] = *prefix {
            return T::find(text, c).map(|i| at + i);
        }
        if let (Some(bytes), Some(finder)) = (T::as_bytes(text), &self.program.finder) {
            return finder.find(bytes).map(|i| at + i);
        }
        // The first character, then the rest.
        let mut i = 0;
        while text.len() - i >= prefix.len() {
            i += T::find(&text[i..=text.len() - prefix.len()], prefix[0])?;
            if text[i..].iter().zip(prefix).all(|(&u, &c)| u.into() == c) {
                return Some(at + i);
            }
            i += 1;
        }
        None
    }

    /// Counts down to the next call of the interrupt callback.
    #[inline(always)]
    pub(super) fn burn(&mut self) -> Result<(), Stop> {
        self.fuel -= 1;
        if self.fuel == 0 {
            self.fuel = INTERRUPT_PERIOD;
            if (self.interrupt)() {
                return Err(Stop::Interrupted);
            }
        }
        Ok(())
    }

    /// How many characters from `at` on pass the test, at most `max`.
    #[inline]
    pub(super) fn run_length(&self, single: Single, at: usize, max: usize) -> usize {
        let text = &self.text[at..];
        let text = &text[..max.min(text.len())];
        let n = text.len();
        let first_not = |found: Option<usize>| found.unwrap_or(n);
        match single {
            Single::Never => 0,
            Single::All => n,
            Single::Any => first_not(T::find(text, 10)),
            Single::NotChar(c) => first_not(T::find(text, c)),
            Single::Char(c) => first_not(text.iter().position(|&u| u.into() != c)),
            Single::Set(i) => {
                let set = &self.program.sets[i as usize];
                if set.is_local {
                    return first_not(text.iter().position(|&u| !set.contains(u.into(), self.locale)));
                }
                first_not(text.iter().position(|&u| {
                    let c: u32 = u.into();
                    !(if c < 256 { set.low[c as usize] } else { set.contains(c, self.locale) })
                }))
            }
        }
    }

    #[inline(always)]
    pub(super) fn test_at(&self, single: Single, at: usize) -> bool {
        match self.text.get(at) {
            Some(&u) => self.program.matches(single, u.into(), self.locale),
            None => false,
        }
    }

    /// Matches from one place. The groups are the matcher's afterwards.
    fn attempt(&mut self, start: usize) -> Result<bool, Stop> {
        if self.m.marked {
            self.m.marks.fill(UNSET);
            self.m.marked = false;
            self.m.last_index = 0;
        }
        self.m.stack.clear();
        let program = self.program;
        let text = self.text;
        let (mut pc, mut at) = (0usize, start);
        loop {
            let matched = match program.code[pc] {
                Inst::One(single) => {
                    let ok = self.test_at(single, at);
                    at += 1;
                    pc += 1;
                    ok
                }
                Inst::Literal { start, len } => {
                    let literal = &program.literals[start as usize..(start + len) as usize];
                    let ok = text
                        .get(at..)
                        .and_then(|t| t.get(..literal.len()))
                        .is_some_and(|t| t.iter().zip(literal).all(|(&u, &c)| u.into() == c));
                    at += literal.len();
                    pc += 1;
                    ok
                }
                Inst::Repeat(number) => {
                    pc += 1;
                    self.repeat(number, &mut at)?
                }
                Inst::Mark(mark) => {
                    self.mark(mark, at)?;
                    pc += 1;
                    true
                }
                Inst::Branch(number) => self.branch(number, &mut pc, at)?,
                Inst::Jump(target) => {
                    pc = target as usize;
                    true
                }
                Inst::At(position) => {
                    pc += 1;
                    self.is_at(position, at)
                }
                Inst::Match => {
                    let refused =
                        (self.full && at != text.len()) || (at == self.refuse_empty_at && at == start);
                    if !refused {
                        (self.m.start, self.m.end) = (start, at);
                        return Ok(true);
                    }
                    false
                }
                Inst::Fail => false,
                inst => self.control(inst, &mut pc, &mut at)?,
            };
            if !matched {
                match self.backtrack()? {
                    Some((next, place)) => (pc, at) = (next as usize, place),
                    None => return Ok(false),
                }
            }
        }
    }

    /// Loops, atomic groups, look-arounds and references to groups.
    #[inline(always)]
    fn control(&mut self, inst: Inst, pc: &mut usize, at: &mut usize) -> Result<bool, Stop> {
        Ok(match inst {
            Inst::LoopStart(number) => {
                self.burn()?;
                self.save_slot(number)?;
                self.enter_loop(number, pc, *at)?
            }
            Inst::LoopGreedy(number) => {
                self.burn()?;
                self.loop_greedy(number, pc, *at)?
            }
            Inst::LoopLazy(number) => {
                self.burn()?;
                self.loop_lazy(number, pc, *at)?
            }
            Inst::PossessiveStart(number) => {
                let slot = &mut self.m.slots[number as usize];
                (slot.count, slot.last) = (0, UNSET);
                self.possessive_round(number, pc, *at)?;
                true
            }
            Inst::PossessiveNext(number) => {
                self.burn()?;
                let slot = &mut self.m.slots[number as usize];
                slot.count = slot.count.saturating_add(1);
                let height = slot.height;
                self.cut(height);
                self.possessive_round(number, pc, *at)?;
                true
            }
            Inst::AtomicStart(slot) => {
                self.m.slots[slot as usize].height = self.m.stack.len();
                *pc += 1;
                true
            }
            Inst::AtomicEnd(slot) => {
                self.cut(self.m.slots[slot as usize].height);
                *pc += 1;
                true
            }
            Inst::AssertStart { slot, back } => {
                let (height, back) = (self.m.stack.len(), back as usize);
                let slot = &mut self.m.slots[slot as usize];
                (slot.height, slot.last) = (height, *at);
                *pc += 1;
                let ok = *at >= back;
                *at = at.wrapping_sub(back);
                ok
            }
            Inst::AssertEnd(slot) => {
                let slot = self.m.slots[slot as usize];
                self.cut(slot.height);
                *at = slot.last;
                *pc += 1;
                true
            }
            Inst::AssertNotStart { slot, back, after } => {
                if *at < back as usize {
                    *pc = after as usize;
                } else {
                    self.m.slots[slot as usize].height = self.m.stack.len();
                    self.push(Entry::Choice { pc: after, at: *at })?;
                    *at -= back as usize;
                    *pc += 1;
                }
                true
            }
            Inst::AssertNotEnd(slot) => {
                self.undo(self.m.slots[slot as usize].height);
                false
            }
            Inst::GroupRef { group, fold } => {
                *pc += 1;
                self.group_again(group, fold, at)
            }
            Inst::GroupExists { group, otherwise } => {
                *pc = if self.m.group(group as usize + 1).is_some() { *pc + 1 } else { otherwise as usize };
                true
            }
            _ => false,
        })
    }

    #[inline(always)]
    fn mark(&mut self, mark: u32, at: usize) -> Result<(), Stop> {
        let old = self.m.marks[mark as usize];
        // Without a choice to come back to nothing has to be restored.
        if !self.m.stack.is_empty() {
            self.push(Entry::Mark { mark, last_index: self.m.last_index, old })?;
        }
        self.m.marks[mark as usize] = at;
        self.m.marked = true;
        if mark & 1 != 0 {
            self.m.last_index = mark / 2 + 1;
        }
        Ok(())
    }

    /// A repeated character.
    #[inline(always)]
    fn repeat(&mut self, number: u32, at: &mut usize) -> Result<bool, Stop> {
        let repeat = self.program.repeats[number as usize];
        let max = if repeat.max == MAX_REPEAT { usize::MAX } else { repeat.max as usize };
        let min = repeat.min as usize;
        if self.text.len().saturating_sub(*at) < min {
            return Ok(false);
        }
        if repeat.greed == Greed::Lazy {
            if min > 0 && self.run_length(repeat.single, *at, min) < min {
                return Ok(false);
            }
            *at += min;
            if repeat.next == Next::End && !self.full && self.refuse_empty_at == UNSET {
                return Ok(true);
            }
            return self.lazy_repeat(number, at, min);
        }
        let count = self.run_length(repeat.single, *at, max);
        if count < min {
            return Ok(false);
        }
        let start = *at + min;
        *at += count;
        if count == min || repeat.greed == Greed::Possessive || repeat.keeps_all {
            return Ok(true);
        }
        match repeat.next {
            Next::End if !self.full => Ok(true),
            Next::Test(test) if !self.test_at(test, *at) => {
                // The longest run does not do: find the longest that does.
                match self.shorter_run(test, start, *at) {
                    Some(end) => {
                        *at = end;
                        if end > start {
                            self.push(Entry::Greedy { repeat: number, start, at: end })?;
                        }
                        Ok(true)
                    }
                    None => Ok(false),
                }
            }
            _ => {
                self.push(Entry::Greedy { repeat: number, start, at: *at })?;
                Ok(true)
            }
        }
    }

    /// The last place from `start` up to but not including `end` where a test holds.
    #[inline]
    pub(super) fn shorter_run(&self, test: Single, start: usize, end: usize) -> Option<usize> {
        let text = &self.text[start..end];
        let found = match test {
            Single::Char(c) => T::find_last(text, c),
            Single::Never => None,
            _ => text.iter().rposition(|&u| self.program.matches(test, u.into(), self.locale)),
        };
        found.map(|i| start + i)
    }

    #[inline(always)]
    fn branch(&mut self, number: u32, pc: &mut usize, at: usize) -> Result<bool, Stop> {
        let branch = &self.program.branches[number as usize];
        let Some(masks) = &branch.masks else {
            if branch.targets.len() > 1 {
                self.push(Entry::ManyBranches { branch: number, next: 1, at })?;
            }
            *pc = branch.targets[0] as usize;
            return Ok(true);
        };
        let mask = match self.text.get(at) {
            None => masks.end,
            Some(&u) => {
                let c: u32 = u.into();
                if c < 256 { masks.low[c as usize] } else { masks.wide }
            }
        };
        if mask == 0 {
            return Ok(false);
        }
        let rest = mask & (mask - 1);
        if rest != 0 {
            self.push(Entry::Branch { branch: number, rest, at })?;
        }
        *pc = branch.targets[mask.trailing_zeros() as usize] as usize;
        Ok(true)
    }

    /// Keeps a loop's registers for when the way leads back before this place.
    #[inline(always)]
    pub(super) fn save_slot(&mut self, number: u32) -> Result<(), Stop> {
        if self.m.stack.is_empty() {
            return Ok(());
        }
        let Slot { count, last, .. } = self.m.slots[number as usize];
        self.push(Entry::Slot { slot: number, count, last })
    }

    /// Whether a round of a loop can begin here, by its first character.
    #[inline(always)]
    fn can_begin(&self, number: u32, at: usize) -> bool {
        match (&self.program.loops[number as usize].first, self.text.get(at)) {
            (Some(first), Some(&u)) => first.contains(u.into()),
            (Some(_), None) => false,
            (None, _) => true,
        }
    }

    /// A loop's beginning.
    #[inline(always)]
    fn enter_loop(&mut self, number: u32, pc: &mut usize, at: usize) -> Result<bool, Stop> {
        // The instruction after the body decides, as after any round; it counts from "minus one".
        let slot = &mut self.m.slots[number as usize];
        (slot.count, slot.last) = (u32::MAX, UNSET);
        match self.loop_end(number) {
            Inst::LoopLazy(_) => self.loop_lazy(number, pc, at),
            _ => self.loop_greedy(number, pc, at),
        }
    }

    #[inline(always)]
    fn loop_end(&self, number: u32) -> Inst {
        self.program.code[self.program.loops[number as usize].after as usize - 1]
    }

    /// Another round if there must be or can be one, else what follows.
    #[inline(always)]
    fn loop_greedy(&mut self, number: u32, pc: &mut usize, at: usize) -> Result<bool, Stop> {
        let l = &self.program.loops[number as usize];
        let Slot { count: before, last, .. } = self.m.slots[number as usize];
        let count = before.wrapping_add(1);
        if count < l.min {
            self.save_slot(number)?;
            self.m.slots[number as usize].count = count;
            *pc = l.body as usize;
            return Ok(true);
        }
        if (count < l.max || l.max == MAX_REPEAT) && at != last && self.can_begin(number, at) {
            self.push(Entry::Loop { slot: number, count: before, last, at })?;
            let slot = &mut self.m.slots[number as usize];
            (slot.count, slot.last) = (count, at);
            *pc = l.body as usize;
            return Ok(true);
        }
        *pc = l.after as usize;
        Ok(true)
    }

    /// What follows if the rounds are enough; another round is the second choice.
    #[inline(always)]
    fn loop_lazy(&mut self, number: u32, pc: &mut usize, at: usize) -> Result<bool, Stop> {
        let l = &self.program.loops[number as usize];
        let Slot { count: before, last, .. } = self.m.slots[number as usize];
        let count = before.wrapping_add(1);
        if count < l.min {
            self.save_slot(number)?;
            self.m.slots[number as usize].count = count;
            *pc = l.body as usize;
            return Ok(true);
        }
        self.push(Entry::LazyLoop { slot: number, count: before, last, at })?;
        *pc = l.after as usize;
        Ok(true)
    }

    /// The next round of a possessive loop: its choices are cut once it is done.
    fn possessive_round(&mut self, number: u32, pc: &mut usize, at: usize) -> Result<(), Stop> {
        let l = &self.program.loops[number as usize];
        let height = self.m.stack.len();
        let slot = &mut self.m.slots[number as usize];
        slot.height = height;
        if slot.count < l.min {
            *pc = l.body as usize;
        } else if (slot.count < l.max || l.max == MAX_REPEAT) && slot.last != at {
            slot.last = at;
            self.push(Entry::Choice { pc: l.after, at })?;
            *pc = l.body as usize;
        } else {
            *pc = l.after as usize;
        }
        Ok(())
    }

    /// The text of a group again.
    fn group_again(&self, group: u32, fold: Fold, at: &mut usize) -> bool {
        let Some((start, end)) = self.m.group(group as usize + 1) else { return false };
        let wanted = &self.text[start..end];
        let Some(got) = self.text[*at..].get(..wanted.len()) else { return false };
        *at += wanted.len();
        if fold == Fold::Exact {
            return wanted == got;
        }
        let lower = |u: T| fold.lower(u.into(), self.locale);
        wanted.iter().zip(got).all(|(&a, &b)| lower(a) == lower(b))
    }

    fn is_at(&self, position: u32, at: usize) -> bool {
        let text = self.text;
        let unit = |i: usize| -> u32 { text[i].into() };
        let word = |is_word: &dyn Fn(u32) -> bool| {
            let before = at > 0 && is_word(unit(at - 1));
            let after = at < text.len() && is_word(unit(at));
            before != after
        };
        match position {
            AT_BEGINNING | AT_BEGINNING_STRING => at == 0,
            AT_BEGINNING_LINE => at == 0 || unit(at - 1) == 10,
            AT_END => at == text.len() || (at + 1 == text.len() && unit(at) == 10),
            AT_END_LINE => at == text.len() || unit(at) == 10,
            AT_END_STRING => at == text.len(),
            AT_BOUNDARY => word(&is_ascii_word),
            AT_NON_BOUNDARY => !word(&is_ascii_word),
            AT_LOC_BOUNDARY => word(&|c| self.locale.is_word(c)),
            AT_LOC_NON_BOUNDARY => !word(&|c| self.locale.is_word(c)),
            AT_UNI_BOUNDARY => word(&is_unicode_word),
            _ => !word(&is_unicode_word),
        }
    }
}
