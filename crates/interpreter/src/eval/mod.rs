//! The evaluation loop.
//!
//! [`run`] executes a frame and everything it calls: a call of a Python function pushes a frame and goes on in the same
//! loop. One `match` on the instruction; what each instruction means is a function in its family's file, inlined here.
//! Functions that take the [`Machine`] by reference must be inlined; larger ones run on a copy (`Machine::outline`).

#![expect(unsafe_code, reason = "reads instructions through a pointer")]

pub(crate) mod arithmetic;
mod attributes;
mod building;
pub(crate) mod calls;
pub(crate) mod common;
mod containers;
mod exceptions;
mod formatting;
pub(crate) mod generators;
mod imports;
mod intrinsics;
mod iteration;
pub(crate) mod jumps;
mod loads;
pub(crate) mod machine;
mod names;
pub(crate) mod opcodes;
mod patterns;
mod returns;
mod unwind;

pub(crate) use generators::awaitable_iterator;

use crate::frames::{Frame, current, set_current};
use crate::monitoring::stepping::{self, Pending};
use crate::specialise::arithmetic::{compare_float, contains_dict, contains_set};
use crate::specialise::attributes::{
    instance_value, method_lazy_dict, method_no_dict, method_with_values, nondescriptor,
    store_instance_value, store_with_hint, with_hint,
};
use crate::specialise::containers::{getitem, list_slice, store_dict, unpack_list};
use crate::specialise::{self, keyword_calls, overrides};
use crate::value::Value;
use exceptions::Fault;
use machine::Machine;
use opcodes::*;
use taipan_bytecode::opcode::{NB_ADD, NB_MULTIPLY, NB_SUBTRACT};
use taipan_objects::model::Raised;
use taipan_objects::model::thread::{EvalBreaker, ThreadState};
use taipan_objects::prelude::*;

/// Runs a frame to its end, or to the next value it yields. The frame is consumed or suspended.
pub(crate) fn run(thread: &'static ThreadState, frame: *mut Frame) -> PyResult<Value> {
    drive(enter(thread, frame), false)
}

/// As [`run`], with the exception that is set raised where the frame stopped.
pub(crate) fn run_raising(thread: &'static ThreadState, frame: *mut Frame) -> PyResult<Value> {
    drive(enter(thread, frame), true)
}

fn enter(thread: &'static ThreadState, frame: *mut Frame) -> Machine {
    // SAFETY: the frame is alive and not running.
    unsafe {
        (*frame).is_entry = true;
        (*frame).previous = current(thread);
        set_current(thread, frame);
        // A fresh frame starts at its first instruction, a suspended one behind that where it stopped.
        let pc = match (*frame).owner {
            crate::frames::Owner::Generator => (*frame).instr.add(1),
            _ => (*frame).instr,
        };
        Machine { pc, sp: (*frame).sp, frame, thread, waiting: pc }
    }
}

/// How the loop was left.
enum Exit {
    Done(PyResult<Value>),
    /// The other form of the loop is due.
    Switch(Machine, Pending),
}

/// Runs in the form that is due, until the frame by which the loop was entered is left.
fn drive(mut m: Machine, mut raising: bool) -> PyResult<Value> {
    let mut pending = Pending::default();
    loop {
        let exit = if m.thread.eval_breaker.get() & EvalBreaker::TRACING != 0 {
            evaluate::<true>(m.pc, m.sp, m.frame, m.thread, raising, pending)
        } else {
            evaluate::<false>(m.pc, m.sp, m.frame, m.thread, raising, pending)
        };
        match exit {
            Exit::Done(result) => return result,
            Exit::Switch(machine, told) => (m, pending) = (machine, told),
        }
        raising = false;
    }
}

