//! What each instruction does, once for both forms of the evaluation loop.
//!
//! `instructions!(template)` hands the table to a template, which makes a `match` of it ([`super::matching`]) or a chain of
//! functions ([`super::chain`]). The template says what these do:
//!
//! * `next!(body)`: goes on with the next instruction;
//! * `general!(GENERAL)`: the guards of a form have failed, the general instruction runs;
//! * `adapt!(m, GENERAL, arg, decide)`: looks for a form of the general instruction where its counter has run out;
//! * `leave!(value)`: leaves the loop;
//! * `arg!()`: the argument.
//!
//! What an instruction does ends in one of them, or in the [`Fault`](super::exceptions::Fault) that is to be handled. What
//! takes the [`Machine`](super::machine::Machine) by reference must be inlined; what is larger runs outlined.

/// Goes on, or raises.
macro_rules! attempt {
    ($body:expr) => {
        match $body {
            Ok(()) => next!(()),
            Err(_) => Fault::Raised,
        }
    };
}

/// Does something more with what came of it, then goes on. (Not `Result::map`: the registers would have to be in memory for
/// a closure that is not inlined.)
macro_rules! attempt_then {
    ($attempt:expr, $result:pat => $body:expr) => {
        match $attempt {
            Ok($result) => next!($body),
            Err(_) => Fault::Raised,
        }
    };
}

/// As `attempt`, for what may also pass an exception on.
macro_rules! attempt_fault {
    ($body:expr) => {
        match $body {
            Ok(()) => next!(()),
            Err(fault) => fault,
        }
    };
}

/// As `attempt`, for what may leave the loop with a value.
macro_rules! attempt_leave {
    ($body:expr) => {
        match $body {
            Ok(Some(value)) => leave!(value),
            Ok(None) => next!(()),
            Err(_) => Fault::Raised,
        }
    };
}

/// Replaces so many operands by the value that the expression gives.
macro_rules! result {
    ($m:ident, $operands:expr, $body:expr) => {{
        $m.save();
        match $body {
            Ok(result) => next!($m.replace($operands, result)),
            Err(_) => Fault::Raised,
        }
    }};
}

macro_rules! object_result {
    ($m:ident, $operands:expr, $body:expr) => {
        result!($m, $operands, $body.map(Value::owned))
    };
}

/// A form that cannot raise.
macro_rules! form {
    ($general:ident, $body:expr) => {
        if $body { next!(()) } else { general!($general) }
    };
}

/// A form that can raise.
macro_rules! form_attempt {
    ($general:ident, $body:expr) => {
        match $body {
            Some(Ok(())) => next!(()),
            Some(Err(_)) => Fault::Raised,
            None => general!($general),
        }
    };
}

