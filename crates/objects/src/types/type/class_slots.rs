//! `__slots__`: which storage a class adds to its base's.

#![expect(unsafe_code, reason = "fills member tables")]

use super::heap;
use crate::intern;
use crate::model::{Obj, ObjectExt, PyObject, PyResult, TypeObject};
use crate::protocols::sequence;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use taipan_abi::*;

/// What a class adds.
pub struct Slots {
    pub add_dict: bool,
    pub add_weakref: bool,
    /// The names of its slots, mangled, sorted.
    pub names: Vec<Obj>,
    /// Whether there was a `__slots__` at all.
    declared: bool,
}

impl Slots {
    /// What the namespace asks for.
    pub fn of(dict: &PyDict, class_name: &PyStr, bases: &PyTuple, base: &TypeObject) -> PyResult<Slots> {
        let may_add_dict = base.tp_dictoffset() == 0;
        let may_add_weakref = base.tp_weaklistoffset() == 0 && base.tp_itemsize() == 0;
        let Some(declared) = dict.get_str(intern!("__slots__"))? else {
            return Ok(Slots {
                add_dict: may_add_dict,
                add_weakref: may_add_weakref,
                names: Vec::new(),
                declared: false,
            });
        };
        let declared = if declared.downcast::<PyStr>().is_some() {
            PyTuple::from_vec(vec![declared])
        } else {
            sequence::to_tuple(&declared)?
        };
        if !declared.is_empty() && base.tp_itemsize() != 0 {
            return Err(raised!(
                TypeError,
                "nonempty __slots__ not supported for subtype of '{}'",
                base.name()
            ));
        }
        let mut slots = Slots { add_dict: false, add_weakref: false, names: Vec::new(), declared: true };
        for name in declared.as_slice() {
            let name = valid_name(name)?;
            if name.eq_str("__dict__") {
                refuse_second("__dict__", !may_add_dict || slots.add_dict)?;
                slots.add_dict = true;
            } else if name.eq_str("__weakref__") {
                refuse_second("__weakref__", !may_add_weakref || slots.add_weakref)?;
                slots.add_weakref = true;
            } else {
                slots.add_name(name, class_name, dict)?;
            }
        }
        slots.names.sort_by(|a, b| match (a.downcast::<PyStr>(), b.downcast::<PyStr>()) {
            (Some(a), Some(b)) => a.cmp(b),
            _ => core::cmp::Ordering::Equal,
        });
        slots.add_from_other_bases(bases, base, may_add_dict, may_add_weakref);
        Ok(slots)
    }

    fn add_name(&mut self, name: &PyStr, class_name: &PyStr, dict: &PyDict) -> PyResult<()> {
        let mangled = mangle(class_name, name);
        let allowed = ["__qualname__", "__classcell__", "__classdictcell__"];
        if !allowed.iter().any(|&allowed| name.eq_str(allowed)) && dict.contains(&mangled)? {
            let shown = crate::protocols::object::repr(name)?;
            return Err(raised!(ValueError, "{shown} in __slots__ conflicts with class variable"));
        }
        self.names.push(mangled);
        Ok(())
    }

    /// A dictionary or weak references that a secondary base has, the class has too.
    fn add_from_other_bases(
        &mut self,
        bases: &PyTuple,
        primary: &TypeObject,
        may_add_dict: bool,
        may_add_weakref: bool,
    ) {
        for base in bases.as_slice() {
            let Some(base) = base.downcast::<TypeObject>() else { continue };
            if base.is(primary) {
                continue;
            }
            self.add_dict |= may_add_dict && base.tp_dictoffset() != 0;
            self.add_weakref |= may_add_weakref && base.tp_weaklistoffset() != 0;
        }
    }

    /// Writes sizes, offsets and members into the class.
    pub fn place(&self, class: &TypeObject, base: &TypeObject) -> PyResult<()> {
        let mut offset = base.tp_basicsize();
        let members = heap::members(class);
        for (place, name) in self.names.iter().enumerate() {
            let Some(text) = name.downcast::<PyStr>() else { continue };
            // SAFETY: the class was allocated with room for its members; the names live as long as `ht_slots`. A string's
            // UTF-8 text ends with a zero.
            unsafe {
                *members.add(place) = PyMemberDef {
                    name: text.to_utf8()?.as_ptr().cast(),
                    r#type: Py_T_OBJECT_EX,
                    offset,
                    ..PyMemberDef::EMPTY
                };
            }
            offset += size_of::<usize>() as isize;
        }
        // SAFETY: a new type that nobody else sees.
        unsafe {
            let raw = heap::heap(class);
            let ty = &raw mut (*raw).ht_type;
            (*ty).tp_basicsize = offset;
            (*ty).tp_itemsize = base.tp_itemsize();
            if !self.names.is_empty() {
                (*ty).tp_members = members;
            }
            if self.add_dict {
                (*ty).tp_flags |= Py_TPFLAGS_MANAGED_DICT;
                (*ty).tp_dictoffset = -1;
            }
            if self.add_weakref {
                (*ty).tp_flags |= Py_TPFLAGS_MANAGED_WEAKREF;
                (*ty).tp_weaklistoffset = super::layout::MANAGED_WEAKREF_OFFSET;
            }
            if self.declared {
                let names: Vec<&PyObject> = self.names.iter().map(|name| &**name).collect();
                (*raw).ht_slots = PyTuple::from_slice(&names).into_raw().cast();
            }
        }
        Ok(())
    }
}

fn valid_name(name: &PyObject) -> PyResult<&PyStr> {
    let Some(text) = name.downcast::<PyStr>() else {
        let found = name.class().name();
        return Err(raised!(TypeError, "__slots__ items must be strings, not '{found}'"));
    };
    if !text.is_identifier() {
        return Err(raised!(TypeError, "__slots__ must be identifiers"));
    }
    Ok(text)
}

fn refuse_second(what: &str, second: bool) -> PyResult<()> {
    if second { Err(raised!(TypeError, "{what} slot disallowed: we already got one")) } else { Ok(()) }
}

/// `__x` in class `_A` is `_A__x`; the class's leading underscores do not count.
fn mangle(class_name: &PyStr, name: &PyStr) -> Obj {
    let (text, class) = (name.to_string_lossy(), class_name.to_string_lossy());
    let class = class.trim_start_matches('_');
    if !text.starts_with("__") || text.ends_with("__") || text.contains('.') || class.is_empty() {
        return PyStr::intern(crate::model::PyType::to_owned(name)).into_obj();
    }
    PyStr::intern_text(&format!("_{class}{text}")).into_obj()
}
