//! `function`: what `def` makes.
//!
//! The vectorcall function is the interpreter's, reached through the table of upcalls. Whatever a call depends on
//! (code, defaults) resets the version by which inline caches know a function.

#![expect(unsafe_code, reason = "calls through the table of upcalls")]

mod attributes;
mod watch;

use crate::errors::Exc;
use crate::intern;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, thread, upcalls};
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::types::module::PyModule;
use crate::types::str::PyStr;
use core::cell::Cell;
use taipan_abi::{CO_HAS_DOCSTRING, vectorcallfunc};
use taipan_macros::pytype;
use watch::Event;

/// Create a function object.
///
///   code
///     a code object
///   globals
///     the globals dictionary
///   name
///     a string that overrides the name from the code object
///   argdefs
///     a tuple that specifies the default argument values
///   closure
///     a tuple that supplies the bindings for free variables
///   kwdefaults
///     a dictionary that specifies the default keyword argument values
#[pytype(name = "function", exported = PyFunction_Type, layout = PyFunctionObject, gc, flags(METHOD_DESCRIPTOR, HAVE_VECTORCALL), dict = dict, weakref = weaklist, vectorcall = vectorcall, signature = "(code, globals, name=None, argdefs=None, closure=None,\n         kwdefaults=None)", parts(attributes::METHODS))]
pub struct PyFunction {
    ob_base: PyObject,
    #[member(name = "__globals__", readonly)]
    pub globals: ObjCell,
    #[member(name = "__builtins__", readonly)]
    pub builtins: ObjCell,
    pub name: ObjCell,
    pub qualname: ObjCell,
    pub code: ObjCell,
    pub defaults: ObjCell,
    pub kwdefaults: ObjCell,
    #[member(name = "__closure__", readonly)]
    pub closure: ObjCell,
    pub doc: ObjCell,
    pub dict: ObjCell,
    pub weaklist: Cell<*mut PyObject>,
    pub module: ObjCell,
    pub annotations: ObjCell,
    pub annotate: ObjCell,
    pub typeparams: ObjCell,
    pub vectorcall: Cell<Option<vectorcallfunc>>,
    pub version: Cell<u32>,
}

impl PyFunction {
    /// A function (`PyFunction_NewWithQualName`); `None` for the qualified name takes the code's.
    pub fn new(code: &PyCode, globals: &PyDict, qualname: Option<&PyStr>) -> PyResult<Py<PyFunction>> {
        let module = globals.get_str(intern!("__name__"))?;
        let builtins = builtins_of(globals)?;
        let filled = |object: &PyObject| ObjCell::new(Some(object.owned()));
        let function = crate::memory::new(PyFunction {
            ob_base: PyObject::EMPTY,
            globals: filled(globals),
            builtins: ObjCell::new(Some(builtins)),
            name: filled(code.name()),
            qualname: filled(qualname.unwrap_or_else(|| code.qualname())),
            code: filled(code),
            defaults: ObjCell::empty(),
            kwdefaults: ObjCell::empty(),
            closure: ObjCell::empty(),
            doc: ObjCell::new(docstring(code)),
            dict: ObjCell::empty(),
            weaklist: Cell::new(core::ptr::null_mut()),
            module: ObjCell::new(module),
            annotations: ObjCell::empty(),
            annotate: ObjCell::empty(),
            typeparams: ObjCell::empty(),
            vectorcall: Cell::new(Some(upcalls::get().function_vectorcall)),
            version: Cell::new(0),
        });
        function.tell(Event::Create, None);
        Ok(function)
    }

    /// A version for inline caches, assigned now if there was none; 0 when they ran out.
    pub fn assign_version(&self) -> u32 {
        let known = self.version.get();
        if known != 0 {
            return known;
        }
        let usual = upcalls::get().function_vectorcall;
        if !self.vectorcall.get().is_some_and(|own| core::ptr::fn_addr_eq(own, usual)) {
            return 0;
        }
        let fresh = crate::types::code::next_version();
        self.version.set(fresh);
        fresh
    }

    /// Tells inline caches that calls must look at the function anew.
    pub fn modified(&self) {
        self.version.set(0);
    }

    /// Tells watchers what happens, or is about to.
    #[inline(always)]
    fn tell(&self, event: Event, value: Option<&PyObject>) {
        let watchers = &thread::current().interpreter().watchers.functions;
        if watchers.is_active() {
            watch::tell(watchers, self, event, value);
        }
    }

    /// Its code object.
    #[inline(always)]
    pub fn code(&self) -> Py<PyCode> {
        let code = self.code.get().expect("a function has code until the collector clears it");
        // SAFETY: only code objects are stored there.
        unsafe { code.downcast_unchecked() }
    }
}

/// The first constant, where the flags say that it is the docstring.
fn docstring(code: &PyCode) -> Option<Obj> {
    if code.raw.co_flags & CO_HAS_DOCSTRING == 0 {
        return Some(crate::model::none());
    }
    let first = code.consts().as_slice().first().map(|first| first.owned());
    Some(first.filter(|doc| doc.downcast::<PyStr>().is_some()).unwrap_or_else(crate::model::none))
}

/// The built-ins that code with these globals sees (`_PyEval_BuiltinsFromGlobals`).
pub fn builtins_of(globals: &PyDict) -> PyResult {
    if let Some(found) = globals.get_str(intern!("__builtins__"))? {
        return Ok(match found.downcast::<PyModule>() {
            Some(module) => module.dict().into_obj(),
            None => found,
        });
    }
    // SAFETY: the upcall gives a borrowed object or null.
    let current = unsafe { (upcalls::get().current_builtins)().as_ref() };
    match current {
        Some(builtins) => Ok(builtins.owned()),
        None if crate::errors::occurred() => Err(crate::model::Raised::claim()),
        None => Err(raised!(RuntimeError, "builtins are not there yet")),
    }
}

/// The dictionary of annotations that the function's `__annotate__` makes or that was stored.
fn annotations_dict(function: &PyFunction) -> PyResult {
    if let Some(stored) = function.annotations.get() {
        let Some(pairs) = stored.downcast::<crate::types::tuple::PyTuple>() else { return Ok(stored) };
        // The compiler's form under `from __future__ import annotations`: names and values in turn.
        let dict = PyDict::with_capacity(pairs.len() / 2);
        for pair in pairs.as_slice().chunks_exact(2) {
            dict.set_item(pair[0], pair[1])?;
        }
        function.annotations.set(Some(dict.clone().into_obj()));
        return Ok(dict.into_obj());
    }
    let annotate = function.annotate.get().filter(|annotate| crate::protocols::object::is_callable(annotate));
    let dict = match annotate {
        None => PyDict::new().into_obj(),
        Some(annotate) => {
            let format = crate::types::int::PyInt::from_i64(1);
            let made = crate::protocols::call::call(&annotate, &[&format])?;
            if made.downcast::<PyDict>().is_none() {
                let name = crate::protocols::object::fully_qualified_name(made.class())?;
                return Err(raised!(TypeError, "__annotate__ returned non-dict of type '{name}'"));
            }
            made
        }
    };
    function.annotations.set(Some(dict.clone()));
    Ok(dict)
}

/// Deprecation of assigning code of another kind.
fn warn_other_kind() -> PyResult<()> {
    crate::errors::warn(
        Exc::DeprecationWarning,
        1,
        format_args!(
            "Assigning a code object of non-matching type is deprecated \
             (e.g., from a generator to a plain function)"
        ),
    )
}
