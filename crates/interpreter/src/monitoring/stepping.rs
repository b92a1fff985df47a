//! What the traced form of the loop tells listeners, instruction by instruction.

#![expect(unsafe_code, reason = "looks at frames and the value stack")]

use super::events::{Event, Monitoring, fire, fire_raised, state};
use super::trace::{self, What};
use crate::eval::machine::Machine;
use crate::frames::{Frame, first_instruction};
use crate::generators::as_direct;
use taipan_bytecode::Opcode;
use taipan_objects::errors;
use taipan_objects::model::thread::{self, EvalBreaker, ThreadState};
use taipan_objects::model::trampoline::Sent;
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::exceptions::PyBaseException;
use taipan_objects::types::function::PyFunction;
use taipan_objects::types::method::PyMethod;

/// What is to be told once the instruction has run.
#[derive(Default)]
pub(crate) struct Pending {
    native: Option<NativeCall>,
    /// The place of a `FOR_ITER` whose outcome shows in where the frame goes on.
    for_iter: Option<(usize, *mut Frame)>,
}

struct NativeCall {
    frame: *mut Frame,
    unit: usize,
    callable: Obj,
    argument: Obj,
}

fn offset(unit: usize) -> Py<PyInt> {
    PyInt::from_i64(unit as i64 * 2)
}

/// Called before an instruction runs; `pc` stands behind its unit. What is raised is raised in its place. Whether a trace
/// function made the frame go on elsewhere.
pub(crate) fn before(m: &mut Machine, pending: &mut Pending, op: u8, arg: usize) -> PyResult<bool> {
    tell(m, pending, op, arg)?;
    // SAFETY: the frame runs; the registers were saved.
    unsafe {
        let jumped = !core::ptr::eq((*m.frame).instr, m.pc.sub(1));
        if jumped {
            m.pc = (*m.frame).instr;
            m.sp = (*m.frame).sp;
            *pending = Pending::default();
        }
        Ok(jumped)
    }
}

fn tell(m: &mut Machine, pending: &mut Pending, op: u8, arg: usize) -> PyResult<()> {
    let frame = m.frame;
    // SAFETY: the frame runs.
    let (code, previous) = unsafe { ((*frame).code(), (*frame).unit()) };
    let unit = m.unit();
    let monitoring = state();
    finish_native(m, pending)?;
    m.save();
    if trace::is_inside(m.thread) || (unit as i32) < code.raw._co_firsttraceable {
        return Ok(());
    }
    let kept = code.to_owned();
    let wanted = monitoring.wanted(&kept);
    let base = Opcode::from_u8(op).map_or(Opcode::NOP, Opcode::base);
    finish_branch(pending, frame, &kept, unit)?;
    if base == Opcode::RESUME {
        return resumed(m, &kept, unit, arg, wanted);
    }
    line_event(m, monitoring, &kept, unit, previous, wanted)?;
    opcode_event(m, &kept, unit, wanted)?;
    match base {
        Opcode::RETURN_VALUE => leave(m, &kept, unit, Event::PyReturn, wanted),
        Opcode::YIELD_VALUE => leave(m, &kept, unit, Event::PyYield, wanted),
        Opcode::CALL => called(m, pending, &kept, unit, arg + 2, arg, wanted),
        Opcode::CALL_KW => called(m, pending, &kept, unit, arg + 3, arg, wanted),
        Opcode::CALL_FUNCTION_EX => called_with(m, pending, &kept, unit, wanted),
        Opcode::LOAD_SUPER_ATTR => super_called(m, pending, &kept, unit, arg, wanted),
        Opcode::JUMP_FORWARD | Opcode::JUMP_BACKWARD => {
            let next = unit + 1 + base.caches();
            let target = if base == Opcode::JUMP_FORWARD { next + arg } else { next - arg };
            if wanted & Event::Jump.bit() != 0 {
                fire(&kept, unit, Event::Jump, &[&*offset(target)])?;
            }
            if target > unit { Ok(()) } else { trace_round(m, monitoring, &kept, unit, target) }
        }
        Opcode::POP_JUMP_IF_FALSE
        | Opcode::POP_JUMP_IF_TRUE
        | Opcode::POP_JUMP_IF_NONE
        | Opcode::POP_JUMP_IF_NOT_NONE => branch(m, &kept, unit, base, arg, wanted),
        Opcode::FOR_ITER => {
            pending.for_iter = Some((unit, frame));
            Ok(())
        }
        Opcode::END_FOR | Opcode::END_SEND => generator_returned(m, &kept, unit, wanted),
        Opcode::NOT_TAKEN => loop_goes_on(&kept, unit, wanted),
        Opcode::END_ASYNC_FOR => loop_ends(m, &kept, unit, arg, wanted),
        _ => Ok(()),
    }
}

