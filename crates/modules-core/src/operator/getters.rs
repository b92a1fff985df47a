//! `attrgetter`, `itemgetter` and `methodcaller`.

use taipan_objects::model::ToPy;
use taipan_objects::prelude::*;

/// The one argument of a getter's call.
fn only_argument<'a>(name: &str, args: &'a PyTuple, kwargs: Option<&PyDict>) -> PyResult<&'a PyObject> {
    if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
        return Err(raised!(TypeError, "{name}() takes no keyword arguments"));
    }
    match args.as_slice() {
        [only] => Ok(only),
        args => Err(raised!(TypeError, "{name} expected 1 argument, got {}", args.len())),
    }
}

/// Whether a constructor got at least one argument and no names.
fn check_new(name: &str, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
    if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) {
        return Err(raised!(TypeError, "{name}() takes no keyword arguments"));
    }
    if args.is_empty() {
        return Err(raised!(TypeError, "{name} expected 1 argument, got 0"));
    }
    Ok(())
}

/// `'a', 'b'`.
fn shown(items: &[&PyObject]) -> PyResult<String> {
    let shown: PyResult<Vec<String>> =
        items.iter().map(|item| object::repr(item).map(|text| text.to_string())).collect();
    Ok(shown?.join(", "))
}

/// The `repr` of a getter, which may hold itself.
fn getter_repr(getter: &PyObject, inside: impl FnOnce() -> PyResult<String>) -> PyResult<Py<PyStr>> {
    let name = getter.class().name();
    if !object::repr_enter(getter)? {
        return Ok(PyStr::new(&format!("{name}(...)")));
    }
    let inside = inside();
    object::repr_leave(getter);
    Ok(PyStr::new(&format!("{name}({})", inside?)))
}

/// Return a callable object that fetches the given attribute(s) from its operand.
/// After f = attrgetter('name'), the call f(r) returns r.name.
/// After g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).
/// After h = attrgetter('name.first', 'name.last'), the call h(r) returns
/// (r.name.first, r.name.last).
#[pytype(
    name = "operator.attrgetter",
    gc,
    flags(IMMUTABLETYPE),
    signature = "(attr, /, *attrs)",
    parts(ATTRIBUTES)
)]
pub struct PyAttrGetter {
    ob_base: PyObject,
    /// What was given.
    names: Py<PyTuple>,
    /// The names between the dots of each.
    paths: Vec<Vec<Obj>>,
}

fn path_of(name: &PyObject) -> PyResult<Vec<Obj>> {
    let Some(name) = name.downcast::<PyStr>() else {
        return Err(raised!(TypeError, "attribute name must be a string"));
    };
    let dot = PyStr::new(".");
    let (mut path, mut start) = (Vec::new(), 0);
    while let Some(end) = name.find(&dot, start, name.len()) {
        path.push(PyStr::intern(name.substring(start, end)).into_obj());
        start = end + 1;
    }
    path.push(PyStr::intern(name.substring(start, name.len())).into_obj());
    Ok(path)
}

fn follow(object: &PyObject, path: &[Obj]) -> PyResult {
    let mut value = object.owned();
    for name in path {
        let Some(name) = name.downcast::<PyStr>() else { continue };
        value = object::get_attr(&value, name)?;
    }
    Ok(value)
}

#[pymethods(ATTRIBUTES)]
impl PyAttrGetter {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<PyAttrGetter>> {
        check_new("attrgetter", args, kwargs)?;
        let paths: PyResult<_> = args.as_slice().iter().map(|name| path_of(name)).collect();
        let names = PyTuple::from_slice(args.as_slice());
        taipan_objects::memory::new_in(cls, PyAttrGetter { ob_base: PyObject::EMPTY, names, paths: paths? })
    }

    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let object = only_argument("attrgetter", args, kwargs)?;
        if let [path] = &self.paths[..] {
            return follow(object, path);
        }
        let values: PyResult<_> = self.paths.iter().map(|path| follow(object, path)).collect();
        Ok(PyTuple::from_vec(values?).into_obj())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        getter_repr(self, || shown(self.names.as_slice()))
    }

    /// Return state information for pickling
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        (self.as_object().class(), self.names.clone()).to_py()
    }

    #[getter(__text_signature__)]
    fn text_signature(&self) -> &'static str {
        "(obj, /)"
    }
}

