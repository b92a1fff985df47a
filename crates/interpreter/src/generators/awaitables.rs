//! What `asend`, `athrow`, `aclose` of asynchronous generators and `anext` give: awaitables that run one step.

#![expect(unsafe_code, reason = "the generator's type is known")]

use super::async_gen::{PyAsyncGenWrappedValue, unwrap};
use super::resume::{self, Thrown, to_method_result};
use super::{IsSuspended, PyAsyncGenerator, State, Suspended};
use core::cell::Cell;
use taipan_macros::{pymethods, pytype};
use taipan_objects::errors;
use taipan_objects::model::trampoline::Sent;
use taipan_objects::model::{ObjCell, Raised};
use taipan_objects::prelude::*;

/// How far an awaitable is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Fresh,
    Running,
    Closed,
}

// `asend(value)` and `__anext__()`.
#[pytype(name = "async_generator_asend", exported = _PyAsyncGenASend_Type, gc(manual), parts(ASEND))]
pub struct AsyncGenSend {
    ob_base: PyObject,
    pub(super) generator: Obj,
    value: ObjCell,
    step: Cell<Step>,
}

// `athrow(…)` and `aclose()`.
#[pytype(name = "async_generator_athrow", exported = _PyAsyncGenAThrow_Type, gc(manual), parts(ATHROW))]
pub struct AsyncGenThrow {
    ob_base: PyObject,
    pub(super) generator: Obj,
    /// `None` for `aclose`.
    args: ObjCell,
    step: Cell<Step>,
}

fn shared(generator: &PyObject) -> &Suspended {
    // SAFETY: awaitables are made with asynchronous generators.
    unsafe { generator.downcast_unchecked::<PyAsyncGenerator>() }.suspended()
}

fn send_step(generator: &Suspended, value: &PyObject) -> PyResult {
    resume::send(generator, value).and_then(|sent| to_method_result(generator, sent))
}

fn throw_step(generator: &Suspended, close_on_exit: bool, thrown: &Thrown<'_>) -> PyResult {
    resume::throw(generator, close_on_exit, thrown).and_then(|sent| to_method_result(generator, sent))
}

impl AsyncGenSend {
    pub(super) fn new(generator: &PyAsyncGenerator, value: Option<&PyObject>) -> Py<Self> {
        taipan_objects::memory::new(AsyncGenSend {
            ob_base: PyObject::EMPTY,
            generator: generator.owned(),
            value: ObjCell::new(value.map(ObjectExt::owned)),
            step: Cell::new(Step::Fresh),
        })
    }

    fn send_value(&self, value: &PyObject) -> PyResult {
        match self.advance(value)? {
            Sent::Next(object) => Ok(object),
            Sent::Return(result) => Err(errors::set_stop_iteration(Some(result))),
        }
    }

    /// One step; what the generator yields ends the awaiting.
    fn advance(&self, value: &PyObject) -> PyResult<Sent> {
        let generator = shared(&self.generator);
        let mut value = value.owned();
        match self.step.get() {
            Step::Closed => {
                return Err(raised!(RuntimeError, "cannot reuse already awaited __anext__()/asend()"));
            }
            Step::Fresh => {
                if generator.running_async.get() {
                    self.step.set(Step::Closed);
                    return Err(raised!(RuntimeError, "anext(): asynchronous generator is already running"));
                }
                if value.is_none()
                    && let Some(own) = self.value.get()
                {
                    value = own;
                }
                self.step.set(Step::Running);
                generator.running_async.set(true);
            }
            Step::Running => {}
        }
        let object = match send_step(generator, &value) {
            Ok(object) => object,
            Err(raised) => {
                let result = unwrap(generator, Err(raised));
                self.step.set(Step::Closed);
                return result.map(Sent::Next);
            }
        };
        let Some(wrapped) = object.downcast_exact::<PyAsyncGenWrappedValue>() else {
            return Ok(Sent::Next(object));
        };
        generator.running_async.set(false);
        self.step.set(Step::Closed);
        Ok(Sent::Return(wrapped.value.clone()))
    }

