//! Exceptions that go nowhere: `sys.unraisablehook` and what it prints: the exception alone, without those it comes from.

use super::{info, output};
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;
use taipan_objects::types::structseq::StructSeq;
use taipan_objects::types::traceback::PyTraceback;

#[pymodule(fragment)]
pub mod part {
    use super::*;

    /// Handle an unraisable exception.
    ///
    /// The unraisable argument has the following attributes:
    ///
    /// * exc_type: Exception type.
    /// * exc_value: Exception value, can be None.
    /// * exc_traceback: Exception traceback, can be None.
    /// * err_msg: Error message, can be None.
    /// * object: Object causing the exception, can be None.
    #[pyfunction(signature = "(unraisable, /)")]
    fn unraisablehook(unraisable: &PyObject) -> PyResult<()> {
        let class = info::UNRAISABLE_ARGS.type_object();
        if !core::ptr::eq(unraisable.class(), class) {
            return Err(raised!(TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs"));
        }
        let Some(fields) = unraisable.downcast::<PyTuple>() else { return Ok(()) };
        let [class, value, traceback, message, object] = fields.as_slice() else { return Ok(()) };
        let file = match super::super::get(intern!("stderr"))? {
            Some(file) if !file.is_none() => file,
            _ => return Ok(()),
        };
        write(&file, class, value, traceback, message.downcast::<PyStr>(), object)
    }
}

/// The declaration of what hooks are given.
pub fn arguments() -> &'static StructSeq {
    &info::UNRAISABLE_ARGS
}

fn write(
    file: &PyObject,
    class: &PyObject,
    value: &PyObject,
    traceback: &PyObject,
    message: Option<&PyStr>,
    object: &PyObject,
) -> PyResult<()> {
    let put = |text: &str| output::write_text(file, &PyStr::new(text));
    let shown = |object: &PyObject| match object::repr(object) {
        Ok(text) => text,
        Err(raised) => {
            errors::clear(raised);
            PyStr::new("<object repr() failed>")
        }
    };
    match (message, object.is_none()) {
        (Some(message), true) => put(&format!("{message}:\n"))?,
        (Some(message), false) => {
            put(&format!("{message}: "))?;
            output::write_text(file, &shown(object))?;
            put("\n")?;
        }
        (None, false) => {
            put("Exception ignored in: ")?;
            output::write_text(file, &shown(object))?;
            put("\n")?;
        }
        (None, true) => {}
    }
    if let Some(traceback) = traceback.downcast::<PyTraceback>() {
        super::plain_traceback::print_traceback(traceback, file)?;
    }
    if let Some(class) = class.downcast::<TypeObject>() {
        put(&object::fully_qualified_name(class)?)?;
        if !value.is_none() {
            put(": ")?;
            match object::str(value) {
                Ok(text) => output::write_text(file, &text)?,
                Err(raised) => {
                    errors::clear(raised);
                    put("<exception str() failed>")?;
                }
            }
        }
        put("\n")?;
    }
    call::method(file, intern!("flush"), &[]).map(drop).or_else(|raised| {
        errors::clear(raised);
        Ok(())
    })
}

/// Gives an exception that no frame let through the frame that runs as its traceback.
fn note_place(exception: &PyBaseException) {
    if exception.traceback.is_empty()
        && let Some(frame) = taipan_interpreter::frames::current_frame_object()
    {
        let lasti = frame.last_instruction();
        let line = frame.line_number().unwrap_or(-1);
        exception.traceback.set(Some(PyTraceback::new(None, frame.into_obj(), lasti, line).into_obj()));
    }
}

/// Hands the exception to `sys.unraisablehook`; a hook that fails is reported in its turn by the built-in one.
pub fn report(exception: &PyBaseException, message: Option<&PyStr>, object: Option<&PyObject>) {
    let hook = super::get(intern!("unraisablehook"));
    note_place(exception);
    let made = info::UNRAISABLE_ARGS.make(vec![
        exception.class().owned(),
        exception.as_object().owned(),
        exception.traceback.get().unwrap_or_else(none),
        message.map_or_else(none, |message| message.as_object().owned()),
        object.map_or_else(none, ObjectExt::owned),
    ]);
    let (Ok(hook), Ok(arguments)) = (hook, made) else { return };
    let Some(hook) = hook else { return };
    let audited = crate::audit::audit("sys.unraisablehook", &[&hook, &arguments]);
    if let Err(raised) = audited.and_then(|()| call::call(&hook, &[&arguments]).map(drop)) {
        let failure = errors::take(raised);
        let traceback = failure.traceback.get().unwrap_or_else(none);
        let message = PyStr::new("Exception ignored in sys.unraisablehook");
        if let Ok(Some(file)) = super::get(intern!("stderr"))
            && !file.is_none()
        {
            let class = failure.class().owned();
            let _ = write(&file, &class, &failure, &traceback, Some(&message), &hook).map_err(errors::clear);
        }
    }
}
