//! The code object of the compiler's data.

#![expect(unsafe_code, reason = "fills a C struct and the instructions behind it")]

use super::constants::Shared;
use super::{PyCode, next_version};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, thread};
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_abi::PyCodeObject;
use taipan_bytecode::code::flags::{CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL};
use taipan_bytecode::linetable::without_columns;
use taipan_bytecode::{CodeData, Constant, Opcode, Wtf8Buf};
use taipan_macros::pymethods;

/// Builds the code objects of one module, sharing what is equal.
#[derive(Default)]
pub struct Builder {
    pub(super) shared: Shared,
    /// Whether the data comes from somewhere else than our compiler.
    untrusted: bool,
}

/// The parts of a code object as objects.
pub struct Parts {
    pub consts: Py<PyTuple>,
    pub names: Py<PyTuple>,
    pub localsplusnames: Py<PyTuple>,
    pub localspluskinds: Py<PyBytes>,
    pub filename: Py<PyStr>,
    pub name: Py<PyStr>,
    pub qualname: Py<PyStr>,
    pub linetable: Py<PyBytes>,
    pub exceptiontable: Py<PyBytes>,
}

impl Builder {
    /// A builder for data that our compiler did not make.
    pub fn judging() -> Self {
        Builder { untrusted: true, ..Builder::default() }
    }

    /// The code object of this data.
    pub fn code(&mut self, data: &CodeData) -> PyResult<Py<PyCode>> {
        let consts = data.consts.iter().map(|constant| self.constant(constant)).collect::<PyResult<_>>()?;
        let parts = Parts {
            consts: self.shared_tuple(&data.consts, consts),
            names: self.names(&data.names)?,
            localsplusnames: self.names(&data.localsplusnames)?,
            localspluskinds: self.bytes(&data.localspluskinds)?,
            filename: self.text(&data.filename)?,
            name: self.text(&data.name)?,
            qualname: self.text(&data.qualname)?,
            linetable: self.linetable(data)?,
            exceptiontable: self.bytes(&data.exceptiontable)?,
        };
        if self.untrusted && !super::replace::is_sound(data) {
            if data.localspluskinds.len() != data.localsplusnames.len() || has_too_few_locals(data) {
                return Err(raised!(ValueError, "code: co_varnames is too small"));
            }
            let parts = Parts { exceptiontable: PyBytes::new(b""), ..parts };
            return super::replace::refused(data, parts);
        }
        make(data, parts)
    }

    /// The tuple of a code object's constants. Functions with the same constants share it.
    fn shared_tuple(&mut self, constants: &[Constant], objects: Vec<Obj>) -> Py<PyTuple> {
        if constants.iter().any(|constant| matches!(constant, Constant::Code(_))) {
            return PyTuple::from_vec(objects);
        }
        let tuple = self.shared_object(Constant::tuple(constants.iter().cloned()), || {
            PyTuple::from_vec(objects).into_obj()
        });
        // SAFETY: the object of a tuple is one.
        unsafe { tuple.downcast_unchecked() }
    }

    /// The location table; without columns where the interpreter was told to do without.
    fn linetable(&mut self, data: &CodeData) -> PyResult<Py<PyBytes>> {
        if keeps_columns() {
            return self.bytes(&data.linetable);
        }
        self.bytes(&without_columns(&data.linetable, data.firstlineno))
    }

    /// Names, all interned.
    fn names(&mut self, names: &[Wtf8Buf]) -> PyResult<Py<PyTuple>> {
        let constant = Constant::tuple(names.iter().cloned().map(Constant::Str));
        let names = self.constant(&constant)?;
        // Names that are no ASCII identifiers are strings like others where they are constants.
        if let Some(tuple) = names.downcast::<PyTuple>() {
            let plain =
                tuple.as_slice().iter().all(|name| name.downcast::<PyStr>().is_some_and(PyStr::is_interned));
            if !plain {
                let interned = tuple.as_slice().iter().map(|name| intern(name)).collect();
                return Ok(PyTuple::from_vec(interned));
            }
        }
        // SAFETY: the constant is a tuple.
        Ok(unsafe { names.downcast_unchecked() })
    }

