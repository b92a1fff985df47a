//! `PyCapsule`: a C pointer with a name, by which extensions offer functions to each other.

#![expect(unsafe_code, reason = "calls the C functions that a capsule was made with")]

use crate::model::gc::Visitor;
use crate::model::{ObjectExt, Py, PyObject, PyResult, PyType};
use crate::types::str::PyStr;
use core::cell::Cell;
use core::ffi::{CStr, c_char, c_void};
use taipan_macros::{pymethods, pytype};

/// Capsule objects let you wrap a C "void *" pointer in a Python
/// object.  They're a way of passing data through the Python interpreter
/// without creating your own custom type.
///
/// Capsules are used for communication between extension modules.
/// They provide a way for an extension module to export a C interface
/// to other extension modules, so that extension modules can use the
/// Python import mechanism to link to one another.
#[pytype(name = "PyCapsule", exported = PyCapsule_Type, gc(manual), flags(DISALLOW_INSTANTIATION), parts(SLOTS))]
pub struct PyCapsule {
    ob_base: PyObject,
    pub pointer: Cell<*mut c_void>,
    pub name: Cell<*const c_char>,
    pub context: Cell<*mut c_void>,
    pub destructor: Cell<Option<taipan_abi::PyCapsule_Destructor>>,
    pub traverse: Cell<Option<taipan_abi::traverseproc>>,
    pub clear: Cell<Option<taipan_abi::inquiry>>,
}

impl PyCapsule {
    /// A capsule of a pointer that is not null (`PyCapsule_New`).
    pub fn new(
        pointer: *mut c_void,
        name: *const c_char,
        destructor: Option<taipan_abi::PyCapsule_Destructor>,
    ) -> Py<PyCapsule> {
        let capsule = crate::memory::new(PyCapsule {
            ob_base: PyObject::EMPTY,
            pointer: Cell::new(pointer),
            name: Cell::new(name),
            context: Cell::new(core::ptr::null_mut()),
            destructor: Cell::new(destructor),
            traverse: Cell::new(None),
            clear: Cell::new(None),
        });
        // SAFETY: capsules are of a collected type; as long as nobody says what is in it, there is nothing to collect.
        unsafe { crate::gc::untrack(capsule.as_ptr()) };
        capsule
    }

    /// Says how the references in what the capsule points to are reached and given up: the collector looks at it from now
    /// on (`_PyCapsule_SetTraverse`).
    pub fn set_traverse(&self, traverse: taipan_abi::traverseproc, clear: taipan_abi::inquiry) {
        self.traverse.set(Some(traverse));
        self.clear.set(Some(clear));
        // SAFETY: a collected type, its fields in place.
        unsafe { crate::gc::track(self.as_ptr()) };
    }

    /// The name, if it has one.
    pub fn name_text(&self) -> Option<&CStr> {
        let name = self.name.get();
        // SAFETY: whoever made the capsule keeps its name alive as long as the capsule.
        if name.is_null() { None } else { Some(unsafe { CStr::from_ptr(name) }) }
    }
}

#[pymethods(SLOTS)]
impl PyCapsule {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let address = self.as_object().as_ptr();
        let text = match self.name_text() {
            Some(name) => format!("<capsule object \"{}\" at {address:p}>", name.to_string_lossy()),
            None => format!("<capsule object NULL at {address:p}>"),
        };
        Ok(PyStr::new(&text))
    }

    #[slot(tp_traverse)]
    fn visit_contents(&self, visitor: &mut Visitor) {
        if let Some(traverse) = self.traverse.get() {
            visitor.visit_with(self, traverse);
        }
    }

    #[slot(tp_clear)]
    fn clear_contents(&self) {
        if let Some(clear) = self.clear.get() {
            // SAFETY: the function was given for this capsule.
            unsafe { clear(self.as_object().as_ptr()) };
        }
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: the last reference is gone; the destructor was given for this capsule.
        unsafe {
            if !crate::memory::begin_dealloc(object) {
                return;
            }
            if let Some(destructor) = (*object.cast::<PyCapsule>()).destructor.get() {
                destructor(object);
            }
            crate::memory::free_object(object);
            crate::memory::end_dealloc();
        }
    }
}
