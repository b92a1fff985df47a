//! The abstract operations: what `PyObject_*`, `PyNumber_*`, `PySequence_*`, `PyMapping_*`, `PyIter_*` and `PyBuffer_*`
//! do. Any of them may run Python code.

pub mod buffer;
pub mod call;
pub mod fill;
pub mod iter;
pub mod mapping;
pub mod number;
pub mod object;
pub mod sequence;
