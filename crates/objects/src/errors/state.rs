//! The exception of the running thread: setting, fetching, matching.

#![expect(unsafe_code, reason = "reads and writes the thread state as C lays it out")]

use super::Exc;
use crate::model::thread::{ThreadState, current};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, Raised, TypeObject};
use crate::raised;
use crate::types::exceptions::{self, PyBaseException};
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::fmt;
use core::ptr::null_mut;
use taipan_abi::Py_TPFLAGS_BASE_EXC_SUBCLASS;

/// Raises `exc` with a message.
#[cold]
pub fn set_message(exc: Exc, message: fmt::Arguments<'_>) -> Raised {
    let text = match message.as_str() {
        Some(text) => PyStr::new(text),
        None => PyStr::new(&message.to_string()),
    };
    set_object(exc.type_object(), &text)
}

/// Raises `exc` without arguments.
#[cold]
pub fn set_none(exc: Exc) -> Raised {
    match exceptions::create(exc.type_object(), &[]) {
        Ok(exception) => set_instance(exception),
        Err(raised) => raised,
    }
}

/// Raises `class(value)`; an instance of `class` is raised as it is, a tuple gives the arguments (`PyErr_SetObject`).
/// The exception being handled becomes the context.
#[cold]
pub fn set_object(class: &TypeObject, value: &PyObject) -> Raised {
    if !class.has_flag(Py_TPFLAGS_BASE_EXC_SUBCLASS) {
        return raised!(
            SystemError,
            "_PyErr_SetObject: exception {} is not a BaseException subclass",
            show(class.as_object())
        );
    }
    if value.class().is_subtype_of(class)
        && let Some(exception) = value.downcast_owned::<PyBaseException>()
    {
        return set_instance(exception);
    }
    match instantiate(class, value) {
        Ok(exception) => set_instance(exception),
        Err(raised) => raised,
    }
}

/// An object's `repr`, for messages; what fails in it is forgotten.
pub(crate) fn show(object: &PyObject) -> String {
    match crate::protocols::object::repr(object) {
        Ok(text) => text.to_string_lossy().into_owned(),
        Err(raised) => {
            clear(raised);
            format!("<{} object>", object.class().name())
        }
    }
}

/// Calls an exception class with what `raise` and `PyErr_SetObject` accept as its value.
pub fn instantiate(class: &TypeObject, value: &PyObject) -> PyResult<Py<PyBaseException>> {
    if value.is_none() {
        exceptions::create(class, &[])
    } else if let Some(args) = value.downcast::<PyTuple>() {
        exceptions::create(class, args.as_slice())
    } else {
        exceptions::create(class, &[value])
    }
}

/// Raises an instance: the exception being handled becomes its context, without making a cycle of contexts.
#[cold]
pub fn set_instance(exception: Py<PyBaseException>) -> Raised {
    if let Some(handled) = handled()
        && !handled.is(&exception)
        && let Ok(handled) = handled.downcast_into::<PyBaseException>()
    {
        break_context_chain(&handled, &exception);
        exception.context.set(Some(handled.into_obj()));
    }
    restore(exception)
}

/// Cuts `exception` out of the chain of contexts that begins at `start`; chains that are cyclic already are left (Floyd's
/// tortoise tells).
fn break_context_chain(start: &Py<PyBaseException>, exception: &PyBaseException) {
    let mut at = start.clone();
    let mut slow = start.clone();
    let mut move_slow = false;
    while let Some(context) = context_of(&at) {
        if core::ptr::eq(&*context, exception) {
            at.context.set(None);
            return;
        }
        at = context;
        if core::ptr::eq(&*at, &*slow) {
            return;
        }
        if move_slow && let Some(next) = context_of(&slow) {
            slow = next;
        }
        move_slow = !move_slow;
    }
}

fn context_of(exception: &PyBaseException) -> Option<Py<PyBaseException>> {
    exception.context.get().and_then(|context| context.downcast_into().ok())
}

