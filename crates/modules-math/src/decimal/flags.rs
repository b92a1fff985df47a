//! The mappings `Context.flags` and `Context.traps`: signals to truth values, a view of the context's bits.

use super::signals::{SIGNALS, bits_of, bits_of_dict};
use super::state::state;
use core::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use taipan_objects::errors;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// Bits that a context and its mapping share.
#[derive(Default)]
pub struct Bits(Rc<Cell<u32>>);

impl Bits {
    pub fn new(bits: u32) -> Self {
        Bits(Rc::new(Cell::new(bits)))
    }

    #[inline]
    pub fn get(&self) -> u32 {
        self.0.get()
    }

    #[inline]
    pub fn set(&self, bits: u32) {
        self.0.set(bits);
    }
}

impl Traverse for Bits {
    fn traverse(&self, _: &mut Visitor) {}
}

#[pytype(name = "decimal.SignalDictMixin", flags(BASETYPE, IMMUTABLETYPE), parts(METHODS))]
pub struct PySignalDictMixin {
    ob_base: PyObject,
    /// Nothing in a mapping that no context made, or whose context is gone.
    bits: RefCell<Weak<Cell<u32>>>,
}

/// A mapping for these bits.
pub fn mapping_of(bits: &Bits) -> PyResult {
    let mapping = call::call(state().signal_dict(), &[])?;
    if let Some(mixin) = mapping.downcast::<PySignalDictMixin>() {
        mixin.bits.replace(Rc::downgrade(&bits.0));
    }
    Ok(mapping)
}

/// The bits that a mapping or a dictionary stands for.
pub fn bits_of_mapping(value: &PyObject) -> PyResult<u32> {
    if let Some(mapping) = value.downcast::<PySignalDictMixin>() {
        return Ok(mapping.bits()?.get());
    }
    match value.downcast::<PyDict>() {
        Some(dict) => bits_of_dict(state(), dict),
        None => Err(raised!(TypeError, "argument must be a signal dict")),
    }
}

impl PySignalDictMixin {
    fn bits(&self) -> PyResult<Bits> {
        self.bits.borrow().upgrade().map(Bits).ok_or_else(|| raised!(ValueError, "invalid signal dict"))
    }
}

#[pymethods(METHODS)]
impl PySignalDictMixin {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let _ = (args, kwargs);
        let fresh = PySignalDictMixin { ob_base: PyObject::EMPTY, bits: RefCell::default() };
        Ok(taipan_objects::memory::new_in(cls, fresh)?.into_obj())
    }

    #[slot(mp_length)]
    fn length(&self) -> PyResult<usize> {
        self.bits()?;
        Ok(SIGNALS.len())
    }

    #[slot(mp_subscript)]
    fn subscript(&self, key: &PyObject) -> PyResult {
        let bits = self.bits()?;
        Ok(PyInt::from_bool(bits.get() & bits_of(state(), key)? != 0))
    }

    #[slot(mp_ass_subscript)]
    fn assign(&self, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let bits = self.bits()?;
        let Some(value) = value else {
            return Err(raised!(ValueError, "signal keys cannot be deleted"));
        };
        let signal = bits_of(state(), key)?;
        let set = object::is_true(value)?;
        bits.set(if set { bits.get() | signal } else { bits.get() & !signal });
        Ok(())
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        self.bits()?;
        let signals = (0..SIGNALS.len()).map(|i| state().signal(i).owned()).collect();
        iter::iter(&PyTuple::from_vec(signals))
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let bits = self.bits()?.get();
        let mut parts = Vec::new();
        for (i, (_, signal)) in SIGNALS.iter().enumerate() {
            let set = if bits & signal != 0 { "True" } else { "False" };
            parts.push(format!("{}:{set}", object::repr(state().signal(i))?));
        }
        Ok(PyStr::new(&format!("{{{}}}", parts.join(", "))))
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let bits = self.bits()?.get();
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let theirs = match other.downcast::<PySignalDictMixin>() {
            Some(other) => other.bits()?.get(),
            None => match other.downcast::<PyDict>() {
                None => return Ok(not_implemented()),
                Some(dict) => match bits_of_dict(state(), dict) {
                    Ok(bits) => bits,
                    Err(raised) => {
                        errors::catch(raised, Exc::KeyError)?;
                        return Ok(not_implemented());
                    }
                },
            },
        };
        let equal = SIGNALS.iter().all(|(_, signal)| (bits & signal != 0) == (theirs & signal != 0));
        Ok(PyInt::from_bool(equal == (op == CompareOp::Eq)))
    }

    #[pymethod]
    fn copy(&self) -> PyResult<Py<PyDict>> {
        let bits = self.bits()?.get();
        let dict = PyDict::new();
        for (i, (_, signal)) in SIGNALS.iter().enumerate() {
            dict.set_item(state().signal(i), &PyInt::from_bool(bits & signal != 0))?;
        }
        Ok(dict)
    }
}

/// The mapping that an attribute of a context shows, made on first use.
pub fn shown_as(cell: &ObjCell, bits: &Bits) -> PyResult {
    if let Some(mapping) = cell.get() {
        return Ok(mapping);
    }
    let mapping = mapping_of(bits)?;
    cell.set(Some(mapping.clone()));
    Ok(mapping)
}
