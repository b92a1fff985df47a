//! The events of PEP 669, and what listens to them.
//!
//! State belongs to the interpreter ([`Monitoring`]): names of tools, callbacks, the events that each tool wants everywhere
//! or in one code object, and places that callbacks disabled. Threads learn by a bit of their eval breaker that somebody
//! listens; the loop then runs in its traced form.

use core::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use taipan_objects::errors;
use taipan_objects::model::thread::{self, EvalBreaker, ThreadState};
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;

/// How many tools there can be.
pub(crate) const TOOLS: usize = 6;

/// An event; its bit in sets of events is `1 << number`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub(crate) enum Event {
    PyStart,
    PyResume,
    PyReturn,
    PyYield,
    Call,
    Line,
    Instruction,
    Jump,
    BranchLeft,
    BranchRight,
    StopIteration,
    Raise,
    ExceptionHandled,
    PyUnwind,
    PyThrow,
    Reraise,
    CReturn,
    CRaise,
    Branch,
}

pub(crate) const EVENTS: [(&str, Event); 19] = [
    ("PY_START", Event::PyStart),
    ("PY_RESUME", Event::PyResume),
    ("PY_RETURN", Event::PyReturn),
    ("PY_YIELD", Event::PyYield),
    ("CALL", Event::Call),
    ("LINE", Event::Line),
    ("INSTRUCTION", Event::Instruction),
    ("JUMP", Event::Jump),
    ("BRANCH_LEFT", Event::BranchLeft),
    ("BRANCH_RIGHT", Event::BranchRight),
    ("STOP_ITERATION", Event::StopIteration),
    ("RAISE", Event::Raise),
    ("EXCEPTION_HANDLED", Event::ExceptionHandled),
    ("PY_UNWIND", Event::PyUnwind),
    ("PY_THROW", Event::PyThrow),
    ("RERAISE", Event::Reraise),
    ("C_RETURN", Event::CReturn),
    ("C_RAISE", Event::CRaise),
    ("BRANCH", Event::Branch),
];

impl Event {
    pub(crate) const fn bit(self) -> u32 {
        1 << self as u8
    }

    /// Whether the event belongs to a place in the code and can be disabled there.
    pub(crate) fn is_local(self) -> bool {
        (self as u8) < Event::Raise as u8 || matches!(self, Event::CReturn | Event::CRaise)
    }

    pub(crate) fn name(self) -> &'static str {
        EVENTS[self as usize].0
    }
}

/// What tools want of one code object.
pub(crate) struct Local {
    /// Keeps the code object, and with it the key of the table, alive.
    #[expect(dead_code, reason = "held, not read")]
    pub(crate) code: Obj,
    pub(crate) events: [u32; TOOLS],
}

/// A place, an event and a tool that wants no more of it.
type Disabled = (usize, usize, u8, u8);

/// Who listens to what, in one interpreter.
#[derive(Default)]
pub(crate) struct Monitoring {
    pub(crate) names: RefCell<[Option<Obj>; TOOLS]>,
    pub(crate) global: Cell<[u32; TOOLS]>,
    pub(crate) callbacks: RefCell<HashMap<(u8, u8), Obj>>,
    pub(crate) local: RefCell<HashMap<usize, Local>>,
    pub(crate) disabled: RefCell<HashSet<Disabled>>,
    /// Counts what tools ask for, for code that remembers it.
    pub(crate) version: Cell<u64>,
    lines: RefCell<HashMap<usize, (Obj, Rc<super::lines::Lines>)>>,
    sentinels: RefCell<Option<(Obj, Obj)>>,
}

/// The running interpreter's.
pub(crate) fn state() -> &'static Monitoring {
    thread::current().interpreter().extension::<Monitoring>()
}

impl Monitoring {
    /// `sys.monitoring.DISABLE` and `sys.monitoring.MISSING`.
    pub(crate) fn sentinels(&self) -> PyResult<(Obj, Obj)> {
        if let Some((disable, missing)) = &*self.sentinels.borrow() {
            return Ok((disable.clone(), missing.clone()));
        }
        let object = taipan_objects::types::object::object_type();
        let fresh = (call::call(object, &[])?, call::call(object, &[])?);
        *self.sentinels.borrow_mut() = Some(fresh.clone());
        Ok(fresh)
    }