    fn throw_value(&self, thrown: &Thrown<'_>) -> PyResult {
        let generator = shared(&self.generator);
        match self.step.get() {
            Step::Closed => {
                return Err(raised!(RuntimeError, "cannot reuse already awaited __anext__()/asend()"));
            }
            Step::Fresh => {
                if generator.running_async.get() {
                    self.step.set(Step::Closed);
                    return Err(raised!(RuntimeError, "anext(): asynchronous generator is already running"));
                }
                self.step.set(Step::Running);
                generator.running_async.set(true);
            }
            Step::Running => {}
        }
        let result = unwrap(generator, throw_step(generator, false, thrown));
        if result.is_err() {
            self.step.set(Step::Closed);
        }
        result
    }
}

/// Closes an awaitable by `GeneratorExit`; `throw` is its own.
fn close_awaitable(result: PyResult) -> PyResult<()> {
    match result {
        Ok(_) => Err(raised!(RuntimeError, "coroutine ignored GeneratorExit")),
        Err(raised) => {
            let ends = [Exc::StopIteration, Exc::StopAsyncIteration, Exc::GeneratorExit];
            if ends.iter().any(|&exc| errors::matches(&raised, exc)) {
                errors::clear(raised);
                return Ok(());
            }
            Err(raised)
        }
    }
}

fn unawaited(kind: &str, generator: &Suspended) {
    let saved = errors::take_opt();
    let name = generator.qualname.get().unwrap_or_else(none);
    let shown = object::str(&name).map_or_else(|_| String::new(), |name| name.to_string());
    let message = format_args!("coroutine method '{kind}' of '{shown}' was never awaited");
    if let Err(raised) = errors::warn(Exc::RuntimeWarning, 1, message) {
        super::shared::ignored(raised, "finalizing async generator", generator);
    }
    if let Some(saved) = saved {
        let _ = errors::restore(saved);
    }
}

#[pymethods(ASEND)]
impl AsyncGenSend {
    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut taipan_objects::model::gc::Visitor) {
        use taipan_objects::model::gc::Traverse;
        visitor.visit(&self.generator);
        self.value.traverse(visitor);
    }

    #[slot(am_send)]
    fn am_send(&self, value: &PyObject) -> PyResult<Sent> {
        self.advance(value)
    }

    #[slot(tp_finalize)]
    fn finalize(&self) {
        let generator = shared(&self.generator);
        if self.step.get() == Step::Fresh && generator.state.get() != State::Completed {
            unawaited("asend", generator);
        }
    }

    #[slot(am_await)]
    fn await_(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        self.send_value(none_ref()).map(Some)
    }

    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[pymethod(signature = "(object, /)")]
    fn send(&self, object: &PyObject) -> PyResult {
        self.send_value(object)
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// Raise exception in generator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[pymethod(signature = "(*args)", no_text)]
    fn throw(&self, args: &[&PyObject]) -> PyResult {
        if self.step.get() == Step::Closed {
            return Err(raised!(RuntimeError, "cannot reuse already awaited __anext__()/asend()"));
        }
        self.throw_value(&Thrown::from_args(args, "throw")?)
    }

    /// close() -> raise GeneratorExit inside generator.
    #[pymethod(signature = "()")]
    fn close(&self) -> PyResult<()> {
        if self.step.get() == Step::Closed {
            return Ok(());
        }
        close_awaitable(self.throw_value(&Thrown::new(Exc::GeneratorExit.type_object())))
    }
}

impl AsyncGenThrow {
    pub(super) fn new(generator: &PyAsyncGenerator, args: Option<Py<PyTuple>>) -> Py<Self> {
        taipan_objects::memory::new(AsyncGenThrow {
            ob_base: PyObject::EMPTY,
            generator: generator.owned(),
            args: ObjCell::new(args.map(Py::into_obj)),
            step: Cell::new(Step::Fresh),
        })
    }

    fn args(&self) -> Option<Py<PyTuple>> {
        self.args.get().and_then(|args| args.downcast_owned::<PyTuple>())
    }

