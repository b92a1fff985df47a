//! What the judgement of code objects refuses: code that no compiler writes and the interpreter could not run.

use taipan_bytecode::code::flags::{CO_FAST_CELL, CO_FAST_FREE, CO_FAST_LOCAL, CO_GENERATOR};
use taipan_bytecode::exceptiontable::{Entry, write_entry};
use taipan_bytecode::opcode::Opcode::{self, *};
use taipan_bytecode::validate::validate;
use taipan_bytecode::{CodeData, Constant, Wtf8Buf};

/// Code of these instructions with four values of stack, a constant that is no tuple and one of a single name, one name,
/// a parameter, a local variable, a cell and a free variable.
fn code(instructions: &[(Opcode, u8)]) -> CodeData {
    let mut bytes = Vec::new();
    for (opcode, argument) in instructions {
        bytes.extend([opcode.byte().unwrap(), *argument]);
        bytes.resize(bytes.len() + 2 * opcode.caches(), 0);
    }
    let name = || Wtf8Buf::from("name");
    CodeData {
        argcount: 1,
        stacksize: 4,
        code: bytes.into(),
        consts: [Constant::None, Constant::tuple([Constant::Str(name())])].into(),
        names: [name()].into(),
        localsplusnames: [name(), name(), name(), name()].into(),
        localspluskinds: [CO_FAST_LOCAL, CO_FAST_LOCAL, CO_FAST_CELL, CO_FAST_FREE].into(),
        ..CodeData::default()
    }
}

const PARAMETER: u8 = 0;
const LOCAL: u8 = 1;
const CELL: u8 = 2;
const FREE: u8 = 3;

/// What is said of code, nothing where it is fine.
fn verdict(code: &CodeData) -> String {
    validate(code).err().map_or_else(String::new, |invalid| invalid.what.to_string())
}

fn judge(instructions: &[(Opcode, u8)]) -> String {
    let mut all = instructions.to_vec();
    all.extend([(LOAD_CONST, 0), (RETURN_VALUE, 0)]);
    verdict(&code(&all))
}

#[test]
fn variables_are_bound_where_nobody_looks() {
    assert_eq!(judge(&[(LOAD_FAST, PARAMETER), (POP_TOP, 0)]), "");
    assert_eq!(judge(&[(LOAD_FAST, LOCAL), (POP_TOP, 0)]), "a variable may be unbound");
    assert_eq!(judge(&[(LOAD_FAST_CHECK, LOCAL), (POP_TOP, 0), (LOAD_FAST, LOCAL), (POP_TOP, 0)]), "");
    assert_eq!(
        judge(&[(DELETE_FAST, PARAMETER), (LOAD_FAST_BORROW, PARAMETER), (POP_TOP, 0)]),
        "a variable may be unbound"
    );
    // Bound on one of two paths.
    assert_eq!(
        judge(&[
            (LOAD_FAST, PARAMETER),
            (POP_JUMP_IF_NONE, 2),
            (LOAD_CONST, 0),
            (STORE_FAST, LOCAL),
            (LOAD_FAST, LOCAL),
            (POP_TOP, 0),
        ]),
        "a variable may be unbound"
    );
}

#[test]
fn what_is_borrowed_outlives_the_borrow() {
    let borrowed = (LOAD_FAST_BORROW, PARAMETER);
    assert_eq!(
        judge(&[borrowed, (DELETE_FAST, PARAMETER), (POP_TOP, 0)]),
        "a variable changes while a value is borrowed from it"
    );
    assert_eq!(
        judge(&[borrowed, (LOAD_CONST, 0), (STORE_FAST, PARAMETER), (POP_TOP, 0)]),
        "a variable changes while a value is borrowed from it"
    );
    assert_eq!(judge(&[borrowed, (STORE_FAST, LOCAL)]), "a variable gets a borrowed value");
    // The receiver of a method is the value that was there.
    assert_eq!(
        judge(&[borrowed, (LOAD_ATTR, 1), (DELETE_FAST, PARAMETER), (CALL, 0), (POP_TOP, 0)]),
        "a variable changes while a value is borrowed from it"
    );
    assert_eq!(judge(&[(LOAD_FAST, PARAMETER), (DELETE_FAST, PARAMETER), (POP_TOP, 0)]), "");
}

#[test]
fn cells_are_cells() {
    assert_eq!(judge(&[(LOAD_DEREF, CELL), (POP_TOP, 0)]), "a variable may have no cell");
    assert_eq!(judge(&[(MAKE_CELL, CELL), (LOAD_DEREF, CELL), (POP_TOP, 0)]), "");
    assert_eq!(judge(&[(COPY_FREE_VARS, 1), (LOAD_DEREF, FREE), (POP_TOP, 0)]), "");
    assert_eq!(judge(&[(LOAD_DEREF, FREE), (POP_TOP, 0)]), "a variable may have no cell");
    assert_eq!(
        judge(&[(MAKE_CELL, CELL), (LOAD_CONST, 0), (STORE_FAST, CELL), (LOAD_DEREF, CELL), (POP_TOP, 0)]),
        "a variable may have no cell"
    );
    // A comprehension sets the cell of its variable aside and brings it back.
    assert_eq!(
        judge(&[
            (MAKE_CELL, CELL),
            (LOAD_FAST_AND_CLEAR, CELL),
            (MAKE_CELL, CELL),
            (STORE_FAST, CELL),
            (LOAD_DEREF, CELL),
            (POP_TOP, 0),
        ]),
        ""
    );
}