    fn text(&mut self, text: &Wtf8Buf) -> PyResult<Py<PyStr>> {
        let object = self.constant(&Constant::Str(text.clone()))?;
        // SAFETY: the constant is a string.
        Ok(PyStr::intern(unsafe { object.downcast_unchecked() }))
    }

    fn bytes(&mut self, bytes: &[u8]) -> PyResult<Py<PyBytes>> {
        let object = self.constant(&Constant::bytes(bytes))?;
        // SAFETY: the constant is a byte string.
        Ok(unsafe { object.downcast_unchecked() })
    }
}

/// The code object of parts that were read one by one. `numbers` holds what is no object; where the code is not trusted, also
/// as many names as the parts have, whatever they are, and outlines of the constants. Then it is judged; nested code was
/// judged when it was made.
pub fn from_parts(numbers: &CodeData, parts: Parts, trusted: bool) -> PyResult<Py<PyCode>> {
    let parts = Parts {
        names: interned(parts.names),
        localsplusnames: interned(parts.localsplusnames),
        filename: PyStr::intern(parts.filename),
        name: PyStr::intern(parts.name),
        qualname: PyStr::intern(parts.qualname),
        linetable: if keeps_columns() {
            parts.linetable
        } else {
            PyBytes::new(&without_columns(parts.linetable.as_slice(), numbers.firstlineno))
        },
        ..parts
    };
    if !trusted && !super::replace::is_sound(numbers) {
        if numbers.localspluskinds.len() != numbers.localsplusnames.len() || has_too_few_locals(numbers) {
            return Err(raised!(ValueError, "code: co_varnames is too small"));
        }
        let parts = Parts { exceptiontable: PyBytes::new(b""), ..parts };
        return super::replace::refused(numbers, parts);
    }
    make(numbers, parts)
}

/// Whether the interpreter wants columns in location tables.
fn keeps_columns() -> bool {
    thread::current().interpreter().code_debug_ranges.get()
}

/// The names, all of them interned.
fn interned(names: Py<PyTuple>) -> Py<PyTuple> {
    let plain = |name: &&PyObject| name.downcast::<PyStr>().is_none_or(PyStr::is_interned);
    if names.as_slice().iter().all(plain) {
        return names;
    }
    PyTuple::from_vec(names.as_slice().iter().map(|name| intern(name)).collect())
}

/// Whether the frame cannot take the arguments that the numbers promise.
fn has_too_few_locals(data: &CodeData) -> bool {
    use taipan_bytecode::code::flags::{CO_VARARGS, CO_VARKEYWORDS};
    let flag = |flag: u32| u64::from(data.flags & flag != 0);
    let parameters =
        u64::from(data.argcount) + u64::from(data.kwonlyargcount) + flag(CO_VARARGS) + flag(CO_VARKEYWORDS);
    let locals = data.localspluskinds.iter().filter(|kind| **kind & CO_FAST_LOCAL != 0).count() as u64;
    parameters > locals || data.posonlyargcount > data.argcount || data.stacksize > 1 << 24
}

fn intern(name: &PyObject) -> Obj {
    match name.downcast_owned::<PyStr>() {
        Some(name) => PyStr::intern(name).into_obj(),
        None => name.owned(),
    }
}

