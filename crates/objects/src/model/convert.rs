//! Rust values to objects.

use super::{Obj, Py, PyObject, PyResult, PyType, TypeObject, none};
use crate::model::ObjectExt;
use crate::types::bytes::PyBytes;
use crate::types::float::PyFloat;
use crate::types::int::PyInt;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;

/// A value that can become an object.
pub trait ToPy {
    fn to_py(self) -> PyResult;
}

impl ToPy for Obj {
    #[inline(always)]
    fn to_py(self) -> PyResult {
        Ok(self)
    }
}

impl<T: PyType> ToPy for Py<T> {
    #[inline(always)]
    fn to_py(self) -> PyResult {
        Ok(self.into_obj())
    }
}

impl ToPy for &PyObject {
    #[inline(always)]
    fn to_py(self) -> PyResult {
        Ok(self.owned())
    }
}

impl ToPy for &TypeObject {
    #[inline(always)]
    fn to_py(self) -> PyResult {
        Ok(self.owned())
    }
}

impl ToPy for () {
    #[inline(always)]
    fn to_py(self) -> PyResult {
        Ok(none())
    }
}

impl ToPy for bool {
    #[inline(always)]
    fn to_py(self) -> PyResult {
        Ok(PyInt::from_bool(self))
    }
}

impl ToPy for f64 {
    #[inline]
    fn to_py(self) -> PyResult {
        Ok(PyFloat::new(self).into_obj())
    }
}

impl ToPy for &str {
    fn to_py(self) -> PyResult {
        Ok(PyStr::new(self).into_obj())
    }
}

impl ToPy for String {
    fn to_py(self) -> PyResult {
        Ok(PyStr::new(&self).into_obj())
    }
}

impl ToPy for &[u8] {
    fn to_py(self) -> PyResult {
        Ok(PyBytes::new(self).into_obj())
    }
}

/// `None` becomes `None`.
impl<T: ToPy> ToPy for Option<T> {
    #[inline]
    fn to_py(self) -> PyResult {
        self.map_or_else(|| Ok(none()), ToPy::to_py)
    }
}

macro_rules! integers {
    ($($ty:ty => $make:ident as $wide:ty),*) => {
        $(
            impl ToPy for $ty {
                #[inline]
                fn to_py(self) -> PyResult {
                    Ok(PyInt::$make(self as $wide).into_obj())
                }
            }
        )*
    };
}

integers!(i8 => from_i64 as i64, u8 => from_i64 as i64, i16 => from_i64 as i64, u16 => from_i64 as i64,
          i32 => from_i64 as i64, u32 => from_i64 as i64, i64 => from_i64 as i64, isize => from_i64 as i64,
          u64 => from_u64 as u64, usize => from_u64 as u64);

macro_rules! tuples {
    ($($name:ident),*) => {
        impl<$($name: ToPy),*> ToPy for ($($name,)*) {
            fn to_py(self) -> PyResult {
                #[allow(non_snake_case, reason = "one variable for each type parameter")]
                let ($($name,)*) = self;
                Ok(PyTuple::from_vec(vec![$($name.to_py()?),*]).into_obj())
            }
        }
    };
}

tuples!(A);
tuples!(A, B);
tuples!(A, B, C);
tuples!(A, B, C, D);
tuples!(A, B, C, D, E);
