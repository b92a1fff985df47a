//! Raising, catching, `with`, and exception groups.

#![expect(unsafe_code, reason = "the stack of handled exceptions is C's")]

use super::machine::Machine;
use crate::frames::first_instruction;
use crate::value::Value;
use core::ptr::null_mut;
use taipan_objects::errors;
use taipan_objects::model::Raised;
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::{PyBaseException, check_star_types, exception_group_match};
use taipan_objects::types::traceback::PyTraceback;

/// Why an instruction did not end.
pub(crate) enum Fault {
    /// An exception was raised here: this place belongs in its traceback.
    Raised,
    /// An exception goes on its way.
    Reraised,
}

impl From<Raised> for Fault {
    #[inline(always)]
    fn from(_: Raised) -> Fault {
        Fault::Raised
    }
}

/// Raises the topmost value again, which is consumed.
fn raise_again(m: &mut Machine) -> Fault {
    match m.pop().into_obj().downcast_owned::<PyBaseException>() {
        Some(exception) => {
            let _ = errors::restore(exception);
            Fault::Reraised
        }
        None => raised!(SystemError, "what is raised again is no exception").into(),
    }
}

/// Begins handling: the exception on top becomes the handled one, the one handled before goes below it.
#[inline(always)]
pub(crate) fn push_exc_info(m: &mut Machine) {
    let exception = m.pop();
    // SAFETY: the thread's current item is alive; it owns what it holds.
    unsafe {
        let item = (*m.thread.raw()).exc_info;
        let before = (*item).exc_value;
        m.push(if before.is_null() { Value::none() } else { Value::from_raw(before) });
        (*item).exc_value = exception.to_obj().into_raw();
    }
    m.push(exception);
}

/// Ends handling: the exception handled before comes back.
#[inline(always)]
pub(crate) fn pop_except(m: &mut Machine) -> PyResult<()> {
    let before = m.peek(1);
    if !before.is_none() && before.object_opt().is_none_or(|before| !PyBaseException::check(before)) {
        return Err(no_exception());
    }
    m.drop_slots(1);
    // SAFETY: as above.
    unsafe {
        let item = (*m.thread.raw()).exc_info;
        let restored = if before.is_none() {
            before.close();
            null_mut()
        } else {
            before.into_obj().into_raw()
        };
        let handled = core::mem::replace(&mut (*item).exc_value, restored);
        if !handled.is_null() {
            m.close(Value::from_raw(handled));
        }
    }
    Ok(())
}

/// Code that was not made by our compiler may end what did not begin.
#[cold]
#[inline(never)]
fn no_exception() -> Raised {
    raised!(SystemError, "what was handled before is no exception")
}

/// `raise`, `raise exception`, `raise exception from cause`.
#[inline(never)]
pub(crate) fn raise_varargs(m: &mut Machine, oparg: usize) -> Fault {
    m.save();
    let (exception, cause) = match oparg {
        0 => return reraise_handled(),
        1 => (m.obj(1).owned(), None),
        _ => (m.obj(2).owned(), Some(m.obj(1).owned())),
    };
    m.pop_close(oparg);
    match raise(&exception, cause) {
        Ok(exception) => {
            let _ = errors::set_instance(exception);
            Fault::Raised
        }
        Err(_) => Fault::Raised,
    }
}

fn reraise_handled() -> Fault {
    match errors::handled() {
        Some(exception) => {
            // SAFETY: exceptions alone are handled.
            let _ = errors::restore(unsafe { exception.downcast_unchecked() });
            Fault::Reraised
        }
        None => raised!(RuntimeError, "No active exception to reraise").into(),
    }
}

fn raise(exception: &PyObject, cause: Option<Obj>) -> PyResult<Py<PyBaseException>> {
    let exception = instance_of(exception)?;
    if let Some(cause) = cause {
        let cause = if let Some(class) = errors::exception_class(&cause) {
            let made = call::call(class, &[])?;
            match made.downcast_owned::<PyBaseException>() {
                Some(made) => Some(made.into_obj()),
                None => {
                    return Err(raised!(
                        TypeError,
                        "calling {} should have returned an instance of BaseException, not {}",
                        object::repr(class)?,
                        object::repr(made.class())?
                    ));
                }
            }
        } else if cause.downcast::<PyBaseException>().is_some() {
            Some(cause)
        } else if cause.is_none() {
            None
        } else {
            return Err(raised!(TypeError, "exception causes must derive from BaseException"));
        };
        exception.cause.set(cause);
        exception.suppress_context.set(true);
    }
    Ok(exception)
}

/// An exception as it is, or an instance of an exception class.
fn instance_of(exception: &PyObject) -> PyResult<Py<PyBaseException>> {
    if let Some(class) = errors::exception_class(exception) {
        let made = call::call(class, &[])?;
        return match made.downcast_owned::<PyBaseException>() {
            Some(made) => Ok(made),
            None => Err(raised!(
                TypeError,
                "calling {} should have returned an instance of BaseException, not {}",
                object::repr(class)?,
                object::repr(made.class())?
            )),
        };
    }
    exception
        .downcast_owned::<PyBaseException>()
        .ok_or_else(|| raised!(TypeError, "exceptions must derive from BaseException"))
}

