//! From the finished graph back to a flat list of instructions, jump targets and handlers as indices in it.

use super::BackEndError;
use super::cfg::{BlockId, Cfg};
use crate::ir::Location;
use taipan_bytecode::Opcode;

/// The handler in force at an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handler {
    /// The index of its first instruction.
    pub target: usize,
    /// The depth of the value stack at its entry.
    pub start_depth: i32,
    pub preserve_lasti: bool,
}

/// An instruction in its final place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FlatInstr {
    pub opcode: Opcode,
    /// For a jump the index of the instruction it goes to.
    pub oparg: u32,
    pub loc: Location,
    pub handler: Option<Handler>,
}

pub fn flatten(cfg: &Cfg) -> Result<Vec<FlatInstr>, BackEndError> {
    let order = cfg.order();
    let mut starts = vec![usize::MAX; cfg.blocks.len()];
    let mut count = 0;
    for id in &order {
        starts[id.0 as usize] = count;
        count += cfg[*id].instrs.len();
    }
    let start = |id: BlockId| -> Result<usize, BackEndError> {
        Some(starts[id.0 as usize]).filter(|at| *at < count).ok_or(BackEndError::UnplacedLabel)
    };
    let mut out = Vec::with_capacity(count);
    for id in order {
        for instr in &cfg[id].instrs {
            let oparg = match instr.target {
                Some(target) => u32::try_from(start(target)?).map_err(|_| BackEndError::TooBig)?,
                None => instr.oparg,
            };
            let handler = match instr.except {
                Some(handler) => Some(Handler {
                    target: start(handler)?,
                    start_depth: cfg[handler].start_depth,
                    preserve_lasti: cfg[handler].preserve_lasti,
                }),
                None => None,
            };
            out.push(FlatInstr { opcode: instr.opcode, oparg, loc: instr.loc, handler });
        }
    }
    Ok(out)
}
