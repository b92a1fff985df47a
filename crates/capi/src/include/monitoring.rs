//! `monitoring.h`: events of code that other languages compile.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_interpreter::monitoring::foreign::{self, Told};
use taipan_objects::errors;
use taipan_objects::prelude::*;

/// `PyMonitoringState`
#[repr(C)]
pub struct State {
    active: u8,
    opaque: u8,
}

/// A `StopIteration` of the value, unless it is one.
fn stop(value: &PyObject) -> PyResult {
    let class = Exc::StopIteration.type_object();
    if object::is_instance(value, class)? { Ok(value.owned()) } else { call::call(class, &[value]) }
}

unsafe fn fire(state: *mut State, code: Ref, offset: i32, event: u8, told: Told<'_>) -> c_int {
    // SAFETY: the caller passes its state and a live object.
    unsafe { status(foreign::fire(&mut (*state).active, at(code), offset, event, told)) }
}

/// Events that tell of nothing but their place, of the exception that is set, of one object.
macro_rules! events {
    ($($name:ident = $event:literal $(($value:ident))? => $told:expr;)*) => {
        c_api! {
            $(fn $name(state: *mut State, code: Ref, offset: i32 $(, $value: Ref)?) -> c_int {
                fire(state, code, offset, $event, $told)
            })*
        }
    };
}

events! {
    _PyMonitoring_FirePyStartEvent = 0 => Told::Nothing;
    _PyMonitoring_FirePyResumeEvent = 1 => Told::Nothing;
    _PyMonitoring_FirePyReturnEvent = 2 (value) => Told::One(at(value));
    _PyMonitoring_FirePyYieldEvent = 3 (value) => Told::One(at(value));
    _PyMonitoring_FireJumpEvent = 7 (target) => Told::One(at(target));
    _PyMonitoring_FireBranchLeftEvent = 8 (target) => Told::One(at(target));
    _PyMonitoring_FireBranchRightEvent = 9 (target) => Told::One(at(target));
    _PyMonitoring_FireRaiseEvent = 11 => Told::Raised;
    _PyMonitoring_FireExceptionHandledEvent = 12 => Told::Raised;
    _PyMonitoring_FirePyUnwindEvent = 13 => Told::Raised;
    _PyMonitoring_FirePyThrowEvent = 14 => Told::Raised;
    _PyMonitoring_FireReraiseEvent = 15 => Told::Raised;
    _PyMonitoring_FireCReturnEvent = 16 (value) => Told::One(at(value));
    _PyMonitoring_FireCRaiseEvent = 17 => Told::Raised;
    _PyMonitoring_FireBranchEvent = 9 (target) => Told::One(at(target));
}

c_api! {
    fn PyMonitoring_EnterScope(states: *mut State, version: *mut u64, events: *const u8, count: isize) -> c_int {
        let now = foreign::version();
        if *version != now {
            for index in 0..count.max(0) as usize {
                (*states.add(index)).active = foreign::listeners(*events.add(index));
            }
            *version = now;
        }
        0
    }
    fn PyMonitoring_ExitScope() -> c_int { 0 }
    fn _PyMonitoring_FireCallEvent(state: *mut State, code: Ref, offset: i32, callable: Ref, argument: Ref) -> c_int {
        fire(state, code, offset, 4, Told::Two(at(callable), at(argument)))
    }
    fn _PyMonitoring_FireLineEvent(state: *mut State, code: Ref, offset: i32, line: c_int) -> c_int {
        fire(state, code, offset, 5, Told::Line(line))
    }
    fn _PyMonitoring_FireStopIterationEvent(state: *mut State, code: Ref, offset: i32, value: Ref) -> c_int {
        let pending = errors::take_opt();
        let exception = match stop(opt(value).unwrap_or(none_ref())) {
            Ok(exception) => exception,
            Err(_) => return -1,
        };
        let done = fire(state, code, offset, 10, Told::One(&exception));
        if let Some(pending) = pending
            && done == 0
        {
            let _ = errors::restore(pending);
        }
        done
    }
}