/// Raises again what is on top, as if it had not been caught; where `oparg` says so, from the instruction it came from.
#[inline(never)]
pub(crate) fn reraise(m: &mut Machine, oparg: usize) -> Fault {
    m.save();
    if oparg > 0 {
        let code = m.code();
        let lasti =
            super::arithmetic::as_small(m.peek(oparg + 1)).and_then(|unit| usize::try_from(unit).ok());
        if let Some(unit) = lasti.filter(|unit| *unit < code.units()) {
            m.frame().instr = first_instruction(code).wrapping_add(unit);
        }
    }
    raise_again(m)
}

/// Ends an `async for`: swallows `StopAsyncIteration`, raises everything else again.
#[inline(never)]
pub(crate) fn end_async_for(m: &mut Machine) -> Result<(), Fault> {
    let exception = m.obj(1);
    if exception.class().is_subtype_of(Exc::StopAsyncIteration.type_object()) {
        m.pop_close(2);
        return Ok(());
    }
    m.save();
    Err(raise_again(m))
}

/// The end of an exception thrown through `yield from`: `StopIteration` gives its value, everything else goes on.
#[inline(never)]
pub(crate) fn cleanup_throw(m: &mut Machine) -> Result<(), Fault> {
    let exception = m.obj(1);
    if exception.class().is_subtype_of(Exc::StopIteration.type_object()) {
        let value = object::get_attr(exception, intern!("value"))?;
        m.pop_close(3);
        m.push(Value::none());
        m.push_obj(value);
        return Ok(());
    }
    m.save();
    Err(raise_again(m))
}

/// Whether the exception below matches the class or classes on top.
#[inline(never)]
pub(crate) fn check_exc_match(exception: &PyObject, wanted: &PyObject) -> PyResult<bool> {
    if exception.class().as_object().is(wanted) {
        return Ok(true);
    }
    check_classes(wanted)?;
    Ok(errors::given_matches(exception, wanted))
}

fn check_classes(wanted: &PyObject) -> PyResult<()> {
    let is_class = |class: &PyObject| errors::exception_class(class).is_some();
    let fine = match wanted.downcast::<PyTuple>() {
        Some(classes) => classes.as_slice().iter().all(|class| is_class(class)),
        None => is_class(wanted),
    };
    if fine {
        return Ok(());
    }
    Err(raised!(TypeError, "catching classes that do not inherit from BaseException is not allowed"))
}

/// `except*`: what of the exception does not match and what does; either may be nothing.
#[inline(never)]
pub(crate) fn group_match(exception: &PyObject, wanted: &PyObject) -> PyResult<(Option<Obj>, Option<Obj>)> {
    check_star_types(wanted)?;
    // The group that a naked exception is wrapped in has a traceback of its own: this place.
    let add_place = |group: &PyObject| {
        if let (Some(group), Some(frame)) =
            (group.downcast::<PyBaseException>(), crate::frames::current_frame_object())
        {
            let (lasti, line) = (frame.last_instruction(), frame.line_number().unwrap_or(-1));
            let entry = PyTraceback::new(None, frame.into_obj(), lasti, line);
            group.traceback.set(Some(entry.into_obj()));
        }
    };
    let (matched, rest) = exception_group_match(exception, wanted, add_place)?;
    let given = |part: Obj| (!part.is_none()).then_some(part);
    Ok((given(rest), given(matched)))
}

#[inline(never)]
pub(crate) fn check_eg_match(m: &mut Machine) -> PyResult<()> {
    m.save();
    let (rest, matched) = group_match(m.obj(2), m.obj(1))?;
    if let Some(matched) = &matched {
        set_handled(m, Some(matched.clone()));
    }
    m.pop_close(2);
    m.push(rest.map_or(Value::none(), Value::owned));
    m.push(matched.map_or(Value::none(), Value::owned));
    Ok(())
}

fn set_handled(m: &Machine, exception: Option<Obj>) {
    // SAFETY: the thread's current item owns what it holds.
    unsafe {
        let item = (*m.thread.raw()).exc_info;
        let new = exception.map_or(null_mut(), Obj::into_raw);
        let old = core::mem::replace(&mut (*item).exc_value, new);
        if !old.is_null() {
            drop(Obj::from_raw(old));
        }
    }
}

/// Calls `__exit__` with the exception on top: function, receiver or nothing, index, handled exception, exception.
#[inline(never)]
pub(crate) fn with_except_start(m: &mut Machine) -> PyResult<()> {
    m.save();
    let exception = m.obj(1);
    let traceback = match exception.downcast::<PyBaseException>().and_then(|e| e.traceback.get()) {
        Some(traceback) => traceback,
        None => none(),
    };
    let function = m.obj(5);
    let args: [&PyObject; 3] = [exception.class(), exception, &traceback];
    let result = if m.peek(4).is_null() {
        call::call(function, &args)?
    } else {
        call::call_prepend(function, m.obj(4), &args, None)?
    };
    m.push_obj(result);
    Ok(())
}
