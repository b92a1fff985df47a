//! `member_descriptor`: a field of a C struct as an attribute. Reading and writing fields serves extensions too
//! (`PyMember_GetOne`, `PyMember_SetOne`).

#![expect(unsafe_code, reason = "reads and writes fields of C structs")]
#![expect(non_upper_case_globals, reason = "patterns are C names")]

use super::head::DescrHead;
use crate::errors::{self, Exc};
use crate::model::{Obj, ObjectExt, Py, PyObject, PyResult, ToPy, TypeObject, none};
use crate::protocols::number;
use crate::types::builtin::doc;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use core::ffi::{CStr, c_char};
use taipan_abi::*;
use taipan_macros::{pymethods, pytype};

#[pytype(name = "member_descriptor", exported = PyMemberDescr_Type, layout = PyMemberDescrObject, gc, flags(DISALLOW_INSTANTIATION), parts(METHODS))]
pub struct PyMemberDescr {
    head: DescrHead,
    def: *const PyMemberDef,
}

/// `PyDescr_NewMember` of an interned name.
pub fn new_member(class: &TypeObject, name: &PyStr, def: &'static PyMemberDef) -> Obj {
    crate::memory::new(PyMemberDescr { head: DescrHead::new(class, name), def }).into_obj()
}

impl PyMemberDescr {
    /// The declaration it was made from.
    #[inline(always)]
    pub fn def(&self) -> &PyMemberDef {
        // SAFETY: the declaration lives as long as the class, which this object keeps alive.
        unsafe { &*self.def }
    }

    /// The class it belongs to.
    #[inline(always)]
    pub fn class_of(&self) -> &TypeObject {
        &self.head.class
    }
}

#[pymethods(METHODS)]
impl PyMemberDescr {
    #[slot(tp_descr_get)]
    fn get(&self, instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        let Some(instance) = instance else { return Ok(self.owned()) };
        self.head.check(instance)?;
        get_member(instance, self.def())
    }

    #[slot(tp_descr_set)]
    fn set(&self, instance: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        self.head.check(instance)?;
        set_member(instance, self.def(), value)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        Ok(self.head.repr("member"))
    }

    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        self.head.reduce()
    }

    #[getter(__objclass__)]
    fn class_object(&self) -> PyResult {
        Ok(self.head.class.owned())
    }

    #[getter(__name__)]
    fn name(&self) -> PyResult {
        Ok(self.head.name.owned())
    }

    #[getter(__qualname__)]
    fn qualname(&self) -> PyResult {
        self.head.qualname()
    }

    #[getter(__doc__)]
    fn doc(&self) -> PyResult {
        if self.def().doc.is_null() {
            return Ok(none());
        }
        // SAFETY: the docstring is a C string that lives as long as the process.
        Ok(PyStr::new(unsafe { doc::c_text(self.def().doc) }).into_obj())
    }
}

/// The text of a C string, decoded as UTF-8.
unsafe fn c_string(text: *const c_char) -> PyResult {
    // SAFETY: the caller's field holds a C string.
    let bytes = unsafe { CStr::from_ptr(text) };
    match bytes.to_str() {
        Ok(text) => Ok(PyStr::new(text).into_obj()),
        Err(_) => Ok(PyStr::decode_fs(bytes.to_bytes()).into_obj()),
    }
}