/// Return a callable object that fetches the given item(s) from its operand.
/// After f = itemgetter(2), the call f(r) returns r[2].
/// After g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])
#[pytype(
    name = "operator.itemgetter",
    gc,
    flags(IMMUTABLETYPE),
    signature = "(item, /, *items)",
    parts(ITEMS)
)]
pub struct PyItemGetter {
    ob_base: PyObject,
    items: Py<PyTuple>,
}

#[pymethods(ITEMS)]
impl PyItemGetter {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<PyItemGetter>> {
        check_new("itemgetter", args, kwargs)?;
        let items = PyTuple::from_slice(args.as_slice());
        taipan_objects::memory::new_in(cls, PyItemGetter { ob_base: PyObject::EMPTY, items })
    }

    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let object = only_argument("itemgetter", args, kwargs)?;
        if let [item] = self.items.as_slice() {
            return object::get_item(object, item);
        }
        let values: PyResult<_> =
            self.items.as_slice().iter().map(|item| object::get_item(object, item)).collect();
        Ok(PyTuple::from_vec(values?).into_obj())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        getter_repr(self, || shown(self.items.as_slice()))
    }

    /// Return state information for pickling
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        (self.as_object().class(), self.items.clone()).to_py()
    }

    #[getter(__text_signature__)]
    fn text_signature(&self) -> &'static str {
        "(obj, /)"
    }
}

/// Return a callable object that calls the given method on its operand.
/// After f = methodcaller('name'), the call f(r) returns r.name().
/// After g = methodcaller('name', 'date', foo=1), the call g(r) returns
/// r.name('date', foo=1).
#[pytype(
    name = "operator.methodcaller",
    gc,
    flags(IMMUTABLETYPE),
    signature = "(name, /, *args, **kwargs)",
    parts(METHODS)
)]
pub struct PyMethodCaller {
    ob_base: PyObject,
    name: Py<PyStr>,
    args: Py<PyTuple>,
    kwargs: Option<Py<PyDict>>,
}

#[pymethods(METHODS)]
impl PyMethodCaller {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<PyMethodCaller>> {
        let Some((&name, args)) = args.as_slice().split_first() else {
            return Err(raised!(TypeError, "methodcaller needs at least one argument, the method name"));
        };
        let Some(name) = name.downcast_owned::<PyStr>() else {
            return Err(raised!(TypeError, "method name must be a string"));
        };
        let kwargs = kwargs.filter(|kwargs| !kwargs.is_empty()).map(PyDict::copy).transpose()?;
        taipan_objects::memory::new_in(
            cls,
            PyMethodCaller {
                ob_base: PyObject::EMPTY,
                name: PyStr::intern(name),
                args: PyTuple::from_slice(args),
                kwargs,
            },
        )
    }

    #[slot(tp_call)]
    fn call(&self, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let object = only_argument("methodcaller", args, kwargs.filter(|_| !args.is_empty()))?;
        match &self.kwargs {
            None => call::method(object, &self.name, self.args.as_slice()),
            Some(kwargs) => {
                let method = object::get_attr(object, &self.name)?;
                call::call_tuple(&method, &self.args, Some(kwargs))
            }
        }
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        getter_repr(self, || {
            let mut all = vec![object::repr(&self.name)?.to_string()];
            for item in self.args.as_slice() {
                all.push(object::repr(item)?.to_string());
            }
            for (key, value) in self.kwargs.as_ref().map_or_else(Vec::new, |kwargs| kwargs.items_snapshot()) {
                all.push(format!("{}={}", object::str(&key)?, object::repr(&value)?));
            }
            Ok(all.join(", "))
        })
    }

    /// Return state information for pickling
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult {
        let class = self.as_object().class();
        let Some(kwargs) = &self.kwargs else {
            let mut all = vec![self.name.clone().into_obj()];
            all.extend(self.args.as_slice().iter().map(|arg| arg.owned()));
            return (class, PyTuple::from_vec(all)).to_py();
        };
        // Names can only be passed on by a partial call.
        let functools = taipan_objects::system::import(intern!("functools"))?;
        let partial = object::get_attr(&functools, intern!("partial"))?;
        let constructor = PyTuple::from_slice(&[class, &self.name]);
        let constructor = call::call_tuple(&partial, &constructor, Some(kwargs))?;
        (constructor, self.args.clone()).to_py()
    }

    #[getter(__text_signature__)]
    fn text_signature(&self) -> &'static str {
        "(obj, /)"
    }
}
