//! Better instructions for short runs within a block: constants are folded, literal sequences of constants
//! become one constant, tests are fused, jumps to jumps go straight to the end of the chain.

use super::cfg::{BlockId, Cfg, Instr};
use super::constants::{Consts, const_value, make_load_const};
use super::fold::{self, Unary};
use super::swaps::{apply_static_swaps, shorten_run};
use crate::ir::Location;
use taipan_bytecode::opcode::{INTRINSIC_LIST_TO_TUPLE, INTRINSIC_UNARY_POSITIVE};
use taipan_bytecode::{Constant, Opcode};

/// The longest sequence that is built on the stack in one piece.
const STACK_USE_GUIDELINE: usize = 30;
/// The shortest constant list or set that is built from a constant.
const MIN_CONST_SEQUENCE_SIZE: usize = 3;
/// In `COMPARE_OP`'s argument: the result is wanted as a bool.
const COMPARE_TO_BOOL: u32 = 16;

pub fn optimise_blocks(cfg: &mut Cfg, consts: &mut Consts) {
    for id in cfg.order() {
        optimise_block(cfg, id, consts);
    }
}

fn optimise_block(cfg: &mut Cfg, id: BlockId, consts: &mut Consts) {
    let mut at = 0;
    while at < cfg[id].instrs.len() {
        if cfg[id].instrs[at].is_jump() {
            if thread_jump(cfg, id, at) {
                continue;
            }
            at += 1;
            continue;
        }
        optimise_instr(&mut cfg[id].instrs, at, consts);
        at += 1;
    }
    optimise_swaps(&mut cfg[id].instrs);
}

/// Shortens the block's `SWAP`s, once nothing else makes new ones.
fn optimise_swaps(instrs: &mut [Instr]) {
    let mut at = 0;
    while at < instrs.len() {
        if instrs[at].opcode == Opcode::SWAP {
            if instrs[at].oparg == 1 {
                instrs[at].nop();
            } else {
                at = shorten_run(instrs, at);
                apply_static_swaps(instrs, at);
            }
        }
        at += 1;
    }
}

/// Improves the instruction at `at`.
fn optimise_instr(instrs: &mut [Instr], at: usize, consts: &mut Consts) {
    let Instr { opcode, oparg, .. } = instrs[at];
    let next = instrs.get(at + 1).map_or(Opcode::CACHE, |i| i.opcode);
    match (opcode, next) {
        (Opcode::BUILD_TUPLE, Opcode::UNPACK_SEQUENCE)
            if instrs[at + 1].oparg == oparg && (1..=3).contains(&oparg) =>
        {
            instrs[at].nop();
            if oparg == 1 {
                instrs[at + 1].nop();
            } else {
                instrs[at + 1].opcode = Opcode::SWAP;
            }
        }
        (Opcode::BUILD_TUPLE, _) => fold_tuple(instrs, at, consts),
        (Opcode::BUILD_LIST | Opcode::BUILD_SET, _) => fold_list_or_set(instrs, at, next, consts),
        (Opcode::COMPARE_OP, Opcode::TO_BOOL) => {
            instrs[at].nop();
            instrs[at + 1].set(Opcode::COMPARE_OP, oparg | COMPARE_TO_BOOL);
        }
        (Opcode::CONTAINS_OP | Opcode::IS_OP, Opcode::TO_BOOL) => {
            instrs[at].nop();
            instrs[at + 1].set(opcode, oparg);
        }
        (Opcode::CONTAINS_OP | Opcode::IS_OP, Opcode::UNARY_NOT) => {
            instrs[at].nop();
            instrs[at + 1].set(opcode, oparg ^ 1);
        }
        (Opcode::UNARY_NOT, Opcode::TO_BOOL) => {
            instrs[at].nop();
            instrs[at + 1].set(Opcode::UNARY_NOT, 0);
        }
        (Opcode::UNARY_NOT, Opcode::UNARY_NOT) => {
            instrs[at].nop();
            instrs[at + 1].nop();
        }
        (Opcode::UNARY_NOT, _) => fold_unary(instrs, at, Unary::Not, consts),
        (Opcode::UNARY_INVERT, _) => fold_unary(instrs, at, Unary::Invert, consts),
        (Opcode::UNARY_NEGATIVE, _) => fold_unary(instrs, at, Unary::Negative, consts),
        (Opcode::CALL_INTRINSIC_1, _) if oparg == INTRINSIC_LIST_TO_TUPLE => {
            fold_growing(instrs, at, Opcode::BUILD_LIST, Opcode::LIST_APPEND, consts);
            if next == Opcode::GET_ITER && instrs[at].opcode == Opcode::CALL_INTRINSIC_1 {
                // A list does as well as a tuple for iterating.
                instrs[at].nop();
            }
        }
        (Opcode::CALL_INTRINSIC_1, _) if oparg == INTRINSIC_UNARY_POSITIVE => {
            fold_unary(instrs, at, Unary::Positive, consts);
        }
        (Opcode::LIST_APPEND, Opcode::GET_ITER | Opcode::CONTAINS_OP) => {
            fold_growing(instrs, at + 1, Opcode::BUILD_LIST, opcode, consts);
        }
        (Opcode::SET_ADD, Opcode::GET_ITER | Opcode::CONTAINS_OP) => {
            fold_growing(instrs, at + 1, Opcode::BUILD_SET, opcode, consts);
        }
        (Opcode::BINARY_OP, _) => fold_binary(instrs, at, consts),
        (Opcode::LOAD_GLOBAL, Opcode::PUSH_NULL) if oparg & 1 == 0 => {
            instrs[at].oparg = oparg | 1;
            instrs[at + 1].nop();
        }
        (Opcode::STORE_FAST, Opcode::STORE_FAST)
            if instrs[at + 1].oparg == oparg && instrs[at + 1].loc.lineno == instrs[at].loc.lineno =>
        {
            instrs[at].set(Opcode::POP_TOP, 0);
        }
        _ => {}
    }
}

