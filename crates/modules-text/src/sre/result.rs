//! `re.Match`.

use super::pattern::PyPattern;
use super::scanner::{self, PyTemplate};
use super::subject::Subject;
use taipan_kernels::sre::Matcher;
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::system;
use taipan_objects::types::genericalias;

/// The groups of a match, the whole match first.
pub struct Spans(Box<[Option<(usize, usize)>]>);

impl Traverse for Spans {
    fn traverse(&self, _: &mut Visitor) {}
}

/// The result of re.match() and re.search().
/// Match objects always have a boolean value of True.
#[pytype(name = "re.Match", gc, flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE), parts(METHODS, SLOTS))]
pub struct PyMatch {
    ob_base: PyObject,
    /// The string passed to match() or search().
    #[member(readonly, kind = OBJECT)]
    string: Obj,
    /// The regular expression object.
    #[member(readonly, kind = OBJECT, name = "re")]
    pattern: Py<PyPattern>,
    /// The index into the string at which the RE engine started looking for a match.
    #[member(readonly, kind = PYSSIZET)]
    pos: isize,
    /// The index into the string beyond which the RE engine will not go.
    #[member(readonly, kind = PYSSIZET)]
    endpos: isize,
    last_index: Option<usize>,
    spans: Spans,
    regs: ObjCell,
}

impl PyMatch {
    /// The match a matcher just found.
    pub fn new(
        pattern: &PyPattern,
        string: &PyObject,
        range: (usize, usize),
        matcher: &Matcher,
    ) -> Py<PyMatch> {
        let mut spans = Vec::with_capacity(pattern.groups as usize + 1);
        spans.push(Some(matcher.span()));
        spans.extend((1..=pattern.groups as usize).map(|i| matcher.group(i)));
        memory::new(PyMatch {
            ob_base: PyObject::EMPTY,
            string: string.owned(),
            pattern: pattern.to_owned(),
            pos: range.0 as isize,
            endpos: range.1 as isize,
            last_index: matcher.last_index(),
            spans: Spans(spans.into()),
            regs: ObjCell::empty(),
        })
    }

    fn number(&self, group: &PyObject) -> PyResult<usize> {
        self.pattern.group_number(group)?.ok_or_else(|| raised!(IndexError, "no such group"))
    }

    fn text(&self, subject: &Subject, number: usize, default: &PyObject) -> Obj {
        match self.spans.0[number] {
            Some((start, end)) => subject.slice(start, end),
            None => default.owned(),
        }
    }

    /// The text of a group; `None` where it did not take part.
    pub fn group_text(&self, number: usize) -> PyResult {
        Ok(self.text(&Subject::new(&self.string)?, number, none_ref()))
    }

    /// Start and end of the group an argument names; -1 where it did not take part.
    fn span_of(&self, group: OptArg<&PyObject>) -> PyResult<(isize, isize)> {
        let number = match group.given() {
            Some(group) => self.number(group)?,
            None => 0,
        };
        Ok(self.spans.0[number].map_or((-1, -1), |(start, end)| (start as isize, end as isize)))
    }
}

#[pymethods(METHODS)]
impl PyMatch {
    /// group([group1, ...]) -> str or tuple.
    /// Return subgroup(s) of the match by indices or names.
    /// For 0 returns the entire match.
    #[pymethod(no_text, signature = "(*args)")]
    fn group(&self, args: &[&PyObject]) -> PyResult {
        match args {
            [] => self.group_text(0),
            [one] => self.group_text(self.number(one)?),
            many => {
                let subject = Subject::new(&self.string)?;
                let texts = many
                    .iter()
                    .map(|group| Ok(self.text(&subject, self.number(group)?, none_ref())))
                    .collect::<PyResult<Vec<Obj>>>()?;
                Ok(PyTuple::from_vec(texts).into_obj())
            }
        }
    }

    /// Return index of the start of the substring matched by group.
    #[pymethod(signature = "(group=0, /)")]
    fn start(&self, group: OptArg<&PyObject>) -> PyResult<isize> {
        self.span_of(group).map(|(start, _)| start)
    }

