//! Running a frame of the loop in a loop of its own, so that it has a frame of the native stack.

#![expect(unsafe_code, reason = "frames are reached by pointer")]

use super::machine::Machine;
use super::{Registers, generators, returns, unwind, watched};
use crate::frames::Owner;
use crate::generators::Suspended;
use taipan_objects::errors;
use taipan_objects::prelude::*;

/// Runs the frame that has just begun or gone on until it is left; then its caller goes on.
#[cold]
#[inline(never)]
pub(super) fn run(m: &mut Machine) -> PyResult<()> {
    m.save();
    errors::check_stack("")?;
    // SAFETY: the frame runs and its caller waits for it in this loop. A generator is kept alive until it was asked how
    // it was left; other frames are not looked at once they were left.
    unsafe {
        let frame = m.frame;
        let (caller, is_init) = ((*frame).previous, (*frame).is_init);
        let generator = ((*frame).owner == Owner::Generator).then(|| Suspended::of(frame));
        let kept = generator.map(|generator| generator.owned());
        (*frame).is_entry = true;
        let result = watched(Registers::of(m), false);
        let yielded = generator.is_some_and(|generator| generator.state.get().is_suspended());
        drop(kept);
        match result {
            Ok(value) if yielded => {
                generators::take_yielded(m, caller, value);
                Ok(())
            }
            Ok(value) => returns::hand_over(m, caller, is_init, value),
            Err(raised) => {
                unwind::resume_caller(m, caller);
                Err(raised)
            }
        }
    }
}
