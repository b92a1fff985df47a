//! Sending into, throwing into and closing generators from native code.

#![expect(unsafe_code, reason = "links frames for tracebacks")]

use super::{PyAsyncGenerator, PyCoroutine, State, Suspended, as_direct};
use crate::eval;
use crate::frames::{current, first_instruction, set_current};
use crate::monitoring::events::{self, Event};
use crate::monitoring::trace;
use crate::value::Value;
use taipan_bytecode::Opcode;
use taipan_objects::errors;
use taipan_objects::model::thread::{self, EvalBreaker};
use taipan_objects::model::trampoline::Sent;
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;
use taipan_objects::types::traceback::PyTraceback;

/// What is wrong with resuming a generator in this state; `Ok(false)` where it has ended.
fn check_state(
    generator: &Suspended,
    value: Option<&PyObject>,
    raising: bool,
    closing: bool,
) -> PyResult<bool> {
    let state = generator.state.get();
    if state == State::Executing {
        return Err(raised!(ValueError, "{} already executing", generator.kind()));
    }
    if state.is_finished() {
        if generator.downcast_exact::<PyCoroutine>().is_some() && !closing {
            return Err(raised!(RuntimeError, "cannot reuse already awaited coroutine"));
        }
        return Ok(false);
    }
    if state == State::Created && !raising && value.is_some_and(|value| !value.is_none()) {
        return Err(raised!(TypeError, "can't send non-None value to a just-started {}", generator.kind()));
    }
    Ok(true)
}

fn outcome(generator: &Suspended, result: PyResult<Value>) -> PyResult<Sent> {
    let value = result?.into_obj();
    Ok(if generator.state.get().is_suspended() { Sent::Next(value) } else { Sent::Return(value) })
}

/// Resumes the generator; `value` is the result of its `yield`.
pub(crate) fn send(generator: &Suspended, value: &PyObject) -> PyResult<Sent> {
    if !check_state(generator, Some(value), false, false)? {
        return Ok(Sent::Return(none()));
    }
    let thread = thread::current();
    errors::check_stack("")?;
    let kept = generator.owned();
    let frame = generator.begin(thread, Value::new_ref(value))?;
    let result = outcome(generator, eval::run(thread, frame));
    drop(kept);
    result
}

/// Resumes the generator with the exception that is set raised at its `yield`.
pub(crate) fn send_raised(
    generator: &Suspended,
    raised: taipan_objects::model::Raised,
    closing: bool,
) -> PyResult<Sent> {
    let exception = errors::take(raised);
    if !check_state(generator, None, true, closing)? {
        return Err(errors::restore(exception));
    }
    let thread = thread::current();
    errors::check_stack("")?;
    let kept = generator.owned();
    let frame = generator.begin(thread, Value::none())?;
    // What the generator itself handled when it stopped becomes the context; what its resumer handles does not.
    if generator.handles_exception() {
        let _ = errors::set_instance(exception);
    } else {
        let _ = errors::restore(exception);
    }
    let result = outcome(generator, eval::run_raising(thread, frame));
    drop(kept);
    result
}

/// A result as methods give it: what was yielded, or `StopIteration` (`StopAsyncIteration`) with the return value.
pub(crate) fn to_method_result(generator: &Suspended, sent: Sent) -> PyResult {
    match sent {
        Sent::Next(value) => Ok(value),
        Sent::Return(_) if generator.downcast_exact::<PyAsyncGenerator>().is_some() => {
            Err(raised!(StopAsyncIteration))
        }
        Sent::Return(value) => Err(errors::set_stop_iteration(Some(value).filter(|v| !v.is_none()))),
    }
}

/// Runs `body` while the generator counts as running and its frame is in the chain, so that tracebacks show it.
fn delegated<R>(generator: &Suspended, linked: bool, body: impl FnOnce() -> R) -> R {
    let before = generator.state.replace(State::Executing);
    let thread = thread::current();
    let previous = current(thread);
    if linked {
        // SAFETY: the frame is whole and not running; it is taken out again below.
        unsafe {
            (*generator.frame_ptr()).previous = previous;
            set_current(thread, generator.frame_ptr());
        }
    }
    let result = body();
    if linked {
        set_current(thread, previous);
        // SAFETY: as above.
        unsafe { (*generator.frame_ptr()).previous = core::ptr::null_mut() };
    }
    generator.state.set(before);
    result
}

/// Closes what a generator delegates to.
fn close_delegate(iterator: &PyObject) -> PyResult<()> {
    if let Some(generator) = as_direct(iterator) {
        return close(generator).map(drop);
    }
    match object::get_optional_attr(iterator, intern!("close")) {
        Ok(Some(close)) => call::call(&close, &[]).map(drop),
        Ok(None) => Ok(()),
        Err(raised) => {
            errors::write_unraisable(raised, None, Some(iterator));
            Ok(())
        }
    }
}

/// Whether somebody wants to hear of frames that exceptions leave.
fn unwinding_is_watched() -> bool {
    let thread = thread::current();
    thread.eval_breaker.get() & EvalBreaker::TRACING != 0
        && (trace::is_set(thread) || events::state().is_wanted_anywhere(Event::PyUnwind))
}

/// Whether nothing but the handler that every generator has guards the `yield` where it waits.
fn is_unguarded(generator: &Suspended) -> bool {
    // SAFETY: a suspended frame's instruction is the `YIELD_VALUE`; a `RESUME` follows.
    unsafe {
        let frame = &*generator.frame_ptr();
        let next = frame.instr.add(1);
        let unit = *next;
        let is_resume = Opcode::from_u8(unit as u8).is_some_and(|op| op.base() == Opcode::RESUME);
        debug_assert!(frame.instr >= first_instruction(frame.code()));
        is_resume && (unit >> 8) & 4 != 0
    }
}

