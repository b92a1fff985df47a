//! The module `sys.monitoring`.

use super::events::{EVENTS, Event, Local, TOOLS, code_key, state, update};
use taipan_macros::pymodule;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::namespace::PyNamespace;

/// Events that come with `CALL` and cannot be asked for alone.
const WITH_CALL: u32 = Event::CReturn.bit() | Event::CRaise.bit();
const BOTH_BRANCHES: u32 = Event::BranchLeft.bit() | Event::BranchRight.bit();
const ALL: u32 = (1 << EVENTS.len()) - 1;
/// Events that belong to places in the code.
const LOCAL: u32 = (1 << Event::Raise as u8) - 1;

fn check_tool(tool: i32) -> PyResult<usize> {
    match usize::try_from(tool) {
        Ok(tool) if tool < TOOLS => Ok(tool),
        _ => Err(raised!(ValueError, "invalid tool {tool} (must be between 0 and 5)")),
    }
}

fn check_in_use(tool: i32) -> PyResult<usize> {
    let index = check_tool(tool)?;
    if state().names.borrow()[index].is_none() {
        return Err(raised!(ValueError, "tool {tool} is not in use"));
    }
    Ok(index)
}

fn check_code(code: &PyObject) -> PyResult<&PyCode> {
    code.downcast::<PyCode>().ok_or_else(|| raised!(TypeError, "code must be a code object"))
}

/// A set of events in its inner form: a branch is either way, events that come with others are not kept.
fn check_events(events: i32, local: bool) -> PyResult<u32> {
    let mut events = events as u32;
    let kind = if local { "local event" } else { "event" };
    if events & !ALL != 0 {
        return Err(raised!(ValueError, "invalid {kind} set 0x{events:x}"));
    }
    if events & WITH_CALL != 0 && events & (WITH_CALL | Event::Call.bit()) != WITH_CALL | Event::Call.bit() {
        return Err(raised!(ValueError, "cannot set C_RETURN or C_RAISE events independently"));
    }
    events &= !WITH_CALL;
    if events & Event::Branch.bit() != 0 {
        events = events & !Event::Branch.bit() | BOTH_BRANCHES;
    }
    if local && events & !LOCAL != 0 {
        return Err(raised!(ValueError, "invalid local event set 0x{events:x}"));
    }
    Ok(events)
}

/// Inner sets have the legacy event with both ways of a branch, so that its callback is called.
fn inner(events: u32) -> u32 {
    let branch = if events & BOTH_BRANCHES != 0 { Event::Branch.bit() } else { 0 };
    let call = if events & Event::Call.bit() != 0 { WITH_CALL } else { 0 };
    events | branch | call
}

fn outer(events: u32) -> u32 {
    events & !(Event::Branch.bit() | WITH_CALL)
}

fn clear(tool: usize) {
    let monitoring = state();
    let mut global = monitoring.global.get();
    global[tool] = 0;
    monitoring.global.set(global);
    let removed: Vec<Obj> = {
        let mut callbacks = monitoring.callbacks.borrow_mut();
        let keys: Vec<_> = callbacks.keys().copied().filter(|key| key.0 as usize == tool).collect();
        keys.iter().filter_map(|key| callbacks.remove(key)).collect()
    };
    for local in monitoring.local.borrow_mut().values_mut() {
        local.events[tool] = 0;
    }
    drop(removed);
    update(thread::current());
}

/// A new module object.
pub fn make_module() -> PyResult<Py<PyModule>> {
    PyModule::from_spec(&monitoring::MODULE).and_then(|module| {
        fill(&module)?;
        Ok(module)
    })
}

fn fill(module: &PyModule) -> PyResult<()> {
    for (name, value) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
        module.add_int(name, value)?;
    }
    let (disable, missing) = state().sentinels()?;
    module.add("DISABLE", &disable)?;
    module.add("MISSING", &missing)?;
    let events = PyDict::new();
    for (name, event) in EVENTS {
        events.set_item(&PyStr::new(name), &PyInt::from_i64(event.bit().into()))?;
    }
    events.set_item(&PyStr::new("NO_EVENTS"), &PyInt::from_i64(0))?;
    module.add("events", &*PyNamespace::new(Some(&events))?)
}

#[pymodule(name = "sys.monitoring")]
pub mod monitoring {
    use super::*;

    #[pyfunction(signature = "(tool_id, name, /)")]
    fn use_tool_id(tool_id: i32, name: &PyObject) -> PyResult<()> {
        let tool = check_tool(tool_id)?;
        if name.downcast::<PyStr>().is_none() {
            return Err(raised!(ValueError, "tool name must be a str"));
        }
        let mut names = state().names.borrow_mut();
        if names[tool].is_some() {
            return Err(raised!(ValueError, "tool {tool_id} is already in use"));
        }
        names[tool] = Some(name.owned());
        Ok(())
    }