/// Lets a jump to a jump go where that one goes. True if the instruction at `at` is to be looked at again.
fn thread_jump(cfg: &mut Cfg, id: BlockId, at: usize) -> bool {
    let instr = cfg[id].instrs[at];
    let Some(target_block) = instr.target else { return false };
    let Some(target) = cfg[target_block].instrs.first().copied() else { return false };
    let opcode = match (instr.opcode, target.opcode) {
        (
            Opcode::POP_JUMP_IF_NOT_NONE
            | Opcode::POP_JUMP_IF_NONE
            | Opcode::POP_JUMP_IF_FALSE
            | Opcode::POP_JUMP_IF_TRUE
            | Opcode::JUMP_IF_FALSE
            | Opcode::JUMP_IF_TRUE,
            Opcode::JUMP,
        ) => instr.opcode,
        (Opcode::JUMP_IF_FALSE, Opcode::JUMP_IF_FALSE) | (Opcode::JUMP_IF_TRUE, Opcode::JUMP_IF_TRUE) => {
            instr.opcode
        }
        (Opcode::JUMP_IF_FALSE, Opcode::JUMP_IF_TRUE) | (Opcode::JUMP_IF_TRUE, Opcode::JUMP_IF_FALSE) => {
            // The second does not jump, so the first leads behind it.
            let Some(next) = cfg[target_block].next else { return false };
            cfg[id].instrs[at].target = Some(next);
            return true;
        }
        (Opcode::JUMP | Opcode::JUMP_NO_INTERRUPT, Opcode::JUMP) => Opcode::JUMP,
        (Opcode::JUMP | Opcode::JUMP_NO_INTERRUPT, Opcode::JUMP_NO_INTERRUPT) => instr.opcode,
        _ => return false,
    };
    let Some(end) = target.target.filter(|end| *end != target_block) else { return false };
    // The old place stays as a NOP, in case a line needs it.
    cfg[id].instrs[at].nop();
    cfg[id].instrs[at].target = None;
    cfg[id].add_jump(opcode, end, target.loc);
    true
}

/// The `size` loads of constants right before `end`, last first, if they are there (`NOP`s between are
/// passed over).
fn const_loads(instrs: &[Instr], end: usize, size: usize) -> Option<Vec<usize>> {
    let mut found = Vec::with_capacity(size);
    let mut at = end;
    while found.len() < size {
        at = at.checked_sub(1)?;
        if instrs[at].opcode == Opcode::NOP {
            continue;
        }
        if !instrs[at].loads_const() {
            return None;
        }
        found.push(at);
    }
    found.reverse();
    Some(found)
}

fn values(instrs: &[Instr], loads: &[usize], consts: &Consts) -> Option<Vec<Constant>> {
    loads.iter().map(|at| const_value(&instrs[*at], consts)).collect()
}

