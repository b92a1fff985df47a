//! What Python reads of a code object.

#![expect(unsafe_code, reason = "fills the cache of derived attributes")]

use super::{PyCode, data};
use crate::model::{ObjectExt, Py, PyObject, PyResult};
use crate::raised;
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_abi::_PyCoCached;
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

macro_rules! numbers {
    ($($name:ident),*) => {
        #[pymethods(NUMBERS)]
        impl PyCode {
            $(
                #[getter]
                fn $name(&self) -> i32 {
                    self.raw.$name
                }
            )*
        }
    };
}

numbers!(
    co_argcount,
    co_posonlyargcount,
    co_kwonlyargcount,
    co_stacksize,
    co_flags,
    co_nlocals,
    co_firstlineno
);

#[pymethods(METHODS)]
impl PyCode {
    #[getter]
    fn co_consts(&self) -> PyResult {
        Ok(self.consts().owned())
    }

    #[getter]
    fn co_names(&self) -> PyResult {
        Ok(self.names().owned())
    }

    #[getter]
    fn co_filename(&self) -> PyResult {
        Ok(self.filename().owned())
    }

    #[getter]
    fn co_name(&self) -> PyResult {
        Ok(self.name().owned())
    }

    #[getter]
    fn co_qualname(&self) -> PyResult {
        Ok(self.qualname().owned())
    }

    #[getter]
    fn co_linetable(&self) -> PyResult {
        Ok(self.linetable().owned())
    }

    #[getter]
    fn co_exceptiontable(&self) -> PyResult {
        Ok(self.exceptiontable().owned())
    }

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
