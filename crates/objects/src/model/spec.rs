//! What `#[pytype]` and `#[pymodule]` declare, as plain data in statics.
//!
//! A [`StaticType`] is a built-in type under its C name: a `PyTypeObject` with its slot tables and its
//! specification behind it. A [`HeapType`] is a type of a library module: each interpreter makes its own on first use.

#![expect(unsafe_code, reason = "statics that hold C structs")]

use super::gc::{Traverse, Visitor};
use super::{ObjectExt, PyObject, PyResult, TypeObject};
use crate::types::module::PyModule;
use core::cell::UnsafeCell;
use core::ffi::{CStr, c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering};
use taipan_abi::*;

pub const END_OF_METHODS: PyMethodDef = PyMethodDef::EMPTY;
pub const END_OF_PROPERTIES: PyGetSetDef = PyGetSetDef::EMPTY;
pub const END_OF_MEMBERS: PyMemberDef = PyMemberDef::EMPTY;

/// Methods, properties and slots of one `#[pymethods]` block. The tables end with an empty entry, as C expects.
pub struct TypePart {
    pub methods: &'static [PyMethodDef],
    pub properties: &'static [PyGetSetDef],
    /// Slot numbers (`Py_tp_repr`, …) and their C functions.
    pub slots: &'static [(i32, *const ())],
}

// SAFETY: the tables are constant.
unsafe impl Sync for TypePart {}

/// Everything a type declares.
pub struct TypeSpec {
    pub name: &'static CStr,
    pub doc: &'static CStr,
    /// Bytes of the struct; 0 for a type that adds nothing to its base.
    pub basicsize: isize,
    pub itemsize: isize,
    pub flags: u64,
    /// `object` when there is none.
    pub base: Option<fn() -> &'static TypeObject>,
    pub dict_offset: isize,
    pub weaklist_offset: isize,
    pub vectorcall_offset: isize,
    pub dealloc: destructor,
    pub traverse: Option<traverseproc>,
    pub clear: Option<inquiry>,
    pub members: &'static [PyMemberDef],
    pub parts: &'static [&'static TypePart],
}

// SAFETY: the tables are constant.
unsafe impl Sync for TypeSpec {}

/// A built-in type in a C variable. The `PyTypeObject` comes first; what is behind it C does not see.
#[repr(C)]
pub struct StaticType {
    ty: TypeObject,
    pub(crate) tables: UnsafeCell<SlotTables>,
    pub spec: &'static TypeSpec,
}

/// The slot tables a type object points to.
#[repr(C)]
pub struct SlotTables {
    pub as_async: PyAsyncMethods,
    pub as_number: PyNumberMethods,
    pub as_mapping: PyMappingMethods,
    pub as_sequence: PySequenceMethods,
    pub as_buffer: PyBufferProcs,
}

// SAFETY: changed only while the type is made ready, before other threads see it.
unsafe impl Sync for StaticType {}

impl StaticType {
    pub const fn new(spec: &'static TypeSpec) -> Self {
        let ty = PyTypeObject {
            tp_name: spec.name.as_ptr(),
            tp_basicsize: spec.basicsize,
            tp_itemsize: spec.itemsize,
            tp_flags: spec.flags | _Py_TPFLAGS_STATIC_BUILTIN | Py_TPFLAGS_IMMUTABLETYPE,
            tp_doc: if spec.doc.is_empty() { core::ptr::null() } else { spec.doc.as_ptr() },
            tp_dictoffset: spec.dict_offset,
            tp_weaklistoffset: spec.weaklist_offset,
            tp_vectorcall_offset: spec.vectorcall_offset,
            tp_traverse: spec.traverse,
            tp_clear: spec.clear,
            ..PyTypeObject::EMPTY
        };
        StaticType {
            ty: TypeObject::new(ty),
            tables: UnsafeCell::new(SlotTables {
                as_async: PyAsyncMethods::EMPTY,
                as_number: PyNumberMethods::EMPTY,
                as_mapping: PyMappingMethods::EMPTY,
                as_sequence: PySequenceMethods::EMPTY,
                as_buffer: PyBufferProcs::EMPTY,
            }),
            spec,
        }
    }