/// Reads a C member (`PyMember_GetOne`).
pub fn get_member(object: &PyObject, def: &PyMemberDef) -> PyResult {
    if def.flags & Py_RELATIVE_OFFSET != 0 {
        return Err(raised!(SystemError, "PyMember_GetOne used with Py_RELATIVE_OFFSET"));
    }
    // SAFETY: the declaration says what lies at this offset of the object; references are taken before anything runs.
    unsafe {
        let field = object.as_ptr().byte_offset(def.offset);
        macro_rules! read {
            ($ty:ty) => {
                field.cast::<$ty>().read_unaligned()
            };
        }
        match def.r#type {
            Py_T_BOOL => (read!(c_char) != 0).to_py(),
            Py_T_BYTE => read!(i8).to_py(),
            Py_T_UBYTE => read!(u8).to_py(),
            Py_T_SHORT => read!(i16).to_py(),
            Py_T_USHORT => read!(u16).to_py(),
            Py_T_INT => read!(i32).to_py(),
            Py_T_UINT => read!(u32).to_py(),
            Py_T_LONG | Py_T_LONGLONG => read!(i64).to_py(),
            Py_T_ULONG | Py_T_ULONGLONG => read!(u64).to_py(),
            Py_T_PYSSIZET => read!(isize).to_py(),
            Py_T_FLOAT => f64::from(read!(f32)).to_py(),
            Py_T_DOUBLE => read!(f64).to_py(),
            Py_T_STRING => match read!(*const c_char) {
                text if text.is_null() => Ok(none()),
                text => c_string(text),
            },
            Py_T_STRING_INPLACE => c_string(field.cast()),
            Py_T_CHAR => {
                let byte = read!(u8);
                Ok(PyStr::decode_fs(&[byte]).into_obj())
            }
            _Py_T_OBJECT => match read!(*mut PyObject) {
                value if value.is_null() => Ok(none()),
                value => Ok(Obj::from_borrowed(value)),
            },
            Py_T_OBJECT_EX => match read!(*mut PyObject) {
                value if value.is_null() => {
                    let name = PyStr::new(doc::c_text(def.name));
                    let class = crate::protocols::object::fully_qualified_name(object.class())?;
                    Err(errors::set_attribute_error(
                        object,
                        &name,
                        format_args!("'{class}' object has no attribute '{name}'"),
                    ))
                }
                value => Ok(Obj::from_borrowed(value)),
            },
            _Py_T_NONE => Ok(none()),
            _ => {
                let name = doc::c_text(def.name);
                Err(raised!(SystemError, "bad memberdescr type for {name}"))
            }
        }
    }
}

/// An integer for a field, wrapped around with a warning where it does not fit, as C members do.
fn wrapping<T: TryFrom<i128>>(value: &PyObject, what: &str, cast: fn(i64) -> T) -> PyResult<T> {
    let wide = long_value(value)?;
    match T::try_from(i128::from(wide)) {
        Ok(value) => Ok(value),
        Err(_) => {
            errors::warn(Exc::RuntimeWarning, 1, format_args!("Truncation of value to {what}"))?;
            Ok(cast(wide))
        }
    }
}

fn long_value(value: &PyObject) -> PyResult<i64> {
    number::index(value)?
        .to_i64()
        .ok_or_else(|| raised!(OverflowError, "Python int too large to convert to C long"))
}

/// An unsigned 64-bit field: negative numbers wrap around with a warning.
fn unsigned_value(value: &PyObject, what: &str) -> PyResult<u64> {
    let integer: Py<PyInt> = number::index(value)?;
    if integer.sign() < 0 {
        let wide = integer
            .to_i64()
            .ok_or_else(|| raised!(OverflowError, "Python int too large to convert to C long"))?;
        errors::warn(Exc::RuntimeWarning, 1, format_args!("Writing negative value into unsigned field"))?;
        return Ok(wide as u64);
    }
    integer
        .view()
        .to_u64()
        .ok_or_else(|| raised!(OverflowError, "Python int too large to convert to C {what}"))
}