fn resumed(m: &Machine, code: &PyCode, unit: usize, arg: usize, wanted: u32) -> PyResult<()> {
    let event = if arg & 3 == 0 { Event::PyStart } else { Event::PyResume };
    if wanted & event.bit() != 0 {
        fire(code, unit, event, &[])?;
    }
    if trace::has_profile(m.thread) {
        trace::profile(m.thread, m.frame, What::Call, none_ref())?;
    }
    if trace::has_trace(m.thread) {
        trace::trace(m.thread, m.frame, What::Call, none_ref())?;
    }
    Ok(())
}

/// Whether the frame is traced: it has a trace function of its own, or the thread's is native and sees every frame.
fn is_traced(frame: *mut Frame) -> bool {
    // SAFETY: the frame is alive.
    trace::is_native(thread::current())
        || unsafe { (*frame).object.as_ref().is_some_and(|object| !object.trace.is_empty()) }
}

fn line_event(
    m: &Machine,
    monitoring: &Monitoring,
    code: &PyCode,
    unit: usize,
    previous: usize,
    wanted: u32,
) -> PyResult<()> {
    let traced = trace::has_trace(m.thread) && is_traced(m.frame);
    if wanted & Event::Line.bit() == 0 && !traced {
        return Ok(());
    }
    let lines = monitoring.lines_of(code);
    let line = lines.at(unit);
    if line < 0 || !lines.is_start(unit) {
        return Ok(());
    }
    // A frame that is entered, also by an exception, begins a line.
    let entered = matches!(opcode_at(code, previous), Opcode::RESUME | Opcode::YIELD_VALUE);
    if !entered && lines.at(previous) == line {
        return Ok(());
    }
    if wanted & Event::Line.bit() != 0 {
        let number = PyInt::from_i64(line.into());
        let number: &PyObject = &number;
        fire(code, unit, Event::Line, &[number])?;
    }
    if traced { trace_line(m, line) } else { Ok(()) }
}

fn trace_line(m: &Machine, line: i32) -> PyResult<()> {
    // SAFETY: the frame runs.
    let object = unsafe { (*m.frame).frame_object().to_owned() };
    if object.trace_lines.get() {
        object.lineno.set(line);
        trace::trace(m.thread, m.frame, What::Line, none_ref())?;
    }
    Ok(())
}

/// Trace functions hear of each round of a loop that lies in one line.
fn trace_round(
    m: &Machine,
    monitoring: &Monitoring,
    code: &PyCode,
    unit: usize,
    target: usize,
) -> PyResult<()> {
    if !(trace::has_trace(m.thread) && is_traced(m.frame)) {
        return Ok(());
    }
    let lines = monitoring.lines_of(code);
    let line = lines.at(target);
    if line >= 0 && line == lines.at(unit) { trace_line(m, line) } else { Ok(()) }
}

fn opcode_event(m: &Machine, code: &PyCode, unit: usize, wanted: u32) -> PyResult<()> {
    if wanted & Event::Instruction.bit() != 0 {
        fire(code, unit, Event::Instruction, &[])?;
    }
    if trace::has_trace(m.thread) && is_traced(m.frame) {
        // SAFETY: the frame runs.
        let object = unsafe { (*m.frame).frame_object().to_owned() };
        if object.trace_opcodes.get() {
            trace::trace(m.thread, m.frame, What::Opcode, none_ref())?;
        }
    }
    Ok(())
}

fn leave(m: &Machine, code: &PyCode, unit: usize, event: Event, wanted: u32) -> PyResult<()> {
    let value = m.obj(1).owned();
    if wanted & event.bit() != 0 {
        fire(code, unit, event, &[&value])?;
    }
    if trace::has_profile(m.thread) {
        trace::profile(m.thread, m.frame, What::Return, &value)?;
    }
    if trace::has_trace(m.thread) {
        trace::trace(m.thread, m.frame, What::Return, &value)?;
    }
    Ok(())
}

