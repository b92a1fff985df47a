//! Structure sequences: tuples whose items have names, as `os.stat_result` and `sys.flags` are.
//!
//! A type is declared by a [`StructSeq`] in a static; each interpreter makes its own heap type of it on first use. Fields
//! behind the visible ones have names only: they lie behind the items that the tuple counts.

#![expect(unsafe_code, reason = "fills and drops the items behind a tuple's visible ones")]

use crate::intern;
use crate::memory;
use crate::model::args::OptArg;
use crate::model::spec::{END_OF_MEMBERS, HeapType, TypePart, TypeSpec};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none};
use crate::protocols::{object, sequence};
use crate::types::dict::PyDict;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::r#type;
use core::ffi::{CStr, c_int, c_void};
use std::ffi::CString;
use std::sync::OnceLock;
use taipan_abi::*;
use taipan_macros::pymethods;

/// The declaration of a structure sequence type.
pub struct StructSeq {
    /// With its module: `os.stat_result`.
    pub name: &'static str,
    pub doc: &'static str,
    /// Names and docstrings; a field with an empty name has none.
    pub fields: &'static [(&'static str, &'static str)],
    /// How many of the fields are items of the tuple.
    pub visible: usize,
    /// Whether Python code may make instances.
    pub instantiable: bool,
    made: OnceLock<&'static HeapType>,
}

/// Bytes before the first item of a tuple.
const ITEMS_OFFSET: usize = 32;

impl StructSeq {
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        fields: &'static [(&'static str, &'static str)],
        visible: usize,
        instantiable: bool,
    ) -> Self {
        StructSeq { name, doc, fields, visible, instantiable, made: OnceLock::new() }
    }

    /// This interpreter's type.
    pub fn type_object(&self) -> &'static TypeObject {
        let heap = self.made.get_or_init(|| Box::leak(Box::new(HeapType::new(self.spec()))));
        let class = heap.get();
        let dict = r#type::own_dict(class);
        if !matches!(dict.get_str(intern!("n_fields")), Ok(Some(_))) {
            self.complete(class, &dict);
        }
        class
    }

    fn spec(&self) -> &'static TypeSpec {
        let leak = |text: &str| -> &'static CStr {
            Box::leak(CString::new(text).expect("declared names have no NUL").into_boxed_c_str())
        };
        let mut members = Vec::new();
        for (index, (name, doc)) in self.fields.iter().enumerate() {
            if name.is_empty() {
                continue;
            }
            members.push(PyMemberDef {
                name: leak(name).as_ptr(),
                r#type: Py_T_OBJECT_EX,
                offset: (ITEMS_OFFSET + index * size_of::<usize>()) as isize,
                flags: Py_READONLY,
                doc: if doc.is_empty() { core::ptr::null() } else { leak(doc).as_ptr() },
            });
        }
        members.push(END_OF_MEMBERS);
        let no_new = if self.instantiable { 0 } else { Py_TPFLAGS_DISALLOW_INSTANTIATION };
        static BOTH: [&TypePart; 2] = [&METHODS, &CONSTRUCTOR];
        let parts: &'static [&'static TypePart] = if self.instantiable { &BOTH } else { &BOTH[..1] };
        Box::leak(Box::new(TypeSpec {
            name: leak(self.name),
            doc: leak(self.doc),
            basicsize: (ITEMS_OFFSET + (self.fields.len() - self.visible) * size_of::<usize>()) as isize,
            itemsize: size_of::<usize>() as isize,
            flags: Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | no_new,
            base: Some(PyTuple::type_object),
            dict_offset: 0,
            weaklist_offset: 0,
            vectorcall_offset: 0,
            dealloc,
            traverse: Some(traverse),
            clear: None,
            members: Box::leak(members.into_boxed_slice()),
            parts,
        }))
    }

    fn complete(&self, class: &TypeObject, dict: &PyDict) {
        let unnamed = self.fields.iter().filter(|(name, _)| name.is_empty()).count();
        let match_args: Vec<Obj> = self.fields[..self.visible]
            .iter()
            .filter(|(name, _)| !name.is_empty())
            .map(|(name, _)| PyStr::intern_text(name).into_obj())
            .collect();
        let set = |name: &str, value: Obj| {
            let stored = dict.set_item(&PyStr::intern_text(name), &value);
            debug_assert!(stored.is_ok(), "strings can be hashed");
        };
        set("n_sequence_fields", PyInt::from_i64(self.visible as i64).into_obj());
        set("n_fields", PyInt::from_i64(self.fields.len() as i64).into_obj());
        set("n_unnamed_fields", PyInt::from_i64(unnamed as i64).into_obj());
        if !self.instantiable {
            // SAFETY: the type was made a moment ago by this thread and is not used yet.
            unsafe {
                (*class.raw()).tp_new = None;
                (*class.raw()).tp_vectorcall = None;
            }
            // What the base would make of the arguments must not be found either.
            let _ = dict.pop(intern!("__new__"));
        }
        set("__match_args__", PyTuple::from_vec(match_args).into_obj());
        r#type::modified(class);
    }

    /// An instance with these values, one for each field.
    pub fn make(&self, values: Vec<Obj>) -> PyResult {
        debug_assert_eq!(values.len(), self.fields.len(), "{}", self.name);
        make(self.type_object(), self.visible, values)
    }
}

