//! What Python reads of a code object.

#![expect(unsafe_code, reason = "fills the cache of derived attributes")]

use super::{PyCode, data};
use crate::model::{ObjectExt, Py, PyObject, PyResult};
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::ffi::CStr;
use core::mem::offset_of;
use taipan_abi::{_Py_T_OBJECT, _PyCoCached, Py_READONLY, Py_T_INT, PyCodeObject, PyMemberDef};
use taipan_bytecode::code::flags::{CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL};
use taipan_macros::pymethods;

impl PyCode {
    /// The variables of one kind.
    fn variables(&self, kind: u8) -> Py<PyTuple> {
        let names = self.localsplusnames().as_slice().iter().zip(self.localspluskinds());
        PyTuple::from_vec(names.filter(|(_, k)| **k & kind != 0).map(|(name, _)| name.owned()).collect())
    }

    fn cached_variables(&self, kind: u8, field: fn(*mut _PyCoCached) -> *mut *mut PyObject) -> Py<PyTuple> {
        // SAFETY: a field of the cache, which holds a tuple.
        unsafe {
            data::cached_object(field(data::cached(self)), || self.variables(kind).into_obj())
                .downcast_unchecked()
        }
    }

    /// `co_varnames`.
    pub fn varnames(&self) -> Py<PyTuple> {
        // SAFETY: the address of a field of the cache.
        self.cached_variables(CO_FAST_LOCAL, |cached| unsafe { &raw mut (*cached)._co_varnames })
    }

    /// `co_cellvars`.
    pub fn cellvars(&self) -> Py<PyTuple> {
        // SAFETY: the address of a field of the cache.
        self.cached_variables(CO_FAST_CELL, |cached| unsafe { &raw mut (*cached)._co_cellvars })
    }

    /// `co_freevars`.
    pub fn freevars(&self) -> Py<PyTuple> {
        // SAFETY: the address of a field of the cache.
        self.cached_variables(CO_FAST_FREE, |cached| unsafe { &raw mut (*cached)._co_freevars })
    }
}

/// A member that can only be read.
const fn member(name: &'static CStr, kind: i32, offset: usize) -> PyMemberDef {
    PyMemberDef {
        name: name.as_ptr(),
        r#type: kind,
        offset: offset as isize,
        flags: Py_READONLY,
        doc: core::ptr::null(),
    }
}

/// The fields that Python reads as they are.
pub const MEMBERS: &[PyMemberDef] = &[
    member(c"co_argcount", Py_T_INT, offset_of!(PyCodeObject, co_argcount)),
    member(c"co_posonlyargcount", Py_T_INT, offset_of!(PyCodeObject, co_posonlyargcount)),
    member(c"co_kwonlyargcount", Py_T_INT, offset_of!(PyCodeObject, co_kwonlyargcount)),
    member(c"co_stacksize", Py_T_INT, offset_of!(PyCodeObject, co_stacksize)),
    member(c"co_flags", Py_T_INT, offset_of!(PyCodeObject, co_flags)),
    member(c"co_nlocals", Py_T_INT, offset_of!(PyCodeObject, co_nlocals)),
    member(c"co_consts", _Py_T_OBJECT, offset_of!(PyCodeObject, co_consts)),
    member(c"co_names", _Py_T_OBJECT, offset_of!(PyCodeObject, co_names)),
    member(c"co_filename", _Py_T_OBJECT, offset_of!(PyCodeObject, co_filename)),
    member(c"co_name", _Py_T_OBJECT, offset_of!(PyCodeObject, co_name)),
    member(c"co_qualname", _Py_T_OBJECT, offset_of!(PyCodeObject, co_qualname)),
    member(c"co_firstlineno", Py_T_INT, offset_of!(PyCodeObject, co_firstlineno)),
    member(c"co_linetable", _Py_T_OBJECT, offset_of!(PyCodeObject, co_linetable)),
    member(c"co_exceptiontable", _Py_T_OBJECT, offset_of!(PyCodeObject, co_exceptiontable)),
    crate::model::spec::END_OF_MEMBERS,
];

#[pymethods(METHODS)]
impl PyCode {
    #[getter]
    fn co_varnames(&self) -> PyResult {
        Ok(self.varnames().into_obj())
    }

    #[getter]
    fn co_cellvars(&self) -> PyResult {
        Ok(self.cellvars().into_obj())
    }

    #[getter]
    fn co_freevars(&self) -> PyResult {
        Ok(self.freevars().into_obj())
    }

    #[getter]
    fn co_code(&self) -> PyResult {
        Ok(self.code_bytes().into_obj())
    }

    #[getter]
    fn _co_code_adaptive(&self) -> PyResult {
        Ok(PyBytes::new(&data::adaptive_bytes(self)).into_obj())
    }

    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        let head = core::mem::offset_of!(taipan_abi::PyCodeObject, co_code_adaptive);
        head + self.units() * 2
    }

    /// (internal-only) Return the local variable name for the given oparg.
    ///
    /// WARNING: this method is for internal use only and may change or go
    /// away.
    #[pymethod(signature = "(oparg)")]
    fn _varname_from_oparg(&self, oparg: i32) -> PyResult {
        let names = self.localsplusnames();
        match usize::try_from(oparg).ok().filter(|index| *index < names.len()) {
            Some(index) => Ok(names.get(index).owned()),
            None => Err(raised!(IndexError, "tuple index out of range")),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let line = if self.raw.co_firstlineno != 0 { self.raw.co_firstlineno } else { -1 };
        let address = (&raw const self.raw).cast::<PyObject>();
        let text = format!(
            "<code object {} at {address:p}, file \"{}\", line {line}>",
            self.name(),
            self.filename()
        );
        Ok(PyStr::new(&text))
    }
}