fn called(
    m: &Machine,
    pending: &mut Pending,
    code: &PyCode,
    unit: usize,
    depth: usize,
    count: usize,
    wanted: u32,
) -> PyResult<()> {
    if wanted & Event::Call.bit() == 0 && !trace::has_profile(m.thread) {
        return Ok(());
    }
    let callable = m.obj(depth).owned();
    let receiver = m.peek(depth - 1);
    let argument = if !receiver.is_null() {
        Some(m.obj(depth - 1).owned())
    } else if count > 0 {
        Some(m.obj(depth - 2).owned())
    } else {
        None
    };
    tell_call(m, pending, code, unit, callable, argument, wanted)
}

/// `callable(*args, **kwargs)`.
fn called_with(m: &Machine, pending: &mut Pending, code: &PyCode, unit: usize, wanted: u32) -> PyResult<()> {
    if wanted & Event::Call.bit() == 0 && !trace::has_profile(m.thread) {
        return Ok(());
    }
    let arguments = m.obj(2);
    let first = match (arguments.downcast_exact::<PyTuple>(), arguments.downcast_exact::<PyList>()) {
        (Some(tuple), _) => tuple.as_slice().first().map(|item| item.owned()),
        (_, Some(list)) => list.get(0),
        _ => None,
    };
    tell_call(m, pending, code, unit, m.obj(4).owned(), first, wanted)
}

/// `super` in an instruction that makes no object of it.
fn super_called(
    m: &Machine,
    pending: &mut Pending,
    code: &PyCode,
    unit: usize,
    arg: usize,
    wanted: u32,
) -> PyResult<()> {
    if wanted & Event::Call.bit() == 0 {
        return Ok(());
    }
    let class = (arg & 2 != 0).then(|| m.obj(2).owned());
    tell_call(m, pending, code, unit, m.obj(3).owned(), class, wanted)
}

fn tell_call(
    m: &Machine,
    pending: &mut Pending,
    code: &PyCode,
    unit: usize,
    mut callable: Obj,
    mut argument: Option<Obj>,
    wanted: u32,
) -> PyResult<()> {
    let method = callable.downcast_exact::<PyMethod>().map(|m| (m.function.clone(), m.receiver.clone()));
    if let Some((function, receiver)) = method {
        callable = function;
        argument = Some(receiver);
    }
    let argument = match argument {
        Some(argument) => argument,
        None => state().sentinels()?.1,
    };
    if wanted & Event::Call.bit() != 0 {
        fire(code, unit, Event::Call, &[&callable, &argument])?;
    }
    if callable.downcast_exact::<PyFunction>().is_some() {
        return Ok(());
    }
    if trace::has_profile(m.thread) && is_native(&callable) {
        trace::profile(m.thread, m.frame, What::CCall, &callable)?;
    }
    pending.native = Some(NativeCall { frame: m.frame, unit, callable, argument });
    Ok(())
}

/// Whether profile functions are told of calls of it.
fn is_native(callable: &PyObject) -> bool {
    use taipan_objects::types::builtin::PyBuiltin;
    use taipan_objects::types::descriptors::PyMethodDescr;
    callable.downcast::<PyBuiltin>().is_some() || callable.downcast_exact::<PyMethodDescr>().is_some()
}

/// The native call before returned.
fn finish_native(m: &Machine, pending: &mut Pending) -> PyResult<()> {
    let Some(native) = pending.native.take() else { return Ok(()) };
    if !core::ptr::eq(native.frame, m.frame) || trace::is_inside(m.thread) {
        return Ok(());
    }
    tell_native(m, &native, Event::CReturn, What::CReturn)
}

fn tell_native(m: &Machine, native: &NativeCall, event: Event, what: What) -> PyResult<()> {
    let code = m.code().to_owned();
    if state().wanted(&code) & Event::Call.bit() != 0 {
        fire(&code, native.unit, event, &[&native.callable, &native.argument])?;
    }
    if trace::has_profile(m.thread) && is_native(&native.callable) {
        trace::profile(m.thread, m.frame, what, &native.callable)?;
    }
    Ok(())
}

fn fire_branch(code: &PyCode, unit: usize, right: bool, target: usize) -> PyResult<()> {
    let target = offset(target);
    let target: &PyObject = &target;
    fire(code, unit, if right { Event::BranchRight } else { Event::BranchLeft }, &[target])
}

const BRANCHES: u32 = Event::BranchLeft.bit() | Event::BranchRight.bit();