fn make(class: &TypeObject, visible: usize, values: Vec<Obj>) -> PyResult {
    let object = memory::alloc_untracked(class, visible)?;
    // SAFETY: the object has room for all values behind its head, that of the hidden ones counted by the type; it is tracked when they are in place.
    unsafe {
        let tuple = object.cast::<PyTupleObject>();
        let items = object.byte_add(ITEMS_OFFSET).cast::<*mut PyObject>();
        (*object.cast::<PyVarObject>()).ob_size.set(visible as isize);
        (*tuple).ob_hash = -1;
        for (index, value) in values.into_iter().enumerate() {
            items.add(index).write(value.into_raw());
        }
        crate::gc::track(object);
        Ok(Obj::from_raw(object))
    }
}

/// A count that the type's dictionary holds; 0 where it is gone.
fn count_of(class: &TypeObject, name: &PyStr) -> usize {
    let found = r#type::own_dict(class).get_str(name).ok().flatten();
    found.and_then(|value| value.downcast::<PyInt>().and_then(PyInt::to_i64)).unwrap_or(0) as usize
}

fn field_count(class: &TypeObject) -> usize {
    count_of(class, intern!("n_fields"))
}

fn items_of(object: &PyObject, count: usize) -> Vec<Obj> {
    // SAFETY: instances have `count` items behind their head, filled when they were made.
    unsafe {
        let items = object.as_ptr().byte_add(ITEMS_OFFSET).cast::<*mut PyObject>();
        (0..count).map(|index| Obj::from_borrowed(*items.add(index))).collect()
    }
}

/// The name of each field, `None` for those without one.
fn field_names(class: &TypeObject) -> Vec<Option<&'static CStr>> {
    let mut names = vec![None; field_count(class)];
    // SAFETY: the members of these types live as long as the process and end with an empty entry.
    unsafe {
        let mut member = (*class.raw()).tp_members;
        while !member.is_null() && !(*member).name.is_null() {
            let index = ((*member).offset as usize - ITEMS_OFFSET) / size_of::<usize>();
            if let Some(slot) = names.get_mut(index) {
                *slot = Some(CStr::from_ptr((*member).name));
            }
            member = member.add(1);
        }
    }
    names
}

fn text(name: &CStr) -> &str {
    name.to_str().unwrap_or("?")
}

unsafe extern "C" fn dealloc(object: *mut PyObject) {
    // SAFETY: called as the slot, for an instance nobody reaches any more.
    unsafe {
        if !memory::begin_dealloc(object) {
            return;
        }
        let count = field_count((*object).class());
        let items = object.byte_add(ITEMS_OFFSET).cast::<*mut PyObject>();
        for index in 0..count {
            let item = *items.add(index);
            if !item.is_null() {
                drop(Obj::from_raw(item));
            }
        }
        memory::free_object(object);
        memory::end_dealloc();
    }
}

unsafe extern "C" fn traverse(object: *mut PyObject, visit: visitproc, data: *mut c_void) -> c_int {
    let mut visitor = crate::model::gc::Visitor::new(visit, data);
    // SAFETY: the collector passes live instances.
    unsafe {
        let class = (*object).class();
        visitor.visit(class.as_object());
        let items = object.byte_add(ITEMS_OFFSET).cast::<*mut PyObject>();
        for index in 0..field_count(class) {
            if let Some(item) = (*items.add(index)).as_ref() {
                visitor.visit(item);
            }
        }
    }
    visitor.finish()
}

/// Marks the methods that all structure sequences have.
#[repr(transparent)]
struct Instance(PyObject);