    fn method(&self) -> &'static str {
        if self.args.is_empty() { "aclose" } else { "athrow" }
    }

    fn busy(&self, generator: &Suspended) -> Raised {
        self.step.set(Step::Closed);
        let _ = generator;
        raised!(RuntimeError, "{}(): asynchronous generator is already running", self.method())
    }

    fn send_value(&self, value: &PyObject) -> PyResult {
        let generator = shared(&self.generator);
        if self.step.get() == Step::Closed {
            return Err(raised!(RuntimeError, "cannot reuse already awaited aclose()/athrow()"));
        }
        if generator.state.get().is_finished() {
            self.step.set(Step::Closed);
            return Err(errors::set_stop_iteration(None));
        }
        if self.step.get() == Step::Fresh {
            return self.begin(generator, value);
        }
        let result = send_step(generator, value);
        if self.args.is_empty() {
            match result {
                Ok(value) if value.downcast_exact::<PyAsyncGenWrappedValue>().is_some() => {
                    Err(self.ignored_exit(generator))
                }
                Ok(value) => Ok(value),
                Err(raised) => Err(self.failed(generator, raised)),
            }
        } else {
            let result = unwrap(generator, result);
            if result.is_err() {
                self.step.set(Step::Closed);
            }
            result
        }
    }

    fn begin(&self, generator: &Suspended, value: &PyObject) -> PyResult {
        if generator.running_async.get() {
            return Err(self.busy(generator));
        }
        if generator.closed.get() {
            self.step.set(Step::Closed);
            return Err(raised!(StopAsyncIteration));
        }
        if !value.is_none() {
            return Err(raised!(RuntimeError, "can't send non-None value to a just-started coroutine"));
        }
        self.step.set(Step::Running);
        generator.running_async.set(true);
        match self.args() {
            None => {
                generator.closed.set(true);
                let thrown = Thrown::new(Exc::GeneratorExit.type_object());
                match throw_step(generator, false, &thrown) {
                    Ok(value) if value.downcast_exact::<PyAsyncGenWrappedValue>().is_some() => {
                        Err(self.ignored_exit(generator))
                    }
                    Ok(value) => Ok(value),
                    Err(raised) => Err(self.failed(generator, raised)),
                }
            }
            Some(args) => {
                let thrown = Thrown::of(args.as_slice());
                let result = unwrap(generator, throw_step(generator, false, &thrown));
                if result.is_err() {
                    self.step.set(Step::Closed);
                }
                result
            }
        }
    }

    fn ignored_exit(&self, generator: &Suspended) -> Raised {
        generator.running_async.set(false);
        self.step.set(Step::Closed);
        raised!(RuntimeError, "async generator ignored GeneratorExit")
    }

    /// An exception ends the awaiting; those that say that the generator is closed become its end for `aclose`.
    fn failed(&self, generator: &Suspended, raised: Raised) -> Raised {
        generator.running_async.set(false);
        self.step.set(Step::Closed);
        let ends =
            errors::matches(&raised, Exc::StopAsyncIteration) || errors::matches(&raised, Exc::GeneratorExit);
        if ends && self.args.is_empty() {
            errors::clear(raised);
            return errors::set_stop_iteration(None);
        }
        raised
    }

    fn throw_value(&self, thrown: &Thrown<'_>) -> PyResult {
        let generator = shared(&self.generator);
        match self.step.get() {
            Step::Closed => {
                return Err(raised!(RuntimeError, "cannot reuse already awaited aclose()/athrow()"));
            }
            Step::Fresh => {
                if generator.running_async.get() {
                    return Err(self.busy(generator));
                }
                self.step.set(Step::Running);
                generator.running_async.set(true);
            }
            Step::Running => {}
        }
        let result = throw_step(generator, false, thrown);
        if !self.args.is_empty() {
            let result = unwrap(generator, result);
            if result.is_err() {
                self.step.set(Step::Closed);
            }
            return result;
        }
        match result {
            Ok(value) if value.downcast_exact::<PyAsyncGenWrappedValue>().is_some() => {
                Err(self.ignored_exit(generator))
            }
            Ok(value) => Ok(value),
            Err(raised) => Err(self.failed(generator, raised)),
        }
    }
}

