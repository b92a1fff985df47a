//! `#[pytype]`, `#[pymethods]`, `#[pymodule]` and `#[pyfunction]`: one declaration makes the binding, the text signature and the error wording.
