//! `f_locals` and `locals()` (PEP 667): a write-through view of a frame's fast locals.

#![expect(unsafe_code, reason = "reads and writes the values of frames")]

use super::{Frame, PyFrame};
use crate::value::Value;
use core::ptr::null_mut;
use taipan_bytecode::code::flags::{CO_FAST_CELL, CO_FAST_FREE, CO_FAST_HIDDEN, CO_OPTIMIZED};
use taipan_macros::{pymethods, pytype};
use taipan_objects::prelude::*;
use taipan_objects::types::bytes::PyBytes;
use taipan_objects::types::cell::PyCell;
use taipan_objects::types::code::PyCode;

fn names(code: &PyCode) -> &[&PyObject] {
    // SAFETY: the code object keeps its tuple of names.
    unsafe { (*code.raw.co_localsplusnames.cast::<PyTuple>()).as_slice() }
}

fn kinds(code: &PyCode) -> &[u8] {
    // SAFETY: the code object keeps its kinds.
    unsafe { (*code.raw.co_localspluskinds.cast::<PyBytes>()).as_slice() }
}

/// The cell in the slot of a variable that has one already.
fn cell_in(kind: u8, value: Value) -> Option<&'static PyCell> {
    if kind & (CO_FAST_CELL | CO_FAST_FREE) == 0 {
        return None;
    }
    value.object_opt().and_then(|object| object.downcast_exact::<PyCell>())
}

/// The variable at `index`, if it is bound; the names of merged comprehensions are bound while these run.
fn variable(frame: &Frame, index: usize) -> Option<Obj> {
    let kind = kinds(frame.code())[index];
    // SAFETY: the index is below the number of locals.
    let slot = unsafe { frame.localsplus().add(index) };
    // SAFETY: as above.
    let value = unsafe { *slot };
    if value.is_null() {
        return None;
    }
    if let Some(cell) = cell_in(kind, value) {
        return cell.contents.get();
    }
    if value.is_int() {
        let object = value.to_obj();
        // SAFETY: as above; the frame keeps the object from now on.
        unsafe { slot.write(Value::owned(object.clone())) };
        return Some(object);
    }
    Some(value.object().owned())
}

/// Whether names of merged comprehensions are bound in a frame whose locals are a namespace.
fn has_hidden(frame: &Frame) -> bool {
    let code = frame.code();
    kinds(code).iter().enumerate().any(|(index, kind)| {
        // SAFETY: the index is below the number of locals.
        kind & CO_FAST_HIDDEN != 0 && unsafe { !(*frame.localsplus().add(index)).is_null() }
    })
}

fn is_namespace(frame: &Frame) -> bool {
    frame.code().raw.co_flags & CO_OPTIMIZED as i32 == 0
}

/// `f_locals`.
pub(super) fn of_frame(object: &PyFrame) -> PyResult {
    let frame = object.frame();
    if is_namespace(frame) && !has_hidden(frame) {
        // SAFETY: the frame owns its namespace.
        unsafe {
            if frame.locals.is_null() {
                frame.locals = PyDict::new().into_obj().into_raw();
            }
            return Ok((*frame.locals).owned());
        }
    }
    Ok(PyFrameLocalsProxy::new(object).into_obj())
}

/// `locals()`.
pub(super) fn as_mapping(frame: &mut Frame) -> PyResult {
    let locals = of_frame(&frame.frame_object().to_owned())?;
    match locals.downcast_exact::<PyFrameLocalsProxy>() {
        Some(proxy) => proxy.to_dict().map(Py::into_obj),
        None => Ok(locals),
    }
}

/// Closes locals and stack of a frame that ended.
pub(super) fn clear_values(frame: &mut Frame) {
    // SAFETY: the values lie between the two pointers; each is taken out before it is closed.
    unsafe {
        let mut at = frame.localsplus();
        while at < frame.sp {
            at.replace(Value::NULL).close();
            at = at.add(1);
        }
        frame.sp = frame.stack_base();
        if !frame.locals.is_null() {
            drop(Obj::from_raw(core::mem::replace(&mut frame.locals, null_mut())));
        }
    }
}

// A view of a frame's variables.
#[pytype(name = "FrameLocalsProxy", exported = PyFrameLocalsProxy_Type, gc, flags(MAPPING), parts(PROXY))]
pub struct PyFrameLocalsProxy {
    ob_base: PyObject,
    frame: Obj,
}

impl PyFrameLocalsProxy {
    pub(crate) fn new(frame: &PyFrame) -> Py<PyFrameLocalsProxy> {
        taipan_objects::memory::new(PyFrameLocalsProxy { ob_base: PyObject::EMPTY, frame: frame.owned() })
    }

    fn object(&self) -> &PyFrame {
        // SAFETY: it is made with a frame object.
        unsafe { &*self.frame.as_ptr().cast() }
    }