    #[pyfunction(signature = "(tool_id, /)")]
    fn clear_tool_id(tool_id: i32) -> PyResult<()> {
        let tool = check_tool(tool_id)?;
        if state().names.borrow()[tool].is_some() {
            clear(tool);
        }
        Ok(())
    }

    #[pyfunction(signature = "(tool_id, /)")]
    fn free_tool_id(tool_id: i32) -> PyResult<()> {
        let tool = check_tool(tool_id)?;
        if state().names.borrow()[tool].is_some() {
            clear(tool);
        }
        let name = state().names.borrow_mut()[tool].take();
        drop(name);
        Ok(())
    }

    #[pyfunction(signature = "(tool_id, /)")]
    fn get_tool(tool_id: i32) -> PyResult<Option<Obj>> {
        let tool = check_tool(tool_id)?;
        Ok(state().names.borrow()[tool].clone())
    }

    #[pyfunction(signature = "(tool_id, event, func, /)")]
    fn register_callback(tool_id: i32, event: i32, func: &PyObject) -> PyResult<Option<Obj>> {
        let tool = check_tool(tool_id)?;
        if event <= 0 || event.count_ones() != 1 {
            return Err(raised!(ValueError, "The callback can only be set for one event at a time"));
        }
        let number = event.trailing_zeros() as usize;
        if number >= EVENTS.len() {
            return Err(raised!(ValueError, "invalid event {event}"));
        }
        taipan_objects::system::audit(c"sys.monitoring.register_callback", &[func])?;
        let key = (tool as u8, number as u8);
        let mut callbacks = state().callbacks.borrow_mut();
        // Given up when the table is not borrowed any more.
        let mut replaced = Vec::new();
        let mut set =
            |key| if func.is_none() { callbacks.remove(&key) } else { callbacks.insert(key, func.owned()) };
        if number == Event::Branch as usize {
            // The older event is either way of a branch.
            for way in [Event::BranchLeft, Event::BranchRight] {
                replaced.push(set((tool as u8, way as u8)));
            }
        }
        let before = set(key);
        drop(callbacks);
        drop(replaced);
        Ok(before)
    }

    #[pyfunction(signature = "(tool_id, /)")]
    fn get_events(tool_id: i32) -> PyResult<u32> {
        let tool = check_tool(tool_id)?;
        Ok(outer(state().global.get()[tool]))
    }

    #[pyfunction(signature = "(tool_id, event_set, /)")]
    fn set_events(tool_id: i32, event_set: i32) -> PyResult<()> {
        check_tool(tool_id)?;
        let events = check_events(event_set, false)?;
        let tool = check_in_use(tool_id)?;
        let mut global = state().global.get();
        global[tool] = inner(events);
        state().global.set(global);
        update(thread::current());
        Ok(())
    }

    #[pyfunction(signature = "(tool_id, code, /)")]
    fn get_local_events(tool_id: i32, code: &PyObject) -> PyResult<u32> {
        let code = check_code(code)?;
        let tool = check_tool(tool_id)?;
        Ok(state().local.borrow().get(&code_key(code)).map_or(0, |local| outer(local.events[tool])))
    }

    #[pyfunction(signature = "(tool_id, code, event_set, /)")]
    fn set_local_events(tool_id: i32, code: &PyObject, event_set: i32) -> PyResult<()> {
        let code = check_code(code)?;
        check_tool(tool_id)?;
        let events = check_events(event_set, true)?;
        let tool = check_in_use(tool_id)?;
        state()
            .local
            .borrow_mut()
            .entry(code_key(code))
            .or_insert_with(|| Local { code: code.owned(), events: [0; TOOLS] })
            .events[tool] = inner(events);
        update(thread::current());
        Ok(())
    }

    #[pyfunction(signature = "()")]
    fn restart_events() -> PyResult<()> {
        state().disabled.borrow_mut().clear();
        state().version.set(state().version.get() + 1);
        Ok(())
    }

    #[pyfunction(signature = "()")]
    fn _all_events() -> PyResult<Py<PyDict>> {
        let result = PyDict::new();
        let global = state().global.get();
        for (name, event) in EVENTS {
            let mask = (0..TOOLS).fold(0, |mask, tool| {
                if outer(global[tool]) & event.bit() != 0 { mask | 1 << tool } else { mask }
            });
            if mask != 0 {
                result.set_item(&PyStr::new(name), &PyInt::from_i64(mask))?;
            }
        }
        Ok(result)
    }
}
