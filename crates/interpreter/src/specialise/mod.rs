//! Adaptive specialisation (PEP 659).
//!
//! The general form of an instruction counts its executions in its first cache entry. When the counter runs out, the family
//! here looks at the operands and, where it knows a form for them, fills the caches and rewrites the instruction. A form
//! whose guards fail falls back to the general one for this execution; that counts down again.
//!
//! Each family has a file with the decision (`specialise`, out of line) and the forms (inlined into the loop). A form says
//! whether its guards held: `false` or `None` leaves operands and caches as they were.

pub(crate) mod arithmetic;
pub(crate) mod attributes;
pub(crate) mod calls;
pub(crate) mod containers;
pub(crate) mod globals;
pub(crate) mod iteration;
pub(crate) mod keyword_calls;
pub(crate) mod natives;
pub(crate) mod overrides;

use crate::eval::machine::Machine;

/// The low bits of a counter: how patient it is after failures.
const BACKOFF_BITS: u32 = 4;
const MAX_BACKOFF: u16 = 12;
/// What a specialised instruction's counter starts from. Not zero in the end: that means an instruction that never ran.
const COOLDOWN: u16 = 52 << BACKOFF_BITS | 1;

/// At which execution a general instruction is first looked at: code that runs once is not worth it.
pub const EXECUTIONS_TO_SPECIALISE: i64 = 2;
/// At which execution whose guards fail a specialised instruction is looked at again.
pub const MISSES_TO_RECONSIDER: i64 = (COOLDOWN >> BACKOFF_BITS) as i64 + 1;

/// Whether a counter has run out.
#[inline(always)]
pub(crate) fn is_due(counter: u16) -> bool {
    counter < 1 << BACKOFF_BITS
}

/// What the counter is after the first execution.
pub(crate) const RAN_ONCE: u16 = 1;

/// A counter one execution later.
#[inline(always)]
pub(crate) fn advanced(counter: u16) -> u16 {
    counter - (1 << BACKOFF_BITS)
}

/// Rewrites the instruction to a form whose caches are filled.
pub(crate) fn succeed(m: &Machine, form: u8) {
    m.set_cache(0, COOLDOWN);
    m.rewrite(form);
}

/// Leaves the instruction general and waits twice as long as before.
pub(crate) fn fail(m: &Machine, general: u8) {
    let backoff = ((m.cache(0) & ((1 << BACKOFF_BITS) - 1)) + 1).min(MAX_BACKOFF);
    m.set_cache(0, (((1 << backoff) - 1) << BACKOFF_BITS) | backoff);
    m.rewrite(general);
}

/// Ends a decision: the form that was found, or none.
pub(crate) fn settle(m: &Machine, general: u8, form: Option<u8>) {
    match form {
        Some(form) => succeed(m, form),
        None => fail(m, general),
    }
}