/// Makes `exception` the one that is set, without touching its context (`PyErr_SetRaisedException`).
pub fn restore(exception: Py<PyBaseException>) -> Raised {
    // SAFETY: the running thread's own state; the slot owns its content.
    unsafe {
        let slot = &raw mut (*current().raw()).current_exception;
        let old = core::mem::replace(&mut *slot, exception.into_raw().cast());
        if !old.is_null() {
            drop(Obj::from_raw(old));
        }
    }
    Raised::claim()
}

/// Takes the exception that `raised` proves to be set (`PyErr_GetRaisedException`).
pub fn take(raised: Raised) -> Py<PyBaseException> {
    let _ = raised;
    match take_opt() {
        Some(exception) => exception,
        None => without_exception(),
    }
}

/// Native code reported a failure without saying which.
#[cold]
fn without_exception() -> Py<PyBaseException> {
    PyBaseException::with_message(Exc::SystemError, "error return without exception set")
        .unwrap_or_else(|_| unreachable!("a SystemError can always be made"))
}

/// Takes whatever exception is set.
pub fn take_opt() -> Option<Py<PyBaseException>> {
    // SAFETY: the running thread's own state; the slot's reference passes to the result.
    unsafe {
        let slot = &raw mut (*current().raw()).current_exception;
        let exception = core::mem::replace(&mut *slot, null_mut());
        if exception.is_null() { None } else { Some(Obj::from_raw(exception).downcast_unchecked()) }
    }
}

/// Whether an exception is set (`PyErr_Occurred`); for code that called C functions without a status.
#[inline]
pub fn occurred() -> bool {
    // SAFETY: the running thread's own state.
    unsafe { !(*current().raw()).current_exception.is_null() }
}

/// The set exception, which stays set.
pub fn current_exception() -> Option<Py<PyBaseException>> {
    // SAFETY: the running thread's own state; a new reference is made.
    unsafe {
        let exception = (*current().raw()).current_exception;
        if exception.is_null() { None } else { Some(Obj::from_borrowed(exception).downcast_unchecked()) }
    }
}

/// Whether the set exception is of this type; it stays set (`PyErr_ExceptionMatches`).
pub fn matches(raised: &Raised, exc: Exc) -> bool {
    let _ = raised;
    // SAFETY: the running thread's own state; the exception is alive while it is set.
    unsafe {
        let exception = (*current().raw()).current_exception;
        !exception.is_null() && (*exception).class().is_subtype_of(exc.type_object())
    }
}

/// Clears the exception where it is of this type: `Ok(())`, else passes it on.
pub fn catch(raised: Raised, exc: Exc) -> PyResult<()> {
    if matches(&raised, exc) {
        clear(raised);
        Ok(())
    } else {
        Err(raised)
    }
}

/// Forgets the exception.
pub fn clear(raised: Raised) {
    let _ = raised;
    drop(take_opt());
}

/// Turns an `exc` raised by `result` into `None`: `ignore(get_attr(…), Exc::AttributeError)`.
pub fn ignore<T>(result: PyResult<T>, exc: Exc) -> PyResult<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(raised) => catch(raised, exc).map(|()| None),
    }
}

/// The class, where the object is an exception class.
pub fn exception_class(object: &PyObject) -> Option<&TypeObject> {
    object.downcast::<TypeObject>().filter(|class| class.has_flag(Py_TPFLAGS_BASE_EXC_SUBCLASS))
}

/// Whether `raised` (a class or an instance) matches `wanted` (a class or a tuple of classes), as `except` does.
pub fn given_matches(raised: &PyObject, wanted: &PyObject) -> bool {
    if let Some(wanted) = wanted.downcast::<TypeObject>() {
        let class = if raised.class().has_flag(Py_TPFLAGS_BASE_EXC_SUBCLASS) {
            Some(raised.class())
        } else {
            exception_class(raised)
        };
        return match class {
            Some(class) if wanted.has_flag(Py_TPFLAGS_BASE_EXC_SUBCLASS) => class.is_subtype_of(wanted),
            _ => raised.is(wanted.as_object()),
        };
    }
    match wanted.downcast::<PyTuple>() {
        Some(choices) => match check_stack(" in an exception match") {
            Ok(()) => choices.as_slice().iter().any(|choice| given_matches(raised, choice)),
            Err(too_deep) => {
                write_unraisable(too_deep, None, None);
                false
            }
        },
        None => raised.is(wanted),
    }
}