/// Writes a C member (`PyMember_SetOne`).
pub fn set_member(object: &PyObject, def: &PyMemberDef, value: Option<&PyObject>) -> PyResult<()> {
    if def.flags & Py_RELATIVE_OFFSET != 0 {
        return Err(raised!(SystemError, "PyMember_SetOne used with Py_RELATIVE_OFFSET"));
    }
    if def.flags & Py_READONLY != 0 {
        return Err(raised!(AttributeError, "readonly attribute"));
    }
    // SAFETY: the declaration says what lies at this offset of the object.
    let field = unsafe { object.as_ptr().byte_offset(def.offset) };
    let Some(value) = value else {
        return delete_member(object, def, field);
    };
    macro_rules! write {
        ($ty:ty, $value:expr) => {{
            let value: $ty = $value;
            // SAFETY: as above; the value was made before.
            unsafe { field.cast::<$ty>().write_unaligned(value) }
        }};
    }
    match def.r#type {
        Py_T_BOOL => {
            let Some(truth) = value.downcast::<PyInt>().filter(|v| v.class().name() == "bool") else {
                return Err(raised!(TypeError, "attribute value type must be bool"));
            };
            write!(c_char, c_char::from(truth.sign() != 0));
        }
        Py_T_BYTE => write!(i8, wrapping(value, "char", |v| v as i8)?),
        Py_T_UBYTE => write!(u8, wrapping(value, "unsigned char", |v| v as u8)?),
        Py_T_SHORT => write!(i16, wrapping(value, "short", |v| v as i16)?),
        Py_T_USHORT => write!(u16, wrapping(value, "unsigned short", |v| v as u16)?),
        Py_T_INT => write!(i32, wrapping(value, "int", |v| v as i32)?),
        Py_T_UINT => {
            let wide = unsigned_value(value, "unsigned long")?;
            if u32::try_from(wide).is_err() && wide as i64 >= 0 {
                errors::warn(Exc::RuntimeWarning, 1, format_args!("Truncation of value to unsigned int"))?;
            }
            write!(u32, wide as u32);
        }
        Py_T_LONG => write!(i64, long_value(value)?),
        Py_T_ULONG => write!(u64, unsigned_value(value, "unsigned long")?),
        Py_T_PYSSIZET => {
            let wide = number::index(value)?
                .to_i64()
                .ok_or_else(|| raised!(OverflowError, "Python int too large to convert to C ssize_t"))?;
            write!(isize, wide as isize);
        }
        Py_T_FLOAT => write!(f32, number::as_f64(value)? as f32),
        Py_T_DOUBLE => write!(f64, number::as_f64(value)?),
        _Py_T_OBJECT | Py_T_OBJECT_EX => {
            // SAFETY: the field holds a reference or null; the old one is dropped after the new one is in place.
            let old = unsafe { field.cast::<*mut PyObject>().replace(value.owned().into_raw()) };
            drop_reference(old);
        }
        Py_T_CHAR => {
            let text = value.downcast::<PyStr>().filter(|text| text.len() == 1 && text.is_ascii());
            let Some(text) = text else { return Err(raised!(TypeError, "a character is wanted")) };
            write!(u8, text.char_at(0) as u8);
        }
        Py_T_STRING | Py_T_STRING_INPLACE => return Err(raised!(TypeError, "readonly attribute")),
        Py_T_LONGLONG => write!(
            i64,
            number::index(value)?
                .to_i64()
                .ok_or_else(|| raised!(OverflowError, "Python int too large to convert to C long long"))?
        ),
        Py_T_ULONGLONG => write!(u64, unsigned_value(value, "unsigned long long")?),
        _ => {
            // SAFETY: the name is a C string that lives as long as the type.
            let name = unsafe { doc::c_text(def.name) };
            return Err(raised!(SystemError, "bad memberdescr type for {name}"));
        }
    }
    Ok(())
}

fn drop_reference(old: *mut PyObject) {
    if !old.is_null() {
        // SAFETY: the field owned this reference.
        drop(unsafe { Obj::from_raw(old) });
    }
}

fn delete_member(object: &PyObject, def: &PyMemberDef, field: *mut PyObject) -> PyResult<()> {
    match def.r#type {
        Py_T_OBJECT_EX | _Py_T_OBJECT => {
            // SAFETY: the field holds a reference or null.
            let old = unsafe { field.cast::<*mut PyObject>().replace(core::ptr::null_mut()) };
            if old.is_null() && def.r#type == Py_T_OBJECT_EX {
                // SAFETY: the name is a C string that lives as long as the type.
                let name = PyStr::new(unsafe { doc::c_text(def.name) });
                return Err(errors::set_attribute_error(object, &name, format_args!("{name}")));
            }
            drop_reference(old);
            Ok(())
        }
        _ => Err(raised!(TypeError, "can't delete numeric/char attribute")),
    }
}
