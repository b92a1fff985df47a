//! `complexobject.h`: `complex`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_objects::types::complex::PyComplex;

c_api! {
    fn PyComplex_FromDoubles(real: f64, imag: f64) -> Ref { new_ref(PyComplex::new(real, imag)) }
    fn PyComplex_FromCComplex(value: Py_complex) -> Ref { new_ref(PyComplex::new(value.real, value.imag)) }
    fn PyComplex_RealAsDouble(object: Ref) -> f64 {
        match at(object).downcast::<PyComplex>() {
            Some(number) => number.parts().0,
            None => number::as_f64(at(object)).unwrap_or(-1.0),
        }
    }
    fn PyComplex_ImagAsDouble(object: Ref) -> f64 {
        at(object).downcast::<PyComplex>().map_or(0.0, |number| number.parts().1)
    }
}