fn branch(m: &Machine, code: &PyCode, unit: usize, op: Opcode, arg: usize, wanted: u32) -> PyResult<()> {
    if wanted & BRANCHES == 0 {
        return Ok(());
    }
    let value = m.peek(1);
    let taken = match op {
        Opcode::POP_JUMP_IF_FALSE => !value.is_true(),
        Opcode::POP_JUMP_IF_TRUE => value.is_true(),
        Opcode::POP_JUMP_IF_NONE => value.is_none(),
        _ => !value.is_none(),
    };
    // Behind the cache; where the jump is not taken a `NOT_TAKEN` follows.
    let next = unit + 2;
    fire_branch(code, unit, taken, if taken { next + arg } else { next + 1 })
}

/// A `FOR_ITER` ran before: it went into the loop or to its end.
fn finish_branch(pending: &mut Pending, frame: *mut Frame, code: &PyCode, unit: usize) -> PyResult<()> {
    let Some((place, of)) = pending.for_iter else { return Ok(()) };
    if !core::ptr::eq(of, frame) {
        return Ok(());
    }
    pending.for_iter = None;
    if state().wanted(code) & BRANCHES == 0 {
        return Ok(());
    }
    let next = place + 2;
    if unit == next {
        return fire_branch(code, place, false, next);
    }
    // At the end stand `END_FOR` and `POP_ITER`; the loop is left behind them.
    // SAFETY: the instruction is in the code.
    let at_end_for = unsafe { *first_instruction(code).add(unit) as u8 == Opcode::END_FOR as u8 };
    fire_branch(code, place, true, unit + if at_end_for { 2 } else { 1 })
}

/// A generator ran to its end in the loop: what it returned lies on it.
fn generator_returned(m: &Machine, code: &PyCode, unit: usize, wanted: u32) -> PyResult<()> {
    let traced = trace::has_trace(m.thread) && is_traced(m.frame);
    if wanted & Event::StopIteration.bit() == 0 && !traced {
        return Ok(());
    }
    let is_generator = m.peek(2).object_opt().is_some_and(|receiver| as_direct(receiver).is_some());
    if !is_generator {
        return Ok(());
    }
    let value = m.obj(1);
    let arguments: &[&PyObject] = if value.is_none() { &[] } else { &[value] };
    let exception = call::call(Exc::StopIteration.type_object(), arguments)?;
    if wanted & Event::StopIteration.bit() != 0 {
        fire(code, unit, Event::StopIteration, &[&exception])?;
    }
    if traced {
        let triple = PyTuple::from_slice(&[exception.class(), &exception, none_ref()]);
        trace::trace(m.thread, m.frame, What::Exception, &triple)?;
    }
    Ok(())
}

/// The instruction of an earlier unit.
fn opcode_at(code: &PyCode, unit: usize) -> Opcode {
    // SAFETY: the unit is in the code.
    let unit = unsafe { *first_instruction(code).add(unit) };
    Opcode::from_u8(unit as u8).map_or(Opcode::NOP, Opcode::base)
}

/// An `async for` has its next item. (Branches of other kinds are told of before they are taken.)
fn loop_goes_on(code: &PyCode, unit: usize, wanted: u32) -> PyResult<()> {
    if wanted & BRANCHES == 0 || unit == 0 || opcode_at(code, unit - 1) != Opcode::END_SEND {
        return Ok(());
    }
    fire_branch(code, unit - 1, false, unit + 1)
}

/// An `async for` is at its end, or something was raised in it.
fn loop_ends(m: &Machine, code: &PyCode, unit: usize, arg: usize, wanted: u32) -> PyResult<()> {
    let ends = m.obj(1).class().is_subtype_of(Exc::StopAsyncIteration.type_object());
    match (unit + 1).checked_sub(arg) {
        Some(place) if ends && wanted & BRANCHES != 0 => fire_branch(code, place, true, unit + 1),
        _ => Ok(()),
    }
}

/// An iterator raised: a `StopIteration` goes no further, but listeners hear of it.
#[cold]
pub(crate) fn stopped(m: &Machine, raised: Raised) -> PyResult<()> {
    if !errors::matches(&raised, Exc::StopIteration) {
        return Err(raised);
    }
    told_stop(m, raised).map(drop)
}

