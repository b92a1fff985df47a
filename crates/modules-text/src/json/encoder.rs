//! `make_encoder`: objects to JSON text.

use super::module;
use super::strings::push_quoted;
use taipan_kernels::float;
use taipan_kernels::text::TextBuilder;
use taipan_objects::errors;
use taipan_objects::memory;
use taipan_objects::prelude::*;
use taipan_objects::types::builtin::PyBuiltin;
use taipan_objects::types::str::spec;

/// How strings are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Ascii,
    Plain,
    /// By calling the encoder.
    Called,
}

/// Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)
#[pytype(name = "_json.Encoder", gc, flags(BASETYPE), parts(ENCODER))]
pub struct PyEncoder {
    ob_base: PyObject,
    #[member(readonly, kind = OBJECT)]
    markers: Obj,
    #[member(readonly, kind = OBJECT)]
    default: Obj,
    #[member(readonly, kind = OBJECT)]
    encoder: Obj,
    #[member(readonly, kind = OBJECT)]
    indent: Obj,
    #[member(readonly, kind = OBJECT)]
    key_separator: Py<PyStr>,
    #[member(readonly, kind = OBJECT)]
    item_separator: Py<PyStr>,
    #[member(readonly, kind = BOOL)]
    sort_keys: bool,
    #[member(readonly, kind = BOOL)]
    skipkeys: bool,
    allow_nan: bool,
    quoting: u8,
}

#[pymethods(ENCODER)]
impl PyEncoder {
    #[new(
        signature = "(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
        name = "make_encoder"
    )]
    fn py_new(
        cls: &TypeObject,
        markers: &PyObject,
        default: &PyObject,
        encoder: &PyObject,
        indent: &PyObject,
        key_separator: &PyStr,
        item_separator: &PyStr,
        sort_keys: bool,
        skipkeys: bool,
        allow_nan: bool,
    ) -> PyResult<Py<PyEncoder>> {
        if !markers.is_none() && markers.downcast::<PyDict>().is_none() {
            return Err(raised!(
                TypeError,
                "make_encoder() argument 1 must be dict or None, not {}",
                markers.class().name()
            ));
        }
        let native = |index: usize| {
            encoder
                .downcast_exact::<PyBuiltin>()
                .is_some_and(|function| core::ptr::eq(function.def(), &module::FUNCTIONS.0[index]))
        };
        let quoting = match (native(0), native(1)) {
            (true, _) => Quoting::Ascii,
            (_, true) => Quoting::Plain,
            _ => Quoting::Called,
        };
        memory::new_in(
            cls,
            PyEncoder {
                ob_base: PyObject::EMPTY,
                markers: markers.owned(),
                default: default.owned(),
                encoder: encoder.owned(),
                indent: indent.owned(),
                key_separator: key_separator.to_owned(),
                item_separator: item_separator.to_owned(),
                sort_keys,
                skipkeys,
                allow_nan,
                quoting: quoting as u8,
            },
        )
    }

    #[call(signature = "(obj, _current_indent_level)", name = "_iterencode")]
    fn call(&self, obj: &PyObject, level: isize) -> PyResult<Py<PyTuple>> {
        let mut out = TextBuilder::default();
        let level = usize::try_from(level).unwrap_or(0);
        self.write(&mut out, obj, level)?;
        Ok(PyTuple::from_vec(vec![PyStr::try_from_builder(out)?.into_obj()]))
    }
}

/// Adds to an exception what was being written.
#[cold]
fn note(raised: Raised, text: PyResult<Py<PyStr>>) -> Raised {
    let exception = errors::take(raised);
    let added = text.and_then(|text| call::method(&exception, intern!("add_note"), &[&text]));
    match added {
        Ok(_) => errors::restore(exception),
        Err(other) => other,
    }
}

fn push_str(out: &mut TextBuilder, text: &str) {
    out.push_ascii(text.as_bytes());
}