#[pymethods(ATHROW)]
impl AsyncGenThrow {
    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut taipan_objects::model::gc::Visitor) {
        use taipan_objects::model::gc::Traverse;
        visitor.visit(&self.generator);
        self.args.traverse(visitor);
    }

    #[slot(tp_finalize)]
    fn finalize(&self) {
        let generator = shared(&self.generator);
        if self.step.get() == Step::Fresh && !generator.state.get().is_finished() {
            unawaited(self.method(), generator);
        }
    }

    #[slot(am_await)]
    fn await_(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        self.send_value(none_ref()).map(Some)
    }

    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[pymethod(signature = "(object, /)")]
    fn send(&self, object: &PyObject) -> PyResult {
        self.send_value(object)
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// Raise exception in generator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[pymethod(signature = "(*args)", no_text)]
    fn throw(&self, args: &[&PyObject]) -> PyResult {
        self.throw_value(&Thrown::from_args(args, "throw")?)
    }

    /// close() -> raise GeneratorExit inside generator.
    #[pymethod(signature = "()")]
    fn close(&self) -> PyResult<()> {
        if self.step.get() == Step::Closed {
            return Ok(());
        }
        close_awaitable(self.throw_value(&Thrown::new(Exc::GeneratorExit.type_object())))
    }
}

// `anext(iterator, default)`.
#[pytype(name = "anext_awaitable", exported = _PyAnextAwaitable_Type, gc, parts(ANEXT))]
pub struct AnextAwaitable {
    ob_base: PyObject,
    wrapped: Obj,
    default: Obj,
}

impl AnextAwaitable {
    /// The awaitable that gives `default` where `awaitable` ends with `StopAsyncIteration`.
    pub fn new(awaitable: &PyObject, default: &PyObject) -> Py<Self> {
        taipan_objects::memory::new(AnextAwaitable {
            ob_base: PyObject::EMPTY,
            wrapped: awaitable.owned(),
            default: default.owned(),
        })
    }

    fn iterator(&self) -> PyResult {
        let iterator = crate::eval::awaitable_iterator(&self.wrapped)?;
        if iterator.downcast_exact::<super::PyCoroutine>().is_some() {
            return call::special(&iterator, intern!("__await__"), &[])?
                .ok_or_else(|| raised!(TypeError, "coroutine without __await__"));
        }
        Ok(iterator)
    }

    fn finish(&self, result: PyResult) -> PyResult {
        match result {
            Err(raised) if errors::matches(&raised, Exc::StopAsyncIteration) => {
                errors::clear(raised);
                Err(errors::set_stop_iteration(Some(self.default.clone())))
            }
            other => other,
        }
    }

    fn forward(&self, method: &PyStr, args: &[&PyObject]) -> PyResult {
        let iterator = self.iterator()?;
        self.finish(call::method(&iterator, method, args))
    }
}

#[pymethods(ANEXT)]
impl AnextAwaitable {
    #[slot(am_await)]
    fn await_(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iter)]
    fn iter(&self) -> PyResult {
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self) -> PyResult<Option<Obj>> {
        let iterator = self.iterator()?;
        let Some(next) = iterator.class().tp_iternext() else {
            return Err(raised!(TypeError, "'{}' object is not an iterator", iterator.class().name()));
        };
        // SAFETY: the slot of a live object. Its `StopIteration` goes on with its value.
        let item = unsafe { next(iterator.as_ptr()) };
        if item.is_null() && !errors::occurred() {
            return Ok(None);
        }
        // SAFETY: a new reference, or null with an exception.
        self.finish(unsafe { Obj::from_result(item) }).map(Some)
    }

    /// send(value) -> send 'value' into the wrapped iterator,
    /// return next yielded value or raise StopIteration.
    #[pymethod(signature = "(object, /)", no_text)]
    fn send(&self, object: &PyObject) -> PyResult {
        self.forward(intern!("send"), &[object])
    }

    /// throw(value)
    /// throw(typ[,val[,tb]])
    ///
    /// raise exception in the wrapped iterator, return next yielded value
    /// or raise StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[pymethod(signature = "(*args)", no_text)]
    fn throw(&self, args: &[&PyObject]) -> PyResult {
        self.forward(intern!("throw"), args)
    }

    /// close() -> raise GeneratorExit inside generator.
    #[pymethod(signature = "()", no_text)]
    fn close(&self) -> PyResult {
        self.forward(intern!("close"), &[])
    }
}
