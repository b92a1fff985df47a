//! Loads of locals that may borrow: where the value is consumed within its block, before the local is
//! overwritten or deleted, and is not stored in a local, `LOAD_FAST` need not count a reference.
//!
//! The stack is run abstractly over each block; every value on it remembers the instruction that loaded it
//! and the local it came from.

use super::cfg::{BlockId, Cfg, ENTRY, Instr};
use taipan_bytecode::Opcode;

/// A value on the abstract stack.
#[derive(Clone, Copy)]
struct Ref {
    /// The index in the block of the instruction that made it; `None` if it was there at entry.
    instr: Option<usize>,
    local: Option<u32>,
}

#[derive(Default)]
struct Walk {
    refs: Vec<Ref>,
    /// For each instruction whether a value of its must be a counted reference.
    owned: Vec<bool>,
}

impl Walk {
    fn push(&mut self, instr: usize, local: Option<u32>) {
        self.refs.push(Ref { instr: Some(instr), local });
    }

    fn pop(&mut self) -> Ref {
        self.refs.pop().unwrap_or(Ref { instr: None, local: None })
    }

    fn drop_values(&mut self, count: i64) {
        let left = self.refs.len().saturating_sub(usize::try_from(count).unwrap_or(0));
        self.refs.truncate(left);
    }

    fn need(&mut self, r: Ref) {
        if let Some(instr) = r.instr {
            self.owned[instr] = true;
        }
    }

    fn kill(&mut self, local: u32) {
        for at in 0..self.refs.len() {
            if self.refs[at].local == Some(local) {
                self.need(self.refs[at]);
            }
        }
    }

    fn store(&mut self, local: u32) {
        let r = self.pop();
        self.kill(local);
        self.need(r);
    }
}

/// Turns `LOAD_FAST` into `LOAD_FAST_BORROW`, and the double form too, where that is safe. Depths must have
/// been calculated and no instruction may be added afterwards.
pub fn optimise_load_fast(cfg: &mut Cfg) {
    cfg.clear_visited();
    cfg[ENTRY].start_depth = 0;
    cfg[ENTRY].visited = true;
    let mut todo = vec![ENTRY];
    let mut walk = Walk::default();
    while let Some(id) = todo.pop() {
        let depth = usize::try_from(cfg[id].start_depth).unwrap_or(0);
        walk.refs.clear();
        walk.refs.resize(depth, Ref { instr: None, local: None });
        walk.owned.clear();
        walk.owned.resize(cfg[id].instrs.len(), false);
        for at in 0..cfg[id].instrs.len() {
            let instr = cfg[id].instrs[at];
            step(cfg, &mut todo, &mut walk, at, instr);
        }
        if !cfg[id].instrs.is_empty()
            && let Some(next) = cfg.fallthrough(id)
        {
            push_block(cfg, &mut todo, next);
        }
        for at in 0..walk.refs.len() {
            walk.need(walk.refs[at]);
        }
        for (instr, owned) in cfg[id].instrs.iter_mut().zip(&walk.owned) {
            match instr.opcode {
                Opcode::LOAD_FAST if !owned => instr.opcode = Opcode::LOAD_FAST_BORROW,
                Opcode::LOAD_FAST_LOAD_FAST if !owned => {
                    instr.opcode = Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW;
                }
                _ => {}
            }
        }
    }
}

fn push_block(cfg: &mut Cfg, todo: &mut Vec<BlockId>, id: BlockId) {
    if cfg.visit(id) {
        todo.push(id);
    }
}

fn step(cfg: &mut Cfg, todo: &mut Vec<BlockId>, walk: &mut Walk, at: usize, instr: Instr) {
    let oparg = instr.oparg;
    let (popped, pushed) = (instr.opcode.popped(oparg), instr.opcode.pushed(oparg));
    if let Some(target) = instr.target {
        push_block(cfg, todo, target);
    }
    match instr.opcode {
        Opcode::DELETE_FAST => walk.kill(oparg),
        Opcode::LOAD_FAST => walk.push(at, Some(oparg)),
        Opcode::LOAD_FAST_AND_CLEAR => {
            walk.kill(oparg);
            walk.push(at, None);
        }
        Opcode::LOAD_FAST_LOAD_FAST => {
            walk.push(at, Some(oparg >> 4));
            walk.push(at, Some(oparg & 15));
        }
        Opcode::STORE_FAST => walk.store(oparg),
        Opcode::STORE_FAST_LOAD_FAST => {
            walk.store(oparg >> 4);
            walk.push(at, Some(oparg & 15));
        }
        Opcode::STORE_FAST_STORE_FAST => {
            walk.store(oparg >> 4);
            walk.store(oparg & 15);
        }
        Opcode::COPY => {
            let index = walk.refs.len().checked_sub(oparg as usize);
            let r = index.and_then(|i| walk.refs.get(i).copied());
            walk.refs.push(r.unwrap_or(Ref { instr: None, local: None }));
        }
        Opcode::SWAP => {
            let size = walk.refs.len();
            if oparg >= 1 && (oparg as usize) <= size {
                walk.refs.swap(size - 1, size - oparg as usize);
            }
        }
        // These leave all they read, or what may be the same object.
        Opcode::FORMAT_SIMPLE
        | Opcode::GET_ANEXT
        | Opcode::GET_LEN
        | Opcode::GET_YIELD_FROM_ITER
        | Opcode::IMPORT_FROM
        | Opcode::MATCH_KEYS
        | Opcode::MATCH_MAPPING
        | Opcode::MATCH_SEQUENCE
        | Opcode::WITH_EXCEPT_START => {
            // CPython's pass takes the new values for those of the block's first instructions. That is safe,
            // since it can only keep a load from borrowing, and identical code needs the same.
            for first in 0..usize::try_from(pushed - popped).unwrap_or(0) {
                walk.push(first, None);
            }
        }
        Opcode::FOR_ITER => walk.push(at, None),
        // These leave the lower part of what they read and push nothing.
        Opcode::DICT_MERGE
        | Opcode::DICT_UPDATE
        | Opcode::LIST_APPEND
        | Opcode::LIST_EXTEND
        | Opcode::MAP_ADD
        | Opcode::RERAISE
        | Opcode::SET_ADD
        | Opcode::SET_UPDATE => walk.drop_values(popped - pushed),
        Opcode::END_SEND | Opcode::SET_FUNCTION_ATTRIBUTE => {
            let top = walk.pop();
            walk.pop();
            walk.refs.push(top);
        }
        Opcode::CHECK_EXC_MATCH | Opcode::SEND => {
            walk.pop();
            walk.push(at, None);
        }
        Opcode::LOAD_ATTR | Opcode::LOAD_SUPER_ATTR => {
            let receiver = walk.pop();
            if instr.opcode == Opcode::LOAD_SUPER_ATTR {
                walk.drop_values(2);
            }
            walk.push(at, None);
            if oparg & 1 != 0 {
                // For a method the receiver goes back on the stack.
                walk.refs.push(receiver);
            }
        }
        Opcode::LOAD_SPECIAL | Opcode::PUSH_EXC_INFO => {
            let top = walk.pop();
            walk.push(at, None);
            walk.refs.push(top);
        }
        _ if instr.is_block_push() => {}
        _ => {
            walk.drop_values(popped);
            for _ in 0..pushed {
                walk.push(at, None);
            }
        }
    }
}