#[test]
fn instructions_get_values() {
    let nothing = "nothing where a value is wanted";
    assert_eq!(judge(&[(PUSH_NULL, 0), (GET_ITER, 0), (POP_TOP, 0)]), nothing);
    assert_eq!(judge(&[(LOAD_CONST, 0), (PUSH_NULL, 0), (CALL, 0), (POP_TOP, 0)]), "");
    assert_eq!(judge(&[(PUSH_NULL, 0), (LOAD_CONST, 0), (CALL, 0), (POP_TOP, 0)]), nothing);
    assert_eq!(judge(&[(LOAD_CONST, 0), (LOAD_ATTR, 1), (TO_BOOL, 0), (POP_TOP, 0), (POP_TOP, 0)]), nothing);
    assert_eq!(judge(&[(LOAD_CONST, 0), (END_FOR, 0)]), nothing);
    assert_eq!(judge(&[(LOAD_GLOBAL, 1), (POP_TOP, 0), (POP_TOP, 0)]), "");
}

#[test]
fn keywords_are_a_tuple_of_names() {
    let call = |names: u8, count: u8| {
        let mut all = vec![(LOAD_CONST, 0), (PUSH_NULL, 0)];
        all.extend(vec![(LOAD_CONST, 0); count.into()]);
        all.extend([(LOAD_CONST, names), (CALL_KW, count), (POP_TOP, 0)]);
        judge(&all)
    };
    assert_eq!(call(1, 1), "");
    assert_eq!(call(0, 1), "keywords are no tuple of names");
    assert_eq!(call(1, 0), "keywords are no tuple of names");
}

/// `try: f() except: …` with other instructions in the handler.
fn handler(instructions: &[(Opcode, u8)]) -> String {
    let mut all = vec![(LOAD_CONST, 0), (GET_ITER, 0), (RETURN_VALUE, 0)];
    all.extend(instructions);
    all.extend([(LOAD_CONST, 0), (RETURN_VALUE, 0)]);
    let mut code = code(&all);
    let mut table = Vec::new();
    write_entry(&mut table, &Entry { start: 0, end: 3, target: 3, depth: 0, lasti: false });
    code.exceptiontable = table.into();
    verdict(&code)
}

#[test]
fn exceptions_are_exceptions() {
    assert_eq!(handler(&[(PUSH_EXC_INFO, 0), (POP_TOP, 0), (POP_EXCEPT, 0)]), "");
    assert_eq!(
        handler(&[(POP_TOP, 0), (LOAD_CONST, 0), (PUSH_EXC_INFO, 0), (POP_TOP, 0), (POP_TOP, 0)]),
        "what is handled is no exception"
    );
}

#[test]
fn generators_begin_once() {
    let generator = |instructions: &[(Opcode, u8)]| {
        let mut code = code(instructions);
        code.flags |= CO_GENERATOR;
        verdict(&code)
    };
    let end = [(LOAD_CONST, 0), (YIELD_VALUE, 0), (RETURN_VALUE, 0)];
    assert_eq!(generator(&[&[(RETURN_GENERATOR, 0), (POP_TOP, 0)], &end[..]].concat()), "");
    assert_eq!(generator(&end), "a frame yields that is no generator's");
    let twice = [(RETURN_GENERATOR, 0), (POP_TOP, 0), (RETURN_GENERATOR, 0), (RETURN_VALUE, 0)];
    assert_eq!(generator(&twice), "a frame becomes a generator's too late");
    let delegating = [(RETURN_GENERATOR, 0), (YIELD_VALUE, 1), (RETURN_VALUE, 0)];
    assert_eq!(generator(&delegating), "nothing where a value is wanted");
}

#[test]
fn loops_look_up() {
    assert_eq!(verdict(&code(&[(NOP, 0), (JUMP_BACKWARD, 3)])), "");
    assert_eq!(
        verdict(&code(&[(NOP, 0), (JUMP_BACKWARD_NO_INTERRUPT, 2)])),
        "a loop that nothing can interrupt"
    );
    assert_eq!(verdict(&code(&[(RESUME, 0), (JUMP_BACKWARD_NO_INTERRUPT, 2)])), "");
    // A handler that guards itself.
    let mut code = code(&[(LOAD_CONST, 0), (RERAISE, 0)]);
    let mut table = Vec::new();
    write_entry(&mut table, &Entry { start: 0, end: 2, target: 1, depth: 0, lasti: false });
    code.exceptiontable = table.into();
    assert_eq!(verdict(&code), "a loop that nothing can interrupt");
}
