//! `complexobject.h`: `complex`.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use taipan_abi::*;
use taipan_objects::prelude::*;

use taipan_host::errno::{self, Errno};
use taipan_objects::types::complex::{PyComplex, arith};

fn parts(number: Py_complex) -> (f64, f64) {
    (number.real, number.imag)
}

fn foreign((real, imag): (f64, f64)) -> Py_complex {
    Py_complex { real, imag }
}

/// A result that there may not be: then `errno` says so.
fn computed(result: Option<(f64, f64)>) -> Py_complex {
    if result.is_none() {
        Errno(errno::EDOM).set();
    }
    foreign(result.unwrap_or_default())
}

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
    fn _Py_c_sum(a: Py_complex, b: Py_complex) -> Py_complex { Py_complex { real: a.real + b.real, imag: a.imag + b.imag } }
    fn _Py_c_diff(a: Py_complex, b: Py_complex) -> Py_complex { Py_complex { real: a.real - b.real, imag: a.imag - b.imag } }
    fn _Py_c_neg(a: Py_complex) -> Py_complex { Py_complex { real: -a.real, imag: -a.imag } }
    fn _Py_c_prod(a: Py_complex, b: Py_complex) -> Py_complex { foreign(arith::product(parts(a), parts(b))) }
    fn _Py_c_quot(a: Py_complex, b: Py_complex) -> Py_complex { computed(arith::quotient(parts(a), parts(b))) }
    fn _Py_c_pow(a: Py_complex, b: Py_complex) -> Py_complex {
        let result = computed(arith::general_power(parts(a), parts(b)));
        if result.real.is_infinite() || result.imag.is_infinite() {
            Errno(errno::ERANGE).set();
        }
        result
    }
    fn _Py_c_abs(a: Py_complex) -> f64 {
        let result = a.real.hypot(a.imag);
        let overflows = result.is_infinite() && a.real.is_finite() && a.imag.is_finite();
        Errno(if overflows { errno::ERANGE } else { 0 }).set();
        result
    }
}