/// `close()`: the value the generator returned, or `None`.
pub(crate) fn close(generator: &Suspended) -> PyResult {
    let state = generator.state.get();
    if state == State::Created {
        generator.clear_frame();
        return Ok(none());
    }
    if state.is_finished() {
        return Ok(none());
    }
    let raised = match generator.delegate() {
        Some(delegate) => delegated(generator, false, || close_delegate(&delegate)).err(),
        None => None,
    };
    let raised = match raised {
        Some(raised) => raised,
        None => {
            if generator.state.get().is_suspended() && is_unguarded(generator) && !unwinding_is_watched() {
                generator.clear_frame();
                return Ok(none());
            }
            raised!(GeneratorExit)
        }
    };
    match send_raised(generator, raised, true) {
        Ok(Sent::Next(_)) => Err(raised!(RuntimeError, "{} ignored GeneratorExit", generator.kind())),
        Ok(Sent::Return(value)) => Ok(value),
        Err(raised) if errors::matches(&raised, Exc::StopIteration) => {
            let exception = errors::take(raised);
            object::get_attr(&exception, intern!("value"))
        }
        Err(raised) => errors::catch(raised, Exc::GeneratorExit).map(|()| none()),
    }
}

/// `throw()` into any of the three types; `close_on_exit` says that `GeneratorExit` closes what it delegates to.
pub(crate) fn throw(generator: &Suspended, close_on_exit: bool, thrown: &Thrown<'_>) -> PyResult<Sent> {
    if let Some(delegate) = generator.delegate() {
        let exits = errors::given_matches(thrown.kind, Exc::GeneratorExit.type_object());
        if exits && close_on_exit {
            return match delegated(generator, false, || close_delegate(&delegate)) {
                Ok(()) => throw_here(generator, thrown),
                Err(raised) => send_raised(generator, raised, false),
            };
        }
        let result = if let Some(inner) = as_direct(&delegate) {
            delegated(generator, true, || {
                throw(inner, close_on_exit, thrown).and_then(|sent| to_method_result(inner, sent))
            })
        } else {
            let Some(method) = object::get_optional_attr(&delegate, intern!("throw"))? else {
                return throw_here(generator, thrown);
            };
            delegated(generator, true, || call::call(&method, &thrown.arguments()))
        };
        return match result {
            Ok(value) => Ok(Sent::Next(value)),
            Err(raised) => send_raised(generator, raised, false),
        };
    }
    throw_here(generator, thrown)
}

fn throw_here(generator: &Suspended, thrown: &Thrown<'_>) -> PyResult<Sent> {
    let raised = match thrown.instance()? {
        Ok(exception) => errors::restore(exception),
        // What making the exception raises is raised in its place.
        Err(raised) => raised,
    };
    send_raised(generator, raised, false)
}

/// The arguments of `throw`.
pub(crate) struct Thrown<'a> {
    kind: &'a PyObject,
    value: Option<&'a PyObject>,
    traceback: Option<&'a PyObject>,
}

impl<'a> Thrown<'a> {
    pub(crate) fn new(kind: &'a PyObject) -> Self {
        Thrown { kind, value: None, traceback: None }
    }

    /// Of positional arguments; more than one is deprecated.
    pub(crate) fn from_args(args: &[&'a PyObject], method: &str) -> PyResult<Self> {
        if args.is_empty() || args.len() > 3 {
            let bound = if args.is_empty() { "at least 1 argument" } else { "at most 3 arguments" };
            return Err(raised!(TypeError, "throw expected {bound}, got {}", args.len()));
        }
        if args.len() > 1 {
            errors::warn(
                Exc::DeprecationWarning,
                1,
                format_args!(
                    "the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead."
                ),
            )?;
        }
        Ok(Thrown { kind: args[0], value: args.get(1).copied(), traceback: args.get(2).copied() })
    }

    /// Of arguments that were looked at already.
    pub(crate) fn of(args: &[&'a PyObject]) -> Self {
        Thrown { kind: args[0], value: args.get(1).copied(), traceback: args.get(2).copied() }
    }

    fn arguments(&self) -> Vec<&'a PyObject> {
        let mut all = vec![self.kind];
        all.extend(self.value);
        if self.value.is_some() {
            all.extend(self.traceback);
        }
        all
    }

    /// The exception to raise.
    fn instance(&self) -> PyResult<PyResult<Py<PyBaseException>>> {
        let traceback = self.traceback.filter(|traceback| !traceback.is_none());
        if let Some(traceback) = traceback
            && traceback.downcast::<PyTraceback>().is_none()
        {
            return Err(raised!(TypeError, "throw() third argument must be a traceback object"));
        }
        let exception = if let Some(class) = errors::exception_class(self.kind) {
            let value = self.value.unwrap_or(none_ref());
            match value.downcast_owned::<PyBaseException>() {
                Some(given) if given.class().is_subtype_of(class) => given,
                _ => match errors::instantiate(class, value) {
                    Ok(made) => made,
                    Err(raised) => return Ok(Err(raised)),
                },
            }
        } else if let Some(exception) = self.kind.downcast_owned::<PyBaseException>() {
            if self.value.is_some_and(|value| !value.is_none()) {
                return Err(raised!(TypeError, "instance exception may not have a separate value"));
            }
            exception
        } else {
            return Err(raised!(
                TypeError,
                "exceptions must be classes or instances deriving from BaseException, not {}",
                self.kind.class().name()
            ));
        };
        if let Some(traceback) = traceback {
            exception.traceback.set(Some(traceback.owned()));
        }
        Ok(Ok(exception))
    }
}