    /// The events that some tool wants in a code object.
    pub(crate) fn wanted(&self, code: &PyCode) -> u32 {
        let global = self.global.get().iter().fold(0, |all, events| all | events);
        let local = self.local.borrow();
        match local.get(&code_key(code)) {
            Some(local) => local.events.iter().fold(global, |all, events| all | events),
            None => global,
        }
    }

    fn wanted_by(&self, tool: usize, code: &PyCode) -> u32 {
        let local = self.local.borrow();
        self.global.get()[tool] | local.get(&code_key(code)).map_or(0, |local| local.events[tool])
    }

    /// Whether a tool wants an event in all code.
    pub(crate) fn is_wanted_anywhere(&self, event: Event) -> bool {
        self.global.get().iter().any(|&events| events & event.bit() != 0)
    }

    /// Whether any tool wants anything.
    pub(crate) fn is_active(&self) -> bool {
        self.global.get().iter().any(|&events| events != 0)
            || self.local.borrow().values().any(|local| local.events.iter().any(|&events| events != 0))
    }

    /// The lines of a code object's instructions.
    pub(crate) fn lines_of(&self, code: &PyCode) -> Rc<super::lines::Lines> {
        if let Some((_, lines)) = self.lines.borrow().get(&code_key(code)) {
            return lines.clone();
        }
        let lines = Rc::new(super::lines::Lines::of(code));
        self.lines.borrow_mut().insert(code_key(code), (code.owned(), lines.clone()));
        lines
    }

    /// Forgets the lines when nobody listens any more.
    pub(crate) fn forget_lines(&self) {
        let lines = self.lines.take();
        drop(lines);
    }
}

pub(crate) fn code_key(code: &PyCode) -> usize {
    code.as_ptr() as usize
}

/// Makes the running thread's loop look whether somebody listens.
pub(crate) fn update(thread: &ThreadState) {
    state().version.set(state().version.get() + 1);
    if super::trace::is_set(thread) || state().is_active() {
        thread.eval_breaker.set_bits(EvalBreaker::TRACING);
    } else {
        thread.eval_breaker.clear_bits(EvalBreaker::TRACING);
        state().forget_lines();
    }
}

/// Tells the tools of an event at `unit` of a code object. `args` go behind code and offset.
pub(crate) fn fire(code: &PyCode, unit: usize, event: Event, args: &[&PyObject]) -> PyResult<()> {
    let monitoring = state();
    let thread = thread::current();
    if super::trace::is_inside(thread) {
        return Ok(());
    }
    for tool in 0..TOOLS {
        if monitoring.wanted_by(tool, code) & event.bit() == 0 {
            continue;
        }
        let key = (code_key(code), unit, event as u8, tool as u8);
        if event.is_local() && monitoring.disabled.borrow().contains(&key) {
            continue;
        }
        let callback = monitoring.callbacks.borrow().get(&(tool as u8, event as u8)).cloned();
        let Some(callback) = callback else { continue };
        let first = match event {
            Event::Line => None,
            _ => Some(PyInt::from_i64(unit as i64 * 2)),
        };
        let mut all: Vec<&PyObject> = vec![code];
        if let Some(first) = &first {
            all.push(first);
        }
        all.extend_from_slice(args);
        let result = super::trace::inside(thread, event, || call::call(&callback, &all))?;
        let (disable, _) = monitoring.sentinels()?;
        if !result.is(&disable) {
            continue;
        }
        if !event.is_local() {
            return Err(refuse_disabling(event, tool as u8));
        }
        monitoring.disabled.borrow_mut().insert(key);
    }
    Ok(())
}

/// Forgets a callback that does not want an event which cannot be disabled.
#[cold]
pub(super) fn refuse_disabling(event: Event, tool: u8) -> Raised {
    let callback = state().callbacks.borrow_mut().remove(&(tool, event as u8));
    drop(callback);
    raised!(ValueError, "Cannot disable {} events. Callback removed.", event.name())
}

/// As [`fire`] while an exception is set, which survives unless a callback raises.
pub(crate) fn fire_raised(code: &PyCode, unit: usize, event: Event) -> PyResult<()> {
    let Some(exception) = errors::take_opt() else { return Ok(()) };
    let object: &PyObject = &exception;
    fire(code, unit, event, &[object])?;
    let _ = errors::restore(exception);
    Ok(())
}