/// The exception being handled (`sys.exception()`), borrowed from the stack of handlers.
pub fn handled() -> Option<Obj> {
    handled_in(current())
}

/// The exception that a thread of the running interpreter is handling.
pub fn handled_in(thread: &ThreadState) -> Option<Obj> {
    // SAFETY: the items of the stack live as long as the frames and generators they belong to. The interpreter's lock
    // keeps the thread from leaving them meanwhile.
    unsafe {
        let mut item = (*thread.raw()).exc_info;
        loop {
            let value = (*item).exc_value;
            if !value.is_null() && !(*value).is_none() {
                return Some(Obj::from_borrowed(value));
            }
            item = (*item).previous_item;
            if item.is_null() {
                return None;
            }
        }
    }
}

/// Raises an `OSError` (or the subclass that belongs to the number) for an errno and up to two file names.
#[cold]
pub fn set_os_error(
    errno: taipan_host::Errno,
    filename: Option<&PyObject>,
    filename2: Option<&PyObject>,
) -> Raised {
    if errno.0 == exceptions::EINTR {
        // SAFETY: the upcall takes nothing.
        let status = unsafe { (crate::model::upcalls::get().check_signals)() };
        if status < 0 {
            return Raised::claim();
        }
    }
    let number = crate::types::int::PyInt::from_i64(i64::from(errno.0));
    let text = PyStr::decode_locale(&errno.bytes());
    let zero = crate::types::int::PyInt::from_i64(0);
    let mut args: Vec<&PyObject> = vec![&number, &text];
    if let Some(filename) = filename {
        args.push(filename);
        if let Some(filename2) = filename2 {
            args.push(&zero);
            args.push(filename2);
        }
    }
    match exceptions::create(Exc::OSError.type_object(), &args) {
        Ok(exception) => set_instance(exception),
        Err(raised) => raised,
    }
}

/// Raises `KeyError(key)`, also for a key that is a tuple.
#[cold]
pub fn set_key_error(key: &PyObject) -> Raised {
    match exceptions::create(Exc::KeyError.type_object(), &[key]) {
        Ok(exception) => set_instance(exception),
        Err(raised) => raised,
    }
}

/// Raises `StopIteration(value)`; `None` gives no argument.
#[cold]
pub fn set_stop_iteration(value: Option<Obj>) -> Raised {
    let made = match &value {
        Some(value) => exceptions::create(Exc::StopIteration.type_object(), &[value]),
        None => exceptions::create(Exc::StopIteration.type_object(), &[]),
    };
    match made {
        Ok(exception) => set_instance(exception),
        Err(raised) => raised,
    }
}

/// Raises `AttributeError` with `name` and `obj` set, for suggestions.
#[cold]
pub fn set_attribute_error(object: &PyObject, name: &PyObject, message: fmt::Arguments<'_>) -> Raised {
    match PyBaseException::with_message(Exc::AttributeError, &message.to_string()) {
        Ok(exception) => {
            exceptions::set_attribute_details(&exception, object, name);
            set_instance(exception)
        }
        Err(raised) => raised,
    }
}

/// Fills in `name` and `obj` of an `AttributeError` that says neither: one that a `__getattr__` or a property raised.
#[cold]
pub fn add_attribute_details(raised: Raised, object: &PyObject, name: &PyObject) -> Raised {
    if let Some(exception) = current_exception() {
        exceptions::add_attribute_details(&exception, object, name);
    }
    raised
}

/// Raises `NameError` or a subclass with `name` set, for suggestions.
#[cold]
pub fn set_name_error(exc: Exc, name: &PyObject, message: fmt::Arguments<'_>) -> Raised {
    match PyBaseException::with_message(exc, &message.to_string()) {
        Ok(exception) => {
            exceptions::set_name_details(&exception, name);
            set_instance(exception)
        }
        Err(raised) => raised,
    }
}

