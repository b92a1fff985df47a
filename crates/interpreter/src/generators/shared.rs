//! Attributes that generators, coroutines and asynchronous generators share, and their end.

#![expect(unsafe_code, reason = "takes objects apart")]

use super::{PyAsyncGenerator, PyCoroutine, State, Suspended, resume};
use taipan_bytecode::code::flags::CO_COROUTINE;
use taipan_objects::model::{ObjCell, thread};
use taipan_objects::prelude::*;
use taipan_objects::types::weakref;
use taipan_objects::{errors, gc, memory};

/// `__name__` and `__qualname__`, whose setters want strings.
pub(super) fn set_name(cell: &ObjCell, value: Option<&PyObject>, attribute: &str) -> PyResult<()> {
    match value.and_then(|value| value.downcast::<PyStr>()) {
        Some(name) => {
            cell.set(Some(name.owned()));
            Ok(())
        }
        None => Err(raised!(TypeError, "{attribute} must be set to a string object")),
    }
}

pub(super) fn repr(generator: &Suspended, kind: &str) -> PyResult<Py<PyStr>> {
    let name = generator.qualname.get().unwrap_or_else(none);
    let name = object::str(&name)?;
    Ok(PyStr::new(&format!("<{kind} object {name} at {:#x}>", generator.as_ptr() as usize)))
}

/// `gi_frame` and its kin.
pub(super) fn frame_object(generator: &Suspended) -> Option<Obj> {
    if generator.state.get().is_finished() {
        return None;
    }
    // SAFETY: the frame is whole until it is cleared.
    unsafe { Some((*generator.frame_ptr()).frame_object().owned()) }
}

pub(super) fn size_of(generator: &Suspended) -> usize {
    super::BASIC_SIZE + crate::frames::slots(generator.code()) * 8
}

/// `__class_getitem__`.
pub(super) fn class_getitem(class: &TypeObject, item: &PyObject) -> PyResult {
    taipan_objects::types::genericalias::new(class, item)
}

/// The finaliser: closes what was not run to its end, warns of coroutines never awaited.
pub(super) fn finalize(generator: &Suspended) {
    if generator.state.get().is_finished() {
        return;
    }
    let saved = errors::take_opt();
    if let Err(raised) = finish(generator) {
        ignored(raised, "closing generator", generator);
    }
    if let Some(saved) = saved {
        let _ = errors::restore(saved);
    }
}

fn finish(generator: &Suspended) -> PyResult<()> {
    if generator.downcast_exact::<PyAsyncGenerator>().is_some()
        && let Some(finalizer) = generator.origin_or_finalizer.get()
        && !generator.closed.get()
    {
        if let Err(raised) = call::call(&finalizer, &[generator]) {
            errors::write_unraisable(raised, None, Some(generator));
        }
        return Ok(());
    }
    if generator.flags() & CO_COROUTINE != 0 && generator.state.get() == State::Created {
        warn_unawaited(generator);
        return Ok(());
    }
    resume::close(generator).map(drop)
}

/// Reports what went wrong in a finaliser.
pub(super) fn ignored(raised: taipan_objects::model::Raised, doing: &str, object: &PyObject) {
    let exception = errors::take(raised);
    let shown = match object::repr(object) {
        Ok(text) => text.to_string(),
        Err(raised) => {
            errors::clear(raised);
            String::new()
        }
    };
    let message = format!("Exception ignored while {doing} {shown}");
    errors::write_unraisable(errors::restore(exception), Some(&message), None);
}

/// `coroutine '…' was never awaited`, through `warnings` where that is loaded.
fn warn_unawaited(coroutine: &Suspended) {
    let modules = thread::current().interpreter().modules.get();
    let warn = modules.and_then(|modules| {
        let name = PyStr::new("warnings");
        let module = mapping::get_optional_item(&modules, &name).ok().flatten()?;
        object::get_optional_attr(&module, intern!("_warn_unawaited_coroutine")).ok().flatten()
    });
    if errors::occurred() {
        errors::clear(taipan_objects::model::Raised::claim());
    }
    if let Some(warn) = warn {
        match call::call(&warn, &[coroutine]) {
            Ok(_) => return,
            Err(raised) => ignored(raised, "finalizing coroutine", coroutine),
        }
    }
    if let Err(raised) = warn_plainly(coroutine) {
        ignored(raised, "finalizing coroutine", coroutine);
    }
}

/// The warning without where the coroutine was made.
fn warn_plainly(coroutine: &Suspended) -> PyResult<()> {
    let name = object::str(&coroutine.qualname.get().unwrap_or_else(none))?;
    let text = PyStr::new(&format!("coroutine '{name}' was never awaited"));
    let category = Exc::RuntimeWarning.type_object().as_object();
    errors::warn_object(category, 1, &text, Some(coroutine))
}

/// `tp_dealloc` of the three types.
///
/// # Safety
/// Called as a `tp_dealloc` slot.
pub(super) unsafe extern "C" fn dealloc(object: *mut PyObject) {
    // SAFETY: the object is whole; finalising may bring it back, in which case it stays.
    unsafe {
        let generator = &*object.cast::<Suspended>();
        gc::untrack(object);
        if !generator.weaklist.get().is_null() {
            weakref::clear_all(generator);
        }
        gc::track(object);
        if memory::finalize_in_dealloc(object) {
            return;
        }
        gc::untrack(object);
        generator.origin_or_finalizer.set(None);
        generator.clear_frame();
        generator.clear_exc_state();
        crate::frames::clear_code(&mut *generator.frame_ptr());
        generator.name.set(None);
        generator.qualname.set(None);
        memory::free_object(object);
        memory::end_dealloc();
    }
}

/// Whether the object is a coroutine, or a generator that `types.coroutine` made awaitable.
pub(crate) fn is_awaitable_generator(object: &PyObject) -> bool {
    use taipan_bytecode::code::flags::CO_ITERABLE_COROUTINE;
    if object.downcast_exact::<PyCoroutine>().is_some() {
        return true;
    }
    object.downcast_exact::<super::PyGenerator>().is_some_and(|generator| {
        super::IsSuspended::suspended(generator).flags() & CO_ITERABLE_COROUTINE != 0
    })
}