/// Takes instructions away whose line nobody needs to see.
fn nop_out(instrs: &mut [Instr], places: &[usize]) {
    for at in places {
        instrs[*at].nop();
        instrs[*at].loc = Location::NONE;
    }
}

fn fold_tuple(instrs: &mut [Instr], at: usize, consts: &mut Consts) {
    let size = instrs[at].oparg as usize;
    if size > STACK_USE_GUIDELINE {
        return;
    }
    if let Some(loads) = const_loads(instrs, at, size)
        && let Some(items) = values(instrs, &loads, consts)
    {
        nop_out(instrs, &loads);
        make_load_const(&mut instrs[at], Constant::tuple(items), consts);
    }
}

fn fold_list_or_set(instrs: &mut [Instr], at: usize, next: Opcode, consts: &mut Consts) {
    let Instr { opcode, oparg, loc, .. } = instrs[at];
    let size = oparg as usize;
    let only_read = matches!(next, Opcode::GET_ITER | Opcode::CONTAINS_OP);
    if size > STACK_USE_GUIDELINE || (size < MIN_CONST_SEQUENCE_SIZE && !only_read) {
        return;
    }
    let Some((loads, items)) =
        const_loads(instrs, at, size).and_then(|l| values(instrs, &l, consts).map(|v| (l, v)))
    else {
        if only_read && opcode == Opcode::BUILD_LIST {
            instrs[at].opcode = Opcode::BUILD_TUPLE;
        }
        return;
    };
    let constant =
        if opcode == Opcode::BUILD_SET { Constant::frozen_set(items) } else { Constant::tuple(items) };
    let index = consts.add(constant);
    nop_out(instrs, &loads);
    if only_read {
        instrs[at].set(Opcode::LOAD_CONST, index);
    } else {
        instrs[at - 2].loc = loc;
        instrs[at - 2].set(opcode, 0);
        instrs[at - 1].set(Opcode::LOAD_CONST, index);
        let extend = if opcode == Opcode::BUILD_LIST { Opcode::LIST_EXTEND } else { Opcode::SET_UPDATE };
        instrs[at].set(extend, 1);
    }
}

/// An empty list or set and constants each added to it, up to `end`: one constant, which the instruction at
/// `end` (the conversion to a tuple) or right before it (the last addition) then loads.
fn fold_growing(instrs: &mut [Instr], end: usize, build: Opcode, add: Opcode, consts: &mut Consts) {
    let mut items = Vec::new();
    let mut expect_add = true;
    for position in (0..end).rev() {
        let instr = instrs[position];
        if instr.opcode == Opcode::NOP {
            continue;
        }
        if instr.opcode == build && instr.oparg == 0 {
            if !expect_add {
                return;
            }
            items.reverse();
            let used: Vec<usize> = (position..end).filter(|p| instrs[*p].opcode != Opcode::NOP).collect();
            nop_out(instrs, &used);
            let constant =
                if build == Opcode::BUILD_SET { Constant::frozen_set(items) } else { Constant::tuple(items) };
            let converts = instrs.get(end).is_some_and(|i| i.opcode == Opcode::CALL_INTRINSIC_1);
            make_load_const(&mut instrs[if converts { end } else { end - 1 }], constant, consts);
            return;
        }
        if expect_add {
            if instr.opcode != add || instr.oparg != 1 {
                return;
            }
        } else {
            match const_value(&instr, consts) {
                Some(value) => items.push(value),
                None => return,
            }
        }
        expect_add = !expect_add;
    }
}

fn fold_binary(instrs: &mut [Instr], at: usize, consts: &mut Consts) {
    if let Some(loads) = const_loads(instrs, at, 2)
        && let Some(operands) = values(instrs, &loads, consts)
        && let Some(result) = fold::binary(instrs[at].oparg, &operands[0], &operands[1])
    {
        nop_out(instrs, &loads);
        make_load_const(&mut instrs[at], result, consts);
    }
}

fn fold_unary(instrs: &mut [Instr], at: usize, op: Unary, consts: &mut Consts) {
    if let Some(loads) = const_loads(instrs, at, 1)
        && let Some(operands) = values(instrs, &loads, consts)
        && let Some(result) = fold::unary(op, &operands[0])
    {
        nop_out(instrs, &loads);
        make_load_const(&mut instrs[at], result, consts);
    }
}