/// Raises `ImportError` or a subclass with `name`, `path` and `name_from`.
#[cold]
pub fn set_import_error(
    exc: Exc,
    message: fmt::Arguments<'_>,
    name: Option<&PyObject>,
    path: Option<&PyObject>,
    name_from: Option<&PyObject>,
) -> Raised {
    match PyBaseException::with_message(exc, &message.to_string()) {
        Ok(exception) => {
            exceptions::set_import_details(&exception, name, path, name_from);
            set_instance(exception)
        }
        Err(raised) => raised,
    }
}

/// Replaces the exception with `exc(message)` whose cause and context are the old one (`_PyErr_FormatFromCause`).
#[cold]
pub fn set_from_cause(raised: Raised, exc: Exc, message: fmt::Arguments<'_>) -> Raised {
    let old = take(raised);
    let text = message.to_string();
    match PyBaseException::with_message(exc, &text) {
        Ok(exception) => {
            exception.cause.set(Some(old.clone().into_obj()));
            exception.suppress_context.set(true);
            exception.context.set(Some(old.into_obj()));
            restore(exception)
        }
        Err(raised) => raised,
    }
}

/// Chains: where another exception was set before `raised`, it becomes the context of what is set now
/// (`_PyErr_ChainExceptions1`).
pub fn chain(earlier: Option<Py<PyBaseException>>, result: PyResult<()>) -> PyResult<()> {
    let Some(earlier) = earlier else { return result };
    match result {
        Ok(()) => Err(restore(earlier)),
        Err(raised) => {
            let later = take(raised);
            if !core::ptr::eq(&*later, &*earlier) {
                break_context_chain(&earlier, &later);
                later.context.set(Some(earlier.into_obj()));
            }
            Err(restore(later))
        }
    }
}

/// Reports an exception that cannot be passed on through `sys.unraisablehook` (`PyErr_FormatUnraisable`).
/// `message` is what CPython says there (`"Exception ignored in …"`), `object` what it happened in.
#[cold]
pub fn write_unraisable(raised: Raised, message: Option<&str>, object: Option<&PyObject>) {
    let exception = take(raised);
    let message = message.map(PyStr::new);
    let message = message.as_deref().map_or(null_mut(), |message| message.as_ptr());
    let object = object.map_or(null_mut(), ObjectExt::as_ptr);
    // SAFETY: live objects or null, as the table says.
    unsafe { (crate::model::upcalls::get().unraisable)(exception.as_ptr(), message, object) }
}

/// Issues a warning through the `warnings` machinery (`PyErr_WarnEx`).
pub fn warn(category: Exc, stacklevel: isize, message: fmt::Arguments<'_>) -> PyResult<()> {
    warn_object(category.type_object().as_object(), stacklevel, &PyStr::new(&message.to_string()), None)
}

/// As [`warn`] for any category, a message object, and what the warning is about.
pub fn warn_object(
    category: &PyObject,
    stacklevel: isize,
    message: &PyObject,
    source: Option<&PyObject>,
) -> PyResult<()> {
    let source = source.map_or(null_mut(), ObjectExt::as_ptr);
    // SAFETY: live objects or null, as the table says.
    let status = unsafe {
        (crate::model::upcalls::get().warn)(category.as_ptr(), message.as_ptr(), stacklevel, source)
    };
    if status < 0 { Err(Raised::claim()) } else { Ok(()) }
}

/// Issues a `ResourceWarning` about an object (`PyErr_ResourceWarning`).
pub fn warn_resource(source: &PyObject, stacklevel: isize, message: fmt::Arguments<'_>) -> PyResult<()> {
    let category = Exc::ResourceWarning.type_object().as_object();
    warn_object(category, stacklevel, &PyStr::new(&message.to_string()), Some(source))
}

/// Fails with `RecursionError` where the native stack is used up. `place` is what CPython appends: `" in comparison"`.
#[inline(always)]
pub fn check_stack(place: &str) -> PyResult<()> {
    if crate::model::thread::current().has_stack() { Ok(()) } else { Err(stack_exhausted(place)) }
}

#[cold]
fn stack_exhausted(place: &str) -> Raised {
    raised!(RecursionError, "Stack overflow (used too much of the native stack){place}")
}
