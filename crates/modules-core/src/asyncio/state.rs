//! What an interpreter keeps for its futures and tasks: names out of `asyncio`, and tasks of other kinds than its own.

use super::future::PyFuture;
use super::task::PyTask;
use super::tasks;
use core::cell::Cell;
use taipan_objects::errors;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::set::PySet;

/// What is taken out of Python modules on first use.
#[derive(Clone, Copy)]
pub enum Name {
    GetPolicy,
    InvalidStateError,
    CancelledError,
    FutureRepr,
    TaskRepr,
    TaskGetStack,
    TaskPrintStack,
    IsCoroutine,
    ExtractStack,
}

const NAMES: usize = Name::ExtractStack as usize + 1;

impl Name {
    fn place(self) -> (&'static str, &'static str) {
        match self {
            Name::GetPolicy => ("asyncio.events", "_get_event_loop_policy"),
            Name::InvalidStateError => ("asyncio.exceptions", "InvalidStateError"),
            Name::CancelledError => ("asyncio.exceptions", "CancelledError"),
            Name::FutureRepr => ("asyncio.base_futures", "_future_repr"),
            Name::TaskRepr => ("asyncio.base_tasks", "_task_repr"),
            Name::TaskGetStack => ("asyncio.base_tasks", "_task_get_stack"),
            Name::TaskPrintStack => ("asyncio.base_tasks", "_task_print_stack"),
            Name::IsCoroutine => ("asyncio.coroutines", "iscoroutine"),
            Name::ExtractStack => ("traceback", "extract_stack"),
        }
    }
}

/// The state of `_asyncio` in one interpreter.
#[derive(Default)]
pub struct State {
    names: [ObjCell; NAMES],
    /// The tuple `("context",)`, the named argument of `call_soon`.
    context_name: ObjCell,
    /// Tasks whose eager first step runs, by `_register_eager_task`.
    eager: ObjCell,
    /// A `WeakSet` of tasks that are not of this module.
    others: ObjCell,
    task_counter: Cell<u64>,
}

/// That of the running interpreter.
pub fn get() -> &'static State {
    thread::current().interpreter().extension::<State>()
}

/// The state as a field of objects.
#[derive(Clone, Copy)]
pub struct Shared(pub &'static State);

impl Traverse for Shared {
    fn traverse(&self, _: &mut Visitor) {}
}

impl State {
    /// Something out of a Python module.
    pub fn name(&self, name: Name) -> PyResult {
        let cell = &self.names[name as usize];
        if let Some(known) = cell.get() {
            return Ok(known);
        }
        let (module, attribute) = name.place();
        let module = taipan_objects::system::import(&PyStr::new(module))?;
        let found = object::get_attr(&module, &PyStr::new(attribute))?;
        cell.set(Some(found.clone()));
        Ok(found)
    }

    /// Raises `asyncio.InvalidStateError`.
    #[cold]
    pub fn invalid_state(&self, message: &str) -> Raised {
        match self.name(Name::InvalidStateError) {
            Err(raised) => raised,
            Ok(class) => match class.downcast::<TypeObject>() {
                Some(class) => errors::set_object(class, &PyStr::new(message)),
                None => raised!(TypeError, "asyncio.InvalidStateError is not a class"),
            },
        }
    }

    /// Whether an exception is a `CancelledError`.
    pub fn is_cancelled_error(&self, exception: &PyObject) -> PyResult<bool> {
        Ok(errors::given_matches(exception, &*self.name(Name::CancelledError)?))
    }

    /// The number of the next task without a name.
    pub fn next_number(&self) -> u64 {
        self.task_counter.set(self.task_counter.get() + 1);
        self.task_counter.get()
    }

    /// `loop.call_soon(function[, argument], context=context)`
    pub fn call_soon(
        &self,
        event_loop: &PyObject,
        function: &PyObject,
        argument: Option<&PyObject>,
        context: &PyObject,
    ) -> PyResult<()> {
        let names = self.context_name.get().unwrap_or_else(|| {
            let names = PyTuple::from_slice(&[intern!("context").as_object()]).into_obj();
            self.context_name.set(Some(names.clone()));
            names
        });
        let names = names.downcast::<PyTuple>();
        let method = intern!("call_soon");
        match argument {
            Some(argument) => call::method_names(event_loop, method, &[function, argument, context], names)?,
            None => call::method_names(event_loop, method, &[function, context], names)?,
        };
        Ok(())
    }

    fn others(&self) -> PyResult {
        if let Some(known) = self.others.get() {
            return Ok(known);
        }
        let module = taipan_objects::system::import(&PyStr::new("weakref"))?;
        let set = call::method(&module, &PyStr::new("WeakSet"), &[])?;
        self.others.set(Some(set.clone()));
        Ok(set)
    }

    fn eager(&self) -> Py<PySet> {
        if let Some(known) = self.eager.get().and_then(|set| set.downcast_owned::<PySet>()) {
            return known;
        }
        let set = PySet::new();
        self.eager.set(Some(set.clone().into_obj()));
        set
    }

    pub fn register(&self, task: &PyObject) -> PyResult<()> {
        if let Some(task) = task.downcast::<PyTask>() {
            task.registration.enter();
            return Ok(());
        }
        call::method(&*self.others()?, intern!("add"), &[task]).map(drop)
    }

    pub fn unregister(&self, task: &PyObject) -> PyResult<()> {
        if let Some(task) = task.downcast::<PyTask>() {
            task.registration.leave();
            return Ok(());
        }
        call::method(&*self.others()?, intern!("discard"), &[task]).map(drop)
    }

    pub fn register_eager(&self, task: &PyObject) -> PyResult<()> {
        self.eager().add(task).map(drop)
    }

    pub fn unregister_eager(&self, task: &PyObject) -> PyResult<()> {
        self.eager().discard(task).map(drop)
    }

    /// The set of tasks of a loop that are not done.
    pub fn all_tasks(&self, event_loop: &PyObject) -> PyResult {
        let mut candidates = self.eager().to_vec();
        candidates.extend(iter::collect(&*self.others()?)?);
        let found = PySet::new();
        for task in tasks::all().into_iter().chain(candidates) {
            let (done, its_loop) = match task.downcast::<PyTask>() {
                Some(task) => (task.future().is_done(), task.future().event_loop.get()),
                None => {
                    let done = call::method(&task, intern!("done"), &[])?;
                    (object::is_true(&done)?, Some(loop_of(&task)?))
                }
            };
            if !done && its_loop.is_some_and(|its_loop| its_loop.is(event_loop)) {
                found.add(&task)?;
            }
        }
        Ok(found.into_obj())
    }
}

/// The loop of anything like a future: what `get_loop` gives, else `_loop`.
pub fn loop_of(future: &PyObject) -> PyResult {
    let own =
        future.downcast_exact::<PyFuture>().or_else(|| future.downcast_exact::<PyTask>().map(PyTask::future));
    if let Some(future) = own {
        return future.loop_or_raise();
    }
    match object::get_optional_attr(future, intern!("get_loop"))? {
        Some(method) => call::call(&method, &[]),
        None => object::get_attr(future, intern!("_loop")),
    }
}