    /// The type object. Before `types::init` it has no dictionary and no slots yet.
    #[inline(always)]
    pub const fn get(&self) -> &TypeObject {
        &self.ty
    }
}

/// A type of which each interpreter makes its own.
pub struct HeapType {
    pub spec: &'static TypeSpec,
    /// Its place in [`crate::model::thread::InterpreterState`]'s table of heap types; 0 before the first use.
    index: AtomicUsize,
}

static NEXT_HEAP_TYPE: AtomicUsize = AtomicUsize::new(1);

impl HeapType {
    pub const fn new(spec: &'static TypeSpec) -> Self {
        HeapType { spec, index: AtomicUsize::new(0) }
    }

    /// This interpreter's type object, made now if it was not there.
    #[inline]
    pub fn get(&'static self) -> &'static TypeObject {
        let known = self.index.load(Ordering::Relaxed);
        let index = if known != 0 { known } else { self.number() };
        super::thread::current().interpreter().heap_type(index, || crate::types::r#type::from_spec(self.spec))
    }

    /// Takes the next number.
    #[cold]
    fn number(&self) -> usize {
        let fresh = NEXT_HEAP_TYPE.fetch_add(1, Ordering::Relaxed);
        assert!(fresh < super::thread::HEAP_TYPES, "more heap types than the table has places");
        match self.index.compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => fresh,
            Err(other) => other,
        }
    }
}

/// The functions of one `#[pymodule]` block, ending with an empty entry.
pub struct Functions(pub &'static [PyMethodDef]);

// SAFETY: the table is constant.
unsafe impl Sync for Functions {}

/// A native module.
pub struct ModuleSpec {
    pub name: &'static CStr,
    pub doc: &'static CStr,
    pub functions: &'static [&'static Functions],
    /// Fills the new module with what is not a function.
    pub exec: Option<fn(&PyModule) -> PyResult<()>>,
}

// SAFETY: constant data.
unsafe impl Sync for ModuleSpec {}

/// `tp_dealloc` of a type whose fields are Rust values: runs the finaliser, untracks, clears weak references, drops
/// the fields, frees the memory.
///
/// # Safety
/// Called as a `tp_dealloc` slot of an object laid out as `T`.
pub unsafe extern "C" fn dealloc<T: super::PyType>(object: *mut PyObject) {
    // SAFETY: the last reference is gone, so nobody else reaches the fields.
    unsafe {
        let class = (*object).class();
        // The destructor of derived classes ran the finaliser before it came here.
        let own = !class.is_heap() || (T::HEAP && class.is(T::type_object()));
        if own && class.tp_finalize().is_some() && crate::memory::finalize_in_dealloc(object) {
            return;
        }
        if !crate::memory::begin_dealloc(object) {
            return;
        }
        if class.tp_weaklistoffset() != 0 {
            crate::types::weakref::clear_all(&*object);
        }
        core::ptr::drop_in_place(object.cast::<T>());
        if T::HEAP {
            crate::memory::free_heap_object(object);
        } else {
            crate::memory::free_object(object);
        }
        crate::memory::end_dealloc();
    }
}

/// Makes `tp_traverse` of a type's fields.
///
/// # Safety
/// Called as a `tp_traverse` slot of an object laid out as `T`.
pub unsafe extern "C" fn traverse_fields<T: Traverse + super::PyType>(
    object: *mut PyObject,
    visit: visitproc,
    data: *mut c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, data);
    // SAFETY: the collector passes live objects of the type.
    unsafe {
        if T::HEAP {
            visitor.visit((*object).class().as_object());
        }
        (*object.cast::<T>()).traverse(&mut visitor);
    }
    visitor.finish()
}

/// Makes `tp_clear` of a type's fields.
///
/// # Safety
/// Called as a `tp_clear` slot of an object laid out as `T`.
pub unsafe extern "C" fn clear_fields<T: Traverse>(object: *mut PyObject) -> c_int {
    // SAFETY: the collector passes live objects of the type.
    unsafe { (*object.cast::<T>()).drop_references() };
    0
}

/// A null pointer for tables.
pub const NULL: *mut PyObject = null_mut();
