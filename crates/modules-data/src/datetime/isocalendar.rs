//! What `date.isocalendar()` gives: a tuple of year, week and weekday whose items have names.

use taipan_objects::prelude::*;

#[pytype(name = "datetime.IsoCalendarDate", exported = PyDateTime_IsoCalendarDateType, base = PyTuple,
    basicsize = 32, itemsize = 8, parts(METHODS))]
/// The result of date.isocalendar() or datetime.isocalendar()
///
/// This object may be accessed either as a tuple of
///   ((year, week, weekday)
/// or via the object attributes as named in the above tuple.
pub struct PyIsoDate {
    ob_base: PyTuple,
}

pub fn new(year: i32, week: i32, weekday: i32) -> PyResult {
    let items = [year, week, weekday].map(|part| PyInt::from_i64(part.into()));
    Ok(PyTuple::from_slice_in(PyIsoDate::type_object(), &[&items[0], &items[1], &items[2]])?.into_obj())
}

#[pymethods(METHODS)]
impl PyIsoDate {
    #[new(signature = "(year, week, weekday)")]
    fn py_new(cls: &TypeObject, year: i32, week: i32, weekday: i32) -> PyResult {
        let items = [year, week, weekday].map(|part| PyInt::from_i64(part.into()));
        Ok(PyTuple::from_slice_in(cls, &[&items[0], &items[1], &items[2]])?.into_obj())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let parts = self.ob_base.as_slice();
        let mut shown = Vec::new();
        for part in parts {
            shown.push(object::repr(part)?.to_string());
        }
        let class = self.class().tp_name();
        Ok(PyStr::new(&match &shown[..] {
            [year, week, weekday] => format!("{class}(year={year}, week={week}, weekday={weekday})"),
            _ => class.to_string(),
        }))
    }

    #[getter]
    fn year(&self) -> Obj {
        self.ob_base.get(0).owned()
    }

    #[getter]
    fn week(&self) -> Obj {
        self.ob_base.get(1).owned()
    }

    #[getter]
    fn weekday(&self) -> Obj {
        self.ob_base.get(2).owned()
    }

    /// __reduce__() -> (cls, state)
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> Py<PyTuple> {
        let items = self.ob_base.slice(0, self.ob_base.len()).into_obj();
        let class = PyTuple::type_object().as_object().owned();
        PyTuple::pair(class, PyTuple::from_slice(&[&items]).into_obj())
    }
}
