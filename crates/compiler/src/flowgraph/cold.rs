//! Moves the blocks that only an exception reaches behind all others, so that the code that usually runs
//! lies together.

use super::cfg::{BlockId, Cfg, ENTRY};
use super::nops::remove_redundant_nops_and_jumps;
use crate::ir::Location;
use taipan_bytecode::Opcode;

pub fn push_cold_blocks_to_end(cfg: &mut Cfg) {
    if cfg[ENTRY].next.is_none() {
        return;
    }
    mark_warm(cfg);
    mark_cold(cfg);
    // A cold block that runs into a warm one will not lie before it any more.
    for id in cfg.order() {
        if let Some(next) = cfg.fallthrough(id)
            && cfg[id].cold
            && cfg[next].warm
        {
            cfg[next].labelled = true;
            let jump = cfg.new_block();
            cfg[jump].add_jump(Opcode::JUMP_NO_INTERRUPT, next, Location::NONE);
            cfg[jump].cold = true;
            cfg[jump].predecessors = 1;
            cfg[jump].next = Some(next);
            cfg[id].next = Some(jump);
        }
    }
    let (cold, warm): (Vec<BlockId>, Vec<BlockId>) = cfg.order().into_iter().partition(|id| cfg[*id].cold);
    let order: Vec<BlockId> = warm.into_iter().chain(cold.iter().copied()).collect();
    for pair in order.windows(2) {
        cfg[pair[0]].next = Some(pair[1]);
    }
    if let Some(last) = order.last() {
        cfg[*last].next = None;
    }
    if !cold.is_empty() {
        remove_redundant_nops_and_jumps(cfg);
    }
}

/// Follows fall-through and jumps, but not handlers, from the blocks given; `stays` keeps blocks out.
fn flood(
    cfg: &mut Cfg,
    mut todo: Vec<BlockId>,
    stays: fn(&super::cfg::Block) -> bool,
    mark: fn(&mut super::cfg::Block),
) {
    while let Some(id) = todo.pop() {
        mark(&mut cfg[id]);
        let fallthrough = cfg.fallthrough(id);
        let jumps: Vec<BlockId> =
            cfg[id].instrs.iter().filter(|i| i.is_jump()).filter_map(|i| i.target).collect();
        for next in fallthrough.into_iter().chain(jumps) {
            if !stays(&cfg[next]) && cfg.visit(next) {
                todo.push(next);
            }
        }
    }
}

fn mark_warm(cfg: &mut Cfg) {
    cfg.clear_visited();
    cfg[ENTRY].visited = true;
    flood(cfg, vec![ENTRY], |_| false, |block| block.warm = true);
}

fn mark_cold(cfg: &mut Cfg) {
    cfg.clear_visited();
    let handlers: Vec<BlockId> =
        cfg.order().into_iter().filter(|id| cfg[*id].is_handler && !cfg[*id].warm).collect();
    for id in &handlers {
        cfg[*id].visited = true;
    }
    flood(cfg, handlers, |block| block.warm, |block| block.cold = true);
}
