//! `code`: code objects, in CPython's layout.
//!
//! The instructions behind the head are the interpreter's to specialise in place; what Python sees of them is put back
//! into the general form. Everything else never changes once the object is made.
//!
//! | file | holds |
//! |---|---|
//! | `build` | the object of the compiler's data, names interned, equal constants shared |
//! | `constants` | constants to objects and back |
//! | `data` | the object back to data; the instructions in general form |
//! | `attributes`, `tables` | what Python reads of it; iterators over lines, positions and branches |
//! | `replace` | `code(…)` and `code.replace(…)`, judged before they are trusted |
//! | `compare` | equality and hash |
//! | `extra` | what extensions keep with a code object |
//! | `watch` | watchers |

#![expect(unsafe_code, reason = "code objects are C structs with instructions behind them")]

mod attributes;
mod build;
mod compare;
mod constants;
mod data;
pub mod extra;
mod replace;
mod tables;
mod watch;

pub use build::{Parts, from_parts};
pub use constants::{constant_to_object, object_to_constant};
pub use replace::outlines;

use crate::model::{ObjectExt, Py, PyObject, PyResult, PyType};
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::cell::{Cell, UnsafeCell};
use std::sync::Arc;
use taipan_bytecode::{CodeData, linetable};
use taipan_macros::pytype;

/// Create a code object.  Not for the faint of heart.
#[pytype(name = "code", exported = PyCode_Type, layout = PyCodeObject, basicsize = 208, itemsize = 2, weakref = raw.co_weakreflist, members = attributes::MEMBERS, signature = "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, codestring, constants, names, varnames, filename, name,\n     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n     cellvars=(), /)", parts(attributes::METHODS, tables::METHODS, replace::METHODS, compare::SLOTS, build::SLOTS))]
pub struct PyCode {
    pub raw: taipan_abi::PyCodeObject,
    /// Says that bytes of the object change behind shared references: instructions, caches, versions.
    _changes: UnsafeCell<()>,
}

/// Versions given to code objects and functions of an interpreter.
#[derive(Default)]
struct Versions {
    last: Cell<u32>,
}

/// A version that no code object or function had; 0 when they ran out.
pub fn next_version() -> u32 {
    let versions = crate::model::thread::current().interpreter().extension::<Versions>();
    let Some(fresh) = versions.last.get().checked_add(1) else { return 0 };
    versions.last.set(fresh);
    fresh
}

impl PyCode {
    /// A code object of the compiler's data; `SystemError` for damaged byte code.
    pub fn from_data(data: &CodeData) -> PyResult<Py<PyCode>> {
        build::Builder::default().code(data)
    }

    /// As [`PyCode::from_data`] for data that our compiler did not make: judged first. What is refused raises where it is
    /// run.
    pub fn from_untrusted(data: &CodeData) -> PyResult<Py<PyCode>> {
        let mut builder = build::Builder::judging();
        builder.code(data)
    }

    /// Back to data: what marshal writes, without specialised instructions. A constant that marshal could not write is
    /// `None` there; see [`PyCode::constants_are_plain`].
    pub fn to_data(&self) -> Arc<CodeData> {
        Arc::new(data::to_data(self))
    }

    /// Whether every constant is of a type that marshal writes.
    pub fn constants_are_plain(&self) -> bool {
        self.consts().as_slice().iter().all(|constant| object_to_constant(constant).is_some())
    }

    /// The C struct, for changing what changes.
    #[inline(always)]
    pub fn raw_ptr(&self) -> *mut taipan_abi::PyCodeObject {
        (&raw const self.raw).cast_mut()
    }

    /// The line of the instruction at this code unit.
    pub fn line_at(&self, unit: usize) -> Option<i32> {
        linetable::line_at(self.linetable().as_slice(), self.raw.co_firstlineno, unit * 2)
    }

    /// The position in the source of the instruction at this code unit.
    pub fn position_at(&self, unit: usize) -> linetable::Position {
        let table = self.linetable().as_slice();
        linetable::entry_at(table, self.raw.co_firstlineno, unit * 2).unwrap_or_default()
    }

    /// How many code units it has.
    #[inline(always)]
    pub fn units(&self) -> usize {
        self.raw.ob_base.ob_size.get() as usize
    }

    /// `co_name`.
    pub fn name(&self) -> &PyStr {
        self.field(self.raw.co_name)
    }

    /// `co_qualname`.
    pub fn qualname(&self) -> &PyStr {
        self.field(self.raw.co_qualname)
    }

    /// `co_filename`.
    pub fn filename(&self) -> &PyStr {
        self.field(self.raw.co_filename)
    }

    /// `co_consts`.
    pub fn consts(&self) -> &PyTuple {
        self.field(self.raw.co_consts)
    }

    /// `co_names`.
    pub fn names(&self) -> &PyTuple {
        self.field(self.raw.co_names)
    }

    /// Names of locals, cells and free variables.
    pub fn localsplusnames(&self) -> &PyTuple {
        self.field(self.raw.co_localsplusnames)
    }

    /// `CO_FAST_*` of each of them.
    pub fn localspluskinds(&self) -> &[u8] {
        self.field::<PyBytes>(self.raw.co_localspluskinds).as_slice()
    }

    /// `co_linetable`.
    pub fn linetable(&self) -> &PyBytes {
        self.field(self.raw.co_linetable)
    }

    /// `co_exceptiontable`.
    pub fn exceptiontable(&self) -> &PyBytes {
        self.field(self.raw.co_exceptiontable)
    }

    /// `co_code`: the instructions in general form, made once. Whoever instruments the instructions reads it before,
    /// since an instrumented line does not say what it was.
    pub fn code_bytes(&self) -> Py<PyBytes> {
        data::code_bytes(self)
    }

    /// Replaces the file's name here and in nested code objects (`_imp._fix_co_filename`).
    pub fn set_filename(&self, name: &PyStr) {
        let old = self.filename().owned();
        for constant in self.consts().as_slice() {
            if let Some(inner) = constant.downcast::<PyCode>()
                && old.downcast::<PyStr>().is_some_and(|old| PyStr::eq(inner.filename(), old))
            {
                inner.set_filename(name);
            }
        }
        // SAFETY: the field owns its reference; the old one is dropped after the new one is in place.
        unsafe {
            let field = &raw mut (*self.raw_ptr()).co_filename;
            let before = field.replace(name.owned().into_raw());
            drop(crate::model::Obj::from_raw(before));
        }
    }

    /// A field that holds a `T`.
    #[inline(always)]
    fn field<T: PyType>(&self, pointer: *mut PyObject) -> &T {
        // SAFETY: the fields are filled with objects of these types when the object is made, and live as long as it.
        unsafe { (*pointer).downcast_unchecked() }
    }
}