/// Hands the meaning of every instruction to a template.
macro_rules! instructions {
    ($template:ident) => {
        $template! {
            m;
            NOP | NOT_TAKEN | INSTRUMENTED_NOT_TAKEN | CACHE => next!(()),
            RESUME => {
                m.rewrite(opcodes::RESUME_CHECK);
                form!(INSTRUMENTED_RESUME, !m.is_interrupted())
            },
            RESUME_CHECK => form!(INSTRUMENTED_RESUME, !m.is_interrupted()),
            INSTRUMENTED_RESUME => attempt!(jumps::resume(&mut m, arg!())),

            LOAD_FAST => next!(loads::load_fast(&mut m, arg!())),
            LOAD_FAST_BORROW => next!(loads::load_fast_borrow(&mut m, arg!())),
            LOAD_FAST_LOAD_FAST => next!(loads::load_fast_load_fast(&mut m, arg!())),
            LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                next!(loads::load_fast_borrow_load_fast_borrow(&mut m, arg!()))
            },
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
            COPY_FREE_VARS => attempt!(loads::copy_free_vars(&mut m, arg!())),
            LOAD_DEREF => attempt!(loads::load_deref(&mut m, arg!())),
            STORE_DEREF => next!(loads::store_deref(&mut m, arg!())),
            DELETE_DEREF => attempt!(loads::delete_deref(&mut m, arg!())),
            LOAD_FROM_DICT_OR_DEREF => {
                result!(m, 1, loads::load_from_dict_or_deref(m.frame, m.obj(1), m.local(arg!()), arg!()))
            },
            POP_TOP | END_FOR | POP_ITER | INSTRUMENTED_END_FOR | INSTRUMENTED_POP_ITER => {
                next!(loads::pop_top(&mut m))
            },
            PUSH_NULL => next!(m.push(Value::NULL)),
            COPY => next!(loads::copy(&mut m, arg!())),
            SWAP => next!(loads::swap(&mut m, arg!())),
            END_SEND | INSTRUMENTED_END_SEND => next!(loads::end_send(&mut m)),

            LOAD_GLOBAL => {
                adapt!(m, LOAD_GLOBAL, arg!(), specialise::globals::specialise);
                attempt_then!(names::load_global(&mut m, arg!()), () => m.skip(4))
            },
            LOAD_GLOBAL_MODULE => form!(LOAD_GLOBAL, specialise::globals::module(&mut m, arg!())),
            LOAD_GLOBAL_BUILTIN => form!(LOAD_GLOBAL, specialise::globals::builtin(&mut m, arg!())),
            LOAD_NAME => result!(m, 0, names::load_name(m.frame, m.name(arg!()))),
            LOAD_LOCALS => result!(m, 0, names::load_locals(m.frame)),
            LOAD_BUILD_CLASS => result!(m, 0, loads::load_build_class(m.frame)),
            LOAD_FROM_DICT_OR_GLOBALS => {
                result!(m, 1, names::load_from(m.frame, m.obj(1), m.name(arg!())))
            },
            STORE_NAME => {
                m.save();
                attempt_then!(names::store_name(m.frame, m.name(arg!()), m.obj(1)), () => m.pop_close(1))
            },
            STORE_GLOBAL => {
                m.save();
                attempt_then!(names::store_global(m.frame, m.name(arg!()), m.obj(1)), () => m.pop_close(1))
            },
            DELETE_NAME => {
                m.save();
                attempt!(names::delete_name(m.frame, m.name(arg!())))
            },
            DELETE_GLOBAL => {
                m.save();
                attempt!(names::delete_global(m.frame, m.name(arg!())))
            },
            SETUP_ANNOTATIONS => {
                m.save();
                attempt!(names::setup_annotations(m.frame))
            },

            LOAD_ATTR => {
                adapt!(m, LOAD_ATTR, arg!(), specialise::attributes::specialise_load);
                attempt!(attributes::load_attr(&mut m, arg!()))
            },
            LOAD_ATTR_INSTANCE_VALUE => {
                form!(LOAD_ATTR, specialise::attributes::instance_value(&mut m, arg!()))
            },
            LOAD_ATTR_WITH_HINT => {
                form!(LOAD_ATTR, specialise::attributes::with_hint(&mut m, arg!()))
            },
            LOAD_ATTR_SLOT => form!(LOAD_ATTR, specialise::attributes::slot(&mut m, arg!())),
            LOAD_ATTR_MODULE => form!(LOAD_ATTR, specialise::attributes::module(&mut m, arg!())),
            LOAD_ATTR_CLASS => form!(LOAD_ATTR, specialise::attributes::class(&mut m, arg!(), false)),
            LOAD_ATTR_CLASS_WITH_METACLASS_CHECK => {
                form!(LOAD_ATTR, specialise::attributes::class(&mut m, arg!(), true))
            },
            LOAD_ATTR_METHOD_WITH_VALUES => {
                form!(LOAD_ATTR, specialise::attributes::method_with_values(&mut m))
            },
            LOAD_ATTR_METHOD_NO_DICT => {
                form!(LOAD_ATTR, specialise::attributes::method_no_dict(&mut m))
            },
            LOAD_ATTR_METHOD_LAZY_DICT => {
                form!(LOAD_ATTR, specialise::attributes::method_lazy_dict(&mut m))
            },
            LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES => {
                form!(LOAD_ATTR, specialise::attributes::nondescriptor(&mut m, arg!(), true))
            },
            LOAD_ATTR_NONDESCRIPTOR_NO_DICT => {
                form!(LOAD_ATTR, specialise::attributes::nondescriptor(&mut m, arg!(), false))
            },
            LOAD_ATTR_PROPERTY => form_attempt!(LOAD_ATTR, specialise::attributes::property(&mut m)),
            LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN => {
                form_attempt!(LOAD_ATTR, overrides::getattribute(&mut m, arg!()))
            },
            STORE_ATTR => {
                adapt!(m, STORE_ATTR, arg!(), specialise::attributes::specialise_store);
                {
                    m.save();
                    let result = object::set_attr(m.obj(1), m.name(arg!()), Some(m.obj(2)));
                    attempt_then!(result, () => {
                        m.pop_close(2);
                        m.skip(4);
                    })
                }
            },
            STORE_ATTR_INSTANCE_VALUE => {
                form!(STORE_ATTR, specialise::attributes::store_instance_value(&mut m, arg!()))
            },
            STORE_ATTR_WITH_HINT => {
                form!(STORE_ATTR, specialise::attributes::store_with_hint(&mut m, arg!()))
            },
            STORE_ATTR_SLOT => form!(STORE_ATTR, specialise::attributes::store_slot(&mut m)),
            DELETE_ATTR => {
                m.save();
                attempt_then!(object::set_attr(m.obj(1), m.name(arg!()), None), () => m.pop_close(1))
            },
            LOAD_SUPER_ATTR | INSTRUMENTED_LOAD_SUPER_ATTR => {
                adapt!(m, LOAD_SUPER_ATTR, arg!(), overrides::specialise_super);
                attempt!(attributes::super_attr(&mut m, arg!()))
            },
            LOAD_SUPER_ATTR_ATTR => {
                form_attempt!(LOAD_SUPER_ATTR, overrides::known_super(&mut m, arg!(), false))
            },
            LOAD_SUPER_ATTR_METHOD => {
                form_attempt!(LOAD_SUPER_ATTR, overrides::known_super(&mut m, arg!(), true))
            },
            LOAD_SPECIAL => attempt!(attributes::special(&mut m, arg!())),

            BINARY_OP => {
                adapt!(m, BINARY_OP, arg!(), specialise::arithmetic::specialise_binary);
                attempt!({
                    let result = arithmetic::binary_op(&mut m, arg!());
                    if result.is_ok() {
                        m.skip(5);
                    }
                    result
                })
            },
            BINARY_OP_ADD_INT => form!(BINARY_OP_EXTEND, specialise::arithmetic::int(&mut m, NB_ADD)),
            BINARY_OP_SUBTRACT_INT => {
                form!(BINARY_OP_EXTEND, specialise::arithmetic::int(&mut m, NB_SUBTRACT))
            },
            BINARY_OP_MULTIPLY_INT => {
                form!(BINARY_OP_EXTEND, specialise::arithmetic::int(&mut m, NB_MULTIPLY))
            },
            BINARY_OP_ADD_FLOAT => form!(BINARY_OP, specialise::arithmetic::float(&mut m, NB_ADD)),
            BINARY_OP_SUBTRACT_FLOAT => {
                form!(BINARY_OP, specialise::arithmetic::float(&mut m, NB_SUBTRACT))
            },
            BINARY_OP_MULTIPLY_FLOAT => {
                form!(BINARY_OP, specialise::arithmetic::float(&mut m, NB_MULTIPLY))
            },
            BINARY_OP_EXTEND => form!(BINARY_OP, specialise::arithmetic::extended(&mut m, arg!())),
            BINARY_OP_ADD_UNICODE | BINARY_OP_INPLACE_ADD_UNICODE => {
                form_attempt!(BINARY_OP, specialise::arithmetic::add_unicode(&mut m))
            },
            BINARY_OP_SUBSCR_LIST_INT => form!(BINARY_OP, specialise::containers::list_int(&mut m)),
            BINARY_OP_SUBSCR_TUPLE_INT => form!(BINARY_OP, specialise::containers::tuple_int(&mut m)),
            BINARY_OP_SUBSCR_STR_INT => form!(BINARY_OP, specialise::containers::str_int(&mut m)),
            BINARY_OP_SUBSCR_LIST_SLICE => {
                form_attempt!(BINARY_OP, specialise::containers::list_slice(&mut m))
            },
            BINARY_OP_SUBSCR_DICT => form_attempt!(BINARY_OP, specialise::containers::dict(&mut m)),
            BINARY_OP_SUBSCR_GETITEM => {
                form_attempt!(BINARY_OP, specialise::containers::getitem(&mut m))
            },
            COMPARE_OP => {
                adapt!(m, COMPARE_OP, arg!(), specialise::arithmetic::specialise_compare);
                attempt!({
                    let result = arithmetic::compare_op(&mut m, arg!());
                    if result.is_ok() {
                        m.skip(1);
                    }
                    result
                })
            },
            COMPARE_OP_INT => form!(COMPARE_OP, specialise::arithmetic::compare_int(&mut m, arg!())),
            COMPARE_OP_FLOAT => {
                form!(COMPARE_OP, specialise::arithmetic::compare_float(&mut m, arg!()))
            },
            COMPARE_OP_STR => form!(COMPARE_OP, specialise::arithmetic::compare_str(&mut m, arg!())),
            CONTAINS_OP => {
                adapt!(m, CONTAINS_OP, arg!(), specialise::arithmetic::specialise_contains);
                {
                    m.save();
                    attempt_then!(arithmetic::contains(m.obj(1), m.obj(2), arg!() != 0), found => {
                        m.replace(2, found);
                        m.skip(1);
                    })
                }
            },
            CONTAINS_OP_DICT => {
                form_attempt!(CONTAINS_OP, specialise::arithmetic::contains_dict(&mut m, arg!()))
            },
            CONTAINS_OP_SET => {
                form_attempt!(CONTAINS_OP, specialise::arithmetic::contains_set(&mut m, arg!()))
            },
            IS_OP => next!({
                let same = arithmetic::is_same(m.peek(2), m.peek(1));
                m.replace(2, Value::bool(same != (arg!() != 0)));
            }),
            TO_BOOL => {
                adapt!(m, TO_BOOL, arg!(), specialise::arithmetic::specialise_truth);
                attempt_then!(jumps::to_bool(&mut m), () => m.skip(3))
            },
            TO_BOOL_BOOL => form!(TO_BOOL, specialise::arithmetic::truth_bool(&mut m)),
            TO_BOOL_INT => form!(TO_BOOL, specialise::arithmetic::truth_int(&mut m)),
            TO_BOOL_LIST => form!(TO_BOOL, specialise::arithmetic::truth_list(&mut m)),
            TO_BOOL_STR => form!(TO_BOOL, specialise::arithmetic::truth_str(&mut m)),
            TO_BOOL_NONE => form!(TO_BOOL, specialise::arithmetic::truth_none(&mut m)),
            TO_BOOL_ALWAYS_TRUE => form!(TO_BOOL, specialise::arithmetic::truth_always(&mut m)),
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
                adapt!(m, STORE_SUBSCR, arg!(), specialise::containers::specialise_store);
                {
                    m.save();
                    attempt_then!(object::set_item(m.obj(2), m.obj(1), Some(m.obj(3))), () => {
                        m.pop_close(3);
                        m.skip(1);
                    })
                }
            },
            STORE_SUBSCR_LIST_INT => form!(STORE_SUBSCR, specialise::containers::store_list(&mut m)),
            STORE_SUBSCR_DICT => {
                form_attempt!(STORE_SUBSCR, specialise::containers::store_dict(&mut m))
            },
            DELETE_SUBSCR => {
                m.save();
                attempt_then!(object::set_item(m.obj(2), m.obj(1), None), () => m.pop_close(2))
            },
            LIST_APPEND => attempt!(containers::list_append(&mut m, arg!())),
            SET_ADD => attempt!(m.outline(|m| containers::set_add(m, arg!()))),
            MAP_ADD => attempt!(m.outline(|m| containers::map_add(m, arg!()))),
            LIST_EXTEND => attempt!(m.outline(|m| containers::list_extend(m, arg!()))),
            SET_UPDATE => attempt!(m.outline(|m| containers::set_update(m, arg!()))),
            DICT_UPDATE => attempt!(m.outline(|m| containers::dict_update(m, arg!()))),
            DICT_MERGE => attempt!(m.outline(|m| containers::dict_merge(m, arg!()))),
            UNPACK_SEQUENCE => {
                adapt!(m, UNPACK_SEQUENCE, arg!(), specialise::containers::specialise_unpack);
                attempt_then!(m.outline(|m| containers::unpack_sequence(m, arg!())), () => m.skip(1))
            },
            UNPACK_SEQUENCE_TWO_TUPLE | UNPACK_SEQUENCE_TUPLE => {
                form!(UNPACK_SEQUENCE, specialise::containers::unpack_tuple(&mut m, arg!()))
            },
            UNPACK_SEQUENCE_LIST => {
                form!(UNPACK_SEQUENCE, specialise::containers::unpack_list(&mut m, arg!()))
            },
            UNPACK_EX => attempt!(m.outline(|m| containers::unpack_ex(m, arg!()))),

            JUMP_FORWARD | INSTRUMENTED_JUMP_FORWARD => next!(m.skip(arg!())),
            JUMP_BACKWARD => {
                m.rewrite(opcodes::JUMP_BACKWARD_NO_JIT);
                form!(INSTRUMENTED_JUMP_BACKWARD, jumps::jump_on(&mut m, arg!()))
            },
            JUMP_BACKWARD_NO_JIT | JUMP_BACKWARD_JIT => {
                form!(INSTRUMENTED_JUMP_BACKWARD, jumps::jump_on(&mut m, arg!()))
            },
            INSTRUMENTED_JUMP_BACKWARD => {
                attempt!(jumps::jump_backward(&mut m, arg!()))
            },
            JUMP_BACKWARD_NO_INTERRUPT => next!(m.back(arg!())),
            POP_JUMP_IF_FALSE | INSTRUMENTED_POP_JUMP_IF_FALSE => {
                next!(jumps::pop_jump_if_false(&mut m, arg!()))
            },
            POP_JUMP_IF_TRUE | INSTRUMENTED_POP_JUMP_IF_TRUE => {
                next!(jumps::pop_jump_if_true(&mut m, arg!()))
            },
            POP_JUMP_IF_NONE | INSTRUMENTED_POP_JUMP_IF_NONE => {
                next!(jumps::pop_jump_if_none(&mut m, arg!()))
            },
            POP_JUMP_IF_NOT_NONE | INSTRUMENTED_POP_JUMP_IF_NOT_NONE => {
                next!(jumps::pop_jump_if_not_none(&mut m, arg!()))
            },

            GET_ITER => attempt!(iteration::get_iter(&mut m)),
            FOR_ITER | INSTRUMENTED_FOR_ITER => {
                adapt!(m, FOR_ITER, arg!(), specialise::iteration::specialise);
                attempt!(iteration::for_iter(&mut m, arg!()))
            },
            FOR_ITER_LIST => form!(FOR_ITER, specialise::iteration::list(&mut m)),
            FOR_ITER_TUPLE => form!(FOR_ITER, specialise::iteration::tuple(&mut m)),
            FOR_ITER_RANGE => form!(FOR_ITER, specialise::iteration::range(&mut m)),
            FOR_ITER_GEN => form_attempt!(FOR_ITER, specialise::iteration::generator(&mut m, arg!())),
            GET_LEN => attempt!(iteration::get_len(&mut m)),
            GET_YIELD_FROM_ITER => attempt!(m.outline(iteration::get_yield_from_iter)),

            CALL | INSTRUMENTED_CALL => {
                adapt!(m, CALL, arg!(), specialise::calls::specialise);
                attempt!(calls::call(&mut m, arg!()))
            },
            CALL_PY_EXACT_ARGS => form!(CALL, specialise::calls::py_exact(&mut m, arg!())),
            CALL_PY_GENERAL => form_attempt!(CALL, specialise::calls::py_general(&mut m, arg!())),
            CALL_BOUND_METHOD_EXACT_ARGS => {
                form!(CALL, specialise::calls::bound_exact(&mut m, arg!()))
            },
            CALL_BOUND_METHOD_GENERAL => {
                form_attempt!(CALL, specialise::calls::bound_general(&mut m, arg!()))
            },
            CALL_BUILTIN_O => form_attempt!(CALL, specialise::calls::builtin_one(&mut m, arg!())),
            CALL_BUILTIN_FAST => {
                form_attempt!(CALL, specialise::calls::builtin_fast(&mut m, arg!(), false))
            },
            CALL_BUILTIN_FAST_WITH_KEYWORDS => {
                form_attempt!(CALL, specialise::calls::builtin_fast(&mut m, arg!(), true))
            },
            CALL_BUILTIN_CLASS => {
                form_attempt!(CALL, specialise::calls::builtin_class(&mut m, arg!()))
            },
            CALL_LEN => form_attempt!(CALL, specialise::calls::len(&mut m, arg!())),
            CALL_ISINSTANCE => form_attempt!(CALL, specialise::calls::isinstance(&mut m, arg!())),
            CALL_LIST_APPEND => form_attempt!(CALL, specialise::calls::list_append(&mut m, arg!())),
            CALL_METHOD_DESCRIPTOR_O => {
                form_attempt!(CALL, specialise::calls::method_one(&mut m, arg!()))
            },
            CALL_METHOD_DESCRIPTOR_NOARGS => {
                form_attempt!(CALL, specialise::calls::method_noargs(&mut m, arg!()))
            },
            CALL_METHOD_DESCRIPTOR_FAST => {
                form_attempt!(CALL, specialise::calls::method_fast(&mut m, arg!(), false))
            },
            CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS => {
                form_attempt!(CALL, specialise::calls::method_fast(&mut m, arg!(), true))
            },
            CALL_TYPE_1 => form!(CALL, specialise::calls::type_of(&mut m, arg!())),
            CALL_STR_1 => form_attempt!(CALL, specialise::calls::str_of(&mut m, arg!())),
            CALL_TUPLE_1 => form_attempt!(CALL, specialise::calls::tuple_of(&mut m, arg!())),
            CALL_ALLOC_AND_ENTER_INIT => {
                form_attempt!(CALL, specialise::calls::alloc_and_enter_init(&mut m, arg!()))
            },
            CALL_NON_PY_GENERAL => form_attempt!(CALL, specialise::calls::non_python(&mut m, arg!())),
            CALL_KW | INSTRUMENTED_CALL_KW => {
                adapt!(m, CALL_KW, arg!(), keyword_calls::specialise);
                attempt!(calls::call_kw(&mut m, arg!()))
            },
            CALL_KW_PY => form_attempt!(CALL_KW, keyword_calls::python(&mut m, arg!())),
            CALL_KW_BOUND_METHOD => form_attempt!(CALL_KW, keyword_calls::bound_method(&mut m, arg!())),
            CALL_KW_NON_PY => form_attempt!(CALL_KW, keyword_calls::non_python(&mut m, arg!())),
            CALL_FUNCTION_EX | INSTRUMENTED_CALL_FUNCTION_EX => attempt!(calls::call_function_ex(&mut m)),
            RETURN_VALUE => form!(INSTRUMENTED_RETURN_VALUE, returns::to_caller(&mut m)),
            INSTRUMENTED_RETURN_VALUE => attempt_leave!(returns::return_value(&mut m)),

            RETURN_GENERATOR => attempt_leave!(m.outline(generators::return_generator)),
            YIELD_VALUE | INSTRUMENTED_YIELD_VALUE => match generators::yield_value(&mut m, arg!()) {
                Some(value) => leave!(value),
                None => next!(()),
            },
            SEND => {
                adapt!(m, SEND, arg!(), specialise::iteration::specialise_send);
                attempt!(generators::send(&mut m, arg!()))
            },
            SEND_GEN => form_attempt!(SEND, generators::send_directly(&mut m, arg!())),
            GET_AWAITABLE => object_result!(m, 1, generators::get_awaitable(m.frame, m.obj(1), arg!())),
            GET_AITER => object_result!(m, 1, generators::get_aiter(m.obj(1))),
            GET_ANEXT => object_result!(m, 0, generators::get_anext(m.obj(1))),
            END_ASYNC_FOR | INSTRUMENTED_END_ASYNC_FOR => {
                attempt_fault!(m.outline(exceptions::end_async_for))
            },
            CLEANUP_THROW => attempt_fault!(m.outline(exceptions::cleanup_throw)),

            PUSH_EXC_INFO => next!(exceptions::push_exc_info(&mut m)),
            POP_EXCEPT => attempt!(exceptions::pop_except(&mut m)),
            RAISE_VARARGS => m.outline(|m| exceptions::raise_varargs(m, arg!())),
            RERAISE => m.outline(|m| exceptions::reraise(m, arg!())),
            CHECK_EXC_MATCH => {
                m.save();
                attempt_then!(exceptions::check_exc_match(m.obj(2), m.obj(1)), matches => {
                    m.replace(1, Value::bool(matches));
                })
            },
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
            },
            FORMAT_WITH_SPEC => object_result!(m, 2, formatting::format_with_spec(m.obj(2), m.obj(1))),
            BUILD_INTERPOLATION => attempt!(m.outline(|m| formatting::build_interpolation(m, arg!()))),
            BUILD_TEMPLATE => attempt!(m.outline(formatting::build_template)),

            MAKE_FUNCTION => attempt!(m.outline(building::make_function)),
            SET_FUNCTION_ATTRIBUTE => {
                attempt!(m.outline(|m| building::set_function_attribute(m, arg!())))
            },
            CALL_INTRINSIC_1 => attempt_fault!(m.outline(|m| intrinsics::intrinsic_1(m, arg!()))),
            CALL_INTRINSIC_2 => attempt_fault!(m.outline(|m| intrinsics::intrinsic_2(m, arg!()))),
        }
    };
}
pub(super) use {
    attempt, attempt_fault, attempt_leave, attempt_then, form, form_attempt, instructions, object_result,
    result,
};