    fn extra(&self) -> Option<Py<PyDict>> {
        self.object().extra_locals.get().and_then(|extra| extra.downcast_owned::<PyDict>())
    }

    /// The place of a name among the fast locals; `read` wants it bound.
    fn place(&self, key: &PyObject, read: bool) -> PyResult<Option<usize>> {
        let hash = object::hash(key)?;
        let frame = self.object().frame();
        let code = frame.code();
        let exact = key.downcast_exact::<PyStr>();
        for (index, name) in names(code).iter().enumerate() {
            let same = name.is(key)
                || match (exact, name.downcast::<PyStr>()) {
                    (Some(text), Some(name)) => name.eq(text),
                    _ => object::hash(name)? == hash && object::compare_bool(name, key, CompareOp::Eq)?,
                };
            if !same {
                continue;
            }
            if read {
                if variable(frame, index).is_some() {
                    return Ok(Some(index));
                }
            } else if kinds(code)[index] & CO_FAST_HIDDEN == 0 {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn lookup(&self, key: &PyObject) -> PyResult<Option<Obj>> {
        if let Some(index) = self.place(key, true)? {
            return Ok(variable(self.object().frame(), index));
        }
        match self.extra() {
            Some(extra) => extra.get_item(key),
            None => Ok(None),
        }
    }

    fn store(&self, key: &PyObject, value: &PyObject) -> PyResult<()> {
        let object = self.object();
        let Some(index) = self.place(key, false)? else {
            let extra = match self.extra() {
                Some(extra) => extra,
                None => {
                    let extra = PyDict::new();
                    object.extra_locals.set(Some(extra.clone().into_obj()));
                    extra
                }
            };
            return extra.set_item(key, value);
        };
        let frame = object.frame();
        // SAFETY: the index is below the number of locals.
        unsafe {
            let slot = frame.localsplus().add(index);
            let old = *slot;
            if let Some(cell) = cell_in(kinds(frame.code())[index], old) {
                cell.contents.set(Some(value.owned()));
                return Ok(());
            }
            if !old.is_null() && !old.is_int() {
                // Values on a stack may borrow from the variable.
                self.keep(old.to_obj())?;
            }
            slot.write(Value::new_ref(value));
            old.close();
        }
        Ok(())
    }

    fn keep(&self, old: Obj) -> PyResult<()> {
        let cell = &self.object().overwritten;
        match cell.get().and_then(|kept| kept.downcast_owned::<PyList>()) {
            Some(list) => list.append(old),
            None => {
                cell.set(Some(PyList::from_vec(vec![old]).into_obj()));
                Ok(())
            }
        }
    }

    fn to_pairs(&self) -> Vec<(Obj, Obj)> {
        let frame = self.object().frame();
        let mut pairs: Vec<(Obj, Obj)> = names(frame.code())
            .iter()
            .enumerate()
            .filter_map(|(index, name)| variable(frame, index).map(|value| (name.owned(), value)))
            .collect();
        if let Some(extra) = self.extra() {
            pairs.extend(extra.items_snapshot());
        }
        pairs
    }

    fn to_dict(&self) -> PyResult<Py<PyDict>> {
        let dict = PyDict::new();
        for (name, value) in self.to_pairs() {
            dict.set_item(&name, &value)?;
        }
        Ok(dict)
    }

    fn to_key_list(&self) -> Py<PyList> {
        PyList::from_vec(self.to_pairs().into_iter().map(|(name, _)| name).collect())
    }

    fn merge(&self, other: &PyObject) -> PyResult<bool> {
        if other.downcast::<PyDict>().is_none() && other.downcast::<PyFrameLocalsProxy>().is_none() {
            return Ok(false);
        }
        let keys = call::method(other, intern!("keys"), &[])?;
        iter::for_each(&keys, |key| {
            let value = object::get_item(other, &key)?;
            self.store(&key, &value)
        })?;
        Ok(true)
    }
}

#[pymethods(PROXY)]
impl PyFrameLocalsProxy {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(cls: &TypeObject, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<Py<Self>> {
        let _ = cls;
        if args.len() != 1 {
            return Err(raised!(TypeError, "FrameLocalsProxy expected 1 argument, got {}", args.len()));
        }
        let Some(frame) = args[0].downcast::<PyFrame>() else {
            return Err(raised!(TypeError, "expect frame, not {}", args[0].class().name()));
        };
        if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
            return Err(raised!(TypeError, "FrameLocalsProxy takes no keyword arguments"));
        }
        Ok(Self::new(frame))
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        if !object::repr_enter(self)? {
            return Ok(PyStr::new("{...}"));
        }
        let result = self.to_dict().and_then(|dict| object::repr(&dict));
        object::repr_leave(self);
        result
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        if let Some(other) = other.downcast_exact::<PyFrameLocalsProxy>() {
            let same = self.frame.is(&other.frame);
            return Ok(PyInt::from_bool(same == (op == CompareOp::Eq)));
        }
        if other.downcast::<PyDict>().is_some() {
            return object::compare(&*self.to_dict()?, other, op);
        }
        Ok(not_implemented())
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        iter::iter(&self.to_key_list())
    }

    #[slot(nb_or)]
    fn or(a: &PyObject, b: &PyObject) -> PyResult {
        let is_side = |x: &PyObject| x.downcast::<PyDict>().is_some() || x.downcast::<Self>().is_some();
        if !is_side(a) || !is_side(b) {
            return Ok(not_implemented());
        }
        let merged = PyDict::new();
        merged.update(a)?;
        merged.update(b)?;
        Ok(merged.into_obj())
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(&self, other: &PyObject) -> PyResult {
        Ok(if self.merge(other)? { self.owned() } else { not_implemented() })
    }

    #[slot(mp_length)]
    fn len(&self) -> PyResult<usize> {
        Ok(self.to_pairs().len())
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        match self.lookup(key)? {
            Some(value) => Ok(value),
            None => Err(raised!(KeyError, "local variable '{}' is not defined", object::repr(key)?)),
        }
    }

    #[slot(mp_ass_subscript)]
    fn assign(&self, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            Some(value) => self.store(key, value),
            None => self.remove(key).map(drop),
        }
    }

    #[slot(sq_contains)]
    fn contains(&self, key: &PyObject) -> PyResult<bool> {
        self.lookup(key).map(|found| found.is_some())
    }

    #[pymethod(name = "__getitem__", signature = "(object, /)", coexist)]
    fn get_item(&self, object: &PyObject) -> PyResult {
        self.subscript(object)
    }

    #[pymethod(name = "__contains__", signature = "(object, /)", coexist)]
    fn has_item(&self, object: &PyObject) -> PyResult<bool> {
        self.contains(object)
    }

    #[pymethod(signature = "(object, /)")]
    fn update(&self, object: &PyObject) -> PyResult<()> {
        if self.merge(object)? {
            return Ok(());
        }
        Err(raised!(TypeError, "update() argument must be dict or another FrameLocalsProxy"))
    }

    #[pymethod(name = "__reversed__", signature = "()")]
    fn reversed(&self) -> PyResult {
        let keys = self.to_key_list();
        keys.reverse();
        Ok(keys.into_obj())
    }

    #[pymethod(signature = "()")]
    fn copy(&self) -> PyResult<Py<PyDict>> {
        self.to_dict()
    }

    #[pymethod(signature = "()")]
    fn keys(&self) -> PyResult<Py<PyList>> {
        Ok(self.to_key_list())
    }

    #[pymethod(signature = "()")]
    fn values(&self) -> PyResult<Py<PyList>> {
        Ok(PyList::from_vec(self.to_pairs().into_iter().map(|(_, value)| value).collect()))
    }

    #[pymethod(signature = "()")]
    fn items(&self) -> PyResult<Py<PyList>> {
        let pairs = self.to_pairs();
        let pairs = pairs.into_iter().map(|(name, value)| PyTuple::from_vec(vec![name, value]).into_obj());
        Ok(PyList::from_vec(pairs.collect()))
    }

    #[pymethod(signature = "(key, default=None, /)", no_text)]
    fn get(&self, key: &PyObject, default: Option<&PyObject>) -> PyResult<Option<Obj>> {
        let found = self.lookup(key)?;
        Ok(found.or_else(|| default.map(ObjectExt::owned)))
    }

    #[pymethod(signature = "(key, default=None, /)", no_text)]
    fn pop(&self, key: &PyObject, default: taipan_objects::model::args::OptArg<&PyObject>) -> PyResult {
        if self.place(key, false)?.is_some() {
            return Err(raised!(ValueError, "cannot remove local variables from FrameLocalsProxy"));
        }
        let found = match self.extra() {
            Some(extra) => extra.pop(key)?,
            None => None,
        };
        match (found, default.given()) {
            (Some(found), _) => Ok(found),
            (None, Some(default)) => Ok(default.owned()),
            (None, None) => Err(taipan_objects::errors::set_key_error(key)),
        }
    }

    #[pymethod(signature = "(key, default=None, /)", no_text)]
    fn setdefault(&self, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        if let Some(found) = self.lookup(key)? {
            return Ok(found);
        }
        let default = default.unwrap_or(none_ref());
        self.store(key, default)?;
        Ok(default.owned())
    }
}

impl PyFrameLocalsProxy {
    fn remove(&self, key: &PyObject) -> PyResult<Obj> {
        self.pop(key, taipan_objects::model::args::OptArg::Missing)
    }
}
