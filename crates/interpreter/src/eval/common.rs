//! What several families of instructions share: names of variables, errors about them, constants of the language.

#![expect(unsafe_code, reason = "frames and code objects are read by pointer")]

use crate::frames::Frame;
use taipan_objects::errors;
use taipan_objects::model::Raised;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;

/// The same word, of which the optimiser knows nothing: what is computed from it stays where it is computed.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is no instruction at all")]
pub(crate) fn opaque(mut word: usize) -> usize {
    // SAFETY: the assembly is a comment; it touches neither memory nor flags.
    unsafe {
        core::arch::asm!("/* {0} */", inout(reg) word, options(nomem, nostack, preserves_flags));
    }
    word
}

/// The same place, of which the optimiser knows nothing: a loop over places stays as short as it is written.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is no instruction at all")]
#[cfg_attr(not(miri), expect(clippy::pointers_in_nomem_asm_block, reason = "nothing is read or written"))]
#[cfg_attr(miri, expect(unused_mut, reason = "Miri knows no assembly"))]
pub(crate) fn opaque_place<T>(mut place: *mut T) -> *mut T {
    // SAFETY: as above.
    #[cfg(not(miri))]
    unsafe {
        core::arch::asm!("/* {0} */", inout(reg) place, options(nomem, nostack, preserves_flags));
    }
    place
}

/// The name of a local variable, cell or free variable.
pub(crate) fn local_name(code: &PyCode, index: usize) -> &PyStr {
    // SAFETY: the names are a tuple of strings as long as the locals.
    unsafe { (*code.raw.co_localsplusnames.cast::<PyTuple>()).get(index).downcast_unchecked() }
}

#[cold]
#[inline(never)]
pub(crate) fn unbound_local(code: &PyCode, index: usize) -> Raised {
    let name = local_name(code, index);
    // Without its `name`, for no other name is meant: suggestions are for names that are nowhere.
    raised!(
        UnboundLocalError,
        "cannot access local variable '{name}' where it is not associated with a value"
    )
}

#[cold]
#[inline(never)]
pub(crate) fn unbound_deref(code: &PyCode, index: usize) -> Raised {
    let first_free = (code.raw.co_nlocalsplus - code.raw.co_nfreevars) as usize;
    if index < first_free {
        return unbound_local(code, index);
    }
    let name = local_name(code, index);
    errors::set_name_error(
        Exc::NameError,
        name,
        format_args!(
            "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
        ),
    )
}

#[cold]
#[inline(never)]
pub(crate) fn undefined_name(name: &PyStr) -> Raised {
    errors::set_name_error(Exc::NameError, name, format_args!("name '{name}' is not defined"))
}

/// The built-ins of a frame.
#[inline(always)]
pub(crate) fn builtins<'a>(frame: *mut Frame) -> &'a PyObject {
    // SAFETY: the function of the frame keeps them alive.
    unsafe { &*(*frame).builtins }
}

/// The globals of a frame.
#[inline(always)]
pub(crate) fn globals<'a>(frame: *mut Frame) -> &'a PyDict {
    // SAFETY: the function of the frame keeps them alive.
    unsafe { &*(*frame).globals }
}

/// The operand of `LOAD_COMMON_CONSTANT`.
pub(crate) fn common_constant(index: usize) -> PyResult {
    let function = |place: usize, name| {
        let thread = taipan_objects::model::thread::current();
        let kept = &thread.interpreter().common_functions[place];
        if let Some(function) = kept.get() {
            return Ok(function);
        }
        let builtins = thread.interpreter().builtins.get();
        let found = match builtins.as_deref().and_then(|b| b.downcast::<PyDict>()) {
            Some(builtins) => builtins.get_str(name)?,
            None => None,
        };
        let found = found.ok_or_else(|| raised!(SystemError, "builtin '{name}' is missing"))?;
        kept.set(Some(found.clone()));
        Ok(found)
    };
    match index {
        0 => Ok(Exc::AssertionError.type_object().owned()),
        1 => Ok(Exc::NotImplementedError.type_object().owned()),
        2 => Ok(PyTuple::type_object().owned()),
        3 => function(0, intern!("all")),
        _ => function(1, intern!("any")),
    }
}