/// The code object of plain numbers and ready parts; `data` gives what is not an object.
pub fn make(data: &CodeData, parts: Parts) -> PyResult<Py<PyCode>> {
    let units = data.code.len() / 2;
    if units == 0 || !data.code.len().is_multiple_of(2) {
        return Err(raised!(ValueError, "code: co_code is malformed"));
    }
    // A little room more than the instructions, so that the whole struct lies in the object's memory.
    let object = crate::memory::alloc(PyCode::type_object(), units.max(4))?;
    let kinds = |kind: u8| data.localspluskinds.iter().filter(|k| **k & kind != 0).count();
    let (locals, free) = (kinds(CO_FAST_LOCAL), kinds(CO_FAST_FREE));
    let nlocalsplus = parts.localsplusnames.len();
    let version = next_version();
    // SAFETY: fresh memory of a code object with room for the instructions; each field takes over a reference.
    unsafe {
        let raw = object.cast::<PyCodeObject>();
        (*raw).ob_base.ob_size.set(units as isize);
        (*raw).co_consts = parts.consts.into_raw().cast();
        (*raw).co_names = parts.names.into_raw().cast();
        (*raw).co_exceptiontable = parts.exceptiontable.into_raw().cast();
        (*raw).co_flags = data.flags as i32;
        (*raw).co_argcount = data.argcount as i32;
        (*raw).co_posonlyargcount = data.posonlyargcount as i32;
        (*raw).co_kwonlyargcount = data.kwonlyargcount as i32;
        (*raw).co_stacksize = data.stacksize as i32;
        (*raw).co_firstlineno = data.firstlineno;
        (*raw).co_nlocalsplus = nlocalsplus as i32;
        (*raw).co_framesize = (nlocalsplus + data.stacksize as usize + FRAME_WORDS) as i32;
        (*raw).co_nlocals = locals as i32;
        (*raw).co_ncellvars = kinds(CO_FAST_CELL) as i32;
        (*raw).co_nfreevars = free as i32;
        (*raw).co_version = version;
        (*raw).co_localsplusnames = parts.localsplusnames.into_raw().cast();
        (*raw).co_localspluskinds = parts.localspluskinds.into_raw().cast();
        (*raw).co_filename = parts.filename.into_raw().cast();
        (*raw).co_name = parts.name.into_raw().cast();
        (*raw).co_qualname = parts.qualname.into_raw().cast();
        (*raw).co_linetable = parts.linetable.into_raw().cast();
        (*raw)._co_firsttraceable = first_traceable(&data.code) as i32;
        let instructions = (&raw mut (*raw).co_code_adaptive).cast::<u8>();
        core::ptr::copy_nonoverlapping(data.code.as_ptr(), instructions, data.code.len());
        let code = Py::from_raw(object.cast());
        super::watch::tell_creation(&code);
        Ok(code)
    }
}

/// The words of a frame before its locals, as CPython counts them in `co_framesize`.
const FRAME_WORDS: usize = size_of::<taipan_abi::_PyInterpreterFrame>() / 8 - 1;

/// The unit of the first `RESUME`: what lies before it is not traced.
fn first_traceable(code: &[u8]) -> usize {
    let resume = Opcode::RESUME.byte();
    code.chunks_exact(2).position(|unit| Some(unit[0]) == resume).unwrap_or(0)
}

#[pymethods(SLOTS)]
impl PyCode {
    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: the last reference is gone, so nobody else reaches the fields; each owns its reference or is null.
        unsafe {
            if super::watch::tell_end(object) || !crate::memory::begin_dealloc(object) {
                return;
            }
            super::extra::free(object.cast());
            let raw = object.cast::<PyCodeObject>();
            if !(*raw).co_weakreflist.is_null() {
                crate::types::weakref::clear_all(&*object);
            }
            let cached = (*raw)._co_cached;
            let mut fields = vec![
                (*raw).co_consts,
                (*raw).co_names,
                (*raw).co_exceptiontable,
                (*raw).co_localsplusnames,
                (*raw).co_localspluskinds,
                (*raw).co_filename,
                (*raw).co_name,
                (*raw).co_qualname,
                (*raw).co_linetable,
            ];
            if !cached.is_null() {
                let cached = Box::from_raw(cached);
                fields.extend([
                    cached._co_code,
                    cached._co_varnames,
                    cached._co_cellvars,
                    cached._co_freevars,
                ]);
            }
            crate::memory::free_object(object);
            for field in fields.into_iter().filter(|field| !field.is_null()) {
                drop(Obj::from_raw(field));
            }
            crate::memory::end_dealloc();
        }
    }
}