impl PyEncoder {
    fn quoting(&self) -> Quoting {
        match self.quoting {
            0 => Quoting::Ascii,
            1 => Quoting::Plain,
            _ => Quoting::Called,
        }
    }

    fn write_text(&self, out: &mut TextBuilder, text: &PyStr) -> PyResult<()> {
        match self.quoting() {
            Quoting::Ascii => push_quoted(out, text, true),
            Quoting::Plain => push_quoted(out, text, false),
            Quoting::Called => {
                let quoted = call::call(&self.encoder, &[text])?;
                let Some(quoted) = quoted.downcast::<PyStr>() else {
                    return Err(raised!(
                        TypeError,
                        "encoder() must return a string, not {}",
                        quoted.class().name()
                    ));
                };
                quoted.append_to(out);
            }
        }
        Ok(())
    }

    fn float_text(&self, value: &PyFloat) -> PyResult<String> {
        let x = value.value();
        if x.is_finite() {
            return Ok(float::repr(x));
        }
        if !self.allow_nan {
            return Err(raised!(
                ValueError,
                "Out of range float values are not JSON compliant: {}",
                object::repr(value)?
            ));
        }
        Ok(if x.is_nan() {
            "NaN"
        } else if x > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned())
    }

    fn write(&self, out: &mut TextBuilder, value: &PyObject, level: usize) -> PyResult<()> {
        if let Some(word) = constant(value) {
            push_str(out, word);
        } else if let Some(text) = value.downcast::<PyStr>() {
            self.write_text(out, text)?;
        } else if let Some(int) = value.downcast::<PyInt>() {
            push_str(out, &spec::decimal_text(int)?);
        } else if let Some(float) = value.downcast::<PyFloat>() {
            push_str(out, &self.float_text(float)?);
        } else if let Some(list) = value.downcast::<PyList>() {
            errors::check_stack(" while encoding a JSON object")?;
            self.write_array(out, value, &|place| list.get(place), level)?;
        } else if let Some(tuple) = value.downcast::<PyTuple>() {
            errors::check_stack(" while encoding a JSON object")?;
            let item = |place| tuple.as_slice().get(place).map(|item: &&PyObject| item.owned());
            self.write_array(out, value, &item, level)?;
        } else if let Some(dict) = value.downcast::<PyDict>() {
            errors::check_stack(" while encoding a JSON object")?;
            self.write_object(out, dict, level)?;
        } else {
            self.write_default(out, value, level)?;
        }
        if out.has_failed() { Err(raised!(MemoryError)) } else { Ok(()) }
    }

    fn write_default(&self, out: &mut TextBuilder, value: &PyObject, level: usize) -> PyResult<()> {
        let marker = self.enter(value)?;
        errors::check_stack(" while encoding a JSON object")?;
        let replacement = call::call(&self.default, &[value])?;
        self.write(out, &replacement, level).map_err(|raised| {
            note(raised, Ok(PyStr::new(&format!("when serializing {} object", value.class().short_name()))))
        })?;
        self.leave(marker)
    }

    /// Notes that `value` is being written; `ValueError` if it already is.
    fn enter(&self, value: &PyObject) -> PyResult<Option<Py<PyInt>>> {
        let Some(markers) = self.markers.downcast::<PyDict>() else {
            return Ok(None);
        };
        let id = PyInt::from_u64(value.as_ptr() as u64);
        if markers.contains(&id)? {
            return Err(raised!(ValueError, "Circular reference detected"));
        }
        markers.set_item(&id, value)?;
        Ok(Some(id))
    }

    fn leave(&self, marker: Option<Py<PyInt>>) -> PyResult<()> {
        if let (Some(marker), Some(markers)) = (marker, self.markers.downcast::<PyDict>()) {
            markers.del_item(&marker)?;
        }
        Ok(())
    }

