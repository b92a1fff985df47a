//! From the instructions of code generation to those that run: the control flow graph and its passes, in
//! CPython's order, one file each.
//!
//! [`optimise_code_unit`] is everything that may change what the code does step by step but not what it
//! means; [`to_flat`] turns the result into real instructions and fixes the value stack's depth. After
//! `borrow` nothing may be added, since it relies on seeing every consumer of a value.

mod borrow;
mod build;
pub mod cfg;
mod cold;
mod constants;
mod emit;
mod fold;
mod handlers;
mod inline;
mod jumps;
mod lines;
mod locals;
mod nops;
mod peephole;
mod prefix;
mod pseudo;
mod stackdepth;
mod superinstructions;
mod swaps;
mod unreachable;

pub use borrow::optimise_load_fast;
pub use build::build;
pub use cfg::Cfg;
pub use constants::Consts;
pub use emit::{FlatInstr, Handler, flatten};
pub use stackdepth::calculate_stackdepth;

use crate::ir::CodeUnitMetadata;
use std::fmt;

/// What the back end can find wrong: each means a fault in code generation, save the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BackEndError {
    /// A jump to a label that was never placed.
    UnplacedLabel,
    StackUnderflow,
    InconsistentStackDepth,
    /// A name, constant or jump beyond what the format can hold.
    TooBig,
}

impl fmt::Display for BackEndError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnplacedLabel => "Invalid CFG, jump to a label without a place",
            Self::StackUnderflow => "Invalid CFG, stack underflow",
            Self::InconsistentStackDepth => "Invalid CFG, inconsistent stackdepth",
            Self::TooBig => "code is too big",
        })
    }
}

impl std::error::Error for BackEndError {}

/// Finds the handler in force at each instruction.
pub fn label_handlers(cfg: &mut Cfg) {
    handlers::mark_handlers(cfg);
    handlers::label_exception_targets(cfg);
}

/// The passes on the graph. `locals` counts the unit's local variables, `parameters` those bound at entry.
pub fn optimise_code_unit(cfg: &mut Cfg, consts: &mut Consts, locals: usize, parameters: usize) {
    label_handlers(cfg);

    inline::inline_small_or_no_lineno_blocks(cfg);
    unreachable::remove_unreachable(cfg);
    lines::resolve_line_numbers(cfg);
    constants::optimise_load_const(cfg, consts);
    peephole::optimise_blocks(cfg, consts);
    nops::remove_redundant_nops_and_pairs(cfg);
    unreachable::remove_unreachable(cfg);
    nops::remove_redundant_nops_and_jumps(cfg);

    constants::remove_unused_consts(cfg, consts);
    locals::add_checks_for_uninitialised(cfg, locals, parameters);
    superinstructions::insert_superinstructions(cfg);
    cold::push_cold_blocks_to_end(cfg);
    lines::resolve_line_numbers(cfg);
}

/// The optimised graph as real instructions, and the greatest depth of the value stack.
pub fn to_flat(
    cfg: &mut Cfg,
    unit: &CodeUnitMetadata,
    code_flags: u32,
) -> Result<(Vec<FlatInstr>, u32), BackEndError> {
    pseudo::convert_conditional_jumps(cfg);
    let depth = stackdepth::calculate_stackdepth(cfg)?;
    prefix::prepare_localsplus(cfg, unit, code_flags);
    pseudo::convert_pseudo_ops(cfg);
    jumps::normalise_jumps(cfg);
    optimise_load_fast(cfg);
    Ok((flatten(cfg)?, depth))
}