#[pymethods(METHODS)]
impl Instance {
    #[slot(tp_repr)]
    fn repr(slf: &PyObject) -> PyResult<Py<PyStr>> {
        let class = slf.class();
        let visible = count_of(class, intern!("n_sequence_fields"));
        // CPython takes the names of all fields in turn: behind one without a name, an item is shown with the next one's.
        let names: Vec<&CStr> = field_names(class).into_iter().flatten().collect();
        let mut shown = taipan_kernels::text::TextBuilder::default();
        PyStr::new(class.tp_name()).append_to(&mut shown);
        PyStr::new("(").append_to(&mut shown);
        for (index, item) in items_of(slf, visible).iter().enumerate() {
            if index != 0 {
                PyStr::new(", ").append_to(&mut shown);
            }
            if let Some(name) = names.get(index) {
                PyStr::new(&format!("{}=", text(name))).append_to(&mut shown);
            }
            object::repr(item)?.append_to(&mut shown);
        }
        PyStr::new(")").append_to(&mut shown);
        PyStr::try_from_builder(shown)
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(slf: &PyObject) -> PyResult {
        let class = slf.class();
        let visible = count_of(class, intern!("n_sequence_fields"));
        let mut items = items_of(slf, field_count(class));
        let hidden = items.split_off(visible);
        let dict = PyDict::new();
        for (name, value) in field_names(class)[visible..].iter().zip(&hidden) {
            if let Some(name) = name {
                dict.set_item(&PyStr::new(text(name)), value)?;
            }
        }
        let arguments = PyTuple::from_vec(vec![PyTuple::from_vec(items).into_obj(), dict.into_obj()]);
        Ok(PyTuple::from_vec(vec![class.owned(), arguments.into_obj()]).into_obj())
    }

    /// Return a copy of the structure with new values for the specified fields.
    #[pymethod(name = "__replace__", signature = "(**changes)")]
    fn replace(slf: &PyObject, changes: Option<Py<PyDict>>) -> PyResult {
        let class = slf.class();
        if count_of(class, intern!("n_unnamed_fields")) > 0 {
            return Err(raised!(
                TypeError,
                "__replace__() is not supported for {} because it has unnamed field(s)",
                class.name()
            ));
        }
        let visible = count_of(class, intern!("n_sequence_fields"));
        let mut items = items_of(slf, field_count(class));
        if let Some(changes) = changes {
            let changes = changes.copy()?;
            for (name, item) in field_names(class).iter().zip(&mut items) {
                let Some(name) = name else { continue };
                if let Some(value) = changes.pop(&PyStr::new(text(name)))? {
                    *item = value;
                }
            }
            if !changes.is_empty() {
                let names = object::repr(changes.keys()?.as_object())?;
                return Err(raised!(TypeError, "Got unexpected field name(s): {names}"));
            }
        }
        make(class, visible, items)
    }
}

#[pymethods(CONSTRUCTOR)]
impl Instance {
    #[new(signature = "(sequence, dict={})")]
    fn py_new(cls: &TypeObject, given: &PyObject, dict: OptArg<&PyObject>) -> PyResult {
        let (fields, visible) = (field_count(cls), count_of(cls, intern!("n_sequence_fields")));
        let dict = match dict.given() {
            None => None,
            Some(dict) => match dict.downcast::<PyDict>() {
                Some(dict) => Some(dict),
                None => {
                    let name = cls.name();
                    return Err(raised!(TypeError, "{name}() takes a dict as second arg, if any"));
                }
            },
        };
        let given = sequence::fast(given, "constructor requires a sequence")?;
        let mut items = crate::protocols::iter::collect(&given)?;
        let count = items.len();
        if visible != fields {
            if count < visible {
                let name = cls.name();
                return Err(raised!(
                    TypeError,
                    "{name}() takes an at least {visible}-sequence ({count}-sequence given)"
                ));
            }
            if count > fields {
                let name = cls.name();
                return Err(raised!(
                    TypeError,
                    "{name}() takes an at most {fields}-sequence ({count}-sequence given)"
                ));
            }
        } else if count != visible {
            let name = cls.name();
            return Err(raised!(TypeError, "{name}() takes a {visible}-sequence ({count}-sequence given)"));
        }
        let names = field_names(cls);
        let mut used = 0;
        for name in &names[count..] {
            let found = match (dict, name) {
                (Some(dict), Some(name)) => dict.get_item(&PyStr::new(text(name)))?,
                _ => None,
            };
            used += usize::from(found.is_some());
            items.push(found.unwrap_or_else(none));
        }
        if let Some(dict) = dict
            && dict.len() > used
        {
            return Err(raised!(TypeError, "{}() got duplicate or unexpected field name(s)", cls.name()));
        }
        make(cls, visible, items)
    }
}

// SAFETY: begins with an object's head; never checked for.
unsafe impl PyType for Instance {
    const NAME: &'static str = "structseq";
    const SHORT_NAME: &'static str = "structseq";
    fn type_object() -> &'static TypeObject {
        PyTuple::type_object()
    }
    fn check(_: &PyObject) -> bool {
        false
    }
}

impl core::ops::Deref for Instance {
    type Target = PyObject;
    fn deref(&self) -> &PyObject {
        &self.0
    }
}
