//! `SWAP`s: a run of them is replaced by the shortest run with the same effect, and what is left is done
//! by reordering the stores and pops behind it where nobody can tell.

use super::cfg::Instr;
use taipan_bytecode::Opcode;

/// Shortens the run of `SWAP`s at `at`; the index of the run's last instruction.
///
/// The effect of the run is a permutation; its cycles, walked backward from the run's end, give the fewest
/// swaps with the top.
pub fn shorten_run(instrs: &mut [Instr], at: usize) -> usize {
    let run = &mut instrs[at..];
    let mut depth = run[0].oparg as usize;
    let mut length = 1;
    let mut several = false;
    while length < run.len() {
        match run[length].opcode {
            Opcode::SWAP => {
                depth = depth.max(run[length].oparg as usize);
                several = true;
            }
            Opcode::NOP => {}
            _ => break,
        }
        length += 1;
    }
    if !several {
        return at;
    }
    let mut stack: Vec<usize> = (0..depth).collect();
    for instr in run[..length].iter().filter(|i| i.opcode == Opcode::SWAP && i.oparg > 0) {
        stack.swap(0, instr.oparg as usize - 1);
    }
    let mut visited = vec![false; depth];
    let mut swaps = Vec::new();
    for start in 0..depth {
        if visited[start] || stack[start] == start {
            continue;
        }
        let mut item = start;
        loop {
            // Swapping the top with itself is pointless.
            if item != 0 {
                swaps.push(item as u32 + 1);
            }
            if visited[item] {
                break;
            }
            visited[item] = true;
            item = stack[item];
        }
    }
    let mut current = length;
    for oparg in swaps {
        let Some(slot) = current.checked_sub(1) else { break };
        current = slot;
        run[slot].set(Opcode::SWAP, oparg);
    }
    for instr in &mut run[..current] {
        instr.nop();
    }
    at + length - 1
}

fn is_swappable(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::STORE_FAST | Opcode::STORE_FAST_MAYBE_NULL | Opcode::POP_TOP)
}

fn stores_to(instr: &Instr) -> Option<u32> {
    matches!(instr.opcode, Opcode::STORE_FAST | Opcode::STORE_FAST_MAYBE_NULL).then_some(instr.oparg)
}

/// The next instruction behind `at` that takes the top of the stack and touches nothing else; on the line
/// given, if one is given.
fn next_swappable(instrs: &[Instr], at: usize, line: Option<i32>) -> Option<usize> {
    for (index, instr) in instrs.iter().enumerate().skip(at + 1) {
        if line.is_some_and(|line| line >= 0 && instr.loc.lineno != line) {
            return None;
        }
        if instr.opcode != Opcode::NOP {
            return is_swappable(instr.opcode).then_some(index);
        }
    }
    None
}

/// Performs the `SWAP`s up to `at` by exchanging the instructions that take the two values.
pub fn apply_static_swaps(instrs: &mut [Instr], at: usize) {
    for at in (0..=at).rev() {
        let swap = instrs[at];
        if swap.opcode != Opcode::SWAP {
            if swap.opcode == Opcode::NOP || is_swappable(swap.opcode) {
                continue;
            }
            return;
        }
        let Some(first) = next_swappable(instrs, at, None) else { return };
        let line = instrs[first].loc.lineno;
        let mut second = first;
        for _ in 1..swap.oparg {
            match next_swappable(instrs, second, Some(line)) {
                Some(next) => second = next,
                None => return,
            }
        }
        let (store_first, store_second) = (stores_to(&instrs[first]), stores_to(&instrs[second]));
        if store_first.is_some() || store_second.is_some() {
            if store_first == store_second {
                return;
            }
            for between in &instrs[first + 1..second] {
                let store = stores_to(between);
                if store.is_some() && (store == store_first || store == store_second) {
                    return;
                }
            }
        }
        instrs[at].nop();
        instrs.swap(first, second);
    }
}