    /// A new line with the indentation of `level`, where there is indentation.
    fn push_line(&self, out: &mut TextBuilder, level: usize) {
        if let Some(indent) = self.indent.downcast::<PyStr>() {
            out.push_ascii(b"\n");
            (0..level).for_each(|_| indent.append_to(out));
        }
    }

    /// Writes a list or tuple; a list may change while its items are written.
    fn write_array(
        &self,
        out: &mut TextBuilder,
        array: &PyObject,
        items: &dyn Fn(usize) -> Option<Obj>,
        level: usize,
    ) -> PyResult<()> {
        if items(0).is_none() {
            push_str(out, "[]");
            return Ok(());
        }
        let marker = self.enter(array)?;
        push_str(out, "[");
        for i in 0.. {
            let Some(item) = items(i) else { break };
            if i > 0 {
                self.item_separator.append_to(out);
            }
            self.push_line(out, level + 1);
            self.write(out, &item, level + 1).map_err(|raised| {
                let class = array.class().short_name();
                note(raised, Ok(PyStr::new(&format!("when serializing {class} item {i}"))))
            })?;
        }
        self.push_line(out, level);
        push_str(out, "]");
        self.leave(marker)
    }

    fn write_object(&self, out: &mut TextBuilder, dict: &PyDict, level: usize) -> PyResult<()> {
        if dict.is_empty() {
            push_str(out, "{}");
            return Ok(());
        }
        let marker = self.enter(dict)?;
        push_str(out, "{");
        let mut first = true;
        for (key, value) in self.items(dict)? {
            let Some(shown) = self.key_text(&key)? else { continue };
            if !first {
                self.item_separator.append_to(out);
            }
            first = false;
            self.push_line(out, level + 1);
            self.write_text(out, &shown)?;
            self.key_separator.append_to(out);
            self.write(out, &value, level + 1).map_err(|raised| {
                let text = object::repr(&key).map(|key| {
                    PyStr::new(&format!("when serializing {} item {key}", dict.class().short_name()))
                });
                note(raised, text)
            })?;
        }
        if !first {
            self.push_line(out, level);
        }
        push_str(out, "}");
        self.leave(marker)
    }

    fn items(&self, dict: &PyDict) -> PyResult<Vec<(Obj, Obj)>> {
        if !self.sort_keys && PyDict::check_exact(dict) {
            return Ok(dict.items_snapshot());
        }
        let items = PyList::from_vec(iter::collect(&*call::method(dict, intern!("items"), &[])?)?);
        if self.sort_keys {
            items.sort()?;
        }
        items
            .to_vec()
            .into_iter()
            .map(|item| match item.downcast::<PyTuple>().map(PyTuple::as_slice) {
                Some([key, value]) => Ok((key.owned(), value.owned())),
                _ => Err(raised!(ValueError, "items must return 2-tuples")),
            })
            .collect()
    }

    /// The text of a key; `None` where it is left out.
    fn key_text(&self, key: &PyObject) -> PyResult<Option<Py<PyStr>>> {
        if let Some(text) = key.downcast::<PyStr>() {
            return Ok(Some(text.to_owned()));
        }
        if let Some(float) = key.downcast::<PyFloat>() {
            return Ok(Some(PyStr::new(&self.float_text(float)?)));
        }
        if let Some(word) = constant(key) {
            return Ok(Some(PyStr::new(word)));
        }
        if let Some(int) = key.downcast::<PyInt>() {
            return Ok(Some(PyStr::new(&spec::decimal_text(int)?)));
        }
        if self.skipkeys {
            return Ok(None);
        }
        Err(raised!(TypeError, "keys must be str, int, float, bool or None, not {}", key.class().name()))
    }
}

/// `null`, `true` or `false`.
fn constant(value: &PyObject) -> Option<&'static str> {
    if value.is_none() {
        return Some("null");
    }
    let int = value.downcast::<PyInt>()?;
    if value.is(&PyInt::from_bool(true)) {
        return Some("true");
    }
    int.is(&PyInt::from_bool(false)).then_some("false")
}