    /// Return index of the end of the substring matched by group.
    #[pymethod(signature = "(group=0, /)")]
    fn end(&self, group: OptArg<&PyObject>) -> PyResult<isize> {
        self.span_of(group).map(|(_, end)| end)
    }

    /// For match object m, return the 2-tuple (m.start(group), m.end(group)).
    #[pymethod(signature = "(group=0, /)")]
    fn span(&self, group: OptArg<&PyObject>) -> PyResult<(isize, isize)> {
        self.span_of(group)
    }

    /// Return a tuple containing all the subgroups of the match, from 1.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[pymethod(signature = "(default=None)")]
    fn groups(&self, default: &PyObject) -> PyResult<Py<PyTuple>> {
        let subject = Subject::new(&self.string)?;
        let groups = (1..self.spans.0.len()).map(|i| self.text(&subject, i, default));
        Ok(PyTuple::from_vec(groups.collect()))
    }

    /// Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[pymethod(signature = "(default=None)")]
    fn groupdict(&self, default: &PyObject) -> PyResult<Py<PyDict>> {
        let subject = Subject::new(&self.string)?;
        let groups = PyDict::new();
        for (name, _) in self.pattern.group_index.items_snapshot() {
            let number = self.number(&name)?;
            groups.set_item(&name, &self.text(&subject, number, default))?;
        }
        Ok(groups)
    }

    /// Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.
    #[pymethod(signature = "(template)")]
    fn expand(&self, template: &PyObject) -> PyResult {
        let re = system::import(intern!("re"))?;
        let compiled = call::method(&re, intern!("_compile_template"), &[&self.pattern, template])?;
        match compiled.downcast::<PyTemplate>() {
            Some(template) => scanner::expand(template, &Subject::new(&self.string)?, &self.spans.0),
            None => Ok(compiled),
        }
    }

    #[pymethod(name = "__copy__")]
    fn copy(&self) -> Obj {
        self.owned()
    }

    #[pymethod(name = "__deepcopy__", signature = "(memo, /)")]
    fn deep_copy(&self, memo: &PyObject) -> Obj {
        let _ = memo;
        self.owned()
    }

    /// Matches are generic over the type of string which was matched (str or bytes)
    #[pymethod(class, name = "__class_getitem__", signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    /// The integer index of the last matched capturing group.
    #[getter]
    fn lastindex(&self) -> Option<usize> {
        self.last_index
    }

    /// The name of the last matched capturing group.
    #[getter]
    fn lastgroup(&self) -> Obj {
        let names = &self.pattern.index_group;
        match self.last_index {
            Some(index) if index < names.len() => names.get(index).owned(),
            _ => none(),
        }
    }

    #[getter]
    fn regs(&self) -> PyResult {
        if let Some(known) = self.regs.get() {
            return Ok(known);
        }
        let number = |n: isize| PyInt::from_i64(n as i64).into_obj();
        let pairs = self.spans.0.iter().map(|span| {
            let (start, end) = span.map_or((-1, -1), |(start, end)| (start as isize, end as isize));
            PyTuple::from_vec(vec![number(start), number(end)]).into_obj()
        });
        let regs = PyTuple::from_vec(pairs.collect()).into_obj();
        self.regs.set(Some(regs.clone()));
        Ok(regs)
    }
}

#[pymethods(SLOTS)]
impl PyMatch {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let shown = object::repr(&*self.group_text(0)?)?;
        let shown = shown.substring(0, shown.len().min(50));
        let (start, end) = self.span_of(OptArg::Missing)?;
        let head = format!("<{} object; span=({start}, {end}), match=", self.class().name());
        PyStr::concat_many(&[&PyStr::new(&head), &shown, &PyStr::new(">")])
    }

    #[slot(mp_subscript)]
    fn subscript(&self, group: &PyObject) -> PyResult {
        self.group_text(self.number(group)?)
    }
}