/// Tells of a `StopIteration` that goes no further.
fn told_stop(m: &Machine, raised: Raised) -> PyResult<Py<PyBaseException>> {
    let exception = errors::take(raised);
    let traced = m.thread.eval_breaker.get() & EvalBreaker::TRACING != 0;
    if !traced || trace::is_inside(m.thread) {
        return Ok(exception);
    }
    let code = m.code().to_owned();
    if state().wanted(&code) & Event::Raise.bit() != 0 {
        fire(&code, m.unit(), Event::Raise, &[&exception])?;
    }
    if trace::has_trace(m.thread) && is_traced(m.frame) {
        let raised = errors::restore(exception.clone());
        trace_exception(m.thread, m.frame)?;
        drop(errors::take(raised));
    }
    Ok(exception)
}

/// `iter::send` that tells of a `StopIteration` raised in it.
pub(crate) fn send(m: &Machine, receiver: &PyObject, value: &PyObject) -> PyResult<Sent> {
    let sent = if value.is_none() && iter::is_iterator(receiver) {
        iter::next_or_stop(receiver)
    } else {
        call::method(receiver, intern!("send"), &[value]).map(Some)
    };
    match sent {
        Ok(Some(next)) => Ok(Sent::Next(next)),
        Ok(None) => Ok(Sent::Return(none())),
        Err(raised) if errors::matches(&raised, Exc::StopIteration) => {
            let exception = told_stop(m, raised)?;
            Ok(Sent::Return(object::get_attr(&exception, intern!("value"))?))
        }
        Err(raised) => Err(raised),
    }
}

/// An exception is raised, or goes on, in the running frame.
pub(crate) fn raised(m: &Machine, pending: &mut Pending, again: bool) -> PyResult<()> {
    let native = pending.native.take();
    pending.for_iter = None;
    if trace::is_inside(m.thread) {
        return Ok(());
    }
    let code = m.code().to_owned();
    let unit = m.unit();
    if let Some(native) = native
        && core::ptr::eq(native.frame, m.frame)
    {
        trace::with_exception_kept(|| tell_native(m, &native, Event::CRaise, What::CException))?;
    }
    let event = if again { Event::Reraise } else { Event::Raise };
    if state().wanted(&code) & event.bit() != 0 {
        fire_raised(&code, unit, event)?;
    }
    if !again && trace::has_trace(m.thread) && is_traced(m.frame) {
        trace_exception(m.thread, m.frame)?;
    }
    Ok(())
}

fn trace_exception(thread: &ThreadState, frame: *mut Frame) -> PyResult<()> {
    let Some(exception) = errors::current_exception() else { return Ok(()) };
    let object: &PyBaseException = &exception;
    let traceback = object.traceback.get().unwrap_or_else(none);
    let triple = PyTuple::from_slice(&[exception.class(), object, &traceback]);
    trace::with_exception_kept(|| trace::trace(thread, frame, What::Exception, &triple))
}

/// The exception is handled at `target` of the running frame.
pub(crate) fn handled(m: &Machine, target: usize, exception: &PyObject) -> PyResult<()> {
    let code = m.code().to_owned();
    if state().wanted(&code) & Event::ExceptionHandled.bit() != 0 {
        fire(&code, target, Event::ExceptionHandled, &[exception])?;
    }
    Ok(())
}

/// The exception leaves the running frame.
pub(crate) fn unwound(m: &Machine) -> PyResult<()> {
    if trace::is_inside(m.thread) {
        return Ok(());
    }
    let code = m.code().to_owned();
    if state().wanted(&code) & Event::PyUnwind.bit() != 0 {
        fire_raised(&code, m.unit(), Event::PyUnwind)?;
    }
    trace::with_exception_kept(|| {
        if trace::has_profile(m.thread) {
            trace::profile(m.thread, m.frame, What::Unwind, none_ref())?;
        }
        if trace::has_trace(m.thread) {
            trace::trace(m.thread, m.frame, What::Unwind, none_ref())?;
        }
        Ok(())
    })
}

/// An exception is thrown into a generator's frame.
pub(crate) fn thrown(m: &Machine) -> PyResult<()> {
    let code = m.code().to_owned();
    if state().wanted(&code) & Event::PyThrow.bit() != 0 {
        fire_raised(&code, m.unit(), Event::PyThrow)?;
    }
    trace::with_exception_kept(|| {
        if trace::has_profile(m.thread) {
            trace::profile(m.thread, m.frame, What::Call, none_ref())?;
        }
        if trace::has_trace(m.thread) {
            trace::trace(m.thread, m.frame, What::Call, none_ref())?;
        }
        Ok(())
    })
}
