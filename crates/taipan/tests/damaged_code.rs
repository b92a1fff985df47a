//! Code objects that no compiler writes raise where they run, or run; none ends the process. CPython does not survive
//! most of them, so that nothing can be compared.

mod launch;

/// Runs a program that must print `fine`.
fn check(program: &str) {
    let output = launch::taipan().args(["-c", program]).output().expect("taipan starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "fine\n", "{}\n{errors}", output.status);
}

/// Assembles code, and calls it by every door through which code comes in.
const ASSEMBLER: &str = r#"
import marshal, opcode, types
from opcode import _inline_cache_entries as caches, opmap

def code(*instructions, like=lambda x: x, **changes):
    units = bytearray()
    for name, argument in instructions:
        units += bytes([opmap[name], argument]) + bytes(2 * caches.get(name, 0))
    return like.__code__.replace(co_code=bytes(units), co_stacksize=8, **changes)

def refused(code, *arguments):
    again = marshal.loads(marshal.dumps(code))
    assert again.co_code == code.co_code
    for code in (code, again, again.replace(co_name="other")):
        function = types.FunctionType(code, globals())
        for _ in range(3):
            try:
                function(*arguments)
            except (AssertionError, SystemError):
                pass
            else:
                raise ValueError(code.co_code)

RETURN = ("LOAD_CONST", 0), ("RETURN_VALUE", 0)
"#;

#[test]
fn what_cannot_run_is_refused_where_it_runs() {
    let cases = r#"
refused(code(("PUSH_NULL", 0), ("RETURN_VALUE", 0)), 1)
refused(code(("LOAD_FAST_BORROW", 0), ("DELETE_FAST", 0), ("RETURN_VALUE", 0)), 1)
refused(code(("LOAD_FAST", 1), ("RETURN_VALUE", 0), co_nlocals=2, co_varnames=("x", "y")), 1)
refused(code(("LOAD_FAST", 0), ("END_FOR", 0), *RETURN, co_consts=(None,)), 1)
refused(code(("LOAD_GLOBAL", 1), ("LOAD_FAST", 0), ("LOAD_CONST", 0), ("CALL_KW", 1), ("RETURN_VALUE", 0),
             co_consts=(None,), co_names=("print",)), 1)
refused(code(("NOP", 0), ("JUMP_BACKWARD_NO_INTERRUPT", 2)), 1)
print("fine")
"#;
    check(&[ASSEMBLER, cases].concat());
}

/// What the judgement of code does not know, instructions look at.
#[test]
fn instructions_look_at_what_they_are_given() {
    let cases = r#"
refused(code(("LOAD_FAST", 0), ("RERAISE", 0)), 1)
refused(code(("LOAD_FAST", 0), ("POP_EXCEPT", 0), *RETURN, co_consts=(None,)), 1)
refused(code(("LOAD_FAST", 0), ("LOAD_FAST", 0), ("SET_FUNCTION_ATTRIBUTE", 8), ("RETURN_VALUE", 0)), 1)

# A function of code with a free variable that gets no cells, or what are none.
inner = (lambda x: lambda: x).__code__.co_consts[0]
made = ("LOAD_CONST", 0), ("MAKE_FUNCTION", 0)
call = ("PUSH_NULL", 0), ("CALL", 0), ("RETURN_VALUE", 0)
refused(code(*made, *call, co_consts=(inner,)), 1)
refused(code(("LOAD_FAST", 0), *made, ("SET_FUNCTION_ATTRIBUTE", 8), *call, co_consts=(inner,)), (1,))
print("fine")
"#;
    check(&[ASSEMBLER, cases].concat());
}

#[test]
fn a_loop_in_any_code_can_be_interrupted() {
    let program = r#"
import signal

class Interrupted(Exception):
    pass

def interrupt(*arguments):
    raise Interrupted

signal.signal(signal.SIGALRM, interrupt)
for body in (("NOP", 0), ("JUMP_BACKWARD", 3)), (("RESUME", 0), ("JUMP_BACKWARD_NO_INTERRUPT", 2)):
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        types.FunctionType(code(*body), {})(1)
    except Interrupted:
        print(end="fine\n" if body[0][0] == "RESUME" else "")
"#;
    check(&[ASSEMBLER, program].concat());
}

/// A string that grows in the memory of its variable stays where there is no memory for more.
#[test]
fn a_string_that_cannot_grow_stays() {
    let program = r#"
import resource

def grow():
    text, more = "x" * (1 << 20), "y" * (200 << 20)
    for _ in range(10):
        text += "z"
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, -1))
    try:
        while True:
            text += more
    except MemoryError:
        return text.startswith("x") and text.endswith(("z", "y"))

if grow():
    print("fine")
"#;
    check(program);
}
