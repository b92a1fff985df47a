//! Empties the blocks that no path from the entry reaches, and counts the edges into the others.

use super::cfg::{Cfg, ENTRY};

pub fn remove_unreachable(cfg: &mut Cfg) {
    cfg.clear_visited();
    for block in &mut cfg.blocks {
        block.predecessors = 0;
    }
    cfg[ENTRY].predecessors = 1;
    cfg[ENTRY].visited = true;
    let mut todo = vec![ENTRY];
    while let Some(id) = todo.pop() {
        if let Some(next) = cfg.fallthrough(id) {
            if cfg.visit(next) {
                todo.push(next);
            }
            cfg[next].predecessors += 1;
        }
        for slot in 0..cfg[id].instrs.len() {
            if let Some(target) = cfg[id].instrs[slot].target {
                if cfg.visit(target) {
                    todo.push(target);
                }
                cfg[target].predecessors += 1;
            }
        }
    }
    for block in &mut cfg.blocks {
        if block.predecessors == 0 {
            block.truncate(0);
            block.is_handler = false;
        }
    }
}
