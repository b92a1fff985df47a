//! The stack of choices, and the undo records among them.

use super::codes::MAX_REPEAT;
use super::engine::{Runner, Stop};
use super::program::Next;
use crate::unit::Unit;

/// Something to come back to, or to restore on the way back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    /// Go on at `pc`.
    Choice { pc: u32, at: usize },
    /// Alternatives not tried yet.
    Branch { branch: u32, rest: u64, at: usize },
    /// The same for more than 64.
    ManyBranches { branch: u32, next: u32, at: usize },
    /// A greedy repeat that reached `at` and may give back down to `start`.
    Greedy { repeat: u32, start: usize, at: usize },
    /// A lazy repeat that reached `at` with `count` characters.
    Lazy { repeat: u32, count: usize, at: usize },
    /// Leave a greedy loop here instead of another round.
    Loop { slot: u32, count: u32, last: usize, at: usize },
    /// Another round of a lazy loop.
    LazyLoop { slot: u32, count: u32, last: usize, at: usize },
    /// Restores a loop's registers.
    Slot { slot: u32, count: u32, last: usize },
    /// Restores a mark.
    Mark { mark: u32, last_index: u32, old: usize },
}

impl<T: Unit> Runner<'_, T> {
    #[inline(always)]
    pub(super) fn push(&mut self, entry: Entry) -> Result<(), Stop> {
        if self.m.stack.len() == self.m.stack.capacity() {
            self.grow()?;
        }
        self.m.stack.push(entry);
        Ok(())
    }

    #[cold]
    fn grow(&mut self) -> Result<(), Stop> {
        let more = self.m.stack.len().max(32);
        self.m.stack.try_reserve(more).map_err(|_| Stop::Memory)
    }

    /// Forgets the choices above a height; marks stay as they are, and what restores them stays too.
    pub(super) fn cut(&mut self, height: usize) {
        if height == 0 {
            self.m.stack.clear();
            return;
        }
        let mut kept = height;
        for i in height..self.m.stack.len() {
            if matches!(self.m.stack[i], Entry::Mark { .. }) {
                self.m.stack[kept] = self.m.stack[i];
                kept += 1;
            }
        }
        self.m.stack.truncate(kept);
    }

    /// Goes back to a height, restoring everything and choosing nothing.
    pub(super) fn undo(&mut self, height: usize) {
        while self.m.stack.len() > height
            && let Some(entry) = self.m.stack.pop()
        {
            self.restore(entry);
        }
    }

    #[inline(always)]
    fn restore(&mut self, entry: Entry) {
        match entry {
            Entry::Mark { mark, last_index, old } => {
                self.m.marks[mark as usize] = old;
                self.m.last_index = last_index;
            }
            Entry::Slot { slot, count, last }
            | Entry::Loop { slot, count, last, .. }
            | Entry::LazyLoop { slot, count, last, .. } => {
                let slot = &mut self.m.slots[slot as usize];
                (slot.count, slot.last) = (count, last);
            }
            _ => {}
        }
    }

    /// The next choice: where to go on, or nothing.
    pub(super) fn backtrack(&mut self) -> Result<Option<(u32, usize)>, Stop> {
        self.burn()?;
        while let Some(entry) = self.m.stack.pop() {
            match entry {
                Entry::Mark { .. } | Entry::Slot { .. } => self.restore(entry),
                Entry::Choice { pc, at } => return Ok(Some((pc, at))),
                Entry::Branch { branch, rest, at } => {
                    let target =
                        self.program.branches[branch as usize].targets[rest.trailing_zeros() as usize];
                    let rest = rest & (rest - 1);
                    if rest != 0 {
                        self.m.stack.push(Entry::Branch { branch, rest, at });
                    }
                    return Ok(Some((target, at)));
                }
                Entry::ManyBranches { branch, next, at } => {
                    let targets = &self.program.branches[branch as usize].targets;
                    if (next as usize) + 1 < targets.len() {
                        self.m.stack.push(Entry::ManyBranches { branch, next: next + 1, at });
                    }
                    return Ok(Some((targets[next as usize], at)));
                }
                Entry::Greedy { repeat, start, at } => {
                    let end = match self.program.repeats[repeat as usize].next {
                        Next::Test(test) => match self.shorter_run(test, start, at) {
                            Some(end) => end,
                            None => continue,
                        },
                        _ => at - 1,
                    };
                    if end > start {
                        self.m.stack.push(Entry::Greedy { repeat, start, at: end });
                    }
                    return Ok(Some((self.after_repeat(repeat), end)));
                }
                Entry::Lazy { repeat, count, mut at } => {
                    let how = &self.program.repeats[repeat as usize];
                    let is_full = how.max != MAX_REPEAT && count >= how.max as usize;
                    if is_full || !self.test_at(how.single, at) {
                        continue;
                    }
                    at += 1;
                    if self.lazy_repeat(repeat, &mut at, count + 1)? {
                        return Ok(Some((self.after_repeat(repeat), at)));
                    }
                }
                Entry::Loop { slot, at, .. } => {
                    self.restore(entry);
                    return Ok(Some((self.program.loops[slot as usize].after, at)));
                }
                Entry::LazyLoop { slot, count, last, at } => {
                    self.restore(entry);
                    let l = &self.program.loops[slot as usize];
                    let count = count.wrapping_add(1);
                    if (count >= l.max && l.max != MAX_REPEAT) || at == last {
                        continue;
                    }
                    self.save_slot(slot)?;
                    let registers = &mut self.m.slots[slot as usize];
                    (registers.count, registers.last) = (count, at);
                    return Ok(Some((l.body, at)));
                }
            }
        }
        Ok(None)
    }

    /// The instruction after a repeat.
    #[inline(always)]
    fn after_repeat(&self, repeat: u32) -> u32 {
        self.program.repeats[repeat as usize].after
    }

    /// A lazy repeat at `at` with `count` characters done: goes on to the first place where what follows can
    /// begin, and leaves the choice to go further.
    pub(super) fn lazy_repeat(
        &mut self,
        repeat: u32,
        at: &mut usize,
        mut count: usize,
    ) -> Result<bool, Stop> {
        let how = self.program.repeats[repeat as usize];
        if let Next::Test(test) = how.next {
            let text = &self.text[*at..];
            let distance = match test {
                super::charset::Single::Char(c) => T::find(text, c),
                _ => text.iter().position(|&u| self.program.matches(test, u.into(), self.locale)),
            };
            let Some(distance) = distance else { return Ok(false) };
            if how.max != MAX_REPEAT && distance > how.max as usize - count {
                return Ok(false);
            }
            if self.run_length(how.single, *at, distance) < distance {
                return Ok(false);
            }
            *at += distance;
            count += distance;
        }
        self.push(Entry::Lazy { repeat, count, at: *at })?;
        Ok(true)
    }
}