#[expect(clippy::too_many_lines, reason = "the loop")]
fn evaluate<const TRACED: bool>(
    pc: *mut u16,
    sp: *mut Value,
    frame: *mut Frame,
    thread: &'static ThreadState,
    raising: bool,
    mut pending: Pending,
) -> Exit {
    // The registers come one by one: a machine as a whole would be passed by pointer, and would stay in its caller's memory.
    let mut m = Machine { pc, sp, frame, thread, waiting: pc };
    if raising {
        if TRACED && m.outline(|m| stepping::thrown(m)).is_err() {
            // The callback's exception takes the place of the one that was thrown.
        }
        let tracer = TRACED.then_some(&mut pending);
        if m.outline(|m| unwind::unwind(m, Fault::Raised, tracer)).is_err() {
            return Exit::Done(Err(Raised::claim()));
        }
    }
    'next: loop {
        if TRACED && m.thread.eval_breaker.get() & EvalBreaker::TRACING == 0 {
            return Exit::Switch(m, pending);
        }
        // SAFETY: `pc` stands in the code of the running frame; code ends with an instruction that leaves it.
        let unit = unsafe { *m.pc };
        m.skip(1);
        let mut op = unit as u8;
        let mut arg = usize::from(unit >> 8);
        while op == EXTENDED_ARG {
            // SAFETY: another unit follows.
            let unit = unsafe { *m.pc };
            m.skip(1);
            op = unit as u8;
            arg = arg << 8 | usize::from(unit >> 8);
        }
        let mut told = false;
        let fault = 'again: loop {
            /// Goes on with the next instruction.
            macro_rules! next {
                ($body:expr) => {{
                    $body;
                    continue 'next;
                }};
            }

            /// Goes on, or raises.
            macro_rules! attempt {
                ($body:expr) => {
                    match $body {
                        Ok(()) => continue 'next,
                        Err(_) => Fault::Raised,
                    }
                };
            }

            /// Does something more with what came of it, then goes on. (Not `Result::map`: the registers would have to be in
            /// memory for a closure that is not inlined.)
            macro_rules! attempt_then {
                ($attempt:expr, $result:pat => $body:expr) => {
                    match $attempt {
                        Ok($result) => {
                            $body;
                            continue 'next;
                        }
                        Err(_) => Fault::Raised,
                    }
                };
            }

            /// As `attempt`, for what may also pass an exception on.
            macro_rules! attempt_fault {
                ($body:expr) => {
                    match $body {
                        Ok(()) => continue 'next,
                        Err(fault) => fault,
                    }
                };
            }

            /// Replaces so many operands by the object or value that the expression gives.
            macro_rules! result {
                ($m:ident, $operands:expr, $body:expr) => {{
                    $m.save();
                    match $body {
                        Ok(result) => {
                            $m.replace($operands, result);
                            continue 'next;
                        }
                        Err(_) => Fault::Raised,
                    }
                }};
            }

            macro_rules! object_result {
                ($m:ident, $operands:expr, $body:expr) => {
                    result!($m, $operands, $body.map(Value::owned))
                };
            }

            /// Looks for a form of the general instruction where its counter has run out.
            macro_rules! adapt {
                ($m:ident, $op:ident, $arg:expr, $general:ident, $decide:path) => {
                    if $op == $general {
                        let counter = $m.cache(0);
                        if counter == 0 {
                            $m.set_cache(0, specialise::RAN_ONCE);
                        } else if specialise::is_due(counter) {
                            $m.outline(|m| $decide(m, $arg));
                            if $m.opcode() != $general {
                                $op = $m.opcode();
                                continue 'again;
                            }
                        } else {
                            $m.set_cache(0, specialise::advanced(counter));
                        }
                    }
                };
            }

            /// A form that cannot raise: where its guards fail, the general instruction runs.
            macro_rules! form {
                ($op:ident, $general:ident, $body:expr) => {{
                    if $body {
                        continue 'next;
                    }
                    $op = $general;
                    continue 'again;
                }};
            }

            /// A form that can raise.
            macro_rules! form_attempt {
                ($op:ident, $general:ident, $body:expr) => {
                    match $body {
                        Some(Ok(())) => continue 'next,
                        Some(Err(_)) => Fault::Raised,
                        None => {
                            $op = $general;
                            continue 'again;
                        }
                    }
                };
            }

            /// The argument, kept from the view of the optimiser, which would otherwise work out what every instruction
            /// makes of its argument (addresses, comparisons) ahead of the dispatch, for all of them each time.
            macro_rules! arg {
                () => {
                    common::opaque(arg)
                };
            }

            if TRACED && !told && op != RESERVED {
                // Once for each execution, whatever forms of the instruction are tried.
                told = true;
                match m.outline(|m| stepping::before(m, &mut pending, op, arg)) {
                    Ok(false) => {}
                    Ok(true) => continue 'next,
                    Err(_) => break Fault::Raised,
                }
            }
            break match op {
                NOP | NOT_TAKEN | INSTRUMENTED_NOT_TAKEN | CACHE => continue 'next,
                RESUME | RESUME_CHECK | INSTRUMENTED_RESUME => {
                    m.rewrite_from(op, RESUME, RESUME_CHECK);
                    if arg!() & 3 < 2 {
                        attempt!(jumps::check_breaker(&mut m))
                    } else {
                        continue 'next;
                    }
                }

                LOAD_FAST => next!(loads::load_fast(&mut m, arg!())),
                LOAD_FAST_BORROW => next!(loads::load_fast_borrow(&mut m, arg!())),
                LOAD_FAST_LOAD_FAST => next!(loads::load_fast_load_fast(&mut m, arg!())),
                LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                    next!(loads::load_fast_borrow_load_fast_borrow(&mut m, arg!()))
                }
                LOAD_FAST_CHECK => attempt!(loads::load_fast_check(&mut m, arg!())),
                LOAD_FAST_AND_CLEAR => next!(loads::load_fast_and_clear(&mut m, arg!())),
                LOAD_CONST => next!(loads::load_const_first(&mut m, arg!())),
                LOAD_CONST_IMMORTAL | LOAD_CONST_MORTAL => next!(loads::load_const(&mut m, arg!())),
                LOAD_SMALL_INT => next!(loads::load_small_int(&mut m, arg!())),
                LOAD_COMMON_CONSTANT => attempt!(loads::load_common_constant(&mut m, arg!())),
                STORE_FAST => next!(loads::store_fast(&mut m, arg!())),
                STORE_FAST_LOAD_FAST => next!(loads::store_fast_load_fast(&mut m, arg!())),
                STORE_FAST_STORE_FAST => next!(loads::store_fast_store_fast(&mut m, arg!())),
                DELETE_FAST => attempt!(loads::delete_fast(&mut m, arg!())),
                MAKE_CELL => next!(loads::make_cell(&mut m, arg!())),
                COPY_FREE_VARS => next!(loads::copy_free_vars(&mut m, arg!())),
                LOAD_DEREF => attempt!(loads::load_deref(&mut m, arg!())),
                STORE_DEREF => next!(loads::store_deref(&mut m, arg!())),
                DELETE_DEREF => attempt!(loads::delete_deref(&mut m, arg!())),
                LOAD_FROM_DICT_OR_DEREF => {
                    result!(m, 1, loads::load_from_dict_or_deref(m.frame, m.obj(1), m.local(arg!()), arg!()))
                }
                POP_TOP | END_FOR | POP_ITER | INSTRUMENTED_END_FOR | INSTRUMENTED_POP_ITER => {
                    next!(loads::pop_top(&mut m))
                }
                PUSH_NULL => next!(m.push(Value::NULL)),
                COPY => next!(loads::copy(&mut m, arg!())),
                SWAP => next!(loads::swap(&mut m, arg!())),
                END_SEND | INSTRUMENTED_END_SEND => next!(loads::end_send(&mut m)),

                LOAD_GLOBAL => {
                    adapt!(m, op, arg!(), LOAD_GLOBAL, specialise::globals::specialise);
                    attempt_then!(names::load_global(&mut m, arg!()), () => m.skip(4))
                }
                LOAD_GLOBAL_MODULE => form!(op, LOAD_GLOBAL, specialise::globals::module(&mut m, arg!())),
                LOAD_GLOBAL_BUILTIN => form!(op, LOAD_GLOBAL, specialise::globals::builtin(&mut m, arg!())),
                LOAD_NAME => result!(m, 0, names::load_name(m.frame, m.name(arg!()))),
                LOAD_LOCALS => result!(m, 0, names::load_locals(m.frame)),
                LOAD_BUILD_CLASS => result!(m, 0, loads::load_build_class(m.frame)),
                LOAD_FROM_DICT_OR_GLOBALS => {
                    result!(m, 1, names::load_from(m.frame, m.obj(1), m.name(arg!())))
                }
                STORE_NAME => {
                    m.save();
                    attempt_then!(names::store_name(m.frame, m.name(arg!()), m.obj(1)), () => m.pop_close(1))
                }
                STORE_GLOBAL => {
                    m.save();
                    attempt_then!(names::store_global(m.frame, m.name(arg!()), m.obj(1)), () => m.pop_close(1))
                }
                DELETE_NAME => {
                    m.save();
                    attempt!(names::delete_name(m.frame, m.name(arg!())))
                }
                DELETE_GLOBAL => {
                    m.save();
                    attempt!(names::delete_global(m.frame, m.name(arg!())))
                }
                SETUP_ANNOTATIONS => {
                    m.save();
                    attempt!(names::setup_annotations(m.frame))
                }

                LOAD_ATTR => {
                    adapt!(m, op, arg!(), LOAD_ATTR, specialise::attributes::specialise_load);
                    attempt!(attributes::load_attr(&mut m, arg!()))
                }
                LOAD_ATTR_INSTANCE_VALUE => form!(op, LOAD_ATTR, instance_value(&mut m, arg!())),
                LOAD_ATTR_WITH_HINT => form!(op, LOAD_ATTR, with_hint(&mut m, arg!())),
                LOAD_ATTR_SLOT => form!(op, LOAD_ATTR, specialise::attributes::slot(&mut m, arg!())),
                LOAD_ATTR_MODULE => form!(op, LOAD_ATTR, specialise::attributes::module(&mut m, arg!())),
                LOAD_ATTR_CLASS => form!(op, LOAD_ATTR, specialise::attributes::class(&mut m, arg!(), false)),
                LOAD_ATTR_CLASS_WITH_METACLASS_CHECK => {
                    form!(op, LOAD_ATTR, specialise::attributes::class(&mut m, arg!(), true))
                }
                LOAD_ATTR_METHOD_WITH_VALUES => form!(op, LOAD_ATTR, method_with_values(&mut m)),
                LOAD_ATTR_METHOD_NO_DICT => form!(op, LOAD_ATTR, method_no_dict(&mut m)),
                LOAD_ATTR_METHOD_LAZY_DICT => form!(op, LOAD_ATTR, method_lazy_dict(&mut m)),
                LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES => {
                    form!(op, LOAD_ATTR, nondescriptor(&mut m, arg!(), true))
                }
                LOAD_ATTR_NONDESCRIPTOR_NO_DICT => form!(op, LOAD_ATTR, nondescriptor(&mut m, arg!(), false)),
                LOAD_ATTR_PROPERTY => form_attempt!(op, LOAD_ATTR, specialise::attributes::property(&mut m)),
                LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN => {
                    form_attempt!(op, LOAD_ATTR, overrides::getattribute(&mut m, arg!()))
                }
                STORE_ATTR => {
                    adapt!(m, op, arg!(), STORE_ATTR, specialise::attributes::specialise_store);
                    {
                        m.save();
                        let result = object::set_attr(m.obj(1), m.name(arg!()), Some(m.obj(2)));
                        attempt_then!(result, () => {
                            m.pop_close(2);
                            m.skip(4);
                        })
                    }
                }
                STORE_ATTR_INSTANCE_VALUE => form!(op, STORE_ATTR, store_instance_value(&mut m, arg!())),
                STORE_ATTR_WITH_HINT => form!(op, STORE_ATTR, store_with_hint(&mut m, arg!())),
                STORE_ATTR_SLOT => form!(op, STORE_ATTR, specialise::attributes::store_slot(&mut m)),
                DELETE_ATTR => {
                    m.save();
                    attempt_then!(object::set_attr(m.obj(1), m.name(arg!()), None), () => m.pop_close(1))
                }
                LOAD_SUPER_ATTR | INSTRUMENTED_LOAD_SUPER_ATTR => {
                    adapt!(m, op, arg!(), LOAD_SUPER_ATTR, overrides::specialise_super);
                    attempt!(attributes::super_attr(&mut m, arg!()))
                }
                LOAD_SUPER_ATTR_ATTR => {
                    form_attempt!(op, LOAD_SUPER_ATTR, overrides::known_super(&mut m, arg!(), false))
                }
                LOAD_SUPER_ATTR_METHOD => {
                    form_attempt!(op, LOAD_SUPER_ATTR, overrides::known_super(&mut m, arg!(), true))
                }
                LOAD_SPECIAL => attempt!(attributes::special(&mut m, arg!())),

                BINARY_OP => {
                    adapt!(m, op, arg!(), BINARY_OP, specialise::arithmetic::specialise_binary);
                    attempt!({
                        let result = arithmetic::binary_op(&mut m, arg!());
                        if result.is_ok() {
                            m.skip(5);
                        }
                        result
                    })
                }
                BINARY_OP_ADD_INT => form!(op, BINARY_OP, specialise::arithmetic::int(&mut m, NB_ADD)),
                BINARY_OP_SUBTRACT_INT => {
                    form!(op, BINARY_OP, specialise::arithmetic::int(&mut m, NB_SUBTRACT))
                }
                BINARY_OP_MULTIPLY_INT => {
                    form!(op, BINARY_OP, specialise::arithmetic::int(&mut m, NB_MULTIPLY))
                }
                BINARY_OP_ADD_FLOAT => form!(op, BINARY_OP, specialise::arithmetic::float(&mut m, NB_ADD)),
                BINARY_OP_SUBTRACT_FLOAT => {
                    form!(op, BINARY_OP, specialise::arithmetic::float(&mut m, NB_SUBTRACT))
                }
                BINARY_OP_MULTIPLY_FLOAT => {
                    form!(op, BINARY_OP, specialise::arithmetic::float(&mut m, NB_MULTIPLY))
                }
                BINARY_OP_EXTEND => form!(op, BINARY_OP, specialise::arithmetic::extended(&mut m, arg!())),
                BINARY_OP_ADD_UNICODE | BINARY_OP_INPLACE_ADD_UNICODE => {
                    form_attempt!(op, BINARY_OP, specialise::arithmetic::add_unicode(&mut m))
                }
                BINARY_OP_SUBSCR_LIST_INT => form!(op, BINARY_OP, specialise::containers::list_int(&mut m)),
                BINARY_OP_SUBSCR_TUPLE_INT => form!(op, BINARY_OP, specialise::containers::tuple_int(&mut m)),
                BINARY_OP_SUBSCR_STR_INT => form!(op, BINARY_OP, specialise::containers::str_int(&mut m)),
                BINARY_OP_SUBSCR_LIST_SLICE => form_attempt!(op, BINARY_OP, list_slice(&mut m)),
                BINARY_OP_SUBSCR_DICT => form_attempt!(op, BINARY_OP, specialise::containers::dict(&mut m)),
                BINARY_OP_SUBSCR_GETITEM => form_attempt!(op, BINARY_OP, getitem(&mut m)),
                COMPARE_OP => {
                    adapt!(m, op, arg!(), COMPARE_OP, specialise::arithmetic::specialise_compare);
                    attempt!({
                        let result = arithmetic::compare_op(&mut m, arg!());
                        if result.is_ok() {
                            m.skip(1);
                        }
                        result
                    })
                }
                COMPARE_OP_INT => form!(op, COMPARE_OP, specialise::arithmetic::compare_int(&mut m, arg!())),
                COMPARE_OP_FLOAT => form!(op, COMPARE_OP, compare_float(&mut m, arg!())),
                COMPARE_OP_STR => form!(op, COMPARE_OP, specialise::arithmetic::compare_str(&mut m, arg!())),
                CONTAINS_OP => {
                    adapt!(m, op, arg!(), CONTAINS_OP, specialise::arithmetic::specialise_contains);
                    {
                        m.save();
                        attempt_then!(arithmetic::contains(m.obj(1), m.obj(2), arg!() != 0), found => {
                            m.replace(2, found);
                            m.skip(1);
                        })
                    }
                }
                CONTAINS_OP_DICT => form_attempt!(op, CONTAINS_OP, contains_dict(&mut m, arg!())),
                CONTAINS_OP_SET => form_attempt!(op, CONTAINS_OP, contains_set(&mut m, arg!())),
                IS_OP => next!({
                    let same = arithmetic::is_same(m.peek(2), m.peek(1));
                    m.replace(2, Value::bool(same != (arg!() != 0)));
                }),
                TO_BOOL => {
                    adapt!(m, op, arg!(), TO_BOOL, specialise::arithmetic::specialise_truth);
                    attempt_then!(jumps::to_bool(&mut m), () => m.skip(3))
                }
                TO_BOOL_BOOL => form!(op, TO_BOOL, specialise::arithmetic::truth_bool(&mut m)),
                TO_BOOL_INT => form!(op, TO_BOOL, specialise::arithmetic::truth_int(&mut m)),
                TO_BOOL_LIST => form!(op, TO_BOOL, specialise::arithmetic::truth_list(&mut m)),
                TO_BOOL_STR => form!(op, TO_BOOL, specialise::arithmetic::truth_str(&mut m)),
                TO_BOOL_NONE => form!(op, TO_BOOL, specialise::arithmetic::truth_none(&mut m)),
                TO_BOOL_ALWAYS_TRUE => form!(op, TO_BOOL, specialise::arithmetic::truth_always(&mut m)),
                UNARY_NOT => next!({
                    let truth = m.pop().is_true();
                    m.push(Value::bool(!truth));
                }),
                UNARY_NEGATIVE => attempt!(arithmetic::negative(&mut m)),
                UNARY_INVERT => attempt!(arithmetic::invert(&mut m)),

                BUILD_TUPLE => attempt!(containers::build_tuple(&mut m, arg!())),
                BUILD_LIST => attempt!(containers::build_list(&mut m, arg!())),
                BUILD_SET => attempt!(m.outline(|m| containers::build_set(m, arg!()))),
                BUILD_MAP => attempt!(m.outline(|m| containers::build_map(m, arg!()))),
                BUILD_STRING => attempt!(m.outline(|m| containers::build_string(m, arg!()))),
                BUILD_SLICE => next!(m.outline(|m| containers::build_slice(m, arg!()))),
                BINARY_SLICE => attempt!(m.outline(containers::binary_slice)),
                STORE_SLICE => attempt!(m.outline(containers::store_slice)),
                STORE_SUBSCR => {
                    adapt!(m, op, arg!(), STORE_SUBSCR, specialise::containers::specialise_store);
                    {
                        m.save();
                        attempt_then!(object::set_item(m.obj(2), m.obj(1), Some(m.obj(3))), () => {
                            m.pop_close(3);
                            m.skip(1);
                        })
                    }
                }
                STORE_SUBSCR_LIST_INT => form!(op, STORE_SUBSCR, specialise::containers::store_list(&mut m)),
                STORE_SUBSCR_DICT => form_attempt!(op, STORE_SUBSCR, store_dict(&mut m)),
                DELETE_SUBSCR => {
                    m.save();
                    attempt_then!(object::set_item(m.obj(2), m.obj(1), None), () => m.pop_close(2))
                }
                LIST_APPEND => attempt!(containers::list_append(&mut m, arg!())),
                SET_ADD => attempt!(m.outline(|m| containers::set_add(m, arg!()))),
                MAP_ADD => attempt!(m.outline(|m| containers::map_add(m, arg!()))),
                LIST_EXTEND => attempt!(m.outline(|m| containers::list_extend(m, arg!()))),
                SET_UPDATE => attempt!(m.outline(|m| containers::set_update(m, arg!()))),
                DICT_UPDATE => attempt!(m.outline(|m| containers::dict_update(m, arg!()))),
                DICT_MERGE => attempt!(m.outline(|m| containers::dict_merge(m, arg!()))),
                UNPACK_SEQUENCE => {
                    adapt!(m, op, arg!(), UNPACK_SEQUENCE, specialise::containers::specialise_unpack);
                    attempt_then!(m.outline(|m| containers::unpack_sequence(m, arg!())), () => m.skip(1))
                }
                UNPACK_SEQUENCE_TWO_TUPLE | UNPACK_SEQUENCE_TUPLE => {
                    form!(op, UNPACK_SEQUENCE, specialise::containers::unpack_tuple(&mut m, arg!()))
                }
                UNPACK_SEQUENCE_LIST => form!(op, UNPACK_SEQUENCE, unpack_list(&mut m, arg!())),
                UNPACK_EX => attempt!(m.outline(|m| containers::unpack_ex(m, arg!()))),

                JUMP_FORWARD | INSTRUMENTED_JUMP_FORWARD => next!(m.skip(arg!())),
                JUMP_BACKWARD | JUMP_BACKWARD_NO_JIT | JUMP_BACKWARD_JIT | INSTRUMENTED_JUMP_BACKWARD => {
                    m.rewrite_from(op, JUMP_BACKWARD, JUMP_BACKWARD_NO_JIT);
                    attempt!(jumps::jump_backward(&mut m, arg!()))
                }
                JUMP_BACKWARD_NO_INTERRUPT => next!(m.back(arg!())),
                POP_JUMP_IF_FALSE | INSTRUMENTED_POP_JUMP_IF_FALSE => {
                    next!(jumps::pop_jump_if_false(&mut m, arg!()))
                }
                POP_JUMP_IF_TRUE | INSTRUMENTED_POP_JUMP_IF_TRUE => {
                    next!(jumps::pop_jump_if_true(&mut m, arg!()))
                }
                POP_JUMP_IF_NONE | INSTRUMENTED_POP_JUMP_IF_NONE => {
                    next!(jumps::pop_jump_if_none(&mut m, arg!()))
                }
                POP_JUMP_IF_NOT_NONE | INSTRUMENTED_POP_JUMP_IF_NOT_NONE => {
                    next!(jumps::pop_jump_if_not_none(&mut m, arg!()))
                }

                GET_ITER => attempt!(iteration::get_iter(&mut m)),
                FOR_ITER | INSTRUMENTED_FOR_ITER => {
                    adapt!(m, op, arg!(), FOR_ITER, specialise::iteration::specialise);
                    attempt!(iteration::for_iter(&mut m, arg!()))
                }
                FOR_ITER_LIST => form!(op, FOR_ITER, specialise::iteration::list(&mut m, arg!())),
                FOR_ITER_TUPLE => form!(op, FOR_ITER, specialise::iteration::tuple(&mut m, arg!())),
                FOR_ITER_RANGE => form!(op, FOR_ITER, specialise::iteration::range(&mut m, arg!())),
                FOR_ITER_GEN => form_attempt!(op, FOR_ITER, specialise::iteration::generator(&mut m, arg!())),
                GET_LEN => attempt!(iteration::get_len(&mut m)),
                GET_YIELD_FROM_ITER => attempt!(m.outline(iteration::get_yield_from_iter)),

                CALL | INSTRUMENTED_CALL => {
                    adapt!(m, op, arg!(), CALL, specialise::calls::specialise);
                    attempt!(calls::call(&mut m, arg!()))
                }
                CALL_PY_EXACT_ARGS => form_attempt!(op, CALL, specialise::calls::py_exact(&mut m, arg!())),
                CALL_PY_GENERAL => form_attempt!(op, CALL, specialise::calls::py_general(&mut m, arg!())),
                CALL_BOUND_METHOD_EXACT_ARGS => {
                    form_attempt!(op, CALL, specialise::calls::bound_method(&mut m, arg!(), true))
                }
                CALL_BOUND_METHOD_GENERAL => {
                    form_attempt!(op, CALL, specialise::calls::bound_method(&mut m, arg!(), false))
                }
                CALL_BUILTIN_O => form_attempt!(op, CALL, specialise::calls::builtin_one(&mut m, arg!())),
                CALL_BUILTIN_FAST => {
                    form_attempt!(op, CALL, specialise::calls::builtin_fast(&mut m, arg!(), false))
                }
                CALL_BUILTIN_FAST_WITH_KEYWORDS => {
                    form_attempt!(op, CALL, specialise::calls::builtin_fast(&mut m, arg!(), true))
                }
                CALL_BUILTIN_CLASS => {
                    form_attempt!(op, CALL, specialise::calls::builtin_class(&mut m, arg!()))
                }
                CALL_LEN => form_attempt!(op, CALL, specialise::calls::len(&mut m, arg!())),
                CALL_ISINSTANCE => form_attempt!(op, CALL, specialise::calls::isinstance(&mut m, arg!())),
                CALL_LIST_APPEND => form_attempt!(op, CALL, specialise::calls::list_append(&mut m, arg!())),
                CALL_METHOD_DESCRIPTOR_O => {
                    form_attempt!(op, CALL, specialise::calls::method_one(&mut m, arg!()))
                }
                CALL_METHOD_DESCRIPTOR_NOARGS => {
                    form_attempt!(op, CALL, specialise::calls::method_noargs(&mut m, arg!()))
                }
                CALL_METHOD_DESCRIPTOR_FAST => {
                    form_attempt!(op, CALL, specialise::calls::method_fast(&mut m, arg!(), false))
                }
                CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS => {
                    form_attempt!(op, CALL, specialise::calls::method_fast(&mut m, arg!(), true))
                }
                CALL_TYPE_1 => form!(op, CALL, specialise::calls::type_of(&mut m, arg!())),
                CALL_STR_1 => form_attempt!(op, CALL, specialise::calls::str_of(&mut m, arg!())),
                CALL_TUPLE_1 => form_attempt!(op, CALL, specialise::calls::tuple_of(&mut m, arg!())),
                CALL_ALLOC_AND_ENTER_INIT => {
                    form_attempt!(op, CALL, specialise::calls::alloc_and_enter_init(&mut m, arg!()))
                }
                CALL_NON_PY_GENERAL => form_attempt!(op, CALL, specialise::calls::non_python(&mut m, arg!())),
                CALL_KW | INSTRUMENTED_CALL_KW => {
                    adapt!(m, op, arg!(), CALL_KW, keyword_calls::specialise);
                    attempt!(calls::call_kw(&mut m, arg!()))
                }
                CALL_KW_PY => form_attempt!(op, CALL_KW, keyword_calls::python(&mut m, arg!())),
                CALL_KW_BOUND_METHOD => {
                    form_attempt!(op, CALL_KW, keyword_calls::bound_method(&mut m, arg!()))
                }
                CALL_KW_NON_PY => form_attempt!(op, CALL_KW, keyword_calls::non_python(&mut m, arg!())),
                CALL_FUNCTION_EX | INSTRUMENTED_CALL_FUNCTION_EX => attempt!(calls::call_function_ex(&mut m)),
                RETURN_VALUE | INSTRUMENTED_RETURN_VALUE => match returns::return_value(&mut m) {
                    Ok(Some(value)) => return Exit::Done(Ok(value)),
                    Ok(None) => continue 'next,
                    Err(_) => Fault::Raised,
                },

                RETURN_GENERATOR => match m.outline(generators::return_generator) {
                    Ok(Some(value)) => return Exit::Done(Ok(value)),
                    Ok(None) => continue 'next,
                    Err(_) => Fault::Raised,
                },
                YIELD_VALUE | INSTRUMENTED_YIELD_VALUE => match generators::yield_value(&mut m, arg!()) {
                    Some(value) => return Exit::Done(Ok(value)),
                    None => continue 'next,
                },
                SEND => {
                    adapt!(m, op, arg!(), SEND, specialise::iteration::specialise_send);
                    attempt!(generators::send(&mut m, arg!()))
                }
                SEND_GEN => form_attempt!(op, SEND, generators::send_directly(&mut m, arg!())),
                GET_AWAITABLE => object_result!(m, 1, generators::get_awaitable(m.frame, m.obj(1), arg!())),
                GET_AITER => object_result!(m, 1, generators::get_aiter(m.obj(1))),
                GET_ANEXT => object_result!(m, 0, generators::get_anext(m.obj(1))),
                END_ASYNC_FOR | INSTRUMENTED_END_ASYNC_FOR => {
                    attempt_fault!(m.outline(exceptions::end_async_for))
                }
                CLEANUP_THROW => attempt_fault!(m.outline(exceptions::cleanup_throw)),

                PUSH_EXC_INFO => next!(exceptions::push_exc_info(&mut m)),
                POP_EXCEPT => next!(exceptions::pop_except(&mut m)),
                RAISE_VARARGS => m.outline(|m| exceptions::raise_varargs(m, arg!())),
                RERAISE => m.outline(|m| exceptions::reraise(m, arg!())),
                CHECK_EXC_MATCH => {
                    m.save();
                    attempt_then!(exceptions::check_exc_match(m.obj(2), m.obj(1)), matches => {
                        m.replace(1, Value::bool(matches));
                    })
                }
                CHECK_EG_MATCH => attempt!(m.outline(exceptions::check_eg_match)),
                WITH_EXCEPT_START => attempt!(m.outline(exceptions::with_except_start)),

                IMPORT_NAME => attempt!(m.outline(|m| imports::import_name(m, m.name(arg!())))),
                IMPORT_FROM => object_result!(m, 0, imports::import_from(m.obj(1), m.name(arg!()))),

                MATCH_MAPPING => next!(patterns::match_mapping(&mut m)),
                MATCH_SEQUENCE => next!(patterns::match_sequence(&mut m)),
                MATCH_KEYS => attempt!(m.outline(patterns::match_keys_op)),
                MATCH_CLASS => attempt!(m.outline(|m| patterns::match_class_op(m, arg!()))),

                CONVERT_VALUE => object_result!(m, 1, formatting::convert_value(m.obj(1), arg!())),
                FORMAT_SIMPLE => {
                    m.save();
                    attempt_then!(formatting::format_simple(m.obj(1)), text => {
                        if let Some(text) = text {
                            m.replace_obj(1, text);
                        }
                    })
                }
                FORMAT_WITH_SPEC => object_result!(m, 2, formatting::format_with_spec(m.obj(2), m.obj(1))),
                BUILD_INTERPOLATION => attempt!(m.outline(|m| formatting::build_interpolation(m, arg!()))),
                BUILD_TEMPLATE => attempt!(m.outline(formatting::build_template)),

                MAKE_FUNCTION => attempt!(m.outline(building::make_function)),
                SET_FUNCTION_ATTRIBUTE => next!(m.outline(|m| building::set_function_attribute(m, arg!()))),
                CALL_INTRINSIC_1 => attempt_fault!(m.outline(|m| intrinsics::intrinsic_1(m, arg!()))),
                CALL_INTRINSIC_2 => attempt_fault!(m.outline(|m| intrinsics::intrinsic_2(m, arg!()))),

                RESERVED => {
                    m.pc = m.waiting;
                    if !TRACED {
                        return Exit::Switch(m, pending);
                    }
                    continue 'next;
                }
                _ => unknown_instruction(op),
            };
        };
        let tracer = TRACED.then_some(&mut pending);
        if m.outline(|m| unwind::unwind(m, fault, tracer)).is_err() {
            return Exit::Done(Err(Raised::claim()));
        }
    }
}

#[cold]
fn unknown_instruction(op: u8) -> Fault {
    raised!(SystemError, "unknown opcode {op}").into()
}
