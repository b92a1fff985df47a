//! Line numbers for the instructions that code generation left without: an exit is copied for each jump to
//! it so that each copy can have the jump's line, then lines run forward along edges that are the only
//! way into a block.

use super::cfg::{BlockId, Cfg};
use crate::ir::Location;

/// Lines for the whole graph. `predecessors` must be right.
pub fn resolve_line_numbers(cfg: &mut Cfg) {
    duplicate_exits_without_lineno(cfg);
    propagate_line_numbers(cfg);
}

fn is_exit_or_eval_check_without_lineno(cfg: &Cfg, id: BlockId) -> bool {
    (cfg[id].exits_scope() || cfg[id].has_eval_break()) && cfg[id].has_no_lineno()
}

fn duplicate_exits_without_lineno(cfg: &mut Cfg) {
    let mut at = Some(super::cfg::ENTRY);
    while let Some(id) = at {
        if let Some(last) = cfg[id].last().copied()
            && last.is_jump()
            && let Some(target) = cfg.next_nonempty(last.target)
            && is_exit_or_eval_check_without_lineno(cfg, target)
            && cfg[target].predecessors > 1
            && !cfg[target].falls_through()
        {
            let new = cfg.new_block();
            cfg[new].instrs = cfg[target].instrs.clone();
            cfg[new].instrs[0].loc = last.loc;
            cfg[new].predecessors = 1;
            cfg[new].labelled = true;
            cfg[new].next = cfg[target].next;
            cfg[target].next = Some(new);
            cfg[target].predecessors -= 1;
            if let Some(jump) = cfg[id].instrs.last_mut() {
                jump.target = Some(new);
            }
        }
        at = cfg[id].next;
    }
    // What is left can be reached by falling through alone, so from one block only.
    for id in cfg.order() {
        if let Some(last) = cfg[id].last().copied()
            && let Some(next) = cfg.fallthrough(id)
            && is_exit_or_eval_check_without_lineno(cfg, next)
            && let Some(first) = cfg[next].instrs.first_mut()
        {
            first.loc = last.loc;
        }
    }
}

fn propagate_line_numbers(cfg: &mut Cfg) {
    for id in cfg.order() {
        let mut previous = Location::NONE;
        for instr in &mut cfg[id].instrs {
            if instr.loc.lineno == Location::NONE.lineno {
                instr.loc = previous;
            } else {
                previous = instr.loc;
            }
        }
        let Some(last) = cfg[id].last().copied() else { continue };
        if let Some(next) = cfg.fallthrough(id) {
            hand_on(cfg, next, previous);
        }
        if last.is_jump()
            && let Some(target) = last.target
        {
            hand_on(cfg, target, previous);
        }
    }
}

/// Gives a block with a single way in the location of that way.
fn hand_on(cfg: &mut Cfg, id: BlockId, loc: Location) {
    if cfg[id].predecessors == 1
        && let Some(first) = cfg[id].instrs.first_mut()
        && first.loc.lineno == Location::NONE.lineno
    {
        first.loc = loc;
    }
}
